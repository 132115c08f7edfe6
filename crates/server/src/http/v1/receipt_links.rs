//! `/receipt-links`: what the link of an e-mail opens. Its secret comes in a body, never in an address, so no log has
//! it.

use crate::{
    billing::{
        receipt_links::{self, OpenedReceipt, Reader},
        receipts::Receipt,
    },
    error::Result,
    http::{
        client_address::ClientAddress,
        cookies,
        extract::{ActiveSession, Body, Id, ReaderToken},
    },
    state::App,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use contract::payment::{Payment, ReceiptLinks, ReceiptSecret};

/// The receipt that the link is for, and nothing else of the membership: `key` is nil, `email` is absent, and what is
/// owed is what these bills leave. With the cookie of the answer this browser may fetch the file for a quarter of an
/// hour.
#[utoipa::path(
    post, path = "/receipt-links/open", request_body = ReceiptSecret,
    responses(
        (status = 200, body = Payment),
        (status = 422, description = "link_refused"),
        (status = 429),
    )
)]
pub async fn open(
    State(app): State<App>,
    reader: Reader,
    Body(ReceiptSecret { secret }): Body<ReceiptSecret>,
) -> Result<(HeaderMap, Json<Payment>)> {
    let OpenedReceipt { payment, token } = receipt_links::open(&app, &reader, &secret).await?;
    Ok((cookies::keep_reader(&app, &token), Json(payment)))
}

/// The file of a receipt that this browser opened by its link.
#[utoipa::path(
    get, path = "/receipt-links/{id}/receipt.pdf", params(("id" = String, Path, description = "Of the payment")),
    responses(
        (status = 200, content_type = "application/pdf", body = Vec<u8>),
        (status = 404),
        (status = 429),
        (status = 503),
    )
)]
pub async fn pdf(State(app): State<App>, ReaderToken(token): ReaderToken, Id(id): Id) -> Result<Receipt> {
    receipt_links::file(&app, token.as_deref(), &id).await
}

/// Ends the link: it opens nothing any more.
#[utoipa::path(
    post, path = "/receipt-links/revoke", request_body = ReceiptSecret,
    responses(
        (status = 204),
        (status = 422, description = "link_refused"),
        (status = 429),
    )
)]
pub async fn revoke(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Body(ReceiptSecret { secret }): Body<ReceiptSecret>,
) -> Result<StatusCode> {
    receipt_links::end(&app, address, &secret).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How many e-mailed links open the receipt of a payment, and how often they did. Who they were sent to is not said.
#[utoipa::path(
    get, path = "/payments/{id}/receipt-links", params(("id" = String, Path)),
    responses(
        (status = 200, body = ReceiptLinks),
        (status = 401),
        (status = 404),
    )
)]
pub async fn show_all(
    State(app): State<App>,
    ActiveSession(session): ActiveSession,
    Id(id): Id,
) -> Result<Json<ReceiptLinks>> {
    Ok(Json(receipt_links::all(&app, &session, &id).await?))
}

/// Ends every link to the receipt of a payment, anyone who it was sent to.
#[utoipa::path(
    post, path = "/payments/{id}/receipt-links/revoke", params(("id" = String, Path)),
    responses(
        (status = 204),
        (status = 401),
        (status = 404),
    )
)]
pub async fn revoke_all(
    State(app): State<App>,
    ActiveSession(session): ActiveSession,
    Id(id): Id,
) -> Result<StatusCode> {
    receipt_links::end_all(&app, &session, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
