//! Supervised background tasks: one that panics or ends is started again after a pause, and one that has not made a round for too
//! long is named. Each task says `beat` at the end of every round. Knows their names, not what they do.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

const PAUSE: Duration = Duration::from_secs(5);

/// Rounds of all tasks since the process started.
static ROUNDS: AtomicI64 = AtomicI64::new(0);

pub fn rounds() -> i64 {
    ROUNDS.load(Ordering::Relaxed)
}

/// All tasks of one process. A task that was never supervised here is never missed, so tests may call its rounds by themselves.
#[derive(Debug)]
pub struct Tasks {
    /// When each last made a round.
    rounds: Mutex<BTreeMap<&'static str, Instant>>,
    running: Mutex<JoinSet<()>>,
    pause: Duration,
    /// Told that one ended and is started again.
    restarted: fn(),
}

impl Default for Tasks {
    fn default() -> Self {
        Self::new(PAUSE, || ())
    }
}

impl Tasks {
    pub fn new(pause: Duration, restarted: fn()) -> Self {
        Self { rounds: Mutex::default(), running: Mutex::default(), pause, restarted }
    }

    /// Counting restarts, with the pause that is usual.
    pub fn counting(restarted: fn()) -> Self {
        Self::new(PAUSE, restarted)
    }

    /// Runs what `make` makes, again whenever it ends, until `stop`.
    pub fn supervise<F>(self: &Arc<Self>, name: &'static str, make: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.rounds().insert(name, Instant::now());
        self.restart(name, make);
    }

    /// The same for a task whose rounds are hours apart: nobody misses them.
    pub fn restart<F>(&self, name: &'static str, make: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (pause, restarted) = (self.pause, self.restarted);
        let supervisor = async move {
            loop {
                // Dropped together with this supervisor: `stop` ends both.
                let mut task = JoinSet::new();
                task.spawn(make());
                let panicked = matches!(task.join_next().await, Some(Err(error)) if error.is_panic());
                tracing::error!(task = name, panicked, "a background task ended: it is started again");
                restarted();
                tokio::time::sleep(pause).await;
            }
        };
        self.running.lock().unwrap_or_else(PoisonError::into_inner).spawn(supervisor);
    }

    /// A round was made.
    pub fn beat(&self, name: &str) {
        if let Some(last) = self.rounds().get_mut(name) {
            *last = Instant::now();
            ROUNDS.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Those whose last round is longer ago.
    pub fn silent_for(&self, long: Duration) -> Vec<&'static str> {
        self.rounds().iter().filter(|(_, last)| last.elapsed() > long).map(|(name, _)| *name).collect()
    }

    pub fn stop(&self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }

    fn rounds(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, Instant>> {
        self.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    static RESTARTS: AtomicUsize = AtomicUsize::new(0);

    async fn until(holds: impl Fn() -> bool) {
        for _ in 0..2_000 {
            if holds() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("it never happened");
    }

    #[tokio::test]
    async fn a_task_that_panics_or_ends_is_started_again_and_counted() {
        let tasks = Arc::new(Tasks::new(Duration::from_millis(1), || _ = RESTARTS.fetch_add(1, Ordering::SeqCst)));
        let starts = Arc::new(AtomicUsize::new(0));
        let counted = starts.clone();
        tasks.supervise("fragile", move || {
            let starts = counted.clone();
            async move {
                match starts.fetch_add(1, Ordering::SeqCst) {
                    0 => panic!("the first time"),
                    1 => (),
                    _ => std::future::pending().await,
                }
            }
        });
        until(|| starts.load(Ordering::SeqCst) == 3).await;
        assert_eq!(RESTARTS.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_task_that_makes_no_rounds_is_named_until_it_makes_one() {
        let tasks = Arc::new(Tasks::default());
        let long = Duration::from_millis(40);
        tasks.beat("nobody's");
        tasks.supervise("slow", std::future::pending::<()>);
        assert_eq!(tasks.silent_for(Duration::from_secs(60)), [""; 0]);
        until(|| tasks.silent_for(long) == ["slow"]).await;
        until(|| {
            tasks.beat("slow");
            tasks.silent_for(long).is_empty()
        })
        .await;
    }

    #[tokio::test]
    async fn what_was_stopped_does_nothing_any_more() {
        let tasks = Arc::new(Tasks::default());
        let held = Arc::new(());
        let inside = held.clone();
        tasks.supervise("task", move || {
            let inside = inside.clone();
            async move {
                std::future::pending::<()>().await;
                drop(inside);
            }
        });
        until(|| Arc::strong_count(&held) == 3).await;
        tasks.stop();
        until(|| Arc::strong_count(&held) == 1).await;
    }
}
