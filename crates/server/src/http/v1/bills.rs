//! `GET /bills`: what the payer's membership owes.

use crate::{
    billing::{bills, household},
    error::{Error, Result},
    http::extract::{ActiveSession, Id},
    state::App,
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use contract::{
    bill::{Bill, BillList},
    problem_details::ErrorCode,
};

#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BillsQuery {
    /// For a member: the bills of somebody whom they pay for, by the id of the link, without the services.
    pub household: Option<String>,
}

/// Every bill on which something is owed, the earliest due first; and what was paid on bills lately.
#[utoipa::path(
    get, path = "/bills", params(BillsQuery),
    responses(
        (status = 200, body = BillList),
        (status = 401),
        (status = 404, description = "The member does not pay for them, or not any more"),
    )
)]
pub async fn list(
    State(app): State<App>,
    ActiveSession(session): ActiveSession,
    query: Result<Query<BillsQuery>, QueryRejection>,
) -> Result<Json<BillList>> {
    let Query(query) = query.map_err(|_| Error::new(ErrorCode::Malformed))?;
    Ok(Json(match &query.household {
        Some(link) => household::bills(&app, &session, link).await?,
        None => bills::list(&app, &session).await?,
    }))
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
