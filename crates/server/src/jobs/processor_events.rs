//! The processor's events: read and applied in order. Each is applied, or stored with the reason, before the next one
//! is read. A number that is left out is asked for again: a processor that numbers events from a sequence can commit a
//! later one first.

use crate::{
    alarm::OncePerMinute,
    billing::charging,
    billing::processor::{ChargeEvent, EventEntry, ProcessorError, understood},
    error::{Error, Result},
    metrics,
    state::App,
    store::{
        settle::{SettleResult, Verdict},
        unmatched::{EVENTS_READ, PAGE, Read, UnmatchedEvent, UnmatchedReason, is_ahead},
    },
};
use contract::problem_details::ErrorCode;
use sha2::{Digest, Sha256};

/// After so long a number that is missing was never given to an event, or is for people to ask about.
const MISSING_MILLIS: i64 = 5 * 60_000;

/// Unmatched events, and those that are missing, are tried first: they came first. An error if any of the three failed,
/// also because the processor did not answer; none of them keeps the others from being tried.
pub async fn read(app: &App) -> Result<()> {
    let matched = match_unmatched(app).await;
    let missing = read_missing(app).await;
    let new = read_new(app).await;
    matched.and(missing).and(new)
}

/// The mark does not follow a number that is far ahead, or all between would never be read; its event is stored as
/// unmatched until the mark is near, or its payment would take those for old.
async fn read_new(app: &App) -> Result<()> {
    let mut read = app.store.mark(EVENTS_READ).await?;
    for entry in app.processor.events(read).await.map_err(unanswered)? {
        let next = entry.sequence.filter(|sequence| (1..=PAGE).contains(&sequence.saturating_sub(read)));
        take(app, &entry, read, next).await?;
        read = next.unwrap_or(read);
    }
    Ok(())
}

fn unanswered(error: ProcessorError) -> Error {
    static WARNING: OncePerMinute = OncePerMinute::new();
    if WARNING.is_due() {
        tracing::warn!(?error, "the processor did not list its events");
    }
    Error::new(ErrorCode::Unavailable)
}

/// Asks for the numbers that are missing, wherever they are, less often each time, and gives up those that are so for
/// too long.
async fn read_missing(app: &App) -> Result<()> {
    let (now, read) = (app.clock.now(), app.store.mark(EVENTS_READ).await?);
    let missing = app.store.events_missing(now).await?;
    let Some(last) = missing.last().copied() else { return Ok(()) };
    let mut left = missing.as_slice();
    while let Some(first) = left.first() {
        let entries = app.processor.events(first - 1).await.map_err(unanswered)?;
        for entry in &entries {
            if let Some(sequence) = entry.sequence.filter(|sequence| missing.binary_search(sequence).is_ok()) {
                take(app, entry, read, Some(sequence)).await?;
            }
        }
        // Those beyond the last of this page are asked for next; an empty one has none of them.
        let end = entries.iter().filter_map(|entry| entry.sequence).max().map_or(i64::MAX, |last| last.max(*first));
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

/// Applied, or stored as unmatched; with its number, it is read then.
async fn take(app: &App, entry: &EventEntry, read: i64, sequence: Option<i64>) -> Result<(), sqlx::Error> {
    let as_read = sequence.map(|sequence| Read { sequence, mark: read });
    match (apply(app, entry.event.as_ref(), read).await, as_read) {
        (Ok(None), None) => Ok(()),
        (Ok(None), Some(as_read)) => app.store.event_read(as_read, app.clock.now()).await,
        (Ok(Some(reason)), _) => keep_unmatched(app, entry, reason, read, as_read).await,
        // If the database takes nothing at all, this fails too, and the event is read again.
        (Err(_), _) => keep_unmatched(app, entry, UnmatchedReason::NotWritten, read, as_read).await,
    }
}

async fn match_unmatched(app: &App) -> Result<()> {
    let (now, read) = (app.clock.now(), app.store.mark(EVENTS_READ).await?);
    for retried in app.store.to_match(now).await? {
        let entry = understood(&retried.body);
        let reason = apply(app, entry.event.as_ref(), read).await.unwrap_or(Some(UnmatchedReason::NotWritten));
        app.store.tried_to_match(&retried, reason, now).await?;
        if reason.is_none() {
            tracing::info!(event = retried.id, tries = retried.tries + 1, "an unmatched event was matched");
        }
    }
    Ok(())
}

/// None if it was applied; the reason if it is unmatched.
async fn apply(app: &App, event: Option<&ChargeEvent>, read: i64) -> Result<Option<UnmatchedReason>, sqlx::Error> {
    let Some(event) = event else { return Ok(Some(UnmatchedReason::Unreadable)) };
    let Some(payment) = payment_of(app, event).await? else { return Ok(Some(UnmatchedReason::Unknown)) };
    if app.store.is_behind(&event.charge, &payment, event.sequence).await? {
        return Ok(Some(UnmatchedReason::Behind));
    }
    if is_ahead(event.sequence, read) {
        return Ok(Some(UnmatchedReason::Ahead));
    }
    let verdict = Verdict {
        charge: Some(event.charge.clone()),
        state: event.state,
        failure: event.failure,
        cents: event.cents,
        sequence: Some(event.sequence),
    };
    Ok(match charging::settle(app, &payment, &verdict).await? {
        SettleResult::Older(than) if is_ahead(than, read) => Some(UnmatchedReason::Ahead),
        SettleResult::Changed | SettleResult::Same | SettleResult::Older(_) => None,
        SettleResult::NoPayment => Some(UnmatchedReason::Unknown),
        SettleResult::Unfit(_) | SettleResult::OtherAmount => Some(UnmatchedReason::Unfit),
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

async fn keep_unmatched(
    app: &App,
    entry: &EventEntry,
    reason: UnmatchedReason,
    read: i64,
    as_read: Option<Read>,
) -> Result<(), sqlx::Error> {
    let id = match entry.sequence {
        Some(sequence) => format!("event:{sequence}"),
        None => format!("text:{}", data_encoding::HEXLOWER.encode(&Sha256::digest(&entry.body))),
    };
    let event = entry.event.as_ref();
    let kept = UnmatchedEvent {
        id,
        sequence: entry.sequence.unwrap_or(0),
        charge: event.map(|event| event.charge.as_str()),
        payment: event.and_then(|event| event.key.as_deref()),
        body: &entry.body,
        reason,
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
            reason = reason.word(),
            payment = kept.payment,
            "an event of the processor was stored as unmatched"
        );
    }
    Ok(())
}
