//! WebAuthn ceremonies: their state is stored with the session, and deleted on the first response, whether it succeeds
//! or not.

use super::factors::{
    webauthn::{self, Site, WebauthnError},
    wrong,
};
use crate::{
    error::{Error, Result},
    state::App,
};
use contract::{factor::PasskeyChallenge, problem_details::ErrorCode};

pub(super) fn site(app: &App) -> Result<&Site> {
    app.site.as_ref().ok_or_else(|| Error::new(ErrorCode::NotFound))
}

pub(super) async fn challenged(app: &App, session: &str, asked: &webauthn::Ceremony) -> Result<PasskeyChallenge> {
    app.store.ask_for_passkey(session, &asked.state, app.clock.now()).await?;
    Ok(PasskeyChallenge { options: asked.options.to_string() })
}

/// The log says why; the response says only that it failed.
pub(super) fn not_taken(reason: WebauthnError, field: &str) -> Error {
    tracing::info!(?reason, "a passkey was not taken");
    if reason == WebauthnError::Fault { Error::fault() } else { wrong(field) }
}

/// What was asked, forgotten with this answer, whatever comes of it; and the answer.
pub(super) async fn answered(
    app: &App,
    session: &str,
    response: &str,
    field: &str,
) -> Result<(String, serde_json::Value)> {
    let state = app.store.answer_for_passkey(session).await?.ok_or_else(|| wrong(field))?;
    Ok((state, serde_json::from_str(response).map_err(|_| wrong(field))?))
}
