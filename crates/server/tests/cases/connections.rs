//! The pool of connections: how many there are, who waits, and which of them is never used again.

use crate::test_app::database::{Database, Kind};
use server::store::{
    Store,
    connections::{Connections, Lease},
};
use sqlx::{AssertSqlSafe, any::AnyConnectOptions};
use std::{str::FromStr, time::Duration};
use tempfile::TempDir;
use tokio::time::timeout;

const FOR_EVER: Duration = Duration::from_secs(4);
const A_MOMENT: Duration = Duration::from_millis(200);

async fn database() -> (TempDir, Database) {
    sqlx::any::install_default_drivers();
    let folder = tempfile::tempdir().unwrap();
    let database = Database::make(crate::KIND, folder.path()).await;
    (folder, database)
}

async fn pool(database: &Database, most: u32) -> Connections {
    let query = if crate::KIND == Kind::Sqlite { "?mode=rwc" } else { "" };
    let options = AnyConnectOptions::from_str(&format!("{}{query}", database.url)).unwrap();
    Connections::open(options, "SELECT 1", most).await.unwrap()
}

/// What is seen on this connection alone.
async fn name(lease: &mut Lease, name: i64) {
    let sql = format!("CREATE TEMP TABLE this_one AS SELECT CAST({name} AS BIGINT) AS name");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **lease).await.unwrap();
}

async fn name_of(pool: &Connections) -> Option<i64> {
    let mut lease = timeout(FOR_EVER, pool.acquire()).await.expect("one is free").unwrap();
    let name = sqlx::query_scalar("SELECT name FROM this_one").fetch_one(&mut *lease).await.ok();
    lease.release_clean();
    name
}

/// The database ends the connection (PostgreSQL).
async fn ends(pool: &Connections, lease: &mut Lease) {
    let id: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut **lease).await.unwrap();
    sqlx::query("SELECT pg_terminate_backend($1)").bind(id).execute(pool).await.unwrap();
}

#[tokio::test]
async fn there_are_so_many_connections_and_whoever_stops_waiting_takes_none() {
    let (_folder, database) = database().await;
    let pool = pool(&database, 2).await;
    let both = [pool.acquire().await.unwrap(), pool.acquire().await.unwrap()];
    for _ in 0..3 {
        assert!(timeout(A_MOMENT, pool.acquire()).await.is_err(), "a third one");
    }
    let waiter = tokio::spawn({
        let pool = pool.clone();
        async move { pool.acquire().await.map(drop) }
    });
    tokio::time::sleep(A_MOMENT).await;
    waiter.abort();
    assert!(waiter.await.unwrap_err().is_cancelled());
    drop(both);
    let mut again = Vec::new();
    for _ in 0..2 {
        again.push(timeout(FOR_EVER, pool.acquire()).await.expect("both are free again").unwrap());
    }
    assert!(timeout(A_MOMENT, pool.acquire()).await.is_err(), "a third one");
    // Who waits too long is told so.
    assert!(matches!(pool.acquire().await.err(), Some(sqlx::Error::PoolTimedOut)));
}

#[tokio::test]
async fn a_call_that_ends_in_the_middle_of_a_statement_leaves_a_connection_that_answers_what_it_is_asked() {
    let (_folder, database) = database().await;
    let pool = pool(&database, 1).await;
    let long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT SUM(i) FROM n";
    assert!(timeout(Duration::from_millis(5), sqlx::query(long).fetch_all(&pool)).await.is_err());
    for number in 0..3_i64 {
        let sql = format!("SELECT CAST({number} AS BIGINT)");
        let answer = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).fetch_one(&pool);
        assert_eq!(timeout(FOR_EVER, answer).await.expect("it is free").unwrap(), number);
    }
}

#[tokio::test]
async fn a_connection_that_the_database_ended_is_not_given_again() {
    if crate::KIND == Kind::Sqlite {
        return;
    }
    let (_folder, database) = database().await;
    let (pool, other) = (pool(&database, 1).await, pool(&database, 1).await);
    let mut lease = pool.acquire().await.unwrap();
    name(&mut lease, 1).await;
    ends(&other, &mut lease).await;
    drop(lease);
    assert_eq!(name_of(&pool).await, None, "another one");
    let mut lease = pool.acquire().await.unwrap();
    name(&mut lease, 2).await;
    ends(&other, &mut lease).await;
    // As if it had ended while nobody used it: it is asked before it is given, once that is a while ago.
    lease.release_clean();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(name_of(&pool).await, None, "another one");
}

#[tokio::test]
async fn a_transaction_is_rolled_back_and_one_whose_end_is_in_doubt_is_closed() {
    let (_folder, database) = database().await;
    let store = Store::open(&database.url).await.unwrap();
    let mut lease = store.write.acquire().await.unwrap();
    name(&mut lease, 1).await;
    lease.release_clean();
    let write = "INSERT INTO mark (name, value) VALUES ('here', 7)";
    let mut tx = store.begin().await.unwrap();
    sqlx::query(write).execute(&mut *tx).await.unwrap();
    drop(tx);
    // It is rolled back beside, while PostgreSQL has others to give: those are held until it comes.
    let mut others = Vec::new();
    loop {
        let mut lease = store.write.acquire().await.expect("it is rolled back, and used again");
        if sqlx::query_scalar::<_, i64>("SELECT name FROM this_one").fetch_one(&mut *lease).await.is_ok() {
            lease.release_clean();
            break;
        }
        others.push(lease);
    }
    assert_eq!(store.mark("here").await.unwrap(), 0);
    let mut tx = store.begin().await.unwrap();
    sqlx::query(write).execute(&mut *tx).await.unwrap();
    // SQLite ends a transaction by itself when the disk is full, PostgreSQL when it ends the connection.
    let ended = if crate::KIND == Kind::Sqlite { "ROLLBACK" } else { "SELECT pg_terminate_backend(pg_backend_pid())" };
    _ = sqlx::raw_sql(ended).execute(&mut *tx).await;
    drop(tx);
    assert_eq!(name_of(&store.write).await, None, "closed");
    assert_eq!(store.mark("here").await.unwrap(), 0);
    drop(others);
    store.close().await;
}
