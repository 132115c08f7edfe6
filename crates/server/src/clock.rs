//! What time it is: the machine's clock, moved on by as much as the demo asks for. Everything that asks "now" asks here, so tests
//! and the demo can live in the future. Time never runs back.

use contract::{Date, Instant};
use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

#[derive(Debug, Default)]
pub struct Clock {
    ahead_millis: AtomicI64,
    latest: AtomicI64,
}

impl Clock {
    pub fn ahead_by(millis: i64) -> Self {
        Self { ahead_millis: AtomicI64::new(millis.max(0)), latest: AtomicI64::new(0) }
    }
    /// The machine's own, for what must agree with another clock that nobody moves, such as a phone's.
    pub fn machine() -> Instant {
        let machine = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        Instant::from_millis(i64::try_from(machine).unwrap_or(i64::MAX))
    }
    pub fn now(&self) -> Instant {
        let now = Self::machine().millis().saturating_add(self.ahead_millis.load(Ordering::Relaxed));
        Instant::from_millis(self.latest.fetch_max(now, Ordering::Relaxed).max(now))
    }
    /// Gives how far the clock is ahead afterwards.
    pub fn move_on(&self, millis: i64) -> i64 {
        self.ahead_millis.fetch_add(millis.max(0), Ordering::Relaxed) + millis.max(0)
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
        let before = clock.now();
        assert_eq!(clock.move_on(60_000), 60_000);
        assert!(clock.now().millis() >= before.millis() + 60_000);
        assert_eq!(clock.move_on(-1), 60_000);
    }
}
