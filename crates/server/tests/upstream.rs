//! Reproductions of bugs in libraries, for their maintainers: `docs/upstream.md` tells of each. A test here is green as
//! long as the bug is there. When one turns red after an upgrade, the library was mended, and what works around it can
//! go.
#![allow(clippy::unwrap_used)]

use sqlx::{
    Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

/// One connection, a table, and no room for more than is there.
async fn a_full_database(folder: &tempfile::TempDir) -> SqlitePool {
    let options = SqliteConnectOptions::new().filename(folder.path().join("full.db")).create_if_missing(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    sqlx::query("CREATE TABLE note (text TEXT NOT NULL)").execute(&pool).await.unwrap();
    sqlx::query("PRAGMA max_page_count = 2").execute(&pool).await.unwrap();
    pool
}

async fn write_down(pool: &SqlitePool, text: &str) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    sqlx::query("INSERT INTO note (text) VALUES ($1)").bind(text).execute(&mut *tx).await?;
    tx.commit().await
}

#[tokio::test]
async fn after_a_full_disk_and_one_rollback_sqlx_commits_nothing_any_more_and_says_ok() {
    let folder = tempfile::tempdir().unwrap();
    let pool = a_full_database(&folder).await;

    // 1. SQLITE_FULL in a transaction: SQLite rolls it back by itself. sqlx's own ROLLBACK then fails, and its depth
    //    stays 1.
    let full = write_down(&pool, &"x".repeat(100_000)).await.unwrap_err();
    assert_eq!(full.as_database_error().and_then(|error| error.code()).as_deref(), Some("13"));
    sqlx::query("PRAGMA max_page_count = 1000000").execute(&pool).await.unwrap(); // there is room again

    // 2. `begin` is now SAVEPOINT, outside of any transaction. A rollback is ROLLBACK TO, which ends no transaction.
    pool.begin().await.unwrap().rollback().await.unwrap();

    // 3. `commit` is RELEASE of an inner savepoint: Ok, and nobody else sees the row.
    write_down(&pool, "committed, says sqlx").await.unwrap();
    let other = SqlitePool::connect(&format!("sqlite://{}/full.db", folder.path().display())).await.unwrap();
    let count = "SELECT COUNT(*) FROM note";
    assert_eq!(sqlx::query(count).fetch_one(&pool).await.unwrap().get::<i64, _>(0), 1);
    assert_eq!(sqlx::query(count).fetch_one(&other).await.unwrap().get::<i64, _>(0), 0);

    // 4. With the connection the row is gone.
    pool.close().await;
    assert_eq!(sqlx::query(count).fetch_one(&other).await.unwrap().get::<i64, _>(0), 0);
}
