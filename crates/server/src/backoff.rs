//! Exponential back-off with jitter: how long anything that failed waits before it is tried again. The only one of this
//! server. Numbers of events that are missing have none: they wait as long again as they have been missing, which one
//! statement works out for all of them (`store::unmatched`).

use std::time::Duration;

/// In milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// After the first try.
    pub first: i64,
    /// So many times as long after each further one.
    pub factor: i64,
    pub longest: i64,
}

impl Backoff {
    /// Up to half of it less by chance, so that what failed together is not tried together.
    pub fn wait_millis(&self, tries: i64) -> i64 {
        let wait = self.longest_millis(tries);
        wait - wait * i64::from(chance()) / 512
    }

    pub fn wait(&self, tries: i64) -> Duration {
        Duration::from_millis(self.wait_millis(tries).unsigned_abs())
    }

    /// Without chance.
    pub fn longest_millis(&self, tries: i64) -> i64 {
        (1..tries.min(64)).fold(self.first, |wait, _| (wait * self.factor).min(self.longest))
    }
}

pub fn chance() -> u8 {
    let mut chance = [0];
    _ = getrandom::fill(&mut chance);
    chance[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_are_spread_by_chance() {
        let backoff = Backoff { first: 1_000, factor: 2, longest: 600_000 };
        let waits = [0, 1, 2, 3, 10, 11, 16, i64::MAX].map(|tries| backoff.longest_millis(tries) / 1_000);
        assert_eq!(waits, [1, 1, 2, 4, 512, 600, 600, 600]);
        let spread: Vec<i64> = (0..100).map(|_| backoff.wait_millis(1)).collect();
        assert!(spread.iter().all(|wait| (500..=1_000).contains(wait)), "{spread:?}");
        assert!(spread.iter().any(|wait| *wait != spread[0]), "{spread:?}");
    }
}
