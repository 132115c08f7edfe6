//! Pending accounts (requested, and not confirmed), and the codes that went to the address on file. Tokens and codes
//! are stored as hashes. A pending account reserves nothing: many of one membership and of one address stand beside
//! each other, and the first that is confirmed ends the others.

use super::{Store, Tx, accounts::Opening, json, to_json};
use contract::Instant;
use sqlx::{Row, any::AnyRow};

/// Tries to confirm one of them. Only a try with its link counts, so that tries of another do not use them up.
pub const MOST_TRIES: i64 = 10;
/// How often the address of one may be changed; it does not live longer than a day after the last time.
pub const MOST_CHANGES: i64 = 3;

#[derive(Clone, Debug)]
pub struct Pending {
    pub id: String,
    pub opening: Opening,
    pub changes: i64,
}

fn pending_from(row: &AnyRow) -> Result<Pending, sqlx::Error> {
    Ok(Pending { id: row.try_get("id")?, opening: json(row.try_get("opening")?)?, changes: row.try_get("changes")? })
}

macro_rules! link_that_opens {
    () => {
        "WHERE token_hash = $1 AND tries < $2 AND expires_at > $3 AND expires_at <= $4"
    };
}

impl Store {
    pub async fn pending_account(&self, id: &str, now: Instant) -> Result<Option<Pending>, sqlx::Error> {
        let sql = "SELECT id, opening, changes FROM pending_account WHERE id = $1 AND expires_at > $2";
        let row = sqlx::query(sql).bind(id).bind(now.millis()).fetch_optional(&self.read).await?;
        row.as_ref().map(pending_from).transpose()
    }

    pub async fn pending_account_of(&self, registration: &str, now: Instant) -> Result<Option<Pending>, sqlx::Error> {
        let sql = "SELECT id, opening, changes FROM pending_account WHERE registration = $1 AND expires_at > $2";
        let row = sqlx::query(sql).bind(registration).bind(now.millis()).fetch_optional(&self.read).await?;
        row.as_ref().map(pending_from).transpose()
    }

    /// Counts a try to confirm, and gives what would be opened. Nothing if the link is unknown, too old or from before
    /// the clock went back, or if it was tried too often. `longest` is how long a link lives.
    pub async fn try_to_confirm(
        &self,
        token_hash: &str,
        now: Instant,
        longest: i64,
    ) -> Result<Option<Pending>, sqlx::Error> {
        let (from, until) = (now.millis(), now.millis() + longest);
        // Anyone who asks need not be anybody: without a link nobody gets the one writer of SQLite.
        let is_there = sqlx::query(concat!("SELECT id FROM pending_account ", link_that_opens!()));
        let is_there = is_there.bind(token_hash).bind(MOST_TRIES).bind(from).bind(until);
        if is_there.fetch_optional(&self.read).await?.is_none() {
            return Ok(None);
        }
        let sql = concat!(
            "UPDATE pending_account SET tries = tries + 1 ",
            link_that_opens!(),
            " RETURNING id, opening, changes"
        );
        let row = sqlx::query(sql).bind(token_hash).bind(MOST_TRIES).bind(from).bind(until);
        row.fetch_optional(&self.write).await?.as_ref().map(pending_from).transpose()
    }
}

/// Writes down what was asked for; gives its name.
pub async fn add(
    tx: &mut Tx,
    registration: &str,
    opening: &Opening,
    (now, until): (Instant, Instant),
) -> Result<String, sqlx::Error> {
    let id = crate::id::new(now);
    sqlx::query(
        "INSERT INTO pending_account (id, registration, membership, opening, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (registration) DO NOTHING",
    )
    .bind(&id)
    .bind(registration)
    .bind(&opening.membership)
    .bind(to_json(opening)?)
    .bind(now.millis())
    .bind(until.millis())
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

/// The link that confirms it from now on; the one before is void.
pub async fn set_link(tx: &mut Tx, id: &str, token_hash: &str, until: Instant) -> Result<bool, sqlx::Error> {
    let sql = "UPDATE pending_account SET token_hash = $2, expires_at = $3 WHERE id = $1";
    let done = sqlx::query(sql).bind(id).bind(token_hash).bind(until.millis()).execute(&mut **tx).await?;
    Ok(done.rows_affected() > 0)
}

/// Another opening in place of the one before, whose link is void at once. False if it was changed too often, or is
/// gone.
pub async fn change(tx: &mut Tx, id: &str, opening: &Opening, now: Instant) -> Result<bool, sqlx::Error> {
    let sql = "UPDATE pending_account SET opening = $2, token_hash = NULL, changes = changes + 1 \
               WHERE id = $1 AND changes < $3 AND expires_at > $4";
    let done = sqlx::query(sql).bind(id).bind(to_json(opening)?).bind(MOST_CHANGES).bind(now.millis());
    Ok(done.execute(&mut **tx).await?.rows_affected() > 0)
}

/// Takes it, once, by the link that was tried: of two who confirm at the same moment one does.
pub async fn take(tx: &mut Tx, id: &str, token_hash: &str, now: Instant) -> Result<bool, sqlx::Error> {
    let sql = "DELETE FROM pending_account WHERE id = $1 AND token_hash = $2 AND expires_at > $3";
    let done = sqlx::query(sql).bind(id).bind(token_hash).bind(now.millis()).execute(&mut **tx).await?;
    Ok(done.rows_affected() > 0)
}

/// Of a membership whose account is open now: every other registration ends, and no code opens anything.
pub async fn end_all(tx: &mut Tx, membership: &str) -> Result<(), sqlx::Error> {
    for sql in
        ["DELETE FROM pending_account WHERE membership = $1", "DELETE FROM membership_code WHERE membership = $1"]
    {
        sqlx::query(sql).bind(membership).execute(&mut **tx).await?;
    }
    Ok(())
}

pub async fn add_code(
    tx: &mut Tx,
    membership: &str,
    code_hash: &str,
    (now, until): (Instant, Instant),
) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO membership_code (membership, code_hash, created_at, expires_at) VALUES ($1, $2, $3, $4)";
    let added = sqlx::query(sql).bind(membership).bind(code_hash).bind(now.millis()).bind(until.millis());
    added.execute(&mut **tx).await?;
    Ok(())
}

/// Whether this code was sent to the address on file and is still good.
pub async fn is_code(tx: &mut Tx, membership: &str, code_hash: &str, now: Instant) -> Result<bool, sqlx::Error> {
    let sql = "SELECT COUNT(*) FROM membership_code WHERE membership = $1 AND code_hash = $2 AND expires_at > $3";
    let count = sqlx::query_scalar(sql).bind(membership).bind(code_hash).bind(now.millis());
    let count: i64 = count.fetch_one(&mut **tx).await?;
    Ok(count > 0)
}
