//! Closed idempotency keys: no payment was begun with them, and none will be by an order that may begin until the moment that is closed.
//! "Nothing came of this order" is said only of a closed key, so it stays true whatever clocks differ, however long a commit takes, and
//! whichever server the order reaches later. Who presses Pay again sends the key with a later moment.
//!
//! A key is one intent's, and closed for every membership: the session that asks may be another one's than the session that sent the
//! order, since both are one browser's.
//!
//! Over PostgreSQL a lock of the key (an advisory one, until the end of the transaction) is shared by those that begin a payment and
//! taken alone by whoever closes it; over SQLite there is one writer.

use super::{Store, Tx};
use contract::{IdempotencyKey, Instant};

/// For whoever begins a payment with the key: columns of a statement. Until the transaction ends nobody closes it.
pub const SHARED_LOCKS: &str = "pg_advisory_xact_lock_shared(hashtextextended($1, 7))::text, \
    pg_advisory_xact_lock_shared(hashtextextended($2, 7))::text";
const LOCKS: &str =
    "SELECT pg_advisory_xact_lock(hashtextextended($1, 7))::text, pg_advisory_xact_lock(hashtextextended($2, 7))::text";

/// What is locked: the key, and, for servers of the version before, the key of the membership.
pub fn names(membership: &str, key: &IdempotencyKey) -> [String; 2] {
    [format!("{membership} {key}"), key.to_string()]
}

impl Store {
    /// Closes the key for orders that may begin until `begin_by`, unless a payment has it: then false. Waits for one that is just being
    /// begun.
    pub async fn close_key(
        &self,
        membership: &str,
        key: &IdempotencyKey,
        begin_by: Instant,
        now: Instant,
    ) -> Result<bool, sqlx::Error> {
        let mut tx = self.begin().await?;
        if self.is_postgres {
            let [of_membership, of_all] = names(membership, key);
            sqlx::query(LOCKS).bind(of_membership).bind(of_all).execute(&mut *tx).await?;
        }
        let is_closed = close(&mut tx, membership, key, begin_by, now).await?;
        tx.commit().await?;
        self.make_durable().await?; // before anybody hears of it
        Ok(is_closed)
    }
}

async fn close(
    tx: &mut Tx,
    membership: &str,
    key: &IdempotencyKey,
    begin_by: Instant,
    now: Instant,
) -> Result<bool, sqlx::Error> {
    let sql = "SELECT 1 FROM payment WHERE idempotency_key = $1";
    if sqlx::query(sql).bind(key.to_string()).fetch_optional(&mut **tx).await?.is_some() {
        return Ok(false);
    }
    let sql = "INSERT INTO closed_key (membership, idempotency_key, begin_by, closed_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (membership, idempotency_key) DO UPDATE SET closed_at = excluded.closed_at, begin_by = \
               CASE WHEN closed_key.begin_by > excluded.begin_by THEN closed_key.begin_by ELSE excluded.begin_by END";
    let closed = sqlx::query(sql).bind(membership).bind(key.to_string()).bind(begin_by.millis()).bind(now.millis());
    closed.execute(&mut **tx).await?;
    Ok(true)
}
