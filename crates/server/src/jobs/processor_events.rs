//! The processor's events: read and applied in order. Each is applied, or stored with the reason, before the next one
//! is read. A number that is left out is asked for again: a processor that numbers events from a sequence can commit a
//! later one first.

use crate::{
    billing::charging,
    billing::processor::{ChargeEvent, EventEntry, understood},
    metrics,
    state::App,
    store::{
        settle::{SettleResult, Verdict},
        unmatched::{EVENTS_READ, PAGE, Read, UnmatchedEvent, Why, is_ahead},
    },
};
use sha2::{Digest, Sha256};

/// After so long a number that is missing was never given to an event, or is for people to ask about.
const MISSING_MILLIS: i64 = 5 * 60_000;

/// What is kept, and what is missing, is tried first: it came first. The mark does not follow a number that is far
/// ahead, or all between would never be read; its event is kept until the mark is near, or its payment would take those
/// for old.
pub async fn read(app: &App) -> Result<(), sqlx::Error> {
    match_kept(app).await?;
    read_missing(app).await?;
    let mut read = app.store.mark(EVENTS_READ).await?;
    let Ok(told) = app.processor.events(read).await else { return Ok(()) };
    for told in told {
        let next = told.sequence.filter(|sequence| (1..=PAGE).contains(&sequence.saturating_sub(read)));
        take(app, &told, read, next).await?;
        read = next.unwrap_or(read);
    }
    Ok(())
}

/// Asks for the numbers that are missing, wherever they are, less often each time, and gives up those that are so for
/// too long.
async fn read_missing(app: &App) -> Result<(), sqlx::Error> {
    let (now, read) = (app.clock.now(), app.store.mark(EVENTS_READ).await?);
    let missing = app.store.events_missing(now).await?;
    let Some(last) = missing.last().copied() else { return Ok(()) };
    let mut left = missing.as_slice();
    while let Some(first) = left.first() {
        let Ok(told) = app.processor.events(first - 1).await else { return Ok(()) };
        for told in &told {
            if let Some(sequence) = told.sequence.filter(|sequence| missing.binary_search(sequence).is_ok()) {
                take(app, told, read, Some(sequence)).await?;
            }
        }
        // Those beyond the last of this page are asked for next; an empty one has none of them.
        let end = told.iter().filter_map(|told| told.sequence).max().map_or(i64::MAX, |last| last.max(*first));
        left = left.get(left.partition_point(|sequence| *sequence <= end)..).unwrap_or_default();
    }
    let gone = app.store.events_did_not_come(now, last, now.plus_millis(-MISSING_MILLIS)).await?;
    if !gone.is_empty() {
        metrics::EVENTS_MISSING.add(i64::try_from(gone.len()).unwrap_or(i64::MAX));
        tracing::error!(
            events = ?gone,
            "alarm: events of the processor with these numbers did not come: they are not asked for any more"
        );
    }
    Ok(())
}

/// Applied, or kept with the reason; with its number, it is read then.
async fn take(app: &App, told: &EventEntry, read: i64, sequence: Option<i64>) -> Result<(), sqlx::Error> {
    let as_read = sequence.map(|sequence| Read { sequence, mark: read });
    match (apply(app, told.event.as_ref(), read).await, as_read) {
        (Ok(None), None) => Ok(()),
        (Ok(None), Some(as_read)) => app.store.event_read(as_read, app.clock.now()).await,
        (Ok(Some(why)), _) => keep(app, told, why, read, as_read).await,
        // If the database takes nothing at all, this fails too, and the event is read again.
        (Err(_), _) => keep(app, told, Why::NotWritten, read, as_read).await,
    }
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
        SettleResult::Older(than) if is_ahead(than, read) => Some(Why::Ahead),
        SettleResult::Changed | SettleResult::Same | SettleResult::Older(_) => None,
        SettleResult::NoPayment => Some(Why::Unknown),
        SettleResult::Unfit(_) | SettleResult::OtherAmount => Some(Why::Unfit),
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

async fn keep(app: &App, told: &EventEntry, why: Why, read: i64, as_read: Option<Read>) -> Result<(), sqlx::Error> {
    let id = match told.sequence {
        Some(sequence) => format!("event:{sequence}"),
        None => format!("text:{}", data_encoding::HEXLOWER.encode(&Sha256::digest(&told.body))),
    };
    let event = told.event.as_ref();
    let kept = UnmatchedEvent {
        id,
        sequence: told.sequence.unwrap_or(0),
        charge: event.map(|event| event.charge.as_str()),
        payment: event.and_then(|event| event.key.as_deref()),
        body: &told.body,
        why,
        at: app.clock.now(),
    };
    if app.store.keep_unmatched(&kept, as_read).await? {
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
