//! Clean-up: wipes what is private in sessions that ran out, and deletes rows that mean nothing any more. At most 500
//! rows a statement, each statement a transaction and a call of its own, so that a large table blocks no writer, and
//! one that fails keeps no other from being done. What is left waits for the next round.

use super::{
    Store,
    forgotten_tokens::ForgottenToken,
    json, readable,
    receipt_links::READER_MILLIS,
    sessions::{IDLE_MILLIS, LONGEST_MILLIS},
    to_json,
};
use contract::{Instant, payment::PaymentDraft};
use sqlx::Row;

const MOST: u64 = 500;
/// Of closed keys, far longer than any page goes on with an order; and of jobs that were set aside, which hold what
/// somebody typed: as long as people need to look at them.
const KEPT_MILLIS: i64 = 30 * 24 * 3_600_000;

/// Rows of one table that are deleted a fixed time after the moment in one of their columns.
pub struct Leftovers {
    pub table: &'static str,
    sql: &'static str,
    kept_millis: i64,
}

macro_rules! older {
    ($table:literal, $key:literal, $old:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE ",
            $key,
            " IN (SELECT ",
            $key,
            " FROM ",
            $table,
            " WHERE ",
            $old,
            " LIMIT 500) AND ",
            $old
        )
    };
}

macro_rules! leftovers {
    ($table:literal, $key:literal, $old:literal, kept $millis:expr) => {
        Leftovers { table: $table, sql: older!($table, $key, $old), kept_millis: $millis }
    };
}

pub const LEFTOVERS: [Leftovers; 7] = [
    leftovers!("session", "id", "created_at < $1", kept 9 * LONGEST_MILLIS),
    // The processor has forgotten them, too.
    leftovers!("method_token", "token", "known_at < $1", kept LONGEST_MILLIS),
    leftovers!("closed_key", "idempotency_key", "closed_at < $1", kept KEPT_MILLIS),
    leftovers!("job", "id", "set_aside_at < $1", kept KEPT_MILLIS),
    leftovers!("receipt_reader", "token_hash", "opened_at < $1", kept READER_MILLIS),
    leftovers!("pending_account", "id", "expires_at <= $1", kept 0),
    leftovers!("membership_code", "membership", "expires_at <= $1", kept 0),
];
/// By `payment_method_by_payment`.
const DELETE_METHODS: &str = concat!(
    older!(
        "payment_method",
        "id",
        "created_at < $1 AND came_with IN (SELECT payment.id FROM payment WHERE payment.state IN ('failed', 'cancelled'))"
    ),
    " RETURNING token, account"
);
const DELETE_TALLIES: &str = older!("tally", "minute", "minute < $1");
const WIPE_REGISTRATIONS: &str = "UPDATE registration SET draft = '{}' WHERE id IN (SELECT registration.id FROM registration \
     JOIN session ON session.id = registration.session WHERE registration.draft <> '{}' AND \
     (session.ended_at IS NOT NULL OR session.seen_at <= $1 OR session.created_at <= $2) LIMIT 500)";

/// Each gives whether there may be more.
impl Store {
    pub async fn delete(&self, leftovers: &Leftovers, now: Instant) -> Result<bool, sqlx::Error> {
        let before = now.millis() - leftovers.kept_millis;
        Ok(sqlx::query(leftovers.sql).bind(before).execute(&self.write).await?.rows_affected() >= MOST)
    }

    /// Methods that came with a payment that failed: the processor is told to forget them.
    pub async fn delete_methods_of_failed(&self, now: Instant) -> Result<bool, sqlx::Error> {
        let mut tx = self.begin().await?;
        let delete = sqlx::query(DELETE_METHODS).bind(now.millis() - LONGEST_MILLIS);
        let deleted = delete.fetch_all(&mut *tx).await?;
        for row in &deleted {
            let forgotten = ForgottenToken { token: row.try_get("token")?, owner: row.try_get("account")? };
            forgotten.enqueue(&mut tx, now).await?;
        }
        tx.commit().await?;
        Ok(deleted.len() as u64 >= MOST)
    }

    pub async fn clean_up_tallies(&self, now: Instant) -> Result<(), sqlx::Error> {
        let before = now.millis() / 60_000 - 24 * 60;
        sqlx::query(DELETE_TALLIES).bind(before).execute(&self.write).await.map(drop)
    }

    pub async fn wipe_registrations(&self, now: Instant) -> Result<bool, sqlx::Error> {
        let (idle, longest) = (now.millis() - IDLE_MILLIS, now.millis() - LONGEST_MILLIS);
        let done = sqlx::query(WIPE_REGISTRATIONS).bind(idle).bind(longest).execute(&self.write).await?;
        Ok(done.rows_affected() >= MOST)
    }

    /// A draft that can't be read has nothing to go on with: all of it goes.
    pub async fn wipe_drafts(&self, now: Instant) -> Result<bool, sqlx::Error> {
        let sql = "SELECT token_hash, draft FROM session WHERE draft IS NOT NULL AND is_wiped = 0 \
                   AND (seen_at <= $1 OR created_at <= $2) LIMIT 500";
        let (idle, longest) = (now.millis() - IDLE_MILLIS, now.millis() - LONGEST_MILLIS);
        let rows = sqlx::query(sql).bind(idle).bind(longest).fetch_all(&self.read).await?;
        let (drafts, unreadable) = readable::each("session", "token_hash", &rows, |row| {
            Ok((row.try_get::<String, _>("token_hash")?, row.try_get::<String, _>("draft")?))
        });
        for session in &unreadable {
            let sql = "UPDATE session SET draft = NULL, is_wiped = 1 WHERE token_hash = $1 AND ended_at IS NULL";
            sqlx::query(sql).bind(session).execute(&self.write).await?;
        }
        for (session, draft) in drafts {
            let kept = json::<PaymentDraft>(&draft).ok().map(|draft| to_json(&draft.without_what_is_private()));
            // Only if it is still as it was read: by now it may be ended, or gone on with.
            let sql =
                "UPDATE session SET draft = $2, is_wiped = 1 WHERE token_hash = $1 AND ended_at IS NULL AND draft = $3";
            let wipe = sqlx::query(sql).bind(session).bind(kept.transpose()?).bind(draft);
            wipe.execute(&self.write).await?;
        }
        Ok(rows.len() as u64 >= MOST)
    }

    /// Accounts that a server of an earlier version opened and that were not confirmed in `longest` milliseconds. One
    /// that can't be deleted keeps no other.
    pub async fn forget_unconfirmed(&self, now: Instant, longest: i64) -> Result<bool, sqlx::Error> {
        let sql = "SELECT id FROM account WHERE email_confirmed_at IS NULL AND created_at <= $1 LIMIT 100";
        let left: Vec<String> = sqlx::query_scalar(sql).bind(now.millis() - longest).fetch_all(&self.read).await?;
        let mut done = Ok(());
        for account in &left {
            done = done.and(self.forget_account(account, now).await);
        }
        done.map(|()| left.len() >= 100)
    }

    async fn forget_account(&self, account: &str, now: Instant) -> Result<(), sqlx::Error> {
        let mut tx = self.begin().await?;
        super::accounts::forget_unconfirmed(&mut tx, account, now).await?;
        tx.commit().await
    }
}
