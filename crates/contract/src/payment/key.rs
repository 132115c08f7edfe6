//! The idempotency key of an order: one intent, one key.

use crate::{FieldProblem, value::text_value};
use std::fmt;

/// A UUID made when the review step is built; the same intent keeps the same key until its payment is final.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// 8-4-4-4-12 hexadecimal digits, any case; kept in lower case.
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = text.trim();
        let shape = text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        if shape { Ok(Self(text.to_ascii_lowercase())) } else { Err(FieldProblem::Malformed) }
    }
    /// A version 4 UUID from sixteen random bytes: randomness is the caller's.
    pub fn from_random(mut bytes: [u8; 16]) -> Self {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let mut text = String::with_capacity(36);
        for (at, byte) in bytes.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789abcdef"[usize::from(nibble)]));
            }
        }
        Self(text)
    }
}
impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
text_value!(IdempotencyKey: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_uuid() {
        let key = IdempotencyKey::from_random([0xff; 16]).to_string();
        assert_eq!(key, "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(IdempotencyKey::parse(&key.to_uppercase()).unwrap().to_string(), key);
        assert_eq!(IdempotencyKey::parse("ffffffff-ffff-4fff-bfff-fffffffffff"), Err(FieldProblem::Malformed));
    }
}
