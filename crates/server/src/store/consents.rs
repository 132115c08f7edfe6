//! What members agreed to beside payments, word for word, with the moment at which it was given and withdrawn. All by
//! the index `consent_of_account`.

use super::{Store, Tx, batch::Batch, from_word, json, to_json, word};
use contract::{
    Instant,
    consent::{ConsentEntry, ConsentPurpose, GivenConsent},
    payment::Method,
};
use sqlx::{Row, any::AnyRow};

/// Of an account and a purpose: what holds.
const HOLDS: &str = "SELECT COUNT(*) FROM consent WHERE account = $1 AND purpose = $2 AND withdrawn_at IS NULL";

/// The purpose of those that keep a payment method, one each. They are listed with the methods.
const SAVED_METHOD: &str = "saved_method";

impl Store {
    /// But for those of payment methods: those that hold first, then the newest.
    pub async fn consent_entries(&self, account: &str, most: i64) -> Result<Vec<ConsentEntry>, sqlx::Error> {
        let sql = "SELECT purpose, text, locale, version, given_at, withdrawn_at FROM consent WHERE account = $1 \
                   AND method IS NULL ORDER BY CASE WHEN withdrawn_at IS NULL THEN 0 ELSE 1 END, given_at DESC, id DESC LIMIT $2";
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

/// To keep a saved method, in the place of the one before.
pub async fn give_for_method(
    tx: &mut Tx,
    account: &str,
    (id, method): (&str, &Method),
    given: &GivenConsent,
) -> Result<(), sqlx::Error> {
    withdraw_for_method(tx, account, id, given.at).await?;
    let query = sqlx::query(GIVE_FOR_METHOD).bind(crate::id::new(given.at)).bind(account);
    let query = query.bind(SAVED_METHOD).bind(&given.text).bind(given.locale.code());
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
    let first = [consent.into(), account.into(), SAVED_METHOD.into(), given.text.as_str().into()];
    let rest = [i64::from(given.version).into(), at.into(), id.to_owned().into(), about.into()];
    writes.add(GIVE_FOR_METHOD, first.into_iter().chain([given.locale.code().into()]).chain(rest));
    Ok(())
}

pub async fn withdraw_for_method(tx: &mut Tx, account: &str, method: &str, now: Instant) -> Result<(), sqlx::Error> {
    let sql = "UPDATE consent SET withdrawn_at = $4 \
               WHERE account = $1 AND purpose = $2 AND method = $3 AND withdrawn_at IS NULL";
    let query = sqlx::query(sql).bind(account).bind(SAVED_METHOD).bind(method).bind(now.millis());
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
    let query = sqlx::query(sql).bind(account).bind(SAVED_METHOD).bind(id).bind(now.millis());
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
