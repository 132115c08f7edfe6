//! Unmatched events of the processor, which could not be applied: stored in `event_unmatched` as they came, and
//! retried; what remains is for manual review. The read position advances in the same transaction: an event is either
//! applied or here. Numbers that it passes over are in `event_missing`.

use super::{Store, Tx, batch::Batch, readable};
use crate::backoff::Backoff;
use contract::Instant;
use sqlx::{Row, any::AnyRow};

/// How far the processor's events were read.
pub const EVENTS_READ: &str = "processor_events_read";
/// As many as a processor lists at a time, or more.
pub const PAGE: i64 = 100;

/// Whether a number of the processor's is so far ahead that others must be missing, or that it is wrong. Events are not
/// read up to such a number.
pub fn is_ahead(sequence: i64, read: i64) -> bool {
    sequence.saturating_sub(read) > PAGE
}

/// Why an event is unmatched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnmatchedReason {
    /// It is no event, or has a state that this version does not know.
    Unreadable,
    /// No payment has this charge or this key, so far.
    Unknown,
    /// An earlier event of the same charge waits here.
    Behind,
    /// Numbered far ahead of what was read; or older than a number that is.
    Ahead,
    /// The database would not take it.
    NotWritten,
    /// The table of transitions has no such step, or the payment has another charge or another amount. Trying again is
    /// no use.
    Unfit,
}

impl UnmatchedReason {
    pub fn word(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Unknown => "unknown",
            Self::Behind => "behind",
            Self::Ahead => "ahead",
            Self::NotWritten => "not_written",
            Self::Unfit => "unfit",
        }
    }
}

/// What is stored.
pub struct UnmatchedEvent<'a> {
    pub id: String,
    pub sequence: i64,
    pub charge: Option<&'a str>,
    pub payment: Option<&'a str>,
    pub body: &'a str,
    pub reason: UnmatchedReason,
    pub at: Instant,
}

/// One that is to be tried again now.
#[derive(Debug)]
pub struct RetriedEvent {
    pub id: String,
    pub body: String,
    pub tries: i64,
}

/// Before an event is tried again.
const WAIT: Backoff = Backoff { first: 2_000, factor: 2, longest: 3_600_000 };
const WAIT_AHEAD: Backoff = Backoff { longest: 32_000, ..WAIT };
/// More of one event is not stored.
const MOST_CHARACTERS: usize = 4_000;

impl Store {
    /// Stores what could not be applied, once; gives whether it is new. With `read`, its number is read.
    pub async fn keep_unmatched(&self, kept: &UnmatchedEvent<'_>, read: Option<Read>) -> Result<bool, sqlx::Error> {
        let mut tx = self.begin().await?;
        let done = sqlx::query(
            "INSERT INTO event_unmatched (id, sequence, charge, payment, body, why, kept_at, try_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
        )
        .bind(&kept.id)
        .bind(kept.sequence)
        .bind(kept.charge)
        .bind(kept.payment)
        .bind(kept.body.chars().take(MOST_CHARACTERS).collect::<String>())
        .bind(kept.reason.word())
        .bind(kept.at.millis())
        .bind((kept.reason != UnmatchedReason::Unfit).then(|| kept.at.plus_millis(WAIT.wait_millis(1)).millis()))
        .execute(&mut *tx)
        .await?;
        if let Some(read) = read {
            read.put(&mut tx, kept.at).await?;
        }
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Whether an earlier event of this charge or key is kept and may still be matched.
    pub async fn is_behind(&self, charge: &str, payment: &str, sequence: i64) -> Result<bool, sqlx::Error> {
        let sql = "SELECT 1 FROM event_unmatched WHERE matched_at IS NULL AND try_at IS NOT NULL AND sequence < $3 \
                   AND (charge = $1 OR payment = $2)";
        let found = sqlx::query(sql).bind(charge).bind(payment).bind(sequence).fetch_optional(&self.read).await?;
        Ok(found.is_some())
    }

    /// Those that are due, in the processor's order. One that can't be read is tried no more, and stays for people.
    pub async fn to_match(&self, now: Instant) -> Result<Vec<RetriedEvent>, sqlx::Error> {
        let sql = "SELECT id, body, tries FROM event_unmatched WHERE matched_at IS NULL AND try_at <= $1 ORDER BY sequence, id LIMIT 100";
        let rows = sqlx::query(sql).bind(now.millis()).fetch_all(&self.read).await?;
        let (retried, unreadable) = readable::each("event_unmatched", "id", &rows, retried);
        for id in &unreadable {
            let sql = "UPDATE event_unmatched SET try_at = NULL, why = $2 WHERE id = $1";
            let reason = UnmatchedReason::Unreadable.word();
            sqlx::query(sql).bind(id).bind(reason).execute(&self.write).await?;
        }
        Ok(retried)
    }

    /// It was matched; or, with a reason, when to try once more.
    pub async fn tried_to_match(
        &self,
        retried: &RetriedEvent,
        reason: Option<UnmatchedReason>,
        now: Instant,
    ) -> Result<(), sqlx::Error> {
        // Once the mark has come near, those after it wait for this one.
        let wait =
            if reason == Some(UnmatchedReason::Ahead) { WAIT_AHEAD } else { WAIT }.wait_millis(retried.tries + 2);
        let next = reason.filter(|reason| *reason != UnmatchedReason::Unfit).map(|_| now.plus_millis(wait).millis());
        sqlx::query(
            "UPDATE event_unmatched SET tries = tries + 1, try_at = $2, why = COALESCE($3, why), matched_at = $4 WHERE id = $1",
        )
        .bind(&retried.id)
        .bind(next)
        .bind(reason.map(UnmatchedReason::word))
        .bind(reason.is_none().then(|| now.millis()))
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// How many are still open.
    pub async fn count_unmatched(&self) -> Result<i64, sqlx::Error> {
        sqlx::query("SELECT COUNT(*) FROM event_unmatched WHERE matched_at IS NULL")
            .fetch_one(&self.read)
            .await?
            .try_get(0)
    }

    pub async fn event_read(&self, read: Read, at: Instant) -> Result<(), sqlx::Error> {
        let mut tx = self.begin().await?;
        read.put(&mut tx, at).await?;
        tx.commit().await
    }

    /// Numbers that were passed over and are to be asked for now, in their order; a page of them.
    pub async fn events_missing(&self, now: Instant) -> Result<Vec<i64>, sqlx::Error> {
        let sql = "SELECT sequence FROM event_missing WHERE ask_at <= $1 ORDER BY sequence LIMIT $2";
        sqlx::query_scalar(sql).bind(now.millis()).bind(PAGE).fetch_all(&self.read).await
    }

    /// Of those that were asked for now, up to a number, gives and forgets the ones that are missing since then or
    /// longer. The others are asked for again when they are missing twice as long.
    pub async fn events_did_not_come(&self, now: Instant, up_to: i64, since: Instant) -> Result<Vec<i64>, sqlx::Error> {
        let (now, since) = (now.millis(), since.millis());
        let forget =
            "DELETE FROM event_missing WHERE ask_at <= $1 AND sequence <= $2 AND since <= $3 RETURNING sequence";
        let forget = sqlx::query_scalar(forget).bind(now).bind(up_to).bind(since);
        let gone = forget.fetch_all(&self.write).await?;
        let sql = "UPDATE event_missing SET ask_at = $1 + ($1 - since) WHERE ask_at <= $1 AND sequence <= $2";
        sqlx::query(sql).bind(now).bind(up_to).execute(&self.write).await?;
        Ok(gone)
    }
}

/// An event was read.
#[derive(Clone, Copy, Debug)]
pub struct Read {
    pub sequence: i64,
    /// The mark until then. If the event is beyond it, the mark moves there, and the numbers in between are missing.
    pub mark: i64,
}

impl Read {
    async fn put(self, tx: &mut Tx, at: Instant) -> Result<(), sqlx::Error> {
        let Self { sequence, mark } = self;
        sqlx::query("DELETE FROM event_missing WHERE sequence = $1").bind(sequence).execute(&mut **tx).await?;
        let mut writes = Batch::default();
        let missing = (mark + 1..sequence).map(|missing| [missing.into(), at.millis().into()]);
        writes.add_portions(missing, |rows| {
            format!("INSERT INTO event_missing (sequence, since) {rows} ON CONFLICT (sequence) DO NOTHING")
        });
        if sequence > mark {
            // Another server may have read further meanwhile.
            let raise = "INSERT INTO mark (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value \
                         WHERE mark.value < excluded.value";
            writes.add(raise, [EVENTS_READ.into(), sequence.into()]);
        }
        writes.run(tx).await?;
        Ok(())
    }
}

fn retried(row: &AnyRow) -> Result<RetriedEvent, sqlx::Error> {
    Ok(RetriedEvent { id: row.try_get("id")?, body: row.try_get("body")?, tries: row.try_get("tries")? })
}
