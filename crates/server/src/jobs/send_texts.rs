//! Delivery of text messages over the operator's gateway: each is a job in the table `outbox`, as an e-mail is. What
//! the gateway refuses is given up; anything else is retried, later each time, for a day. A code is not sent once it is
//! too old to be used. Logs name a message by its id, never a number.

use super::{
    text_gateway::{NotTaken, TextGateway},
    worker::{self, Deadline, Queue},
};
use crate::{
    backoff::Backoff,
    error::Result,
    identity::text_numbers,
    metrics,
    state::App,
    store::{outbox::Delivery, texts::DueText},
};
use contract::Instant;
use std::time::Duration;
use tracing::Instrument;

pub const TASK: &str = "send_texts";
/// The name of what a job does with the database. No queue's, as in `send_mail`.
const STEP: &str = "send_a_text";
const WAIT: Backoff = Backoff { first: 5_000, factor: 4, longest: 3_600_000 };
const WORTH_SENDING_MILLIS: i64 = 86_400_000;
/// More than `WAIT` allows in a day: it was tried by servers that were killed meanwhile.
const MOST_TRIES: i64 = 48;

fn queue(gateway: &TextGateway) -> Queue {
    let limit = gateway.patience * 2;
    Queue { name: TASK, slots: 4, every: Duration::from_secs(1), limit, is_woken: false }
}

pub async fn run(app: App, gateway: TextGateway) {
    worker::run(&app, queue(&gateway), |room| take(app.clone(), gateway.clone(), room)).await;
}

/// Everything that is due, and what becomes due while it runs.
pub async fn round(app: &App, gateway: &TextGateway) -> Result<()> {
    worker::round(app, queue(gateway), |room| take(app.clone(), gateway.clone(), room)).await
}

async fn take(app: App, gateway: TextGateway, room: usize) -> Result<Vec<impl Future<Output = ()> + Send + 'static>> {
    let deadline = Deadline::now() + queue(&gateway).limit;
    let claimed = app.store.claim_texts(room, app.clock.now(), claimed_until(&app, &gateway)).await?;
    let jobs = claimed.into_iter().map(|text| {
        let span = tracing::error_span!("job", kind = TASK, id = text.id, tries = text.tries);
        attempt(app.clone(), gateway.clone(), deadline, text).instrument(span)
    });
    Ok(jobs.collect())
}

/// Longer than a try takes, and writing its end.
fn claimed_until(app: &App, gateway: &TextGateway) -> Instant {
    app.clock.now().plus_millis(i64::try_from(gateway.patience.as_millis() * 4).unwrap_or(i64::MAX))
}

async fn attempt(app: App, gateway: TextGateway, deadline: Deadline, text: DueText) {
    let (own, to, sent) = (app.clone(), gateway.clone(), text.clone());
    let ended = worker::outcome(deadline, async move { Ok(hand_over(&own, &to, &sent).await) }).await;
    let outcome = ended.unwrap_or_else(|error| {
        tracing::error!(error, "a try to send a text message failed");
        again(&text, app.clock.now())
    });
    match outcome {
        Delivery::Sent => tracing::info!("sent"),
        Delivery::GivenUp => {
            metrics::TEXTS_GIVEN_UP.add(1);
            tracing::error!(tries = text.tries, "alarm: given up");
        }
        Delivery::TurnedOff => tracing::info!("not sent: its owner turned it off"),
        Delivery::TryAgain(_) => tracing::warn!(tries = text.tries, "not sent, tried again later"),
    }
    let write = || app.store.end_text_try(&text.id, outcome, app.clock.now());
    worker::write_down(&app, STEP, claimed_until(&app, &gateway), write).await;
}

async fn hand_over(app: &App, gateway: &TextGateway, text: &DueText) -> Delivery {
    let now = app.clock.now();
    if is_stale(text, now) {
        return Delivery::GivenUp;
    }
    // Just before it is sent: it may have waited for hours.
    let is_wanted = async {
        if text.is_by_choice {
            app.store.is_text_wanted(&text.id).await
        } else {
            app.store.is_code_wanted(&text.id).await
        }
    };
    match app.step(STEP, is_wanted).await {
        Ok(true) => {}
        Ok(false) => return Delivery::TurnedOff,
        Err(_) => return again(text, now),
    }
    match gateway.hand_over(text).await {
        Ok(()) => Delivery::Sent,
        Err(NotTaken::Refused) => Delivery::GivenUp,
        Err(NotTaken::NotNow) => again(text, now),
        Err(NotTaken::Stopped) => match app.step(STEP, text_numbers::stop(app, &text.to)).await {
            Ok(()) => Delivery::TurnedOff,
            Err(_) => again(text, now),
        },
    }
}

fn is_stale(text: &DueText, now: Instant) -> bool {
    let age = now.millis() - text.queued_at.millis();
    let most = if text.is_by_choice { WORTH_SENDING_MILLIS } else { text_numbers::CODE_MILLIS };
    age > most || text.tries > MOST_TRIES
}

fn again(text: &DueText, now: Instant) -> Delivery {
    Delivery::TryAgain(now.plus_millis(WAIT.wait_millis(text.tries)))
}
