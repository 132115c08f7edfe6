//! Periodic clean-up, once a minute: what is private in sessions that ran out is wiped, and rows that mean nothing any
//! more are deleted (`store::clean_up`). Looks after the job queue on the way.

use super::periodic::Periodic;
use crate::{
    identity::account_requests::CONFIRM_MILLIS,
    state::App,
    store::{clean_up::LEFTOVERS, jobs::Kind},
};
use contract::Instant;

/// Its name among the tasks.
const TASK: &str = Periodic::CleanUp.name();
/// Of one kind in one round; what is left waits for the next.
const MOST_BATCHES: usize = 10;

/// What fails is logged, and keeps nothing else from being done.
pub async fn round(app: &App) {
    until(app, app.clock.now()).await;
    step(app, "jobs", look_after_jobs(app)).await;
}

/// Jobs that wait for somebody to look at them, over all servers; what servers of an earlier version left is taken
/// over.
pub async fn look_after_jobs(app: &App) -> Result<(), sqlx::Error> {
    app.store.adopt_old_jobs(Kind::AccountRequest.name()).await?;
    let set_aside = app.store.jobs_set_aside().await?;
    if set_aside > 0 {
        tracing::error!(set_aside, "jobs that failed too often wait in the table job for somebody to look at them");
    }
    Ok(())
}

/// What means nothing any more at that moment.
pub async fn until(app: &App, now: Instant) {
    batches(app, "drafts", || app.store.wipe_drafts(now)).await;
    batches(app, "registrations", || app.store.wipe_registrations(now)).await;
    batches(app, "texts with links to receipts", || app.store.wipe_sent_receipt_links()).await;
    for leftovers in &LEFTOVERS {
        batches(app, leftovers.table, || app.store.delete(leftovers, now)).await;
    }
    batches(app, "unconfirmed accounts", || app.store.forget_unconfirmed(now, CONFIRM_MILLIS)).await;
}

/// As long as there may be more.
async fn batches<F>(app: &App, what: &str, batch: impl Fn() -> F)
where
    F: Future<Output = Result<bool, sqlx::Error>>,
{
    for _ in 0..MOST_BATCHES {
        if step(app, what, batch()).await != Some(true) {
            break;
        }
    }
}

async fn step<T>(app: &App, what: &str, work: impl Future<Output = Result<T, sqlx::Error>>) -> Option<T> {
    let done = app.step(TASK, work).await;
    done.map_err(|error| tracing::error!(what, code = ?error.code, "clean-up failed")).ok()
}
