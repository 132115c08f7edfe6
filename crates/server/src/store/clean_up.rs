//! Clean-up: wipes what is private in sessions that ran out, and deletes rows that mean nothing any more. At most 500 rows a statement,
//! each statement a transaction of its own, so that a table that grew keeps nobody from writing. What is left waits for the next round.

use super::{
    Store, json,
    sessions::{IDLE_MILLIS, LONGEST_MILLIS},
    to_json,
};
use contract::{Instant, payment::PaymentDraft};
use sqlx::Row;

const MOST: u64 = 500;

const WIPE_REGISTRATIONS: &str = "UPDATE registration SET draft = '{}' WHERE id IN (SELECT registration.id FROM registration \
     JOIN session ON session.id = registration.session WHERE registration.draft <> '{}' AND \
     (session.ended_at IS NOT NULL OR session.seen_at < $1 OR session.created_at < $2) LIMIT 500)";
const DELETE_SESSIONS: &str =
    "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE created_at < $1 LIMIT 500) AND created_at < $1";
const DELETE_TOKENS: &str = "DELETE FROM method_token WHERE token IN (SELECT token FROM method_token WHERE known_at < $1 LIMIT 500) \
     AND known_at < $1";
const DELETE_TALLIES: &str =
    "DELETE FROM tally WHERE minute IN (SELECT minute FROM tally WHERE minute < $1 LIMIT 500) AND minute < $1";
const DELETE_PENDING: &str = "DELETE FROM pending_account WHERE id IN (SELECT id FROM pending_account WHERE expires_at <= $1 LIMIT 500) \
     AND expires_at <= $1";
const DELETE_CODES: &str = "DELETE FROM membership_code WHERE membership IN \
     (SELECT membership FROM membership_code WHERE expires_at <= $1 LIMIT 500) AND expires_at <= $1";

const DELETE_CLOSED_KEYS: &str = "DELETE FROM closed_key WHERE idempotency_key IN \
     (SELECT idempotency_key FROM closed_key WHERE closed_at < $1 LIMIT 500) AND closed_at < $1";
/// Of closed keys, far longer than any page goes on with an order; and of jobs that were set aside.
const KEPT_MILLIS: i64 = 30 * 24 * 3_600_000;

/// One that was set aside holds what somebody typed: kept for as long as people need to look at it.
const DELETE_JOBS: &str =
    "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE set_aside_at < $1 LIMIT 500) AND set_aside_at < $1";

impl Store {
    /// True if a statement reached its limit: there may be more.
    pub async fn clean_up_sessions(&self, now: Instant) -> Result<bool, sqlx::Error> {
        let (idle, longest) = (now.millis() - IDLE_MILLIS, now.millis() - LONGEST_MILLIS);
        let drafts = self.wipe_drafts(idle, longest).await?;
        let registrations = sqlx::query(WIPE_REGISTRATIONS).bind(idle).bind(longest).execute(&self.write).await?;
        let sessions = self.delete(DELETE_SESSIONS, now.millis() - 9 * LONGEST_MILLIS).await?;
        // The processor has forgotten them, too.
        let tokens = self.delete(DELETE_TOKENS, longest).await?;
        let keys = self.delete(DELETE_CLOSED_KEYS, now.millis() - KEPT_MILLIS).await?;
        let jobs = self.delete(DELETE_JOBS, now.millis() - KEPT_MILLIS).await?;
        Ok([drafts, registrations.rows_affected(), sessions, tokens, keys, jobs].into_iter().any(|rows| rows >= MOST))
    }

    pub async fn clean_up_tallies(&self, now: Instant) -> Result<(), sqlx::Error> {
        self.delete(DELETE_TALLIES, now.millis() / 60_000 - 24 * 60).await.map(drop)
    }

    /// Pending accounts and codes that ran out, and accounts that a server of an earlier version opened and nobody confirmed in
    /// `longest` milliseconds. True if there may be more.
    pub async fn clean_up_pending(&self, now: Instant, longest: i64) -> Result<bool, sqlx::Error> {
        let pending = self.delete(DELETE_PENDING, now.millis()).await?;
        let codes = self.delete(DELETE_CODES, now.millis()).await?;
        let sql = "SELECT id FROM account WHERE email_confirmed_at IS NULL AND created_at <= $1 LIMIT 100";
        let left: Vec<String> = sqlx::query_scalar(sql).bind(now.millis() - longest).fetch_all(&self.read).await?;
        for account in &left {
            let mut tx = self.begin().await?;
            super::accounts::forget_unconfirmed(&mut tx, account, now).await?;
            tx.commit().await?;
        }
        Ok(pending >= MOST || codes >= MOST || left.len() >= 100)
    }

    async fn delete(&self, sql: &'static str, before: i64) -> Result<u64, sqlx::Error> {
        Ok(sqlx::query(sql).bind(before).execute(&self.write).await?.rows_affected())
    }

    /// Gives how many sessions it looked at.
    async fn wipe_drafts(&self, idle: i64, longest: i64) -> Result<u64, sqlx::Error> {
        let sql = "SELECT token_hash, draft FROM session WHERE draft IS NOT NULL AND is_wiped = 0 \
                   AND (seen_at < $1 OR created_at < $2) LIMIT 500";
        let left = sqlx::query(sql).bind(idle).bind(longest).fetch_all(&self.read).await?;
        for row in &left {
            let draft: PaymentDraft = json(row.try_get("draft")?)?;
            // Only if it is still as it was read: by now it may be ended, or gone on with.
            sqlx::query(
                "UPDATE session SET draft = $2, is_wiped = 1 WHERE token_hash = $1 AND ended_at IS NULL AND draft = $3",
            )
            .bind(row.try_get::<String, _>("token_hash")?)
            .bind(to_json(&draft.without_what_is_private())?)
            .bind(row.try_get::<String, _>("draft")?)
            .execute(&self.write)
            .await?;
        }
        Ok(left.len() as u64)
    }
}
