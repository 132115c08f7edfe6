//! The server's clock. All code that needs the current time takes it from here, so that tests and the demo can run at
//! another time. Knows neither why it was set (`--clock`) nor who moves it on (`demo`). Time never runs back and never
//! stands still (`serve::clock`).

use crate::metrics;
use contract::{Date, Instant, LocalTime};
use serve::{clock::SteadyClock, process::machine_millis};
use std::sync::atomic::{AtomicI64, Ordering};

/// A machine's clock that is set back by more is logged: what servers compare by the time of day goes wrong.
const FAR_BEHIND_MILLIS: i64 = 60_000;

/// The machine's clock, unless it was started at another moment; it ticks as the machine's does.
#[derive(Debug, Default)]
pub struct Clock {
    machine: SteadyClock,
    /// From the machine's clock to the moment this one was started at.
    start_millis: i64,
    moved_millis: AtomicI64,
}

impl Clock {
    /// Shows `moment` now.
    pub fn starting_at(moment: Instant) -> Self {
        Self { start_millis: moment.millis() - machine_millis(), ..Self::default() }
    }
    /// Goes by another clock than this machine's.
    pub fn by(machine: SteadyClock) -> Self {
        Self { machine, ..Self::default() }
    }
    pub fn now(&self) -> Instant {
        let started = self.machine.millis().saturating_add(self.start_millis);
        Instant::from_millis(started.saturating_add(self.moved_millis.load(Ordering::Relaxed)))
    }
    /// For TOTP: must agree with a phone's clock, which the demo does not move. Tests start a phone's clock together
    /// with this one.
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
    /// Says so if the machine's clock was set back; to be asked now and then.
    pub fn watch(&self) {
        let behind = self.machine.behind_millis();
        metrics::CLOCK_BEHIND.set(behind / 1_000);
        if behind > FAR_BEHIND_MILLIS {
            tracing::error!(
                seconds = behind / 1_000,
                "alarm: the machine's clock was set back; time goes on slowly until it has caught up, or this server starts again"
            );
        }
    }
}

/// The day it is at that moment in a zone of the IANA database; UTC for a zone that is not one.
pub fn day_in(zone: &str, at: Instant) -> Date {
    local_time_in(zone, at).date
}

/// When a day begins on the clocks of a time zone.
pub fn start_of(zone: &str, day: Date) -> Instant {
    let noon = Instant::from_millis(day.days() * 86_400_000 + 43_200_000);
    let local = jiff::Timestamp::from_millisecond(noon.millis()).ok().and_then(|noon| {
        let date = noon.to_zoned(jiff::tz::TimeZone::UTC).date();
        date.in_tz(zone).ok().map(|start| Instant::from_millis(start.timestamp().as_millisecond()))
    });
    local.unwrap_or_else(|| noon.plus_millis(-43_200_000))
}

/// As `day_in`, and the time of that day.
pub fn local_time_in(zone: &str, at: Instant) -> LocalTime {
    let local = jiff::Timestamp::from_millisecond(at.millis()).ok().and_then(|moment| moment.in_tz(zone).ok());
    let local = local.and_then(|local| {
        let date = Date::new(local.year(), local.month().unsigned_abs(), local.day().unsigned_abs())?;
        Some(LocalTime { date, hour: local.hour().unsigned_abs(), minute: local.minute().unsigned_abs() })
    });
    local.unwrap_or_else(|| at.utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serve::clock::Reading;
    use std::time::Duration;

    #[test]
    fn at_ten_in_the_evening_honolulu_is_still_on_the_day_that_is_over_in_atlanta() {
        let moment = Instant::parse("2026-12-05T08:00:00Z").unwrap();
        assert_eq!(day_in("Pacific/Honolulu", moment).to_string(), "2026-12-04");
        assert_eq!(day_in("America/New_York", moment).to_string(), "2026-12-05");
    }

    #[test]
    fn the_hour_is_the_region_s_on_the_days_on_which_clocks_change() {
        for (at, zone, day, hour) in [
            // The last minute before five, before and after the change of March 14, 2027, and of November 7.
            ("2027-03-13T00:59:00Z", "America/Los_Angeles", "2027-03-12", 16),
            ("2027-03-16T00:00:00Z", "America/Los_Angeles", "2027-03-15", 17),
            ("2027-03-15T23:59:00Z", "America/Los_Angeles", "2027-03-15", 16),
            ("2027-11-08T23:59:00Z", "America/Los_Angeles", "2027-11-08", 15),
            ("2027-11-09T01:00:00Z", "America/Los_Angeles", "2027-11-08", 17),
            ("2027-03-16T02:59:00Z", "Pacific/Honolulu", "2027-03-15", 16),
            // The hour that is twice, and the one that is not there.
            ("2027-11-07T05:30:00Z", "America/New_York", "2027-11-07", 1),
            ("2027-11-07T06:30:00Z", "America/New_York", "2027-11-07", 1),
            ("2027-03-14T07:00:00Z", "America/New_York", "2027-03-14", 3),
            ("2027-03-14T07:00:00Z", "no zone", "2027-03-14", 7),
        ] {
            let local = local_time_in(zone, Instant::parse(at).unwrap());
            assert_eq!((local.date.to_string().as_str(), local.hour), (day, hour), "{at} {zone}");
        }
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
    fn a_machine_s_clock_that_is_far_behind_is_said() {
        let set = std::sync::Arc::new(AtomicI64::new(7_200_000));
        let wall = set.clone();
        let clock = Clock::by(SteadyClock::reading(move || Reading {
            wall_millis: wall.load(Ordering::Relaxed),
            steady: Duration::ZERO,
        }));
        let watched = || {
            let ((), logged) = crate::error::tests::logged(|| clock.watch());
            (metrics::CLOCK_BEHIND.value(), logged.contains("clock was set back"))
        };
        assert_eq!(watched(), (0, false));
        set.store(7_150_000, Ordering::Relaxed);
        assert_eq!(watched(), (50, false));
        set.store(3_600_000, Ordering::Relaxed);
        assert_eq!(watched(), (3_600, true));
        set.store(7_300_000, Ordering::Relaxed);
        assert_eq!(watched(), (0, false));
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
