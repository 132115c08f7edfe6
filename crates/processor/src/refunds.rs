//! `POST /v1/charges/{id}/refunds`: a part of a charge that was paid, or all of it, goes back to its card or account.
//! The charge stays as it is, and never more of it goes back than was charged. The same key always gives the same
//! answer.

use crate::{
    App, ErrorResponse,
    charges::check_secret,
    store::{NewRefund, Refunding},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefundBody {
    amount_cents: i64,
}

#[derive(Serialize)]
pub struct Refund {
    /// The caller's own name for it.
    idempotency_key: String,
    charge: String,
    amount_cents: i64,
    /// Nothing goes back under this key, now or later.
    is_refused: bool,
}

pub async fn refund(
    State(app): State<App>,
    headers: HeaderMap,
    Path(charge): Path<String>,
    body: Bytes,
) -> Result<(StatusCode, Json<Refund>), ErrorResponse> {
    check_secret(&app, &headers)?;
    let malformed = ErrorResponse(StatusCode::BAD_REQUEST, "malformed");
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let Some(key) = key.filter(|key| (1..=128).contains(&key.len())) else { return Err(malformed) };
    let amount_cents = match serde_json::from_slice(&body) {
        Ok(RefundBody { amount_cents }) if amount_cents > 0 => amount_cents,
        _ => return Err(malformed),
    };
    let new = NewRefund { key, charge: &charge, amount_cents };
    let is_refused = match app.store.refund(&new, app.now()).await? {
        Refunding::Made => false,
        Refunding::Refused => true,
        Refunding::KeyReused => return Err(ErrorResponse(StatusCode::UNPROCESSABLE_ENTITY, "key_reused")),
    };
    let refund = Refund { idempotency_key: key.to_owned(), charge, amount_cents, is_refused };
    Ok((StatusCode::CREATED, Json(refund)))
}
