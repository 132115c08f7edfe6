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

#[cfg(test)]
mod tests {
    use super::*;

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
