//! Health record number: a member's number, printed on every statement.

use crate::{FieldProblem, field_problem::is_digits, typed, value::text_value};
use std::fmt;

/// One to nine digits, kept as nine with leading zeros; a string for ever.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HealthRecordNumber(String);

impl HealthRecordNumber {
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        const LABELS: [&str; 4] = ["HRN", "hrn", "MRN", "mrn"];
        let number = typed::number(text);
        let number = LABELS.iter().find_map(|label| number.strip_prefix(label)).unwrap_or(&number);
        let digits = typed::letters_as_digits(number);
        match digits.len() {
            0 => Err(FieldProblem::Missing),
            _ if !is_digits(&digits) => Err(FieldProblem::NotDigits),
            10.. => Err(FieldProblem::TooLong),
            _ if digits.bytes().all(|byte| byte == b'0') => Err(FieldProblem::AllZeros),
            _ => Ok(Self(format!("{digits:0>9}"))),
        }
    }
    /// The last three digits: what a page may show.
    pub fn ending(&self) -> &str {
        &self.0[6..]
    }
}

impl fmt::Display for HealthRecordNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
text_value!(HealthRecordNumber: "^[0-9]{1,9}$");

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
            ("1234567890", FieldProblem::TooLong),
            ("12345678A", FieldProblem::NotDigits),
            ("", FieldProblem::Missing),
            (" - ", FieldProblem::Missing),
            ("000000000", FieldProblem::AllZeros),
        ] {
            assert_eq!(HealthRecordNumber::parse(text), Err(why), "{text}");
        }
    }
    #[test]
    fn a_label_that_was_copied_along_is_no_part_of_the_number() {
        for text in
            ["HRN 12345678", "HRN: 12-345-678", "hrn12345678", "MRN#12345678", "#12345678", "Health record 12345678"]
        {
            assert_eq!(HealthRecordNumber::parse(text).unwrap().to_string(), "012345678", "{text}");
        }
    }

    #[test]
    fn letters_that_look_like_digits_are_digits() {
        assert_eq!(HealthRecordNumber::parse("OOl2345I0").unwrap().to_string(), "001234510");
        assert_eq!(HealthRecordNumber::parse("OO1234S67"), Err(FieldProblem::NotDigits));
    }
}
