//! Periodic clean-up, once a minute: what is private in sessions that ran out is wiped, and rows that mean nothing any more are deleted
//! (`store::clean_up`). Looks after the job queue and the machine's clock on the way.

use super::worker;
use crate::{identity::account_requests::CONFIRM_MILLIS, state::App};
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
    let now = app.clock.now();
    for _ in 0..MOST_BATCHES {
        if !batch(app, "sessions", app.store.clean_up_sessions(now)).await {
            break;
        }
    }
    for _ in 0..MOST_BATCHES {
        if !batch(app, "pending accounts", app.store.clean_up_pending(now, CONFIRM_MILLIS)).await {
            break;
        }
    }
    batch(app, "jobs", async { worker::look_after(app).await.map(|()| false) }).await;
}

/// Gives whether there may be more.
async fn batch(app: &App, what: &str, work: impl Future<Output = Result<bool, sqlx::Error>>) -> bool {
    app.step(TASK, work).await.unwrap_or_else(|error| {
        tracing::error!(what, code = ?error.code, "clean-up failed");
        false
    })
}
