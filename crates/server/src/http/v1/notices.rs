//! `/notices`: which notices a member gets.

use crate::{
    error::Result,
    http::extract::Body,
    identity::{notice_settings, sessions::SignedIn},
    state::App,
};
use axum::{Json, extract::State};
use contract::notices::{NoticeChange, NoticeSettings};

/// Every kind of notice that is sent, and whether the member gets it.
#[utoipa::path(
    get, path = "/notices",
    responses(
        (status = 200, body = NoticeSettings),
        (status = 401),
    )
)]
pub async fn show(State(app): State<App>, signed_in: SignedIn) -> Result<Json<NoticeSettings>> {
    Ok(Json(notice_settings::show(&app, &signed_in).await?))
}

/// Changes the kinds that are named. What waits to be sent and is turned off is not sent. Notices about security always
/// are.
#[utoipa::path(
    put, path = "/notices", request_body = NoticeChange,
    responses(
        (status = 200, body = NoticeSettings),
        (status = 401),
        (status = 422, description = "A kind that is always sent, is not sent here, or is named twice"),
        (status = 429),
    )
)]
pub async fn change(
    State(app): State<App>,
    signed_in: SignedIn,
    Body(change): Body<NoticeChange>,
) -> Result<Json<NoticeSettings>> {
    Ok(Json(notice_settings::change(&app, &signed_in, &change).await?))
}
