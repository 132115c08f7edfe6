//! `GET /mail-coupons`: what is printed and mailed with a check.

use crate::{billing::coupons, error::Result, http::extract::ActiveSession, state::App};
use axum::{Json, extract::State};
use contract::coupon::MailCoupons;

/// A coupon for each bill of the membership on which something can be paid.
#[utoipa::path(
    get, path = "/mail-coupons",
    responses((status = 200, body = MailCoupons), (status = 401))
)]
pub async fn list(State(app): State<App>, ActiveSession(session): ActiveSession) -> Result<Json<MailCoupons>> {
    Ok(Json(coupons::of(&app, &session).await?))
}
