//! Text messages in the outbox: queued in the transaction of what they report, and the delivery state of each. They are
//! rows of the same table as e-mails, without a subject, and due by a column of their own.

use super::{
    Store, Tx,
    notice_choices::TEXT,
    outbox::{Delivery, NoticeOf},
    readable, trouble, value, word,
};
use crate::{metrics, token};
use contract::{Instant, Phone, demo::DemoText};
use sqlx::{Row, any::AnyRow};

/// One that is to be sent now.
#[derive(Clone, Debug)]
pub struct DueText {
    pub id: String,
    pub to: Phone,
    pub text: String,
    /// It is sent only if its owner still wants it; otherwise it is a code.
    pub is_by_choice: bool,
    pub queued_at: Instant,
    /// With this one.
    pub tries: i64,
}

/// A code, to a number that is not confirmed yet.
pub async fn put_code(tx: &mut Tx, account: &str, to: &Phone, text: &str, at: Instant) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO outbox (id, cause, to_address, subject, body_text, created_at, is_secret, text_try_at) \
               VALUES ($1, $2, $3, '', $4, $5, 1, $5)";
    let query = sqlx::query(sql).bind(crate::id::new(at)).bind(format!("text:{account}")).bind(to.to_string());
    query.bind(text).bind(at.millis()).execute(&mut **tx).await?;
    Ok(())
}

/// The same notice as the e-mail of this id, if the owner chose it and has a confirmed number. Its own id, which the
/// gateway and the log get, does not say what it is about.
pub async fn put_notice(
    tx: &mut Tx,
    email: &str,
    notice: NoticeOf<'_>,
    text: &str,
    at: Instant,
) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO outbox (id, cause, to_address, subject, body_text, created_at, notice_account, notice_kind, text_try_at) \
               SELECT $1, $7, text_number.phone, '', $2, $3, text_number.account, notice_choice.kind, $3 \
               FROM text_number JOIN notice_choice ON notice_choice.account = text_number.account \
               WHERE text_number.account = $4 AND text_number.confirmed_at IS NOT NULL AND notice_choice.kind = $5 \
               AND notice_choice.channel = $6 AND notice_choice.is_on = 1 ON CONFLICT (id) DO NOTHING";
    let query = sqlx::query(sql).bind(format!("text:{}", token::hash(email))).bind(text).bind(at.millis());
    let query = query.bind(notice.account).bind(word(&notice.kind)?).bind(TEXT);
    query.bind(format!("text:{email}")).execute(&mut **tx).await?;
    Ok(())
}

impl Store {
    /// Claims those that are due, at most `most`, codes first. Until `until` no other server claims them. One that
    /// can't be read is given up. (`outbox_texts` serves this.)
    pub async fn claim_texts(&self, most: usize, now: Instant, until: Instant) -> Result<Vec<DueText>, sqlx::Error> {
        let sql = format!(
            "WITH due (chosen) AS MATERIALIZED (SELECT id FROM outbox WHERE text_try_at <= $1 \
             ORDER BY is_secret DESC, text_try_at, id LIMIT $3 {}) \
             UPDATE outbox SET text_try_at = $2, tries = tries + 1 FROM due WHERE id = chosen \
             RETURNING id, to_address, body_text, notice_kind, created_at, tries",
            self.skipping_locked()
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(now.millis()).bind(until.millis());
        let rows = query.bind(i64::try_from(most).unwrap_or(1)).fetch_all(&self.write).await?;
        let (texts, unreadable) = readable::each("outbox", "id", &rows, due_text);
        for id in &unreadable {
            metrics::TEXTS_GIVEN_UP.add(1);
            if let Err(error) = self.end_text_try(id, Delivery::GivenUp, now).await {
                trouble::log(&error); // it is due again when its claim lapses
            }
        }
        Ok(texts)
    }

    /// Whether the number that it was for still waits for a code.
    pub async fn is_code_wanted(&self, id: &str) -> Result<bool, sqlx::Error> {
        let sql = "SELECT COUNT(*) FROM outbox JOIN text_number ON outbox.cause = 'text:' || text_number.account \
                   AND text_number.phone = outbox.to_address AND text_number.confirmed_at IS NULL WHERE outbox.id = $1";
        let wanted: i64 = sqlx::query_scalar(sql).bind(id).fetch_one(&self.read).await?;
        Ok(wanted > 0)
    }

    /// Gives up codes of before that moment that nobody has sent, as where the gateway was taken away, and wipes them.
    /// Gives whether there may be more. (`outbox_texts` serves this.)
    pub async fn wipe_old_codes(&self, before: Instant, now: Instant) -> Result<bool, sqlx::Error> {
        let sql = "UPDATE outbox SET text_try_at = NULL, given_up_at = $2, body_text = '' WHERE id IN \
                   (SELECT id FROM outbox WHERE is_secret = 1 AND text_try_at IS NOT NULL AND created_at < $1 LIMIT 500)";
        let done = sqlx::query(sql).bind(before.millis()).bind(now.millis()).execute(&self.write).await?;
        Ok(done.rows_affected() >= 500)
    }

    /// Whether the owner still wants it, at the number that it was for.
    pub async fn is_text_wanted(&self, id: &str) -> Result<bool, sqlx::Error> {
        let sql = "SELECT COUNT(*) FROM outbox JOIN text_number ON text_number.account = outbox.notice_account \
                   AND text_number.phone = outbox.to_address AND text_number.confirmed_at IS NOT NULL \
                   JOIN notice_choice ON notice_choice.account = outbox.notice_account \
                   AND notice_choice.kind = outbox.notice_kind AND notice_choice.channel = $2 AND notice_choice.is_on = 1 \
                   WHERE outbox.id = $1";
        let wanted: i64 = sqlx::query_scalar(sql).bind(id).bind(TEXT).fetch_one(&self.read).await?;
        Ok(wanted > 0)
    }

    /// With it goes a code, unless it is tried again. What was sent or given up stays so.
    pub async fn end_text_try(&self, id: &str, outcome: Delivery, now: Instant) -> Result<(), sqlx::Error> {
        let (sql, at) = match outcome {
            Delivery::TryAgain(at) => {
                ("UPDATE outbox SET text_try_at = $2 WHERE id = $1 AND sent_at IS NULL AND given_up_at IS NULL", at)
            }
            Delivery::Sent => (
                "UPDATE outbox SET text_try_at = NULL, sent_at = $2, \
                 body_text = CASE WHEN is_secret = 1 THEN '' ELSE body_text END \
                 WHERE id = $1 AND sent_at IS NULL AND given_up_at IS NULL",
                now,
            ),
            Delivery::GivenUp | Delivery::TurnedOff => (
                "UPDATE outbox SET text_try_at = NULL, given_up_at = $2, \
                 body_text = CASE WHEN is_secret = 1 THEN '' ELSE body_text END \
                 WHERE id = $1 AND sent_at IS NULL AND given_up_at IS NULL",
                now,
            ),
        };
        sqlx::query(sql).bind(id).bind(at.millis()).execute(&self.write).await?;
        Ok(())
    }

    /// Newest first, for a demo.
    pub async fn texts(&self, limit: i64) -> Result<Vec<DemoText>, sqlx::Error> {
        let sql = "SELECT to_address, body_text, created_at FROM outbox WHERE subject = '' AND body_text <> '' \
                   ORDER BY created_at DESC, id DESC LIMIT $1";
        let rows = sqlx::query(sql).bind(limit).fetch_all(&self.read).await?;
        let text = |row: &AnyRow| {
            Ok(DemoText {
                to: value(row, "to_address")?,
                text: row.try_get("body_text")?,
                queued_at: Instant::from_millis(row.try_get("created_at")?),
            })
        };
        rows.iter().map(text).collect()
    }
}

fn due_text(row: &AnyRow) -> Result<DueText, sqlx::Error> {
    Ok(DueText {
        id: row.try_get("id")?,
        to: value(row, "to_address")?,
        text: row.try_get("body_text")?,
        is_by_choice: row.try_get::<Option<&str>, _>("notice_kind")?.is_some(),
        queued_at: Instant::from_millis(row.try_get("created_at")?),
        tries: row.try_get("tries")?,
    })
}
