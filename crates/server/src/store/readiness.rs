//! The row that `/readyz` writes and reads back, on the connection it is given.

use sqlx::AnyExecutor;

/// The moment that this server wrote last; 0 before the first time.
pub async fn written_at<'c>(at: impl AnyExecutor<'c>, server: &str) -> Result<i64, sqlx::Error> {
    let sql = "SELECT written_at FROM readiness WHERE server = $1";
    Ok(sqlx::query_scalar(sql).bind(server).fetch_optional(at).await?.unwrap_or(0))
}

pub async fn write<'c>(at: impl AnyExecutor<'c>, server: &str, now: i64) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO readiness (server, written_at) VALUES ($1, $2) \
               ON CONFLICT (server) DO UPDATE SET written_at = excluded.written_at";
    sqlx::query(sql).bind(server).bind(now).execute(at).await?;
    Ok(())
}

/// The rows of servers that are long gone.
pub async fn forget<'c>(at: impl AnyExecutor<'c>, before: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM readiness WHERE written_at < $1").bind(before).execute(at).await?;
    Ok(())
}
