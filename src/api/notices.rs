//! `/notices`: which notices a member gets.

use super::Client;
use crate::error::ApiError;
use contract::notices::{NewTextNumber, NoticeChange, NoticeSettings, TextNumberCode};
use gloo_net::http::Method;

impl Client {
    pub async fn notices(&self) -> Result<NoticeSettings, ApiError> {
        self.ask(Method::GET, "/notices").await
    }

    pub async fn change_notices(&self, change: &NoticeChange) -> Result<NoticeSettings, ApiError> {
        self.send(Method::PUT, "/notices", change, None).await
    }

    /// A code is sent there.
    pub async fn begin_texts(&self, number: &NewTextNumber) -> Result<NoticeSettings, ApiError> {
        self.send(Method::PUT, "/notices/text-number", number, None).await
    }

    pub async fn confirm_texts(&self, code: &TextNumberCode) -> Result<NoticeSettings, ApiError> {
        self.send(Method::POST, "/notices/text-number/confirmation", code, None).await
    }

    pub async fn end_texts(&self) -> Result<NoticeSettings, ApiError> {
        self.ask(Method::DELETE, "/notices/text-number").await
    }
}
