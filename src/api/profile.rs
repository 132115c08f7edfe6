//! `/profile` and `/authorisations`: a member's own data.

use super::Client;
use crate::error::ApiError;
use contract::member_profile::{AuthorisationPage, EmailChange, MemberProfile, ProfileChange};
use gloo_net::http::Method;

impl Client {
    pub async fn profile(&self) -> Result<MemberProfile, ApiError> {
        self.ask(Method::GET, "/profile").await
    }

    pub async fn change_profile(&self, change: &ProfileChange) -> Result<MemberProfile, ApiError> {
        self.send(Method::PATCH, "/profile", change, None).await
    }

    /// Another e-mail address, which counts once it is confirmed.
    pub async fn change_email(&self, change: &EmailChange) -> Result<MemberProfile, ApiError> {
        self.send(Method::PUT, "/profile/email", change, None).await
    }

    /// Calls off the change that waits.
    pub async fn keep_email(&self) -> Result<MemberProfile, ApiError> {
        self.ask(Method::DELETE, "/profile/email").await
    }

    /// The first page, or the one that `next` of another names.
    pub async fn authorisations(&self, cursor: Option<&str>) -> Result<AuthorisationPage, ApiError> {
        let query = cursor.map(|cursor| format!("?cursor={cursor}")).unwrap_or_default();
        self.ask(Method::GET, &format!("/authorisations{query}")).await
    }
}
