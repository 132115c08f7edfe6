//! Passkeys as a second factor: makes the browser's challenges and verifies its responses (WebAuthn level 3, as
//! `webauthn_rp` checks it). JSON goes in and out as browsers write it (`parseCreationOptionsFromJSON`,
//! `parseRequestOptionsFromJSON`, `toJSON`). The ceremony state is returned to the caller as opaque text. The caller
//! must store it, delete it on the first response (`identity::ceremony`), and check that the passkey belongs to the
//! account.
//!
//! No attestation is requested: any authenticator is accepted. User verification is not required, since the password
//! came before.
//! `webauthn_rp` has a clock and randomness of its own; it accepts no response after five minutes.

use crate::store::factors::Passkey;
use data_encoding::BASE64URL_NOPAD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use webauthn_rp::{
    AuthenticatedCredential, NonDiscoverableAuthentication16, NonDiscoverableAuthenticationServerState,
    NonDiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration, RegistrationServerState,
    bin::{Decode, Encode},
    request::{
        AsciiDomain, Credentials, PublicKeyCredentialDescriptor, RpId, UserVerificationRequirement,
        auth::{AllowedCredentials, AuthenticationVerificationOptions},
        register::{
            AuthenticatorSelectionCriteria, RegistrationVerificationOptions, ResidentKeyRequirement, UserHandle16,
        },
    },
    response::{
        AuthTransports, CredentialId,
        auth::error::{AuthCeremonyErr, AuthenticatorDataErr},
        register::{CompressedPubKey, DynamicState, StaticState, error::RegCeremonyErr},
    },
};

/// Where the passkeys count. Browsers make none for an address of numbers, and none without TLS but on `localhost`.
#[derive(Debug, Clone)]
pub struct Site {
    /// The host, without a port.
    pub id: String,
    /// As browsers send it: `https://pay.example.com`.
    pub origin: String,
    pub name: String,
}

/// A ceremony: the options for the browser, and the state to store until its response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceremony {
    pub options: Value,
    pub state: String,
}

/// What `PublicKeyCredentialUserEntity` says of the person. Authenticators keep it; the handle must say nothing about
/// anybody.
#[derive(Debug, Clone, Copy)]
pub struct User<'a> {
    pub handle: &'a [u8],
    pub name: &'a str,
    pub display_name: &'a str,
}

/// Why a response was rejected. For the log: the client gets the same error in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebauthnError {
    /// Not what a browser sends.
    Malformed,
    /// The answer to another question.
    Challenge,
    /// Given on a page of somebody else.
    Origin,
    /// A passkey of another site.
    Site,
    /// Nobody touched the authenticator.
    NotPresent,
    Signature,
    /// The passkey has counted further before: there is a copy of it.
    Counter,
    Expired,
    /// Not the passkey that was asked for.
    Unknown,
    /// WebAuthn demands something else of an answer.
    Unfit,
    /// Not the person's doing: the site is none, or what was kept can't be read.
    Fault,
}

/// What `Passkey::stored` holds.
#[derive(Serialize, Deserialize)]
struct StoredPasskey {
    user: String,
    /// The public key, and what the authenticator said once and for all.
    key: String,
    /// What changes: the counter, and whether there is a backup.
    state: String,
    transports: u8,
}

type Key = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// `known` are the passkeys that the account has: an authenticator that holds one of them makes no second.
pub fn begin_registration(site: &Site, user: User<'_>, known: &[Passkey]) -> Result<Ceremony, WebauthnError> {
    let rp = rp(site)?;
    let handle = handle(user.handle)?;
    let known = known.iter().map(descriptor).collect::<Result<Vec<_>, _>>()?;
    let mut options = PublicKeyCredentialCreationOptions::second_factor(&rp, (&handle).into(), known);
    options.authenticator_selection = AuthenticatorSelectionCriteria {
        // One that phones keep a backup of, where there is a choice.
        resident_key: ResidentKeyRequirement::Preferred,
        user_verification: UserVerificationRequirement::Preferred,
        ..AuthenticatorSelectionCriteria::second_factor()
    };
    options.extensions.cred_props = None;
    let (state, asked) = options.start_ceremony().map_err(|_| WebauthnError::Fault)?;
    let mut options = serde_json::to_value(&asked).map_err(|_| WebauthnError::Fault)?;
    // The library takes names in some spellings only; they are shown, not checked.
    for (entity, field, text) in
        [("rp", "name", site.name.as_str()), ("user", "name", user.name), ("user", "displayName", user.display_name)]
    {
        if let Some(entity) = options.get_mut(entity).and_then(Value::as_object_mut) {
            entity.insert(field.to_owned(), text.into());
        }
    }
    Ok(Ceremony { options, state: BASE64.encode(&state.encode().map_err(|_| WebauthnError::Fault)?) })
}

pub fn finish_registration(site: &Site, state: &str, response: &Value) -> Result<Passkey, WebauthnError> {
    let rp = rp(site)?;
    let state = RegistrationServerState::<16>::decode(&bytes(state)?).map_err(|_| WebauthnError::Fault)?;
    let response = Registration::from_json_relaxed(&json(response)?).map_err(|_| WebauthnError::Malformed)?;
    let options = RegistrationVerificationOptions::<&str, &str> {
        allowed_origins: &[&site.origin],
        error_on_unsolicited_extensions: false,
        ..RegistrationVerificationOptions::default()
    };
    let made = state.verify(&rp, &response, &options)?;
    let Ok(key) = made.static_state().encode();
    let passkey = StoredPasskey {
        user: BASE64.encode(made.user_id().as_ref()),
        key: BASE64.encode(&key),
        state: dynamic(made.dynamic_state()),
        transports: transports(made.transports()),
    };
    Ok(Passkey { id: BASE64.encode(made.id().as_ref()), stored: passkey.write()? })
}

/// At least one passkey must be known.
pub fn begin_sign_in(site: &Site, known: &[Passkey]) -> Result<Ceremony, WebauthnError> {
    let rp = rp(site)?;
    let mut allowed = AllowedCredentials::with_capacity(known.len());
    for passkey in known {
        allowed.push(descriptor(passkey)?.into());
    }
    let mut options =
        NonDiscoverableCredentialRequestOptions::second_factor(&rp, allowed).map_err(|_| WebauthnError::Fault)?;
    options.options().user_verification = UserVerificationRequirement::Preferred;
    let (state, asked) = options.start_ceremony().map_err(|_| WebauthnError::Fault)?;
    let options = serde_json::to_value(&asked).map_err(|_| WebauthnError::Fault)?;
    Ok(Ceremony { options, state: BASE64.encode(&state.encode().map_err(|_| WebauthnError::Fault)?) })
}

/// `known` is the passkey of the account that the answer names in `id`. It comes back with its counter moved on, to be
/// kept before the person is let in.
pub fn finish_sign_in(site: &Site, state: &str, known: &Passkey, response: &Value) -> Result<Passkey, WebauthnError> {
    let rp = rp(site)?;
    let state = NonDiscoverableAuthenticationServerState::decode(&bytes(state)?).map_err(|_| WebauthnError::Fault)?;
    let mut stored = StoredPasskey::read(known)?;
    let (id, user) = (bytes(&known.id)?, handle(&bytes(&stored.user)?)?);
    let id = CredentialId::<&[u8]>::decode(&id).map_err(|_| WebauthnError::Fault)?;
    let key = StaticState::<Key>::decode(&bytes(&stored.key)?).map_err(|_| WebauthnError::Fault)?;
    let was = bytes(&stored.state)?.try_into().map_err(|_| WebauthnError::Fault)?;
    let was = DynamicState::decode(was).map_err(|_| WebauthnError::Fault)?;
    let mut passkey = AuthenticatedCredential::new(id, &user, key, was).map_err(|_| WebauthnError::Fault)?;
    let response =
        NonDiscoverableAuthentication16::from_json_relaxed(&json(response)?).map_err(|_| WebauthnError::Malformed)?;
    let options = AuthenticationVerificationOptions::<&str, &str> {
        allowed_origins: &[&site.origin],
        error_on_unsolicited_extensions: false,
        ..AuthenticationVerificationOptions::default()
    };
    state.verify(&rp, &response, &mut passkey, &options)?;
    stored.state = dynamic(passkey.dynamic_state());
    Ok(Passkey { id: known.id.clone(), stored: stored.write()? })
}

impl StoredPasskey {
    fn read(passkey: &Passkey) -> Result<Self, WebauthnError> {
        serde_json::from_str(&passkey.stored).map_err(|_| WebauthnError::Fault)
    }
    fn write(&self) -> Result<String, WebauthnError> {
        serde_json::to_string(self).map_err(|_| WebauthnError::Fault)
    }
}

fn rp(site: &Site) -> Result<RpId, WebauthnError> {
    AsciiDomain::try_from(site.id.clone()).map(RpId::Domain).map_err(|_| WebauthnError::Fault)
}

fn handle(bytes: &[u8]) -> Result<UserHandle16, WebauthnError> {
    let Ok(handle) = UserHandle16::decode(bytes.try_into().map_err(|_| WebauthnError::Fault)?);
    Ok(handle)
}

fn descriptor(passkey: &Passkey) -> Result<PublicKeyCredentialDescriptor<Vec<u8>>, WebauthnError> {
    let id = CredentialId::<Vec<u8>>::decode(bytes(&passkey.id)?).map_err(|_| WebauthnError::Fault)?;
    let transports =
        AuthTransports::decode(StoredPasskey::read(passkey)?.transports).map_err(|_| WebauthnError::Fault)?;
    Ok(PublicKeyCredentialDescriptor { id, transports })
}

fn dynamic(state: DynamicState) -> String {
    let Ok(state) = state.encode();
    BASE64.encode(&state)
}

fn transports(transports: AuthTransports) -> u8 {
    let Ok(transports) = transports.encode();
    transports
}

/// Of what was kept; it does not come from a browser.
fn bytes(kept: &str) -> Result<Vec<u8>, WebauthnError> {
    BASE64.decode(kept.as_bytes()).map_err(|_| WebauthnError::Fault)
}

fn json(response: &Value) -> Result<Vec<u8>, WebauthnError> {
    serde_json::to_vec(response).map_err(|_| WebauthnError::Malformed)
}

impl From<RegCeremonyErr> for WebauthnError {
    fn from(error: RegCeremonyErr) -> Self {
        use RegCeremonyErr::*;
        match error {
            CollectedClientData(_) | CollectedClientDataRelaxed(_) | AttestationObject(_) | PubKey(_) => {
                Self::Malformed
            }
            ChallengeMismatch => Self::Challenge,
            OriginMismatch | CrossOrigin | TopOriginMismatch => Self::Origin,
            RpIdHashMismatch => Self::Site,
            UserNotPresent => Self::NotPresent,
            AttestationSignature => Self::Signature,
            Timeout => Self::Expired,
            _ => Self::Unfit,
        }
    }
}

impl From<AuthCeremonyErr> for WebauthnError {
    fn from(error: AuthCeremonyErr) -> Self {
        use AuthCeremonyErr::*;
        match error {
            CollectedClientData(_) | CollectedClientDataRelaxed(_) => Self::Malformed,
            AuthenticatorData(AuthenticatorDataErr::UserNotPresent) => Self::NotPresent,
            AuthenticatorData(_) => Self::Malformed,
            ChallengeMismatch => Self::Challenge,
            OriginMismatch | CrossOrigin | TopOriginMismatch => Self::Origin,
            RpIdHashMismatch => Self::Site,
            AssertionSignature => Self::Signature,
            SignatureCounter => Self::Counter,
            Timeout => Self::Expired,
            UserHandleMismatch | CredentialIdMismatch | NoMatchingAllowedCredential | MissingUserHandle => {
                Self::Unknown
            }
            PubKey(_) => Self::Fault,
            _ => Self::Unfit,
        }
    }
}

#[cfg(test)]
#[path = "../../../tests/test_app/device.rs"]
mod device;

#[cfg(test)]
mod tests;
