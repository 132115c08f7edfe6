//! Expiry of a card: a month.

use crate::{Date, FieldProblem, field_problem::is_digits, typed, value::text_value};
use std::fmt;

/// The month a card is valid through. On the wire `MM/YY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Expiry {
    year: i16,
    month: u8,
}

impl Expiry {
    /// Month and year in every form that has one meaning: `4/26`, `04/26`, `04/2026`, `04-26`, `04 26`, `0426`, `426`,
    /// `042026`, `2026-04`, `202604`.
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = typed::plain(text);
        if text.is_empty() {
            return Err(FieldProblem::Missing);
        }
        let parts: Vec<&str> = text.split(['/', '\\', ' ', '-', '.']).filter(|part| !part.is_empty()).collect();
        match parts[..] {
            [month, year] if month.len() == 4 => Self::of(year, month),
            [month, year] => Self::of(month, year),
            [all] if is_digits(all) => match all.len() {
                3..=4 => Self::of(&all[..all.len() - 2], &all[all.len() - 2..]),
                5..=6 => {
                    Self::of(&all[..all.len() - 4], &all[all.len() - 4..]).or_else(|_| Self::of(&all[4..], &all[..4]))
                }
                _ => Err(FieldProblem::Malformed),
            },
            _ => Err(FieldProblem::Malformed),
        }
    }
    fn of(month: &str, year: &str) -> Result<Self, FieldProblem> {
        let is_short = year.len() == 2;
        if !is_digits(month) || !is_digits(year) || month.len() > 2 || !is_short && year.len() != 4 {
            return Err(FieldProblem::Malformed);
        }
        let month: u8 = month.parse().map_err(|_| FieldProblem::Malformed)?;
        let year: i16 = year.parse().map_err(|_| FieldProblem::Malformed)?;
        let year = if is_short { 2000 + year } else { year };
        if (1..=12).contains(&month) && (2000..2100).contains(&year) {
            Ok(Self { year, month })
        } else {
            Err(FieldProblem::Malformed)
        }
    }
    /// The month that a day is in.
    pub fn in_month_of(day: Date) -> Self {
        Self { year: day.year(), month: day.month() }
    }
    /// Over: the month has ended before `today`.
    pub fn is_past(self, today: Date) -> bool {
        (self.year, self.month) < (today.year(), today.month())
    }
    /// Refuses a past month, and one more than 19 years ahead.
    pub fn check(self, today: Date) -> Result<Self, FieldProblem> {
        if self.is_past(today) {
            Err(FieldProblem::Expired)
        } else if self.year > today.year() + 19 {
            Err(FieldProblem::TooFarAhead)
        } else {
            Ok(self)
        }
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}/{:02}", self.month, self.year % 100)
    }
}
text_value!(Expiry: "^(0[1-9]|1[0-2])/[0-9]{2}$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_valid_to_the_end_of_its_month() {
        let today = Date::new(2026, 11, 23).unwrap();
        for text in ["11/26", "11 / 26", "11/2026", "11 26", "1126"] {
            assert_eq!(Expiry::parse(text).unwrap().check(today).unwrap().to_string(), "11/26", "{text}");
        }
        assert_eq!(Expiry::parse("10/26").unwrap().check(today), Err(FieldProblem::Expired));
        assert_eq!(Expiry::parse("11/46").unwrap().check(today), Err(FieldProblem::TooFarAhead));
        for text in ["13/28", "0/28", "1/8", "abc", "11/028", "11/0026", "11/1926", "11/2126"] {
            assert_eq!(Expiry::parse(text), Err(FieldProblem::Malformed), "{text}");
        }
    }

    #[test]
    fn an_expiry_is_read_in_every_form_that_has_one_meaning() {
        for text in [
            "4/26",
            "04/26",
            "04/2026",
            "0426",
            "426",
            "04-26",
            "4-2026",
            "04.26",
            "04 \u{2013} 26",
            "2026-04",
            "2026/4",
            "042026",
            "42026",
            "202604",
            "20264",
            "\u{ff10}\u{ff14}\u{ff0f}26",
            "04/\u{200b}26",
            " 04 / 26 ",
            "04\\26",
        ] {
            assert_eq!(Expiry::parse(text).map(|expiry| expiry.to_string()), Ok("04/26".to_owned()), "{text}");
        }
        for text in ["26", "1/2/26", "04/26/28", "2613", "1300", "132026", "04x26", "26/04", "4/2/6", "0004/26"] {
            assert_eq!(Expiry::parse(text), Err(FieldProblem::Malformed), "{text}");
        }
    }

    #[test]
    fn an_expiry_may_be_nineteen_years_ahead_and_no_more() {
        let today = Date::new(2026, 11, 23).unwrap();
        assert!(Expiry::parse("12/45").unwrap().check(today).is_ok());
        assert!(!Expiry::parse("11/26").unwrap().is_past(Date::new(2026, 11, 30).unwrap()));
        assert!(Expiry::parse("11/26").unwrap().is_past(Date::new(2026, 12, 1).unwrap()));
    }
}
