//! `/payments`: pay, and query the outcome.

use crate::{
    billing::{
        payer::Payer,
        payments::{self, Paid},
    },
    error::{Error, Result},
    http::{
        client_address::ClientAddress,
        extract::{ActiveSession, Body, Id, Key, PayingSession},
    },
    state::App,
    store::payment_pages::{Cursor, Page},
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
};
use contract::{
    IdempotencyKey, Instant,
    payment::{Payment, PaymentOrder, PaymentPage},
    problem_details::ErrorCode,
};

/// Pays one bill, several, or part of one. A replayed answer says `Idempotency-Replayed: true`.
#[utoipa::path(
    post, path = "/payments", request_body = PaymentOrder,
    params(("Idempotency-Key" = IdempotencyKey, Header, description = "A UUID; the same for the same intent")),
    responses(
        (
            status = 201, description = "Paid, processing, or failed: see `state`", body = Payment,
            headers(("Idempotency-Replayed" = String, description = "`true` when this answer was given before")),
        ),
        (status = 401),
        (status = 409),
        (status = 429, description = "Too many were declined: nothing was begun"),
        (status = 503),
    )
)]
pub async fn pay(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    PayingSession(session): PayingSession,
    Key(key): Key,
    Body(order): Body<PaymentOrder>,
) -> Result<(StatusCode, HeaderMap, Json<Payment>)> {
    let Paid { payment, is_replayed } = payments::pay(&app, &Payer::of(&session, address), &key, &order).await?;
    let replayed = is_replayed.then(|| ("idempotency-replayed", HeaderValue::from_static("true")));
    let headers = replayed.into_iter().map(|(name, value)| (HeaderName::from_static(name), value)).collect();
    Ok((StatusCode::CREATED, headers, Json(payment)))
}

#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PaymentQuery {
    /// The payment with this key, and no other.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The `begin_by` of the order that was sent with the key: 409 `key_in_use` until it is over; then 404 closes the
    /// key, and no order with it begins any more. Without it 404 says nothing about an order that is still on its way.
    #[param(value_type = Option<contract::Instant>)]
    pub begin_by: Option<Instant>,
    /// For a member, without a key: the page that `next` of the one before names.
    pub cursor: Option<String>,
    /// For a member, without a key: how many a page, 1 to 50.
    #[param(minimum = 1, maximum = 50)]
    pub limit: Option<u8>,
}

const USUAL_LIMIT: u8 = 10;
const MOST_LISTED: u8 = 50;

impl PaymentQuery {
    /// None for a query that means nothing.
    fn page(&self) -> Option<Page> {
        let limit = Some(self.limit.unwrap_or(USUAL_LIMIT)).filter(|limit| (1..=MOST_LISTED).contains(limit))?;
        let before = match &self.cursor {
            Some(text) => Some(Cursor::parse(text)?),
            None => None,
        };
        Some(Page { before, limit: limit.into() })
    }
}

/// A member's payments, no matter who of the household made them, a page at a time. With a key, the one payment with
/// it: 409 while the processor has not answered or the order may still begin (`begin_by`), 404 if there is none.
#[utoipa::path(
    get, path = "/payments", params(PaymentQuery),
    responses(
        (status = 200, body = PaymentPage),
        (status = 401),
        (status = 404, description = "There is no payment with this key"),
        (status = 409),
        (status = 429),
        (status = 503),
    )
)]
pub async fn list(
    State(app): State<App>,
    ActiveSession(session): ActiveSession,
    query: Result<Query<PaymentQuery>, QueryRejection>,
) -> Result<Json<PaymentPage>> {
    let malformed = || Error::new(ErrorCode::Malformed);
    let Query(query) = query.map_err(|_| malformed())?;
    if let Some(key) = query.idempotency_key {
        let payment = payments::of_key(&app, &session, &key, query.begin_by).await?;
        return Ok(Json(PaymentPage { payments: vec![payment.into()], next: None }));
    }
    let page = query.page().ok_or_else(malformed)?;
    Ok(Json(payments::page(&app, &session, &page).await?))
}

/// A payment of this session; for a member, of the membership.
#[utoipa::path(
    get, path = "/payments/{id}", params(("id" = String, Path)),
    responses(
        (status = 200, body = Payment),
        (status = 401),
    )
)]
pub async fn one(State(app): State<App>, ActiveSession(session): ActiveSession, Id(id): Id) -> Result<Json<Payment>> {
    Ok(Json(payments::one(&app, &session, &id).await?))
}
