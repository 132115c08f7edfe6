//! Session writes: begin a session, end the previous one, and renew a session's token, each in the caller's
//! transaction. Each returns whether the row that it changes was still in the expected state.

use super::{
    Tx,
    sessions::{IDLE_MILLIS, LONGEST_MILLIS, PENDING_MILLIS, Session, readable},
    to_json,
};
use contract::{Instant, payment::PaymentDraft};
use sqlx::Row;

/// What the session before this one was.
pub struct PreviousSession {
    pub id: String,
    pub membership: String,
    pub account: Option<String>,
    pub capture_binding: String,
    pub draft: Option<PaymentDraft>,
    /// It had not run out either.
    pub lived: bool,
}

/// Ends the session of a token and gives what was left in it, unless somebody ended it before. Nothing typed stays in
/// it.
pub async fn end_before(tx: &mut Tx, token_hash: &str, now: Instant) -> Result<Option<PreviousSession>, sqlx::Error> {
    let row = sqlx::query(
        "UPDATE session SET ended_at = $2 WHERE token_hash = $1 AND ended_at IS NULL \
         RETURNING id, membership, account, capture_binding, draft, created_at, seen_at, is_halfway",
    );
    let Some(row) = row.bind(token_hash).bind(now.millis()).fetch_optional(&mut **tx).await? else { return Ok(None) };
    let id: String = row.try_get("id")?;
    sqlx::query("UPDATE session SET draft = NULL WHERE id = $1").bind(&id).execute(&mut **tx).await?;
    let (created_at, seen_at): (i64, i64) = (row.try_get("created_at")?, row.try_get("seen_at")?);
    let is_pending = row.try_get::<i64, _>("is_halfway")? != 0;
    let until = super::sessions::ends_when(is_pending, Instant::from_millis(created_at), Instant::from_millis(seen_at));
    Ok(Some(PreviousSession {
        draft: row.try_get::<Option<String>, _>("draft")?.and_then(|text| readable(&id, &text)),
        id,
        membership: row.try_get("membership")?,
        account: row.try_get("account")?,
        capture_binding: row.try_get("capture_binding")?,
        lived: super::sessions::lives(until, Instant::from_millis(seen_at), now),
    }))
}

pub async fn add(tx: &mut Tx, session: &Session, draft: Option<&PaymentDraft>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO session (token_hash, id, kind, membership, capture_binding, created_at, seen_at, account, device, draft, \
         is_halfway, proved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(&session.token_hash)
    .bind(&session.id)
    .bind(if session.member().is_some() { "member" } else { "payer" })
    .bind(&session.membership.id)
    .bind(&session.capture_binding)
    .bind(session.created_at.millis())
    .bind(session.seen_at.millis())
    .bind(session.member().map(|member| &member.account))
    .bind(&session.device)
    .bind(draft.map(to_json).transpose()?)
    .bind(i64::from(session.is_pending()))
    .bind(session.reauthenticated_at().map(Instant::millis))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether the token of the request still opens the session. It does until the transaction is over: a transaction that
/// ends it waits.
pub async fn still_opens(tx: &mut Tx, session: &Session, now: Instant) -> Result<bool, sqlx::Error> {
    let is_pending = session.is_pending();
    let (idle, longest) = if is_pending { (LONGEST_MILLIS, PENDING_MILLIS) } else { (IDLE_MILLIS, LONGEST_MILLIS) };
    let done = sqlx::query(
        "UPDATE session SET seen_at = seen_at WHERE token_hash = $1 AND ended_at IS NULL AND is_halfway = $2 AND seen_at > $3 \
         AND created_at > $4",
    )
    .bind(&session.token_hash)
    .bind(i64::from(is_pending))
    .bind(now.millis() - idle)
    .bind(now.millis() - longest);
    Ok(done.execute(&mut **tx).await?.rows_affected() > 0)
}

/// Gives a session its new token, and what was shown for it; false if it ended, or has another token already. What a
/// browser was asked in it is forgotten.
pub async fn renew(tx: &mut Tx, was: &str, session: &Session) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE session SET token_hash = $2, is_halfway = $3, proved_at = $4, created_at = $5, seen_at = $6 \
         WHERE token_hash = $1 AND ended_at IS NULL",
    )
    .bind(was)
    .bind(&session.token_hash)
    .bind(i64::from(session.is_pending()))
    .bind(session.reauthenticated_at().map(Instant::millis))
    .bind(session.created_at.millis())
    .bind(session.seen_at.millis());
    if done.execute(&mut **tx).await?.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("DELETE FROM passkey_challenge WHERE session = $1").bind(&session.id).execute(&mut **tx).await?;
    Ok(true)
}
