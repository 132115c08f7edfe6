//! `/payment-methods/{id}/verification`: two small deposits to a saved bank account, and their amounts.

use crate::{
    billing::verifications,
    error::Result,
    http::extract::{Body, Id},
    identity::sessions::SignedIn,
    state::App,
};
use axum::{Json, extract::State};
use contract::payment::{DepositAmounts, SavedMethods};

/// Has two small deposits sent to a saved bank account. Asked for again, nothing more is sent.
#[utoipa::path(
    post, path = "/payment-methods/{id}/verification", params(("id" = String, Path)),
    responses(
        (status = 200, body = SavedMethods),
        (status = 401),
        (status = 404, description = "There is no such bank account"),
        (status = 429),
    )
)]
pub async fn start(State(app): State<App>, member: SignedIn, Id(id): Id) -> Result<Json<SavedMethods>> {
    Ok(Json(verifications::start(&app, &member.session, &id).await?))
}

/// Checks the amounts of the deposits. The account's `verification` then says whether they are right: it is `verified`,
/// or has fewer `tries_left`, or is `failed` after the last one. The same two amounts again count once.
#[utoipa::path(
    post, path = "/payment-methods/{id}/verification/amounts", params(("id" = String, Path)),
    request_body = DepositAmounts,
    responses(
        (status = 200, body = SavedMethods),
        (status = 401),
        (status = 404, description = "There is no such bank account"),
        (status = 422, description = "The deposits are not in the account yet"),
        (status = 429),
        (status = 503, description = "The processor did not answer: the same may be asked again"),
    )
)]
pub async fn check(
    State(app): State<App>,
    member: SignedIn,
    Id(id): Id,
    Body(amounts): Body<DepositAmounts>,
) -> Result<Json<SavedMethods>> {
    Ok(Json(verifications::check(&app, &member.session, &id, amounts).await?))
}
