//! What identifies a bill: the numbers printed on a statement. Which of them a region uses, and how long they are, is data of the
//! region (`portal::IdentifierField`).

use crate::{
    Problem,
    portal::IdentifierField,
    problem::{compact, fold_digit, is_digits},
    value::text_value,
};
use std::fmt;

/// The names identifiers have on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identifier {
    Group,
    Subgroup,
    Billgroup,
    Zip,
    Hrn,
    BillingUnit,
}

impl Identifier {
    pub const ALL: [Self; 6] = [Self::Group, Self::Subgroup, Self::Billgroup, Self::Zip, Self::Hrn, Self::BillingUnit];

    pub fn parse(text: &str) -> Result<Self, Problem> {
        Self::ALL.into_iter().find(|identifier| identifier.key() == text).ok_or(Problem::Malformed)
    }
    pub fn key(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Subgroup => "subgroup",
            Self::Billgroup => "billgroup",
            Self::Zip => "zip",
            Self::Hrn => "hrn",
            Self::BillingUnit => "billing_unit",
        }
    }
    /// Checks what was typed against this region's field and gives the one form in which it is compared and shown.
    pub fn normalise(self, text: &str, field: &IdentifierField) -> Result<String, Problem> {
        match self {
            Self::Hrn => return HealthRecordNumber::parse(text).map(|value| value.to_string()),
            Self::Zip => return ZipCode::parse(text).map(|value| value.to_string()),
            Self::Group | Self::Subgroup | Self::Billgroup | Self::BillingUnit => {}
        }
        let code = printed_code(text)?;
        if field.digits_only && !is_digits(&code) {
            return Err(Problem::NotDigits);
        }
        match code.len() {
            length if length < usize::from(field.min) => Err(Problem::TooShort),
            length if length > usize::from(field.max) => Err(Problem::TooLong),
            _ => Ok(code),
        }
    }
}

/// Letters and digits as printed: trimmed, without spaces and hyphens, upper case, leading zeros kept.
fn printed_code(text: &str) -> Result<String, Problem> {
    let code = compact(text).to_ascii_uppercase();
    match code.len() {
        0 => Err(Problem::Missing),
        _ if !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) => Err(Problem::NotAlphanumeric),
        33.. => Err(Problem::TooLong),
        _ => Ok(code),
    }
}

macro_rules! printed_codes {
    ($($(#[$doc:meta])* $type:ident),+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);
        impl $type {
            pub fn parse(text: &str) -> Result<Self, Problem> {
                printed_code(text).map(Self)
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}
printed_codes!(
    /// The employer's or plan's group.
    GroupNumber,
    Subgroup,
    Billgroup,
    /// What other regions' operators print in place of group, subgroup and billgroup.
    BillingUnit
);

/// One to nine digits, kept as nine with leading zeros; a string for ever.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HealthRecordNumber(String);

impl HealthRecordNumber {
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let digits = compact(text);
        match digits.len() {
            0 => Err(Problem::Missing),
            _ if !is_digits(&digits) => Err(Problem::NotDigits),
            10.. => Err(Problem::TooLong),
            _ if digits.bytes().all(|byte| byte == b'0') => Err(Problem::AllZeros),
            _ => Ok(Self(format!("{digits:0>9}"))),
        }
    }
    /// The last three digits: what a page may show.
    pub fn ending(&self) -> &str {
        &self.0[6..]
    }
}

/// `ddddd` or `ddddd-dddd`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZipCode(String);

impl ZipCode {
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text: String = text.trim().chars().map(fold_digit).collect();
        if text.is_empty() {
            return Err(Problem::Missing);
        }
        let (five, four) = match text.split_once(['-', ' ', '\u{2013}']) {
            Some((five, four)) => (five.trim(), Some(four.trim())),
            None if text.len() == 9 && text.is_ascii() => (&text[..5], Some(&text[5..])),
            None => (text.as_str(), None),
        };
        let fits = |part: &str, length| part.len() == length && is_digits(part);
        match four {
            None if fits(five, 5) => Ok(Self(five.to_owned())),
            Some(four) if fits(five, 5) && fits(four, 4) => Ok(Self(format!("{five}-{four}"))),
            _ => Err(Problem::Malformed),
        }
    }
    pub fn five(&self) -> &str {
        &self.0[..5]
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
impl fmt::Display for HealthRecordNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Display for ZipCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
text_value!(
    Identifier: "^(group|subgroup|billgroup|zip|hrn|billing_unit)$",
    GroupNumber: "^[0-9A-Z]{1,32}$",
    Subgroup: "^[0-9A-Z]{1,32}$",
    Billgroup: "^[0-9A-Z]{1,32}$",
    BillingUnit: "^[0-9A-Z]{1,32}$",
    HealthRecordNumber: "^[0-9]{1,9}$",
    ZipCode: "^[0-9]{5}(-[0-9]{4})?$",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_health_record_number_is_padded_to_nine_digits() {
        for (text, padded) in [
            ("12345678", "012345678"),
            ("1234567", "001234567"),
            (" 12-345-678 ", "012345678"),
            ("000123456", "000123456"),
            ("\u{ff11}\u{ff12}3", "000000123"),
        ] {
            assert_eq!(HealthRecordNumber::parse(text).unwrap().to_string(), padded, "{text}");
        }
        for (text, why) in [
            ("1234567890", Problem::TooLong),
            ("12345678A", Problem::NotDigits),
            ("", Problem::Missing),
            (" - ", Problem::Missing),
            ("000000000", Problem::AllZeros),
        ] {
            assert_eq!(HealthRecordNumber::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_zip_code_is_five_digits_or_nine() {
        for (text, zip) in [
            ("946123610", "94612-3610"),
            ("94612 3610", "94612-3610"),
            ("00501", "00501"),
            (" 94612-3610 ", "94612-3610"),
        ] {
            assert_eq!(ZipCode::parse(text).unwrap().to_string(), zip, "{text}");
        }
        for text in ["9461", "94612-", "ABCDE", "94612-36100", "9461236", "éééé1"] {
            assert_eq!(ZipCode::parse(text), Err(Problem::Malformed), "{text}");
        }
    }

    #[test]
    fn a_printed_code_keeps_its_leading_zeros() {
        assert_eq!(Billgroup::parse(" 0a1 ").unwrap().to_string(), "0A1");
        assert_eq!(GroupNumber::parse("10_02"), Err(Problem::NotAlphanumeric));
    }

    #[test]
    fn a_region_says_how_long_its_numbers_are() {
        let field = IdentifierField {
            identifier: Identifier::Group,
            digits_only: true,
            min: 6,
            max: 6,
            sample: "100245".to_owned(),
        };
        let read = |text| field.identifier.normalise(text, &field);
        assert_eq!(read(" 100-245 "), Ok("100245".to_owned()));
        assert_eq!(read("000245"), Ok("000245".to_owned()));
        for (text, why) in [
            ("", Problem::Missing),
            ("10024", Problem::TooShort),
            ("1002455", Problem::TooLong),
            ("10024A", Problem::NotDigits),
            ("10024\u{e9}", Problem::NotAlphanumeric),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
        }
    }

    #[test]
    fn identifiers_are_the_keys_of_a_map_on_the_wire() {
        let text = r#"{"group":"100245","hrn":"012345678","billing_unit":"WA00418220"}"#;
        let map: std::collections::BTreeMap<Identifier, String> = serde_json::from_str(text).unwrap();
        assert_eq!(map[&Identifier::Hrn], "012345678");
        assert_eq!(serde_json::to_string(&map).unwrap(), text);
        for identifier in Identifier::ALL {
            assert_eq!(Identifier::parse(identifier.key()), Ok(identifier));
        }
    }
}
