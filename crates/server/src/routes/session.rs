//! `/session`: who am I and until when, extend, end.

use crate::{
    caller::{self, Payer},
    refusal::Answer,
    state::App,
    store::sessions::Session,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use contract::{
    refusal::Refusal,
    session::{MembershipView, SessionKind, SessionView},
};

pub fn view(session: Option<&Session>) -> SessionView {
    let Some(session) = session else {
        return SessionView { kind: SessionKind::Guest, membership: None, expires_at: None, capture_binding: None };
    };
    let membership = MembershipView { region: session.membership.region, ending: session.membership.ending.clone() };
    SessionView {
        kind: SessionKind::Payer,
        membership: Some(membership),
        expires_at: Some(session.expires_at()),
        capture_binding: Some(session.capture_binding.clone()),
    }
}

/// Who is asking: a guest, or a payer and until when.
#[utoipa::path(get, path = "/session", responses((status = 200, body = SessionView)))]
pub async fn show(State(app): State<App>, headers: HeaderMap) -> Answer<Json<SessionView>> {
    Ok(Json(view(caller::session_of(&headers, &app).await?.as_ref())))
}

/// Starts the idle time anew.
#[utoipa::path(
    patch, path = "/session",
    responses(
        (status = 200, body = SessionView),
        (status = 401, body = Refusal, content_type = "application/problem+json"),
        (status = 403, body = Refusal, content_type = "application/problem+json"),
    )
)]
pub async fn extend(State(app): State<App>, Payer(mut session): Payer) -> Answer<Json<SessionView>> {
    session.seen_at = app.clock.now();
    app.store.touch_session(&session.token_hash, session.seen_at).await?;
    Ok(Json(view(Some(&session))))
}

/// Ends the session and wipes what was typed in it. No payment is sent.
#[utoipa::path(
    delete, path = "/session",
    responses((status = 204), (status = 403, body = Refusal, content_type = "application/problem+json"))
)]
pub async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Answer<(StatusCode, HeaderMap)> {
    if let Some(session) = caller::session_of(&headers, &app).await? {
        app.store.end_session(&session.token_hash, app.clock.now()).await?;
    }
    let mut cookies = HeaderMap::new();
    if let Some(cookie) = caller::set_cookie(&app, None) {
        cookies.insert(header::SET_COOKIE, cookie);
    }
    Ok((StatusCode::NO_CONTENT, cookies))
}
