//! `/security`, `/profile/password`, `/sessions`: account security.

use crate::{
    error::Result,
    http::{
        cookies,
        extract::{Body, Id},
    },
    identity::{browser::Browser, security, sessions::SignedIn},
    state::App,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use contract::{
    account::{PasswordChange, Security},
    session::SessionView,
};

/// The password's age, the sessions, the terms and the authorisations.
#[utoipa::path(
    get, path = "/security",
    responses(
        (status = 200, body = Security),
        (status = 401),
    )
)]
pub async fn show(State(app): State<App>, signed_in: SignedIn) -> Result<Json<Security>> {
    Ok(Json(security::show(&app, &signed_in).await?))
}

/// A new password for the present one. Every other session ends, this one gets a new token, and the owner is notified.
#[utoipa::path(
    put, path = "/profile/password", request_body = PasswordChange,
    responses(
        (status = 200, body = SessionView, headers(("Set-Cookie" = String, description = "The session's new token"))),
        (status = 401),
        (status = 429),
    )
)]
pub async fn change_password(
    State(app): State<App>,
    browser: Browser,
    signed_in: SignedIn,
    Body(change): Body<PasswordChange>,
) -> Result<(HeaderMap, Json<SessionView>)> {
    let entered = security::change_password(&app, &browser, signed_in, change).await?;
    Ok((cookies::keep(&app, &entered.kept), Json(entered.view)))
}

/// Signs out in one other place.
#[utoipa::path(
    delete, path = "/sessions/{id}", params(("id" = String, Path)),
    responses(
        (status = 204),
        (status = 401),
    )
)]
pub async fn end_session(State(app): State<App>, signed_in: SignedIn, Id(id): Id) -> Result<StatusCode> {
    security::end_session(&app, &signed_in, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs out everywhere else.
#[utoipa::path(
    delete, path = "/sessions",
    responses(
        (status = 204),
        (status = 401),
    )
)]
pub async fn end_others(State(app): State<App>, signed_in: SignedIn) -> Result<StatusCode> {
    security::end_others(&app, &signed_in).await?;
    Ok(StatusCode::NO_CONTENT)
}
