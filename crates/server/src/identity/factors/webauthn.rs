//! Passkeys beside a password: what a browser is asked, and whether its answer is one (WebAuthn level 3, as `webauthn_rp` checks it).
//! JSON goes in and out as browsers write it (`parseCreationOptionsFromJSON`, `parseRequestOptionsFromJSON`, `toJSON`). What was asked
//! is handed to the caller as text, who keeps it and forgets it with the first answer (`identity::ceremony`). Whose passkeys they are the
//! caller knows.
//!
//! No attestation is asked for: whoever may use the account may use any authenticator. A person who does not unlock the authenticator
//! is good enough, for the password came before. `webauthn_rp` has a clock and randomness of its own; it takes no answer after five
//! minutes.

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

/// What a browser is asked, and what has to be kept until it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub options: Value,
    pub state: String,
}

/// What `PublicKeyCredentialUserEntity` says of the person. Authenticators keep it; the handle must say nothing about anybody.
#[derive(Debug, Clone, Copy)]
pub struct User<'a> {
    pub handle: &'a [u8],
    pub name: &'a str,
    pub display_name: &'a str,
}

/// Why nothing came of an answer. For the log: the person hears in every case that it did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
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
    Late,
    /// Not the passkey that was asked for.
    Unknown,
    /// WebAuthn demands something else of an answer.
    Unfit,
    /// Not the person's doing: the site is none, or what was kept can't be read.
    Fault,
}

/// What `Passkey::stored` holds.
#[derive(Serialize, Deserialize)]
struct Stored {
    user: String,
    /// The public key, and what the authenticator said once and for all.
    key: String,
    /// What changes: the counter, and whether there is a backup.
    state: String,
    transports: u8,
}

type Key = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// `known` are the passkeys that the account has: an authenticator that holds one of them makes no second.
pub fn begin_registration(site: &Site, user: User<'_>, known: &[Passkey]) -> Result<Asked, NotTaken> {
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
    let (state, asked) = options.start_ceremony().map_err(|_| NotTaken::Fault)?;
    let mut options = serde_json::to_value(&asked).map_err(|_| NotTaken::Fault)?;
    // The library takes names in some spellings only; they are shown, not checked.
    for (entity, field, text) in
        [("rp", "name", site.name.as_str()), ("user", "name", user.name), ("user", "displayName", user.display_name)]
    {
        if let Some(entity) = options.get_mut(entity).and_then(Value::as_object_mut) {
            entity.insert(field.to_owned(), text.into());
        }
    }
    Ok(Asked { options, state: BASE64.encode(&state.encode().map_err(|_| NotTaken::Fault)?) })
}

pub fn finish_registration(site: &Site, state: &str, response: &Value) -> Result<Passkey, NotTaken> {
    let rp = rp(site)?;
    let state = RegistrationServerState::<16>::decode(&bytes(state)?).map_err(|_| NotTaken::Fault)?;
    let response = Registration::from_json_relaxed(&json(response)?).map_err(|_| NotTaken::Malformed)?;
    let options = RegistrationVerificationOptions::<&str, &str> {
        allowed_origins: &[&site.origin],
        error_on_unsolicited_extensions: false,
        ..RegistrationVerificationOptions::default()
    };
    let made = state.verify(&rp, &response, &options)?;
    let Ok(key) = made.static_state().encode();
    let passkey = Stored {
        user: BASE64.encode(made.user_id().as_ref()),
        key: BASE64.encode(&key),
        state: dynamic(made.dynamic_state()),
        transports: transports(made.transports()),
    };
    Ok(Passkey { id: BASE64.encode(made.id().as_ref()), stored: passkey.write()? })
}

/// At least one passkey must be known.
pub fn begin_sign_in(site: &Site, known: &[Passkey]) -> Result<Asked, NotTaken> {
    let rp = rp(site)?;
    let mut allowed = AllowedCredentials::with_capacity(known.len());
    for passkey in known {
        allowed.push(descriptor(passkey)?.into());
    }
    let mut options =
        NonDiscoverableCredentialRequestOptions::second_factor(&rp, allowed).map_err(|_| NotTaken::Fault)?;
    options.options().user_verification = UserVerificationRequirement::Preferred;
    let (state, asked) = options.start_ceremony().map_err(|_| NotTaken::Fault)?;
    let options = serde_json::to_value(&asked).map_err(|_| NotTaken::Fault)?;
    Ok(Asked { options, state: BASE64.encode(&state.encode().map_err(|_| NotTaken::Fault)?) })
}

/// `known` is the passkey of the account that the answer names in `id`. It comes back with its counter moved on, to be kept before the
/// person is let in.
pub fn finish_sign_in(site: &Site, state: &str, known: &Passkey, response: &Value) -> Result<Passkey, NotTaken> {
    let rp = rp(site)?;
    let state = NonDiscoverableAuthenticationServerState::decode(&bytes(state)?).map_err(|_| NotTaken::Fault)?;
    let mut stored = Stored::read(known)?;
    let (id, user) = (bytes(&known.id)?, handle(&bytes(&stored.user)?)?);
    let id = CredentialId::<&[u8]>::decode(&id).map_err(|_| NotTaken::Fault)?;
    let key = StaticState::<Key>::decode(&bytes(&stored.key)?).map_err(|_| NotTaken::Fault)?;
    let was = bytes(&stored.state)?.try_into().map_err(|_| NotTaken::Fault)?;
    let was = DynamicState::decode(was).map_err(|_| NotTaken::Fault)?;
    let mut passkey = AuthenticatedCredential::new(id, &user, key, was).map_err(|_| NotTaken::Fault)?;
    let response =
        NonDiscoverableAuthentication16::from_json_relaxed(&json(response)?).map_err(|_| NotTaken::Malformed)?;
    let options = AuthenticationVerificationOptions::<&str, &str> {
        allowed_origins: &[&site.origin],
        error_on_unsolicited_extensions: false,
        ..AuthenticationVerificationOptions::default()
    };
    state.verify(&rp, &response, &mut passkey, &options)?;
    stored.state = dynamic(passkey.dynamic_state());
    Ok(Passkey { id: known.id.clone(), stored: stored.write()? })
}

impl Stored {
    fn read(passkey: &Passkey) -> Result<Self, NotTaken> {
        serde_json::from_str(&passkey.stored).map_err(|_| NotTaken::Fault)
    }
    fn write(&self) -> Result<String, NotTaken> {
        serde_json::to_string(self).map_err(|_| NotTaken::Fault)
    }
}

fn rp(site: &Site) -> Result<RpId, NotTaken> {
    AsciiDomain::try_from(site.id.clone()).map(RpId::Domain).map_err(|_| NotTaken::Fault)
}

fn handle(bytes: &[u8]) -> Result<UserHandle16, NotTaken> {
    let Ok(handle) = UserHandle16::decode(bytes.try_into().map_err(|_| NotTaken::Fault)?);
    Ok(handle)
}

fn descriptor(passkey: &Passkey) -> Result<PublicKeyCredentialDescriptor<Vec<u8>>, NotTaken> {
    let id = CredentialId::<Vec<u8>>::decode(bytes(&passkey.id)?).map_err(|_| NotTaken::Fault)?;
    let transports = AuthTransports::decode(Stored::read(passkey)?.transports).map_err(|_| NotTaken::Fault)?;
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
fn bytes(kept: &str) -> Result<Vec<u8>, NotTaken> {
    BASE64.decode(kept.as_bytes()).map_err(|_| NotTaken::Fault)
}

fn json(response: &Value) -> Result<Vec<u8>, NotTaken> {
    serde_json::to_vec(response).map_err(|_| NotTaken::Malformed)
}

impl From<RegCeremonyErr> for NotTaken {
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
            Timeout => Self::Late,
            _ => Self::Unfit,
        }
    }
}

impl From<AuthCeremonyErr> for NotTaken {
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
            Timeout => Self::Late,
            UserHandleMismatch | CredentialIdMismatch | NoMatchingAllowedCredential | MissingUserHandle => {
                Self::Unknown
            }
            PubKey(_) => Self::Fault,
            _ => Self::Unfit,
        }
    }
}

#[cfg(test)]
#[path = "../../../tests/house/device.rs"]
mod device;

#[cfg(test)]
mod tests {
    use super::{device::Device, *};
    use serde_json::json;

    const HANDLE: [u8; 16] = *b"0123456789abcdef";
    const USER: User<'_> = User { handle: &HANDLE, name: "anna b <c>", display_name: "Anna B" };

    fn site() -> Site {
        Site { id: "pay.example.com".into(), origin: "https://pay.example.com".into(), name: "Plan & Söhne".into() }
    }

    fn registered(device: &Device) -> Passkey {
        let asked = begin_registration(&site(), USER, &[]).unwrap();
        finish_registration(&site(), &asked.state, &device.registers(&asked.options)).unwrap()
    }

    fn registration(change: impl FnOnce(&mut Device)) -> Result<Passkey, NotTaken> {
        let asked = begin_registration(&site(), USER, &[]).unwrap();
        let mut device = Device::new(1);
        change(&mut device);
        finish_registration(&site(), &asked.state, &device.registers(&asked.options))
    }

    /// With a passkey that was registered when its counter was at one.
    fn sign_in(change: impl FnOnce(&mut Device)) -> Result<Passkey, NotTaken> {
        let mut device = Device::new(1);
        let passkey = registered(&device);
        let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
        device.counter = 2;
        change(&mut device);
        finish_sign_in(&site(), &asked.state, &passkey, &device.signs_in(&asked.options, &HANDLE))
    }

    #[test]
    fn a_passkey_registers_and_signs_in() {
        let mut device = Device::new(1);
        let mut passkey = registered(&device);
        assert_eq!(passkey.id, BASE64.encode(&device.id));
        for counter in [2, 3, 300] {
            device.counter = counter;
            let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
            let after =
                finish_sign_in(&site(), &asked.state, &passkey, &device.signs_in(&asked.options, &HANDLE)).unwrap();
            assert_eq!(after.id, passkey.id);
            assert_ne!(after.stored, passkey.stored);
            passkey = after;
        }
    }

    #[test]
    fn a_browser_is_asked_for_a_passkey_in_the_words_it_knows() {
        let known = registered(&Device::new(7));
        let asked = begin_registration(&site(), USER, std::slice::from_ref(&known)).unwrap().options;
        assert_eq!(asked["rp"], json!({"id": "pay.example.com", "name": "Plan & Söhne"}));
        assert_eq!(asked["user"], json!({"id": BASE64.encode(&HANDLE), "name": "anna b <c>", "displayName": "Anna B"}));
        assert_eq!(BASE64.decode(asked["challenge"].as_str().unwrap().as_bytes()).unwrap().len(), 16);
        let algorithms: Vec<_> =
            asked["pubKeyCredParams"].as_array().unwrap().iter().map(|kind| &kind["alg"]).collect();
        assert_eq!(algorithms, [-8, -7, -35, -257]);
        assert_eq!((&asked["timeout"], &asked["attestation"]), (&json!(300_000), &json!("none")));
        let selection = &asked["authenticatorSelection"];
        assert_eq!(
            (&selection["residentKey"], &selection["userVerification"]),
            (&json!("preferred"), &json!("preferred"))
        );
        assert_eq!(
            asked["excludeCredentials"],
            json!([{"type": "public-key", "id": known.id, "transports": ["hybrid", "internal"]}])
        );
    }

    #[test]
    fn a_browser_is_asked_to_sign_in_in_the_words_it_knows() {
        let known = [registered(&Device::new(7)), registered(&Device::new(8))];
        let asked = begin_sign_in(&site(), &known).unwrap().options;
        assert_eq!((&asked["rpId"], &asked["timeout"]), (&json!("pay.example.com"), &json!(300_000)));
        assert_eq!(asked["userVerification"], "preferred");
        assert_eq!(BASE64.decode(asked["challenge"].as_str().unwrap().as_bytes()).unwrap().len(), 16);
        let allowed = asked["allowCredentials"].as_array().unwrap();
        for passkey in &known {
            let asked = json!({"type": "public-key", "id": passkey.id, "transports": ["hybrid", "internal"]});
            assert!(allowed.contains(&asked), "{allowed:?}");
        }
    }

    #[test]
    fn no_two_questions_are_alike() {
        let asked = || begin_registration(&site(), USER, &[]).unwrap().options["challenge"].clone();
        assert_ne!(asked(), asked());
    }

    #[test]
    fn another_origin_is_refused() {
        for origin in ["https://pay.example.org", "http://pay.example.com", "https://pay.example.com:8443", ""] {
            assert_eq!(registration(|device| device.origin = origin.into()), Err(NotTaken::Origin));
            assert_eq!(sign_in(|device| device.origin = origin.into()), Err(NotTaken::Origin));
        }
    }

    #[test]
    fn an_origin_with_a_port_is_the_one_the_site_has() {
        let site = Site { id: "localhost".into(), origin: "http://localhost:8080".into(), name: "Here".into() };
        let device = Device { origin: site.origin.clone(), site: site.id.clone(), ..Device::new(1) };
        let asked = begin_registration(&site, USER, &[]).unwrap();
        assert!(finish_registration(&site, &asked.state, &device.registers(&asked.options)).is_ok());
    }

    #[test]
    fn another_challenge_is_refused() {
        let other = || Some(BASE64.encode(&[0; 16]));
        assert_eq!(registration(|device| device.challenge = other()), Err(NotTaken::Challenge));
        assert_eq!(sign_in(|device| device.challenge = other()), Err(NotTaken::Challenge));
    }

    #[test]
    fn an_answer_does_not_fit_a_new_question() {
        let device = Device::new(1);
        let asked = begin_registration(&site(), USER, &[]).unwrap();
        let answer = device.registers(&asked.options);
        let passkey = finish_registration(&site(), &asked.state, &answer).unwrap();
        let again = begin_registration(&site(), USER, &[]).unwrap();
        assert_eq!(finish_registration(&site(), &again.state, &answer), Err(NotTaken::Challenge));

        let device = Device { counter: 2, ..device };
        let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
        let answer = device.signs_in(&asked.options, &HANDLE);
        assert!(finish_sign_in(&site(), &asked.state, &passkey, &answer).is_ok());
        let again = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
        assert_eq!(finish_sign_in(&site(), &again.state, &passkey, &answer), Err(NotTaken::Challenge));
    }

    #[test]
    fn a_passkey_of_another_site_is_refused() {
        assert_eq!(registration(|device| device.site = "example.com".into()), Err(NotTaken::Site));
        assert_eq!(sign_in(|device| device.site = "example.com".into()), Err(NotTaken::Site));
    }

    #[test]
    fn an_authenticator_that_nobody_touched_is_refused() {
        assert_eq!(registration(|device| device.is_touched = false), Err(NotTaken::NotPresent));
        assert_eq!(sign_in(|device| device.is_touched = false), Err(NotTaken::NotPresent));
    }

    #[test]
    fn the_signature_of_another_key_is_refused() {
        assert_eq!(sign_in(|device| device.key = Device::new(2).key), Err(NotTaken::Signature));
    }

    #[test]
    fn what_was_changed_after_it_was_signed_is_refused() {
        let device = Device { counter: 2, ..Device::new(1) };
        let passkey = registered(&Device::new(1));
        let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
        let honest = device.signs_in(&asked.options, &HANDLE);
        let further = Device { counter: 3, ..device }.signs_in(&asked.options, &HANDLE);
        for field in ["authenticatorData", "signature"] {
            let mut answer = honest.clone();
            answer["response"][field] = further["response"][field].clone();
            let refused = finish_sign_in(&site(), &asked.state, &passkey, &answer);
            assert_eq!(refused, Err(NotTaken::Signature), "{field}");
        }
        assert!(finish_sign_in(&site(), &asked.state, &passkey, &honest).is_ok());
    }

    #[test]
    fn a_counter_that_went_back_or_stood_still_is_refused() {
        for counter in [0, 1] {
            assert_eq!(sign_in(|device| device.counter = counter), Err(NotTaken::Counter), "{counter}");
        }
    }

    #[test]
    fn a_passkey_that_does_not_count_signs_in_again_and_again() {
        let device = Device { counter: 0, ..Device::new(1) };
        let mut passkey = registered(&device);
        for _ in 0..2 {
            let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
            passkey =
                finish_sign_in(&site(), &asked.state, &passkey, &device.signs_in(&asked.options, &HANDLE)).unwrap();
        }
    }

    #[test]
    fn only_a_passkey_that_was_asked_for_signs_in() {
        let (device, other) = (Device::new(1), Device { counter: 2, ..Device::new(2) });
        let (passkey, another) = (registered(&device), registered(&Device::new(2)));
        let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
        let answer = other.signs_in(&asked.options, &HANDLE);
        assert_eq!(finish_sign_in(&site(), &asked.state, &another, &answer), Err(NotTaken::Unknown));
        assert_eq!(finish_sign_in(&site(), &asked.state, &passkey, &answer), Err(NotTaken::Unknown));
    }

    #[test]
    fn a_passkey_of_somebody_else_is_refused() {
        let device = Device { counter: 2, ..Device::new(1) };
        let other = User { handle: b"fedcba9876543210", ..USER };
        let asked = begin_registration(&site(), other, &[]).unwrap();
        let passkey = finish_registration(&site(), &asked.state, &Device::new(1).registers(&asked.options)).unwrap();
        let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
        let refused = finish_sign_in(&site(), &asked.state, &passkey, &device.signs_in(&asked.options, &HANDLE));
        assert_eq!(refused, Err(NotTaken::Unknown));
    }

    #[test]
    fn an_answer_to_the_other_kind_of_question_is_refused() {
        let device = Device { counter: 2, ..Device::new(1) };
        let passkey = registered(&Device::new(1));
        let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
        let mut answer = device.signs_in(&asked.options, &HANDLE);
        let client_data = device.client_data("webauthn.create", &asked.options);
        answer["response"]["clientDataJSON"] = BASE64.encode(&client_data).into();
        assert_eq!(finish_sign_in(&site(), &asked.state, &passkey, &answer), Err(NotTaken::Malformed));
    }

    #[test]
    fn an_answer_after_the_time_is_late() {
        let asked = begin_registration(&site(), USER, &[]).unwrap();
        let mut state = BASE64.decode(asked.state.as_bytes()).unwrap();
        // The last second of it stands before the nanoseconds and the handle.
        let at = state.len() - 16 - 4 - 8;
        let until = u64::from_le_bytes(state[at..at + 8].try_into().unwrap());
        let now = u64::try_from(serve::process::machine_millis() / 1_000).unwrap();
        assert!((now + 299..=now + 300).contains(&until), "{until}");
        state[at..at + 8].copy_from_slice(&(now - 1).to_le_bytes());
        let answer = Device::new(1).registers(&asked.options);
        assert_eq!(finish_registration(&site(), &BASE64.encode(&state), &answer), Err(NotTaken::Late));
    }

    /// Everything that is one change away: a value left out, of another kind, cut off, or with one letter changed.
    fn spoilt(answer: &Value) -> Vec<Value> {
        let kinds = [Value::Null, json!(1), json!(""), json!("!"), json!([]), json!({}), json!([[{}]])];
        let mut all = kinds.to_vec();
        match answer {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let mut without = fields.clone();
                    without.remove(name);
                    all.push(without.into());
                    all.extend(spoilt(value).into_iter().map(|value| {
                        let mut fields = fields.clone();
                        fields.insert(name.clone(), value);
                        fields.into()
                    }));
                }
            }
            Value::String(text) => {
                all.extend((0..text.len()).map(|end| text[..end].into()));
                all.extend((0..text.len()).map(|at| {
                    let letter = if &text[at..=at] == "A" { "B" } else { "A" };
                    [&text[..at], letter, &text[at + 1..]].concat().into()
                }));
            }
            _ => {}
        }
        all
    }

    #[test]
    fn whatever_is_sent_is_refused_without_a_panic() {
        let device = Device { counter: 2, ..Device::new(1) };
        let passkey = registered(&Device::new(1));
        for answer in spoilt(&json!(1)) {
            let asked = begin_registration(&site(), USER, &[]).unwrap();
            assert_eq!(finish_registration(&site(), &asked.state, &answer), Err(NotTaken::Malformed));
            let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
            assert_eq!(finish_sign_in(&site(), &asked.state, &passkey, &answer), Err(NotTaken::Malformed));
        }
        let asked = begin_registration(&site(), USER, &[]).unwrap();
        for answer in spoilt(&device.registers(&asked.options)["response"]) {
            let mut whole = device.registers(&asked.options);
            whole["response"] = answer;
            _ = finish_registration(&site(), &asked.state, &whole);
        }
        let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
        let honest = device.signs_in(&asked.options, &HANDLE);
        for field in ["clientDataJSON", "authenticatorData", "signature"] {
            for value in spoilt(&honest["response"][field]) {
                let mut answer = honest.clone();
                answer["response"][field] = value;
                assert!(finish_sign_in(&site(), &asked.state, &passkey, &answer).is_err(), "{answer}");
            }
        }
        for answer in spoilt(&honest) {
            _ = finish_sign_in(&site(), &asked.state, &passkey, &answer);
        }
    }

    #[test]
    fn what_was_kept_and_cannot_be_read_is_nobodys_fault() {
        let passkey = registered(&Device::new(1));
        let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
        let answer = Device { counter: 2, ..Device::new(1) }.signs_in(&asked.options, &HANDLE);
        for state in ["", "A", "!", "AAAA", &"A".repeat(400)] {
            assert_eq!(finish_registration(&site(), state, &answer), Err(NotTaken::Fault), "{state}");
            assert_eq!(finish_sign_in(&site(), state, &passkey, &answer), Err(NotTaken::Fault), "{state}");
        }
        let stored: Value = serde_json::from_str(&passkey.stored).unwrap();
        for field in ["user", "key", "state", "transports"] {
            let mut stored = stored.clone();
            stored[field] = json!("AAAA");
            let broken = Passkey { stored: stored.to_string(), ..passkey.clone() };
            assert_eq!(finish_sign_in(&site(), &asked.state, &broken, &answer), Err(NotTaken::Fault), "{field}");
        }
        let broken = Passkey { id: "!".into(), ..passkey.clone() };
        assert_eq!(begin_sign_in(&site(), std::slice::from_ref(&broken)), Err(NotTaken::Fault));
        assert_eq!(begin_registration(&site(), USER, &[broken]), Err(NotTaken::Fault));
    }

    #[test]
    fn there_is_no_question_without_a_site_a_handle_or_a_passkey() {
        let nowhere = Site { id: "a..b".into(), ..site() };
        assert_eq!(begin_registration(&nowhere, USER, &[]), Err(NotTaken::Fault));
        assert_eq!(begin_sign_in(&nowhere, &[registered(&Device::new(1))]), Err(NotTaken::Fault));
        assert_eq!(begin_registration(&site(), User { handle: b"short", ..USER }, &[]), Err(NotTaken::Fault));
        assert_eq!(begin_sign_in(&site(), &[]), Err(NotTaken::Fault));
    }
}
