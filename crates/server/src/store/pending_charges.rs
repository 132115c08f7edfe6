//! Pending charges: the payments about which the processor is queried, and when. Those without a response, and those
//! overdue.

use super::{Store, readable};
use contract::{Date, Instant, Money};
use sqlx::{Row, any::AnyRow};

/// A payment that waits for the processor's first answer.
#[derive(Clone, Debug)]
pub struct PendingCharge {
    pub id: String,
    pub token: String,
    pub binding: String,
    pub reference: String,
    pub charged: Money,
    /// The day on which a bank debit is handed to the bank.
    pub sent_on: Option<Date>,
    /// How often it was asked for without an answer.
    pub asks: i64,
}

impl Store {
    /// Payments whose time to ask has come, a few of them; each is put off to `again`, so that two servers do not ask
    /// at once. A row that another server holds is passed over, and one that can't be read stops no other.
    pub async fn to_ask(&self, now: Instant, again: Instant, most: i64) -> Result<Vec<PendingCharge>, sqlx::Error> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "WITH due (chosen) AS MATERIALIZED (SELECT id FROM payment WHERE ask_at <= $1 ORDER BY ask_at LIMIT $3 {}) \
             UPDATE payment SET ask_at = $2 FROM due WHERE id = chosen \
             RETURNING id, token, binding, reference, total_cents + fee_cents AS charged_cents, sent_on, asks",
            self.skipping_locked(),
        )))
        .bind(now.millis())
        .bind(again.millis())
        .bind(most)
        .fetch_all(&self.write)
        .await?;
        // One that can't be read stays unanswered, and is counted as such.
        Ok(readable::each("payment", "id", &rows, asked).0)
    }

    /// Has what waits for an answer asked about at once. Over one SQLite file there is no other server that could be in
    /// the middle of it.
    pub async fn ask_about_unanswered_now(&self) -> Result<(), sqlx::Error> {
        if !self.is_postgres {
            sqlx::query("UPDATE payment SET ask_at = 0 WHERE ask_at IS NOT NULL").execute(&self.write).await?;
        }
        Ok(())
    }

    /// Asked without an answer.
    pub async fn put_off(&self, payment: &str, until: Instant) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE payment SET ask_at = $2, asks = asks + 1 WHERE id = $1 AND ask_at IS NOT NULL")
            .bind(payment)
            .bind(until.millis())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    /// How many payments made before then have no answer yet.
    pub async fn unanswered(&self, before: Instant) -> Result<i64, sqlx::Error> {
        let sql = "SELECT COUNT(*) FROM payment WHERE ask_at IS NOT NULL AND created_at < $1";
        sqlx::query(sql).bind(before.millis()).fetch_one(&self.read).await?.try_get(0)
    }

    /// Payments that are on their way for too long: a debit whose day is over, a card without an end. Each is given
    /// once until `again`. The demo's invented ones were never handed to a processor.
    pub async fn claim_overdue(&self, overdue: &Overdue, again: Instant) -> Result<Vec<String>, sqlx::Error> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "WITH due (chosen) AS MATERIALIZED (SELECT id FROM payment WHERE state IN ('processing', 'scheduled') \
             AND {OVERDUE} AND look_at <= $3 ORDER BY look_at LIMIT 20 {}) \
             UPDATE payment SET look_at = $4 FROM due WHERE id = chosen RETURNING id",
            self.skipping_locked(),
        )))
        .bind(&overdue.expected_before)
        .bind(overdue.made_before.millis())
        .bind(overdue.now.millis())
        .bind(again.millis())
        .fetch_all(&self.write)
        .await?;
        rows.iter().map(|row| row.try_get(0)).collect()
    }

    pub async fn count_overdue(&self, overdue: &Overdue) -> Result<i64, sqlx::Error> {
        let sql = format!("SELECT COUNT(*) FROM payment WHERE state IN ('processing', 'scheduled') AND {OVERDUE}");
        let counted = sqlx::query(sqlx::AssertSqlSafe(sql));
        counted
            .bind(&overdue.expected_before)
            .bind(overdue.made_before.millis())
            .fetch_one(&self.read)
            .await?
            .try_get(0)
    }
}

/// Which payments are overdue, at a moment.
pub struct Overdue {
    pub now: Instant,
    /// A day: debits expected before it.
    pub expected_before: String,
    /// Payments without such a day.
    pub made_before: Instant,
}

const OVERDUE: &str = "ask_at IS NULL AND fingerprint <> 'demo' AND balance_cents = 0 AND \
    (expected_on < $1 OR expected_on IS NULL AND created_at < $2)";

fn asked(row: &AnyRow) -> Result<PendingCharge, sqlx::Error> {
    let is_debit = row.try_get::<Option<&str>, _>("sent_on")?.is_some();
    Ok(PendingCharge {
        id: row.try_get("id")?,
        token: row.try_get("token")?,
        binding: row.try_get("binding")?,
        reference: row.try_get("reference")?,
        charged: super::cents(row, "charged_cents")?,
        sent_on: if is_debit { Some(super::value(row, "sent_on")?) } else { None },
        asks: row.try_get("asks")?,
    })
}
