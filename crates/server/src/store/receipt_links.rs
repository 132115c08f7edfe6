//! Links that open one receipt each, and the browsers that opened them. A link is of the e-mail that carries it, so it
//! is a row of the outbox, found by the hash of its secret.

use super::{Store, Tx};
use contract::{Instant, payment::ReceiptLinks};
use sqlx::Row;

/// How long a browser that opened one is known.
pub const READER_MILLIS: i64 = 180 * 86_400_000;

/// One that opens something.
pub struct ReceiptLink {
    /// The e-mail that carries it.
    pub email: String,
    pub payment: String,
    pub sent_to: String,
}

/// What an opening of a link was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The browser had opened it before.
    Known,
    New,
    /// The link has ended meanwhile.
    Ended,
}

impl Store {
    /// The link of a secret, if its e-mail was queued after `since` and nobody ended it.
    pub async fn receipt_link(&self, hash: &str, since: Instant) -> Result<Option<ReceiptLink>, sqlx::Error> {
        let sql = "SELECT id, cause, to_address FROM outbox \
                   WHERE receipt_link = $1 AND receipt_link IS NOT NULL AND link_ended_at IS NULL AND created_at > $2";
        let row = sqlx::query(sql).bind(hash).bind(since.millis()).fetch_optional(&self.read).await?;
        row.map(|row| {
            Ok(ReceiptLink {
                email: row.try_get("id")?,
                payment: row.try_get("cause")?,
                sent_to: row.try_get("to_address")?,
            })
        })
        .transpose()
    }

    /// Ends one link.
    pub async fn end_receipt_link(&self, email: &str, now: Instant) -> Result<(), sqlx::Error> {
        let sql = "UPDATE outbox SET link_ended_at = $2 WHERE id = $1 AND link_ended_at IS NULL";
        sqlx::query(sql).bind(email).bind(now.millis()).execute(&self.write).await.map(drop)
    }

    /// Ends all that open the receipt of a payment.
    pub async fn end_receipt_links(&self, payment: &str, now: Instant) -> Result<(), sqlx::Error> {
        let sql = "UPDATE outbox SET link_ended_at = $2 \
                   WHERE cause = $1 AND receipt_link IS NOT NULL AND link_ended_at IS NULL";
        sqlx::query(sql).bind(payment).bind(now.millis()).execute(&self.write).await.map(drop)
    }

    /// What became of those of a payment that were queued after `since` and that nobody ended.
    pub async fn receipt_links(&self, payment: &str, since: Instant) -> Result<ReceiptLinks, sqlx::Error> {
        let sql = "SELECT COUNT(*) AS open, CAST(COALESCE(SUM(link_opened), 0) AS BIGINT) AS opened, \
                   (SELECT MAX(receipt_reader.opened_at) FROM receipt_reader JOIN outbox AS read ON read.id = receipt_reader.email \
                   WHERE read.cause = $1 AND read.link_ended_at IS NULL AND read.created_at > $2) AS last_opened_at \
                   FROM outbox WHERE outbox.cause = $1 AND outbox.receipt_link IS NOT NULL AND outbox.link_ended_at IS NULL \
                   AND outbox.created_at > $2";
        let row = sqlx::query(sql).bind(payment).bind(since.millis()).fetch_one(&self.read).await?;
        let count =
            |column: &str| Ok::<_, sqlx::Error>(u32::try_from(row.try_get::<i64, _>(column)?).unwrap_or(u32::MAX));
        let last: Option<i64> = row.try_get("last_opened_at")?;
        Ok(ReceiptLinks {
            open: count("open")?,
            opened: count("opened")?,
            last_opened_at: last.map(Instant::from_millis),
        })
    }

    /// Whether a browser opened a link to this payment after `since`, and the link has not ended.
    pub async fn has_opened(&self, reader: &str, payment: &str, since: Instant) -> Result<bool, sqlx::Error> {
        let sql = "SELECT COUNT(*) FROM receipt_reader JOIN outbox ON outbox.id = receipt_reader.email \
                   WHERE receipt_reader.token_hash = $1 AND receipt_reader.opened_at > $3 AND outbox.cause = $2 \
                   AND outbox.link_ended_at IS NULL";
        let found = sqlx::query_scalar::<_, i64>(sql).bind(reader).bind(payment).bind(since.millis());
        Ok(found.fetch_one(&self.read).await? > 0)
    }

    /// Texts with a link that a server of the version before sent and left as they are. Gives whether there may be
    /// more.
    pub async fn wipe_sent_receipt_links(&self) -> Result<bool, sqlx::Error> {
        let sql = "UPDATE outbox SET body_text = '', body_html = '' WHERE id IN (SELECT id FROM outbox \
                   WHERE receipt_link IS NOT NULL AND next_try_at IS NULL AND body_text <> '' LIMIT 500)";
        Ok(sqlx::query(sql).execute(&self.write).await?.rows_affected() >= 500)
    }
}

/// Counts an opening by a browser. Its token is new each time: `before` is the one that it showed.
pub async fn open(
    tx: &mut Tx,
    email: &str,
    (before, reader): (Option<&str>, &str),
    now: Instant,
) -> Result<Opening, sqlx::Error> {
    let count = "UPDATE outbox SET link_opened = link_opened + 1 WHERE id = $1 AND link_ended_at IS NULL";
    if sqlx::query(count).bind(email).execute(&mut **tx).await?.rows_affected() == 0 {
        return Ok(Opening::Ended);
    }
    if let Some(before) = before {
        let renew = "UPDATE receipt_reader SET token_hash = $2 WHERE token_hash = $1";
        sqlx::query(renew).bind(before).bind(reader).execute(&mut **tx).await?;
    }
    let again = "UPDATE receipt_reader SET opened_at = $3 WHERE token_hash = $1 AND email = $2";
    let again = sqlx::query(again).bind(reader).bind(email).bind(now.millis()).execute(&mut **tx).await?;
    if again.rows_affected() > 0 {
        return Ok(Opening::Known);
    }
    let first = "INSERT INTO receipt_reader (token_hash, email, opened_at) VALUES ($1, $2, $3)";
    sqlx::query(first).bind(reader).bind(email).bind(now.millis()).execute(&mut **tx).await?;
    Ok(Opening::New)
}
