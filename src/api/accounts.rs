//! Registering, signing in, recovering, and the safety of one's own account.

use super::Client;
use crate::error::ApiError;
use contract::{
    account::{
        ConfirmationLetter, Credentials, LinkToken, NewAccount, NewPassword, PasswordChange, PasswordReset,
        Registration, RegistrationDraft, Security, UserIdReminder,
    },
    session::SessionView,
};
use gloo_net::http::Method;

impl Client {
    pub async fn sign_in(&self, credentials: &Credentials) -> Result<SessionView, ApiError> {
        self.send(Method::POST, "/session", credentials, None).await
    }

    /// This payer's registration, begun or gone on with.
    pub async fn registration(&self) -> Result<Registration, ApiError> {
        self.ask(Method::POST, "/registrations").await
    }

    pub async fn keep_registration(&self, id: &str, draft: &RegistrationDraft) -> Result<(), ApiError> {
        self.tell(Method::PUT, &format!("/registrations/{id}"), draft, None).await.map(drop)
    }

    pub async fn open_account(&self, id: &str, account: &NewAccount) -> Result<(), ApiError> {
        self.tell(Method::POST, &format!("/registrations/{id}/account"), account, None).await.map(drop)
    }

    pub async fn send_confirmation(&self, letter: &ConfirmationLetter) -> Result<(), ApiError> {
        self.tell(Method::POST, "/confirmation-letters", letter, None).await.map(drop)
    }

    pub async fn confirm_email(&self, link: &LinkToken) -> Result<(), ApiError> {
        self.tell(Method::POST, "/email-confirmations", link, None).await.map(drop)
    }

    pub async fn remind_of_user_id(&self, reminder: &UserIdReminder) -> Result<(), ApiError> {
        self.tell(Method::POST, "/user-id-reminders", reminder, None).await.map(drop)
    }

    pub async fn ask_for_reset(&self, reset: &PasswordReset) -> Result<(), ApiError> {
        self.tell(Method::POST, "/password-resets", reset, None).await.map(drop)
    }

    pub async fn reset_password(&self, password: &NewPassword) -> Result<(), ApiError> {
        self.tell(Method::PUT, "/password-resets", password, None).await.map(drop)
    }

    pub async fn security(&self) -> Result<Security, ApiError> {
        self.ask(Method::GET, "/security").await
    }

    pub async fn change_password(&self, change: &PasswordChange) -> Result<SessionView, ApiError> {
        self.send(Method::PUT, "/profile/password", change, None).await
    }

    pub async fn end_session_of(&self, id: &str) -> Result<(), ApiError> {
        self.exchange(Method::DELETE, &format!("/sessions/{id}"), None, None).await.map(drop)
    }

    pub async fn end_other_sessions(&self) -> Result<(), ApiError> {
        self.exchange(Method::DELETE, "/sessions", None, None).await.map(drop)
    }
}
