//! `POST /capture/tokens`: what the frame sends when its fields are right. The only place where a full number is in
//! this process: it is parsed, looked up among the test numbers, reduced to its last four and dropped. It is never
//! logged and never stored.

use crate::{
    App, ErrorResponse, random_name,
    sandbox::{self, Outcome},
    store::NewToken,
};
use axum::{
    Json,
    body::Bytes,
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
};
use contract::{
    AccountNumber, CardBrand, CardNumber, Date, Expiry, FieldProblem, Instant, RoutingNumber, SecurityCode,
    payment::{BankAccountKind, CardFunding, Method},
};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

// No Debug on purpose: nothing may print it.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CaptureRequest {
    Card {
        binding: String,
        number: String,
        expiry: String,
        code: String,
    },
    /// The security code of a card again, whose charge failed for it: the card itself stays what it was.
    Code {
        binding: String,
        token: String,
        code: String,
    },
    Bank {
        binding: String,
        routing: String,
        account: String,
        account_kind: BankAccountKind,
    },
}

#[derive(Serialize)]
pub struct CaptureResponse {
    pub token: String,
    /// A card's brand, or the kind of account.
    pub brand: String,
    pub last4: String,
    pub expiry: Option<Expiry>,
    pub funding: Option<CardFunding>,
}

pub async fn make_token(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<CaptureResponse>), ErrorResponse> {
    check_origin(&app, &headers)?;
    let address = serve::client_address::address(peer.ip(), &headers, app.settings.is_behind_proxy);
    if !app.makers.may(address) {
        return Err(ErrorResponse(StatusCode::TOO_MANY_REQUESTS, "too_many"));
    }
    let typed: CaptureRequest =
        serde_json::from_slice(&body).map_err(|_| ErrorResponse(StatusCode::BAD_REQUEST, "malformed"))?;
    let Typed { binding, method, outcome } = looked_up(&app, typed).await?;
    if binding.is_empty() || binding.len() > 128 || !binding.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(ErrorResponse(StatusCode::BAD_REQUEST, "malformed"));
    }
    let token = random_name("tok")?;
    app.store.add_token(&NewToken { token: &token, binding: &binding, method: &method, outcome }, app.now()).await?;
    Ok((StatusCode::CREATED, Json(made(token, method))))
}

/// Compared with the configured origin, never with `Host`, which the client sets: exactly one `Origin`, and ours.
pub fn check_origin(app: &App, headers: &HeaderMap) -> Result<(), ErrorResponse> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let origin = origins.next().filter(|_| origins.next().is_none()).and_then(|origin| origin.to_str().ok());
    let is_own = origin.is_some_and(|origin| app.settings.origins.iter().any(|own| own == origin));
    if is_own { Ok(()) } else { Err(ErrorResponse(StatusCode::FORBIDDEN, "foreign_origin")) }
}

/// What is left of what was typed.
struct Typed {
    binding: String,
    method: Method,
    outcome: Outcome,
}

async fn looked_up(app: &App, typed: CaptureRequest) -> Result<Typed, ErrorResponse> {
    let unprocessable = |code| ErrorResponse(StatusCode::UNPROCESSABLE_ENTITY, code);
    match typed {
        CaptureRequest::Card { binding, number, expiry, code } => {
            let number = CardNumber::parse(&number).map_err(wrong)?;
            let brand = number.brand();
            let expiry =
                Expiry::parse(&expiry).and_then(|expiry| expiry.check(last_today(app.now()))).map_err(wrong)?;
            SecurityCode::parse(&code, brand).map_err(wrong)?;
            if !CardBrand::ACCEPTED.contains(&brand) {
                return Err(wrong(FieldProblem::BrandNotAccepted));
            }
            let (funding, outcome) = sandbox::card(&number).ok_or_else(|| unprocessable("not_a_test_number"))?;
            let method = Method::Card { brand, last4: number.last4().to_owned(), expiry, funding };
            Ok(Typed { binding, method, outcome })
        }
        CaptureRequest::Code { binding, token, code } => {
            let no_such_card = || unprocessable("no_such_card");
            let found = app.store.method_without_code(&token, &binding, app.now()).await?;
            let method = found.ok_or_else(no_such_card)?;
            let Method::Card { brand, .. } = &method else { return Err(no_such_card()) };
            let outcome = sandbox::with_code_again(&SecurityCode::parse(&code, *brand).map_err(wrong)?);
            Ok(Typed { binding, method, outcome })
        }
        CaptureRequest::Bank { binding, routing, account, account_kind } => {
            RoutingNumber::parse(&routing).map_err(wrong)?;
            let account = AccountNumber::parse(&account).map_err(wrong)?;
            let outcome = sandbox::account(&account).ok_or_else(|| unprocessable("not_a_test_number"))?;
            let method = Method::Bank { account: account_kind, last4: account.last4().to_owned() };
            Ok(Typed { binding, method, outcome })
        }
    }
}

fn made(token: String, method: Method) -> CaptureResponse {
    match method {
        Method::Card { brand, last4, expiry, funding } => {
            let brand = serde_json::to_value(brand).ok().and_then(|brand| brand.as_str().map(str::to_owned));
            CaptureResponse {
                token,
                brand: brand.unwrap_or_default(),
                last4,
                expiry: Some(expiry),
                funding: Some(funding),
            }
        }
        Method::Bank { account, last4 } => {
            let brand = match account {
                BankAccountKind::Checking => "checking",
                BankAccountKind::Savings => "savings",
            };
            CaptureResponse { token, brand: brand.to_owned(), last4, expiry: None, funding: None }
        }
        // Nobody types these.
        Method::Balance | Method::Check | Method::Phone => {
            CaptureResponse { token, brand: String::new(), last4: String::new(), expiry: None, funding: None }
        }
    }
}

fn wrong(problem: FieldProblem) -> ErrorResponse {
    ErrorResponse(StatusCode::UNPROCESSABLE_ENTITY, problem.key())
}

/// The day it is where it is longest: a card is good until its month is over in Hawaii, ten hours after it is over in
/// UTC. The frame, which knows the payer's own day, has said so before.
fn last_today(now: Instant) -> Date {
    now.plus_millis(-10 * 3_600_000).utc_date()
}
