//! The figures of this process, on every server: what it counted goes to the database (`limits::tallies`), and its
//! gauges are read from there. No job, since a gauge that another server sets says nothing here. Looks after the
//! machine's clock on the way.

use super::{reconcile, send_mail, settle_payments, worker};
use crate::{error::Result, limits::tallies, metrics, state::App};
use std::time::Duration;

/// Its name among the tasks.
pub const TASK: &str = "figures";
const EVERY: Duration = Duration::from_secs(10);

pub async fn run(app: App) {
    worker::repeat(&app, TASK, EVERY, || round(&app)).await;
}

/// Each is a step of its own: one that can't be read keeps no other from being updated.
pub async fn round(app: &App) -> Result<()> {
    app.clock.watch();
    // The alarm on attacks comes first.
    let tallies = app.step(TASK, tallies::round(app)).await;
    let emails = app.step(TASK, send_mail::count(app)).await;
    let payments = app.step(TASK, settle_payments::count(app)).await;
    let jobs = app.step(TASK, count_jobs(app)).await;
    let books = app.step(TASK, reconcile::count(app)).await;
    tallies.and(emails).and(payments).and(jobs).and(books)
}

async fn count_jobs(app: &App) -> Result<()> {
    metrics::JOBS_SET_ASIDE.set(app.store.jobs_set_aside().await?);
    metrics::PERIODIC_JOBS_FAILING.set(app.store.periodic_jobs_failing().await?);
    Ok(())
}
