//! `/registrations` and `/confirmation-emails`: registration with a statement.

use crate::{
    error::Result,
    http::{
        client_address::ClientAddress,
        extract::{ActiveSession, Body, Id},
    },
    identity::registrations,
    state::App,
};
use axum::{Json, extract::State, http::StatusCode};
use contract::account::{ConfirmationEmail, NewAccount, Registration, RegistrationDraft};

/// This payer's registration: begun now, or gone on with. The statement was matched when the session began.
#[utoipa::path(
    post, path = "/registrations",
    responses(
        (status = 201, body = Registration),
        (status = 401),
    )
)]
pub async fn begin(
    State(app): State<App>,
    ActiveSession(session): ActiveSession,
) -> Result<(StatusCode, Json<Registration>)> {
    Ok((StatusCode::CREATED, Json(registrations::begin(&app, &session).await?)))
}

/// Keeps what was agreed to and typed so far.
#[utoipa::path(
    put, path = "/registrations/{id}", params(("id" = String, Path)), request_body = RegistrationDraft,
    responses(
        (status = 204),
        (status = 401),
    )
)]
pub async fn keep(
    State(app): State<App>,
    ActiveSession(session): ActiveSession,
    Id(id): Id,
    Body(draft): Body<RegistrationDraft>,
) -> Result<StatusCode> {
    registrations::keep(&app, &session, &id, &draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks for the account. The answer is the same, and takes as long, whether there is one already.
#[utoipa::path(
    post, path = "/registrations/{id}/account", params(("id" = String, Path)), request_body = NewAccount,
    responses(
        (status = 202, description = "E-mails are on their way; `POST /email-confirmations` opens the account"),
        (status = 401),
        (status = 429),
        (status = 503),
    )
)]
pub async fn open(
    State(app): State<App>,
    ActiveSession(session): ActiveSession,
    ClientAddress(address): ClientAddress,
    Id(id): Id,
    Body(new): Body<NewAccount>,
) -> Result<StatusCode> {
    registrations::open(&app, &session, &id, new, address).await?;
    Ok(StatusCode::ACCEPTED)
}

/// The e-mails of this session's registration, again; to another address if one is given, with the password that was
/// chosen.
#[utoipa::path(
    post, path = "/confirmation-emails", request_body = ConfirmationEmail,
    responses(
        (status = 202, description = "Whether there is a registration to confirm or not"),
        (status = 401),
        (status = 422, description = "wrong_credentials: not the password that was chosen"),
        (status = 429),
    )
)]
pub async fn confirmation_email(
    State(app): State<App>,
    ActiveSession(session): ActiveSession,
    ClientAddress(address): ClientAddress,
    Body(asked): Body<ConfirmationEmail>,
) -> Result<StatusCode> {
    registrations::send_again(&app, &session, asked, address).await?;
    Ok(StatusCode::ACCEPTED)
}
