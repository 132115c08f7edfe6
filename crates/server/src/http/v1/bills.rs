//! `GET /bills`: what the payer's membership owes.

use crate::{
    error::{Error, Result},
    http::extract::{ActiveSession, Id},
    state::App,
};
use axum::{Json, extract::State};
use contract::{
    Money,
    bill::{Bill, BillList},
    problem_details::ErrorCode,
};

/// Every bill on which something is owed, the earliest due first; and what was paid on bills lately.
#[utoipa::path(
    get, path = "/bills",
    responses((status = 200, body = BillList), (status = 401))
)]
pub async fn list(State(app): State<App>, ActiveSession(session): ActiveSession) -> Result<Json<BillList>> {
    let now = app.clock.now();
    let bills = app.store.open_bills(&session.membership.id, app.just_since(now)).await?;
    let owed = Money::sum(bills.iter().map(|bill| bill.balance)).ok_or_else(|| Error::new(ErrorCode::Fault))?;
    // After the bills: a bill that is paid meanwhile is open without a payment, and never gone without a word.
    let payments = app.store.bill_payments(&session, now).await?;
    let region = session.membership.region;
    let (today, debit_day) = (app.today(region), Some(app.debit_day(region, now)));
    Ok(Json(BillList { as_of: now, today, debit_day, owed, bills, payments }))
}

/// One bill of the membership, paid or not.
#[utoipa::path(
    get, path = "/bills/{id}", params(("id" = String, Path)),
    responses(
        (status = 200, body = Bill),
        (status = 401),
    )
)]
pub async fn one(State(app): State<App>, ActiveSession(session): ActiveSession, Id(id): Id) -> Result<Json<Bill>> {
    let since = app.just_since(app.clock.now());
    let bill = app.store.bill(&session.membership.id, &id, since).await?;
    bill.map(Json).ok_or_else(|| Error::new(ErrorCode::NotFound))
}
