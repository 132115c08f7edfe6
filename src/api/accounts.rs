//! The API calls for accounts: registration, sign-in, recovery, and account security.

use super::Client;
use crate::error::ApiError;
use contract::{
    account::{
        ConfirmationEmail, Credentials, EmailConfirmation, NewAccount, NewPassword, PasswordChange, PasswordReset,
        Registration, RegistrationDraft, ResetAccount, ResetLink, Security, UserIdReminder,
    },
    factor::{
        AuthenticatorCode, AuthenticatorOffer, FactorResponse, NewPasskey, PasskeyChallenge, Reauthentication,
        RecoveryCodes,
    },
    session::SessionView,
};
use gloo_net::http::Method;

impl Client {
    pub async fn sign_in(&self, credentials: &Credentials) -> Result<SessionView, ApiError> {
        self.send(Method::POST, "/session", credentials, None).await.map(|view| self.begin(view))
    }

    /// This payer's registration, begun or gone on with.
    pub async fn registration(&self) -> Result<Registration, ApiError> {
        self.ask(Method::POST, "/registrations").await
    }

    pub async fn keep_registration(&self, id: &str, draft: &RegistrationDraft) -> Result<(), ApiError> {
        self.submit(Method::PUT, &format!("/registrations/{id}"), draft).await
    }

    /// As `keep_registration`, while the page is being left: there is nobody to hear the answer.
    pub fn leave_registration(&self, id: &str, draft: &RegistrationDraft) {
        self.put_while_leaving(&format!("/registrations/{id}"), draft);
    }

    pub async fn open_account(&self, id: &str, account: &NewAccount) -> Result<(), ApiError> {
        self.submit(Method::POST, &format!("/registrations/{id}/account"), account).await
    }

    pub async fn send_confirmation(&self, email: &ConfirmationEmail) -> Result<(), ApiError> {
        self.submit(Method::POST, "/confirmation-emails", email).await
    }

    pub async fn confirm_email(&self, confirmation: &EmailConfirmation) -> Result<(), ApiError> {
        self.submit(Method::POST, "/email-confirmations", confirmation).await
    }

    pub async fn remind_of_user_id(&self, reminder: &UserIdReminder) -> Result<(), ApiError> {
        self.submit(Method::POST, "/user-id-reminders", reminder).await
    }

    pub async fn ask_for_reset(&self, reset: &PasswordReset) -> Result<(), ApiError> {
        self.submit(Method::POST, "/password-resets", reset).await
    }

    /// Whether a link is still good, and whose password it changes. It is not used up.
    pub async fn check_reset(&self, token: &str) -> Result<ResetAccount, ApiError> {
        let link = ResetLink { token: token.to_owned() };
        self.send(Method::POST, "/password-resets/check", &link, None).await
    }

    pub async fn reset_password(&self, password: &NewPassword) -> Result<(), ApiError> {
        self.submit(Method::PUT, "/password-resets", password).await
    }

    pub async fn security(&self) -> Result<Security, ApiError> {
        self.ask(Method::GET, "/security").await
    }

    pub async fn change_password(&self, change: &PasswordChange) -> Result<SessionView, ApiError> {
        self.send(Method::PUT, "/profile/password", change, None).await
    }

    pub async fn end_session_of(&self, id: &str) -> Result<(), ApiError> {
        self.call(Method::DELETE, &format!("/sessions/{id}")).await
    }

    pub async fn end_other_sessions(&self) -> Result<(), ApiError> {
        self.call(Method::DELETE, "/sessions").await
    }

    /// The rest of the way in.
    pub async fn show_factor(&self, shown: &FactorResponse) -> Result<SessionView, ApiError> {
        self.send(Method::POST, "/session/second-factor", shown, None).await
    }

    /// What the browser is to be asked for as a second factor.
    pub async fn passkey_challenge(&self) -> Result<PasskeyChallenge, ApiError> {
        self.ask(Method::POST, "/session/passkey-challenges").await
    }

    /// The password again: opens what is below, for ten minutes.
    pub async fn reauthenticate(&self, reauthentication: &Reauthentication) -> Result<SessionView, ApiError> {
        self.send(Method::PUT, "/session/reauthentication", reauthentication, None).await
    }

    pub async fn new_passkey_challenge(&self) -> Result<PasskeyChallenge, ApiError> {
        self.ask(Method::POST, "/passkey-challenges").await
    }

    pub async fn add_passkey(&self, passkey: &NewPasskey) -> Result<RecoveryCodes, ApiError> {
        self.send(Method::POST, "/passkeys", passkey, None).await
    }

    pub async fn remove_passkey(&self, id: &str) -> Result<(), ApiError> {
        self.call(Method::DELETE, &format!("/passkeys/{id}")).await
    }

    pub async fn offer_authenticator(&self) -> Result<AuthenticatorOffer, ApiError> {
        self.ask(Method::POST, "/authenticator").await
    }

    pub async fn add_authenticator(&self, code: &AuthenticatorCode) -> Result<RecoveryCodes, ApiError> {
        self.send(Method::PUT, "/authenticator", code, None).await
    }

    pub async fn remove_authenticator(&self) -> Result<(), ApiError> {
        self.call(Method::DELETE, "/authenticator").await
    }

    pub async fn renew_recovery_codes(&self) -> Result<RecoveryCodes, ApiError> {
        self.ask(Method::POST, "/recovery-codes").await
    }
}
