//! Civil dates, business days and month ends, and instants as RFC 3339. No clock and no time zones: the caller passes
//! in the region's "today".

use crate::{FieldProblem, value::text_value};
use std::fmt;

/// A day of the proleptic Gregorian calendar, years 1 to 9999. On the wire `YYYY-MM-DD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i16,
    month: u8,
    day: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Date {
    pub fn new(year: i16, month: u8, day: u8) -> Option<Self> {
        ((1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day))
            .then_some(Self { year, month, day })
    }
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = text.trim();
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts[..] else { return Err(FieldProblem::Malformed) };
        if (year.len(), month.len(), day.len()) != (4, 2, 2) || !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            return Err(FieldProblem::Malformed);
        }
        match (year.parse(), month.parse(), day.parse()) {
            (Ok(year), Ok(month), Ok(day)) => Self::new(year, month, day).ok_or(FieldProblem::Malformed),
            _ => Err(FieldProblem::Malformed),
        }
    }
    pub fn year(self) -> i16 {
        self.year
    }
    pub fn month(self) -> u8 {
        self.month
    }
    pub fn day(self) -> u8 {
        self.day
    }
    /// Days since 1970-01-01 (Howard Hinnant's `days_from_civil`).
    pub fn days(self) -> i64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let month = i64::from((self.month + 9) % 12);
        let of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }
    /// The inverse of [`Date::days`], clamped to the years this type knows.
    pub fn from_days(days: i64) -> Self {
        let days = days.clamp(-719_162, 2_932_896) + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self { year: year as i16, month: month as u8, day: day as u8 }
    }
    pub fn plus_days(self, days: i64) -> Self {
        Self::from_days(self.days().saturating_add(days))
    }
    /// Positive when `other` is later.
    pub fn days_until(self, other: Self) -> i64 {
        other.days() - self.days()
    }
    pub fn weekday(self) -> Weekday {
        match (self.days() + 3).rem_euclid(7) {
            0 => Weekday::Monday,
            1 => Weekday::Tuesday,
            2 => Weekday::Wednesday,
            3 => Weekday::Thursday,
            4 => Weekday::Friday,
            5 => Weekday::Saturday,
            _ => Weekday::Sunday,
        }
    }
    pub fn is_weekend(self) -> bool {
        matches!(self.weekday(), Weekday::Saturday | Weekday::Sunday)
    }
    /// A day on which the Federal Reserve Banks are closed. A holiday on a Sunday closes the Monday; one on a Saturday
    /// closes nothing.
    pub fn is_bank_holiday(self) -> bool {
        let monday = self.weekday() == Weekday::Monday;
        let fixed = |month, day| {
            (self.month, self.day) == (month, day) && !self.is_weekend() || {
                let before = self.plus_days(-1);
                monday && (before.month, before.day) == (month, day)
            }
        };
        let nth =
            |month, weekday, n: u8| self.month == month && self.weekday() == weekday && (self.day - 1) / 7 + 1 == n;
        fixed(1, 1)
            || fixed(6, 19)
            || fixed(7, 4)
            || fixed(11, 11)
            || fixed(12, 25)
            || nth(1, Weekday::Monday, 3)
            || nth(2, Weekday::Monday, 3)
            || self.month == 5 && monday && self.day > 24
            || nth(9, Weekday::Monday, 1)
            || nth(10, Weekday::Monday, 2)
            || nth(11, Weekday::Thursday, 4)
    }
    pub fn is_business_day(self) -> bool {
        !self.is_weekend() && !self.is_bank_holiday()
    }
    /// This day when it is one, else the next one.
    pub fn next_business_day(self) -> Self {
        let mut day = self;
        while !day.is_business_day() {
            day = day.plus_days(1);
        }
        day
    }
    /// The n-th business day after this day.
    pub fn plus_business_days(self, n: u8) -> Self {
        (0..n).fold(self, |day, _| day.plus_days(1).next_business_day())
    }
    /// `n` months on, on the anchor day or the last day of a shorter month: 31 Jan, 28 Feb, 31 Mar.
    pub fn plus_months_keeping(self, anchor_day: u8, n: u16) -> Self {
        let months = i64::from(self.year) * 12 + i64::from(self.month) - 1 + i64::from(n);
        let (year, month) = ((months / 12).min(9999) as i16, (months % 12 + 1) as u8);
        Self { year, month, day: anchor_day.clamp(1, days_in(year, month)) }
    }
}

fn days_in(year: i16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A day and a time of day by one clock, such as a region's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    pub date: Date,
    pub hour: u8,
    pub minute: u8,
}

/// A moment, in milliseconds since 1970 UTC. On the wire RFC 3339 in UTC: `2026-11-23T17:41:00Z`, with milliseconds
/// when there are any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

const DAY: i64 = 86_400_000;

impl Instant {
    /// Clamped to the years 1 to 9999.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(-719_162 * DAY, 2_932_897 * DAY - 1))
    }
    pub fn millis(self) -> i64 {
        self.0
    }
    pub fn plus_millis(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }
    /// UTC only: `Z`, or an offset of zero.
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = text.trim();
        let bad = FieldProblem::Malformed;
        let (date, time) = text.split_once(['T', 't']).ok_or(bad)?;
        let time = time.strip_suffix(['Z', 'z']).or_else(|| time.strip_suffix("+00:00")).ok_or(bad)?;
        let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
        let parts: Vec<&str> = clock.split(':').collect();
        let [hour, minute, second] = parts[..] else { return Err(bad) };
        let number = |text: &str, below: i64| {
            let fits = text.len() == 2 && crate::field_problem::is_digits(text);
            text.parse::<i64>().ok().filter(|n| fits && *n < below).ok_or(bad)
        };
        if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) || time.ends_with('.') {
            return Err(bad);
        }
        let millis: i64 = format!("{fraction:0<3}")[..3].parse().map_err(|_| bad)?;
        let seconds = number(hour, 24)? * 3600 + number(minute, 60)? * 60 + number(second, 60)?;
        Ok(Self::from_millis(Date::parse(date)?.days() * DAY + seconds * 1000 + millis))
    }
    /// The day in UTC.
    pub fn utc_date(self) -> Date {
        Date::from_days(self.0.div_euclid(DAY))
    }
    pub fn utc(self) -> LocalTime {
        let minutes = self.0.rem_euclid(DAY) / 60_000;
        LocalTime { date: self.utc_date(), hour: (minutes / 60) as u8, minute: (minutes % 60) as u8 }
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, of_day) = (self.utc_date(), self.0.rem_euclid(DAY));
        let (seconds, millis) = (of_day / 1000, of_day % 1000);
        write!(f, "{date}T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
        if millis > 0 {
            write!(f, ".{millis:03}")?;
        }
        f.write_str("Z")
    }
}

text_value!(
    Date: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    Instant: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$"
);

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn the_bank_holidays_are_those_of_the_federal_reserve() {
        let listed = [
            "2026-11-26",
            "2026-12-25",
            "2027-01-01",
            "2027-01-18",
            "2027-02-15",
            "2027-05-31",
            "2027-07-05",
            "2027-09-06",
            "2027-10-11",
            "2027-11-11",
            "2027-11-25",
            "2028-01-17",
            "2028-02-21",
            "2028-05-29",
            "2028-06-19",
            "2028-07-04",
            "2028-09-04",
            "2028-10-09",
            "2028-11-23",
            "2028-12-25",
        ];
        let mut found = Vec::new();
        let mut day = date("2026-11-23");
        while day <= date("2028-12-31") {
            if day.is_bank_holiday() {
                found.push(day.to_string());
            }
            day = day.plus_days(1);
        }
        assert_eq!(found, listed);
    }

    #[test]
    fn business_days_skip_weekends_and_holidays() {
        assert_eq!(date("2026-11-23").plus_business_days(3), date("2026-11-27"));
        assert_eq!(date("2026-11-28").next_business_day(), date("2026-11-30"));
        assert_eq!(date("2026-11-26").next_business_day(), date("2026-11-27"));
    }

    #[test]
    fn month_ends_keep_the_anchor_day_and_clamp() {
        let january = date("2027-01-31");
        let february = january.plus_months_keeping(31, 1);
        assert_eq!(february, date("2027-02-28"));
        assert_eq!(february.plus_months_keeping(31, 1), date("2027-03-31"));
        assert_eq!(january.plus_months_keeping(31, 13), date("2028-02-29"));
    }

    #[test]
    fn a_day_that_does_not_exist_is_refused() {
        for text in ["2026-02-29", "2026-13-01", "2026-00-10", "26-01-01", "2026-1-1", "2026-01-01x", "", "+026-01-01"]
        {
            assert_eq!(Date::parse(text), Err(FieldProblem::Malformed), "{text}");
        }
        assert_eq!(date("2026-11-23").weekday(), Weekday::Monday);
    }

    #[test]
    fn an_instant_is_rfc_3339_in_utc() {
        for text in ["2026-11-23T17:41:00Z", "1970-01-01T00:00:00.001Z", "1969-12-31T23:59:59.999Z"] {
            assert_eq!(Instant::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "2026-11-23",
            "2026-11-23T17:41Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T17:41:00+01:00",
            "2026-11-23T17:41:00.Z",
        ] {
            assert_eq!(Instant::parse(text), Err(FieldProblem::Malformed), "{text}");
        }
    }
}
