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

/// Before the database is asked again that failed: to claim jobs, or to write the end of one.
const RETRY: Backoff = Backoff { first: 500, factor: 2, longest: 8_000 };

/// How much longer a claim holds than its job may take: for writing the job's end.
const MARGIN: Duration = Duration::from_secs(5);

/// When the time limit of a job is over.
pub type Deadline = tokio::time::Instant;

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
    let (warning, mut failed) = (OncePerMinute::new(), 0);
    while !app.tasks.is_stopping() {
        let mut wait = queue.every;
        if work_off(app, queue, &take, &warning).await.is_err() {
            failed += 1;
            wait = wait.max(RETRY.wait(failed));
        } else {
            failed = 0;
        }
        tokio::select! {
            () = a_while(app, queue, wait) => {}
            () = app.tasks.stopping() => {}
        }
    }
}

/// Everything that is due, and what becomes due while it runs. An error if nothing runs and no job could be claimed.
pub async fn round<F, J, W>(app: &App, queue: Queue, take: impl Fn(usize) -> F) -> Result<()>
where
    F: Future<Output = Result<J>>,
    J: IntoIterator<Item = W>,
    W: Future<Output = ()> + Send + 'static,
{
    work_off(app, queue, &take, &OncePerMinute::new()).await
}

/// As `round`. A claim that fails is logged, also while other jobs run.
async fn work_off<F, J, W>(app: &App, queue: Queue, take: &impl Fn(usize) -> F, warning: &OncePerMinute) -> Result<()>
where
    F: Future<Output = Result<J>>,
    J: IntoIterator<Item = W>,
    W: Future<Output = ()> + Send + 'static,
{
    // Dropped with this round: no job outlives its worker.
    let mut running = JoinSet::new();
    loop {
        let room = if app.tasks.is_stopping() { 0 } else { queue.slots.saturating_sub(running.len()) };
        let mut claimed = Ok(());
        if room > 0 {
            match app.step(queue.name, take(room)).await {
                Ok(jobs) => jobs.into_iter().for_each(|job| _ = running.spawn(job.in_current_span())),
                Err(error) => {
                    if warning.is_due() {
                        tracing::warn!(code = ?error.code, queue = queue.name, "jobs that are due could not be claimed");
                    }
                    claimed = Err(error);
                }
            }
        } else {
            // It does not stand still: its jobs do.
            _ = app.tasks.step(queue.name, async {}).await;
        }
        if running.is_empty() {
            return claimed;
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

/// A claim that is being made. Both of its times count from before the database is asked, which may take as long as a
/// step: a job that uses up its time limit ends before its claim does.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// Until then no other server claims the jobs.
    pub until: Instant,
    /// Then the jobs' time limit is over.
    pub deadline: Deadline,
}

impl Claim {
    pub fn new(now: Instant, limit: Duration) -> Self {
        let millis = i64::try_from((limit + MARGIN).as_millis()).unwrap_or(i64::MAX);
        Self { until: now.plus_millis(millis), deadline: Deadline::now() + limit }
    }
}

/// Runs a job in a task of its own: a panic ends it and nothing else. None if it went well, or else the error.
pub async fn failure(deadline: Deadline, work: impl Future<Output = Result<()>> + Send + 'static) -> Option<String> {
    outcome(deadline, work).await.err()
}

/// As `failure`, with the job's result.
pub async fn outcome<T: Send + 'static>(
    deadline: Deadline,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T, String> {
    let mut running = JoinSet::new();
    running.spawn(work.in_current_span());
    match tokio::time::timeout_at(deadline, running.join_next()).await {
        Ok(Some(Ok(Ok(result)))) => Ok(result),
        Ok(Some(Ok(Err(error)))) => Err(format!("{:?}", error.code)),
        Ok(_) => Err("panic".to_owned()),
        Err(_) => Err("time-out".to_owned()),
    }
}

/// Writes the outcome of a job. It is tried again while the database fails; once the claim has lapsed the job is due by
/// itself.
pub async fn write_down<F>(app: &App, queue: &str, claimed_until: Instant, write: impl Fn() -> F)
where
    F: Future<Output = Result<(), sqlx::Error>>,
{
    let mut failed = 0;
    while let Err(error) = app.step(queue, write()).await {
        if app.clock.now() >= claimed_until {
            tracing::warn!(code = ?error.code, "the outcome of a job could not be written");
            return;
        }
        failed += 1;
        tokio::time::sleep(RETRY.wait(failed)).await;
    }
}

/// Does the same on every server, in steps of its own, again and again until it stops: for what belongs to one process
/// and is no job.
pub async fn repeat<F>(app: &App, name: &'static str, every: Duration, work: impl Fn() -> F)
where
    F: Future<Output = Result<()>>,
{
    let (warning, mut failed) = (OncePerMinute::new(), 0);
    while !app.tasks.is_stopping() {
        let mut wait = every;
        if let Err(error) = work().await {
            failed += 1;
            wait = RETRY.wait(failed);
            if warning.is_due() {
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
