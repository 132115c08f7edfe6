//! Sessions: found by the hash of their token, so a stolen database opens none. Ends when idle, when old, or when told to.

use super::{Store, json, memberships::Membership, to_json, value};
use contract::{Instant, payment::PaymentDraft};
use sqlx::Row;

pub const IDLE_MILLIS: i64 = 15 * 60_000;
pub const LONGEST_MILLIS: i64 = 8 * 3_600_000;

#[derive(Clone, Debug)]
pub struct Session {
    pub id: String,
    pub token_hash: String,
    pub membership: Membership,
    pub capture_binding: String,
    pub created_at: Instant,
    pub seen_at: Instant,
}

impl Session {
    pub fn expires_at(&self) -> Instant {
        let (idle, old) = (self.seen_at.plus_millis(IDLE_MILLIS), self.created_at.plus_millis(LONGEST_MILLIS));
        idle.min(old)
    }
}

impl Store {
    pub async fn add_session(&self, session: &Session) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO session (token_hash, id, kind, membership, capture_binding, created_at, seen_at) \
             VALUES ($1, $2, 'payer', $3, $4, $5, $6)",
        )
        .bind(&session.token_hash)
        .bind(&session.id)
        .bind(&session.membership.id)
        .bind(&session.capture_binding)
        .bind(session.created_at.millis())
        .bind(session.seen_at.millis())
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// The session, if it lives at `now`.
    pub async fn session(&self, token_hash: &str, now: Instant) -> Result<Option<Session>, sqlx::Error> {
        let row = sqlx::query(
            "SELECT session.id AS session_id, capture_binding, created_at, seen_at, membership.id AS membership_id, region, ending \
             FROM session JOIN membership ON membership.id = session.membership WHERE token_hash = $1 AND ended_at IS NULL",
        )
        .bind(token_hash)
        .fetch_optional(&self.read)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let session = Session {
            id: row.try_get("session_id")?,
            token_hash: token_hash.to_owned(),
            membership: Membership {
                id: row.try_get("membership_id")?,
                region: value(&row, "region")?,
                ending: row.try_get("ending")?,
            },
            capture_binding: row.try_get("capture_binding")?,
            created_at: Instant::from_millis(row.try_get("created_at")?),
            seen_at: Instant::from_millis(row.try_get("seen_at")?),
        };
        Ok(Some(session).filter(|session| session.expires_at() > now))
    }

    pub async fn touch_session(&self, token_hash: &str, now: Instant) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE session SET seen_at = $2 WHERE token_hash = $1 AND ended_at IS NULL")
            .bind(token_hash)
            .bind(now.millis())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    /// Ends it and wipes what the payer had typed.
    pub async fn end_session(&self, token_hash: &str, now: Instant) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE session SET ended_at = $2, draft = NULL WHERE token_hash = $1 AND ended_at IS NULL")
            .bind(token_hash)
            .bind(now.millis())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    /// Wipes what was typed in sessions that ran out; those of days ago are forgotten, and so are tokens the processor has forgotten.
    pub async fn sweep(&self, now: Instant) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE session SET draft = NULL WHERE draft IS NOT NULL AND (seen_at < $1 OR created_at < $2)")
            .bind(now.millis() - IDLE_MILLIS)
            .bind(now.millis() - LONGEST_MILLIS)
            .execute(&self.write)
            .await?;
        let days_ago = now.millis() - 9 * LONGEST_MILLIS;
        sqlx::query("DELETE FROM session WHERE created_at < $1").bind(days_ago).execute(&self.write).await?;
        sqlx::query("DELETE FROM method_token WHERE known_at < $1")
            .bind(now.millis() - LONGEST_MILLIS)
            .execute(&self.write)
            .await?;
        Ok(())
    }

    pub async fn draft(&self, token_hash: &str) -> Result<PaymentDraft, sqlx::Error> {
        let row = sqlx::query("SELECT draft FROM session WHERE token_hash = $1")
            .bind(token_hash)
            .fetch_one(&self.read)
            .await?;
        let text: Option<String> = row.try_get(0)?;
        text.map_or_else(|| Ok(PaymentDraft::default()), |text| json(&text))
    }

    pub async fn keep_draft(&self, token_hash: &str, draft: Option<&PaymentDraft>) -> Result<(), sqlx::Error> {
        let text = draft.map(to_json).transpose()?;
        sqlx::query("UPDATE session SET draft = $2 WHERE token_hash = $1")
            .bind(token_hash)
            .bind(text)
            .execute(&self.write)
            .await?;
        Ok(())
    }
}
