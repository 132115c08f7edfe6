//! The session table: sessions are found by the hash of their token, so a stolen database opens none. A session ends
//! when idle, when old, or on request. A member's has an account; a payer's has none.

use super::{Store, Tx, json, memberships::Membership, to_json, value};
use contract::{Instant, account::SessionEntry, payment::PaymentDraft, session::PersonView};
use sqlx::{Row, any::AnyRow};

pub const IDLE_MILLIS: i64 = 15 * 60_000;
pub const LONGEST_MILLIS: i64 = 8 * 3_600_000;
/// For finding one's phone.
pub(super) const PENDING_MILLIS: i64 = 10 * 60_000;
/// How long the password, typed again, is good for.
const REAUTHENTICATED_MILLIS: i64 = 10 * 60_000;

#[derive(Clone, Debug)]
pub struct Session {
    pub id: String,
    pub token_hash: String,
    pub membership: Membership,
    pub capture_binding: String,
    pub created_at: Instant,
    pub seen_at: Instant,
    /// Browser and system in general words.
    pub device: String,
    pub who: Who,
}

/// Whose session it is, and what was shown for it.
#[derive(Clone, Debug)]
pub enum Who {
    /// Found a bill by its statement.
    Payer,
    /// Showed the password only: opens nothing.
    PendingSecondFactor(Member),
    Member {
        member: Member,
        /// When the password was typed again.
        reauthenticated_at: Option<Instant>,
    },
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct Member {
    pub account: String,
    pub person: PersonView,
}

/// How far two machines' clocks may be apart.
const APART_MILLIS: i64 = 60_000;

impl Session {
    pub fn expires_at(&self) -> Instant {
        ends_when(self.is_pending(), self.created_at, self.seen_at)
    }

    pub fn ends_at(&self) -> Instant {
        self.created_at.plus_millis(if self.is_pending() { PENDING_MILLIS } else { LONGEST_MILLIS })
    }

    /// Whether the second factor is still asked for.
    pub fn is_pending(&self) -> bool {
        matches!(self.who, Who::PendingSecondFactor(_))
    }

    /// The account that is signed in, or will be with the second factor; None for a payer.
    pub fn member(&self) -> Option<&Member> {
        match &self.who {
            Who::Payer => None,
            Who::PendingSecondFactor(member) | Who::Member { member, .. } => Some(member),
        }
    }

    pub(super) fn reauthenticated_at(&self) -> Option<Instant> {
        if let Who::Member { reauthenticated_at, .. } = &self.who { *reauthenticated_at } else { None }
    }

    /// Whether the password was typed again a short while ago.
    pub fn is_reauthenticated(&self, now: Instant) -> bool {
        self.reauthenticated_at().is_some_and(|at| at <= now && at.plus_millis(REAUTHENTICATED_MILLIS) > now)
    }

    pub fn is_valid_at(&self, now: Instant) -> bool {
        lives(self.expires_at(), self.seen_at, now)
    }
}

pub(super) fn ends_when(is_pending: bool, created_at: Instant, seen_at: Instant) -> Instant {
    if is_pending {
        return created_at.plus_millis(PENDING_MILLIS);
    }
    let (idle, old) = (seen_at.plus_millis(IDLE_MILLIS), created_at.plus_millis(LONGEST_MILLIS));
    idle.min(old)
}

/// A session that was last seen in the future is from before a clock went back: its age is unknown, so it is over.
pub(super) fn lives(until: Instant, seen_at: Instant, now: Instant) -> bool {
    until > now && seen_at <= now.plus_millis(APART_MILLIS)
}

const SESSION: &str = "SELECT session.id AS session_id, session.capture_binding AS capture_binding, session.created_at AS created_at, \
    session.seen_at AS seen_at, session.device AS device, account.id AS account, session.is_halfway AS is_halfway, \
    session.proved_at AS proved_at, membership.id AS membership_id, membership.region AS region, membership.ending AS ending, \
    account.first_name AS first_name, account.last_name AS last_name, account.email AS account_email \
    FROM session JOIN membership ON membership.id = session.membership \
    LEFT JOIN account ON account.id = session.account AND account.email_confirmed_at IS NOT NULL \
    WHERE session.token_hash = $1 AND session.ended_at IS NULL";

/// None for one that waits for the second factor of an account that is not there any more.
fn session_from(row: &AnyRow, token_hash: &str) -> Result<Option<Session>, sqlx::Error> {
    let is_pending = row.try_get::<i64, _>("is_halfway")? != 0;
    let who = match row.try_get::<Option<String>, _>("account")? {
        None if is_pending => return Ok(None),
        None => Who::Payer,
        Some(account) => {
            let (first, last): (String, String) = (row.try_get("first_name")?, row.try_get("last_name")?);
            let (name, email) = (format!("{first} {last}").trim_end().to_owned(), row.try_get("account_email")?);
            let member = Member { account, person: PersonView { name, email, is_email_confirmed: true } };
            if is_pending {
                Who::PendingSecondFactor(member)
            } else {
                let reauthenticated_at = row.try_get::<Option<i64>, _>("proved_at")?.map(Instant::from_millis);
                Who::Member { member, reauthenticated_at }
            }
        }
    };
    Ok(Some(Session {
        id: row.try_get("session_id")?,
        token_hash: token_hash.to_owned(),
        membership: Membership {
            id: row.try_get("membership_id")?,
            region: value(row, "region")?,
            ending: row.try_get("ending")?,
        },
        capture_binding: row.try_get("capture_binding")?,
        created_at: Instant::from_millis(row.try_get("created_at")?),
        seen_at: Instant::from_millis(row.try_get("seen_at")?),
        device: row.try_get("device")?,
        who,
    }))
}

/// Whether the session is alive at `now`, and stays so until the transaction is over: a transaction that ends it waits.
/// For what is begun in a session and must not be done after it ended. Ask last, after every other wait for a lock:
/// signing out waits for it.
pub async fn is_alive(tx: &mut Tx, id: &str, now: Instant) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE session SET seen_at = seen_at WHERE id = $1 AND ended_at IS NULL AND is_halfway = 0 AND seen_at > $2 AND created_at > $3",
    )
    .bind(id)
    .bind(now.millis() - IDLE_MILLIS)
    .bind(now.millis() - LONGEST_MILLIS);
    Ok(done.execute(&mut **tx).await?.rows_affected() > 0)
}

impl Store {
    /// The session, if it lives at `now`.
    pub async fn session(&self, token_hash: &str, now: Instant) -> Result<Option<Session>, sqlx::Error> {
        Ok(self.last_session(token_hash).await?.filter(|session| session.is_valid_at(now)))
    }

    /// The session, if it was not ended: it may have run out.
    pub async fn last_session(&self, token_hash: &str) -> Result<Option<Session>, sqlx::Error> {
        let row = sqlx::query(SESSION).bind(token_hash).fetch_optional(&self.read).await?;
        row.map_or(Ok(None), |row| session_from(&row, token_hash))
    }

    /// Where an account is signed in at `now`, the latest first; `this` is the session that asks.
    pub async fn sessions_of(&self, account: &str, this: &str, now: Instant) -> Result<Vec<SessionEntry>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT id, device, created_at, seen_at FROM session WHERE account = $1 AND ended_at IS NULL AND is_halfway = 0 \
             AND seen_at > $2 AND created_at > $3 ORDER BY seen_at DESC, id DESC",
        )
        .bind(account)
        .bind(now.millis() - IDLE_MILLIS)
        .bind(now.millis() - LONGEST_MILLIS);
        let rows = rows.fetch_all(&self.read).await?;
        rows.iter()
            .map(|row| {
                let id: String = row.try_get("id")?;
                Ok(SessionEntry {
                    is_this: id == this,
                    id,
                    device: row.try_get("device")?,
                    created_at: Instant::from_millis(row.try_get("created_at")?),
                    seen_at: Instant::from_millis(row.try_get("seen_at")?),
                })
            })
            .collect()
    }

    /// Starts the idle time of a living session anew; false if it ended meanwhile, and one that ran out stays so.
    pub async fn touch_session(&self, token_hash: &str, now: Instant) -> Result<bool, sqlx::Error> {
        let done = sqlx::query(
            "UPDATE session SET seen_at = $2 WHERE token_hash = $1 AND ended_at IS NULL AND seen_at > $3 AND created_at > $4",
        )
        .bind(token_hash)
        .bind(now.millis())
        .bind(now.millis() - IDLE_MILLIS)
        .bind(now.millis() - LONGEST_MILLIS);
        Ok(done.execute(&self.write).await?.rows_affected() > 0)
    }

    /// Makes the session idle for so long that it is over.
    pub async fn lapse_session(&self, token_hash: &str, now: Instant) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE session SET seen_at = $2 WHERE token_hash = $1 AND ended_at IS NULL")
            .bind(token_hash)
            .bind(now.millis() - IDLE_MILLIS)
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

    /// Empty when nothing was kept, or nothing that can be read.
    pub async fn draft(&self, session: &str) -> Result<PaymentDraft, sqlx::Error> {
        let row =
            sqlx::query("SELECT draft FROM session WHERE id = $1").bind(session).fetch_optional(&self.read).await?;
        let text: Option<String> = row.map(|row| row.try_get(0)).transpose()?.flatten();
        Ok(text.and_then(|text| readable(session, &text)).unwrap_or_default())
    }

    /// Keeps a draft, or none; false if the session ended or ran out meanwhile. By its name and not its token: a token
    /// that was renewed in another tab is the same session.
    pub async fn keep_draft(
        &self,
        session: &str,
        draft: Option<&PaymentDraft>,
        now: Instant,
    ) -> Result<bool, sqlx::Error> {
        let text = draft.map(to_json).transpose()?;
        let done = sqlx::query(
            "UPDATE session SET draft = $2, is_wiped = 0 WHERE id = $1 AND ended_at IS NULL AND seen_at > $3 AND created_at > $4",
        )
        .bind(session)
        .bind(text)
        .bind(now.millis() - IDLE_MILLIS)
        .bind(now.millis() - LONGEST_MILLIS);
        Ok(done.execute(&self.write).await?.rows_affected() > 0)
    }
}

/// A draft that can't be read is none: anyone who typed it types again, and can pay.
pub(super) fn readable(session: &str, draft: &str) -> Option<PaymentDraft> {
    json(draft).inspect_err(|_| tracing::error!(session, "a draft that can't be read is left out")).ok()
}

/// Ends one session of an account by its id; false if it has none such.
pub async fn end_one(tx: &mut Tx, account: &str, id: &str, now: Instant) -> Result<bool, sqlx::Error> {
    let sql = "UPDATE session SET ended_at = $3, draft = NULL WHERE account = $1 AND id = $2 AND ended_at IS NULL";
    Ok(sqlx::query(sql).bind(account).bind(id).bind(now.millis()).execute(&mut **tx).await?.rows_affected() > 0)
}
