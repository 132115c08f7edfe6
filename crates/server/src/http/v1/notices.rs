//! `/notices`, `/notices/text-number`: which notices a member gets, and where text messages go.

use crate::{
    error::Result,
    http::extract::Body,
    identity::{notice_settings, sessions::SignedIn, text_numbers},
    state::App,
};
use axum::{Json, extract::State};
use contract::notices::{NewTextNumber, NoticeChange, NoticeSettings, TextNumberCode};

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

/// Names a number for text messages, in the place of the one before: a code is sent there. Only where the deployment
/// sends text messages.
#[utoipa::path(
    put, path = "/notices/text-number", request_body = NewTextNumber,
    responses(
        (status = 200, body = NoticeSettings),
        (status = 401),
        (status = 404, description = "No text messages are sent here"),
        (status = 422, description = "terms_changed, or what is wrong with the number"),
        (status = 429),
    )
)]
pub async fn begin_texts(
    State(app): State<App>,
    signed_in: SignedIn,
    Body(new): Body<NewTextNumber>,
) -> Result<Json<NoticeSettings>> {
    Ok(Json(text_numbers::begin(&app, &signed_in, new).await?))
}

/// Confirms the number with the code that was sent there. The owner is told by e-mail.
#[utoipa::path(
    post, path = "/notices/text-number/confirmation", request_body = TextNumberCode,
    responses(
        (status = 200, body = NoticeSettings),
        (status = 401),
        (status = 404, description = "No text messages are sent here"),
        (status = 422, description = "Another code, or one that is too old"),
        (status = 429),
    )
)]
pub async fn confirm_texts(
    State(app): State<App>,
    signed_in: SignedIn,
    Body(code): Body<TextNumberCode>,
) -> Result<Json<NoticeSettings>> {
    Ok(Json(text_numbers::confirm(&app, &signed_in, &code).await?))
}

/// Ends text messages. The owner is told by e-mail.
#[utoipa::path(
    delete, path = "/notices/text-number",
    responses(
        (status = 200, body = NoticeSettings),
        (status = 401),
        (status = 404, description = "No text messages are sent here"),
    )
)]
pub async fn end_texts(State(app): State<App>, signed_in: SignedIn) -> Result<Json<NoticeSettings>> {
    Ok(Json(text_numbers::end(&app, &signed_in).await?))
}
