//! Validation errors of a field, as keys. The app has the texts (`i18n`), not this crate.

use crate::typed;
use serde::{Deserialize, Serialize};

/// Why a text is not the value it should be. On the wire a snake-case string; an unknown one is kept as `Unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldProblem {
    Missing,
    TooShort,
    TooLong,
    NotDigits,
    NotAlphanumeric,
    AllZeros,
    Malformed,
    Negative,
    Zero,
    TooPrecise,
    TooLarge,
    TooSmall,
    OverBalance,
    LooksLikeCard,
    BadChecksum,
    BadPrefix,
    Expired,
    TooFarAhead,
    BrandNotAccepted,
    /// A character that has no place here: control, or one that turns the writing direction.
    NotAllowed,
    Unticked,
    Duplicate,
    /// An id, a code or a token of nothing that is there.
    NoSuch,
    /// Right once: something else applies now.
    Outdated,
    /// A password that many people have, or that a pattern gives away.
    Common,
    /// A password that names this service.
    NamesService,
    /// A password that names its owner.
    NamesOwner,
    /// One that this client does not know.
    #[serde(other)]
    Unknown,
}

impl FieldProblem {
    /// The wire's name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::NotDigits => "not_digits",
            Self::NotAlphanumeric => "not_alphanumeric",
            Self::AllZeros => "all_zeros",
            Self::Malformed => "malformed",
            Self::Negative => "negative",
            Self::Zero => "zero",
            Self::TooPrecise => "too_precise",
            Self::TooLarge => "too_large",
            Self::TooSmall => "too_small",
            Self::OverBalance => "over_balance",
            Self::LooksLikeCard => "looks_like_card",
            Self::BadChecksum => "bad_checksum",
            Self::BadPrefix => "bad_prefix",
            Self::Expired => "expired",
            Self::TooFarAhead => "too_far_ahead",
            Self::BrandNotAccepted => "brand_not_accepted",
            Self::NotAllowed => "not_allowed",
            Self::Unticked => "unticked",
            Self::Duplicate => "duplicate",
            Self::NoSuch => "no_such",
            Self::Outdated => "outdated",
            Self::Common => "common",
            Self::NamesService => "names_service",
            Self::NamesOwner => "names_owner",
            Self::Unknown => "unknown",
        }
    }
}

/// Refuses what no free text may hold: control characters, characters that turn the writing direction, and a card
/// number in the wrong box. What nobody sees is no reason: the types drop it (`typed`).
pub fn plain_text(text: &str) -> Result<(), FieldProblem> {
    let is_refused = |c: char| {
        c.is_control() && c != '\t' || typed::is_override(c) || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffd}')
    };
    if text.chars().any(is_refused) {
        return Err(FieldProblem::NotAllowed);
    }
    if holds_card_number(text) { Err(FieldProblem::LooksLikeCard) } else { Ok(()) }
}

/// A code that somebody was sent, or an app shows: what it has to be the server knows. Something, and no card number.
pub fn typed_code(text: &str) -> Result<String, FieldProblem> {
    if text.trim().is_empty() {
        return Err(FieldProblem::Missing);
    }
    plain_text(text).map(|()| text.to_owned())
}

/// Whether 12 to 19 digits stand together, with at most spaces and hyphens between them, that pass Luhn. Many digits
/// spread over an e-mail address or a street are no card.
pub fn holds_card_number(text: &str) -> bool {
    typed::plain(text).split(|c: char| !c.is_ascii_digit() && !matches!(c, ' ' | '-')).any(is_card_in)
}

/// The text without the digits that `holds_card_number` finds in it.
pub fn without_card_numbers(text: &str) -> String {
    let is_joined =
        |c: char| !typed::plain(&c.to_string()).chars().any(|c| !c.is_ascii_digit() && !matches!(c, ' ' | '-'));
    let (mut kept, mut run) = (String::new(), String::new());
    for c in text.chars().map(Some).chain([None]) {
        match c {
            Some(c) if is_joined(c) => run.push(c),
            other => {
                kept.push_str(if holds_card_number(&run) { " " } else { &run });
                run.clear();
                kept.extend(other);
            }
        }
    }
    if holds_card_number(&kept) { String::new() } else { kept.trim().to_owned() }
}

/// Of these groups of digits, all together or some that stand together: a house number may stand before a card number,
/// and its code behind. Some are a card number from 15 digits on; fewer of them pass Luhn by chance.
fn is_card_in(text: &str) -> bool {
    let groups: Vec<&str> = text.split([' ', '-']).filter(|group| !group.is_empty()).collect();
    let begins_at = |first: usize| {
        let mut digits = String::new();
        for (last, group) in groups.iter().enumerate().skip(first) {
            digits.push_str(group);
            let is_all = first == 0 && last + 1 == groups.len();
            let is_long_enough = digits.len() >= if is_all { 12 } else { 15 };
            match digits.len() {
                20.. => break,
                _ if is_long_enough && passes_luhn(&digits) && digits.bytes().any(|byte| byte != b'0') => return true,
                _ => {}
            }
        }
        false
    };
    (0..groups.len()).any(begins_at)
}

/// The check sum of card numbers; of ASCII digits.
pub(crate) fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte - b'0') << (at % 2);
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

/// All ASCII digits, and at least one.
pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_in_the_wrong_box_is_refused() {
        for text in [
            "4242 4242 4242 4242",
            "four 4\u{ff12}42-4242\u{a0}4242 4242",
            "\u{664}\u{662}\u{664}\u{662} 4242 4242 4242",
            "apt 12 4242 - 4242 \u{2013} 4242\u{200b}4242 please",
            "4242424242424242@example.org",
            "3782 822463 10005, 94612",
            "3056 930902 5904",
            "4242 4242 4242 4242 123",
        ] {
            assert_eq!(plain_text(text), Err(FieldProblem::LooksLikeCard), "{text}");
        }
    }

    #[test]
    fn a_code_is_something_and_no_card_number() {
        assert_eq!(typed_code(" \u{a0}"), Err(FieldProblem::Missing));
        assert_eq!(typed_code("4242 4242 4242 4242"), Err(FieldProblem::LooksLikeCard));
        for code in ["123 456", "ab3de-fgh01", "0"] {
            assert_eq!(typed_code(code), Ok(code.to_owned()));
        }
    }

    #[test]
    fn what_stands_around_a_card_number_is_kept_and_nothing_of_the_number() {
        for (text, kept) in [
            ("My claim is 4242424242424242 and I wait.", "My claim is and I wait."),
            ("4242 4242 4242 4242", ""),
            ("Ana 4\u{ff12}42-4242\u{a0}4242 4242 of apt 12", "Ana of apt 12"),
            ("4242\u{200b}4242 4242 4242, 3782 822463 10005!", ", !"),
            ("call 1-800-390-3507", "call 1-800-390-3507"),
            ("", ""),
        ] {
            assert_eq!(without_card_numbers(text), kept, "{text}");
        }
    }

    #[test]
    fn many_digits_are_no_card_number() {
        for text in [
            "555 Main St, apt 12, 94612",
            "12345678901",
            "123456789012",
            "ana1987.2024-1234567@example.org",
            "4242 4242 4242 4241",
            "1234 5678 9012 3456",
            "12345 W 67890 Rd, Box 123456",
            "0000 0000 0000 0000",
        ] {
            assert_eq!(plain_text(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn characters_that_turn_text_or_break_its_line_are_refused() {
        for text in ["a\u{202e}b", "a\u{202d}b", "a\u{0}b", "a\nb", "a\u{2028}b", "a\u{fffd}b"] {
            assert_eq!(plain_text(text), Err(FieldProblem::NotAllowed), "{text:?}");
        }
        for text in ["a\u{200b}b", "a\u{2066}b", "a\u{61c}b", "\u{feff}a"] {
            assert_eq!(plain_text(text), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn every_problem_has_the_name_it_has_on_the_wire() {
        for name in
            ["missing", "too_precise", "looks_like_card", "brand_not_accepted", "unticked", "no_such", "unknown"]
        {
            let problem: FieldProblem = serde_json::from_value(name.into()).unwrap();
            assert_eq!(problem.key(), name);
            assert_eq!(serde_json::to_value(problem).unwrap(), name);
        }
        assert_eq!(serde_json::from_str::<FieldProblem>("\"in_orbit\"").unwrap(), FieldProblem::Unknown);
    }
}
