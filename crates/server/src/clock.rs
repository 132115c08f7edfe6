//! The clock: what time it is. Everything that asks "now" asks here, so that tests and the demo can live on another day. Knows
//! neither why it was set (`--clock`) nor who moves it on (`demo`). Time never runs back.

use contract::{Date, Instant};
use serve::process::machine_millis;
use std::sync::atomic::{AtomicI64, Ordering};

/// The machine's clock, unless it was started at another moment; it ticks as the machine's does.
#[derive(Debug, Default)]
pub struct Clock {
    /// From the machine's clock to the moment this one was started at.
    start_millis: i64,
    moved_millis: AtomicI64,
    latest: AtomicI64,
}

impl Clock {
    /// Shows `moment` now.
    pub fn starting_at(moment: Instant) -> Self {
        Self { start_millis: moment.millis() - machine_millis(), ..Self::default() }
    }
    pub fn now(&self) -> Instant {
        let now = self.unmoved().millis().saturating_add(self.moved_millis.load(Ordering::Relaxed));
        Instant::from_millis(self.latest.fetch_max(now, Ordering::Relaxed).max(now))
    }
    /// For what must agree with a clock that the demo does not move, such as a phone's: tests set a phone when they start this one.
    pub fn unmoved(&self) -> Instant {
        Instant::from_millis(machine_millis().saturating_add(self.start_millis))
    }
    pub fn move_on(&self, millis: i64) {
        self.moved_millis.fetch_add(millis.max(0), Ordering::Relaxed);
    }
    /// It has been moved on by at least so much in all.
    pub fn follow(&self, moved_millis: i64) {
        self.moved_millis.fetch_max(moved_millis, Ordering::Relaxed);
    }
}

/// The day it is at that moment in a zone of the IANA database; UTC for a zone that is not one.
pub fn day_in(zone: &str, at: Instant) -> Date {
    jiff::Timestamp::from_millisecond(at.millis())
        .ok()
        .and_then(|moment| moment.in_tz(zone).ok())
        .and_then(|local| Date::new(local.year(), local.month().unsigned_abs(), local.day().unsigned_abs()))
        .unwrap_or_else(|| at.utc_date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_ten_in_the_evening_honolulu_is_still_on_the_day_that_is_over_in_atlanta() {
        let moment = Instant::parse("2026-12-05T08:00:00Z").unwrap();
        assert_eq!(day_in("Pacific/Honolulu", moment).to_string(), "2026-12-04");
        assert_eq!(day_in("America/New_York", moment).to_string(), "2026-12-05");
    }

    #[test]
    fn the_clock_moves_on_and_never_back() {
        let clock = Clock::default();
        let before = clock.now().millis();
        clock.move_on(60_000);
        assert!(clock.now().millis() >= before + 60_000);
        for less in [-1, -90_000] {
            clock.move_on(less);
            clock.follow(less);
            assert!(clock.now().millis() >= before + 60_000);
        }
        clock.follow(90_000);
        assert!(clock.now().millis() >= before + 90_000);
    }

    #[test]
    fn a_clock_started_at_a_moment_ticks_on_from_there_whatever_the_machine_says() {
        for text in ["1999-12-31T23:59:59Z", "2028-02-29T12:00:00Z", "2100-01-01T00:00:00Z"] {
            let moment = Instant::parse(text).unwrap();
            let clock = Clock::starting_at(moment);
            assert!((0..10_000).contains(&(clock.now().millis() - moment.millis())), "{text}");
            clock.move_on(3_600_000);
            assert!((0..10_000).contains(&(clock.now().millis() - moment.millis() - 3_600_000)), "{text}");
            assert!((0..10_000).contains(&(clock.unmoved().millis() - moment.millis())), "{text}");
        }
    }
}
