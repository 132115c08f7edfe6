//! The job worker: claims jobs of the queue one by one and runs up to four of them at once, each in a task of its own and
//! with a time limit of its own. So a job that waits, for a row that another transaction holds or for an answer, keeps no
//! other waiting: neither one that was due with it nor one that is queued meanwhile. A job that fails is retried with
//! exponential back-off and jitter; one that panics or takes too long fails like any other; after the last try it is set
//! aside, logged and counted (`kppay_jobs_set_aside`).
//!
//! Each job is a step of the task `jobs`, and so is each claim: what stands still is given up, and a worker that looks at its
//! queue every second is seen to live while its jobs wait. Over SQLite jobs share the one writer, which each holds for its
//! own statements only. Knows no kind's rules.

use crate::{
    error::{Error, Result},
    identity::account_requests,
    metrics,
    state::App,
    store::jobs::{Job, Kind},
};
use contract::problem_details::ErrorCode;
use std::time::Duration;
use tokio::task::JoinSet;
use tracing::Instrument;

/// Its name among the tasks.
const TASK: &str = "jobs";
/// The polling interval when the worker is not woken.
const EVERY: Duration = Duration::from_secs(1);
/// Longer than a try may take (`serve::tasks::Waits::step`).
const CLAIM_MILLIS: i64 = 60_000;
/// Each takes one connection of the pool while it writes: of 24, they leave enough for requests.
const AT_ONCE: usize = 4;
const FIRST_WAIT_MILLIS: i64 = 1_000;
const LONGEST_WAIT_MILLIS: i64 = 600_000;
/// Over the first twenty minutes and the hour after them.
pub const MOST_TRIES: i64 = 16;
/// Before a job is run again that met another transaction.
const AGAIN: Duration = Duration::from_millis(50);

/// Runs until the task is dropped. Polls with jitter: a job that writes more occupies the one writer of SQLite for longer, and a client must
/// not be able to measure that with a write of its own.
pub async fn run(app: App) {
    loop {
        round(&app).await;
        a_while(&app).await;
    }
}

/// Until it is time to look again.
async fn a_while(app: &App) {
    _ = tokio::time::timeout(EVERY, app.job_queued.notified()).await;
    tokio::time::sleep(Duration::from_millis(u64::from(chance()) * 2)).await;
}

/// Everything that is due, and what becomes due while it runs.
pub async fn round(app: &App) {
    round_of(app, run_again).await;
}

/// As `round`, with something else to run the jobs.
pub async fn round_of<F>(app: &App, work: impl Fn(App, Job) -> F)
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    // Dropped with this round: no job outlives its worker.
    let mut running = JoinSet::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(job) = claim(app).await
        {
            let span = tracing::error_span!("job", kind = job.kind, id = job.id, tries = job.tries);
            let work = work(app.clone(), job.clone());
            running.spawn(attempt(app.clone(), job, work).instrument(span));
        }
        if running.is_empty() {
            return;
        }
        tokio::select! {
            _ = running.join_next() => {}
            () = a_while(app), if running.len() < AT_ONCE => {}
        }
    }
}

async fn claim(app: &App) -> Option<Job> {
    let now = app.clock.now();
    let claim = app.store.claim_job(&Kind::NAMES, now, now.plus_millis(CLAIM_MILLIS));
    app.step(TASK, claim).await.unwrap_or_else(|error| {
        tracing::warn!(code = ?error.code, "the job queue could not be read");
        None
    })
}

async fn attempt(app: App, job: Job, work: impl Future<Output = Result<()>> + Send + 'static) {
    if let Some(why) = failure(&app, work).await {
        failed(&app, &job, &why).await;
    }
}

/// In a task of its own: a panic ends it and nothing else. None if it went well.
async fn failure(app: &App, work: impl Future<Output = Result<()>> + Send + 'static) -> Option<String> {
    let mut running = JoinSet::new();
    running.spawn(work.in_current_span());
    match app.tasks.step(TASK, running.join_next()).await {
        Some(Some(Ok(Ok(())))) => None,
        Some(Some(Ok(Err(error)))) => Some(format!("{:?}", error.code)),
        Some(_) => Some("panic".to_owned()),
        None => Some("time-out".to_owned()),
    }
}

async fn failed(app: &App, job: &Job, why: &str) {
    let (tries, now) = (job.tries, app.clock.now());
    let is_last = tries >= MOST_TRIES;
    tracing::error!(why, is_last, "a job failed");
    let written = if is_last {
        metrics::JOBS_SET_ASIDE.add(1);
        app.step(TASK, app.store.set_job_aside(job, why, now)).await
    } else {
        app.step(TASK, app.store.retry_job(job, why, now.plus_millis(wait_millis(tries, chance())))).await
    };
    // Then it is due again when its claim lapses.
    if let Err(error) = written {
        tracing::warn!(code = ?error.code, "that a job failed could not be written");
    }
}

/// Done again at once where it met another transaction; everything of a job is in one.
async fn run_again(app: App, job: Job) -> Result<()> {
    for _ in 0..2 {
        match run_one(&app, &job).await {
            Err(error) if error.code == ErrorCode::Unavailable => tokio::time::sleep(AGAIN).await,
            done => return done,
        }
    }
    run_one(&app, &job).await
}

async fn run_one(app: &App, job: &Job) -> Result<()> {
    match Kind::parse(&job.kind) {
        Some(Kind::AccountRequest) => account_requests::run(app, job).await,
        // Only kinds of ours are claimed.
        None => Err(Error::new(ErrorCode::Fault)),
    }
}

/// A second after the first try, twice as long after each, ten minutes at most; up to half of it more by chance, so that jobs that
/// failed together are not tried together.
fn wait_millis(tries: i64, chance: u8) -> i64 {
    let doubled = FIRST_WAIT_MILLIS << (tries - 1).clamp(0, 20);
    let wait = doubled.min(LONGEST_WAIT_MILLIS);
    wait + wait * i64::from(chance) / 512
}

fn chance() -> u8 {
    let mut chance = [0];
    _ = getrandom::fill(&mut chance);
    chance[0]
}

/// Jobs that wait for somebody to look at them, over all servers; what servers of an earlier version left is taken over. Once a minute.
pub async fn look_after(app: &App) -> Result<(), sqlx::Error> {
    app.store.adopt_old_jobs(Kind::AccountRequest.name()).await?;
    let set_aside = app.store.jobs_set_aside().await?;
    metrics::JOBS_SET_ASIDE.set(set_aside);
    if set_aside > 0 {
        tracing::error!(set_aside, "jobs that failed too often wait in the table job for somebody to look at them");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_to_ten_minutes_and_are_spread_by_chance() {
        let waits: Vec<_> = [1, 2, 3, 10, 11, 16, 1_000].map(|tries| wait_millis(tries, 0) / 1_000).into();
        assert_eq!(waits, [1, 2, 4, 512, 600, 600, 600]);
        assert!((1_001..=1_500).contains(&wait_millis(1, 255)), "{}", wait_millis(1, 255));
    }
}
