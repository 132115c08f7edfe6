//! Settles payments whose charge got no response: queries the processor again, and applies its events (`processor_events`). Runs from the
//! moment the server starts, so a payment whose server was killed in the middle is finished.
//!
//! Nothing here waits without an end (`Tasks::step`), and nothing that can't be done stops what comes after it.

use super::processor_events;
use crate::{
    alarm::OncePerMinute,
    billing::charging,
    billing::processor::ProcessorError,
    metrics,
    state::App,
    store::pending_charges::{Late, PendingCharge},
};
use std::time::Duration;
use tokio::task::JoinSet;
use tracing::Instrument;

const EVERY: Duration = Duration::from_millis(500);
/// Rounds in a minute.
const MINUTE: u64 = 120;
/// Longer than a step may take.
const AGAIN_MILLIS: i64 = 45_000;
/// Asked about at the same time.
const AT_ONCE: usize = 8;
/// Without an answer for so long, a payment is for people to look at.
const ALARM_MILLIS: i64 = 5 * 60_000;
/// Banks are given this much longer than they said.
const LATE_DAYS: i64 = 3;
const DAY_MILLIS: i64 = 86_400_000;
const HOUR_MILLIS: i64 = 3_600_000;

/// Until the task is dropped.
pub async fn run(app: App) {
    // Whatever waits at the start was left by a server that is gone: ask at once.
    if within(&app, app.store.hurry_unanswered()).await.is_none() {
        tracing::error!("payments left unanswered by an earlier run could not be hurried");
    }
    let mut rounds: u64 = 0;
    loop {
        round(&app).await;
        if rounds.is_multiple_of(MINUTE) {
            look_after(&app).await;
        }
        rounds += 1;
        tokio::time::sleep(EVERY).await;
    }
}

/// One round: nothing here stops the next one.
pub async fn round(app: &App) {
    static ASKING: OncePerMinute = OncePerMinute::new();
    static READING: OncePerMinute = OncePerMinute::new();
    let (asked, read) = tokio::join!(within(app, ask_again(app)), within(app, processor_events::read(app)));
    if asked.is_none() && ASKING.is_due() {
        tracing::warn!("asking the processor again failed");
    }
    if read.is_none() && READING.is_due() {
        tracing::warn!("reading the processor's events failed");
    }
}

/// Once a minute: what takes too long is asked about and told.
pub async fn look_after(app: &App) {
    static LOOKING: OncePerMinute = OncePerMinute::new();
    if within(app, look(app)).await.is_none() && LOOKING.is_due() {
        tracing::warn!("looking after old payments failed");
    }
}

/// None if it failed or took too long.
async fn within<T, E>(app: &App, work: impl Future<Output = Result<T, E>>) -> Option<T> {
    app.tasks.step("settle_payments", work).await?.ok()
}

/// One that fails, or panics, stops no other.
async fn ask_again(app: &App) -> Result<(), sqlx::Error> {
    let now = app.clock.now();
    let most = i64::try_from(AT_ONCE).unwrap_or(1);
    let due = app.store.to_ask(now, now.plus_millis(AGAIN_MILLIS), most).await?;
    let mut asking = JoinSet::new();
    for asked in due {
        let app = app.clone();
        let span = tracing::error_span!("payment", id = asked.id);
        asking.spawn(async move { ask(&app, &asked).await }.instrument(span));
    }
    while asking.join_next().await.is_some() {}
    Ok(())
}

async fn ask(app: &App, asked: &PendingCharge) {
    let is_settled = charging::ask_again(app, asked).await.is_ok();
    // Each time at first, then when the wait is as long as it gets: once a minute.
    if is_settled || asked.asks < 3 || asked.asks >= 6 {
        tracing::info!(is_settled, asks = asked.asks + 1, "asked the processor again");
    }
}

async fn look(app: &App) -> Result<(), sqlx::Error> {
    let now = app.clock.now();
    let unanswered = app.store.unanswered(now.plus_millis(-ALARM_MILLIS)).await?;
    metrics::PAYMENTS_UNANSWERED.set(unanswered);
    if unanswered > 0 {
        tracing::error!(
            unanswered,
            "the processor has not answered for minutes: whether these payments were charged is not known"
        );
    }
    let late = Late {
        now,
        expected_before: now.plus_millis(-LATE_DAYS * DAY_MILLIS).utc_date().to_string(),
        made_before: now.plus_millis(-DAY_MILLIS),
    };
    for payment in app.store.overdue(&late, now.plus_millis(HOUR_MILLIS)).await? {
        match app.processor.charge_of(&payment).await {
            Ok(Some(verdict)) => _ = charging::settle_late(app, &payment, &verdict).await?,
            Ok(None) => tracing::error!(payment, "the processor does not know a payment that it has answered for"),
            Err(ProcessorError::Refused | ProcessorError::Unanswered) => {}
        }
    }
    metrics::DEBITS_OVERDUE.set(app.store.count_overdue(&late).await?);
    let unmatched = app.store.count_unmatched().await?;
    metrics::EVENTS_UNMATCHED.set(unmatched);
    if unmatched > 0 {
        tracing::error!(unmatched, "words of the processor wait in event_unmatched for somebody to look at them");
    }
    Ok(())
}
