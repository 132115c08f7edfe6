//! The card of a charge that failed for its security code, which may be typed again: then the card need not be.

use super::{Store, TOKEN_MILLIS, parsed, text};
use contract::{
    Instant,
    payment::{Failure, Method},
};
use sqlx::Row;

impl Store {
    /// What such a token stands for; `None` for one that is unknown or foreign, whose charge ended otherwise, or whose
    /// charge was made too long ago.
    pub async fn method_without_code(
        &self,
        token: &str,
        binding: &str,
        now: Instant,
    ) -> Result<Option<Method>, sqlx::Error> {
        let sql = "SELECT token.method AS method FROM token JOIN charge ON charge.token = token.token \
                   WHERE token.token = $1 AND token.binding = $2 AND charge.failure = $3 AND charge.made_at > $4";
        let row = sqlx::query(sql)
            .bind(token)
            .bind(binding)
            .bind(text(&Failure::WrongSecurityCode)?)
            .bind(now.millis() - TOKEN_MILLIS)
            .fetch_optional(&self.read)
            .await?;
        row.map(|row| parsed(row.try_get("method")?)).transpose()
    }
}
