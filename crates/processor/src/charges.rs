//! `/v1`: what the billing system asks, server to server, with the shared secret. A charge is committed before it is answered, and
//! the same key gives the same charge for ever.

use crate::{
    App, Refused, random_name,
    store::{Charge, Event, NewCharge, NotCharged},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
};
use contract::{Instant, payment::Method};
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

#[derive(Deserialize)]
pub struct ByKey {
    idempotency_key: String,
}

#[derive(Deserialize)]
pub struct After {
    after: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChargeBody {
    token: String,
    binding: String,
    amount_cents: i64,
    reference: String,
}

#[derive(Deserialize)]
struct ClockBody {
    now_millis: i64,
}

const NOT_FOUND: Refused = Refused(StatusCode::NOT_FOUND, "not_found");

pub async fn token(
    State(app): State<App>,
    headers: HeaderMap,
    Path(token): Path<String>,
    Query(Binding { binding }): Query<Binding>,
) -> Result<Json<TokenFacts>, Refused> {
    check_secret(&app, &headers)?;
    let found = app.store.token(&token, &binding, app.now()).await?.ok_or(NOT_FOUND)?;
    Ok(Json(TokenFacts { method: found.method, usable: found.usable }))
}

pub async fn charge(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Charge>), Refused> {
    check_secret(&app, &headers)?;
    let key =
        headers.get("idempotency-key").and_then(|key| key.to_str().ok()).filter(|key| (1..=128).contains(&key.len()));
    let key = key.ok_or(Refused(StatusCode::BAD_REQUEST, "key_missing"))?;
    let body: ChargeBody = serde_json::from_slice(&body).map_err(|_| Refused(StatusCode::BAD_REQUEST, "malformed"))?;
    if body.amount_cents <= 0 {
        return Err(Refused(StatusCode::BAD_REQUEST, "malformed"));
    }
    let id = random_name("ch")?;
    let ChargeBody { token, binding, amount_cents, reference } = &body;
    let new = NewCharge { id: &id, key, token, binding, amount_cents: *amount_cents, reference };
    match app.store.charge(&new, app.now()).await? {
        Ok(charge) => Ok((StatusCode::CREATED, Json(charge))),
        Err(NotCharged::NoSuchToken) => Err(NOT_FOUND),
        Err(NotCharged::TokenUsed) => Err(Refused(StatusCode::CONFLICT, "token_used")),
        Err(NotCharged::KeyReused) => Err(Refused(StatusCode::UNPROCESSABLE_ENTITY, "key_reused")),
    }
}

pub async fn by_id(
    State(app): State<App>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Charge>, Refused> {
    check_secret(&app, &headers)?;
    app.store.charge_by_id(&id).await?.map(Json).ok_or(NOT_FOUND)
}

pub async fn by_key(
    State(app): State<App>,
    headers: HeaderMap,
    Query(ByKey { idempotency_key }): Query<ByKey>,
) -> Result<Json<Charge>, Refused> {
    check_secret(&app, &headers)?;
    app.store.charge_by_key(&idempotency_key).await?.map(Json).ok_or(NOT_FOUND)
}

/// What became of charges after their first answer, in order.
pub async fn events(
    State(app): State<App>,
    headers: HeaderMap,
    Query(After { after }): Query<After>,
) -> Result<Json<Vec<Event>>, Refused> {
    check_secret(&app, &headers)?;
    Ok(Json(app.store.events(after).await?))
}

/// The sandbox's clock goes with the demo's; banks whose day has come answer at once.
pub async fn set_clock(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Result<StatusCode, Refused> {
    check_secret(&app, &headers)?;
    let body: ClockBody = serde_json::from_slice(&body).map_err(|_| Refused(StatusCode::BAD_REQUEST, "malformed"))?;
    app.move_to(Instant::from_millis(body.now_millis)).await?;
    app.store.end_debits(app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check_secret(app: &App, headers: &HeaderMap) -> Result<(), Refused> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let secret = &app.settings.secret;
    // Every byte is looked at, so that the time says nothing about how much was right.
    let differs = given
        .bytes()
        .zip(secret.bytes())
        .fold(given.len() ^ secret.len(), |differs, (a, b)| differs | usize::from(a ^ b));
    if differs == 0 { Ok(()) } else { Err(Refused(StatusCode::UNAUTHORIZED, "wrong_secret")) }
}
