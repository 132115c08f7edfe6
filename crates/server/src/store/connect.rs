//! The settings of connections: what is set on each when it is opened, and which are not used again.
//!
//! The limits are ours and not the database's defaults, which are "wait for ever". A lock is waited for less long than
//! a request is (30 s), so that a holder that fell silent costs its waiters an answer and not the pool; a transaction
//! of a server that is gone ends by itself. An operator who needs others can't set them in the URL: what is set here
//! comes later.

use super::connections::Connections;
use sqlx::{AnyConnection, Connection, any::AnyConnectOptions};
use std::{
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Of one server. PostgreSQL takes a hundred by default.
const POSTGRES: u32 = 24;

/// How long a database may take to take a connection.
const OPENING: Duration = Duration::from_secs(10);

/// WAL keeps readers and the writer apart. NORMAL leaves the fsync to `durable`, which shares one among all commits
/// that wait for it.
const SQLITE_SETTINGS: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000";

/// The transactions are written for READ COMMITTED: a statement sees what others have committed before it. PostgreSQL
/// finds out by keepalives that a machine fell silent: in 25 s, not in two hours; over a Unix socket they mean nothing.
///
/// A page that a key leads to costs little more than the next one: it is in memory, or on a disk without a head to
/// move. By PostgreSQL's own 4 it reads a table of some thousand rows from end to end, for each payment.
const POSTGRES_SETTINGS: &str = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED; \
    SET random_page_cost = 1.1; SET lock_timeout = '5s'; SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '5s'; \
    SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 25000";

pub async fn sqlite(options: AnyConnectOptions, connections: u32) -> Result<Connections, sqlx::Error> {
    Connections::open(options, SQLITE_SETTINGS, connections).await
}

pub async fn postgres(options: AnyConnectOptions) -> Result<Connections, sqlx::Error> {
    Connections::open(options, POSTGRES_SETTINGS, POSTGRES).await
}

/// One beside the pools, to look at a database before it is opened: with the same limits, and changing nothing of it.
pub async fn to_look(url: &str) -> Result<AnyConnection, sqlx::Error> {
    let opened = tokio::time::timeout(OPENING, AnyConnection::connect(url)).await;
    let mut connection = opened.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
    if connection.backend_name() == "PostgreSQL" {
        sqlx::raw_sql(POSTGRES_SETTINGS).execute(&mut connection).await?;
    }
    Ok(connection)
}

/// When a connection was found to have prepared statements that are older than the tables.
static STALE_AT: LazyLock<Mutex<Option<Instant>>> = LazyLock::new(Mutex::default);

/// No connection from before now is used again: each would fail at the same statement.
pub fn distrust_all() {
    *STALE_AT.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
}

pub(super) fn is_stale(age: Duration) -> bool {
    let stale_at = *STALE_AT.lock().unwrap_or_else(PoisonError::into_inner);
    stale_at.is_some_and(|at| at.elapsed() <= age)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_opened_before_the_tables_changed_is_not_used_again() {
        distrust_all();
        assert!(is_stale(Duration::from_secs(60)));
        assert!(!is_stale(Duration::ZERO));
    }
}
