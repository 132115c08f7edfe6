//! Jobs that a request or another job queued (`store::jobs::enqueue`): each is done once and deleted in the transaction
//! of what it does. One that fails is retried with back-off. After the last try it is set aside, logged and counted
//! (`kppay_jobs_set_aside`). Tries are counted when they begin, so a job that takes its whole server with it is set
//! aside, too.

use super::worker::{self, Claim, Deadline, Queue};
use crate::{
    backoff::Backoff,
    billing::{balance_settings, forgotten_tokens, refunds},
    error::{Error, Result},
    identity::account_requests,
    metrics,
    state::App,
    store::jobs::{Job, Kind},
};
use contract::problem_details::ErrorCode;
use std::time::Duration;
use tracing::Instrument;

const WAIT: Backoff = Backoff { first: 1_000, factor: 2, longest: 600_000 };
/// Over the first twenty minutes and the hour after them.
pub const MOST_TRIES: i64 = 16;
/// Before a job is run again that met another transaction.
const AGAIN: Backoff = Backoff { first: 80, factor: 2, longest: 160 };

/// Each job takes one connection of the pool while it writes: of 24, four leave enough for requests.
fn queue(app: &App, kind: Kind) -> Queue {
    Queue {
        name: kind.name(),
        slots: 4,
        every: Duration::from_secs(1),
        limit: app.settings.limits.step_time,
        is_woken: true,
    }
}

pub async fn run(app: App, kind: Kind) {
    worker::run(&app, queue(&app, kind), |room| take(app.clone(), kind, room, run_again)).await;
}

/// Everything that is due, and what becomes due while it runs.
pub async fn round(app: &App) -> Result<()> {
    for kind in Kind::ALL {
        round_of(app, kind, run_again).await?;
    }
    Ok(())
}

/// As `round`, with something else to run the jobs.
pub async fn round_of<F>(app: &App, kind: Kind, work: impl Fn(App, Job) -> F + Copy) -> Result<()>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    worker::round(app, queue(app, kind), |room| take(app.clone(), kind, room, work)).await
}

async fn take<F>(
    app: App,
    kind: Kind,
    room: usize,
    work: impl Fn(App, Job) -> F,
) -> Result<Vec<impl Future<Output = ()> + Send + 'static>>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let now = app.clock.now();
    let claim = Claim::new(now, queue(&app, kind).limit);
    let claimed = app.store.claim_jobs(kind.name(), room, now, claim.until).await?;
    let jobs = claimed.into_iter().map(|job| {
        let span = tracing::error_span!("job", kind = job.kind, id = job.id, tries = job.tries);
        attempt(app.clone(), claim.deadline, work(app.clone(), job.clone()), job).instrument(span)
    });
    Ok(jobs.collect())
}

async fn attempt(app: App, deadline: Deadline, work: impl Future<Output = Result<()>> + Send + 'static, job: Job) {
    let failure = if job.tries > MOST_TRIES {
        Some("no try came to an end".to_owned())
    } else {
        worker::failure(deadline, work).await
    };
    if let Some(error) = failure {
        failed(&app, &job, &error).await;
    }
}

async fn failed(app: &App, job: &Job, error: &str) {
    let now = app.clock.now();
    let is_last = job.tries >= MOST_TRIES;
    tracing::error!(error, is_last, "a job failed");
    if is_last {
        metrics::JOBS_SET_ASIDE.add(1);
    }
    let write = || async {
        if is_last {
            app.store.set_job_aside(job, error, now).await
        } else {
            app.store.retry_job(job, error, now.plus_millis(WAIT.wait_millis(job.tries))).await
        }
    };
    worker::write_down(app, &job.kind, job.claimed_until, write).await;
}

/// Done again at once where it met another transaction; everything of a job is in one.
async fn run_again(app: App, job: Job) -> Result<()> {
    for tries in 1..=2 {
        match run_one(&app, &job).await {
            Err(error) if error.code == ErrorCode::Unavailable => tokio::time::sleep(AGAIN.wait(tries)).await,
            done => return done,
        }
    }
    run_one(&app, &job).await
}

async fn run_one(app: &App, job: &Job) -> Result<()> {
    match Kind::parse(&job.kind) {
        Some(Kind::AccountRequest) => account_requests::run(app, job).await,
        Some(Kind::ForgetToken) => forgotten_tokens::run(app, job).await,
        Some(Kind::RefundCredit) => refunds::run(app, job).await,
        Some(Kind::LowBalance) => balance_settings::run(app, job).await,
        // Only kinds that this version knows are claimed.
        None => Err(Error::new(ErrorCode::Fault)),
    }
}
