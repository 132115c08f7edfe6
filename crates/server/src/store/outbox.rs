//! Letters waiting to be sent: written in the transaction of what they tell.

use super::{Store, Tx, value};
use contract::{Email, Instant, demo::DemoMail};
use sqlx::Row;

/// What is queued.
pub struct Queued<'a> {
    /// A letter with an id that is there already is not queued again.
    pub id: String,
    /// What it tells of: a payment's id.
    pub cause: &'a str,
    pub to: &'a Email,
    pub subject: &'a str,
    pub text: &'a str,
    pub at: Instant,
}

impl Queued<'_> {
    pub async fn put(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO outbox (id, cause, to_address, subject, body_text, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(&self.id)
        .bind(self.cause)
        .bind(self.to.to_string())
        .bind(self.subject)
        .bind(self.text)
        .bind(self.at.millis())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}

impl Store {
    /// Newest first.
    pub async fn letters(&self, limit: i64) -> Result<Vec<DemoMail>, sqlx::Error> {
        let rows = sqlx::query("SELECT * FROM outbox ORDER BY created_at DESC, id DESC LIMIT $1")
            .bind(limit)
            .fetch_all(&self.read)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(DemoMail {
                    to: value(row, "to_address")?,
                    subject: row.try_get("subject")?,
                    text: row.try_get("body_text")?,
                    queued_at: Instant::from_millis(row.try_get("created_at")?),
                })
            })
            .collect()
    }

    /// Letters queued for one cause since a moment: a limit on asking for a receipt again and again.
    pub async fn letters_about(&self, cause: &str, since: Instant) -> Result<i64, sqlx::Error> {
        let row = sqlx::query("SELECT COUNT(*) FROM outbox WHERE cause = $1 AND created_at > $2")
            .bind(cause)
            .bind(since.millis())
            .fetch_one(&self.read)
            .await?;
        row.try_get(0)
    }
}
