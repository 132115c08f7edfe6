//! Periodic clean-up, once a minute: what is private in sessions that ran out is wiped, and rows that mean nothing any
//! more are deleted (`store::clean_up`). Looks after the job queue first.

use super::periodic::Periodic;
use crate::{
    error::{Error, Result},
    identity::{account_requests::CONFIRM_MILLIS, text_numbers::CODE_MILLIS},
    state::App,
    store::{clean_up::LEFTOVERS, jobs::Kind},
};
use contract::{Instant, problem_details::ErrorCode};
use std::time::Duration;
use tokio::time::timeout;

/// Its name among the tasks.
const TASK: &str = Periodic::CleanUp.name();
/// Of one kind in one round; what is left waits for the next.
const MOST_BATCHES: usize = 10;
/// The job queue's two, and the kinds of `until`.
const STEPS: u32 = 7 + LEFTOVERS.len() as u32;

/// Of a round. Each step has an equal share of it: one that takes long leaves the others theirs.
pub fn limit(app: &App) -> Duration {
    app.settings.limits.step_time * 8
}

/// A step that fails is logged and keeps no other from being done; an error if one did.
pub async fn round(app: &App) -> Result<()> {
    let reported = step(app, "jobs set aside", report_jobs_set_aside(app)).await;
    let adopted = step(app, "jobs of the version before", adopt_old_jobs(app)).await;
    let cleaned = until(app, app.clock.now()).await;
    reported.and(adopted).and(cleaned)
}

/// Jobs that wait for somebody to look at them, over all servers.
async fn report_jobs_set_aside(app: &App) -> Result<(), sqlx::Error> {
    let set_aside = app.store.jobs_set_aside().await?;
    if set_aside > 0 {
        tracing::error!(set_aside, "jobs that failed too often wait in the table job for somebody to look at them");
    }
    Ok(())
}

/// What servers of an earlier version left is taken over.
pub async fn adopt_old_jobs(app: &App) -> Result<(), sqlx::Error> {
    app.store.adopt_old_jobs(Kind::AccountRequest.name()).await
}

/// What means nothing any more at that moment.
pub async fn until(app: &App, now: Instant) -> Result<()> {
    let mut done = batches(app, "drafts", || app.store.wipe_drafts(now)).await;
    done = done.and(batches(app, "registrations", || app.store.wipe_registrations(now)).await);
    done = done.and(batches(app, "texts with links to receipts", || app.store.wipe_sent_receipt_links()).await);
    let methods = || app.store.delete_methods_of_failed(now);
    done = done.and(batches(app, "methods of payments that failed", methods).await);
    let codes = || app.store.wipe_old_codes(now.plus_millis(-CODE_MILLIS), now);
    done = done.and(batches(app, "codes in text messages", codes).await);
    for leftovers in &LEFTOVERS {
        done = done.and(batches(app, leftovers.table, || app.store.delete(leftovers, now)).await);
    }
    let unconfirmed = || app.store.forget_unconfirmed(now, CONFIRM_MILLIS);
    done.and(batches(app, "unconfirmed accounts", unconfirmed).await)
}

/// As long as there may be more.
async fn batches<F>(app: &App, what: &str, batch: impl Fn() -> F) -> Result<()>
where
    F: Future<Output = Result<bool, sqlx::Error>>,
{
    let work = async {
        for _ in 0..MOST_BATCHES {
            if !batch().await? {
                break;
            }
        }
        Ok::<_, sqlx::Error>(())
    };
    step(app, what, work).await
}

async fn step(app: &App, what: &str, work: impl Future<Output = Result<(), sqlx::Error>>) -> Result<()> {
    let share = limit(app) / STEPS;
    let work = async {
        let done = timeout(share, work).await.map_err(|_| Error::new(ErrorCode::Unavailable))?;
        done.map_err(Error::from)
    };
    app.step(TASK, work).await.inspect_err(|error| tracing::error!(what, code = ?error.code, "clean-up failed"))
}
