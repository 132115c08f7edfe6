//! `/payments/{id}/receipt.pdf` and `/payments/{id}/receipt-emails`: a receipt to download, and to e-mail.

use crate::{
    billing::receipts::{self, Receipt},
    error::Result,
    http::extract::{ActiveSession, Body, Id},
    state::App,
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use contract::Email;
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptEmail {
    pub email: Email,
}

/// The receipt as a Letter page, in the language the payment was made in.
#[utoipa::path(
    get, path = "/payments/{id}/receipt.pdf", params(("id" = String, Path)),
    responses(
        (status = 200, content_type = "application/pdf", body = Vec<u8>),
        (status = 401),
        (status = 429),
        (status = 503),
    )
)]
pub async fn pdf(State(app): State<App>, ActiveSession(session): ActiveSession, Id(id): Id) -> Result<Receipt> {
    receipts::draw(&app, &session, &id).await
}

/// To be kept under the payment's number.
impl IntoResponse for Receipt {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
        if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"receipt-{}.pdf\"", self.reference)) {
            headers.insert(header::CONTENT_DISPOSITION, name);
        }
        (headers, self.file).into_response()
    }
}

/// Sends the receipt to an address; a few times an hour at most.
#[utoipa::path(
    post, path = "/payments/{id}/receipt-emails", params(("id" = String, Path)), request_body = ReceiptEmail,
    responses(
        (status = 202),
        (status = 401),
        (status = 429),
    )
)]
pub async fn email(
    State(app): State<App>,
    ActiveSession(session): ActiveSession,
    Id(id): Id,
    Body(ReceiptEmail { email }): Body<ReceiptEmail>,
) -> Result<StatusCode> {
    receipts::send(&app, &session, &id, &email).await?;
    Ok(StatusCode::ACCEPTED)
}
