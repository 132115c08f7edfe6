//! Registrations in progress: one per payer's session, with the input so far.

use super::{Store, Tx, json, to_json};
use contract::{Instant, account::RegistrationDraft};
use sqlx::Row;

#[derive(Clone, Debug)]
pub struct StoredRegistration {
    pub id: String,
    pub draft: RegistrationDraft,
    /// The account was asked for.
    pub is_sent: bool,
}

impl Store {
    /// The session's registration; begun now if there was none, with what was said when paying in this session. None if
    /// the session ended meanwhile.
    pub async fn begin_registration(
        &self,
        session: &str,
        now: Instant,
    ) -> Result<Option<StoredRegistration>, sqlx::Error> {
        let draft = to_json(&self.draft_from_payment(session).await?)?;
        let mut tx = self.begin().await?;
        if !super::sessions::is_alive(&mut tx, session, now).await? {
            return Ok(None);
        }
        let sql = "INSERT INTO registration (id, session, draft, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (session) DO NOTHING";
        let id = uuid::Uuid::new_v4().to_string();
        sqlx::query(sql).bind(id).bind(session).bind(draft).bind(now.millis()).execute(&mut *tx).await?;
        let sql = "SELECT id, draft, sent_at FROM registration WHERE session = $1";
        let row = sqlx::query(sql).bind(session).fetch_one(&mut *tx).await?;
        tx.commit().await?;
        Ok(Some(StoredRegistration {
            id: row.try_get("id")?,
            draft: json(row.try_get("draft")?)?,
            is_sent: row.try_get::<Option<i64>, _>("sent_at")?.is_some(),
        }))
    }

    /// The payer's name is one text: what follows its last space is taken for the last name, and the payer can say
    /// otherwise.
    async fn draft_from_payment(&self, session: &str) -> Result<RegistrationDraft, sqlx::Error> {
        let sql = "SELECT payer_name, email FROM payment WHERE session = $1 ORDER BY created_at DESC, id DESC LIMIT 1";
        let Some(row) = sqlx::query(sql).bind(session).fetch_optional(&self.read).await? else {
            return Ok(RegistrationDraft::default());
        };
        let name: String = row.try_get("payer_name")?;
        let (first, last) = name.rsplit_once(' ').unwrap_or((&name, ""));
        Ok(RegistrationDraft {
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            email: row.try_get::<Option<String>, _>("email")?.unwrap_or_default(),
            ..RegistrationDraft::default()
        })
    }

    /// False if it is not this session's, or its account was asked for.
    pub async fn keep_registration(
        &self,
        id: &str,
        session: &str,
        draft: &RegistrationDraft,
    ) -> Result<bool, sqlx::Error> {
        let sql = "UPDATE registration SET draft = $3 WHERE id = $1 AND session = $2 AND sent_at IS NULL \
                   AND EXISTS (SELECT 1 FROM session WHERE session.id = $2 AND ended_at IS NULL)";
        let done =
            sqlx::query(sql).bind(id).bind(session).bind(to_json(draft)?).execute(&self.write).await?.rows_affected();
        Ok(done > 0)
    }

    /// Whether its account was asked for already; nothing if it is not this session's.
    pub async fn was_sent(&self, id: &str, session: &str) -> Result<Option<bool>, sqlx::Error> {
        let sql = "SELECT sent_at FROM registration WHERE id = $1 AND session = $2";
        let row = sqlx::query(sql).bind(id).bind(session).fetch_optional(&self.write).await?;
        row.map(|row| Ok(row.try_get::<Option<i64>, _>("sent_at")?.is_some())).transpose()
    }
}

/// Its account is asked for, in this transaction: what was typed is in the pending account from now on. False if it was
/// asked for already, or the registration is not this session's, or the session has ended.
pub async fn send(tx: &mut Tx, id: &str, session: &str, now: Instant) -> Result<bool, sqlx::Error> {
    let sql = "UPDATE registration SET draft = '{}', sent_at = $3 WHERE id = $1 AND session = $2 AND sent_at IS NULL \
               AND EXISTS (SELECT 1 FROM session WHERE session.id = $2 AND ended_at IS NULL)";
    let sent = sqlx::query(sql).bind(id).bind(session).bind(now.millis()).execute(&mut **tx).await?;
    Ok(sent.rows_affected() > 0)
}

/// What was agreed to and typed goes on in another session: of the same payer, who has shown the same statement again.
pub async fn carry(tx: &mut Tx, from: &str, to: &str) -> Result<(), sqlx::Error> {
    let sql = "UPDATE registration SET session = $2 WHERE session = $1 AND sent_at IS NULL";
    sqlx::query(sql).bind(from).bind(to).execute(&mut **tx).await?;
    Ok(())
}
