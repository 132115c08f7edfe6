//! How often one caller may try something: so many in a sliding window, kept in memory. A restart forgives; a table would let a
//! flood write to the database. Knows keys, not what they mean.

use contract::Instant;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Above this many keys the ones whose window has passed are dropped.
const MANY_KEYS: usize = 10_000;

pub struct Tries {
    limit: usize,
    window_millis: i64,
    seen: Mutex<HashMap<String, VecDeque<i64>>>,
}

impl Tries {
    pub fn new(limit: u32, window: Duration) -> Self {
        Self {
            limit: limit as usize,
            window_millis: i64::try_from(window.as_millis()).unwrap_or(i64::MAX),
            seen: Mutex::default(),
        }
    }

    /// Counts a try; `Err` is the seconds until the next one is welcome.
    pub fn take(&self, key: &str, now: Instant) -> Result<(), u32> {
        let now = now.millis();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() > MANY_KEYS {
            seen.retain(|_, tries| tries.back().is_some_and(|last| last + self.window_millis > now));
        }
        let tries = seen.entry(key.to_owned()).or_default();
        while tries.front().is_some_and(|first| first + self.window_millis <= now) {
            tries.pop_front();
        }
        if tries.len() >= self.limit {
            let wait = tries.front().map_or(1, |first| (first + self.window_millis - now + 999) / 1000);
            return Err(u32::try_from(wait).unwrap_or(1).max(1));
        }
        tries.push_back(now);
        Ok(())
    }
}

/// Tries that are welcome at once, and then ever further apart: two seconds, four, eight, up to a longest wait. One try is forgotten
/// for every while that passes, so nobody is ever locked out, and nothing piles up where many people share an address.
pub struct Slowdown {
    free: u32,
    longest_seconds: u32,
    /// One try is forgotten in so long.
    fades_millis: i64,
    tried: Mutex<HashMap<String, Tried>>,
}

#[derive(Clone, Copy)]
struct Tried {
    count: u32,
    last: i64,
    /// The one before the last, should the last turn out to be right.
    before: i64,
}

impl Slowdown {
    pub fn new(free: u32, longest_seconds: u32, fades: Duration) -> Self {
        let fades_millis = i64::try_from(fades.as_millis()).unwrap_or(i64::MAX).max(1);
        Self { free, longest_seconds, fades_millis, tried: Mutex::default() }
    }

    /// Seconds until a try is welcome; 0 for now.
    pub fn wait(&self, key: &str, now: Instant) -> u32 {
        let tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        tried.get(key).map_or(0, |tried| {
            let pause = self.pause(self.left(tried, now.millis()));
            let left = tried.last + i64::from(pause) * 1_000 - now.millis();
            u32::try_from((left + 999) / 1_000).unwrap_or(0)
        })
    }

    /// Counts a try as failed until it is forgiven: of many at the same moment none slips through.
    pub fn count(&self, key: &str, now: Instant) {
        let now = now.millis();
        let mut all = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > MANY_KEYS {
            all.retain(|_, tried| self.left(tried, now) > 0);
        }
        let tried = all.entry(key.to_owned()).or_insert(Tried { count: 0, last: now, before: now });
        let count = self.left(tried, now).saturating_add(1);
        *tried = Tried { count, last: now, before: tried.last };
    }

    /// It was right.
    pub fn forgive(&self, key: &str) {
        self.tried.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// What one right try takes back of what many may have failed.
    pub fn take_back(&self, key: &str) {
        if let Some(tried) = self.tried.lock().unwrap_or_else(PoisonError::into_inner).get_mut(key) {
            *tried = Tried { count: tried.count.saturating_sub(1), last: tried.before, before: tried.before };
        }
    }

    /// Of the tries counted, those that are not forgotten yet.
    fn left(&self, tried: &Tried, now: i64) -> u32 {
        let faded = (now - tried.last).max(0) / self.fades_millis;
        tried.count.saturating_sub(u32::try_from(faded).unwrap_or(u32::MAX))
    }

    fn pause(&self, count: u32) -> u32 {
        let over = (count + 1).saturating_sub(self.free);
        if over == 0 { 0 } else { 1_u32.checked_shl(over).unwrap_or(u32::MAX).min(self.longest_seconds) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_ever_further_apart_and_never_stop() {
        let slowdown = Slowdown::new(3, 60, Duration::from_secs(600));
        let at = |second: i64| Instant::from_millis(second * 1000);
        let mut waits = Vec::new();
        for _ in 0..9 {
            waits.push(slowdown.wait("a", at(0)));
            slowdown.count("a", at(0));
        }
        assert_eq!(waits, [0, 0, 0, 2, 4, 8, 16, 32, 60]);
        assert_eq!((slowdown.wait("a", at(59)), slowdown.wait("a", at(60)), slowdown.wait("b", at(0))), (1, 0, 0));
        slowdown.forgive("a");
        slowdown.count("a", at(3_700));
        assert_eq!(slowdown.wait("a", at(3_700)), 0);
    }

    #[test]
    fn what_failed_now_and_then_does_not_pile_up() {
        let slowdown = Slowdown::new(3, 60, Duration::from_secs(600));
        let at = |second: i64| Instant::from_millis(second * 1000);
        for time in 0..20 {
            slowdown.count("shared", at(time * 1_200));
            assert_eq!(slowdown.wait("shared", at(time * 1_200)), 0, "{time}");
        }
        for _ in 0..6 {
            slowdown.count("a", at(0));
        }
        assert_eq!(slowdown.wait("a", at(0)), 16);
        // Three of six are forgotten half an hour later: the next failure is the fourth.
        slowdown.count("a", at(1_800));
        assert_eq!(slowdown.wait("a", at(1_800)), 4);
    }

    #[test]
    fn a_right_try_makes_nobody_wait_longer() {
        let slowdown = Slowdown::new(3, 60, Duration::from_secs(600));
        let at = |second: i64| Instant::from_millis(second * 1000);
        for _ in 0..6 {
            slowdown.count("shared", at(0));
        }
        assert_eq!(slowdown.wait("shared", at(15)), 1);
        slowdown.count("shared", at(16));
        slowdown.take_back("shared");
        assert_eq!(slowdown.wait("shared", at(16)), 0);
    }

    #[test]
    fn the_next_try_is_welcome_once_the_first_has_left_the_window() {
        let tries = Tries::new(2, Duration::from_secs(10));
        let at = |second: i64| Instant::from_millis(second * 1000);
        assert_eq!(tries.take("a", at(0)), Ok(()));
        assert_eq!(tries.take("a", at(4)), Ok(()));
        assert_eq!(tries.take("a", at(5)), Err(5));
        assert_eq!(tries.take("b", at(5)), Ok(()));
        assert_eq!(tries.take("a", at(10)), Ok(()));
    }
}
