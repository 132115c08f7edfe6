//! Periodic jobs: each is one row of the table `job`, which one of several servers claims when it is due. The row is
//! made by the first claim, and the statement that ends a round says when the next one is due. A round that fails is
//! tried again with back-off; the row has the error of the last one.
//!
//! A due date is believed, however far off it is: another version, or a server with other time limits, may claim the
//! job for longer than this one would, or do it less often. Only one that was written by a clock far ahead of this
//! server's is not, or the job would wait until that time comes.

use super::{
    bill_notices, clean_up, post_payments, processor_events, reconcile, saved_methods, settle_payments,
    worker::{self, Claim, Deadline, Queue},
};
use crate::{backoff::Backoff, error::Result, state::App, store::jobs::Job};
use std::time::Duration;
use tracing::Instrument;

/// How much further ahead a due date may have been written than this server would write one.
const AHEAD_MILLIS: i64 = 60_000;
/// Often enough that a task is never taken for one that stands still.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(15);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Periodic {
    ReadEvents,
    WatchPayments,
    CleanUp,
    Reconcile,
    TellOfBills,
    PostPayments,
    SavedMethods,
}

impl Periodic {
    pub const ALL: [Self; 7] = [
        Self::ReadEvents,
        Self::WatchPayments,
        Self::CleanUp,
        Self::Reconcile,
        Self::TellOfBills,
        Self::PostPayments,
        Self::SavedMethods,
    ];

    /// Of its row, and of its task.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReadEvents => "read_events",
            Self::WatchPayments => "watch_payments",
            Self::CleanUp => "clean_up",
            Self::Reconcile => "reconcile",
            Self::TellOfBills => "tell_of_bills",
            Self::PostPayments => "post_payments",
            Self::SavedMethods => "saved_methods",
        }
    }

    /// From the end of a round to the next one.
    const fn every(self) -> Duration {
        match self {
            Self::ReadEvents => Duration::from_millis(500),
            Self::WatchPayments | Self::CleanUp | Self::TellOfBills | Self::PostPayments | Self::SavedMethods => {
                Duration::from_secs(60)
            }
            // Whether a day is over.
            Self::Reconcile => Duration::from_secs(30),
        }
    }

    /// After a round that failed. Payers wait for events: once the processor answers again, they are read soon.
    const fn retry(self) -> Backoff {
        let longest = if matches!(self, Self::ReadEvents) { 10_000 } else { 60_000 };
        Backoff { first: 1_000, factor: 2, longest }
    }

    fn queue(self, app: &App) -> Queue {
        let step = app.settings.limits.step_time;
        let limit = match self {
            Self::ReadEvents | Self::WatchPayments => step,
            Self::CleanUp => clean_up::limit(app),
            // The first round after an upgrade has the bills of days, and a feed may come once a day.
            Self::TellOfBills | Self::PostPayments => step * 10,
            // A processor that is silent is asked about each of them.
            Self::SavedMethods => step * 10,
            // Before it and after it a statement.
            Self::Reconcile => reconcile::LONGEST + step * 2,
        };
        Queue { name: self.name(), slots: 1, every: self.every().min(LOOKED_AT_EVERY), limit, is_woken: false }
    }

    /// One round, whether it is due or not.
    pub async fn work(self, app: App) -> Result<()> {
        match self {
            Self::ReadEvents => processor_events::read(&app).await,
            Self::WatchPayments => settle_payments::look_after(&app).await.and(catch_up(&app).await),
            Self::CleanUp => clean_up::round(&app).await,
            Self::Reconcile => reconcile::if_due(&app).await,
            Self::TellOfBills => bill_notices::round(&app).await,
            Self::PostPayments => post_payments::round(&app).await,
            Self::SavedMethods => saved_methods::round(&app).await,
        }
    }
}

/// With what servers of the version before wrote, which know no balances, or of nothing that is held of them.
async fn catch_up(app: &App) -> Result<()> {
    let caught = app.store.catch_up_with_credit().await?;
    if caught > 0 {
        tracing::info!(caught, "credit that a server of the version before booked is in the balances now");
    }
    let settled = app.store.settle_left_parts(app.clock.now()).await?;
    if settled > 0 {
        tracing::warn!(settled, "payments from a balance that a server of the version before left are settled now");
    }
    app.store.pay_what_is_owed(app.clock.now()).await?;
    Ok(())
}

pub async fn run(app: App, periodic: Periodic) {
    let work = |app| periodic.work(app);
    worker::run(&app, periodic.queue(&app), |_| take(app.clone(), periodic, work)).await;
}

/// If it is due: one round, with something else to do the work.
pub async fn round_of<F>(app: &App, periodic: Periodic, work: impl Fn(App) -> F + Copy) -> Result<()>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    worker::round(app, periodic.queue(app), |_| take(app.clone(), periodic, work)).await
}

async fn take<F>(
    app: App,
    periodic: Periodic,
    work: impl Fn(App) -> F,
) -> Result<Option<impl Future<Output = ()> + Send + 'static>>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let now = app.clock.now();
    let claim = Claim::new(now, periodic.queue(&app).limit);
    let ahead = claim.until.plus_millis(AHEAD_MILLIS);
    let claimed = app.store.claim_periodic(periodic.name(), now, claim.until, ahead).await?;
    Ok(claimed.map(|job| {
        let span = tracing::error_span!("job", kind = job.kind, id = job.id, tries = job.tries);
        attempt(app.clone(), periodic, claim.deadline, work(app), job).instrument(span)
    }))
}

async fn attempt(
    app: App,
    periodic: Periodic,
    deadline: Deadline,
    work: impl Future<Output = Result<()>> + Send + 'static,
    job: Job,
) {
    let failure = worker::failure(deadline, work).await;
    let every = i64::try_from(periodic.every().as_millis()).unwrap_or(i64::MAX);
    let wait = if failure.is_some() { periodic.retry().wait_millis(job.tries).max(every) } else { every };
    if let Some(error) = &failure {
        tracing::error!(error, "a periodic job failed");
    }
    let now = app.clock.now();
    let write = || app.store.put_periodic_off(&job, failure.as_deref(), now, now.plus_millis(wait));
    worker::write_down(&app, periodic.name(), job.claimed_until, write).await;
}
