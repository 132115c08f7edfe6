//! A bounded cache of keys that the database refused a moment ago, so that a flood seldom reaches it. What does not fit
//! asks again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Some megabytes.
const MOST_KEYS: usize = 20_000;
/// How long a remembered rejection is valid: another server may have given an attempt back meanwhile.
const BELIEVED_MILLIS: i64 = 5_000;

#[derive(Default)]
pub struct Memory {
    /// When it was refused, and until when.
    refused: Mutex<HashMap<String, (i64, i64)>>,
}

impl Memory {
    /// Milliseconds until a try is welcome, if it is known that none is now.
    pub fn wait(&self, key: &str, now: i64) -> Option<i64> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, until) = *refused.get(key)?;
        (until > now && (at..at + BELIEVED_MILLIS).contains(&now)).then_some(until - now)
    }

    pub fn remember(&self, key: &str, now: i64, wait: i64) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() >= MOST_KEYS {
            refused.retain(|_, (at, until)| *until > now && *at + BELIEVED_MILLIS > now);
            if refused.len() >= MOST_KEYS {
                refused.clear();
            }
        }
        refused.insert(key.to_owned(), (now, now.saturating_add(wait)));
    }

    pub fn forget(&self, key: &str) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_is_believed_for_some_seconds_and_no_longer_than_it_holds() {
        let memory = Memory::default();
        memory.remember("a", 1_000, 60_000);
        memory.remember("b", 1_000, 2_000);
        assert_eq!((memory.wait("a", 5_999), memory.wait("a", 6_000)), (Some(55_001), None));
        assert_eq!((memory.wait("b", 2_999), memory.wait("b", 3_000)), (Some(1), None));
        memory.forget("a");
        assert_eq!(memory.wait("a", 1_000), None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let memory = Memory::default();
        for key in 0..=2 * MOST_KEYS {
            memory.remember(&key.to_string(), 0, 60_000);
        }
        assert!(memory.refused.lock().unwrap().len() <= MOST_KEYS);
        assert!(memory.wait(&(2 * MOST_KEYS).to_string(), 0).is_some());
    }
}
