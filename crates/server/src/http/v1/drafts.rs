//! `/payment-draft`: the payer's choices and input so far, stored with the session.

use crate::{
    billing::drafts,
    error::Result,
    http::extract::{ActiveSession, Body},
    state::App,
};
use axum::{Json, extract::State, http::StatusCode};
use contract::payment::PaymentDraft;

/// Empty when nothing was kept.
#[utoipa::path(
    get, path = "/payment-draft",
    responses((status = 200, body = PaymentDraft), (status = 401))
)]
pub async fn show(State(app): State<App>, ActiveSession(session): ActiveSession) -> Result<Json<PaymentDraft>> {
    Ok(Json(drafts::kept(&app, &session).await?))
}

/// Keeps it in place of what was kept before. A token whose method was not named (`POST /payment-methods`) is left out,
/// and the method is the one that was named.
#[utoipa::path(
    put, path = "/payment-draft", request_body = PaymentDraft,
    responses(
        (status = 204),
        (status = 401),
    )
)]
pub async fn keep(
    State(app): State<App>,
    ActiveSession(session): ActiveSession,
    Body(draft): Body<PaymentDraft>,
) -> Result<StatusCode> {
    drafts::keep(&app, &session, draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Wipes it.
#[utoipa::path(
    delete, path = "/payment-draft",
    responses(
        (status = 204),
        (status = 401),
    )
)]
pub async fn forget(State(app): State<App>, ActiveSession(session): ActiveSession) -> Result<StatusCode> {
    drafts::forget(&app, &session).await?;
    Ok(StatusCode::NO_CONTENT)
}
