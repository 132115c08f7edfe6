//! Periodic clean-up, once a minute: what is private in sessions that ran out is wiped, and rows that mean nothing any more are deleted
//! (`store::clean_up`). Looks after the job queue and the machine's clock on the way.

use super::worker;
use crate::{identity::account_requests::CONFIRM_MILLIS, state::App, store::clean_up::LEFTOVERS};
use contract::Instant;
use std::time::Duration;

/// Its name among the tasks.
const TASK: &str = "clean_up";
/// In two halves: a task that does no step for a minute is taken for one that stands still.
const EVERY: Duration = Duration::from_secs(30);
/// Of one kind in one round; what is left waits for the next.
const MOST_BATCHES: usize = 10;

/// Until the task is dropped.
pub async fn run(app: App) {
    let mut is_due = true;
    loop {
        if is_due {
            round(&app).await;
        } else {
            _ = app.tasks.step(TASK, async {}).await;
        }
        is_due = !is_due;
        tokio::time::sleep(EVERY).await;
    }
}

/// What fails is logged, and keeps nothing else from being done.
pub async fn round(app: &App) {
    app.clock.watch();
    until(app, app.clock.now()).await;
    step(app, "jobs", worker::look_after(app)).await;
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
