//! `/profile` and `/authorisations`: a member's own data.

use super::Client;
use crate::error::ApiError;
use contract::{
    Locale,
    closing::{AccountClosing, ClosingTerms},
    consent::ShownConsent,
    member_profile::{AuthorisationPage, EmailChange, MemberProfile, ProfileChange},
};
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

    /// Another link to the address that waits.
    pub async fn send_email_link(&self) -> Result<MemberProfile, ApiError> {
        self.ask(Method::POST, "/profile/email/link").await
    }

    /// Calls off the change that waits.
    pub async fn keep_email(&self) -> Result<MemberProfile, ApiError> {
        self.ask(Method::DELETE, "/profile/email").await
    }

    /// Bills by e-mail instead of by post.
    /// Address of a made-up bill, as a file, for a link.
    pub fn sample_bill_address(&self, locale: Locale) -> String {
        format!("{}/profile/paperless/sample.pdf?locale={}", self.base, locale.code())
    }

    pub async fn agree_to_paperless(&self, new: &ShownConsent) -> Result<MemberProfile, ApiError> {
        self.send(Method::PUT, "/profile/paperless", new, None).await
    }

    pub async fn withdraw_paperless(&self) -> Result<MemberProfile, ApiError> {
        self.ask(Method::DELETE, "/profile/paperless").await
    }

    /// What closing the account would do now.
    pub async fn closing_terms(&self) -> Result<ClosingTerms, ApiError> {
        self.ask(Method::GET, "/profile/closing").await
    }

    pub async fn close_account(&self, order: &AccountClosing) -> Result<(), ApiError> {
        self.submit(Method::POST, "/profile/closing", order).await
    }

    /// Of the file with everything that is held of the member.
    pub fn data_address(&self, locale: Locale) -> String {
        format!("{}/profile/data.zip?locale={}", self.base, locale.code())
    }

    /// Takes an authorisation to keep a card or account back.
    pub async fn revoke_authorisation(&self, id: &str) -> Result<AuthorisationPage, ApiError> {
        self.ask(Method::DELETE, &format!("/authorisations/{id}")).await
    }

    /// The first page, or the one that `next` of another names.
    pub async fn authorisations(&self, cursor: Option<&str>) -> Result<AuthorisationPage, ApiError> {
        let query = cursor.map(|cursor| format!("?cursor={cursor}")).unwrap_or_default();
        self.ask(Method::GET, &format!("/authorisations{query}")).await
    }
}
