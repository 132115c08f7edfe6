//! A cache of what tokens stand for, as the processor said, so that paying need not ask.

use super::{Store, json, to_json};
use contract::{Instant, payment::Method};
use sqlx::Row;

/// Before the binding of a token that was charged, and whose card is kept for its security code to be typed again.
/// No order finds it: an order asks by the binding alone.
pub(super) const CODE_WANTED: &str = "code_wanted:";

impl Store {
    /// The card whose security code was wrong when the token was charged.
    pub async fn method_without_code(&self, token: &str, binding: &str) -> Result<Option<Method>, sqlx::Error> {
        self.method_of_token(token, &format!("{CODE_WANTED}{binding}")).await
    }

    pub async fn method_of_token(&self, token: &str, binding: &str) -> Result<Option<Method>, sqlx::Error> {
        let sql = "SELECT method FROM method_token WHERE token = $1 AND binding = $2";
        let row = sqlx::query(sql).bind(token).bind(binding).fetch_optional(&self.read).await?;
        row.map(|row| json(row.try_get(0)?)).transpose()
    }

    pub async fn add_method_token(
        &self,
        token: &str,
        binding: &str,
        method: &Method,
        now: Instant,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO method_token (token, binding, method, known_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (token, binding) DO NOTHING",
        )
        .bind(token)
        .bind(binding)
        .bind(to_json(method)?)
        .bind(now.millis())
        .execute(&self.write)
        .await?;
        Ok(())
    }
}
