//! Payment methods: what a token stands for (`/payment-methods`).

use crate::{
    billing::{methods, payer::Payer},
    error::Result,
    http::{
        client_address::ClientAddress,
        extract::{ActiveSession, Body},
    },
    state::App,
};
use axum::{Json, extract::State};
use contract::payment::{Method, PaymentToken};

/// Names what a token of the capture frame stands for, as the processor says. The token is this payer's, and can be
/// charged once.
#[utoipa::path(
    post, path = "/payment-methods", request_body = PaymentToken,
    responses(
        (status = 200, body = Method),
        (status = 401),
        (status = 429, description = "Too many tokens were asked about"),
        (status = 503, description = "The processor did not answer"),
    )
)]
pub async fn name(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    ActiveSession(session): ActiveSession,
    Body(PaymentToken { token }): Body<PaymentToken>,
) -> Result<Json<Method>> {
    Ok(Json(methods::name(&app, &Payer::of(&session, address), &token).await?))
}
