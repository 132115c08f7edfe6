//! `POST /v1/tokens/{token}/verification`: two small deposits to the bank account of a kept token; and `POST
//! /v1/tokens/{token}/verification/tries`, whether their amounts are the ones that somebody typed. The amounts are told
//! to nobody but the bank: `GET /v1/small-deposits` is what its statements would say, for a demo.

use crate::{
    App, ErrorResponse,
    charges::check_secret,
    store::{BankDeposit, NotChecked, Proving, Verification},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use contract::payment::SmallDeposit;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnerBody {
    owner: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TryBody {
    owner: String,
    amounts: [SmallDeposit; 2],
}

const MALFORMED: ErrorResponse = ErrorResponse(StatusCode::BAD_REQUEST, "malformed");

impl From<NotChecked> for ErrorResponse {
    fn from(why: NotChecked) -> Self {
        match why {
            NotChecked::NoSuchToken => Self(StatusCode::NOT_FOUND, "not_found"),
            NotChecked::NoBankAccount => Self(StatusCode::CONFLICT, "no_bank_account"),
            NotChecked::TooEarly => Self(StatusCode::CONFLICT, "too_early"),
        }
    }
}

/// The deposits of a token are made once, however often they are asked for.
pub async fn start(
    State(app): State<App>,
    headers: HeaderMap,
    Path(token): Path<String>,
    body: Bytes,
) -> Result<Json<Verification>, ErrorResponse> {
    check_secret(&app, &headers)?;
    let OwnerBody { owner } = serde_json::from_slice(&body).map_err(|_| MALFORMED)?;
    let amounts = [random_cents()?, random_cents()?];
    Ok(Json(app.store.start_verification(&Proving { token: &token, owner: &owner, amounts }, app.now()).await??))
}

pub async fn check(
    State(app): State<App>,
    headers: HeaderMap,
    Path(token): Path<String>,
    body: Bytes,
) -> Result<Json<Verification>, ErrorResponse> {
    check_secret(&app, &headers)?;
    let TryBody { owner, amounts } = serde_json::from_slice(&body).map_err(|_| MALFORMED)?;
    let amounts = amounts.map(SmallDeposit::cents);
    Ok(Json(app.store.check_verification(&Proving { token: &token, owner: &owner, amounts }, app.now()).await??))
}

/// Those that are in their accounts, the newest first.
pub async fn deposits(State(app): State<App>, headers: HeaderMap) -> Result<Json<Vec<BankDeposit>>, ErrorResponse> {
    check_secret(&app, &headers)?;
    Ok(Json(app.store.deposits(app.now()).await?))
}

/// 1 to 99, each as likely: what would make some likelier is drawn again.
fn random_cents() -> Result<u8, ErrorResponse> {
    loop {
        let mut byte = [0];
        getrandom::fill(&mut byte).map_err(|_| ErrorResponse(StatusCode::INTERNAL_SERVER_ERROR, "fault"))?;
        if byte[0] < 198 {
            return Ok(byte[0] % 99 + 1);
        }
    }
}
