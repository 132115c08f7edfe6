//! Money: US dollars and cents, exact. Never floating point, never negative; a ledger's signed cents are the server's
//! own.

use crate::{FieldProblem, typed, value::text_value};
use rust_decimal::Decimal;
use std::fmt;

/// The largest amount this system speaks of: 9,999,999.99.
pub const MAX_CENTS: i64 = 999_999_999;

/// Zero or more dollars and cents, at most 9,999,999.99. On the wire a decimal string with two places.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Money(Decimal);

/// What a member pays: more than zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Amount(Money);

impl Money {
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// As people type it: `$1,234.50`, `1234.5`, `1234`, ` 12 `, `USD 12`. A comma before the last one or two digits is
    /// a decimal comma: `12,50`.
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        const DOLLARS: [&str; 3] = ["US$", "USD", "$"];
        let text = typed::plain(text).to_ascii_uppercase();
        let text = DOLLARS.iter().find_map(|sign| text.strip_prefix(sign)).unwrap_or(&text).trim();
        let text = DOLLARS.iter().find_map(|sign| text.strip_suffix(sign)).unwrap_or(text).trim();
        if text.is_empty() {
            return Err(FieldProblem::Missing);
        }
        if text.starts_with('-') {
            return Err(FieldProblem::Negative);
        }
        let (whole, cents) = match text.split_once('.') {
            Some((whole, cents)) => (whole, cents),
            // On some phones the keyboard for amounts has only a comma.
            None => match text.rsplit_once(',') {
                Some((whole, cents)) if matches!(cents.len(), 1 | 2) => (whole, cents),
                _ => (text, ""),
            },
        };
        let whole = without_commas(whole).ok_or(FieldProblem::Malformed)?;
        if !cents.bytes().all(|byte| byte.is_ascii_digit()) || (text.ends_with('.') && text.len() == 1) {
            return Err(FieldProblem::Malformed);
        }
        if cents.len() > 2 {
            return Err(FieldProblem::TooPrecise);
        }
        if whole.len() > 7 {
            return Err(FieldProblem::TooLarge);
        }
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| FieldProblem::Malformed)? };
        let cents: i64 = match cents.len() {
            0 => 0,
            1 => 10 * cents.parse::<i64>().map_err(|_| FieldProblem::Malformed)?,
            _ => cents.parse().map_err(|_| FieldProblem::Malformed)?,
        };
        Self::from_cents(whole * 100 + cents).ok_or(FieldProblem::TooLarge)
    }
    /// `None` below zero and above [`MAX_CENTS`].
    pub fn from_cents(cents: i64) -> Option<Self> {
        (0..=MAX_CENTS).contains(&cents).then(|| Self(Decimal::new(cents, 2)))
    }
    pub fn cents(self) -> i64 {
        let Self(mut decimal) = self;
        decimal.rescale(2);
        i64::try_from(decimal.mantissa()).unwrap_or(MAX_CENTS)
    }
    pub fn decimal(self) -> Decimal {
        self.0
    }
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }
    pub fn plus(self, other: Self) -> Option<Self> {
        Self::from_cents(self.cents() + other.cents())
    }
    /// `None` when `other` is more.
    pub fn minus(self, other: Self) -> Option<Self> {
        Self::from_cents(self.cents() - other.cents())
    }
    /// `None` when it is more than money can be here.
    pub fn sum(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        all.into_iter().try_fold(Self::ZERO, Self::plus)
    }
    /// Instalments: cents divided, the remainder on the first ones. Empty for none.
    pub fn split(self, parts: u32) -> Vec<Self> {
        if parts == 0 {
            return Vec::new();
        }
        let (each, left) = (self.cents() / i64::from(parts), self.cents() % i64::from(parts));
        (0..i64::from(parts)).filter_map(|at| Self::from_cents(each + i64::from(at < left))).collect()
    }
    /// A share in hundredths of a percent, half a cent rounded up.
    pub fn percent(self, basis_points: u16) -> Self {
        Self::from_cents((self.cents() * i64::from(basis_points) + 5_000) / 10_000).unwrap_or(self)
    }
}

impl Amount {
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        Self::new(Money::parse(text)?).ok_or(FieldProblem::Zero)
    }
    /// `None` for zero.
    pub fn new(money: Money) -> Option<Self> {
        (!money.is_zero()).then_some(Self(money))
    }
    pub fn money(self) -> Money {
        self.0
    }
}

/// `1,234` and `1234` are the same; `1,2345` and `,123` are nothing.
fn without_commas(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let good = whole.bytes().all(|byte| byte.is_ascii_digit() || byte == b',')
        && (rest.is_empty() || (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3));
    let digits = whole.replace(',', "");
    let digits = digits.trim_start_matches('0');
    good.then(|| digits.to_owned())
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.cents();
        write!(f, "{}.{:02}", cents / 100, cents % 100)
    }
}
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
text_value!(
    Money: r"^(0|[1-9][0-9]{0,6})\.[0-9]{2}$",
    Amount: r"^([1-9][0-9]{0,6}\.[0-9]{2}|0\.[1-9][0-9]|0\.0[1-9])$",
);

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Result<String, FieldProblem> {
        Amount::parse(text).map(|amount| amount.to_string())
    }

    #[test]
    fn an_amount_is_read_as_people_type_it() {
        for (text, read) in [
            ("$1,234.50", "1234.50"),
            ("1234.5", "1234.50"),
            ("1234", "1234.00"),
            (" 12 ", "12.00"),
            (".50", "0.50"),
            ("007", "7.00"),
            ("USD 12.50", "12.50"),
            ("US$12", "12.00"),
            ("12.50 USD", "12.50"),
            ("12,50", "12.50"),
            ("1,23", "1.23"),
            ("1,250", "1250.00"),
            ("1,234,5", "1234.50"),
            ("$\u{a0}1\u{200b}2\u{ff0e}50", "12.50"),
        ] {
            assert_eq!(amount(text), Ok(read.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_amount_is_refused_with_the_reason() {
        for (text, why) in [
            ("-5", FieldProblem::Negative),
            ("0", FieldProblem::Zero),
            ("0.00", FieldProblem::Zero),
            ("1e3", FieldProblem::Malformed),
            ("1.234", FieldProblem::TooPrecise),
            ("1,2345", FieldProblem::Malformed),
            (",", FieldProblem::Malformed),
            ("12USD5", FieldProblem::Malformed),
            ("\u{2212}5", FieldProblem::Negative),
            ("NaN", FieldProblem::Malformed),
            ("", FieldProblem::Missing),
            ("$", FieldProblem::Missing),
            (".", FieldProblem::Malformed),
            ("1.2.3", FieldProblem::Malformed),
            ("99999999", FieldProblem::TooLarge),
        ] {
            assert_eq!(amount(text), Err(why), "{text}");
        }
    }

    #[test]
    fn instalments_put_the_remainder_on_the_first_ones() {
        let split =
            |text: &str, n| Money::parse(text).unwrap().split(n).iter().map(Money::to_string).collect::<Vec<_>>();
        assert_eq!(split("100.00", 3), ["33.34", "33.33", "33.33"]);
        let twelve = split("250.50", 12);
        assert!(twelve[..6].iter().all(|part| part == "20.88") && twelve[6..].iter().all(|part| part == "20.87"));
    }

    #[test]
    fn a_percentage_rounds_half_a_cent_up() {
        assert_eq!(Money::from_cents(10_033).unwrap().percent(150).cents(), 150);
        assert_eq!(Money::from_cents(100).unwrap().percent(50).cents(), 1);
    }
}
