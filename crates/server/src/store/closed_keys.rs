//! Closed idempotency keys: no payment was begun with them, and none ever will be. Whatever says that an order came to
//! nothing, the answer to a query or an error response, closes its key first. So it stays true if the order was sent
//! twice, by two tabs or by a browser that repeats a request, whatever clocks differ, however long a commit takes, and
//! whichever server the other one reaches. Who presses Pay again sends another key.
//!
//! A key is one intent's, and closed for every membership: the session that asks may be another one's than the session
//! that sent the order, since both are one browser's.
//!
//! Over PostgreSQL a lock of the key (an advisory one, until the end of the transaction) is shared by those that begin
//! a payment and taken exclusively by the one that closes it; over SQLite there is one writer.

use super::{Store, Tx};
use contract::{IdempotencyKey, Instant};

/// The shared lock for beginning a payment with the key; the statement may go on with `FROM`. Until the transaction
/// ends, the key can't be closed.
pub const LOCK_SHARED: &str = "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 7))::text, \
    pg_advisory_xact_lock_shared(hashtextextended($2, 7))::text";
const LOCKS: &str =
    "SELECT pg_advisory_xact_lock(hashtextextended($1, 7))::text, pg_advisory_xact_lock(hashtextextended($2, 7))::text";

/// What is locked: the key, and, for servers of the version before, the key of the membership.
pub fn names(membership: &str, key: &IdempotencyKey) -> [String; 2] {
    [format!("{membership} {key}"), key.to_string()]
}

/// Servers of the version before close a key for orders that may begin until a moment, and compare with this.
const FOR_EVER: i64 = i64::MAX;

impl Store {
    /// Closes the key, unless a payment has it: then false. Waits for one that is just being begun.
    pub async fn close_key(&self, membership: &str, key: &IdempotencyKey, now: Instant) -> Result<bool, sqlx::Error> {
        let mut tx = self.begin().await?;
        self.lock_key(&mut tx, membership, key).await?;
        let is_closed = !has_payment(&mut tx, key).await?;
        if is_closed {
            let sql = "INSERT INTO closed_key (membership, idempotency_key, begin_by, closed_at) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (membership, idempotency_key) DO UPDATE SET closed_at = excluded.closed_at, begin_by = excluded.begin_by";
            let close = sqlx::query(sql).bind(membership).bind(key.to_string()).bind(FOR_EVER).bind(now.millis());
            close.execute(&mut *tx).await?;
        }
        tx.commit().await?;
        self.make_durable().await?; // before the response
        Ok(is_closed)
    }

    /// As `close_key`, for anyone who has no session.
    pub async fn close_unowned_key(&self, key: &IdempotencyKey, now: Instant) -> Result<bool, sqlx::Error> {
        self.close_key("", key, now).await
    }

    async fn lock_key(&self, tx: &mut Tx, membership: &str, key: &IdempotencyKey) -> Result<(), sqlx::Error> {
        if self.is_postgres {
            let [of_membership, of_all] = names(membership, key);
            sqlx::query(LOCKS).bind(of_membership).bind(of_all).execute(&mut **tx).await?;
        }
        Ok(())
    }
}

async fn has_payment(tx: &mut Tx, key: &IdempotencyKey) -> Result<bool, sqlx::Error> {
    let sql = "SELECT 1 FROM payment WHERE idempotency_key = $1";
    Ok(sqlx::query(sql).bind(key.to_string()).fetch_optional(&mut **tx).await?.is_some())
}
