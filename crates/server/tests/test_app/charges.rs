//! The processor's side: what it has charged, and what it says of a charge later.

use super::TestApp;
use sqlx::AssertSqlSafe;
use std::sync::atomic::Ordering;

impl TestApp {
    pub fn processor_now(&self) -> contract::Instant {
        self.processor.now()
    }

    /// Something happened to the only charge of a payment: the processor's own word for it, and an event that tells.
    pub async fn becomes(&self, payment: &str, state: &str) {
        for sql in [
            "UPDATE charge SET state = '\"' || $2 || '\"' WHERE idempotency_key = $1",
            "INSERT INTO event (charge, state, at) SELECT id, '\"' || $2 || '\"', 0 FROM charge WHERE idempotency_key = $1",
        ] {
            let done = sqlx::query(sql).bind(payment).bind(state).execute(&self.charges).await.unwrap();
            assert_eq!(done.rows_affected(), 1);
        }
    }

    /// Of each refund at the processor: how much, and whether it was refused. The smallest first.
    pub async fn refunds_there(&self) -> Vec<(i64, bool)> {
        let sql = "SELECT amount_cents, is_refused FROM refund ORDER BY amount_cents";
        let rows: Vec<(i64, i64)> = sqlx::query_as(sql).fetch_all(&self.charges).await.unwrap();
        rows.into_iter().map(|(cents, is_refused)| (cents, is_refused != 0)).collect()
    }

    /// In the processor's own database.
    pub async fn at_the_processor(&self, sql: &str) {
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&self.charges).await.unwrap();
    }

    /// Of the only charge there is.
    pub async fn charge_id(&self) -> String {
        sqlx::query_scalar("SELECT id FROM charge").fetch_one(&self.charges).await.unwrap()
    }

    pub fn asked(&self) -> usize {
        self.line.asked.load(Ordering::SeqCst)
    }

    /// The processor's own count.
    pub async fn charges(&self) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM charge").fetch_one(&self.charges).await.unwrap()
    }

    pub async fn charged_cents(&self) -> i64 {
        let sql = "SELECT COALESCE(SUM(amount_cents), 0) FROM charge";
        sqlx::query_scalar(sql).fetch_one(&self.charges).await.unwrap()
    }

    /// What it took and did not give back.
    pub async fn kept_at_the_processor(&self) -> i64 {
        let sql = "SELECT COALESCE(SUM(amount_cents), 0) FROM charge WHERE state = '\"paid\"'";
        sqlx::query_scalar(sql).fetch_one(&self.charges).await.unwrap()
    }

    /// Tokens that can be charged again and again.
    pub async fn kept_tokens(&self) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM token WHERE is_kept = 1").fetch_one(&self.charges).await.unwrap()
    }

    /// When the processor's one bank debit comes to an end, in milliseconds since 1970.
    pub async fn debit_ends_at(&self) -> i64 {
        sqlx::query_scalar("SELECT ends_at FROM charge WHERE ends_at IS NOT NULL")
            .fetch_one(&self.charges)
            .await
            .unwrap()
    }
}
