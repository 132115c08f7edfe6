//! Known devices: which browsers have signed in to an account before, kept in a signed cookie of theirs (a "device
//! cookie", as OWASP calls it in "Slow Down Online Guessing Attacks with Device Cookies"). No table: a browser that
//! loses the cookie is new again.
//!
//! Two things ask (`Browser::name`). `sign_in` mails the owner about a sign-in from a browser that is not known. And
//! `limits::sign_ins` gives a known browser a budget of its own, so that strangers' wrong passwords never keep the
//! owner out.
//!
//! The cookie is set by a sign-in that is complete (after the second step), and again by each later one; before the
//! first, by the confirmation of the address, which asks for the password too; by a changed password; and by a new one
//! that was chosen with a link by mail, of which its owner gets an e-mail anyway. It opens nothing. One entry an
//! account, the newest first, so that several people can share a browser. An entry is a random name, when it was made,
//! and a MAC of both with the account's id: a cookie does not reveal the account, and can't be forged. It is valid for
//! `LASTS_MILLIS`, and not past a change of the password: a browser that signed in with the old one is unknown after
//! it.
//!
//! Knows nothing of sessions: signing out leaves it, since it is about the browser.

use contract::Instant;
use data_encoding::BASE64URL_NOPAD;
use ring::hmac;

/// Browsers keep no cookie for longer.
pub const LASTS_MILLIS: i64 = 400 * 86_400_000;
/// How far two servers' clocks may be apart.
const APART_MILLIS: i64 = 60_000;
/// Accounts that one browser is remembered for.
pub const MOST: usize = 5;
const NAME_BYTES: usize = 16;
const MAC_BYTES: usize = 16;

/// Signs the entries; made of the operator's pepper.
pub struct Signer(hmac::Key);

impl Signer {
    pub fn new(pepper: &str) -> Self {
        let pepper = hmac::Key::new(hmac::HMAC_SHA256, pepper.as_bytes());
        Self(hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&pepper, b"kppay known devices").as_ref()))
    }

    fn mac(&self, account: &str, name: &[u8; NAME_BYTES], made_at: i64) -> Vec<u8> {
        let signed = [name.as_slice(), &made_at.to_be_bytes(), account.as_bytes()].concat();
        hmac::sign(&self.0, &signed).as_ref().iter().copied().take(MAC_BYTES).collect()
    }

    pub fn sign(&self, account: &str, name: [u8; NAME_BYTES], made_at: Instant) -> Entry {
        Entry { name, made_at: made_at.millis(), mac: self.mac(account, &name, made_at.millis()) }
    }

    /// Whether the entry is this account's, however old.
    pub fn is_of(&self, entry: &Entry, account: &str) -> bool {
        use subtle::ConstantTimeEq;
        self.mac(account, &entry.name, entry.made_at).as_slice().ct_eq(&entry.mac).into()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: [u8; NAME_BYTES],
    pub made_at: i64,
    mac: Vec<u8>,
}

impl Entry {
    pub fn text(&self) -> String {
        BASE64URL_NOPAD.encode(&[self.name.as_slice(), &self.made_at.to_be_bytes(), &self.mac].concat())
    }

    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (name, rest) = bytes.split_first_chunk()?;
        let (made_at, mac) = rest.split_first_chunk()?;
        (mac.len() == MAC_BYTES).then(|| Self { name: *name, made_at: i64::from_be_bytes(*made_at), mac: mac.to_vec() })
    }

    /// An entry from the future was made before a clock went back: its age is unknown.
    pub fn counts(&self, since: Instant, now: Instant) -> bool {
        self.made_at >= since.millis()
            && self.made_at.saturating_add(LASTS_MILLIS) > now.millis()
            && self.made_at <= now.plus_millis(APART_MILLIS).millis()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: [u8; NAME_BYTES] = [7; NAME_BYTES];

    fn at(millis: i64) -> Instant {
        Instant::from_millis(millis)
    }

    #[test]
    fn an_entry_is_its_accounts_and_its_peppers_and_can_not_be_changed() {
        let signer = Signer::new("pepper");
        let entry = signer.sign("a", NAME, at(1_000));
        assert_eq!(Entry::parse(&entry.text()).as_ref(), Some(&entry));
        assert!(signer.is_of(&entry, "a"));
        assert!(!signer.is_of(&entry, "b") && !signer.is_of(&entry, ""));
        assert!(!Signer::new("other").is_of(&entry, "a"));
        assert!(!signer.is_of(&Entry { made_at: 1_001, ..entry.clone() }, "a"));
        assert!(!signer.is_of(&Entry { name: [8; NAME_BYTES], ..entry.clone() }, "a"));
        let text = entry.text();
        for broken in ["", "é", &text[..text.len() - 4], &format!("{text}AAAA")] {
            assert_eq!(Entry::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn an_entry_counts_from_the_last_password_on_and_for_its_time() {
        let entry = Signer::new("pepper").sign("a", NAME, at(1_000));
        assert!(entry.counts(at(1_000), at(1_000)) && entry.counts(at(0), at(999 + LASTS_MILLIS)));
        assert!(!entry.counts(at(1_001), at(2_000)), "the password was changed since");
        assert!(!entry.counts(at(0), at(1_000 + LASTS_MILLIS)), "too old");
        assert!(!entry.counts(at(0), at(999 - APART_MILLIS)), "from the future");
    }
}
