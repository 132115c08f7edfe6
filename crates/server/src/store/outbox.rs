//! The outbox table: e-mails that wait to be sent, written in the transaction of the event they report, and the
//! delivery state of each.

use super::{Store, Tx, readable, trouble, value, word};
use crate::{address, metrics};
use contract::{Email, Instant, demo::DemoMail, notices::NoticeKind};
use sqlx::{Row, any::AnyRow};

/// Subject and text, plain and as HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// What is queued.
pub struct QueuedEmail<'a> {
    /// An e-mail with an id that is there already is not queued again.
    pub id: String,
    /// What it is about: the id of a payment or an account.
    pub cause: &'a str,
    pub to: &'a Email,
    pub message: &'a Message,
    pub holds: Holds<'a>,
    /// Whose choice decides whether it is sent; without one it always is.
    pub notice: Option<NoticeOf<'a>>,
    pub at: Instant,
}

/// An account, and the kind of notice that its owner may have turned off.
#[derive(Clone, Copy)]
pub struct NoticeOf<'a> {
    pub account: &'a str,
    pub kind: NoticeKind,
}

/// What an e-mail has that opens something. Its text is wiped once it was sent.
#[derive(Clone, Copy)]
pub enum Holds<'a> {
    Nothing,
    /// A link or a code that does not live long: it goes first.
    Secret,
    /// A link to a receipt, by the hash of its secret.
    ReceiptLink(&'a str),
}

/// Which e-mails are claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emails {
    All,
    /// Those with a secret (`Holds::Secret`).
    Secrets,
}

/// One that is to be sent now.
pub struct DueEmail {
    pub id: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub queued_at: Instant,
    /// Its owner may have turned it off.
    pub is_by_choice: bool,
    /// With this one.
    pub tries: i64,
    /// No other server claims it before.
    pub claimed_until: Instant,
}

/// What became of one try to send an e-mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    Sent,
    /// Refused for good, or too old to be news.
    GivenUp,
    /// Not sent: its owner turned notices of its kind off.
    TurnedOff,
    TryAgain(Instant),
}

impl QueuedEmail<'_> {
    pub async fn put(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO outbox (id, cause, to_address, subject, body_text, body_html, created_at, next_try_at, is_secret, \
             recipient, receipt_link, notice_account, notice_kind) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING",
        )
        .bind(&self.id)
        .bind(self.cause)
        .bind(self.to.to_string())
        .bind(&self.message.subject)
        .bind(&self.message.text)
        .bind(&self.message.html)
        .bind(self.at.millis())
        .bind(i64::from(matches!(self.holds, Holds::Secret)))
        .bind(address::compared(&self.to.user_id()))
        .bind(if let Holds::ReceiptLink(hash) = self.holds { Some(hash) } else { None })
        .bind(self.notice.map(|notice| notice.account))
        .bind(self.notice.map(|notice| word(&notice.kind)).transpose()?)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}

/// An e-mail that was sent or given up stays so, whatever a slower server writes.
const HOLD: &str = "UPDATE outbox SET next_try_at = $2 WHERE id = $1 AND sent_at IS NULL AND given_up_at IS NULL";

/// Of what opens something, and of a member's question: it names the member, and is kept where it was asked.
macro_rules! without_text {
    ($column:literal) => {
        concat!(
            $column,
            " = CASE WHEN is_secret = 1 OR receipt_link IS NOT NULL \
             OR EXISTS (SELECT 1 FROM charge_question WHERE charge_question.id = outbox.id) THEN '' ELSE ",
            $column,
            " END"
        )
    };
}

macro_rules! over {
    ($column:literal) => {
        concat!(
            "UPDATE outbox SET next_try_at = NULL, ",
            $column,
            " = $2, ",
            without_text!("body_text"),
            ", ",
            without_text!("body_html"),
            " WHERE id = $1 AND sent_at IS NULL AND given_up_at IS NULL"
        )
    };
}

impl Store {
    /// Newest first, without those that their owner had turned off: a demo shows what would be sent.
    pub async fn emails(&self, limit: i64) -> Result<Vec<DemoMail>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT to_address, subject, body_text, created_at FROM outbox WHERE subject <> '' AND NOT EXISTS (SELECT 1 FROM notice_choice \
             WHERE account = notice_account AND kind = notice_kind AND channel = 'email' AND is_on = 0 AND changed_at <= created_at) \
             ORDER BY created_at DESC, id DESC LIMIT $1",
        )
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

    /// Claims e-mails that are due, at most `most`: those with a secret first, whose links do not live long, then those
    /// that are due the longest. Until `until` no other server claims them. One that can't be read is given up.
    pub async fn claim_emails(
        &self,
        which: Emails,
        most: usize,
        now: Instant,
        until: Instant,
    ) -> Result<Vec<DueEmail>, sqlx::Error> {
        let sql = format!(
            "WITH due (chosen) AS MATERIALIZED (SELECT id FROM outbox WHERE next_try_at <= $1 AND is_secret >= $4 \
             ORDER BY is_secret DESC, next_try_at, id LIMIT $3 {}) \
             UPDATE outbox SET next_try_at = $2, tries = tries + 1 FROM due WHERE id = chosen \
             RETURNING id, to_address, subject, body_text, body_html, created_at, tries, next_try_at, notice_kind",
            self.skipping_locked()
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(now.millis())
            .bind(until.millis())
            .bind(i64::try_from(most).unwrap_or(1))
            .bind(i64::from(which == Emails::Secrets))
            .fetch_all(&self.write)
            .await?;
        let (emails, unreadable) = readable::each("outbox", "id", &rows, due_email);
        for id in &unreadable {
            metrics::EMAILS_GIVEN_UP.add(1);
            if let Err(error) = self.end_try(id, Delivery::GivenUp, now).await {
                trouble::log(&error); // it is due again when its claim lapses
            }
        }
        Ok(emails)
    }

    /// It is still being handed over: until then no other server claims it.
    pub async fn hold_email(&self, email: &DueEmail, until: Instant) -> Result<(), sqlx::Error> {
        sqlx::query(HOLD).bind(&email.id).bind(until.millis()).execute(&self.write).await?;
        Ok(())
    }

    /// With it goes the text of an e-mail with a secret or a question, unless it is tried again.
    pub async fn end_try(&self, message: &str, outcome: Delivery, now: Instant) -> Result<(), sqlx::Error> {
        let (sql, at) = match outcome {
            Delivery::Sent => (over!("sent_at"), now),
            Delivery::GivenUp | Delivery::TurnedOff => (over!("given_up_at"), now),
            Delivery::TryAgain(at) => (HOLD, at),
        };
        sqlx::query(sql).bind(message).bind(at.millis()).execute(&self.write).await?;
        Ok(())
    }

    /// How many e-mails wait, and since when the oldest does.
    pub async fn emails_waiting(&self) -> Result<(i64, Option<Instant>), sqlx::Error> {
        let sql = "SELECT COUNT(*) AS emails, MIN(created_at) AS oldest FROM outbox WHERE next_try_at IS NOT NULL";
        let row = sqlx::query(sql).fetch_one(&self.read).await?;
        Ok((row.try_get("emails")?, row.try_get::<Option<i64>, _>("oldest")?.map(Instant::from_millis)))
    }

    /// E-mails queued for one cause since a moment: a limit on asking for a receipt again and again.
    pub async fn emails_about(&self, cause: &str, since: Instant) -> Result<i64, sqlx::Error> {
        let row = sqlx::query("SELECT COUNT(*) FROM outbox WHERE cause = $1 AND created_at > $2")
            .bind(cause)
            .bind(since.millis())
            .fetch_one(&self.read)
            .await?;
        row.try_get(0)
    }
}

fn due_email(row: &AnyRow) -> Result<DueEmail, sqlx::Error> {
    Ok(DueEmail {
        id: row.try_get("id")?,
        to: row.try_get("to_address")?,
        subject: row.try_get("subject")?,
        text: row.try_get("body_text")?,
        html: row.try_get("body_html")?,
        queued_at: Instant::from_millis(row.try_get("created_at")?),
        is_by_choice: row.try_get::<Option<&str>, _>("notice_kind")?.is_some(),
        tries: row.try_get("tries")?,
        claimed_until: Instant::from_millis(row.try_get("next_try_at")?),
    })
}

/// E-mails queued for one cause since a moment, to one address or, with `None`, to any. Counts what this transaction
/// has queued.
pub async fn queued_since(tx: &mut Tx, cause: &str, to: Option<&Email>, since: Instant) -> Result<i64, sqlx::Error> {
    // A server of the version before writes no recipient. What the database makes of capitals depends on its kind and
    // its locale.
    let sql = "SELECT COUNT(*) FROM outbox WHERE cause = $1 AND created_at > $2 \
               AND ($3 = '' OR COALESCE(recipient, LOWER(to_address)) = $3)";
    let to = to.map(|to| address::compared(&to.user_id())).unwrap_or_default();
    sqlx::query_scalar(sql).bind(cause).bind(since.millis()).bind(to).fetch_one(&mut **tx).await
}
