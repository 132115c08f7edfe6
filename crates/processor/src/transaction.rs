//! One transaction of the sandbox's database. Only a COMMIT that SQLite has answered gives the connection back to the
//! pool: when the disk is full SQLite ends a transaction by itself, and sqlx's own transactions would go on counting it
//! (`docs/upstream.md`).

use sqlx::{Sqlite, SqliteConnection, SqlitePool, pool::PoolConnection};
use std::ops::{Deref, DerefMut};

pub struct Tx {
    connection: PoolConnection<Sqlite>,
    is_over: bool,
}

impl Tx {
    pub async fn begin(pool: &SqlitePool) -> Result<Self, sqlx::Error> {
        let mut tx = Self { connection: pool.acquire().await?, is_over: false };
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *tx).await?;
        Ok(tx)
    }

    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        sqlx::raw_sql("COMMIT").execute(&mut *self).await?;
        self.is_over = true;
        Ok(())
    }
}

impl Deref for Tx {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        if !self.is_over {
            self.connection.close_on_drop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

    async fn write_down(pool: &SqlitePool, text: &str) -> Result<(), sqlx::Error> {
        let mut tx = Tx::begin(pool).await?;
        sqlx::query("INSERT INTO note (text) VALUES ($1)").bind(text).execute(&mut *tx).await?;
        tx.commit().await
    }

    #[tokio::test]
    async fn after_a_full_disk_what_is_committed_is_there_for_everybody() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new().filename(folder.path().join("a.db")).create_if_missing(true);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await.unwrap();
        sqlx::query("CREATE TABLE note (text TEXT NOT NULL)").execute(&pool).await.unwrap();
        sqlx::query("PRAGMA max_page_count = 2").execute(&pool).await.unwrap();
        assert!(write_down(&pool, &"x".repeat(100_000)).await.is_err());
        drop(Tx::begin(&pool).await.unwrap());
        write_down(&pool, "y").await.unwrap();
        let other = SqlitePool::connect_with(options).await.unwrap();
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM note").fetch_one(&other).await.unwrap();
        assert_eq!(count, 1);
    }
}
