//! `/email-confirmations`, `/user-id-reminders`, `/password-resets`: requests for e-mails with links, and what the
//! links lead back to. Requests for an e-mail return 202, and take as long, whether there is an account or not. A
//! link's token is sent in a body, never in a URL, so no log has it.

use crate::{
    error::Result,
    http::{client_address::ClientAddress, cookies, extract::Body},
    identity::{browser::Browser, confirmations, lookups, password_resets},
    state::App,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use contract::account::{EmailConfirmation, NewPassword, PasswordReset, ResetAccount, ResetLink, UserIdReminder};

/// Opens the account that was asked for: with the link that went to its address, the password that was chosen and,
/// where the plan has another address on file, the code that went there. Or gives an account its new address: with the
/// link that went there, and the password. Once.
#[utoipa::path(
    post, path = "/email-confirmations", request_body = EmailConfirmation,
    responses(
        (status = 204),
        (
            status = 422, description = "link_refused; or wrong_credentials, and which of password and code"),
    )
)]
pub async fn confirm_email(
    State(app): State<App>,
    browser: Browser,
    ClientAddress(address): ClientAddress,
    Body(shown): Body<EmailConfirmation>,
) -> Result<(StatusCode, HeaderMap)> {
    let kept = confirmations::confirm(&app, &browser, &shown, address).await?;
    Ok((StatusCode::NO_CONTENT, cookies::keep(&app, &kept)))
}

/// Sends the user ID to the address on file of whom a statement belongs to.
#[utoipa::path(
    post, path = "/user-id-reminders", request_body = UserIdReminder,
    responses(
        (status = 202, description = "Whatever is true"),
        (status = 429),
    )
)]
pub async fn remind(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Body(asked): Body<UserIdReminder>,
) -> Result<StatusCode> {
    lookups::remind(&app, asked, address).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Sends a link that leads to a new password.
#[utoipa::path(
    post, path = "/password-resets", request_body = PasswordReset,
    responses(
        (status = 202, description = "Whatever is true"),
        (status = 429),
    )
)]
pub async fn ask_for_reset(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Body(PasswordReset { email }): Body<PasswordReset>,
) -> Result<StatusCode> {
    password_resets::ask(&app, email, address).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Whether the link is still good, and whose password it changes. It stays as it is.
#[utoipa::path(
    post, path = "/password-resets/check", request_body = ResetLink,
    responses(
        (status = 200, body = ResetAccount),
        (status = 422, description = "link_refused"),
        (status = 429),
    )
)]
pub async fn check_reset(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Body(ResetLink { token }): Body<ResetLink>,
) -> Result<Json<ResetAccount>> {
    let user_id = password_resets::check(&app, &token, address).await?;
    Ok(Json(ResetAccount { user_id }))
}

/// A new password by the link's token. Every session of the account ends, and its owner is notified.
#[utoipa::path(
    put, path = "/password-resets", request_body = NewPassword,
    responses(
        (status = 204),
        (status = 429),
        (status = 503),
    )
)]
pub async fn reset(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    browser: Browser,
    Body(new): Body<NewPassword>,
) -> Result<(StatusCode, HeaderMap)> {
    let kept = password_resets::reset(&app, &browser, &new, address).await?;
    Ok((StatusCode::NO_CONTENT, cookies::keep(&app, &kept)))
}
