//! What is done a moment after it was answered. Kept as JSON; what it means is `errands`' to know.

use super::{Store, Tx};
use contract::Instant;
use sqlx::Row;

const FIRST_WAIT_MILLIS: i64 = 1_000;
const LONGEST_WAIT_MILLIS: i64 = 600_000;

impl Store {
    /// The one that is due first. One that another server is at is locked by its `take`, and left to it.
    pub async fn next_errand(&self, now: Instant) -> Result<Option<(String, String)>, sqlx::Error> {
        let sql = format!(
            "SELECT id, detail FROM errand WHERE next_try_at <= $1 ORDER BY next_try_at, id LIMIT 1 {}",
            self.skipping_locked()
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(now.millis()).fetch_optional(&self.write).await?;
        row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
    }

    /// It could not be done: later, and later each time.
    pub async fn put_errand_off(&self, id: &str, now: Instant) -> Result<(), sqlx::Error> {
        let sql = "SELECT tries FROM errand WHERE id = $1";
        let tries: Option<i64> = sqlx::query_scalar(sql).bind(id).fetch_optional(&self.write).await?;
        let shift = u32::try_from(tries.unwrap_or(0).min(20)).unwrap_or(20);
        let wait = FIRST_WAIT_MILLIS.saturating_mul(1 << shift).min(LONGEST_WAIT_MILLIS);
        sqlx::query("UPDATE errand SET tries = tries + 1, next_try_at = $2 WHERE id = $1")
            .bind(id)
            .bind(now.millis() + wait)
            .execute(&self.write)
            .await?;
        Ok(())
    }
}

/// In the transaction of what it belongs to.
pub async fn add(tx: &mut Tx, detail: &str, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO errand (id, detail, created_at, next_try_at) VALUES ($1, $2, $3, $3)")
        .bind(uuid::Uuid::now_v7().to_string())
        .bind(detail)
        .bind(now.millis())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes it, in the transaction of what it asks for: of two servers, one finds it gone.
pub async fn take(tx: &mut Tx, id: &str) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("DELETE FROM errand WHERE id = $1").bind(id).execute(&mut **tx).await?;
    Ok(done.rows_affected() > 0)
}
