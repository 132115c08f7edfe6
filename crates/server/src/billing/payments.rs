//! Payments: begins a payment for an order, and answers what became of an order. The sequence makes a payment happen
//! once: first the payment is written and its cents reserved under the idempotency key; then the processor is called,
//! with the payment's id as its key; then its response is written. Wherever that stops, `jobs::settle_payments` calls
//! the processor again with the same id.

use super::{charging, deposits, fingerprint, from_balance, methods, methods::Chosen, payer::Payer};
use crate::{
    address::is_misread,
    clock::day_in,
    error::{Error, Result},
    limits::{self, charges, rules},
    state::App,
    store::{
        begin::{NewPayment, NotBegun},
        initiators::Initiator,
        payments::{KeyUse, KeyedPayment},
        pending_charges::PendingCharge,
        sessions::Session,
    },
    token,
};
use contract::{
    Amount, FieldProblem, IdempotencyKey, Instant, Money,
    payment::{Method, Payment, PaymentOrder, Terms},
    problem_details::{ErrorCode, FieldError},
};
use std::net::IpAddr;

/// Bills in one payment.
pub const MOST_BILLS: usize = 50;
/// How long the call may take before `jobs::settle_payments` asks the processor too.
const OWN_TIME_MILLIS: i64 = 25_000;

/// How long after the moment until which an order may begin its key is closed, at the earliest: one that is just being
/// begun need not be waited for.
const SLACK_MILLIS: i64 = 5_000;

/// A payment, and whether it was there before this order came.
#[derive(Debug)]
pub struct Paid {
    pub payment: Payment,
    pub is_replayed: bool,
}

/// Pays, or gives the payment that this key and order made before.
pub async fn pay(app: &App, payer: &Payer<'_>, key: &IdempotencyKey, order: &PaymentOrder) -> Result<Paid> {
    match app.store.key_use(&payer.membership.id, key).await? {
        KeyUse::Nothing => {}
        KeyUse::Payment(begun) => return replay(app, payer, key, &begun, order).await,
        KeyUse::Elsewhere => return Err(Error::new(ErrorCode::KeyElsewhere)),
    }
    match admit(app, payer, key, order).await {
        Ok(Begun::Paid(payment)) => Ok(Paid { payment: *payment, is_replayed: false }),
        Ok(Begun::Asked(turn, asked)) => {
            // Begun: whatever goes wrong from here on, money may have moved, and its key is what to ask with.
            let unknown = |_| Error::later(ErrorCode::KeyInUse, 2);
            let payment = match charging::charge(app, &asked).await.map_err(unknown)? {
                Some(payment) => Some(payment),
                None => app.store.payment(&asked.id).await.map_err(|error| unknown(error.into()))?,
            };
            let payment = payment.ok_or_else(|| Error::new(ErrorCode::Fault))?;
            turn.end(app, payment.state.is_declined(payment.failure)).await;
            Ok(Paid { payment, is_replayed: false })
        }
        Err(refused) => refuse(app, payer, key, order, refused).await,
    }
}

/// An order that is refused never begins: the same one may be on its way a second time, from another tab or since the
/// browser repeated the request, and may even be written already. So its key is closed first; a payment that has the
/// key is the answer.
async fn refuse(
    app: &App,
    payer: &Payer<'_>,
    key: &IdempotencyKey,
    order: &PaymentOrder,
    refused: Error,
) -> Result<Paid> {
    if refused.code.ends_an_order() {
        let tries = payer.initiator.session().map(|session| app.limits.bucket(&rules::KEYS_BY_SESSION, session));
        // Over the limit the response says nothing about this order.
        limits::take(app, tries.as_slice()).await.map_err(|_| Error::later(ErrorCode::KeyInUse, 5))?;
        if app.store.close_key(&payer.membership.id, key, app.clock.now()).await? {
            return Err(refused);
        }
    }
    match app.store.key_use(&payer.membership.id, key).await? {
        KeyUse::Payment(begun) => replay(app, payer, key, &begun, order).await,
        KeyUse::Elsewhere => Err(Error::new(ErrorCode::KeyElsewhere)),
        KeyUse::Nothing => Err(refused),
    }
}

/// As `refuse`, for an order whose cookie opens no session. The same order may be on its way in a session that goes on
/// under another token, or that ended since. Anyone who closes too many keys learns nothing about this order.
pub async fn refuse_without_session(app: &App, address: IpAddr, key: &IdempotencyKey, refused: Error) -> Error {
    if !refused.code.ends_an_order() {
        return refused;
    }
    if limits::take(app, &app.limits.by_address(&rules::KEYS_BY_ADDRESS, address)).await.is_err() {
        return Error::later(ErrorCode::KeyInUse, 5);
    }
    match app.store.close_unowned_key(key, app.clock.now()).await {
        Ok(true) => refused,
        Ok(false) => Error::later(ErrorCode::KeyInUse, 1),
        Err(error) => error.into(),
    }
}

/// What came of an order that was admitted.
enum Begun {
    /// The processor is to be asked.
    Asked(charges::Turn, PendingCharge),
    /// The balance paid it.
    Paid(Box<Payment>),
}

/// Checks the order, waits for a turn and begins the payment.
async fn admit(app: &App, payer: &Payer<'_>, key: &IdempotencyKey, order: &PaymentOrder) -> Result<Begun> {
    from_balance::check(app, payer, order)?;
    if let Some(deposit) = order.deposit {
        deposits::check_amount(app, payer, deposit)?;
    }
    let sums = check_shares(order)?;
    if order.is_from_balance_alone() {
        return from_balance::pay(app, payer, key, order).await.map(|payment| Begun::Paid(Box::new(payment)));
    }
    // Before the gate, at which others of the membership wait: what the processor does not know holds nobody up.
    let (chosen, question) = methods::of_order(app, payer, order).await?;
    if order.deposit.is_some() {
        deposits::check_method(&chosen.method)?;
    }
    let turn = charges::turn(app, &payer.initiator, &payer.membership.id, payer.address).await?;
    let asked = begin(app, payer, key, order, sums, &chosen).await?;
    if let Some(question) = question {
        question.was_right(app).await;
    }
    Ok(Begun::Asked(turn, asked))
}

/// Gives a payment that is written, with its cents reserved: the processor can be asked.
async fn begin(
    app: &App,
    payer: &Payer<'_>,
    key: &IdempotencyKey,
    order: &PaymentOrder,
    (total, charged): (Money, Money),
    chosen: &Chosen,
) -> Result<PendingCharge> {
    let fingerprint = fingerprint::of(order);
    let new = new_payment(app, payer, key, (order, &fingerprint), total, chosen)?;
    app.store.begin_payment(&new).await?.map_err(refused)?;
    Ok(PendingCharge {
        token: chosen.token.clone(),
        binding: chosen.binding.clone(),
        charged,
        sent_on: new.sent_on,
        asks: 0,
        id: new.id,
        reference: new.reference,
    })
}

/// With the terms checked: what was agreed to is what applies now.
pub(super) fn new_payment<'a>(
    app: &'a App,
    payer: &'a Payer<'_>,
    key: &'a IdempotencyKey,
    (order, fingerprint): (&'a PaymentOrder, &'a str),
    total: Money,
    chosen: &'a Chosen,
) -> Result<NewPayment<'a>> {
    let Chosen { method, token, binding, saved } = chosen;
    let (now, region) = (app.clock.now(), payer.membership.region);
    let (today, debit_day) = (day_in(region.time_zone(), now), app.debit_day(region, now));
    let part = from_balance::part(order, now)?;
    let from_balance = part.as_ref().and(order.from_balance).map_or(Money::ZERO, Amount::money);
    let bills = order.shares.len();
    let terms = Terms { portal: &app.portal, region, today, debit_day, method, total, from_balance, bills };
    check_terms(payer, order, &terms)?;
    let debit = terms.debit();
    Ok(NewPayment {
        id: crate::id::new(now),
        reference: charging::new_reference()?,
        membership: &payer.membership.id,
        initiator: &payer.initiator,
        key,
        fingerprint,
        order,
        total,
        part,
        method,
        token,
        binding,
        saved,
        created_at: now,
        sent_on: debit.as_ref().map(|debit| debit.sent_on),
        expected_on: debit.as_ref().map(|debit| debit.expected_on),
        moved_by: debit.map(|debit| debit.moved_by).unwrap_or_default(),
        just_since: app.just_since(now),
        least: Money::from_cents(app.portal.limits.min_payment_cents).unwrap_or(Money::ZERO),
        ask_at: now.plus_millis(OWN_TIME_MILLIS),
        clock: &app.clock,
    })
}

pub(super) fn refused(by: NotBegun) -> Error {
    let of_share = |code, at: usize, field: &str, problem| Error::field(code, format!("shares.{at}.{field}"), problem);
    match by {
        NotBegun::KeyTaken => Error::later(ErrorCode::KeyInUse, 1),
        NotBegun::NoSuchBill(at) => of_share(ErrorCode::OverBalance, at, "bill", FieldProblem::NoSuch),
        NotBegun::OverBalance(at) => of_share(ErrorCode::OverBalance, at, "amount", FieldProblem::OverBalance),
        NotBegun::TooSmall(at) => of_share(ErrorCode::OverBalance, at, "amount", FieldProblem::TooSmall),
        NotBegun::JustPaid(at) => of_share(ErrorCode::JustPaid, at, "bill", FieldProblem::Duplicate),
        NotBegun::BalanceTooSmall => Error::field(ErrorCode::OrderRefused, "from_balance", FieldProblem::Outdated),
        NotBegun::MethodGone => methods::no_such_saved(),
        NotBegun::SignedOut => Error::new(ErrorCode::SignedOut),
        NotBegun::TooLate => Error::new(ErrorCode::TooLate),
    }
}

async fn replay(
    app: &App,
    payer: &Payer<'_>,
    key: &IdempotencyKey,
    begun: &KeyedPayment,
    order: &PaymentOrder,
) -> Result<Paid> {
    if !fingerprint::is_of(&begun.fingerprint, order) {
        return Err(Error::new(ErrorCode::KeyReused));
    }
    if begun.is_running {
        return Err(Error::later(ErrorCode::KeyInUse, 1));
    }
    let payment = app.store.payment_of_key(&begun.membership, key, (payer.initiator.guest(), None)).await?;
    let payment = payment.ok_or_else(|| Error::new(ErrorCode::Fault))?;
    Ok(Paid { payment, is_replayed: true })
}

/// What can be said without the database; gives what the balance does not pay, and what is charged with the fee.
fn check_shares(order: &PaymentOrder) -> Result<(Money, Money)> {
    let mut errors = Vec::new();
    if order.shares.is_empty() && order.deposit.is_none() {
        errors.push(FieldError { field: "shares".to_owned(), problem: FieldProblem::Missing });
    }
    if order.shares.len() > MOST_BILLS {
        errors.push(FieldError { field: "shares".to_owned(), problem: FieldProblem::TooLong });
    }
    for (at, share) in order.shares.iter().enumerate().take(MOST_BILLS) {
        if !token::is_id(&share.bill) {
            errors.push(FieldError { field: format!("shares.{at}.bill"), problem: FieldProblem::NoSuch });
        }
        if order.shares.iter().take(at).any(|other| other.bill == share.bill) {
            errors.push(FieldError { field: format!("shares.{at}.bill"), problem: FieldProblem::Duplicate });
        }
    }
    if order.email.as_ref().is_some_and(is_misread) {
        errors.push(FieldError { field: "email".to_owned(), problem: FieldProblem::Malformed });
    }
    // With the fee, too: the processor is asked for exactly what the books say, or the order is not taken.
    let charged = order.charged();
    if charged.is_none() && order.from_balance.is_some() && order.rest().is_none() {
        errors.push(FieldError { field: "from_balance".to_owned(), problem: FieldProblem::TooLarge });
    } else if charged.is_none() {
        errors.push(FieldError { field: "shares".to_owned(), problem: FieldProblem::TooLarge });
    }
    match (order.rest(), charged) {
        (Some(rest), Some(charged)) if errors.is_empty() => Ok((rest, charged)),
        _ => Err(Error { code: ErrorCode::OrderRefused, errors, retry_after: None }),
    }
}

/// The brand, the fee and the words agreed to are those that apply now. What somebody agreed to before, to be paid on a
/// day or each month, has words of its own, which were checked then.
fn check_terms(payer: &Payer<'_>, order: &PaymentOrder, terms: &Terms<'_>) -> Result<()> {
    if let Method::Card { brand, .. } = terms.method
        && !terms.portal.cards.contains(brand)
    {
        return Err(Error::field(ErrorCode::BrandNotAccepted, "token", FieldProblem::BrandNotAccepted));
    }
    if order.fee != terms.fee() {
        return Err(Error::field(ErrorCode::TermsChanged, "fee", FieldProblem::Outdated));
    }
    let is_read_now = payer.initiator.session().is_some();
    let text = terms.authorisation(&order.payer_name.to_string(), order.locale);
    if is_read_now && text.as_ref() != Some(&order.authorisation) {
        return Err(Error::field(ErrorCode::TermsChanged, "authorisation", FieldProblem::Outdated));
    }
    Ok(())
}

/// A payment of this session; for a member, of the membership.
pub async fn one(app: &App, session: &Session, id: &str) -> Result<Payment> {
    app.store.payment_seen_by(session, id).await?.ok_or_else(|| Error::new(ErrorCode::NotFound))
}

/// What became of an order, by its key: in use while the processor has not answered or the order may still begin
/// (`begin_by`), not found if nothing came of it.
pub async fn of_key(app: &App, session: &Session, key: &IdempotencyKey, begin_by: Option<Instant>) -> Result<Payment> {
    let own = session.membership.id.as_str();
    let membership = match app.store.key_use(own, key).await? {
        KeyUse::Nothing => return Err(nothing_there(app, session, key, begin_by).await?),
        // "Not found" would be believed: another bill was found in the browser that sent the order.
        KeyUse::Elsewhere => return Err(Error::new(ErrorCode::KeyElsewhere)),
        KeyUse::Payment(begun) if begun.is_running => return Err(Error::later(ErrorCode::KeyInUse, 1)),
        KeyUse::Payment(begun) => begun.membership,
    };
    // Its key is there, so "not found" would be untrue, and a page believes it.
    app.store
        .payment_of_key(&membership, key, (Initiator::of(session).guest(), Some(own)))
        .await?
        .ok_or_else(|| Error::new(ErrorCode::Fault))
}

/// "Not found" is a promise when it answers `begin_by`: the key is closed first, and no order with it begins any more.
async fn nothing_there(app: &App, session: &Session, key: &IdempotencyKey, begin_by: Option<Instant>) -> Result<Error> {
    let Some(until) = begin_by else { return Ok(Error::new(ErrorCode::NotFound)) };
    let now = app.clock.now();
    if now <= until.plus_millis(SLACK_MILLIS) {
        return Ok(Error::later(ErrorCode::KeyInUse, 1));
    }
    limits::take(app, &[app.limits.bucket(&rules::KEYS_BY_SESSION, &session.id)]).await?;
    let is_closed = app.store.close_key(&session.membership.id, key, now).await?;
    Ok(if is_closed { Error::new(ErrorCode::NotFound) } else { Error::later(ErrorCode::KeyInUse, 1) })
}
