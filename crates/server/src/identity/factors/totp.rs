//! TOTP: the six digits that an authenticator app shows for half a minute (RFC 6238 with SHA-1, all that the apps have
//! in common). Stateless: the caller passes in the current time and the last accepted time step.

use super::random;
use contract::typed;
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use std::fmt::Write;
use subtle::ConstantTimeEq;

const STEP_MILLIS: i64 = 30_000;
const DIGITS: usize = 6;

/// What the app and the server both know. Not `Debug`, so that no log shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 20]);

impl Secret {
    /// Nothing where the machine has no randomness to give.
    pub fn random() -> Option<Self> {
        random().map(Self)
    }

    /// What `base32` or `grouped` gave.
    pub fn parse(base32: &str) -> Option<Self> {
        let letters = typed::compact(base32).to_ascii_uppercase();
        BASE32_NOPAD.decode(letters.as_bytes()).ok()?.try_into().ok().map(Self)
    }

    pub fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// By fours, to be typed by hand.
    pub fn grouped(&self) -> String {
        let mut text = String::new();
        for (at, letter) in self.base32().chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                text.push(' ');
            }
            text.push(letter);
        }
        text
    }

    /// What an app reads from a QR code. A colon would end the issuer's name, so there is none in it.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account) = (escaped(&issuer.replace(':', " ")), escaped(&account.replace(':', " ")));
        let secret = self.base32();
        format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={}",
            STEP_MILLIS / 1000
        )
    }

    /// The step whose code was typed. The clock of a phone may be one step off; a code up to `last_step` has been taken
    /// already.
    pub fn accepts(&self, typed: &str, at_millis: i64, last_step: Option<i64>) -> Option<i64> {
        let typed = typed::number(typed);
        let now = at_millis.div_euclid(STEP_MILLIS);
        let mut steps = (now - 1..=now + 1).filter(|step| last_step.is_none_or(|last| *step > last));
        // Should two steps have one code, the later one counts, so that it is not taken again.
        steps.rfind(|step| self.code(*step).is_some_and(|code| bool::from(code.as_bytes().ct_eq(typed.as_bytes()))))
    }

    /// Of a step, half a minute each since 1970.
    pub fn code(&self, step: i64) -> Option<String> {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).ok()?;
        mac.update(&u64::try_from(step).ok()?.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let from = usize::from(hash.last()? & 15);
        let number = u32::from_be_bytes(hash.get(from..from + 4)?.try_into().ok()?) & 0x7fff_ffff;
        Some(format!("{:0DIGITS$}", number % 1_000_000))
    }
}

/// All but the letters that stand for themselves everywhere in an address.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(byte)),
            _ => _ = write!(text, "%{byte:02X}"),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: Secret = Secret(*b"12345678901234567890");

    /// RFC 6238, appendix B, of whose eight digits ours are the last six: the seconds, and the code.
    const VECTORS: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    /// The step of 1111111111, and its code.
    const STEP: i64 = 37_037_037;
    const CODE: &str = "050471";

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        for (second, code) in VECTORS {
            assert_eq!(SECRET.code(second / 30).as_deref(), Some(code), "{second}");
            assert_eq!(SECRET.accepts(code, second * 1000, None), Some(second / 30), "{second}");
        }
    }

    #[test]
    fn a_clock_may_be_one_step_off_and_no_more() {
        for off in [-1, 0, 1] {
            assert_eq!(SECRET.accepts(CODE, (STEP + off) * STEP_MILLIS, None), Some(STEP), "{off}");
        }
        assert_eq!(SECRET.accepts(CODE, (STEP + 2) * STEP_MILLIS - 1, None), Some(STEP));
        for off in [-2, 2] {
            assert_eq!(SECRET.accepts(CODE, (STEP + off) * STEP_MILLIS, None), None, "{off}");
        }
    }

    #[test]
    fn a_code_is_taken_once() {
        let at = STEP * STEP_MILLIS;
        assert_eq!(SECRET.accepts(CODE, at, Some(STEP - 1)), Some(STEP));
        assert_eq!(SECRET.accepts(CODE, at, Some(STEP)), None);
        assert_eq!(SECRET.accepts(CODE, at, Some(STEP + 1)), None);
    }

    #[test]
    fn spaces_and_wide_digits_do_not_matter() {
        for typed in ["050 471", " 050471\n", "050-471", "０５０４７１", "050\u{3000}471"] {
            assert_eq!(SECRET.accepts(typed, STEP * STEP_MILLIS, None), Some(STEP), "{typed}");
        }
    }

    #[test]
    fn another_code_is_not_taken() {
        for typed in ["", "050472", "05047", "0504710", "50471", "abcdef", "-50471"] {
            assert_eq!(SECRET.accepts(typed, STEP * STEP_MILLIS, None), None, "{typed}");
        }
        assert_eq!(Secret([7; 20]).accepts(CODE, STEP * STEP_MILLIS, None), None);
    }

    #[test]
    fn no_time_is_too_early_or_too_late() {
        for at in [i64::MIN, -1, 0, i64::MAX] {
            assert_eq!(SECRET.accepts("none", at, None), None);
        }
        assert_eq!(SECRET.accepts("755224", 0, None), Some(0));
    }

    #[test]
    fn a_secret_is_read_back_as_it_was_written() {
        let secret = Secret::random().unwrap();
        assert!(secret != Secret::random().unwrap());
        assert!(Secret::parse(&secret.base32()).unwrap() == secret);
        assert!(Secret::parse(&secret.grouped().to_lowercase()).unwrap() == secret);
    }

    #[test]
    fn a_secret_is_written_by_fours() {
        assert_eq!(SECRET.base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(SECRET.grouped(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }

    #[test]
    fn what_is_no_secret_is_none() {
        for text in
            ["", "GEZDGNBV", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBV", "é"]
        {
            assert!(Secret::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_address_names_issuer_and_account() {
        assert_eq!(
            SECRET.uri("Plan & Söhne: Süd", "anna+1@example.com"),
            "otpauth://totp/Plan%20%26%20S%C3%B6hne%20%20S%C3%BCd:anna%2B1%40example.com\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Plan%20%26%20S%C3%B6hne%20%20S%C3%BCd&algorithm=SHA1&digits=6&period=30"
        );
    }
}
