//! `POST /capture/funding`: whether a card is a credit or a debit card, by the issuer's digits at the start of its
//! number. The frame asks as soon as a number is whole, so that the page can say what the card costs before anything is
//! sent on. The rest of the number is not sent for it, and nothing is stored.

use crate::{
    App, ErrorResponse, capture,
    sandbox::{self, ISSUER_DIGITS},
};
use axum::{
    Json,
    body::Bytes,
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode},
};
use contract::payment::CardFunding;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

#[derive(Deserialize)]
struct FundingRequest {
    /// The first eight digits.
    issuer: String,
}

#[derive(Serialize)]
pub struct FundingResponse {
    /// None of an issuer that nobody here knows.
    funding: Option<CardFunding>,
}

pub async fn funding(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<FundingResponse>, ErrorResponse> {
    capture::check_origin(&app, &headers)?;
    let address = serve::client_address::address(peer.ip(), &headers, app.settings.is_behind_proxy);
    if !app.askers.may(address) {
        return Err(ErrorResponse(StatusCode::TOO_MANY_REQUESTS, "too_many"));
    }
    let malformed = || ErrorResponse(StatusCode::BAD_REQUEST, "malformed");
    let FundingRequest { issuer } = serde_json::from_slice(&body).map_err(|_| malformed())?;
    // a longer text could be a whole number, which is not taken here
    if issuer.len() != ISSUER_DIGITS || !issuer.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed());
    }
    Ok(Json(FundingResponse { funding: sandbox::funding(&issuer) }))
}
