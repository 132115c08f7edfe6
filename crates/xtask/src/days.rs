//! Date-dependent tests at other moments than the usual one: the clocks of server, processor and browser start there.
//! The usual moment is in `.cargo/config.toml`; here are those at which a month, a year, a daylight-saving time or a
//! business day begins or ends.
//!
//! A whole run of the tests takes one of them, by the day on which it runs; `cargo xtask test days` takes all. Kept
//! trees of pages and the other journeys are of the usual moment only.

use crate::place::Profile;
use crate::suites::cargo_test;
use crate::system::Browser;
use crate::tally::Tally;
use crate::tools::step;
use crate::{build, child, end2end, place};
use std::time::{SystemTime, UNIX_EPOCH};
use xtask::failure::{Because, Failure, Result};

/// The variable in which every test finds when it begins.
pub const VARIABLE: &str = "KPPAY_TEST_NOW";

/// A moment, and what begins or ends there.
pub type Day = (&'static str, &'static str);

pub const DAYS: [Day; 23] = [
    ("2026-11-26T17:00:00Z", "Thanksgiving, a bank holiday"),
    ("2026-11-29T17:00:00Z", "a Sunday"),
    ("2026-12-31T23:50:00Z", "the last minutes of a year in UTC"),
    ("2027-01-01T00:10:00Z", "the first minutes of a year in UTC, New Year's Eve in every region"),
    ("2027-01-01T04:50:00Z", "the last minutes of a year in Georgia"),
    ("2027-01-01T05:10:00Z", "the first minutes of a year in Georgia"),
    ("2027-01-01T06:50:00Z", "the last minutes of a year in Colorado"),
    ("2027-01-01T07:10:00Z", "the first minutes of a year in Colorado"),
    ("2027-01-01T07:50:00Z", "the last minutes of a year in California"),
    ("2027-01-01T08:10:00Z", "the first minutes of a year in California"),
    ("2027-01-01T09:50:00Z", "the last minutes of a year in Hawaii"),
    ("2027-01-01T10:10:00Z", "the first minutes of a year in Hawaii"),
    ("2027-01-31T20:00:00Z", "the last day of a month"),
    ("2027-02-01T02:00:00Z", "the last evening of a month in every region, the next month in UTC"),
    ("2027-03-14T06:59:00Z", "the last minute of winter time in Georgia"),
    ("2027-03-14T08:59:00Z", "the last minute of winter time in Colorado"),
    ("2027-03-14T09:59:00Z", "the last minute of winter time in California"),
    ("2027-03-14T10:01:00Z", "the first minutes of summer time in California"),
    ("2027-11-07T05:59:00Z", "the last minute of summer time in Georgia"),
    ("2027-11-07T07:59:00Z", "the last minute of summer time in Colorado"),
    ("2027-11-07T08:59:00Z", "the last minute of summer time in California"),
    ("2027-11-07T10:01:00Z", "a minute past two of winter time in California, an hour after it began"),
    ("2028-02-29T20:00:00Z", "29 February"),
];

/// At the moment given, or at the one of the day on which this runs.
pub fn one(at: Option<&str>) -> Result<Tally> {
    match at {
        Some(at) => run(at, "as asked"),
        None => {
            let (at, what) = of_today()?;
            run(at, what)
        }
    }
}

/// Each of the list, or those from the one given on: a run that was stopped goes on there.
pub fn all(from: Option<&str>) -> Result<Tally> {
    let first = from.map_or(Some(0), |from| DAYS.iter().position(|(at, _)| *at == from));
    let first = first.ok_or_else(|| Failure::new("That moment is not on the list (crates/xtask/src/days.rs)."))?;
    let mut tally = Tally::default();
    let mut red = Vec::new();
    for (at, what) in DAYS.into_iter().skip(first) {
        let own = run(at, what)?;
        if own.failed > 0 {
            red.push(format!("{own} at {at}, {what}"));
        }
        tally += own;
    }
    red.iter().for_each(|day| println!("    {day}"));
    Ok(tally)
}

#[expect(clippy::disallowed_methods, reason = "another day each day")]
fn of_today() -> Result<Day> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).because("Reading the machine's clock")?;
    let day = usize::try_from(since.as_secs() / 86_400).unwrap_or(0);
    DAYS.get(day % DAYS.len()).copied().ok_or_else(|| Failure::new("There is no day to test at.".to_owned()))
}

/// The cases of the billing API on SQLite, the demo's data, the processor's cases, and journeys of paying and of being
/// signed in.
fn run(at: &str, what: &str) -> Result<Tally> {
    step(&format!("At {at}: {what}"));
    let mut tally = Tally::default();
    let mut cargo = place::cargo();
    cargo.args(["test", "--no-fail-fast"]).args(build::TESTED);
    cargo_test(&mut tally, cargo.args(["--test", "api", "--test", "sqlite", "--test", "demo"]).env(VARIABLE, at))?;
    let browser = Browser::ready()?;
    build::everything(Profile::Tested)?;
    end2end::packages()?;
    let mut npm = end2end::npm(&browser);
    npm.args(["run", "--silent", "days"]).env(VARIABLE, at);
    let mut own = Tally::default();
    let status = child::run_and_read("npm run days", &mut npm, |line| own.read(line))?;
    if !status.success() && own.failed == 0 {
        return Err(Failure::new(format!("npm run days failed, though no test of it did ({own}).")));
    }
    tally += own;
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_day_is_a_moment_of_its_own_on_which_the_tests_cards_are_good() {
        let moments: BTreeSet<_> = DAYS.iter().map(|(at, _)| at).collect();
        assert_eq!(moments.len(), DAYS.len());
        for at in moments {
            // on half a minute: the codes of authenticator apps change there, and none may change while a test types it
            assert!(at.len() == 20 && at.ends_with(":00Z") && at < &"2030", "{at}");
        }
    }

    #[test]
    fn they_are_in_order_and_both_nights_of_every_place_that_moves_its_clocks_are_among_them() {
        assert!(DAYS.is_sorted_by(|(before, _), (after, _)| before < after));
        let of = |begins: &str| {
            let ends = DAYS.into_iter().filter_map(|(_, what)| what.strip_prefix(begins));
            ends.collect::<BTreeSet<_>>()
        };
        let mut places = of("the last minutes of a year in ");
        assert!(places.remove("UTC") && places.remove("Hawaii"), "{places:?}");
        assert_eq!(of("the last minute of winter time in "), places);
        assert_eq!(of("the last minute of summer time in "), places);
    }

    #[test]
    fn every_day_of_the_year_has_one() {
        assert!(DAYS.contains(&of_today().unwrap()));
    }
}
