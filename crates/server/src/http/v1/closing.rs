//! `/profile/closing`: what closing the account would do, and closing it.

use crate::{
    error::Result,
    http::{cookies, extract::Body},
    identity::{closing, sessions::SignedIn},
    state::App,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use contract::closing::{AccountClosing, ClosingTerms};

/// What closing the account would do now.
#[utoipa::path(
    get, path = "/profile/closing",
    responses(
        (status = 200, body = ClosingTerms),
        (status = 401),
    )
)]
pub async fn show(State(app): State<App>, signed_in: SignedIn) -> Result<Json<ClosingTerms>> {
    Ok(Json(closing::terms(&app, &signed_in).await?))
}

/// Closes the account and signs out everywhere. Payments stay, and those on their way go on.
#[utoipa::path(
    post, path = "/profile/closing", request_body = AccountClosing,
    responses(
        (status = 204),
        (status = 401),
        (status = 409, description = "balance_left: there is credit, something is owed, or a deposit is on its way"),
        (status = 422, description = "wrong_credentials"),
        (status = 429),
    )
)]
pub async fn close(
    State(app): State<App>,
    signed_in: SignedIn,
    Body(order): Body<AccountClosing>,
) -> Result<(StatusCode, HeaderMap)> {
    closing::close(&app, &signed_in, order).await?;
    Ok((StatusCode::NO_CONTENT, cookies::forget_session(&app)))
}
