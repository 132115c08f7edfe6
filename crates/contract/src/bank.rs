//! Bank accounts: the ABA routing number and the account number. Full numbers live in the processor's frame only.

use crate::{FieldProblem, field_problem::is_digits, typed, value::text_value};
use std::fmt;

/// Nine digits that pass the ABA sum and start with a prefix in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutingNumber(String);

impl RoutingNumber {
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let digits = typed::number(text);
        if digits.is_empty() {
            return Err(FieldProblem::Missing);
        }
        if !is_digits(&digits) {
            return Err(FieldProblem::NotDigits);
        }
        match digits.len() {
            ..9 => return Err(FieldProblem::TooShort),
            9 => {}
            _ => return Err(FieldProblem::TooLong),
        }
        if digits.bytes().all(|byte| byte == b'0') {
            return Err(FieldProblem::AllZeros);
        }
        let sum: u32 = digits
            .bytes()
            .zip([3, 7, 1].into_iter().cycle())
            .map(|(byte, weight)| u32::from(byte - b'0') * weight)
            .sum();
        if !sum.is_multiple_of(10) {
            return Err(FieldProblem::BadChecksum);
        }
        match digits[..2].parse::<u8>() {
            Ok(0..=12 | 21..=32 | 61..=72 | 80) => Ok(Self(digits)),
            _ => Err(FieldProblem::BadPrefix),
        }
    }
}

/// 4 to 17 digits, leading zeros kept. Not serialised, and its `Debug` shows the last four only.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountNumber(String);

impl AccountNumber {
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let digits = typed::number(text);
        match digits.len() {
            _ if digits.is_empty() => Err(FieldProblem::Missing),
            _ if !is_digits(&digits) => Err(FieldProblem::NotDigits),
            ..4 => Err(FieldProblem::TooShort),
            18.. => Err(FieldProblem::TooLong),
            _ if digits.bytes().all(|byte| byte == b'0') => Err(FieldProblem::AllZeros),
            _ => Ok(Self(digits)),
        }
    }
    pub fn last4(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }
    /// Whether this is exactly that published test number.
    pub fn is(&self, digits: &str) -> bool {
        self.0 == digits
    }
}

impl fmt::Display for RoutingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Display for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Debug for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccountNumber(…{})", self.last4())
    }
}
text_value!(RoutingNumber: "^[0-9]{9}$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routing_numbers_are_checked_by_sum_and_prefix() {
        for good in ["021000021", "011401533", "091000019", "121000358", "110000000", "016000007", "061000007"] {
            assert!(RoutingNumber::parse(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("123456789", FieldProblem::BadChecksum),
            ("021000022", FieldProblem::BadChecksum),
            ("789456124", FieldProblem::BadPrefix),
            ("490000018", FieldProblem::BadPrefix),
            ("999999992", FieldProblem::BadPrefix),
            ("000000000", FieldProblem::AllZeros),
            ("02100002", FieldProblem::TooShort),
            ("0210000211", FieldProblem::TooLong),
            ("02100002A", FieldProblem::NotDigits),
            ("", FieldProblem::Missing),
        ] {
            assert_eq!(RoutingNumber::parse(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn an_account_number_keeps_its_zeros_and_hides_in_debug() {
        let account = AccountNumber::parse("000123456789").unwrap();
        assert_eq!(account.to_string(), "000123456789");
        assert_eq!(format!("{account:?}"), "AccountNumber(…6789)");
        assert_eq!(AccountNumber::parse("123"), Err(FieldProblem::TooShort));
        assert_eq!(AccountNumber::parse("123456789012345678"), Err(FieldProblem::TooLong));
    }
}
