//! Paying from the balance of a member's account: all of an order, or first the balance and the rest by another method.
//! What a balance pays is a payment of its own. Alone it needs no processor, and is paid in the transaction that begins
//! it.

use super::{charging, methods::Chosen, payer::Payer, payments, receipts};
use crate::{
    error::{Error, Result},
    id,
    state::App,
    store::{balance_part::NewPart, saved_methods::SavedUse},
    token,
};
use contract::{
    FieldProblem, IdempotencyKey, Instant, Money,
    payment::{Method, Payment, PaymentOrder},
    problem_details::ErrorCode,
};

/// By a member, of own bills, where the plan allows it; and by nothing else if the balance pays all.
pub fn check(app: &App, payer: &Payer<'_>, order: &PaymentOrder) -> Result<()> {
    if order.from_balance.is_none() {
        return Ok(());
    }
    if payer.initiator.account().is_none() {
        return Err(Error::new(ErrorCode::SignedOut));
    }
    let no = |field: &str| Err(Error::field(ErrorCode::OrderRefused, field, FieldProblem::NotAllowed));
    if !app.portal.limits.pay_from_balance || order.household.is_some() {
        return no("from_balance");
    }
    let is_alone = order.is_from_balance_alone();
    for (field, is_there) in [
        ("token", !order.token.is_empty()),
        ("saved_method", order.saved_method.is_some()),
        ("save_method", order.save_method),
    ] {
        if is_alone && is_there {
            return no(field);
        }
    }
    // Nobody is charged less than the plan charges: such a rest is left whole, or the balance pays it, too.
    let least = Money::from_cents(app.portal.limits.min_payment_cents).unwrap_or(Money::ZERO);
    if order.rest().is_some_and(|rest| !rest.is_zero() && rest < least) {
        return Err(Error::field(ErrorCode::OrderRefused, "from_balance", FieldProblem::TooLarge));
    }
    Ok(())
}

/// Of an order that the balance pays together with another method.
pub fn part(order: &PaymentOrder, now: Instant) -> Result<Option<NewPart>> {
    let Some(amount) = order.from_balance.filter(|_| !order.is_from_balance_alone()) else { return Ok(None) };
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|_| Error::fault())?;
    let key = IdempotencyKey::from_random(random).to_string();
    let (id, reference) = (id::new(now), charging::new_reference()?);
    Ok(Some(NewPart { id, reference, key, cents: amount.money().cents() }))
}

/// An order that the balance pays alone.
pub async fn pay(app: &App, payer: &Payer<'_>, key: &IdempotencyKey, order: &PaymentOrder) -> Result<Payment> {
    let (method, token, binding) = (Method::Balance, String::new(), String::new());
    let chosen = Chosen { method, token, binding, saved: SavedUse::Nothing };
    let total = order.total().ok_or_else(Error::fault)?;
    let fingerprint = super::fingerprint::of(order);
    let new = payments::new_payment(app, payer, key, (order, &fingerprint), total, &chosen)?;
    let secret = token::random_token()?;
    let words = |known: &Payment, locale, notice| receipts::words(app, known, &secret, (locale, notice));
    app.store.pay_from_balance(&new, &words).await?.map_err(payments::refused)
}
