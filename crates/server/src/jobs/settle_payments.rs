//! Settles payments whose charge got no response: each is a job in the table `payment`, which queries the processor
//! again. Runs on every server from the moment it starts, so a payment whose server was killed in the middle is
//! finished.
//!
//! Once a minute one server looks after those that take too long.

use super::worker::{self, Claim, Queue};
use crate::{
    billing::charging,
    error::{Error, Result},
    metrics,
    state::App,
    store::pending_charges::{Overdue, PendingCharge},
};
use contract::{Instant, problem_details::ErrorCode};
use std::time::Duration;
use tracing::Instrument;

/// Its name among the tasks.
pub const TASK: &str = "settle_payments";
/// Without an answer for so long, a payment is for people to look at.
const ALARM_MILLIS: i64 = 5 * 60_000;
/// Banks are given this much longer than they said.
const OVERDUE_DAYS: i64 = 3;
const DAY_MILLIS: i64 = 86_400_000;
const HOUR_MILLIS: i64 = 3_600_000;

pub fn queue(app: &App) -> Queue {
    Queue {
        name: TASK,
        slots: 8,
        every: Duration::from_millis(500),
        limit: app.settings.limits.step_time,
        is_woken: false,
    }
}

pub async fn run(app: App) {
    // Whatever waits at the start was left by a server that is gone: ask at once.
    if app.step(TASK, app.store.ask_about_unanswered_now()).await.is_err() {
        tracing::error!("payments left unanswered by an earlier run could not be made due at once");
    }
    worker::run(&app, queue(&app), |room| take(app.clone(), room)).await;
}

/// Claims payments that are due. One that fails, or panics, stops no other.
pub async fn take(app: App, room: usize) -> Result<Vec<impl Future<Output = ()> + Send + 'static>> {
    let now = app.clock.now();
    let claim = Claim::new(now, queue(&app).limit);
    let most = i64::try_from(room).unwrap_or(1);
    let due = app.store.to_ask(now, claim.until, most).await?;
    let jobs = due.into_iter().map(|asked| {
        let span = tracing::error_span!("job", kind = TASK, id = asked.id, tries = asked.asks + 1);
        let app = app.clone();
        let work = async move {
            ask(&app, &asked).await;
            Ok(())
        };
        let whole = async move {
            if let Some(error) = worker::failure(claim.deadline, work).await {
                tracing::error!(error, "asking the processor again failed");
            }
        };
        whole.instrument(span)
    });
    Ok(jobs.collect())
}

async fn ask(app: &App, asked: &PendingCharge) {
    let is_settled = charging::ask_again(app, asked).await.is_ok();
    // Each time at first, then when the wait is as long as it gets: once a minute.
    if is_settled || asked.asks < 3 || asked.asks >= 6 {
        tracing::info!(is_settled, asks = asked.asks + 1, "asked the processor again");
    }
}

/// Once a minute: reports what takes too long, and asks the processor about overdue payments. An error if that failed
/// for one of them; the others are asked about all the same.
pub async fn look_after(app: &App) -> Result<()> {
    let Counted { unanswered, unmatched } = count(app).await?;
    if unanswered > 0 {
        tracing::error!(
            unanswered,
            "the processor has not answered for minutes: whether these payments were charged is not known"
        );
    }
    if unmatched > 0 {
        tracing::error!(unmatched, "events of the processor wait in event_unmatched for somebody to look at them");
    }
    let now = app.clock.now();
    let mut asked = Ok(());
    for payment in app.store.claim_overdue(&overdue(now), now.plus_millis(HOUR_MILLIS)).await? {
        asked = asked.and(ask_about_overdue(app, &payment).await);
    }
    metrics::DEBITS_OVERDUE.set(app.store.count_overdue(&overdue(now)).await?);
    asked
}

async fn ask_about_overdue(app: &App, payment: &str) -> Result<()> {
    match app.processor.charge_of(payment).await {
        Ok(Some(verdict)) => _ = charging::settle_late(app, payment, &verdict).await?,
        Ok(None) => tracing::error!(payment, "the processor does not know a payment that it has answered for"),
        Err(error) => {
            tracing::warn!(payment, ?error, "the processor does not say what became of an overdue payment");
            return Err(Error::new(ErrorCode::Unavailable));
        }
    }
    Ok(())
}

pub struct Counted {
    unanswered: i64,
    unmatched: i64,
}

/// Updates the gauges.
pub async fn count(app: &App) -> Result<Counted, sqlx::Error> {
    let now = app.clock.now();
    let unanswered = app.store.unanswered(now.plus_millis(-ALARM_MILLIS)).await?;
    metrics::PAYMENTS_UNANSWERED.set(unanswered);
    metrics::DEBITS_OVERDUE.set(app.store.count_overdue(&overdue(now)).await?);
    let unmatched = app.store.count_unmatched().await?;
    metrics::EVENTS_UNMATCHED.set(unmatched);
    Ok(Counted { unanswered, unmatched })
}

fn overdue(now: Instant) -> Overdue {
    Overdue {
        now,
        expected_before: now.plus_millis(-OVERDUE_DAYS * DAY_MILLIS).utc_date().to_string(),
        made_before: now.plus_millis(-DAY_MILLIS),
    }
}
