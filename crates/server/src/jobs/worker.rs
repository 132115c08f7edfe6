//! The job worker: everything that runs without a request runs by it, each kind of work in a queue of its own. A
//! queue's jobs are rows, which one of several servers claims for a while; so a job whose server was killed is done by
//! another one.
//!
//! Each job runs in a task of its own with a time limit of its own: a panic ends it and nothing else. Each queue has
//! its own slots, so jobs of one kind that hang keep no other kind waiting. When the server stops, no more jobs are
//! claimed, and those that run may end (`serve::tasks`). Knows no kind's rules: `queued` and `periodic` are the jobs of
//! the table `job`; e-mails and payments without an answer are jobs in tables of their own.

use crate::{
    alarm::OncePerMinute,
    backoff::{Backoff, chance},
    error::Result,
    state::App,
};
use contract::Instant;
use std::time::Duration;
use tokio::task::JoinSet;
use tracing::Instrument;

/// Of a queue that can't be read.
const LOOK: Backoff = Backoff { first: 500, factor: 2, longest: 8_000 };

/// How much longer a claim holds than its job may take.
const MARGIN: Duration = Duration::from_secs(5);
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// One kind of work.
#[derive(Clone, Copy, Debug)]
pub struct Queue {
    /// Of its task, too.
    pub name: &'static str,
    /// Jobs that one server runs at once.
    pub slots: usize,
    /// How often a server looks for jobs, when it is not woken.
    pub every: Duration,
    /// Of one job.
    pub limit: Duration,
    /// `State::wake_worker` wakes it, and it looks a little later by chance: a job that writes more occupies the one
    /// writer of SQLite for longer, and a client must not be able to measure that with a write of its own.
    pub is_woken: bool,
}

/// Until the server stops. `take` claims jobs that are due, at most so many.
pub async fn run<F, J, W>(app: &App, queue: Queue, take: impl Fn(usize) -> F)
where
    F: Future<Output = Result<J>>,
    J: IntoIterator<Item = W>,
    W: Future<Output = ()> + Send + 'static,
{
    let (told, mut failed) = (OncePerMinute::new(), 0);
    while !app.tasks.is_stopping() {
        let mut wait = queue.every;
        if let Err(error) = round(app, queue, &take).await {
            failed += 1;
            wait = wait.max(Duration::from_millis(LOOK.wait_millis(failed).unsigned_abs()));
            if told.is_due() {
                tracing::warn!(code = ?error.code, queue = queue.name, "the jobs that are due could not be read");
            }
        } else {
            failed = 0;
        }
        tokio::select! {
            () = a_while(app, queue, wait) => {}
            () = app.tasks.stopping() => {}
        }
    }
}

/// Everything that is due, and what becomes due while it runs. An error if nothing runs and what is due can't be read.
pub async fn round<F, J, W>(app: &App, queue: Queue, take: impl Fn(usize) -> F) -> Result<()>
where
    F: Future<Output = Result<J>>,
    J: IntoIterator<Item = W>,
    W: Future<Output = ()> + Send + 'static,
{
    // Dropped with this round: no job outlives its worker.
    let mut running = JoinSet::new();
    loop {
        let room = if app.tasks.is_stopping() { 0 } else { queue.slots.saturating_sub(running.len()) };
        let mut looked = Ok(());
        if room > 0 {
            match app.step(queue.name, take(room)).await {
                Ok(jobs) => jobs.into_iter().for_each(|job| _ = running.spawn(job.in_current_span())),
                Err(error) => looked = Err(error),
            }
        } else {
            // It does not stand still: its jobs do.
            _ = app.tasks.step(queue.name, async {}).await;
        }
        if running.is_empty() {
            return looked;
        }
        tokio::select! {
            _ = running.join_next() => {}
            () = a_while(app, queue, queue.every) => {}
        }
    }
}

/// Until it is time to look again.
async fn a_while(app: &App, queue: Queue, wait: Duration) {
    if queue.is_woken {
        _ = tokio::time::timeout(wait, app.job_queued.notified()).await;
        tokio::time::sleep(Duration::from_millis(u64::from(chance()) * 2)).await;
    } else {
        tokio::time::sleep(wait).await;
    }
}

/// Runs a job in a task of its own: a panic ends it and nothing else. None if it went well, or else why not.
pub async fn failure(limit: Duration, work: impl Future<Output = Result<()>> + Send + 'static) -> Option<String> {
    outcome(limit, work).await.err()
}

/// As `failure`, with what the job found.
pub async fn outcome<T: Send + 'static>(
    limit: Duration,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T, String> {
    let mut running = JoinSet::new();
    running.spawn(work.in_current_span());
    match tokio::time::timeout(limit, running.join_next()).await {
        Ok(Some(Ok(Ok(found)))) => Ok(found),
        Ok(Some(Ok(Err(error)))) => Err(format!("{:?}", error.code)),
        Ok(_) => Err("panic".to_owned()),
        Err(_) => Err("time-out".to_owned()),
    }
}

/// Until when a job is claimed that may take so long, and whose end is to be written.
pub fn claimed_until(now: Instant, limit: Duration) -> Instant {
    now.plus_millis(i64::try_from((limit + MARGIN).as_millis()).unwrap_or(i64::MAX))
}

/// Writes what became of a job. While the database takes nothing it is tried again; once the claim has lapsed the job
/// is due by itself.
pub async fn write_down<F>(app: &App, queue: &str, claimed_until: Instant, write: impl Fn() -> F)
where
    F: Future<Output = Result<(), sqlx::Error>>,
{
    while let Err(error) = app.step(queue, write()).await {
        if app.clock.now() >= claimed_until {
            tracing::warn!(code = ?error.code, "what became of a job could not be written");
            return;
        }
        tokio::time::sleep(WRITE_AGAIN).await;
    }
}

/// Does the same on every server, in steps of its own, again and again until it stops: for what belongs to one process
/// and is no job.
pub async fn repeat<F>(app: &App, name: &'static str, every: Duration, work: impl Fn() -> F)
where
    F: Future<Output = Result<()>>,
{
    let (told, mut failed) = (OncePerMinute::new(), 0);
    while !app.tasks.is_stopping() {
        let mut wait = every;
        if let Err(error) = work().await {
            failed += 1;
            wait = Duration::from_millis(LOOK.wait_millis(failed).unsigned_abs());
            if told.is_due() {
                tracing::warn!(code = ?error.code, task = name, "a background task failed");
            }
        } else {
            failed = 0;
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = app.tasks.stopping() => {}
        }
    }
}
