//! Gates: admission control for limits that are counted after the fact, or given back. They keep concurrent attempts
//! from overrunning a limit. Each bucket has a gate with a queue, and one attempt at a time is next. It knows how many
//! are *under way* (admitted, and not judged yet), and that no other joins them meanwhile. So those under way can be
//! added to the count, whatever becomes of them.
//!
//! An attempt that needs several gates takes them in one global order, and then waits only for those under way, which
//! wait for no gate: there is no deadlock. Gates are local to a server: they know nothing of what is under way at
//! another one.

use crate::{error::Error, store::limits::Bucket};
use contract::problem_details::ErrorCode;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{self, OwnedMutexGuard, watch},
    time::{Instant, timeout_at},
};

/// The longest wait, at all gates together. It is less than a lock's time-out, so that an attempt behind payments that
/// wait for a lock does not then wait for the lock, too.
const PATIENCE: Duration = Duration::from_secs(4);

#[derive(Default)]
struct Gate {
    queue: Arc<sync::Mutex<()>>,
    under_way: watch::Sender<i64>,
}

#[derive(Clone, Default)]
pub struct Gates {
    /// Where somebody is. Others are forgotten.
    open: Arc<Mutex<HashMap<String, Arc<Gate>>>>,
}

/// Somebody at a gate: in its queue, next, or under way.
struct Visit {
    gates: Gates,
    key: String,
    gate: Arc<Gate>,
}

/// An attempt that is next at all of its gates.
pub struct NextAttempt {
    until: Instant,
    visits: Vec<(Visit, OwnedMutexGuard<()>)>,
}

/// Under way through some gates, until it is dropped.
pub struct UnderWay(Vec<Visit>);

impl Gates {
    fn visit(&self, key: &str) -> Visit {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let gate = Arc::clone(open.entry(key.to_owned()).or_default());
        Visit { gates: self.clone(), key: key.to_owned(), gate }
    }

    /// Waits until it is next at the gates of these buckets, the narrowest first. None if that takes too long.
    pub async fn next(&self, buckets: &[Bucket]) -> Option<NextAttempt> {
        let mut next = NextAttempt { until: Instant::now() + PATIENCE, visits: Vec::new() };
        for bucket in buckets {
            next.enter(self, bucket).await?;
        }
        Some(next)
    }
}

impl NextAttempt {
    /// Waits until it is next at one gate more. None if that takes too long.
    pub async fn enter(&mut self, gates: &Gates, bucket: &Bucket) -> Option<()> {
        let visit = gates.visit(&bucket.key);
        let queue = Arc::clone(&visit.gate.queue);
        let turn = timeout_at(self.until, queue.lock_owned()).await.ok()?;
        self.visits.push((visit, turn));
        Some(())
    }

    /// Is next nowhere any more. Its patience is what is left of it.
    pub fn leave(&mut self) {
        self.visits.clear();
    }

    /// How many are under way through each gate. Read it before the count: an attempt that is judged in between is then
    /// in both, and not in neither.
    pub fn under_way(&self) -> Vec<i64> {
        self.visits.iter().map(|(visit, _)| *visit.gate.under_way.borrow()).collect()
    }

    /// Waits until at most `most` are under way through one of them. None if that takes too long.
    pub async fn wait(&self, gate: usize, most: i64) -> Option<()> {
        let (visit, _) = self.visits.get(gate)?;
        let mut under_way = visit.gate.under_way.subscribe();
        timeout_at(self.until, under_way.wait_for(|under_way| *under_way <= most)).await.ok()?.ok()?;
        // A wait that is over at once takes no time: a loop of such waits ends here.
        (Instant::now() < self.until).then_some(())
    }

    /// Goes through, and the one behind it is next.
    pub fn go(self) -> UnderWay {
        let through = |(visit, _): (Visit, OwnedMutexGuard<()>)| {
            visit.gate.under_way.send_modify(|under_way| *under_way += 1);
            visit
        };
        UnderWay(self.visits.into_iter().map(through).collect())
    }
}

/// The error after the longest wait.
pub fn too_slow() -> Error {
    Error::later(ErrorCode::Unavailable, 5)
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        for visit in &self.0 {
            visit.gate.under_way.send_modify(|under_way| *under_way -= 1);
        }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let mut open = self.gates.open.lock().unwrap_or_else(PoisonError::into_inner);
        // The map's reference and this one: there is no other, and none is added while the map is locked.
        if Arc::strong_count(&self.gate) == 2 {
            open.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn buckets(keys: &[&str]) -> Vec<Bucket> {
        keys.iter().map(|key| Bucket { key: (*key).to_owned(), step_millis: 1, span_millis: 1 }).collect()
    }

    #[tokio::test]
    async fn one_is_next_and_knows_how_many_are_under_way() {
        let gates = Gates::default();
        let (both, one) = (buckets(&["a", "b"]), buckets(&["b"]));
        let first = gates.next(&both).await.unwrap();
        assert!(gates.next(&one).now_or_never().is_none(), "it stands behind the first");
        let first = first.go();
        let second = gates.next(&one).await.unwrap();
        assert_eq!(second.under_way(), [1]);
        assert!(second.wait(0, 1).now_or_never().is_some());
        assert!(second.wait(0, 0).now_or_never().is_none());
        let (waited, ()) = tokio::join!(second.wait(0, 0), async { drop(first) });
        assert!(waited.is_some());
        assert_eq!(second.under_way(), [0]);
    }

    #[tokio::test]
    async fn where_nobody_is_nothing_is_kept() {
        let gates = Gates::default();
        let under_way = gates.next(&buckets(&["a", "b"])).await.unwrap().go();
        let next = gates.next(&buckets(&["b", "c"])).await.unwrap();
        assert_eq!(gates.open.lock().unwrap().len(), 3);
        drop(under_way);
        assert_eq!((next.under_way(), gates.open.lock().unwrap().len()), (vec![0, 0], 2));
        drop(next);
        assert!(gates.open.lock().unwrap().is_empty());
    }
}
