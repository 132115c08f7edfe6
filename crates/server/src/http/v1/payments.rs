//! `/payments`: pay, and query the outcome.

use crate::{
    billing::{
        history::{self, Asked},
        household,
        payer::Payer,
        payment_csv::{self, PaymentCsv},
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
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use contract::{
    Date, IdempotencyKey, Instant,
    payment::{MethodKind, Payment, PaymentFilter, PaymentKind, PaymentOrder, PaymentPage, PaymentSort},
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
) -> Result<Paid> {
    let membership = household::membership_of(&app, &session, order.household.as_deref()).await?;
    let payer = Payer { membership: &membership, ..Payer::of(&session, address) };
    payments::pay(&app, &payer, &key, &order).await
}

/// Of a bill or a deposit.
impl IntoResponse for Paid {
    fn into_response(self) -> Response {
        let replayed = self
            .is_replayed
            .then(|| (HeaderName::from_static("idempotency-replayed"), HeaderValue::from_static("true")));
        (StatusCode::CREATED, replayed.into_iter().collect::<HeaderMap>(), Json(self.payment)).into_response()
    }
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
    /// For a member, without a key: how many a page, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u8>,
    /// For a member, as all that follow: made on this day or later, by the region's calendar.
    #[param(value_type = Option<contract::Date>)]
    pub from: Option<Date>,
    /// Made on this day or before.
    #[param(value_type = Option<contract::Date>)]
    pub to: Option<Date>,
    /// Pays a bill of this kind, or is a deposit.
    #[param(value_type = Option<contract::payment::PaymentKind>)]
    pub kind: Option<PaymentKind>,
    #[param(value_type = Option<contract::payment::PaymentState>)]
    pub state: Option<String>,
    #[param(value_type = Option<contract::payment::MethodKind>)]
    pub method: Option<MethodKind>,
    /// `own`, for the bills of the membership, or the id of a person whom the member pays for.
    pub person: Option<String>,
    /// In the reference, or in the patient, the provider or the description of what was paid. Or an amount.
    #[param(max_length = 100)]
    pub q: Option<String>,
    #[param(value_type = Option<contract::payment::PaymentSort>)]
    pub sort: Option<PaymentSort>,
    /// With what all pages of the list come to.
    pub totals: Option<bool>,
}

const USUAL_LIMIT: u8 = 10;
const MOST_LISTED: u8 = 200;

impl PaymentQuery {
    fn filter(&self) -> PaymentFilter {
        PaymentFilter {
            from: self.from,
            to: self.to,
            kind: self.kind,
            state: self.state.clone(),
            method: self.method,
            person: self.person.clone(),
            q: self.q.clone(),
            sort: self.sort,
        }
    }

    /// None for a query that means nothing. `zone` is the region's: a day begins by its clocks.
    fn asked(&self, zone: &str) -> Option<Asked> {
        let limit = Some(self.limit.unwrap_or(USUAL_LIMIT)).filter(|limit| (1..=MOST_LISTED).contains(limit))?;
        let after = match &self.cursor {
            Some(text) => Some(Cursor::parse(text)?),
            None => None,
        };
        let asked = Asked::of(self.filter(), zone)?;
        Some(Asked { page: Page { after, limit: limit.into(), ..asked.page }, ..asked })
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
        return Ok(Json(PaymentPage { payments: vec![payment.into()], next: None, totals: None }));
    }
    let asked = query.asked(session.membership.region.time_zone()).ok_or_else(malformed)?;
    Ok(Json(history::page(&app, &session, asked, query.totals.unwrap_or(false)).await?))
}

/// A member's payments as a file for a spreadsheet: a row a bill, and one for the fee. The same filter as of the list,
/// and all pages at once.
#[utoipa::path(
    get, path = "/payments.csv", params(PaymentQuery),
    responses(
        (status = 200, content_type = "text/csv", body = Vec<u8>),
        (status = 401),
        (status = 429),
        (status = 503),
    )
)]
pub async fn csv(
    State(app): State<App>,
    ActiveSession(session): ActiveSession,
    query: Result<Query<PaymentQuery>, QueryRejection>,
) -> Result<PaymentCsv> {
    let malformed = || Error::new(ErrorCode::Malformed);
    let Query(query) = query.map_err(|_| malformed())?;
    let asked = query.asked(session.membership.region.time_zone()).ok_or_else(malformed)?;
    payment_csv::write(&app, &session, asked).await
}

/// The same file, with the filter in the body: a text may be a name, which no address should hold.
#[utoipa::path(
    post, path = "/payments.csv", request_body = PaymentFilter,
    responses(
        (status = 200, content_type = "text/csv", body = Vec<u8>),
        (status = 401),
        (status = 429),
        (status = 503),
    )
)]
pub async fn filtered_csv(
    State(app): State<App>,
    ActiveSession(session): ActiveSession,
    Body(filter): Body<PaymentFilter>,
) -> Result<PaymentCsv> {
    let asked = Asked::of(filter, session.membership.region.time_zone());
    payment_csv::write(&app, &session, asked.ok_or_else(|| Error::new(ErrorCode::Malformed))?).await
}

/// To be kept. The name says nothing of the member.
impl IntoResponse for PaymentCsv {
    fn into_response(self) -> Response {
        let kept = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"payments.csv\""),
        ];
        (kept, self.0).into_response()
    }
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
