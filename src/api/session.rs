//! `/session`: who am I, and until when.

use super::Client;
use crate::error::ApiError;
use contract::session::SessionView;
use gloo_net::http::Method;

impl Client {
    pub async fn session(&self) -> Result<SessionView, ApiError> {
        self.ask(Method::GET, "/session").await
    }

    /// Puts the end of the session off.
    pub async fn extend_session(&self) -> Result<SessionView, ApiError> {
        self.ask(Method::PATCH, "/session").await
    }

    pub async fn end_session(&self) -> Result<(), ApiError> {
        self.exchange(Method::DELETE, "/session", None, None).await.map(drop)
    }
}
