//! Tests of `webauthn`.

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

fn registration(change: impl FnOnce(&mut Device)) -> Result<Passkey, WebauthnError> {
    let asked = begin_registration(&site(), USER, &[]).unwrap();
    let mut device = Device::new(1);
    change(&mut device);
    finish_registration(&site(), &asked.state, &device.registers(&asked.options))
}

/// With a passkey that was registered when its counter was at one.
fn sign_in(change: impl FnOnce(&mut Device)) -> Result<Passkey, WebauthnError> {
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
        let after = finish_sign_in(&site(), &asked.state, &passkey, &device.signs_in(&asked.options, &HANDLE)).unwrap();
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
    let algorithms: Vec<_> = asked["pubKeyCredParams"].as_array().unwrap().iter().map(|kind| &kind["alg"]).collect();
    assert_eq!(algorithms, [-8, -7, -35, -257]);
    assert_eq!((&asked["timeout"], &asked["attestation"]), (&json!(300_000), &json!("none")));
    let selection = &asked["authenticatorSelection"];
    assert_eq!((&selection["residentKey"], &selection["userVerification"]), (&json!("preferred"), &json!("preferred")));
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
        assert_eq!(registration(|device| device.origin = origin.into()), Err(WebauthnError::Origin));
        assert_eq!(sign_in(|device| device.origin = origin.into()), Err(WebauthnError::Origin));
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
    assert_eq!(registration(|device| device.challenge = other()), Err(WebauthnError::Challenge));
    assert_eq!(sign_in(|device| device.challenge = other()), Err(WebauthnError::Challenge));
}

#[test]
fn an_answer_does_not_fit_a_new_question() {
    let device = Device::new(1);
    let asked = begin_registration(&site(), USER, &[]).unwrap();
    let answer = device.registers(&asked.options);
    let passkey = finish_registration(&site(), &asked.state, &answer).unwrap();
    let again = begin_registration(&site(), USER, &[]).unwrap();
    assert_eq!(finish_registration(&site(), &again.state, &answer), Err(WebauthnError::Challenge));

    let device = Device { counter: 2, ..device };
    let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
    let answer = device.signs_in(&asked.options, &HANDLE);
    assert!(finish_sign_in(&site(), &asked.state, &passkey, &answer).is_ok());
    let again = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
    assert_eq!(finish_sign_in(&site(), &again.state, &passkey, &answer), Err(WebauthnError::Challenge));
}

#[test]
fn a_passkey_of_another_site_is_refused() {
    assert_eq!(registration(|device| device.site = "example.com".into()), Err(WebauthnError::Site));
    assert_eq!(sign_in(|device| device.site = "example.com".into()), Err(WebauthnError::Site));
}

#[test]
fn an_authenticator_that_nobody_touched_is_refused() {
    assert_eq!(registration(|device| device.is_touched = false), Err(WebauthnError::NotPresent));
    assert_eq!(sign_in(|device| device.is_touched = false), Err(WebauthnError::NotPresent));
}

#[test]
fn the_signature_of_another_key_is_refused() {
    assert_eq!(sign_in(|device| device.key = Device::new(2).key), Err(WebauthnError::Signature));
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
        assert_eq!(refused, Err(WebauthnError::Signature), "{field}");
    }
    assert!(finish_sign_in(&site(), &asked.state, &passkey, &honest).is_ok());
}

#[test]
fn a_counter_that_went_back_or_stood_still_is_refused() {
    for counter in [0, 1] {
        assert_eq!(sign_in(|device| device.counter = counter), Err(WebauthnError::Counter), "{counter}");
    }
}

#[test]
fn a_passkey_that_does_not_count_signs_in_again_and_again() {
    let device = Device { counter: 0, ..Device::new(1) };
    let mut passkey = registered(&device);
    for _ in 0..2 {
        let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
        passkey = finish_sign_in(&site(), &asked.state, &passkey, &device.signs_in(&asked.options, &HANDLE)).unwrap();
    }
}

#[test]
fn only_a_passkey_that_was_asked_for_signs_in() {
    let (device, other) = (Device::new(1), Device { counter: 2, ..Device::new(2) });
    let (passkey, another) = (registered(&device), registered(&Device::new(2)));
    let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
    let answer = other.signs_in(&asked.options, &HANDLE);
    assert_eq!(finish_sign_in(&site(), &asked.state, &another, &answer), Err(WebauthnError::Unknown));
    assert_eq!(finish_sign_in(&site(), &asked.state, &passkey, &answer), Err(WebauthnError::Unknown));
}

#[test]
fn a_passkey_of_somebody_else_is_refused() {
    let device = Device { counter: 2, ..Device::new(1) };
    let other = User { handle: b"fedcba9876543210", ..USER };
    let asked = begin_registration(&site(), other, &[]).unwrap();
    let passkey = finish_registration(&site(), &asked.state, &Device::new(1).registers(&asked.options)).unwrap();
    let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
    let refused = finish_sign_in(&site(), &asked.state, &passkey, &device.signs_in(&asked.options, &HANDLE));
    assert_eq!(refused, Err(WebauthnError::Unknown));
}

#[test]
fn an_answer_to_the_other_kind_of_question_is_refused() {
    let device = Device { counter: 2, ..Device::new(1) };
    let passkey = registered(&Device::new(1));
    let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
    let mut answer = device.signs_in(&asked.options, &HANDLE);
    let client_data = device.client_data("webauthn.create", &asked.options);
    answer["response"]["clientDataJSON"] = BASE64.encode(&client_data).into();
    assert_eq!(finish_sign_in(&site(), &asked.state, &passkey, &answer), Err(WebauthnError::Malformed));
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
    assert_eq!(finish_registration(&site(), &BASE64.encode(&state), &answer), Err(WebauthnError::Expired));
}

/// Everything that is one change away: a value left out, of another kind, cut off, or with one letter changed.
fn corrupted(answer: &Value) -> Vec<Value> {
    let kinds = [Value::Null, json!(1), json!(""), json!("!"), json!([]), json!({}), json!([[{}]])];
    let mut all = kinds.to_vec();
    match answer {
        Value::Object(fields) => {
            for (name, value) in fields {
                let mut without = fields.clone();
                without.remove(name);
                all.push(without.into());
                all.extend(corrupted(value).into_iter().map(|value| {
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
    for answer in corrupted(&json!(1)) {
        let asked = begin_registration(&site(), USER, &[]).unwrap();
        assert_eq!(finish_registration(&site(), &asked.state, &answer), Err(WebauthnError::Malformed));
        let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
        assert_eq!(finish_sign_in(&site(), &asked.state, &passkey, &answer), Err(WebauthnError::Malformed));
    }
    let asked = begin_registration(&site(), USER, &[]).unwrap();
    for answer in corrupted(&device.registers(&asked.options)["response"]) {
        let mut whole = device.registers(&asked.options);
        whole["response"] = answer;
        _ = finish_registration(&site(), &asked.state, &whole);
    }
    let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
    let honest = device.signs_in(&asked.options, &HANDLE);
    for field in ["clientDataJSON", "authenticatorData", "signature"] {
        for value in corrupted(&honest["response"][field]) {
            let mut answer = honest.clone();
            answer["response"][field] = value;
            assert!(finish_sign_in(&site(), &asked.state, &passkey, &answer).is_err(), "{answer}");
        }
    }
    for answer in corrupted(&honest) {
        _ = finish_sign_in(&site(), &asked.state, &passkey, &answer);
    }
}

#[test]
fn what_was_kept_and_cannot_be_read_is_no_fault_of_a_user() {
    let passkey = registered(&Device::new(1));
    let asked = begin_sign_in(&site(), std::slice::from_ref(&passkey)).unwrap();
    let answer = Device { counter: 2, ..Device::new(1) }.signs_in(&asked.options, &HANDLE);
    for state in ["", "A", "!", "AAAA", &"A".repeat(400)] {
        assert_eq!(finish_registration(&site(), state, &answer), Err(WebauthnError::Fault), "{state}");
        assert_eq!(finish_sign_in(&site(), state, &passkey, &answer), Err(WebauthnError::Fault), "{state}");
    }
    let stored: Value = serde_json::from_str(&passkey.stored).unwrap();
    for field in ["user", "key", "state", "transports"] {
        let mut stored = stored.clone();
        stored[field] = json!("AAAA");
        let broken = Passkey { stored: stored.to_string(), ..passkey.clone() };
        assert_eq!(finish_sign_in(&site(), &asked.state, &broken, &answer), Err(WebauthnError::Fault), "{field}");
    }
    let broken = Passkey { id: "!".into(), ..passkey.clone() };
    assert_eq!(begin_sign_in(&site(), std::slice::from_ref(&broken)), Err(WebauthnError::Fault));
    assert_eq!(begin_registration(&site(), USER, &[broken]), Err(WebauthnError::Fault));
}

#[test]
fn there_is_no_question_without_a_site_a_handle_or_a_passkey() {
    let nowhere = Site { id: "a..b".into(), ..site() };
    assert_eq!(begin_registration(&nowhere, USER, &[]), Err(WebauthnError::Fault));
    assert_eq!(begin_sign_in(&nowhere, &[registered(&Device::new(1))]), Err(WebauthnError::Fault));
    assert_eq!(begin_registration(&site(), User { handle: b"short", ..USER }, &[]), Err(WebauthnError::Fault));
    assert_eq!(begin_sign_in(&site(), &[]), Err(WebauthnError::Fault));
}
