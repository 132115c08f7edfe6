//! Letters waiting to be sent: written in the transaction of what they tell, and what became of each.

use super::{Store, Tx, value};
use crate::mail::Letter;
use contract::{Email, Instant, demo::DemoMail};
use sqlx::Row;

/// What is queued.
pub struct Queued<'a> {
    /// A letter with an id that is there already is not queued again.
    pub id: String,
    /// What it tells of: the id of a payment or an account.
    pub cause: &'a str,
    pub to: &'a Email,
    pub letter: &'a Letter,
    /// It has a link that opens something: its text is wiped once it was sent.
    pub is_secret: bool,
    pub at: Instant,
}

/// One that is to be sent now.
pub struct Due {
    pub id: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub queued_at: Instant,
    /// With this one.
    pub tries: i64,
}

/// What became of one try to send a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Sent,
    /// Refused for good, or too old to be news.
    GivenUp,
    TryAgain(Instant),
}

impl Queued<'_> {
    pub async fn put(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO outbox (id, cause, to_address, subject, body_text, body_html, created_at, next_try_at, is_secret) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8) ON CONFLICT (id) DO NOTHING",
        )
        .bind(&self.id)
        .bind(self.cause)
        .bind(self.to.to_string())
        .bind(&self.letter.subject)
        .bind(&self.letter.text)
        .bind(&self.letter.html)
        .bind(self.at.millis())
        .bind(i64::from(self.is_secret))
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

    /// Takes the letter that is due first; until `again` nobody else takes it.
    pub async fn next_letter(&self, now: Instant, again: Instant) -> Result<Option<Due>, sqlx::Error> {
        // The condition stands outside, too: of two servers that chose the same letter, one finds it taken.
        let row = sqlx::query(
            "UPDATE outbox SET next_try_at = $2, tries = tries + 1 WHERE next_try_at <= $1 AND id = \
             (SELECT id FROM outbox WHERE next_try_at <= $1 ORDER BY next_try_at, id LIMIT 1) RETURNING *",
        )
        .bind(now.millis())
        .bind(again.millis())
        .fetch_optional(&self.write)
        .await?;
        row.map(|row| {
            Ok(Due {
                id: row.try_get("id")?,
                to: row.try_get("to_address")?,
                subject: row.try_get("subject")?,
                text: row.try_get("body_text")?,
                html: row.try_get("body_html")?,
                queued_at: Instant::from_millis(row.try_get("created_at")?),
                tries: row.try_get("tries")?,
            })
        })
        .transpose()
    }

    pub async fn end_try(&self, letter: &str, outcome: Outcome, now: Instant) -> Result<(), sqlx::Error> {
        let (sql, at) = match outcome {
            Outcome::Sent => ("UPDATE outbox SET next_try_at = NULL, sent_at = $2 WHERE id = $1", now),
            Outcome::GivenUp => ("UPDATE outbox SET next_try_at = NULL, given_up_at = $2 WHERE id = $1", now),
            Outcome::TryAgain(at) => ("UPDATE outbox SET next_try_at = $2 WHERE id = $1 AND sent_at IS NULL", at),
        };
        sqlx::query(sql).bind(letter).bind(at.millis()).execute(&self.write).await?;
        let wipe =
            "UPDATE outbox SET body_text = '', body_html = '' WHERE id = $1 AND is_secret = 1 AND next_try_at IS NULL";
        sqlx::query(wipe).bind(letter).execute(&self.write).await?;
        Ok(())
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
