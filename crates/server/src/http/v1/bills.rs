//! `GET /bills`: what the payer's membership owes.

use crate::{
    billing::bills,
    error::Result,
    http::extract::{ActiveSession, Id},
    state::App,
};
use axum::{Json, extract::State};
use contract::bill::{Bill, BillList};

/// Every bill on which something is owed, the earliest due first; and what was paid on bills lately.
#[utoipa::path(
    get, path = "/bills",
    responses((status = 200, body = BillList), (status = 401))
)]
pub async fn list(State(app): State<App>, ActiveSession(session): ActiveSession) -> Result<Json<BillList>> {
    Ok(Json(bills::list(&app, &session).await?))
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
    Ok(Json(bills::one(&app, &session, &id).await?))
}
