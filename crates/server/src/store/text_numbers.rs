//! The number that an account's text messages go to: named with what its owner agreed to, confirmed by a code, and
//! taken away again.

use super::{Store, Tx, consents, value};
use contract::{Instant, Phone, notices::TextMessages};
use sqlx::Row;

impl Store {
    pub async fn text_number(&self, account: &str) -> Result<TextMessages, sqlx::Error> {
        let sql = "SELECT text_number.phone AS phone, text_number.confirmed_at AS confirmed_at, consent.text AS text, \
                   consent.locale AS locale, consent.version AS version, consent.given_at AS given_at \
                   FROM text_number JOIN consent ON consent.id = text_number.consent WHERE text_number.account = $1";
        let row = sqlx::query(sql).bind(account).fetch_optional(&self.read).await?;
        let Some(row) = row else { return Ok(TextMessages::default()) };
        Ok(TextMessages {
            phone: Some(value(&row, "phone")?),
            is_confirmed: row.try_get::<Option<i64>, _>("confirmed_at")?.is_some(),
            consent: Some(consents::given(&row)?),
        })
    }

    /// The accounts that have it. (`text_number_by_phone` serves this.)
    pub async fn accounts_of_text_number(&self, phone: &Phone) -> Result<Vec<String>, sqlx::Error> {
        let sql = "SELECT account FROM text_number WHERE phone = $1";
        sqlx::query_scalar(sql).bind(phone.to_string()).fetch_all(&self.read).await
    }
}

/// In the place of the one before. Until it is confirmed nothing but a code is sent there. True if the one before was
/// confirmed. Of the account whose row the transaction has locked.
pub async fn begin(
    tx: &mut Tx,
    account: &str,
    phone: &Phone,
    consent: &str,
    (code_hash, expires): (&str, Instant),
) -> Result<bool, sqlx::Error> {
    let confirmed = "SELECT COUNT(*) FROM text_number WHERE account = $1 AND confirmed_at IS NOT NULL";
    let confirmed: i64 = sqlx::query_scalar(confirmed).bind(account).fetch_one(&mut **tx).await?;
    let sql = "INSERT INTO text_number (account, phone, consent, code_hash, code_expires_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (account) DO UPDATE SET phone = excluded.phone, consent = excluded.consent, \
               code_hash = excluded.code_hash, code_expires_at = excluded.code_expires_at, confirmed_at = NULL";
    let query = sqlx::query(sql).bind(account).bind(phone.to_string()).bind(consent).bind(code_hash);
    query.bind(expires.millis()).execute(&mut **tx).await?;
    Ok(confirmed > 0)
}

/// False for another code, one that is too old, and one that was used.
pub async fn confirm(tx: &mut Tx, account: &str, code_hash: &str, now: Instant) -> Result<bool, sqlx::Error> {
    let sql = "UPDATE text_number SET confirmed_at = $3, code_hash = NULL, code_expires_at = NULL \
               WHERE account = $1 AND code_hash = $2 AND code_expires_at > $3 AND confirmed_at IS NULL";
    let done = sqlx::query(sql).bind(account).bind(code_hash).bind(now.millis()).execute(&mut **tx).await?;
    Ok(done.rows_affected() > 0)
}

/// Nothing is sent there any more, and what was agreed to is withdrawn. False if the account has none, or has another
/// number than the one that is named.
pub async fn end(tx: &mut Tx, account: &str, phone: Option<&Phone>, now: Instant) -> Result<bool, sqlx::Error> {
    let sql = "DELETE FROM text_number WHERE account = $1 AND ($2 = '' OR phone = $2) RETURNING consent";
    let phone = phone.map(Phone::to_string).unwrap_or_default();
    let gone = sqlx::query_scalar::<_, String>(sql).bind(account).bind(phone).fetch_optional(&mut **tx).await?;
    let Some(consent) = gone else { return Ok(false) };
    consents::withdraw_one(tx, &consent, now).await?;
    Ok(true)
}
