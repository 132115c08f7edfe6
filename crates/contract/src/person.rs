//! People: names, phone, mailing address.

use crate::{FieldProblem, ZipCode, field_problem::plain_text, typed, value::text_value};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A person, two people or a firm, as they write themselves: letters of any script with whatever they are written with.
/// Up to 255 characters; one letter is fine. Not what can't be a name: markup, an e-mail address, a card number or its
/// code, no letter at all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PersonName(String);

impl PersonName {
    pub const MOST: usize = 255;

    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = typed::written(text);
        if text.is_empty() {
            return Err(FieldProblem::Missing);
        }
        plain_text(&text)?;
        // Three or four digits alone are a security code. A card number is refused above.
        if matches!(text.chars().count(), 3 | 4) && text.chars().all(|c| typed::fold(c).is_ascii_digit()) {
            return Err(FieldProblem::LooksLikeCard);
        }
        if text.chars().count() > Self::MOST {
            return Err(FieldProblem::TooLong);
        }
        if text.contains(['<', '>', '@', '{', '}', '|', '\\', '^', '~']) || !text.chars().any(char::is_alphabetic) {
            return Err(FieldProblem::NotAllowed);
        }
        Ok(Self(text))
    }
}

/// A first or a last name: both of one person, with a space between, fit wherever the person is named.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NamePart(String);

const _: () = assert!(2 * NamePart::MOST < PersonName::MOST);

impl NamePart {
    pub const MOST: usize = 100;

    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let PersonName(text) = PersonName::parse(text)?;
        if text.chars().count() > Self::MOST { Err(FieldProblem::TooLong) } else { Ok(Self(text)) }
    }
    /// A second name, which not everybody has. A hyphen or a period alone is none: forms that insist on a name have
    /// taught people to type them.
    pub fn parse_if_any(text: &str) -> Result<Option<Self>, FieldProblem> {
        let is_none = typed::plain(text).trim_matches([' ', '-', '.']).is_empty();
        if is_none { Ok(None) } else { Self::parse(text).map(Some) }
    }
}

impl From<NamePart> for PersonName {
    fn from(NamePart(text): NamePart) -> Self {
        Self(text)
    }
}

/// A North American number, kept as E.164: `+1`, area, exchange and line. An extension is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = typed::plain(text);
        let is_label = |c: char| c.is_alphabetic() || " :.#".contains(c);
        let text = without_extension(&text).trim_start_matches(is_label);
        if text.is_empty() {
            return Err(FieldProblem::Missing);
        }
        if text.chars().any(|c| !c.is_ascii_digit() && !" ()+-./".contains(c)) {
            return Err(FieldProblem::Malformed);
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let ten = if digits.len() == 11 { digits.strip_prefix('1').ok_or(FieldProblem::Malformed)? } else { &digits };
        let area_and_exchange = |at: usize| ten.as_bytes().get(at).is_some_and(|byte| (b'2'..=b'9').contains(byte));
        match ten.len() {
            ..10 => Err(FieldProblem::TooShort),
            10 if area_and_exchange(0) && area_and_exchange(3) => Ok(Self(format!("+1{ten}"))),
            10 => Err(FieldProblem::Malformed),
            _ => Err(FieldProblem::TooLong),
        }
    }
}

/// `ext. 12`, `x12`, `#12`, `;ext=12`, `,12` behind ten digits.
fn without_extension(text: &str) -> &str {
    let mut digits = 0;
    for (at, c) in text.char_indices() {
        digits += usize::from(c.is_ascii_digit());
        let is_mark = matches!(c, 'e' | 'E' | 'x' | 'X' | '#' | ';' | ',');
        if is_mark && digits >= 10 && text[at..].bytes().filter(u8::is_ascii_digit).count() <= 6 {
            return text[..at].trim_end();
        }
    }
    text
}

/// States, DC, territories and military addresses, as the Postal Service writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UsState(&'static str);

const STATES: &str = "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA \
                      RI SC SD TN TX UT VT VA WA WV WI WY DC PR GU VI AS MP AA AE AP";

impl UsState {
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = typed::plain(text).to_ascii_uppercase();
        if text.is_empty() {
            return Err(FieldProblem::Missing);
        }
        STATES.split_whitespace().find(|state| **state == text).map(Self).ok_or(FieldProblem::Malformed)
    }
    pub fn all() -> impl Iterator<Item = Self> {
        STATES.split_whitespace().map(Self)
    }
}

/// A mailing address in the United States.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsAddress {
    pub line1: AddressLine,
    pub line2: Option<AddressLine>,
    pub city: AddressLine,
    pub state: UsState,
    pub zip: ZipCode,
}

/// 1 to 64 characters without control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AddressLine(String);

impl AddressLine {
    pub const MOST: usize = 64;

    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = typed::written(text);
        if text.is_empty() {
            return Err(FieldProblem::Missing);
        }
        plain_text(&text)?;
        if text.chars().count() > Self::MOST { Err(FieldProblem::TooLong) } else { Ok(Self(text)) }
    }
}

macro_rules! shown_as_kept {
    ($($type:ident),+) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}
shown_as_kept!(PersonName, NamePart, Phone, UsState, AddressLine);
// Beyond ASCII the forms say less than `parse` does: a class of every script's letters is not a thing all readers of
// them have.
text_value!(
    PersonName: r"^([^\x00- <>@A-Z\\^a-\xA0][^\x00-\x1F<>@A-Z\\^a-\x9F]{0,63})?[^\x00-@\[-`{-\xA9][^\x00-\x1F<>@\\^{-\x9F]{0,254}$",
    NamePart: r"^([^\x00- <>@A-Z\\^a-\xA0][^\x00-\x1F<>@A-Z\\^a-\x9F]{0,30})?[^\x00-@\[-`{-\xA9][^\x00-\x1F<>@\\^{-\x9F]{0,60}$",
    Phone: r"^\+1[2-9][0-9]{2}[2-9][0-9]{6}$",
    UsState: "^[A-Z]{2}$",
    AddressLine: r"^[^\x00- \x7F-\xA0]([^\x00-\x1F\x7F-\x9F]{0,62}[^\x00- \x7F-\xA0])?$",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_as_people_write_it() {
        for name in [
            "O",
            "Ana O\u{2019}Neill",
            "Ana O'Neill",
            "Keala O\u{2bb}Brien",
            "D`Angelo",
            "Jos\u{e9} \u{d1}u\u{f1}ez-O'Brien",
            "Mar\u{ed}a\u{2011}Jos\u{e9}",
            "Zoe\u{308}",
            "Jr. Smith",
            "Smith, John, Jr.",
            "Ana & Luis O'Neill",
            "Ana / Luis O'Neill",
            "Smith, Jones & Co. (2)",
            "3 Brothers\u{2019} Caf\u{e9}, LLC",
            "Toys \"R\" Us #5",
            "Gal\u{b7}la Puig",
            "\u{674e}\u{5c0f}\u{9f99}",
            "\u{30b8}\u{30e7}\u{30f3}\u{30fb}\u{30b9}\u{30df}\u{30b9}",
            "\u{92d}\u{93e}\u{930}\u{924}\u{940} \u{930}\u{93e}\u{935}",
            "\u{e2a}\u{e21}\u{e0a}\u{e32}\u{e22} \u{e43}\u{e08}\u{e14}\u{e35}",
            "\u{645}\u{647}\u{62f}\u{6cc}\u{200c}\u{646}\u{698}\u{627}\u{62f}",
            "\u{dc1}\u{dca}\u{200d}\u{dbb}\u{dd3}",
            "\u{5d3}\u{5f3}\u{5d5}\u{5df}",
            "Nguy\u{1ec5}n Th\u{1ecb} \u{1ea2}nh",
            "\u{41a}\u{43e}\u{440}\u{43e}\u{43b}\u{44c}, \u{410}.",
        ] {
            assert_eq!(PersonName::parse(name).map(|name| name.to_string()), Ok(name.to_owned()));
        }
        assert_eq!(PersonName::parse(" Ana\u{a0} O\u{200b}Neill\u{200e}").unwrap().to_string(), "Ana ONeill");
    }

    #[test]
    fn one_name_is_enough() {
        for text in ["", " ", "-", ".", "\u{2014}", "\u{200b}"] {
            assert_eq!(NamePart::parse_if_any(text), Ok(None), "{text}");
        }
        assert_eq!(NamePart::parse_if_any("O").map(|name| name.unwrap().to_string()), Ok("O".to_owned()));
        assert_eq!(NamePart::parse_if_any("123"), Err(FieldProblem::LooksLikeCard));
    }

    #[test]
    fn what_can_not_be_a_name_is_refused_with_the_reason() {
        for (text, why) in [
            ("", FieldProblem::Missing),
            ("\u{200b}\u{3164}", FieldProblem::Missing),
            ("123", FieldProblem::LooksLikeCard),
            (" 4567 ", FieldProblem::LooksLikeCard),
            ("\u{ff11}23", FieldProblem::LooksLikeCard),
            ("4242424242424242", FieldProblem::LooksLikeCard),
            ("Ana 4242 4242 4242 4242", FieldProblem::LooksLikeCard),
            ("12", FieldProblem::NotAllowed),
            ("12345", FieldProblem::NotAllowed),
            ("-", FieldProblem::NotAllowed),
            ("<script>", FieldProblem::NotAllowed),
            ("ana@example.org", FieldProblem::NotAllowed),
            ("a\u{202e}b", FieldProblem::NotAllowed),
            ("a\u{7}b", FieldProblem::NotAllowed),
        ] {
            assert_eq!(PersonName::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_phone_number_is_kept_as_e164() {
        for text in ["1-800-390-3507", "(800) 390-3507", "800.390.3507", "+1 800 390 3507"] {
            assert_eq!(Phone::parse(text).unwrap().to_string(), "+18003903507", "{text}");
        }
        for text in [
            "tel:+1-800-390-3507",
            "Tel. 800-390-3507",
            "Phone: (800) 390-3507 ext. 12",
            "800-390-3507 x12",
            "800-390-3507#12",
            "tel:+18003903507;ext=12",
            "800\u{2011}390\u{2011}3507",
            "\u{202d}+1 (800) 390-3507\u{202c}",
            "\u{ff18}00 390 3507",
        ] {
            assert_eq!(Phone::parse(text).unwrap().to_string(), "+18003903507", "{text}");
        }
        assert_eq!(Phone::parse("1-800-FLOWERS"), Err(FieldProblem::Malformed));
        assert_eq!(Phone::parse("100-390-3507"), Err(FieldProblem::Malformed));
        assert_eq!(Phone::parse("390-3507"), Err(FieldProblem::TooShort));
    }

    #[test]
    fn a_name_has_at_most_255_characters() {
        assert!(PersonName::parse(&"\u{f1}".repeat(255)).is_ok());
        assert_eq!(PersonName::parse(&"n".repeat(256)), Err(FieldProblem::TooLong));
    }

    #[test]
    fn a_first_and_a_last_name_of_any_length_that_is_taken_fit_into_a_whole_name() {
        let longest = NamePart::parse(&"\u{f1}".repeat(NamePart::MOST)).unwrap();
        assert!(PersonName::parse(&format!("{longest} {longest}")).is_ok());
        assert_eq!(NamePart::parse(&"n".repeat(NamePart::MOST + 1)), Err(FieldProblem::TooLong));
    }

    #[test]
    fn the_states_are_those_of_the_postal_service() {
        assert_eq!(UsState::all().count(), 50 + 1 + 5 + 3);
        for state in ["CA", "ca ", "DC", "PR", "GU", "VI", "AS", "MP", "AA", "AE", "AP"] {
            assert_eq!(UsState::parse(state).unwrap().to_string(), state.trim().to_uppercase());
        }
        assert_eq!(UsState::parse("XX"), Err(FieldProblem::Malformed));
        assert_eq!(UsState::parse(" "), Err(FieldProblem::Missing));
    }

    #[test]
    fn an_address_line_has_one_to_64_characters() {
        assert_eq!(
            AddressLine::parse(" 1 \u{d1}and\u{fa} Way, #12 ").unwrap().to_string(),
            "1 \u{d1}and\u{fa} Way, #12"
        );
        assert!(AddressLine::parse(&"x".repeat(64)).is_ok());
        assert_eq!(AddressLine::parse(&"x".repeat(65)), Err(FieldProblem::TooLong));
        assert_eq!(AddressLine::parse("  "), Err(FieldProblem::Missing));
        assert_eq!(AddressLine::parse("4242 4242 4242 4242"), Err(FieldProblem::LooksLikeCard));
        assert_eq!(AddressLine::parse("a\u{202e}b"), Err(FieldProblem::NotAllowed));
        assert!(AddressLine::parse("N12345 County Road 678910, Lot 112, Unit 4").is_ok());
        assert_eq!(AddressLine::parse("1\u{a0}Main\u{ad}  St\u{200b}").unwrap().to_string(), "1 Main St");
    }
}
