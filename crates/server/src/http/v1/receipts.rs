//! `/payments/{id}/receipt.pdf` and `/payments/{id}/receipt-emails`: a receipt to keep, and to send.

use crate::{
    http::{
        extract::{ActiveSession, Body, Id},
        session_tokens,
    },
    limits::{self, rules},
    mail, receipt_pdf,
    refusal::{Answer, Error},
    state::App,
    store::{outbox::Queued, sessions},
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use contract::{
    Email,
    refusal::RefusalCode,
};
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
pub async fn pdf(
    State(app): State<App>,
    ActiveSession(session): ActiveSession,
    Id(id): Id,
) -> Answer<(HeaderMap, Vec<u8>)> {
    let payment = app.store.payment_seen_by(&session, &id).await?.ok_or_else(|| Error::new(RefusalCode::NotFound))?;
    limits::take(&app, &[app.limits.bucket(&rules::DRAWINGS_BY_SESSION, &session.id)]).await?;
    let locale = app.store.payment_locale(&id).await?;
    let portal = app.portal.clone();
    let reference = payment.reference.clone();
    let file = app.drawing.run(move || receipt_pdf::receipt(&payment, &portal, locale)).await?;
    let file = file.map_err(|_| Error::new(RefusalCode::Fault))?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"receipt-{reference}.pdf\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok((headers, file))
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
) -> Answer<StatusCode> {
    let payment = app.store.payment_seen_by(&session, &id).await?.ok_or_else(|| Error::new(RefusalCode::NotFound))?;
    let now = app.clock.now();
    let locale = app.store.payment_locale(&id).await?;
    let letter = mail::about_payment(&payment, &app.portal, &app.settings.public_origin, locale);
    let letter = letter.ok_or_else(|| Error::new(RefusalCode::NotFound))?;
    let queued = Queued {
        id: uuid::Uuid::now_v7().to_string(),
        cause: &id,
        to: &email,
        letter: &letter,
        is_secret: false,
        at: now,
    };
    let mut tx = app.store.begin().await?;
    let buckets = [
        app.limits.bucket(&rules::RECEIPTS_BY_PAYMENT, &id),
        app.limits.bucket(&rules::RECEIPTS_BY_RECIPIENT, &email.to_string().to_lowercase()),
        app.limits.bucket(&rules::RECEIPTS_BY_MEMBERSHIP, &session.membership.id),
    ];
    limits::take_in(&app, &mut tx, &buckets).await?;
    queued.put(&mut tx).await?;
    if !sessions::is_alive(&mut tx, &session.id, now).await? {
        return session_tokens::refused(tx, Error::new(RefusalCode::SignedOut)).await;
    }
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}
