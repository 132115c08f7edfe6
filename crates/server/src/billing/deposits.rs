//! Deposits to a member's balance, and the balance. A deposit is a payment of no bill: its order, key, charge and
//! settlement are those of `payments`.

use super::{payer::Payer, saved_methods::account_of};
use crate::{
    clock::day_in,
    error::{Error, Result},
    state::App,
    store::sessions::Session,
};
use contract::{
    Amount, FieldProblem,
    balance::Balance,
    payment::{CardFunding, Method},
    problem_details::ErrorCode,
};

/// As many changes as a page shows at first.
pub const FIRST_CHANGES: i64 = 20;

/// A member's balance with a page of its statement: the first one, or that of a cursor.
pub async fn balance(app: &App, session: &Session, cursor: Option<i64>, most: i64) -> Result<Balance> {
    let membership = session.membership.id.as_str();
    let (as_of, region) = (app.clock.now(), session.membership.region);
    let standing = app.store.standing(membership).await?;
    let from = cursor.unwrap_or(standing.position).min(standing.position);
    let (changes, next) = app.store.balance_changes(membership, from, most).await?;
    let left = app.store.refundable(membership).await?;
    let settings = app.store.balance_settings(account_of(session)?).await?;
    // Read last: a deposit that clears meanwhile is in neither, and never in both.
    let on_their_way = app.store.deposits_on_their_way(membership).await?;
    Ok(Balance {
        as_of,
        time_zone: region.time_zone().to_owned(),
        today: day_in(region.time_zone(), as_of),
        debit_day: app.debit_day(region, as_of),
        balance: standing.balance,
        owed: standing.owed,
        refundable: standing.balance.min(left),
        settings,
        on_their_way,
        changes,
        next: next.map(|position| position.to_string()),
    })
}

/// By a member, and as much as the plan takes at once.
pub fn check_amount(app: &App, payer: &Payer<'_>, amount: Amount) -> Result<()> {
    if payer.initiator.account().is_none() {
        return Err(Error::new(ErrorCode::SignedOut));
    }
    let (limits, cents) = (&app.portal.limits, amount.money().cents());
    let problem = match limits.max_deposit_cents {
        0 => FieldProblem::NotAllowed,
        most if cents > most => FieldProblem::TooLarge,
        _ if cents < limits.min_deposit_cents => FieldProblem::TooSmall,
        _ => return Ok(()),
    };
    Err(Error::field(ErrorCode::OrderRefused, "amount", problem))
}

/// Not by the card of an HSA or FSA: the balance can pay a premium, which such money must not.
pub fn check_method(method: &Method) -> Result<()> {
    match method {
        Method::Card { funding: CardFunding::HsaFsa, .. } => {
            Err(Error::field(ErrorCode::TokenRefused, "token", FieldProblem::NotAllowed))
        }
        Method::Card { .. } | Method::Bank { .. } | Method::Balance | Method::Check | Method::Phone => Ok(()),
    }
}
