//! `/payment-draft`.

use crate::{
    billing::drafts,
    http::{
        client_address::ClientAddress,
        extract::{ActiveSession, Body},
    },
    refusal::Answer,
    state::App,
};
use axum::{Json, extract::State, http::StatusCode};
use contract::payment::PaymentDraft;

/// Empty when nothing was kept.
#[utoipa::path(
    get, path = "/payment-draft",
    responses((status = 200, body = PaymentDraft), (status = 401))
)]
pub async fn show(State(app): State<App>, ActiveSession(session): ActiveSession) -> Answer<Json<PaymentDraft>> {
    Ok(Json(app.store.draft(&session.id).await?))
}

/// Keeps it in place of what was kept before.
#[utoipa::path(
    put, path = "/payment-draft", request_body = PaymentDraft,
    responses(
        (status = 204),
        (status = 401),
        (status = 429),
    )
)]
pub async fn keep(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    ActiveSession(session): ActiveSession,
    Body(draft): Body<PaymentDraft>,
) -> Answer<StatusCode> {
    drafts::keep(&app, &session, draft, address).await?;
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
pub async fn forget(State(app): State<App>, ActiveSession(session): ActiveSession) -> Answer<StatusCode> {
    drafts::forget(&app, &session).await?;
    Ok(StatusCode::NO_CONTENT)
}
