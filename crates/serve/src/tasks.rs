//! Supervised background tasks: one that panics, ends or stands still is started again after a pause, and one that has
//! done nothing for too long is named. A task does its rounds in steps, each with a time limit (`Tasks::step`): what it
//! asks may never answer. Knows the tasks' names, not what they do.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::watch, task::JoinSet};
use tracing::Instrument;

/// Steps of all tasks since the process started.
static STEPS: AtomicI64 = AtomicI64::new(0);

pub fn steps() -> i64 {
    STEPS.load(Ordering::Relaxed)
}

/// Time limits and pauses.
#[derive(Clone, Copy, Debug)]
pub struct Timings {
    /// A step that takes longer is given up.
    pub step: Duration,
    /// A task that neither begins nor ends a step for so long stands still. Longer than a step, and than any pause
    /// between two.
    pub still: Duration,
    /// Before a task that ended is started again.
    pub pause: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self { step: Duration::from_secs(40), still: Duration::from_secs(60), pause: Duration::from_secs(5) }
    }
}

/// All tasks of one process. A task that was never supervised here is never missed, so tests may call its rounds by
/// themselves.
#[derive(Debug)]
pub struct Tasks {
    /// When each last began or ended a step.
    beats: Mutex<BTreeMap<&'static str, Instant>>,
    running: Mutex<JoinSet<()>>,
    stopping: watch::Sender<bool>,
    timings: Timings,
    /// Called when one has ended and is started again.
    restarted: fn(),
}

impl Default for Tasks {
    fn default() -> Self {
        Self::new(Timings::default(), || ())
    }
}

impl Tasks {
    pub fn new(timings: Timings, restarted: fn()) -> Self {
        let stopping = watch::Sender::new(false);
        Self { beats: Mutex::default(), running: Mutex::default(), stopping, timings, restarted }
    }

    /// Runs what `make` makes, again whenever it ends or stands still, until `stop`.
    pub fn supervise<F>(self: &Arc<Self>, name: &'static str, make: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.beats().insert(name, Instant::now());
        let tasks = Arc::downgrade(self);
        let (Timings { still, pause, .. }, restarted) = (self.timings, self.restarted);
        let supervisor = async move {
            loop {
                let started = Instant::now();
                // Dropped together with this supervisor: `stop` ends both.
                let mut task = JoinSet::new();
                task.spawn(make().instrument(tracing::error_span!("task", task = name)));
                let ended = loop {
                    if let Ok(ended) = tokio::time::timeout(still / 8, task.join_next()).await {
                        break ended;
                    }
                    let Some(tasks) = tasks.upgrade() else { return };
                    if started.elapsed() > still && tasks.is_silent(name) {
                        break None;
                    }
                };
                if tasks.upgrade().is_none_or(|tasks| tasks.is_stopping()) {
                    return;
                }
                let panicked = matches!(&ended, Some(Err(error)) if error.is_panic());
                let stood_still = ended.is_none();
                tracing::error!(task = name, panicked, stood_still, "a background task is started again");
                drop(task);
                restarted();
                tokio::time::sleep(pause).await;
            }
        };
        self.running.lock().unwrap_or_else(PoisonError::into_inner).spawn(supervisor);
    }

    /// Runs one step of a task with a time limit. A task waits for others only in a step: a database or a processor may
    /// never respond, and the clients have no time-out of their own. `None` if it took too long; the step's future is
    /// dropped then.
    pub async fn step<T>(&self, name: &str, work: impl Future<Output = T>) -> Option<T> {
        self.beat(name);
        let done = tokio::time::timeout(self.timings.step, work).await.ok();
        if done.is_none() {
            tracing::error!(task = name, "a step of a background task took too long and was given up");
        }
        self.beat(name);
        STEPS.fetch_add(1, Ordering::Relaxed);
        done
    }

    fn beat(&self, name: &str) {
        if let Some(last) = self.beats().get_mut(name) {
            *last = Instant::now();
        }
    }

    fn is_silent(&self, name: &str) -> bool {
        self.beats().get(name).is_some_and(|last| last.elapsed() > self.timings.still)
    }

    /// Those that stand still; one that was started again is among them until it begins a step.
    pub fn silent(&self) -> Vec<&'static str> {
        let still = self.timings.still;
        self.beats().iter().filter(|(_, last)| last.elapsed() > still).map(|(name, _)| *name).collect()
    }

    /// Whether a task should begin nothing more, and end.
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Until that is so.
    pub async fn stopping(&self) {
        // There is a sender as long as there is somebody to ask: `self`.
        _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// Lets what runs come to its end, for so long at most; what has not ended by then is dropped.
    pub async fn end(&self, limit: Duration) {
        self.stopping.send_replace(true);
        let mut running = std::mem::take(&mut *self.running.lock().unwrap_or_else(PoisonError::into_inner));
        let ended = tokio::time::timeout(limit, async { while running.join_next().await.is_some() {} }).await;
        if ended.is_err() {
            tracing::warn!(tasks = running.len(), "background tasks did not end in time and were dropped");
        }
    }

    pub fn stop(&self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }

    fn beats(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, Instant>> {
        self.beats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{future::pending, sync::atomic::AtomicUsize};

    /// As short as a busy machine allows.
    fn short() -> Timings {
        Timings { step: Duration::from_millis(50), still: Duration::from_secs(1), pause: Duration::from_millis(1) }
    }

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
        static RESTARTS: AtomicUsize = AtomicUsize::new(0);
        let timings = Timings { pause: Duration::from_millis(1), ..Timings::default() };
        let tasks = Arc::new(Tasks::new(timings, || _ = RESTARTS.fetch_add(1, Ordering::SeqCst)));
        let starts = Arc::new(AtomicUsize::new(0));
        let counted = starts.clone();
        tasks.supervise("fragile", move || {
            let starts = counted.clone();
            async move {
                match starts.fetch_add(1, Ordering::SeqCst) {
                    0 => panic!("the first time"),
                    1 => (),
                    _ => pending().await,
                }
            }
        });
        until(|| starts.load(Ordering::SeqCst) == 3).await;
        assert_eq!(RESTARTS.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_step_that_hangs_is_given_up_and_the_task_goes_on() {
        static RESTARTS: AtomicUsize = AtomicUsize::new(0);
        let timings = Timings { still: Duration::from_secs(60), ..short() };
        let tasks = Arc::new(Tasks::new(timings, || _ = RESTARTS.fetch_add(1, Ordering::SeqCst)));
        let (held, done) = (Arc::new(()), Arc::new(AtomicUsize::new(0)));
        let (own, inside, counted) = (tasks.clone(), held.clone(), done.clone());
        tasks.supervise("patient", move || {
            let (tasks, held, done) = (own.clone(), inside.clone(), counted.clone());
            async move {
                let never = async move {
                    pending::<()>().await;
                    drop(held);
                };
                assert_eq!(tasks.step("patient", never).await, None);
                assert_eq!(tasks.step("patient", async { 7 }).await, Some(7));
                done.fetch_add(1, Ordering::SeqCst);
                pending().await
            }
        });
        until(|| done.load(Ordering::SeqCst) == 1).await;
        assert_eq!(Arc::strong_count(&held), 2, "what hung is dropped");
        assert_eq!(RESTARTS.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn a_task_that_stands_still_is_named_and_started_again_and_one_that_makes_steps_is_not() {
        static RESTARTS: AtomicUsize = AtomicUsize::new(0);
        let tasks = Arc::new(Tasks::new(short(), || _ = RESTARTS.fetch_add(1, Ordering::SeqCst)));
        let starts = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
        let [hangs, goes] = starts.clone();
        let own = tasks.clone();
        tasks.supervise("hangs", move || {
            let (tasks, is_first) = (own.clone(), hangs.fetch_add(1, Ordering::SeqCst) == 0);
            async move {
                if is_first {
                    pending::<()>().await; // outside of any step: nothing but the supervisor ends it
                }
                loop {
                    tasks.step("hangs", tokio::time::sleep(Duration::from_millis(5))).await;
                }
            }
        });
        let own = tasks.clone();
        tasks.supervise("goes", move || {
            let tasks = own.clone();
            goes.fetch_add(1, Ordering::SeqCst);
            async move {
                loop {
                    tasks.step("goes", tokio::time::sleep(Duration::from_millis(5))).await;
                }
            }
        });
        until(|| tasks.silent() == ["hangs"]).await;
        until(|| starts[0].load(Ordering::SeqCst) == 2).await;
        until(|| tasks.silent().is_empty()).await;
        tokio::time::sleep(2 * short().still).await;
        assert_eq!(starts.map(|starts| starts.load(Ordering::SeqCst)), [2, 1]);
        assert_eq!(RESTARTS.load(Ordering::SeqCst), 1);
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

    #[tokio::test]
    async fn at_a_stop_what_runs_may_end_and_what_does_not_is_dropped_after_the_limit() {
        let tasks = Arc::new(Tasks::default());
        let (held, done) = (Arc::new(()), Arc::new(AtomicUsize::new(0)));
        let (own, counted) = (tasks.clone(), done.clone());
        tasks.supervise("ends", move || {
            let (tasks, done) = (own.clone(), counted.clone());
            async move {
                tasks.stopping().await;
                tokio::time::sleep(Duration::from_millis(20)).await;
                done.fetch_add(1, Ordering::SeqCst);
            }
        });
        tasks.end(Duration::from_secs(20)).await;
        assert_eq!(done.load(Ordering::SeqCst), 1, "it came to its end, and was not started again");
        let inside = held.clone();
        tasks.supervise("hangs", move || {
            let inside = inside.clone();
            async move {
                pending::<()>().await;
                drop(inside);
            }
        });
        until(|| Arc::strong_count(&held) == 3).await;
        tasks.end(Duration::from_millis(20)).await;
        until(|| Arc::strong_count(&held) == 1).await;
    }
}
