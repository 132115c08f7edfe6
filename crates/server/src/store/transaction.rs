//! One transaction of the database. Its BEGIN, COMMIT and ROLLBACK are statements like any other, since sqlx's own
//! transactions count in the client how deep a connection is in them, and that count can be wrong: SQLite ends a
//! transaction by itself when the disk is full (`docs/upstream.md`), and a BEGIN that nobody waited for is not counted
//! over PostgreSQL. Such a connection commits nothing any more, and says Ok.
//!
//! So the rule here: only a COMMIT or a ROLLBACK that the database has answered gives the connection back to the pool,
//! otherwise it is closed, and the database rolls back. One that is dropped (an error, a time-out, a client that is
//! gone) is rolled back in the background: closing it each time would let a client that is refused a thousand times a
//! second have a thousand connections opened.

use super::{
    Store,
    connections::{Connections, Lease, State},
    trouble,
};
use crate::backoff::Backoff;
use sqlx::AnyConnection;
use std::ops::{Deref, DerefMut};

pub struct Tx(Lease);

impl Tx {
    async fn begin(pool: &Connections, statement: &'static str) -> Result<Self, sqlx::Error> {
        // From here on it is rolled back or closed when it is dropped: also where nobody waits for the answer to BEGIN.
        let mut tx = Self(pool.acquire().await?);
        tx.0.set(State::InTransaction);
        sqlx::raw_sql(statement).execute(&mut *tx).await?;
        Ok(tx)
    }

    /// Whether another database than SQLite is asked: a statement is a round trip, and others write meanwhile.
    pub fn is_postgres(&self) -> bool {
        self.backend_name() == "PostgreSQL"
    }

    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.end("COMMIT").await
    }

    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, statement: &'static str) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(statement).execute(&mut *self).await?;
        self.0.set(State::Answered);
        Ok(())
    }
}

impl Deref for Tx {
    type Target = AnyConnection;
    fn deref(&self) -> &AnyConnection {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.0
    }
}

impl Store {
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        // SQLite waits for another process here, and not in the middle, where it could not.
        Tx::begin(&self.write, if self.is_postgres { "BEGIN" } else { "BEGIN IMMEDIATE" }).await
    }

    /// One that a power cut may take back: for what would be written again.
    pub async fn begin_relaxed_durability(&self) -> Result<Tx, sqlx::Error> {
        if self.is_postgres {
            Tx::begin(&self.write, "BEGIN; SET LOCAL synchronous_commit = off").await
        } else {
            self.begin().await
        }
    }
}

/// How often a transaction that the database gave up is done again, and after which wait.
const TRIES: i64 = 3;
const WAIT: Backoff = Backoff { first: 40, factor: 2, longest: 160 };

/// Does it again, three times at most, when the database gave it up for the sake of another transaction (a deadlock, a
/// serialization failure) or because its tables have changed. `work` is a whole transaction: nothing of a try that
/// failed is there.
pub async fn retry<T, F>(mut work: impl FnMut() -> F) -> Result<T, sqlx::Error>
where
    F: Future<Output = Result<T, sqlx::Error>>,
{
    let mut tries = 0;
    loop {
        match work().await {
            Err(error) if tries < TRIES && trouble::classify(&error).is_transient() => {
                tries += 1;
                crate::metrics::DATABASE_RETRIES.add(1);
                tokio::time::sleep(WAIT.wait(tries)).await;
            }
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_no_conflict_is_not_done_again() {
        let mut tries = 0;
        let failed: Result<(), _> = retry(|| {
            tries += 1;
            async { Err(sqlx::Error::PoolTimedOut) }
        })
        .await;
        assert!(failed.is_err());
        assert_eq!(tries, 1);
    }
}
