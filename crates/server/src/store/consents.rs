//! What members agreed to beside payments, word for word, with the moment at which it was given and withdrawn.

use super::{Tx, batch::Batch, from_word, json, to_json};
use contract::{Instant, consent::GivenConsent, payment::Method};
use sqlx::{Row, any::AnyRow};

/// What is agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Texts,
    /// A payment method is kept, to be charged more than once.
    SavedMethod,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Texts => "texts",
            Self::SavedMethod => "saved_method",
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

/// To keep a saved method, in the place of the one before.
pub async fn give_for_method(
    tx: &mut Tx,
    account: &str,
    (id, method): (&str, &Method),
    given: &GivenConsent,
) -> Result<(), sqlx::Error> {
    withdraw_for_method(tx, account, id, given.at).await?;
    let query = sqlx::query(GIVE_FOR_METHOD).bind(crate::id::new(given.at)).bind(account);
    let query = query.bind(Purpose::SavedMethod.name()).bind(&given.text).bind(given.locale.code());
    let query = query.bind(i64::from(given.version)).bind(given.at.millis()).bind(id).bind(to_json(method)?);
    query.execute(&mut **tx).await.map(drop)
}

const GIVE_FOR_METHOD: &str = "INSERT INTO consent (id, account, purpose, text, locale, version, given_at, method, about) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// As `give_for_method`, of a method that comes with a payment.
pub(super) fn write_for_method(
    writes: &mut Batch,
    account: &str,
    (id, method): (&str, &Method),
    given: &GivenConsent,
) -> Result<(), sqlx::Error> {
    let (consent, about, at) = (crate::id::new(given.at), to_json(method)?, given.at.millis());
    let first = [consent.into(), account.into(), Purpose::SavedMethod.name().into(), given.text.as_str().into()];
    let rest = [i64::from(given.version).into(), at.into(), id.to_owned().into(), about.into()];
    writes.add(GIVE_FOR_METHOD, first.into_iter().chain([given.locale.code().into()]).chain(rest));
    Ok(())
}

/// By the index `consent_of_account`.
pub async fn withdraw_for_method(tx: &mut Tx, account: &str, method: &str, now: Instant) -> Result<(), sqlx::Error> {
    let sql = "UPDATE consent SET withdrawn_at = $4 \
               WHERE account = $1 AND purpose = $2 AND method = $3 AND withdrawn_at IS NULL";
    let query = sqlx::query(sql).bind(account).bind(Purpose::SavedMethod.name()).bind(method).bind(now.millis());
    query.execute(&mut **tx).await.map(drop)
}

/// What a consent that was revoked was for.
pub struct Revoked {
    /// The saved method's id.
    pub saved: String,
    pub method: Method,
}

/// Takes one back that is to keep a method; nothing if it did not hold.
pub async fn revoke(tx: &mut Tx, account: &str, id: &str, now: Instant) -> Result<Option<Revoked>, sqlx::Error> {
    let sql = "UPDATE consent SET withdrawn_at = $4 WHERE account = $1 AND purpose = $2 AND id = $3 \
               AND withdrawn_at IS NULL RETURNING method, about";
    let query = sqlx::query(sql).bind(account).bind(Purpose::SavedMethod.name()).bind(id).bind(now.millis());
    let row = query.fetch_optional(&mut **tx).await?;
    row.map(|row| Ok(Revoked { saved: row.try_get("method")?, method: json(row.try_get("about")?)? })).transpose()
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
