//! `--demo`: invented members with bills and two years of history, the outbox as a page, and a clock that can be moved
//! forward. None of this exists without the flag: no routes are added, and nothing is seeded. A demo and a deployment
//! never share a database (`store::owner`).
//!
//! Reading order: `people` (who), `charges` (what they owe), `history` (what they paid), `tables` (as rows), `seed`
//! (into the database). The statements are in `store::demo_rows`.

mod charges;
mod deposits;
mod history;
mod people;
mod seed;
mod tables;

pub use self::seed::{seed, seed_accounts};

use self::people::{PASSWORD, PEOPLE, Person};
use crate::{
    error::{Error, Result},
    state::App,
    store::{Store, add_to_mark},
};
use contract::{
    Email, FieldProblem, Instant,
    demo::{DemoBill, DemoDeposit, DemoMail, DemoMember, DemoText},
    problem_details::ErrorCode,
};

/// The mark in the database that says how far the clock was moved on, in milliseconds: a restart keeps it, and servers
/// that share the database share it.
pub const CLOCK_MARK: &str = "demo_clock_ahead";
/// Ten years; what lies beyond, nobody has tried.
const MAX_CLOCK_MILLIS: i64 = 3_653 * 86_400_000;
/// The newest e-mails that are shown.
const EMAILS: i64 = 200;

/// The member to try first: the one of the drawn pages. Bills are not looked up.
pub fn sample() -> Option<DemoMember> {
    PEOPLE.first().and_then(|person| member(person, Vec::new(), 0))
}

/// Every seeded member with what is open now.
pub async fn members(store: &Store, now: Instant) -> Result<Vec<DemoMember>, sqlx::Error> {
    let mut open = store.demo_open_bills(now).await?;
    let mut members = Vec::new();
    for person in &PEOPLE {
        let Ok(identifiers) = person.identifiers() else { continue };
        let Some(found) = store.find_membership(person.region, &identifiers).await? else { continue };
        let count = store.demo_payments(&found.id).await?;
        let bills = open.remove(&found.id).unwrap_or_default();
        members.extend(member(person, bills, u32::try_from(count).unwrap_or(u32::MAX)));
    }
    Ok(members)
}

pub async fn members_now(app: &App) -> Result<Vec<DemoMember>> {
    Ok(members(&app.store, app.clock.now()).await?)
}

pub async fn emails(app: &App) -> Result<Vec<DemoMail>> {
    Ok(app.store.emails(EMAILS).await?)
}

/// The newest text messages, as phones would show them.
pub async fn texts(app: &App) -> Result<Vec<DemoText>> {
    Ok(app.store.texts(EMAILS).await?)
}

/// The small deposits that banks would show.
pub async fn bank_statements(app: &App) -> Result<Vec<DemoDeposit>> {
    app.processor.bank_statements().await.map_err(|_| Error::later(ErrorCode::Unavailable, 1))
}

fn member(person: &Person, open_bills: Vec<DemoBill>, payments: u32) -> Option<DemoMember> {
    Some(DemoMember {
        name: person.name.to_owned(),
        region: person.region,
        identifiers: person.identifiers().ok()?,
        email: Email::parse(person.email).ok()?,
        password: person.has_account().then(|| PASSWORD.to_owned()),
        open_bills,
        payments,
    })
}

/// Moves the clocks of all servers over this database, and the processor's; all of them or none. Of two calls at once
/// the second waits for the first one's mark, so the processor gets the sum.
pub async fn move_clock(app: &App, seconds: u32) -> Result<()> {
    let mut tx = app.store.begin().await?;
    let moved = add_to_mark(&mut tx, CLOCK_MARK, i64::from(seconds) * 1_000).await?;
    if moved > MAX_CLOCK_MILLIS {
        return Err(Error::field(ErrorCode::Invalid, "seconds", FieldProblem::TooLarge));
    }
    if app.processor.set_clock(app.clock.unmoved().plus_millis(moved)).await.is_err() {
        return Err(Error::later(ErrorCode::Unavailable, 1));
    }
    tx.commit().await?;
    app.clock.follow(moved);
    Ok(())
}

/// Another server over the same database may have moved the clock.
pub async fn follow_clock(app: &App) -> Result<(), sqlx::Error> {
    app.clock.follow(app.store.mark(CLOCK_MARK).await?);
    Ok(())
}
