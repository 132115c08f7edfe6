//! `/balance` and `/deposits`: the credit that a member holds, and adding to it.

use crate::{
    billing::{
        balance_settings, deposits,
        payer::Payer,
        payments::{self, Paid},
        refunds,
    },
    error::{Error, Result},
    http::{
        client_address::ClientAddress,
        extract::{Body, Key, PayingSession},
    },
    identity::sessions::SignedIn,
    state::App,
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use contract::{
    IdempotencyKey,
    balance::{Balance, BalanceSettings, DepositOrder, RefundOrder},
    payment::Payment,
    problem_details::ErrorCode,
};

#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BalanceQuery {
    /// The page of changes that `next` of the one before names.
    #[param(value_type = Option<String>)]
    pub cursor: Option<u32>,
    /// How many changes a page, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u8>,
}

const USUAL_LIMIT: u8 = 20;
const MOST_LISTED: u8 = 200;

/// What the plan holds for the member, the deposits on their way, and a page of the credits and debits that made it.
#[utoipa::path(
    get, path = "/balance", params(BalanceQuery),
    responses(
        (status = 200, body = Balance),
        (status = 401),
    )
)]
pub async fn show(
    State(app): State<App>,
    member: SignedIn,
    query: Result<Query<BalanceQuery>, QueryRejection>,
) -> Result<Json<Balance>> {
    let malformed = || Error::new(ErrorCode::Malformed);
    let Query(BalanceQuery { cursor, limit }) = query.map_err(|_| malformed())?;
    let limit = Some(limit.unwrap_or(USUAL_LIMIT)).filter(|limit| (1..=MOST_LISTED).contains(limit));
    let limit = limit.ok_or_else(malformed)?;
    Ok(Json(deposits::balance(&app, &member.session, cursor.map(i64::from), limit.into()).await?))
}

/// Adds to the balance. The answer is a payment; its money counts once the card is charged or the bank has paid. A
/// replayed answer says `Idempotency-Replayed: true`.
#[utoipa::path(
    post, path = "/deposits", request_body = DepositOrder,
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
pub async fn deposit(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    PayingSession(session): PayingSession,
    Key(key): Key,
    Body(order): Body<DepositOrder>,
) -> Result<Paid> {
    payments::pay(&app, &Payer::of(&session, address), &key, &order.into()).await
}

/// Credit goes back to the cards and bank accounts that deposits came from, the newest deposit first. The answer is the
/// balance without it; its change is on its way until the processor has it. The same key again changes nothing.
#[utoipa::path(
    post, path = "/balance/refunds", request_body = RefundOrder,
    params(("Idempotency-Key" = IdempotencyKey, Header, description = "A UUID; the same for the same intent")),
    responses(
        (status = 201, body = Balance),
        (status = 401),
        (status = 422, description = "More than `refundable`, or a key of another order"),
        (status = 429),
    )
)]
pub async fn refund(
    State(app): State<App>,
    member: SignedIn,
    Key(key): Key,
    Body(order): Body<RefundOrder>,
) -> Result<(StatusCode, Json<Balance>)> {
    Ok((StatusCode::CREATED, Json(refunds::ask(&app, &member.session, &key, &order).await?)))
}

/// Whether paying bills begins with the balance, and below which amount the member is told. The answer is the balance
/// with them.
#[utoipa::path(
    put, path = "/balance/settings", request_body = BalanceSettings,
    responses(
        (status = 200, body = Balance),
        (status = 401),
        (status = 422, description = "An amount below or above what it may be"),
        (status = 429),
    )
)]
pub async fn change_settings(
    State(app): State<App>,
    member: SignedIn,
    Body(settings): Body<BalanceSettings>,
) -> Result<Json<Balance>> {
    Ok(Json(balance_settings::change(&app, &member.session, &settings).await?))
}
