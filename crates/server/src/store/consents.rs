//! What members agreed to beside payments, word for word, with the moment at which it was given and withdrawn. All by
//! the index `consent_of_account`.

use super::{Store, Tx, from_word, word};
use contract::{
    Instant,
    consent::{ConsentEntry, ConsentPurpose, GivenConsent},
};
use sqlx::{Row, any::AnyRow};

/// Of an account and a purpose: what holds.
const HOLDS: &str = "SELECT COUNT(*) FROM consent WHERE account = $1 AND purpose = $2 AND withdrawn_at IS NULL";

impl Store {
    /// Those that hold first, then the newest.
    pub async fn consent_entries(&self, account: &str, most: i64) -> Result<Vec<ConsentEntry>, sqlx::Error> {
        let sql = "SELECT purpose, text, locale, version, given_at, withdrawn_at FROM consent WHERE account = $1 \
                   ORDER BY CASE WHEN withdrawn_at IS NULL THEN 0 ELSE 1 END, given_at DESC, id DESC LIMIT $2";
        let rows = sqlx::query(sql).bind(account).bind(most).fetch_all(&self.read).await?;
        // A purpose of a later version is none that this one can name.
        let known = rows.iter().filter_map(|row| Some((row, from_word(row.try_get("purpose").ok()?).ok()?)));
        known
            .map(|(row, purpose)| {
                let withdrawn_at = row.try_get::<Option<i64>, _>("withdrawn_at")?.map(Instant::from_millis);
                Ok(ConsentEntry { purpose, given: given(row)?, withdrawn_at })
            })
            .collect()
    }

    pub async fn has_consent(&self, account: &str, purpose: ConsentPurpose) -> Result<bool, sqlx::Error> {
        let query = sqlx::query_scalar::<_, i64>(HOLDS).bind(account).bind(word(&purpose)?);
        Ok(query.fetch_one(&self.read).await? > 0)
    }
}

/// As a transaction sees it, which has locked the account's row.
pub async fn holds(tx: &mut Tx, account: &str, purpose: ConsentPurpose) -> Result<bool, sqlx::Error> {
    let query = sqlx::query_scalar::<_, i64>(HOLDS).bind(account).bind(word(&purpose)?);
    Ok(query.fetch_one(&mut **tx).await? > 0)
}

/// In the place of the one before, which is withdrawn. Gives its id.
pub async fn give(
    tx: &mut Tx,
    account: &str,
    purpose: ConsentPurpose,
    given: &GivenConsent,
) -> Result<String, sqlx::Error> {
    withdraw(tx, account, purpose, given.at).await?;
    let id = crate::id::new(given.at);
    let sql = "INSERT INTO consent (id, account, purpose, text, locale, version, given_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let query = sqlx::query(sql).bind(&id).bind(account).bind(word(&purpose)?).bind(&given.text);
    let query = query.bind(given.locale.code()).bind(i64::from(given.version)).bind(given.at.millis());
    query.execute(&mut **tx).await?;
    Ok(id)
}

/// False if there was nothing to withdraw.
pub async fn withdraw(tx: &mut Tx, account: &str, purpose: ConsentPurpose, now: Instant) -> Result<bool, sqlx::Error> {
    let sql = "UPDATE consent SET withdrawn_at = $3 WHERE account = $1 AND purpose = $2 AND withdrawn_at IS NULL";
    let query = sqlx::query(sql).bind(account).bind(word(&purpose)?).bind(now.millis());
    Ok(query.execute(&mut **tx).await?.rows_affected() > 0)
}

pub async fn withdraw_one(tx: &mut Tx, id: &str, now: Instant) -> Result<(), sqlx::Error> {
    let sql = "UPDATE consent SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL";
    sqlx::query(sql).bind(id).bind(now.millis()).execute(&mut **tx).await?;
    Ok(())
}

pub(super) fn given(row: &AnyRow) -> Result<GivenConsent, sqlx::Error> {
    let version: i64 = row.try_get("version")?;
    Ok(GivenConsent {
        text: row.try_get("text")?,
        locale: from_word(row.try_get("locale")?)?,
        version: u16::try_from(version).map_err(|error| sqlx::Error::Decode(error.into()))?,
        at: Instant::from_millis(row.try_get("given_at")?),
    })
}
