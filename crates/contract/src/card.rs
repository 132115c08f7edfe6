//! Payment cards. Full numbers and security codes exist in the processor and its capture frame only; nothing here is
//! serialised but the brand.

use crate::{
    FieldProblem,
    field_problem::{is_digits, passes_luhn},
    typed,
};
use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CardBrand {
    Visa,
    Mastercard,
    Amex,
    Discover,
    /// Recognised only to say that it is not accepted.
    Diners,
    Jcb,
    UnionPay,
    #[serde(other)]
    Other,
}

/// First digits, from and to, with the brand: ISO/IEC 7812 ranges as the networks publish them.
const RANGES: [(u32, u32, CardBrand); 14] = [
    (4, 4, CardBrand::Visa),
    (51, 55, CardBrand::Mastercard),
    (2221, 2720, CardBrand::Mastercard),
    (34, 34, CardBrand::Amex),
    (37, 37, CardBrand::Amex),
    (6011, 6011, CardBrand::Discover),
    (644, 649, CardBrand::Discover),
    (65, 65, CardBrand::Discover),
    (300, 305, CardBrand::Diners),
    (36, 36, CardBrand::Diners),
    (38, 39, CardBrand::Diners),
    (3528, 3589, CardBrand::Jcb),
    (62, 62, CardBrand::UnionPay),
    (81, 81, CardBrand::UnionPay),
];

impl CardBrand {
    pub const ACCEPTED: [Self; 4] = [Self::Visa, Self::Mastercard, Self::Amex, Self::Discover];

    /// As the network writes itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::Visa => "Visa",
            Self::Mastercard => "Mastercard",
            Self::Amex => "American Express",
            Self::Discover => "Discover",
            Self::Diners => "Diners Club",
            Self::Jcb => "JCB",
            Self::UnionPay => "UnionPay",
            Self::Other => "Card",
        }
    }
    /// The brand of what has been typed so far, once enough digits are there to be sure of it.
    pub fn of_digits(digits: &str) -> Option<Self> {
        let mut found = None;
        for (from, to, brand) in RANGES {
            let width = from.ilog10() as usize + 1;
            let Some(Ok(first)) = digits.get(..width.min(digits.len())).map(str::parse::<u32>) else { continue };
            let scale = 10u32.pow((width - width.min(digits.len())) as u32);
            let (low, high) = (first * scale, first * scale + scale - 1);
            if high < from || to < low {
                continue; // can never become this brand
            }
            if scale > 1 && !(from <= low && high <= to) || found.is_some_and(|other| other != brand) {
                return None; // could still become this one or another
            }
            found = Some(brand);
        }
        found
    }
    /// Digits of a number of this brand: shortest, longest.
    pub fn lengths(self) -> (usize, usize) {
        match self {
            Self::Amex => (15, 15),
            Self::Mastercard => (16, 16),
            Self::Visa => (13, 19),
            Self::Discover | Self::UnionPay | Self::Jcb => (16, 19),
            Self::Diners => (14, 19),
            Self::Other => (12, 19),
        }
    }
    pub fn security_code_length(self) -> usize {
        if self == Self::Amex { 4 } else { 3 }
    }
    /// After how many digits a space is written.
    pub fn gaps(self) -> &'static [usize] {
        if self == Self::Amex { &[4, 10] } else { &[4, 8, 12, 16] }
    }
}

/// 12 to 19 digits that pass Luhn. Neither serialised nor shown in full by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct CardNumber(String);

impl CardNumber {
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let digits = typed::number(text);
        if digits.is_empty() {
            return Err(FieldProblem::Missing);
        }
        if !is_digits(&digits) {
            return Err(FieldProblem::NotDigits);
        }
        let (shortest, longest) = CardBrand::of_digits(&digits).unwrap_or(CardBrand::Other).lengths();
        match digits.len() {
            length if length < shortest => Err(FieldProblem::TooShort),
            length if length > longest => Err(FieldProblem::TooLong),
            _ if digits.bytes().all(|byte| byte == b'0') => Err(FieldProblem::AllZeros),
            _ if !passes_luhn(&digits) => Err(FieldProblem::BadChecksum),
            _ => Ok(Self(digits)),
        }
    }
    pub fn brand(&self) -> CardBrand {
        CardBrand::of_digits(&self.0).unwrap_or(CardBrand::Other)
    }
    pub fn last4(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }
    /// Whether this is exactly that published test number.
    pub fn is(&self, digits: &str) -> bool {
        self.0 == digits
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CardNumber(…{})", self.last4())
    }
}

/// Three digits, four for American Express. Never serialised, never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SecurityCode(String);

impl SecurityCode {
    pub fn parse(text: &str, brand: CardBrand) -> Result<Self, FieldProblem> {
        let digits = typed::number(text);
        let wanted = brand.security_code_length();
        match digits.len() {
            0 => Err(FieldProblem::Missing),
            _ if !is_digits(&digits) => Err(FieldProblem::NotDigits),
            length if length < wanted => Err(FieldProblem::TooShort),
            length if length > wanted => Err(FieldProblem::TooLong),
            _ => Ok(Self(digits)),
        }
    }

    /// For the sandbox, which takes this one for a wrong code.
    pub fn is_zeros(&self) -> bool {
        self.0.bytes().all(|digit| digit == b'0')
    }
}

impl fmt::Debug for SecurityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecurityCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_are_checked_by_luhn_and_length() {
        let valid = [
            ("4242 4242 4242 4242", CardBrand::Visa),
            ("4012888888881881", CardBrand::Visa),
            ("5555-5555-5555-4444", CardBrand::Mastercard),
            ("2223003122003222", CardBrand::Mastercard),
            ("378282246310005", CardBrand::Amex),
            ("6011111111111117", CardBrand::Discover),
            ("4242424242094243", CardBrand::Visa), // two digits swapped that Luhn can't tell: a test that says so
            ("4242424242904243", CardBrand::Visa),
        ];
        for (text, brand) in valid {
            assert_eq!(CardNumber::parse(text).map(|card| card.brand()), Ok(brand), "{text}");
        }
        assert_eq!(CardNumber::parse("4242424242424241"), Err(FieldProblem::BadChecksum));
        assert_eq!(CardNumber::parse("79927398710"), Err(FieldProblem::TooShort));
        assert_eq!(CardNumber::parse("0000000000000000"), Err(FieldProblem::AllZeros));
        assert_eq!(CardNumber::parse("4242a"), Err(FieldProblem::NotDigits));
        assert_eq!(format!("{:?}", CardNumber::parse("4242424242424242").unwrap()), "CardNumber(…4242)");
    }

    #[test]
    fn a_brand_is_named_once_it_is_sure() {
        for (digits, brand) in [
            ("", None),
            ("4", Some(CardBrand::Visa)),
            ("5", None),
            ("51", Some(CardBrand::Mastercard)),
            ("222", None),
            ("2221", Some(CardBrand::Mastercard)),
            ("2720", Some(CardBrand::Mastercard)),
            ("2220", None),
            ("2721", None),
            ("3", None),
            ("34", Some(CardBrand::Amex)),
            ("6", None),
            ("601", None),
            ("6011", Some(CardBrand::Discover)),
            ("65", Some(CardBrand::Discover)),
            ("64", None),
            ("644", Some(CardBrand::Discover)),
        ] {
            assert_eq!(CardBrand::of_digits(digits), brand, "{digits}");
        }
    }

    #[test]
    fn a_brand_that_is_not_accepted_is_still_named() {
        for (number, brand) in [
            ("30569309025904", CardBrand::Diners),
            ("3530111333300000", CardBrand::Jcb),
            ("6200000000000005", CardBrand::UnionPay),
        ] {
            let card = CardNumber::parse(number).unwrap();
            assert_eq!(card.brand(), brand, "{number}");
            assert!(!CardBrand::ACCEPTED.contains(&card.brand()), "{number}");
        }
    }

    #[test]
    fn american_express_has_fifteen_digits_and_gaps_of_its_own() {
        assert_eq!(CardBrand::Amex.gaps(), [4, 10]);
        assert_eq!(CardBrand::Amex.lengths(), (15, 15));
        assert_eq!(CardNumber::parse("3782822463100050"), Err(FieldProblem::TooLong));
        assert_eq!(CardNumber::parse("37828224631000"), Err(FieldProblem::TooShort));
    }

    #[test]
    fn american_express_has_a_code_of_four() {
        assert!(SecurityCode::parse("123", CardBrand::Visa).is_ok());
        assert!(matches!(SecurityCode::parse("123", CardBrand::Amex), Err(FieldProblem::TooShort)));
        assert!(SecurityCode::parse("1234", CardBrand::Amex).is_ok());
    }
}
