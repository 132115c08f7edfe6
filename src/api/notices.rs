//! `/notices`: which notices a member gets.

use super::Client;
use crate::error::ApiError;
use contract::notices::{NoticeChange, NoticeSettings};
use gloo_net::http::Method;

impl Client {
    pub async fn notices(&self) -> Result<NoticeSettings, ApiError> {
        self.ask(Method::GET, "/notices").await
    }

    pub async fn change_notices(&self, change: &NoticeChange) -> Result<NoticeSettings, ApiError> {
        self.send(Method::PUT, "/notices", change, None).await
    }
}
