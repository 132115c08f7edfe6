//! Rate limiting of log lines: an error that repeats is logged once a minute. Knows the machine's time, not what is
//! logged.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Instant,
};

const EVERY_MILLIS: i64 = 60_000;
static BEGAN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);

/// One for each place that logs.
#[derive(Debug)]
pub struct OncePerMinute {
    /// By the clock of this process, which never goes back; 0 before the first.
    last: AtomicI64,
}

impl OncePerMinute {
    #[expect(clippy::new_without_default, reason = "it stands in a static")]
    pub const fn new() -> Self {
        Self { last: AtomicI64::new(0) }
    }

    /// Whether it is time to log (again); of many concurrent callers, one gets true.
    pub fn is_due(&self) -> bool {
        self.is_due_at(i64::try_from(BEGAN.elapsed().as_millis()).unwrap_or(i64::MAX).saturating_add(1))
    }

    fn is_due_at(&self, now: i64) -> bool {
        let last = self.last.load(Ordering::Relaxed);
        (last == 0 || now - last >= EVERY_MILLIS)
            && self.last.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_said_once_a_minute() {
        let alarm = OncePerMinute::new();
        let said: Vec<i64> = (1..=150).map(|second| second * 1_000).filter(|now| alarm.is_due_at(*now)).collect();
        assert_eq!(said, [1_000, 61_000, 121_000]);
    }
}
