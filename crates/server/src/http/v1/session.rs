//! `/session`: sign in, re-authenticate, get the session, extend it, sign out. The second factor is in `factors`.

use crate::{
    error::Result,
    http::{
        client_address::ClientAddress,
        cookies,
        extract::{self, ActiveSession, Body},
    },
    identity::{
        browser::Browser,
        sessions::{self, SignedIn},
        sign_in,
    },
    state::App,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
};
use contract::{account::Credentials, factor::Reauthentication, session::SessionView};

/// Signs in with user ID and password; the session of anyone who has a second factor is pending it then. The answer
/// does not say what is wrong, and takes as long; tries that fail come ever further apart.
#[utoipa::path(
    post, path = "/session", request_body = Credentials,
    responses(
        (
            status = 200, description = "A member's session began, or one that waits for the second factor", body = SessionView,
            headers(("Set-Cookie" = String, description = "The session's token")),
        ),
        (status = 422, description = "wrong_credentials, with the seconds until the next try"),
        (status = 429),
    )
)]
pub async fn sign_in(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    browser: Browser,
    Body(shown): Body<Credentials>,
) -> Result<(HeaderMap, Json<SessionView>)> {
    let entered = sign_in::sign_in(&app, &browser, address, shown).await?;
    Ok((cookies::keep(&app, &entered.kept), Json(entered.view)))
}

/// Types the password again, before what signs in is changed. The session gets a new token.
#[utoipa::path(
    put, path = "/session/reauthentication", request_body = Reauthentication,
    responses(
        (status = 200, body = SessionView, headers(("Set-Cookie" = String, description = "The session's new token"))),
        (status = 401),
        (status = 429),
    )
)]
pub async fn reauthenticate(
    State(app): State<App>,
    signed_in: SignedIn,
    Body(Reauthentication { password }): Body<Reauthentication>,
) -> Result<(HeaderMap, Json<SessionView>)> {
    let entered = sign_in::reauthenticate(&app, signed_in, &password).await?;
    Ok((cookies::keep(&app, &entered.kept), Json(entered.view)))
}

/// Who is asking: a guest, or a payer and until when.
#[utoipa::path(get, path = "/session", responses((status = 200, body = SessionView)))]
pub async fn show(State(app): State<App>, headers: HeaderMap) -> Result<Json<SessionView>> {
    let session = extract::session_of(&headers, &app).await?;
    Ok(Json(sessions::full_view(&app, session.as_ref()).await?))
}

/// Starts the idle time anew.
#[utoipa::path(
    patch, path = "/session",
    responses(
        (status = 200, body = SessionView),
        (status = 401),
    )
)]
pub async fn extend(State(app): State<App>, ActiveSession(session): ActiveSession) -> Result<Json<SessionView>> {
    Ok(Json(sessions::extend(&app, session).await?))
}

/// Ends the session as if its time were up: what is not private of what was chosen can be gone on with. No payment is
/// sent.
#[utoipa::path(
    post, path = "/session/lapse",
    responses((status = 204), (status = 403))
)]
pub async fn lapse(State(app): State<App>, headers: HeaderMap) -> Result<StatusCode> {
    if let Some(session) = extract::session_of(&headers, &app).await? {
        sessions::lapse(&app, &session).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the session and wipes what was typed in it. No payment is sent.
///
/// `Clear-Site-Data` names the cache, which holds nothing private (no answer may be kept), in case something ever does.
/// It does not name storage: that holds the language, and the key of a payment whose end nobody has seen yet, without
/// which the page that follows would have to say that nothing is on its way.
#[utoipa::path(
    delete, path = "/session",
    responses((status = 204), (status = 403))
)]
pub async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<(StatusCode, HeaderMap)> {
    if let Some(session) = extract::session_of(&headers, &app).await? {
        sessions::end(&app, &session).await?;
    }
    let mut headers = cookies::forget_session(&app);
    headers.insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    Ok((StatusCode::NO_CONTENT, headers))
}
