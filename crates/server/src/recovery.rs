//! What goes on without anybody asking: payments whose answer never came are asked for again, bank debits that came to their end
//! are written down, and what was typed in sessions that ran out is wiped. Runs from the moment the server starts, so a server
//! that was killed in the middle of a payment finishes it.

use crate::{paying, state::App, store};
use std::time::Duration;

const EVERY: Duration = Duration::from_millis(500);
const AGAIN_MILLIS: i64 = 15_000;
const EVENTS_READ: &str = "processor_events_read";

/// Until the task is dropped.
pub async fn run(app: App) {
    // Whatever waits at the start was left by a server that is gone: ask at once.
    if let Err(error) = hurry(&app).await {
        tracing::error!(code = ?error.code, "recovery could not start");
    }
    let mut rounds: u64 = 0;
    loop {
        round(&app).await;
        rounds += 1;
        if rounds.is_multiple_of(120) && app.store.sweep(app.clock.now()).await.is_err() {
            tracing::error!("what ended sessions left could not be wiped");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// One round: nothing here stops the next one.
pub async fn round(app: &App) {
    if ask_again(app).await.is_err() {
        tracing::warn!("recovery: asking again failed");
    }
    if read_events(app).await.is_err() {
        tracing::warn!("recovery: reading the processor's events failed");
    }
}

/// Over one SQLite file there is no other server that could be in the middle of these.
async fn hurry(app: &App) -> Result<(), crate::refusal::Error> {
    if app.settings.database_url.starts_with("sqlite:") {
        sqlx::query("UPDATE payment SET ask_at = 0 WHERE ask_at IS NOT NULL").execute(&app.store.write).await?;
    }
    Ok(())
}

async fn ask_again(app: &App) -> Result<(), crate::refusal::Error> {
    let now = app.clock.now();
    for asked in app.store.to_ask(now, now.plus_millis(AGAIN_MILLIS)).await? {
        let done = paying::charge(app, &asked.id, &asked.token, &asked.binding, &asked.reference, asked.charged).await;
        tracing::info!(payment = asked.id, settled = done.is_ok(), "recovery asked the processor again");
    }
    Ok(())
}

async fn read_events(app: &App) -> Result<(), crate::refusal::Error> {
    let mut read = app.store.mark(EVENTS_READ).await?;
    let Ok(events) = app.processor.events(read).await else { return Ok(()) };
    for event in events {
        if let Some(payment) = app.store.payment_of_charge(&event.charge).await? {
            let verdict =
                store::settle::Verdict { charge: Some(event.charge), state: event.state, failure: event.failure };
            paying::settle(app, &payment, &verdict).await?;
        }
        read = read.max(event.sequence);
        let mut tx = app.store.begin().await?;
        store::set_mark(&mut tx, EVENTS_READ, read).await?;
        tx.commit().await?;
    }
    Ok(())
}
