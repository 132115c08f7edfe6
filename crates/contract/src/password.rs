//! A password as it is typed: any characters but a card number, never shown, never stored. The server has the list of
//! common passwords, and rejects them.
//!
//! A card number is no password, neither a new one nor the one in use. Somebody who types one is in the wrong field,
//! and it must not leave the page. As none can be chosen, none is refused that could be right. Of sixteen random digits
//! one in ten is refused, and the words say why.

use crate::{FieldProblem, field_problem::holds_card_number};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// NIST SP 800-63B: the least number of characters where the password is the only factor, and where it is one of two.
pub const LEAST: usize = 15;
pub const LEAST_WITH_FACTOR: usize = 8;
/// More is no password but an attempt to keep a server busy.
pub const MOST: usize = 256;

/// One to 256 characters of any script, without a card number. Neither `Display` nor `Debug` shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        match text.chars().count() {
            0 => Err(FieldProblem::Missing),
            length if length > MOST => Err(FieldProblem::TooLong),
            _ if holds_card_number(text) => Err(FieldProblem::LooksLikeCard),
            _ => Ok(Self(text.to_owned())),
        }
    }
    /// For hashing it, and for nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
    pub fn has_least(&self, characters: usize) -> Result<(), FieldProblem> {
        if self.0.chars().count() < characters { Err(FieldProblem::TooShort) } else { Ok(()) }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

impl Serialize for Password {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).map_err(|problem| serde::de::Error::custom(problem.key()))
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Password {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .min_length(Some(1))
            .max_length(Some(MOST))
            .into()
    }
}
#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Password {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_characters_make_a_password() {
        for text in ["copper river lantern seven", "\u{5bc6}\u{7801} \u{1f40c}", " spaces stay ", "\u{202e}\u{0}"] {
            assert_eq!(Password::parse(text).unwrap().reveal(), text);
        }
        assert_eq!(Password::parse(""), Err(FieldProblem::Missing));
        assert!(Password::parse(&"\u{1f40c}".repeat(256)).is_ok());
        assert_eq!(Password::parse(&"x".repeat(257)), Err(FieldProblem::TooLong));
    }

    #[test]
    fn a_card_number_is_no_password() {
        for text in ["4242 4242 4242 4242", "4242424242424242", "visa 3782 822463 10005!"] {
            assert_eq!(Password::parse(text), Err(FieldProblem::LooksLikeCard), "{text}");
        }
        assert!(Password::parse("4242 4242 4242 4241").is_ok());
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        let password = Password::parse(&"\u{1f40c}".repeat(14)).unwrap();
        assert_eq!(password.has_least(LEAST), Err(FieldProblem::TooShort));
        assert_eq!(password.has_least(LEAST_WITH_FACTOR), Ok(()));
    }

    #[test]
    fn a_password_is_not_told() {
        let password = Password::parse("copper river lantern seven").unwrap();
        assert_eq!(format!("{password:?} {:?}", Some(&password)), "Password Some(Password)");
    }
}
