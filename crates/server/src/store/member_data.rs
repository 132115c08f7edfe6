//! What is read for a member's own copy of their data and for nothing else: the account's row, what was agreed to and
//! asked by it, and the e-mails to its address.

use super::{Store, value};
use crate::address;
use contract::{Email, Instant};
use serde::Serialize;
use sqlx::{Row, any::AnyRow};

#[derive(Serialize)]
pub struct AccountRow {
    pub email: Email,
    pub email_confirmed_at: Instant,
    pub opened_at: Instant,
    pub password_changed_at: Instant,
    pub terms_version: i64,
    pub terms_accepted_at: Instant,
    /// An address that waits for its confirmation.
    pub new_email: Option<Email>,
}

/// Something that was agreed to beside payments.
#[derive(Serialize)]
pub struct Consent {
    pub purpose: String,
    pub text: String,
    pub version: i64,
    pub given_at: Instant,
    pub withdrawn_at: Option<Instant>,
}

/// A question about a charge.
#[derive(Serialize)]
pub struct AskedQuestion {
    pub bill: String,
    pub line: i64,
    pub topic: Option<String>,
    pub text: String,
    pub asked_at: Instant,
}

#[derive(Serialize)]
pub struct SentEmail {
    pub subject: String,
    pub written_at: Instant,
    pub sent_at: Option<Instant>,
}

impl Store {
    pub async fn account_row(&self, account: &str, now: Instant) -> Result<Option<AccountRow>, sqlx::Error> {
        let sql = "SELECT email, email_confirmed_at, created_at, password_changed_at, terms_version, terms_accepted_at \
                   FROM account WHERE id = $1 AND email_confirmed_at IS NOT NULL";
        let Some(row) = sqlx::query(sql).bind(account).fetch_optional(&self.read).await? else { return Ok(None) };
        let at = |name| row.try_get(name).map(Instant::from_millis);
        Ok(Some(AccountRow {
            email: value(&row, "email")?,
            email_confirmed_at: at("email_confirmed_at")?,
            opened_at: at("created_at")?,
            password_changed_at: at("password_changed_at")?,
            terms_version: row.try_get("terms_version")?,
            terms_accepted_at: at("terms_accepted_at")?,
            new_email: self.email_to_confirm(account, now).await?,
        }))
    }

    /// By the index `consent_of_account`.
    pub async fn consents_of(&self, account: &str) -> Result<Vec<Consent>, sqlx::Error> {
        let sql =
            "SELECT purpose, text, version, given_at, withdrawn_at FROM consent WHERE account = $1 ORDER BY given_at";
        let consent = |row: &AnyRow| {
            Ok(Consent {
                purpose: row.try_get("purpose")?,
                text: row.try_get("text")?,
                version: row.try_get("version")?,
                given_at: Instant::from_millis(row.try_get("given_at")?),
                withdrawn_at: row.try_get::<Option<i64>, _>("withdrawn_at")?.map(Instant::from_millis),
            })
        };
        sqlx::query(sql).bind(account).fetch_all(&self.read).await?.iter().map(consent).collect()
    }

    /// By the index `charge_question_by_key`.
    pub async fn questions_of(&self, account: &str) -> Result<Vec<AskedQuestion>, sqlx::Error> {
        let sql = "SELECT bill, line, topic, body, asked_at FROM charge_question WHERE account = $1 ORDER BY asked_at";
        let question = |row: &AnyRow| {
            Ok(AskedQuestion {
                bill: row.try_get("bill")?,
                line: row.try_get("line")?,
                topic: row.try_get("topic")?,
                text: row.try_get("body")?,
                asked_at: Instant::from_millis(row.try_get("asked_at")?),
            })
        };
        sqlx::query(sql).bind(account).fetch_all(&self.read).await?.iter().map(question).collect()
    }

    /// To the account's address since that was confirmed: before, it may have been another's. The newest first. Reads
    /// the whole outbox: a member asks for it a few times in a life.
    pub async fn emails_of(&self, account: &AccountRow, most: i64) -> Result<Vec<SentEmail>, sqlx::Error> {
        let sql = "SELECT subject, created_at, sent_at FROM outbox \
                   WHERE COALESCE(recipient, LOWER(to_address)) = $1 AND created_at >= $2 \
                   ORDER BY created_at DESC, id DESC LIMIT $3";
        let (to, since) = (address::compared(&account.email.user_id()), account.email_confirmed_at);
        let rows = sqlx::query(sql).bind(to).bind(since.millis()).bind(most).fetch_all(&self.read).await?;
        let email = |row: &AnyRow| {
            Ok(SentEmail {
                subject: row.try_get("subject")?,
                written_at: Instant::from_millis(row.try_get("created_at")?),
                sent_at: row.try_get::<Option<i64>, _>("sent_at")?.map(Instant::from_millis),
            })
        };
        rows.iter().map(email).collect()
    }
}
