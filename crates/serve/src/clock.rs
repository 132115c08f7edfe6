//! A monotonic wall clock: it follows the machine's clock as long as that runs forward, never runs back, and never
//! stands still. Knows no time zones.
//!
//! A wall clock that jumps forward is followed at once. When it is set back (NTP after a wrong start, a virtual machine
//! that was moved), time goes on from the last moment that was seen, measured by the monotonic clock at nine tenths of
//! its speed, until the wall clock has caught up. At full speed it never would, and this server would disagree with all
//! others for ever. At half speed it would sooner, but a session, a link and a limit would all last twice as long
//! meanwhile; at nine tenths fifteen minutes last a hundred seconds longer, and what was set back by a minute is caught
//! up in ten. An operator who can't wait restarts the program.

use crate::process::machine_millis;
use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// What both clocks of a machine say at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Of the wall clock, since 1970.
    pub wall_millis: i64,
    /// Of the monotonic clock, since any moment.
    pub steady: Duration,
}

pub struct SteadyClock {
    read: Box<dyn Fn() -> Reading + Send + Sync>,
    /// When the wall clock was last followed.
    followed: Mutex<Reading>,
}

impl Default for SteadyClock {
    fn default() -> Self {
        let began = Instant::now();
        Self::reading(move || Reading { wall_millis: machine_millis(), steady: began.elapsed() })
    }
}

impl SteadyClock {
    pub fn reading(read: impl Fn() -> Reading + Send + Sync + 'static) -> Self {
        Self { followed: Mutex::new(read()), read: Box::new(read) }
    }

    pub fn millis(&self) -> i64 {
        self.look().0
    }

    /// How far the wall clock is behind what is shown.
    pub fn behind_millis(&self) -> i64 {
        self.look().1
    }

    fn look(&self) -> (i64, i64) {
        // Read under the lock: a later reading is never less.
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        let read = (self.read)();
        let passed = read.steady.saturating_sub(followed.steady) * 9 / 10;
        let carried = followed.wall_millis.saturating_add(i64::try_from(passed.as_millis()).unwrap_or(i64::MAX));
        if read.wall_millis >= carried {
            *followed = read;
        }
        let shown = read.wall_millis.max(carried);
        (shown, shown.saturating_sub(read.wall_millis))
    }
}

impl fmt::Debug for SteadyClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SteadyClock").field("followed", &self.followed).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc, Barrier,
        atomic::{AtomicI64, Ordering},
    };

    const MINUTE: i64 = 60_000;
    const HOUR: i64 = 60 * MINUTE;
    const BEGAN: i64 = 1_800_000_000_000;

    /// A machine whose clocks a test sets.
    #[derive(Clone, Default)]
    struct Machine {
        steady: Arc<AtomicI64>,
        set: Arc<AtomicI64>,
    }

    impl Machine {
        fn clock(&self) -> SteadyClock {
            let Self { steady, set } = self.clone();
            SteadyClock::reading(move || {
                let passed = steady.load(Ordering::SeqCst);
                let wall_millis = BEGAN + passed + set.load(Ordering::SeqCst);
                Reading { wall_millis, steady: Duration::from_millis(passed.unsigned_abs()) }
            })
        }
        fn passes(&self, millis: i64) {
            self.steady.fetch_add(millis, Ordering::SeqCst);
        }
        fn is_set(&self, by: i64) {
            self.set.fetch_add(by, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_clock_that_is_set_forward_is_followed_at_once() {
        let machine = Machine::default();
        let clock = machine.clock();
        machine.passes(5);
        assert_eq!(clock.millis(), BEGAN + 5);
        machine.is_set(HOUR);
        assert_eq!((clock.millis(), clock.behind_millis()), (BEGAN + 5 + HOUR, 0));
    }

    #[test]
    fn a_clock_that_is_set_back_ticks_on_however_often_it_is_asked() {
        let machine = Machine::default();
        let clock = machine.clock();
        machine.passes(MINUTE);
        let seen = clock.millis();
        machine.is_set(-HOUR);
        assert_eq!((clock.millis(), clock.behind_millis()), (seen, HOUR));
        for _ in 0..10 * MINUTE {
            machine.passes(1);
            clock.millis();
        }
        assert_eq!((clock.millis(), clock.behind_millis()), (seen + 9 * MINUTE, HOUR - MINUTE));
    }

    #[test]
    fn a_clock_that_was_set_back_is_caught_up_and_then_followed_again() {
        let machine = Machine::default();
        let clock = machine.clock();
        machine.is_set(-HOUR);
        let mut last = clock.millis();
        for _ in 0..10 * 60 {
            assert!(clock.behind_millis() > 0);
            machine.passes(MINUTE);
            assert!((54_000..=MINUTE).contains(&(clock.millis() - last)));
            last = clock.millis();
        }
        assert_eq!((clock.millis(), clock.behind_millis()), (BEGAN + 9 * HOUR, 0));
        machine.passes(MINUTE);
        assert_eq!(clock.millis(), last + MINUTE);
        machine.is_set(-2 * MINUTE);
        machine.is_set(3 * MINUTE);
        assert_eq!(clock.millis(), last + 2 * MINUTE);
    }

    #[test]
    fn nobody_sees_time_run_back_whoever_asks_while_the_clock_is_set() {
        let machine = Machine::default();
        let clock = machine.clock();
        let (latest, together) = (AtomicI64::new(0), Barrier::new(5));
        std::thread::scope(|scope| {
            let askers = [(); 4].map(|()| {
                scope.spawn(|| {
                    together.wait();
                    for _ in 0..20_000 {
                        let before = latest.load(Ordering::SeqCst);
                        let now = clock.millis();
                        assert!(now >= before, "{now} after {before}");
                        latest.fetch_max(now, Ordering::SeqCst);
                    }
                })
            });
            together.wait();
            while !askers.iter().all(|asker| asker.is_finished()) {
                machine.passes(1);
                machine.is_set(-1_000);
                machine.is_set(999);
            }
        });
    }
}
