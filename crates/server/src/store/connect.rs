//! The pools of connections: what is set on each connection, and which are not used again.
//!
//! The limits are ours and not the database's defaults, which are "wait for ever". A lock is waited for less long than a request is
//! (30 s), so that a holder that fell silent costs its waiters an answer and not the pool; a transaction of a server that is gone ends
//! by itself. An operator who needs others can't set them in the URL: what is set here comes later.

use sqlx::{
    AnyConnection, AnyPool, Connection,
    any::{AnyConnectOptions, AnyPoolOptions},
    pool::PoolConnectionMetadata,
};
use std::{
    io,
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long a connection is waited for: with what comes after it, less than the patience of a request.
const ACQUIRE: Duration = Duration::from_secs(5);
/// How long a connection may take to show that it lives.
const PING: Duration = Duration::from_secs(2);
/// One that was used a moment ago is not asked whether it lives: it was asked when it came back.
const FRESH: Duration = Duration::from_secs(1);
/// Of one server. PostgreSQL takes a hundred by default.
const POSTGRES: u32 = 24;

/// WAL keeps readers and the writer apart. NORMAL leaves the fsync to `durable`, which shares one among all commits that wait for it.
const SQLITE_SETTINGS: &str =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000";

/// The transactions are written for READ COMMITTED: a statement sees what others have committed before it. PostgreSQL finds out by
/// keepalives that a machine fell silent: in 25 s, not in two hours; over a Unix socket they mean nothing.
const POSTGRES_SETTINGS: &str = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED; \
    SET lock_timeout = '5s'; SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '5s'; \
    SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 25000";

pub async fn sqlite(options: AnyConnectOptions, connections: u32) -> Result<AnyPool, sqlx::Error> {
    pool(connections, SQLITE_SETTINGS).connect_with(options).await
}

pub async fn postgres(options: AnyConnectOptions) -> Result<AnyPool, sqlx::Error> {
    pool(POSTGRES, POSTGRES_SETTINGS).connect_with(options).await
}

fn pool(connections: u32, settings: &'static str) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false) // `is_usable` does it, and not where it was just done
        .after_connect(move |connection, _| {
            Box::pin(async move { sqlx::raw_sql(settings).execute(connection).await.map(drop) })
        })
        .before_acquire(|connection, about| Box::pin(is_usable(connection, about)))
        .after_release(|connection, _| Box::pin(async move { ping(connection).await.map(|()| true) }))
}

async fn is_usable(connection: &mut AnyConnection, about: PoolConnectionMetadata) -> Result<bool, sqlx::Error> {
    if is_stale(about.age) {
        return Ok(false);
    }
    if about.idle_for > FRESH {
        ping(connection).await?;
    }
    Ok(true)
}

/// Without a limit a connection that fell silent would be waited for, and take its place in the pool, for a quarter of an hour.
async fn ping(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let answer = tokio::time::timeout(PING, connection.ping()).await;
    answer.unwrap_or_else(|_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())))
}

/// When a connection was found to have prepared statements that are older than the tables.
static STALE_AT: LazyLock<Mutex<Option<Instant>>> = LazyLock::new(Mutex::default);

/// No connection from before now is used again: each would fail at the same statement.
pub fn distrust_all() {
    *STALE_AT.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
}

fn is_stale(age: Duration) -> bool {
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
