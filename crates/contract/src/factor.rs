//! Wire types of second factors: the challenge at sign-in, adding and removing factors, and the list of an account's
//! factors.
//!
//! Passkeys are JSON as browsers write and read it (`PublicKeyCredential.toJSON`, `parseCreationOptionsFromJSON`),
//! carried as text: neither side of the contract parses it.

use crate::{Instant, password::Password, qr::QrDrawing};
use serde::{Deserialize, Serialize};

/// Part of the session of somebody whose password was right and whose second factor is asked for. A recovery code is
/// taken, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequiredFactors {
    pub authenticator: bool,
    pub passkey: bool,
}

/// `POST /session/second-factor`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FactorResponse {
    /// Six digits of an authenticator app, or a recovery code; spaces, hyphens and case do not matter.
    Code(String),
    /// What the browser gave, as JSON text.
    Passkey(String),
}

/// `PUT /session/reauthentication`: the password again, before anything that signs in is changed. Good for ten minutes
/// of this session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Reauthentication {
    pub password: Password,
}

/// Answer to `POST /authenticator`: what an app has to know. It counts once `PUT /authenticator` has brought a code of
/// it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthenticatorOffer {
    /// Base 32, by fours, to be typed by hand.
    pub secret: String,
    /// `otpauth://…`, for an app on this device.
    pub uri: String,
    pub qr: QrDrawing,
}

/// `PUT /authenticator`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AuthenticatorCode {
    pub code: String,
}

/// Recovery codes, shown this once. None where the account keeps those it has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    pub codes: Vec<String>,
}

/// Answer to `POST /passkey-challenges` and `POST /session/passkey-challenges`: what the browser is to be asked, as
/// JSON text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeyChallenge {
    pub options: String,
}

/// `POST /passkeys`: what the browser answered, as JSON text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    pub response: String,
}

/// Part of `GET /security`: what the member can show beside the password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecondFactor {
    /// Since when an authenticator app counts.
    pub authenticator: Option<Instant>,
    /// The oldest first.
    pub passkeys: Vec<PasskeyEntry>,
    pub recovery_codes_left: u16,
    /// False where this deployment has no host name that a browser makes passkeys for.
    pub takes_passkeys: bool,
}

impl SecondFactor {
    pub fn is_on(&self) -> bool {
        self.authenticator.is_some() || !self.passkeys.is_empty()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeyEntry {
    pub id: String,
    /// Where it was made: browser and system in general words; empty when it did not say.
    pub device: String,
    pub created_at: Instant,
    pub used_at: Option<Instant>,
}
