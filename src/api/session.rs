//! `/session`: who is signed in, and when the session ends.

use super::Client;
use crate::error::ApiError;
use contract::session::SessionView;
use gloo_net::http::Method;

impl Client {
    pub async fn session(&self) -> Result<SessionView, ApiError> {
        let view = self.ask(Method::GET, "/session").await?;
        let is_lost = matches!(view, SessionView::Guest { .. }) && self.has_just_begun();
        if is_lost { Err(ApiError::NoCookies) } else { Ok(view) }
    }

    /// Puts the end of the session off.
    pub async fn extend_session(&self) -> Result<SessionView, ApiError> {
        self.ask(Method::PATCH, "/session").await
    }

    /// Its time is up here; what may be gone on with is kept.
    pub async fn let_session_lapse(&self) -> Result<(), ApiError> {
        self.call(Method::POST, "/session/lapse").await
    }

    pub async fn end_session(&self) -> Result<(), ApiError> {
        self.call(Method::DELETE, "/session").await
    }
}
