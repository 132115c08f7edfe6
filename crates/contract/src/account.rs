//! Wire types of accounts: registration, e-mail confirmation, sign-in, recovery, and account security.
//!
//! Calls that could reveal whether somebody has an account respond the same in either case; the details are sent by
//! e-mail.

use crate::{
    Email, Identifiers, Instant, Locale, Money, NamePart, Phone, Region, UsAddress, UserId, ZipCode,
    factor::SecondFactor, password::Password, session::MembershipView,
};
use serde::{Deserialize, Deserializer, Serialize};

/// Version of the terms that are agreed to when registering. Raise it whenever their words change.
pub const TERMS_VERSION: u16 = 1;

/// Answer to `POST /registrations`: where this payer's registration is. It begins when a statement has been matched, so
/// what the statement said is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Registration {
    pub id: String,
    pub membership: MembershipView,
    /// Of the mailing address, as it was matched; absent where a region does not ask for it.
    pub zip: Option<ZipCode>,
    pub draft: RegistrationDraft,
    /// The account was asked for: what is left is the e-mail.
    pub is_sent: bool,
}

/// `PUT /registrations/{id}`: what was agreed to and typed so far, as typed. Never the password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct RegistrationDraft {
    /// Of the terms whose box was ticked.
    #[cfg_attr(feature = "openapi", schema(maximum = 65535))]
    #[serde(deserialize_with = "version_or_none")]
    pub terms_version: Option<u16>,
    pub first_name: String,
    pub last_name: String,
    pub line1: String,
    pub line2: String,
    pub city: String,
    pub state: String,
    pub email: String,
    pub phone: String,
    /// Of e-mails.
    pub locale: Option<Locale>,
}

/// `POST /registrations/{id}/account`. Answered the same whether an account is opened, or there is one of this
/// membership or this address already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    #[cfg_attr(feature = "openapi", schema(maximum = 65535))]
    #[serde(deserialize_with = "version")]
    pub terms_version: u16,
    pub first_name: NamePart,
    /// Absent for somebody who has one name.
    #[serde(default)]
    pub last_name: Option<NamePart>,
    pub address: UsAddress,
    pub email: Email,
    pub phone: Phone,
    pub locale: Locale,
    pub password: Password,
}

/// What the token of a link begins with that confirms a new address of an account that is there: no code is asked for.
pub const NEW_EMAIL: &str = "new-";

/// `POST /email-confirmations`: opens the account that was asked for, or gives an account its new address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EmailConfirmation {
    /// What the link in the e-mail carries behind its `#`.
    pub token: String,
    /// The password that was chosen when registering; the one in use where the account has a new address.
    pub password: Password,
    /// The code that was sent to the address that the plan has on file; empty where that is the address of the link.
    #[serde(default)]
    pub code: String,
}

/// `POST /confirmation-emails`: the e-mails of this session's registration again; to another address if one is given,
/// with the password that was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmationEmail {
    #[serde(default)]
    pub email: Option<Email>,
    #[serde(default)]
    pub password: Option<Password>,
}

/// `POST /session`. What can't be a user ID is answered like one that nobody has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub user_id: UserId,
    pub password: Password,
}

/// `POST /password-resets`. Always the same answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    pub email: Email,
}

/// `POST /user-id-reminders`: as `POST /bill-lookups`. Always the same answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UserIdReminder {
    pub region: Region,
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<crate::Identifier, String>))]
    pub identifiers: Identifiers,
    /// Of the page: an e-mail to somebody without an account speaks it.
    pub locale: Locale,
}

/// `POST /password-resets/check`: what stands behind the `#` of a link to a new password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResetLink {
    pub token: String,
}

/// Answer to it: whose password the link changes, so that a password manager files the new one under this name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResetAccount {
    pub user_id: Email,
}

/// `PUT /password-resets`: the link's token, and the new password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    pub token: String,
    pub password: Password,
}

/// `PUT /profile/password`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    pub current: Password,
    pub password: Password,
}

/// Answer to `GET /security`: what keeps the account safe, and what was agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Security {
    pub password_changed_at: Instant,
    /// The fewest characters a new password may have.
    pub least_password: u16,
    pub terms_version: u16,
    pub terms_accepted_at: Instant,
    pub time_zone: String,
    pub second_factor: SecondFactor,
    /// The newest first.
    pub sessions: Vec<SessionEntry>,
    /// Some of `GET /authorisations`, for pages of an earlier version.
    pub authorisations: Vec<AuthorisationEntry>,
}

/// One place where the member is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionEntry {
    pub id: String,
    /// Browser and system in general words, such as `Chrome, Android`; empty when it did not say.
    pub device: String,
    pub created_at: Instant,
    pub seen_at: Instant,
    /// The one that asks.
    pub is_this: bool,
}

/// A payment that was authorised, word for word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthorisationEntry {
    pub payment: String,
    pub text: String,
    /// Of the text.
    pub locale: Locale,
    pub version: u16,
    pub at: Instant,
    /// With the fee. A server of the version before does not say it.
    pub charged: Option<Money>,
}

/// In JSON `1.0` is the whole number 1.
fn version<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
    whole(f64::deserialize(from)?)
}

fn version_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u16>, D::Error> {
    Option::<f64>::deserialize(from)?.map(whole).transpose()
}

fn whole<E: serde::de::Error>(number: f64) -> Result<u16, E> {
    let is_version = number.fract() == 0.0 && (0.0..=f64::from(u16::MAX)).contains(&number);
    // in range, and whole
    if is_version { Ok(number as u16) } else { Err(E::custom("not a version")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_whole_number_however_json_writes_it() {
        let version =
            |text: &str| serde_json::from_str::<RegistrationDraft>(text).ok().map(|draft| draft.terms_version);
        for (text, expected) in [
            (r#"{"terms_version": 7}"#, Some(Some(7))),
            (r#"{"terms_version": 25522.0}"#, Some(Some(25_522))),
            (r#"{"terms_version": 6.5536e4}"#, None),
            (r#"{"terms_version": 1.5}"#, None),
            (r#"{"terms_version": -1}"#, None),
            (r#"{"terms_version": "1"}"#, None),
            (r#"{"terms_version": null}"#, Some(None)),
            ("{}", Some(None)),
        ] {
            assert_eq!(version(text), expected, "{text}");
        }
    }
}
