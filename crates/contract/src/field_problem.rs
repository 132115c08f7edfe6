//! Validation errors of a field, as keys. The app has the texts (`i18n`), not this crate.

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

/// Refuses what no free text may hold: control characters, characters that turn the writing direction or hide, and
/// anything with more than eleven digits, which is a card or account number in the wrong box.
pub fn plain_text(text: &str) -> Result<(), FieldProblem> {
    if text.chars().any(is_hidden) {
        return Err(FieldProblem::NotAllowed);
    }
    // digits of every script: a number is a number in Arabic-Indic ones, too
    if text.chars().filter(|c| c.is_numeric()).count() > 11 {
        return Err(FieldProblem::LooksLikeCard);
    }
    Ok(())
}

/// Control characters, bidirectional controls (Unicode TR 9), zero-width characters, byte-order mark, replacement,
/// tags.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\u{e0000}'..='\u{e007f}')
}

/// Full-width digits, as some keyboards type them, become ASCII ones.
pub(crate) fn fold_digit(c: char) -> char {
    match c {
        '\u{ff10}'..='\u{ff19}' => char::from(b'0' + (c as u32 - 0xff10) as u8),
        other => other,
    }
}

/// Without spaces and hyphens, digits folded.
pub(crate) fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}')).map(fold_digit).collect()
}

/// All ASCII digits, and at least one.
pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_data_in_the_wrong_box_is_refused() {
        assert_eq!(plain_text("4242 4242 4242 4242"), Err(FieldProblem::LooksLikeCard));
        assert_eq!(plain_text("four 4\u{ff12}42-4242\u{a0}4242 4242"), Err(FieldProblem::LooksLikeCard));
        assert_eq!(plain_text("\u{664}\u{662}\u{664}\u{662} 4242 4242 4242"), Err(FieldProblem::LooksLikeCard));
        assert_eq!(plain_text("555 Main St, apt 12, 94612"), Ok(()));
        assert_eq!(plain_text("12345678901"), Ok(()));
        assert_eq!(plain_text("123456789012"), Err(FieldProblem::LooksLikeCard));
    }

    #[test]
    fn characters_that_turn_or_hide_text_are_refused() {
        for text in ["a\u{202e}b", "a\u{2066}b", "a\u{61c}b", "a\u{0}b", "a\u{200b}b", "a\nb", "\u{feff}a"] {
            assert_eq!(plain_text(text), Err(FieldProblem::NotAllowed), "{text:?}");
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
