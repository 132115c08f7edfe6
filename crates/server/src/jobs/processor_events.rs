//! The processor's events, in its order: each is applied, or kept with the reason, before the next one is looked at.

use crate::{
    billing::charging,
    billing::processor::{ChargeEvent, Told, understood},
    metrics,
    state::App,
    store::{
        settle::{Settled, Verdict},
        unmatched::{EVENTS_READ, Kept, PAGE, Why, is_ahead},
    },
};
use sha2::{Digest, Sha256};

/// What is kept is tried first: it came first. The mark does not follow a number that is far ahead, or all between would never be read; its
/// event is kept until the mark is near, or its payment would take those for old.
pub async fn read(app: &App) -> Result<(), sqlx::Error> {
    match_kept(app).await?;
    let mut read = app.store.mark(EVENTS_READ).await?;
    let Ok(told) = app.processor.events(read).await else { return Ok(()) };
    for told in told {
        let next = told.sequence.filter(|sequence| (1..=PAGE).contains(&sequence.saturating_sub(read)));
        match apply(app, told.event.as_ref(), read).await {
            Ok(None) => {}
            Ok(Some(why)) => keep(app, &told, why, read, next).await?,
            // If the database takes nothing at all, this fails too, and the event is read again.
            Err(_) => keep(app, &told, Why::NotWritten, read, next).await?,
        }
        if let Some(next) = next {
            read = next;
            app.store.set_events_read(read).await?;
        }
    }
    Ok(())
}

async fn match_kept(app: &App) -> Result<(), sqlx::Error> {
    let (now, read) = (app.clock.now(), app.store.mark(EVENTS_READ).await?);
    for again in app.store.to_match(now).await? {
        let told = understood(&again.body);
        let why = apply(app, told.event.as_ref(), read).await.unwrap_or(Some(Why::NotWritten));
        app.store.tried_to_match(&again, why, now).await?;
        if why.is_none() {
            tracing::info!(event = again.id, tries = again.tries + 1, "a kept event of the processor was matched");
        }
    }
    Ok(())
}

/// None if it was taken; the reason if it has to be kept.
async fn apply(app: &App, event: Option<&ChargeEvent>, read: i64) -> Result<Option<Why>, sqlx::Error> {
    let Some(event) = event else { return Ok(Some(Why::Unreadable)) };
    let Some(payment) = payment_of(app, event).await? else { return Ok(Some(Why::Unknown)) };
    if app.store.is_behind(&event.charge, &payment, event.sequence).await? {
        return Ok(Some(Why::Behind));
    }
    if is_ahead(event.sequence, read) {
        return Ok(Some(Why::Ahead));
    }
    let verdict = Verdict {
        charge: Some(event.charge.clone()),
        state: event.state,
        failure: event.failure,
        cents: event.cents,
        sequence: Some(event.sequence),
    };
    Ok(match charging::settle(app, &payment, &verdict).await? {
        Settled::Older(than) if is_ahead(than, read) => Some(Why::Ahead),
        Settled::Changed | Settled::Same | Settled::Older(_) => None,
        Settled::NoPayment => Some(Why::Unknown),
        Settled::Unfit(_) | Settled::OtherAmount => Some(Why::Unfit),
    })
}

/// By the key, which is there before the charge's answer; by the charge for a processor that does not say the key.
async fn payment_of(app: &App, event: &ChargeEvent) -> Result<Option<String>, sqlx::Error> {
    if let Some(key) = &event.key
        && app.store.is_seen(key).await?
    {
        return Ok(Some(key.clone()));
    }
    app.store.payment_of_charge(&event.charge).await
}

async fn keep(app: &App, told: &Told, why: Why, read: i64, next: Option<i64>) -> Result<(), sqlx::Error> {
    let id = match told.sequence {
        Some(sequence) => format!("event:{sequence}"),
        None => format!("text:{}", data_encoding::HEXLOWER.encode(&Sha256::digest(&told.body))),
    };
    let event = told.event.as_ref();
    let kept = Kept {
        id,
        sequence: told.sequence.unwrap_or(0),
        charge: event.map(|event| event.charge.as_str()),
        payment: event.and_then(|event| event.key.as_deref()),
        body: &told.body,
        why,
        at: app.clock.now(),
    };
    if app.store.keep_unmatched(&kept, next).await? {
        if is_ahead(kept.sequence, read) {
            metrics::EVENTS_AHEAD.add(1);
            tracing::error!(
                event = kept.id,
                read,
                "alarm: an event of the processor is numbered far ahead: those between are missing"
            );
        }
        tracing::error!(
            event = kept.id,
            why = why.word(),
            payment = kept.payment,
            "an event of the processor was kept unmatched"
        );
    }
    Ok(())
}
