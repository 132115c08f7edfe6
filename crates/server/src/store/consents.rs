//! What members agreed to beside payments, word for word, with the moment at which it was given and withdrawn.

use super::{Tx, from_word};
use contract::{Instant, consent::GivenConsent};
use sqlx::{Row, any::AnyRow};

/// What is agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Texts,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Texts => "texts",
        }
    }
}

/// In the place of the one before, which is withdrawn. Gives its id.
pub async fn give(tx: &mut Tx, account: &str, purpose: Purpose, given: &GivenConsent) -> Result<String, sqlx::Error> {
    withdraw(tx, account, purpose, given.at).await?;
    let id = crate::id::new(given.at);
    let sql = "INSERT INTO consent (id, account, purpose, text, locale, version, given_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let query = sqlx::query(sql).bind(&id).bind(account).bind(purpose.name()).bind(&given.text);
    let query = query.bind(given.locale.code()).bind(i64::from(given.version)).bind(given.at.millis());
    query.execute(&mut **tx).await?;
    Ok(id)
}

/// By the index `consent_of_account`.
async fn withdraw(tx: &mut Tx, account: &str, purpose: Purpose, now: Instant) -> Result<(), sqlx::Error> {
    let sql = "UPDATE consent SET withdrawn_at = $3 WHERE account = $1 AND purpose = $2 AND withdrawn_at IS NULL";
    sqlx::query(sql).bind(account).bind(purpose.name()).bind(now.millis()).execute(&mut **tx).await?;
    Ok(())
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
