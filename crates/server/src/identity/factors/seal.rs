//! Encryption at rest for second factors, so that a stolen database is not enough: TOTP secrets are sealed and recovery
//! codes hashed, both with keys derived from the operator's pepper. Knows neither what is sealed nor where it is
//! stored.

use super::random;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};

#[derive(Clone)]
pub struct Seal {
    /// Nothing only if the library took no key of 32 bytes.
    key: Option<LessSafeKey>,
    codes: hmac::Key,
}

impl Seal {
    pub fn new(pepper: &str) -> Self {
        let pepper = hmac::Key::new(hmac::HMAC_SHA256, pepper.as_bytes());
        let made = |purpose: &str| hmac::sign(&pepper, purpose.as_bytes());
        let key = UnboundKey::new(&CHACHA20_POLY1305, made("kppay authenticator secrets").as_ref());
        Self {
            key: key.ok().map(LessSafeKey::new),
            codes: hmac::Key::new(hmac::HMAC_SHA256, made("kppay recovery codes").as_ref()),
        }
    }

    /// For the account only: in another's row it does not open.
    pub fn close(&self, account: &str, secret: &str) -> Option<String> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut bytes = secret.as_bytes().to_vec();
        let sealed = Nonce::assume_unique_for_key(nonce);
        self.key.as_ref()?.seal_in_place_append_tag(sealed, Aad::from(account), &mut bytes).ok()?;
        Some(BASE64URL_NOPAD.encode(&[nonce.as_slice(), &bytes].concat()))
    }

    /// What `close` gave, with the same pepper.
    pub fn open(&self, account: &str, sealed: &str) -> Option<String> {
        let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let (nonce, mut sealed) = (Nonce::try_assume_unique_for_key(nonce).ok()?, sealed.to_vec());
        let opened = self.key.as_ref()?.open_in_place(nonce, Aad::from(account), &mut sealed).ok()?;
        String::from_utf8(opened.to_vec()).ok()
    }

    /// Of a normalised recovery code. The codes are random, so a salt would add nothing; without the pepper no code can
    /// be tried.
    pub fn hash(&self, code: &str) -> String {
        HEXLOWER.encode(hmac::sign(&self.codes, code.as_bytes()).as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_for_its_account_and_with_its_pepper_only() {
        let seal = Seal::new("pepper");
        let sealed = seal.close("a", "GEZDGNBV").unwrap();
        assert_eq!(seal.open("a", &sealed).as_deref(), Some("GEZDGNBV"));
        assert_eq!(seal.open("b", &sealed), None);
        assert_eq!(Seal::new("other").open("a", &sealed), None);
        assert!(!sealed.contains("GEZDGNBV"));
        assert_ne!(seal.close("a", "GEZDGNBV").unwrap(), sealed);
    }

    #[test]
    fn what_was_changed_or_cut_does_not_open() {
        let seal = Seal::new("pepper");
        let sealed = seal.close("a", "GEZDGNBV").unwrap();
        let turned = format!("{}{}", if sealed.starts_with('A') { 'B' } else { 'A' }, &sealed[1..]);
        for broken in ["", "A", "é", &sealed[..8], &sealed[..sealed.len() - 4], &turned] {
            assert_eq!(seal.open("a", broken), None, "{broken}");
        }
    }

    #[test]
    fn a_hash_needs_the_pepper() {
        let hash = Seal::new("pepper").hash("ab3de-fgh01");
        assert_eq!(hash.len(), 64);
        assert_eq!(hash, Seal::new("pepper").hash("ab3de-fgh01"));
        assert_ne!(hash, Seal::new("other").hash("ab3de-fgh01"));
        assert_ne!(hash, Seal::new("pepper").hash("ab3de-fgh02"));
    }
}
