//! A fake WebAuthn authenticator: keys in memory, and the responses that a browser would give for it. The unit tests of
//! `factors::webauthn` use it, too.

use data_encoding::BASE64URL_NOPAD as BASE64;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A browser and the authenticator in it, in as much as the server sees of them. What a test changes, they do wrong.
#[derive(Clone)]
pub struct Device {
    pub key: SigningKey,
    pub id: Vec<u8>,
    pub counter: u32,
    pub origin: String,
    pub site: String,
    pub is_touched: bool,
    pub challenge: Option<String>,
}

impl Device {
    pub fn new(number: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[number; 32]).unwrap(),
            id: vec![number; 32],
            counter: 1,
            origin: "https://pay.example.com".into(),
            site: "pay.example.com".into(),
            is_touched: true,
            challenge: None,
        }
    }

    pub fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = self.challenge.clone().map_or(options["challenge"].clone(), Value::from);
        let data =
            json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false, "other": 1});
        data.to_string().into_bytes()
    }

    pub fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let flags = flags | u8::from(self.is_touched);
        [Sha256::digest(&self.site).as_slice(), &[flags], &self.counter.to_be_bytes()].concat()
    }

    pub fn registers(&self, options: &Value) -> Value {
        let point = self.key.verifying_key().to_encoded_point(false);
        let (x, y) = (point.x().unwrap(), point.y().unwrap());
        // A CBOR map: EC2, ES256, P-256, and the point.
        let key = [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".as_slice(), x, b"\x22\x58\x20", y].concat();
        let (aaguid, length) = ([0; 16], u16::try_from(self.id.len()).unwrap().to_be_bytes());
        let data = [&self.authenticator_data(0x44), aaguid.as_slice(), &length, &self.id, &key].concat();
        let data_length = u8::try_from(data.len()).unwrap();
        let attestation =
            [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".as_slice(), &[data_length], &data].concat();
        json!({
            "id": BASE64.encode(&self.id), "rawId": BASE64.encode(&self.id), "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {"credProps": {"rk": true}},
            "response": {
                "clientDataJSON": BASE64.encode(&self.client_data("webauthn.create", options)),
                "attestationObject": BASE64.encode(&attestation),
                "authenticatorData": BASE64.encode(&data),
                "transports": ["hybrid", "internal"],
                "publicKeyAlgorithm": -7,
            },
        })
    }

    /// `handle` is what the site called the person when the passkey was made.
    pub fn signs_in(&self, options: &Value, handle: &[u8]) -> Value {
        let (client_data, data) = (self.client_data("webauthn.get", options), self.authenticator_data(0x04));
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let signature: Signature = self.key.sign(&signed);
        json!({
            "id": BASE64.encode(&self.id), "rawId": BASE64.encode(&self.id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": BASE64.encode(&client_data),
                "authenticatorData": BASE64.encode(&data),
                "signature": BASE64.encode(signature.to_der().as_bytes()),
                "userHandle": BASE64.encode(handle),
            },
        })
    }
}
