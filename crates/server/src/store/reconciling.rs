//! What a reconciliation reads of payments, which server runs it, and what it found last.

use super::{Store, from_word, set_mark};
use contract::{Instant, payment::PaymentState};
use sqlx::{Row, any::AnyRow};

/// A payment as a charge is compared with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedPayment {
    pub id: String,
    pub charge: Option<String>,
    pub cents: i64,
    pub state: PaymentState,
    /// The processor has not answered yet.
    pub is_running: bool,
    pub created_at: Instant,
}

const BOOKED: &str =
    "SELECT id, charge, total_cents + fee_cents AS charged_cents, state, ask_at, created_at FROM payment";
/// Millis since 1970: when the last reconciliation began that a server took upon itself. While it runs, so that it is
/// due again soon.
const CLAIMED: &str = "reconcile_claimed_at";
const ENDED: &str = "reconciled_at";
const DIFFERENCES: &str = "reconcile_differences";

/// What the last one found, whichever server ran it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastRun {
    /// 0 before the first.
    pub ended_at: i64,
    pub differences: i64,
}

impl Store {
    pub async fn booked(&self, ids: &[&str]) -> Result<Vec<BookedPayment>, sqlx::Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
        let sql = format!("{BOOKED} WHERE id IN ({})", places.join(", "));
        let query = ids.iter().fold(sqlx::query(sqlx::AssertSqlSafe(sql)), |query, id| query.bind(*id));
        query.fetch_all(&self.read).await?.iter().map(booked_of).collect()
    }

    /// Payments made since then that the processor must know, by id, after the one named: also those that it has not
    /// answered for, if they were made before `old`. A payment that failed without a charge has none; the demo invents
    /// a history that no processor knows.
    pub async fn booked_after(
        &self,
        after: &str,
        since: Instant,
        old: Instant,
    ) -> Result<Vec<BookedPayment>, sqlx::Error> {
        let sql = format!(
            "{BOOKED} WHERE id > $1 AND created_at >= $2 AND fingerprint <> 'demo' AND balance_cents = 0 AND posted_payment IS NULL \
             AND (ask_at IS NULL OR created_at < $3) AND (charge IS NOT NULL OR state <> 'failed') \
             ORDER BY id LIMIT 500"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(after).bind(since.millis()).bind(old.millis());
        query.fetch_all(&self.read).await?.iter().map(booked_of).collect()
    }

    /// Whether this server is the one to reconcile, now that the last time is `every` ago: one of several that ask at
    /// once, for so long. `put_reconciliation_off` says when it ended.
    pub async fn claim_reconciliation(&self, now: Instant, every: i64, long: i64) -> Result<bool, sqlx::Error> {
        let done = sqlx::query(
            "INSERT INTO mark (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value \
             WHERE mark.value <= $3",
        )
        .bind(CLAIMED)
        .bind(now.millis() - every + long)
        .bind(now.millis() - every)
        .execute(&self.write)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// As if it had been claimed at that time.
    pub async fn put_reconciliation_off(&self, claimed_at: Instant) -> Result<(), sqlx::Error> {
        let mut tx = self.begin().await?;
        set_mark(&mut tx, CLAIMED, claimed_at.millis()).await?;
        tx.commit().await
    }

    pub async fn reconciled(&self, now: Instant, differences: i64) -> Result<(), sqlx::Error> {
        let mut tx = self.begin().await?;
        set_mark(&mut tx, DIFFERENCES, differences).await?;
        set_mark(&mut tx, ENDED, now.millis()).await?;
        tx.commit().await
    }

    pub async fn last_reconciliation(&self) -> Result<LastRun, sqlx::Error> {
        Ok(LastRun { ended_at: self.mark(ENDED).await?, differences: self.mark(DIFFERENCES).await? })
    }
}

fn booked_of(row: &AnyRow) -> Result<BookedPayment, sqlx::Error> {
    Ok(BookedPayment {
        id: row.try_get("id")?,
        charge: row.try_get("charge")?,
        cents: row.try_get("charged_cents")?,
        state: from_word(row.try_get("state")?)?,
        is_running: row.try_get::<Option<i64>, _>("ask_at")?.is_some(),
        created_at: Instant::from_millis(row.try_get("created_at")?),
    })
}
