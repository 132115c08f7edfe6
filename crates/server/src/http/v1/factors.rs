//! `/session/second-factor`, `/passkeys`, `/authenticator`, `/recovery-codes`: the second factor, shown when signing
//! in, and added and removed by a member who has just typed the password again.

use crate::{
    error::Result,
    http::{
        cookies,
        extract::{Body, Id, PendingSecondFactor, Reauthenticated},
    },
    identity::{authenticator, browser::Browser, passkeys, recovery_codes, second_factor},
    state::App,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use contract::{
    factor::{AuthenticatorCode, AuthenticatorOffer, FactorResponse, NewPasskey, PasskeyChallenge, RecoveryCodes},
    session::SessionView,
};

/// Goes the rest of the way in, with a code or a passkey. Wrong codes come ever further apart.
#[utoipa::path(
    post, path = "/session/second-factor", request_body = FactorResponse,
    responses(
        (
            status = 200, description = "A member's session began", body = SessionView,
            headers(("Set-Cookie" = String, description = "The session's token")),
        ),
        (status = 401),
        (status = 429),
    )
)]
pub async fn show(
    State(app): State<App>,
    browser: Browser,
    PendingSecondFactor(pending): PendingSecondFactor,
    Body(shown): Body<FactorResponse>,
) -> Result<(HeaderMap, Json<SessionView>)> {
    let entered = second_factor::show(&app, &browser, &pending, &shown).await?;
    Ok((cookies::keep(&app, &entered.kept), Json(entered.view)))
}

/// What the browser is to be asked to ask for the second factor.
#[utoipa::path(
    post, path = "/session/passkey-challenges",
    responses(
        (status = 201, body = PasskeyChallenge),
        (status = 401),
        (status = 404, description = "The account has no passkey, or this server has no host name to make one for"),
    )
)]
pub async fn challenge(
    State(app): State<App>,
    PendingSecondFactor(pending): PendingSecondFactor,
) -> Result<(StatusCode, Json<PasskeyChallenge>)> {
    Ok((StatusCode::CREATED, Json(second_factor::challenge(&app, &pending).await?)))
}

/// What the browser is to be asked for a new passkey.
#[utoipa::path(
    post, path = "/passkey-challenges",
    responses(
        (status = 201, body = PasskeyChallenge),
        (status = 401),
        (status = 404, description = "This server has no host name to make passkeys for"),
        (status = 422, description = "too_large: the account has ten already"),
    )
)]
pub async fn challenge_new(
    State(app): State<App>,
    Reauthenticated(signed_in): Reauthenticated,
) -> Result<(StatusCode, Json<PasskeyChallenge>)> {
    Ok((StatusCode::CREATED, Json(passkeys::challenge(&app, &signed_in).await?)))
}

/// Keeps the passkey that the browser made.
#[utoipa::path(
    post, path = "/passkeys", request_body = NewPasskey,
    responses(
        (status = 201, body = RecoveryCodes),
        (status = 401),
        (status = 404, description = "This server has no host name to make passkeys for"),
        (status = 429),
    )
)]
pub async fn add_passkey(
    State(app): State<App>,
    browser: Browser,
    Reauthenticated(signed_in): Reauthenticated,
    Body(NewPasskey { response }): Body<NewPasskey>,
) -> Result<(StatusCode, Json<RecoveryCodes>)> {
    Ok((StatusCode::CREATED, Json(passkeys::add(&app, &signed_in, &browser.device, &response).await?)))
}

/// Takes a passkey away.
#[utoipa::path(
    delete, path = "/passkeys/{id}", params(("id" = String, Path)),
    responses(
        (status = 204),
        (status = 401),
        (status = 422, description = "The password is too short to be all there is"),
    )
)]
pub async fn remove_passkey(
    State(app): State<App>,
    Reauthenticated(signed_in): Reauthenticated,
    Id(id): Id,
) -> Result<StatusCode> {
    passkeys::remove(&app, &signed_in, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Offers a secret to an authenticator app. Nothing is asked for with it before a code of it has come.
#[utoipa::path(
    post, path = "/authenticator",
    responses(
        (status = 201, body = AuthenticatorOffer),
        (status = 401),
        (status = 404, description = "One is in use: it has to be taken away first"),
    )
)]
pub async fn offer(
    State(app): State<App>,
    Reauthenticated(signed_in): Reauthenticated,
) -> Result<(StatusCode, Json<AuthenticatorOffer>)> {
    Ok((StatusCode::CREATED, Json(authenticator::offer(&app, &signed_in).await?)))
}

/// Begins to ask for codes of the app, with the first one.
#[utoipa::path(
    put, path = "/authenticator", request_body = AuthenticatorCode,
    responses(
        (status = 200, body = RecoveryCodes),
        (status = 401),
        (status = 404, description = "None was offered"),
        (status = 429),
    )
)]
pub async fn add_authenticator(
    State(app): State<App>,
    Reauthenticated(signed_in): Reauthenticated,
    Body(AuthenticatorCode { code }): Body<AuthenticatorCode>,
) -> Result<Json<RecoveryCodes>> {
    Ok(Json(authenticator::add(&app, &signed_in, &code).await?))
}

/// Asks for no more codes of the app.
#[utoipa::path(
    delete, path = "/authenticator",
    responses(
        (status = 204),
        (status = 401),
        (status = 404, description = "There is none"),
        (status = 422, description = "The password is too short to be all there is"),
    )
)]
pub async fn remove_authenticator(
    State(app): State<App>,
    Reauthenticated(signed_in): Reauthenticated,
) -> Result<StatusCode> {
    authenticator::remove(&app, &signed_in).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// New recovery codes; those from before open nothing any more.
#[utoipa::path(
    post, path = "/recovery-codes",
    responses(
        (status = 201, body = RecoveryCodes),
        (status = 401),
        (status = 404, description = "There is nothing to recover from: no second factor"),
        (status = 429, description = "Renewed five times in a day"),
    )
)]
pub async fn renew_codes(
    State(app): State<App>,
    Reauthenticated(signed_in): Reauthenticated,
) -> Result<(StatusCode, Json<RecoveryCodes>)> {
    Ok((StatusCode::CREATED, Json(recovery_codes::renew(&app, &signed_in).await?)))
}
