//! Wire types of a member's own profile: name, mailing address, phone and language, what of them is changed, and the
//! authorisations that the member gave.

use crate::{
    Email, Instant, Locale, NamePart, Password, PersonName, Phone, UsAddress,
    account::AuthorisationEntry,
    consent::{ConsentEntry, ConsentPurpose, GivenConsent},
    payment::Method,
};
use serde::{Deserialize, Serialize};

/// Answer to `GET /profile` and `PATCH /profile`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberProfile {
    pub person: PersonalDetails,
    /// Also the user ID.
    pub email: Email,
    /// The address that takes its place once it is confirmed.
    #[serde(default)]
    pub new_email: Option<Email>,
    /// The last digits of the member number.
    pub ending: String,
    pub time_zone: String,
    /// Those that hold first, then the newest of those that were withdrawn.
    #[serde(default)]
    pub consents: Vec<ConsentEntry>,
}

impl MemberProfile {
    /// What was agreed to, if bills come by e-mail and not by post.
    pub fn paperless(&self) -> Option<&GivenConsent> {
        let holds = |entry: &&ConsentEntry| entry.purpose == ConsentPurpose::Paperless && entry.withdrawn_at.is_none();
        self.consents.iter().find(holds).map(|entry| &entry.given)
    }
}

/// What a member may change about themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalDetails {
    pub first_name: PersonName,
    /// Absent for somebody who has one name.
    #[serde(default)]
    pub last_name: Option<PersonName>,
    pub address: UsAddress,
    pub phone: Phone,
    /// Of e-mails.
    pub locale: Locale,
}

/// `PATCH /profile`: each part that is there takes the place of the one before; a part that is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfileChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<FullName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<UsAddress>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
}

/// Both names at once: without a last name the member has one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FullName {
    pub first_name: NamePart,
    #[serde(default)]
    pub last_name: Option<NamePart>,
}

/// `PUT /profile/email`: another address, which is confirmed by a link that is mailed there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EmailChange {
    pub email: Email,
    /// The password in use.
    pub password: Password,
}

impl PersonalDetails {
    pub fn name(&self) -> String {
        let last = self.last_name.as_ref().map(|last| format!(" {last}")).unwrap_or_default();
        format!("{}{last}", self.first_name)
    }

    pub fn with(self, change: ProfileChange) -> Self {
        let (first_name, last_name) = change
            .name
            .map_or((self.first_name, self.last_name), |name| (name.first_name.into(), name.last_name.map(Into::into)));
        Self {
            first_name,
            last_name,
            address: change.address.unwrap_or(self.address),
            phone: change.phone.unwrap_or(self.phone),
            locale: change.locale.unwrap_or(self.locale),
        }
    }
}

/// Answer to `GET /authorisations`: the newest first; those that guests gave for this membership's bills are not among
/// them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthorisationPage {
    pub authorisations: Vec<AuthorisationEntry>,
    /// Those for more than one payment, on the first page: first those that hold, then those that were revoked.
    #[serde(default)]
    pub standing: Vec<StandingAuthorisation>,
    /// The `cursor` of the next page, opaque; none on the last.
    pub next: Option<String>,
}

/// An authorisation to keep a card or bank account and to charge it more than once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StandingAuthorisation {
    pub id: String,
    pub method: Method,
    pub given: GivenConsent,
    /// Until then it holds.
    #[serde(default)]
    pub revoked_at: Option<Instant>,
}
