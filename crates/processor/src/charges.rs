//! `/v1`: the server-to-server API for the billing system, authenticated with the shared secret. A charge is committed
//! before the response is sent, and the same key always gives the same charge.

use crate::{
    App, ErrorResponse, random_name,
    store::{Charge, Event, NewCharge, NotCharged},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use contract::{Date, Instant, payment::Method};
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
pub struct TokenFacts {
    method: Method,
    usable: bool,
}

#[derive(Deserialize)]
pub struct Binding {
    binding: String,
}

/// One charge by its key, or all of them, in the order they were made.
#[derive(Deserialize)]
pub struct ChargesQuery {
    idempotency_key: Option<String>,
    /// The id of the last charge of the page before.
    after: Option<String>,
    /// Milliseconds since 1970: charges made then or later.
    #[serde(default)]
    since: i64,
}

/// What a key is good for once it was closed.
#[derive(Serialize)]
pub struct ClosedKey {
    idempotency_key: String,
    /// None: there is no charge under this key, and there never will be one.
    charge: Option<Charge>,
}

#[derive(Deserialize)]
pub struct EventsQuery {
    after: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChargeBody {
    token: String,
    binding: String,
    amount_cents: i64,
    reference: String,
    /// When a bank debit is to be handed to the bank; today if it is not named.
    #[serde(default)]
    send_on: Option<Date>,
}

#[derive(Deserialize)]
struct ClockBody {
    now_millis: i64,
}

const NOT_FOUND: ErrorResponse = ErrorResponse(StatusCode::NOT_FOUND, "not_found");

/// An error response that may be about one key. It names the key, so that no client mistakes a gateway's response, or
/// the response to another request, for this server's.
#[derive(Debug)]
pub struct KeyedError {
    refused: ErrorResponse,
    key: Option<String>,
}

impl ErrorResponse {
    fn of_key(self, key: &str) -> KeyedError {
        KeyedError { refused: self, key: Some(key.to_owned()) }
    }
}

impl From<ErrorResponse> for KeyedError {
    fn from(refused: ErrorResponse) -> Self {
        Self { refused, key: None }
    }
}
impl From<sqlx::Error> for KeyedError {
    fn from(error: sqlx::Error) -> Self {
        ErrorResponse::from(error).into()
    }
}

impl IntoResponse for KeyedError {
    fn into_response(self) -> Response {
        let Self { refused: ErrorResponse(status, code), key } = self;
        (status, Json(serde_json::json!({ "code": code, "idempotency_key": key }))).into_response()
    }
}

pub async fn token(
    State(app): State<App>,
    headers: HeaderMap,
    Path(token): Path<String>,
    Query(Binding { binding }): Query<Binding>,
) -> Result<Json<TokenFacts>, ErrorResponse> {
    check_secret(&app, &headers)?;
    let found = app.store.token(&token, &binding, app.now()).await?.ok_or(NOT_FOUND)?;
    Ok(Json(TokenFacts { method: found.method, usable: found.usable }))
}

pub async fn charge(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Charge>), KeyedError> {
    check_secret(&app, &headers)?;
    let key =
        headers.get("idempotency-key").and_then(|key| key.to_str().ok()).filter(|key| (1..=128).contains(&key.len()));
    let key = key.ok_or(ErrorResponse(StatusCode::BAD_REQUEST, "key_missing"))?;
    let body: ChargeBody =
        serde_json::from_slice(&body).map_err(|_| ErrorResponse(StatusCode::BAD_REQUEST, "malformed"))?;
    if body.amount_cents <= 0 {
        return Err(ErrorResponse(StatusCode::BAD_REQUEST, "malformed").into());
    }
    let id = random_name("ch")?;
    let ChargeBody { token, binding, reference, .. } = &body;
    let (amount_cents, send_on) = (body.amount_cents, body.send_on);
    let new = NewCharge { id: &id, key, token, binding, amount_cents, reference, send_on };
    let refused = match app.store.charge(&new, app.now()).await? {
        Ok(charge) => return Ok((StatusCode::CREATED, Json(charge))),
        Err(NotCharged::NoSuchToken) => NOT_FOUND,
        Err(NotCharged::TokenUsed) => ErrorResponse(StatusCode::CONFLICT, "token_used"),
        Err(NotCharged::KeyReused) => ErrorResponse(StatusCode::UNPROCESSABLE_ENTITY, "key_reused"),
        Err(NotCharged::KeyClosed) => ErrorResponse(StatusCode::CONFLICT, "key_closed"),
    };
    Err(refused.of_key(key))
}

/// Closes a key, so that nothing will be charged under it any more, or returns its charge: a client that lost the
/// response to a charge, or was refused one, learns here for good whether money moved.
pub async fn close_key(
    State(app): State<App>,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Result<Json<ClosedKey>, ErrorResponse> {
    check_secret(&app, &headers)?;
    if !(1..=128).contains(&key.len()) {
        return Err(ErrorResponse(StatusCode::BAD_REQUEST, "malformed"));
    }
    let charge = app.store.close_key(&key, app.now()).await?;
    Ok(Json(ClosedKey { idempotency_key: key, charge }))
}

pub async fn by_id(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Charge>, ErrorResponse> {
    check_secret(&app, &headers)?;
    app.store.charge_by_id(&id).await?.map(Json).ok_or(NOT_FOUND)
}

/// The charge of a key, or a page of all charges.
pub async fn list(
    State(app): State<App>,
    headers: HeaderMap,
    Query(ChargesQuery { idempotency_key, after, since }): Query<ChargesQuery>,
) -> Result<Response, KeyedError> {
    check_secret(&app, &headers)?;
    match idempotency_key {
        Some(key) => {
            let charge = app.store.charge_by_key(&key).await?;
            charge.map(|charge| Json(charge).into_response()).ok_or_else(|| NOT_FOUND.of_key(&key))
        }
        None => Ok(Json(app.store.charges(after.as_deref(), Instant::from_millis(since)).await?).into_response()),
    }
}

/// What became of charges after their first answer, in order.
pub async fn events(
    State(app): State<App>,
    headers: HeaderMap,
    Query(EventsQuery { after }): Query<EventsQuery>,
) -> Result<Json<Vec<Event>>, ErrorResponse> {
    check_secret(&app, &headers)?;
    Ok(Json(app.store.events(after).await?))
}

/// The sandbox's clock goes with the demo's; banks whose day has come answer at once.
pub async fn set_clock(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Result<StatusCode, ErrorResponse> {
    check_secret(&app, &headers)?;
    let body: ClockBody =
        serde_json::from_slice(&body).map_err(|_| ErrorResponse(StatusCode::BAD_REQUEST, "malformed"))?;
    app.move_to(Instant::from_millis(body.now_millis)).await?;
    app.store.end_debits(app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub fn check_secret(app: &App, headers: &HeaderMap) -> Result<(), ErrorResponse> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if app.settings.secrets.has(given) { Ok(()) } else { Err(ErrorResponse(StatusCode::UNAUTHORIZED, "wrong_secret")) }
}
