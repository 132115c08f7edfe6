//! Kept tokens: a card or an account that its owner wants to pay with again. Each charge of one uses a single token
//! that is made of it, as a charge of what was typed uses its token.

use super::{NewCharge, NotCharged, Store, TOKEN_MILLIS, verification};
use crate::transaction::Tx;
use contract::Instant;
use sqlx::Row;

/// What is asked for: a token of the capture frame, and who is to own what is kept.
pub struct Keeping<'a> {
    pub token: &'a str,
    pub binding: &'a str,
    pub owner: &'a str,
    /// The name of the kept token, if there is none yet.
    pub name: &'a str,
}

impl Store {
    /// The kept token of this one for that owner: made now, or when it was asked for before. The token itself can still
    /// be charged.
    pub async fn keep_token(
        &self,
        keeping: &Keeping<'_>,
        now: Instant,
    ) -> Result<Result<String, NotCharged>, sqlx::Error> {
        let mut tx = Tx::begin(&self.write).await?;
        let kept = keep_in(&mut tx, keeping, now).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// Deletes a kept token of that owner, if there is one.
    pub async fn forget_token(&self, token: &str, owner: &str) -> Result<(), sqlx::Error> {
        let mut tx = Tx::begin(&self.write).await?;
        let sql = "SELECT 1 FROM token WHERE token = $1 AND binding = $2 AND is_kept = 1";
        if sqlx::query(sql).bind(token).bind(owner).fetch_optional(&mut *tx).await?.is_some() {
            verification::forget(&mut tx, token).await?;
            sqlx::query("DELETE FROM token WHERE token = $1").bind(token).execute(&mut *tx).await?;
        }
        tx.commit().await
    }
}

async fn keep_in(tx: &mut Tx, keeping: &Keeping<'_>, now: Instant) -> Result<Result<String, NotCharged>, sqlx::Error> {
    let before = sqlx::query_scalar("SELECT token FROM token WHERE made_of = $1 AND binding = $2 AND is_kept = 1");
    let before: Option<String> = before.bind(keeping.token).bind(keeping.owner).fetch_optional(&mut **tx).await?;
    if let Some(before) = before {
        return Ok(Ok(before));
    }
    let typed = "SELECT used_by FROM token WHERE token = $1 AND binding = $2 AND is_kept = 0 AND made_at > $3";
    let typed = sqlx::query(typed).bind(keeping.token).bind(keeping.binding).bind(now.millis() - TOKEN_MILLIS);
    let Some(typed) = typed.fetch_optional(&mut **tx).await? else { return Ok(Err(NotCharged::NoSuchToken)) };
    if typed.try_get::<Option<String>, _>("used_by")?.is_some() {
        return Ok(Err(NotCharged::TokenUsed));
    }
    let sql = "INSERT INTO token (token, binding, method, outcome, made_at, is_kept, made_of) \
               SELECT $1, $2, method, outcome, $3, 1, token FROM token WHERE token = $4";
    let insert = sqlx::query(sql).bind(keeping.name).bind(keeping.owner).bind(now.millis()).bind(keeping.token);
    insert.execute(&mut **tx).await?;
    Ok(Ok(keeping.name.to_owned()))
}

/// A token for one charge of a kept one.
pub async fn single(tx: &mut Tx, new: &NewCharge<'_>, now: Instant) -> Result<String, sqlx::Error> {
    let name = format!("{}_{}", new.token, new.id);
    let sql = "INSERT INTO token (token, binding, method, outcome, made_at, made_of) \
               SELECT $1, binding, method, outcome, $2, token FROM token WHERE token = $3";
    sqlx::query(sql).bind(&name).bind(now.millis()).bind(new.token).execute(&mut **tx).await?;
    Ok(name)
}

/// Whether a charge's token was made of a kept one.
pub async fn is_made_of(tx: &mut Tx, single: &str, kept: &str) -> Result<bool, sqlx::Error> {
    let sql = "SELECT 1 FROM token WHERE token = $1 AND made_of = $2";
    Ok(sqlx::query(sql).bind(single).bind(kept).fetch_optional(&mut **tx).await?.is_some())
}
