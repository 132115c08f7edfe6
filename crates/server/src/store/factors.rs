//! Second factors of accounts: the sealed secret of an authenticator app, passkeys, and the hashes of recovery codes.
//! What may be used once is taken in one statement, so that of two at the same moment one gets it.

use super::{Store, Tx};
use contract::{
    Instant,
    factor::{PasskeyEntry, RequiredFactors, SecondFactor},
};
use sqlx::{Row, any::AnyRow};

/// Passkeys of one account: one a device is enough for many devices, and what signs in stays a list that can be looked
/// through.
pub const MOST_PASSKEYS: usize = 10;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// What a browser calls it, in base64url. An answer names it, and no two accounts may have the same.
    pub id: String,
    /// For the database; it changes with every sign-in.
    pub stored: String,
}

pub struct Authenticator {
    /// As `identity::factors::seal` made it.
    pub sealed: String,
    pub confirmed_at: Option<Instant>,
    pub last_step: Option<i64>,
}

fn instant(row: &AnyRow, column: &str) -> Result<Option<Instant>, sqlx::Error> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(Instant::from_millis))
}

impl Store {
    pub async fn authenticator(&self, account: &str) -> Result<Option<Authenticator>, sqlx::Error> {
        let row =
            sqlx::query("SELECT secret, confirmed_at, last_step FROM authenticator WHERE account = $1").bind(account);
        let row = row.fetch_optional(&self.read).await?;
        row.map(|row| {
            Ok(Authenticator {
                sealed: row.try_get("secret")?,
                confirmed_at: instant(&row, "confirmed_at")?,
                last_step: row.try_get("last_step")?,
            })
        })
        .transpose()
    }

    /// What is asked for beside the password; nothing where the password is all there is.
    pub async fn factors_asked(&self, account: &str) -> Result<Option<RequiredFactors>, sqlx::Error> {
        let authenticator = self.authenticator(account).await?.is_some_and(|kept| kept.confirmed_at.is_some());
        let passkey = !self.passkeys(account).await?.is_empty();
        Ok((authenticator || passkey).then_some(RequiredFactors { authenticator, passkey }))
    }

    /// `takes_passkeys` says whether this server can make any; an account with `MOST_PASSKEYS` takes no more.
    pub async fn second_factor(&self, account: &str, takes_passkeys: bool) -> Result<SecondFactor, sqlx::Error> {
        let sql = "SELECT id, device, created_at, used_at FROM passkey WHERE account = $1 ORDER BY created_at, id";
        let rows = sqlx::query(sql).bind(account).fetch_all(&self.read).await?;
        let passkeys = rows.iter().map(|row| {
            Ok(PasskeyEntry {
                id: row.try_get("id")?,
                device: row.try_get("device")?,
                created_at: Instant::from_millis(row.try_get("created_at")?),
                used_at: instant(row, "used_at")?,
            })
        });
        let sql = "SELECT COUNT(*) FROM recovery_code WHERE account = $1 AND used_at IS NULL";
        let left: i64 = sqlx::query_scalar(sql).bind(account).fetch_one(&self.read).await?;
        Ok(SecondFactor {
            authenticator: self.authenticator(account).await?.and_then(|kept| kept.confirmed_at),
            passkeys: passkeys.collect::<Result<_, sqlx::Error>>()?,
            recovery_codes_left: u16::try_from(left).unwrap_or(0),
            takes_passkeys: takes_passkeys && rows.len() < MOST_PASSKEYS,
        })
    }

    pub async fn passkeys(&self, account: &str) -> Result<Vec<Passkey>, sqlx::Error> {
        let sql = "SELECT credential, stored FROM passkey WHERE account = $1 ORDER BY created_at, id";
        let rows = sqlx::query(sql).bind(account).fetch_all(&self.read).await?;
        rows.iter().map(|row| Ok(Passkey { id: row.try_get("credential")?, stored: row.try_get("stored")? })).collect()
    }

    /// What a browser was asked in this session, in place of what it was asked before.
    pub async fn ask_for_passkey(&self, session: &str, state: &str, at: Instant) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO passkey_challenge (session, state, created_at) \
             SELECT id, $2, $3 FROM session WHERE id = $1 AND ended_at IS NULL \
             ON CONFLICT (session) DO UPDATE SET state = excluded.state, created_at = excluded.created_at",
        )
        .bind(session)
        .bind(state)
        .bind(at.millis())
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// What a browser was asked, forgotten with this answer.
    pub async fn answer_for_passkey(&self, session: &str) -> Result<Option<String>, sqlx::Error> {
        let sql = "DELETE FROM passkey_challenge WHERE session = $1 RETURNING state";
        sqlx::query_scalar(sql).bind(session).fetch_optional(&self.write).await
    }
}

/// A secret that waits for its first code, in place of one that waited before. False if one is in use.
pub async fn offer_authenticator(tx: &mut Tx, account: &str, sealed: &str, at: Instant) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO authenticator (account, secret, created_at) VALUES ($1, $2, $3) ON CONFLICT (account) DO UPDATE \
         SET secret = excluded.secret, created_at = excluded.created_at WHERE authenticator.confirmed_at IS NULL",
    );
    Ok(done.bind(account).bind(sealed).bind(at.millis()).execute(&mut **tx).await?.rows_affected() > 0)
}

/// Takes the step of a right code of a secret; false if it, or a later one, was taken.
pub async fn take_step(tx: &mut Tx, account: &str, sealed: &str, step: i64) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE authenticator SET last_step = $3 WHERE account = $1 AND secret = $2 AND confirmed_at IS NOT NULL \
         AND (last_step IS NULL OR last_step < $3)",
    );
    Ok(done.bind(account).bind(sealed).bind(step).execute(&mut **tx).await?.rows_affected() > 0)
}

/// Moves a passkey on from what it was when it was asked for; false if another sign-in was faster, or it was taken
/// away.
pub async fn use_passkey(tx: &mut Tx, was: &Passkey, is: &Passkey, at: Instant) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("UPDATE passkey SET stored = $3, used_at = $4 WHERE credential = $1 AND stored = $2");
    let done = done.bind(&was.id).bind(&was.stored).bind(&is.stored).bind(at.millis()).execute(&mut **tx).await?;
    Ok(done.rows_affected() > 0)
}

/// Uses a recovery code, once.
pub async fn use_recovery_code(tx: &mut Tx, account: &str, hash: &str, at: Instant) -> Result<bool, sqlx::Error> {
    let sql = "UPDATE recovery_code SET used_at = $3 WHERE account = $1 AND code_hash = $2 AND used_at IS NULL";
    let done = sqlx::query(sql).bind(account).bind(hash).bind(at.millis()).execute(&mut **tx).await?;
    Ok(done.rows_affected() > 0)
}

/// From now on a code of this secret is asked for; false if another one was offered meanwhile.
pub async fn confirm_authenticator(
    tx: &mut Tx,
    account: &str,
    sealed: &str,
    step: i64,
    at: Instant,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE authenticator SET confirmed_at = $3, last_step = $4 WHERE account = $1 AND secret = $2 AND confirmed_at IS NULL",
    );
    Ok(done.bind(account).bind(sealed).bind(at.millis()).bind(step).execute(&mut **tx).await?.rows_affected() > 0)
}

/// False if some account has it already.
pub async fn add_passkey(
    tx: &mut Tx,
    account: &str,
    passkey: &Passkey,
    device: &str,
    at: Instant,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO passkey (id, account, credential, stored, device, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT DO NOTHING",
    )
    .bind(crate::id::new(at))
    .bind(account)
    .bind(&passkey.id)
    .bind(&passkey.stored)
    .bind(device)
    .bind(at.millis())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// False if there was none in use.
pub async fn remove_authenticator(tx: &mut Tx, account: &str) -> Result<bool, sqlx::Error> {
    let sql = "DELETE FROM authenticator WHERE account = $1 AND confirmed_at IS NOT NULL";
    Ok(sqlx::query(sql).bind(account).execute(&mut **tx).await?.rows_affected() > 0)
}

pub async fn remove_passkey(tx: &mut Tx, account: &str, id: &str) -> Result<bool, sqlx::Error> {
    let sql = "DELETE FROM passkey WHERE account = $1 AND id = $2";
    Ok(sqlx::query(sql).bind(account).bind(id).execute(&mut **tx).await?.rows_affected() > 0)
}

/// How many things could be shown beside the password, recovery codes left out.
pub async fn count(tx: &mut Tx, account: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM passkey WHERE account = $1) + \
         (SELECT COUNT(*) FROM authenticator WHERE account = $1 AND confirmed_at IS NOT NULL)",
    )
    .bind(account)
    .fetch_one(&mut **tx)
    .await
}

pub async fn count_passkeys(tx: &mut Tx, account: &str) -> Result<i64, sqlx::Error> {
    let sql = "SELECT COUNT(*) FROM passkey WHERE account = $1";
    sqlx::query_scalar(sql).bind(account).fetch_one(&mut **tx).await
}

/// Counts a renewal of recovery codes, or gives when the next one is welcome: `most` of them since a moment are enough.
/// With the account locked.
pub async fn count_renewal(
    tx: &mut Tx,
    account: &str,
    most: i64,
    (since, now): (Instant, Instant),
) -> Result<Option<Instant>, sqlx::Error> {
    let sql = "DELETE FROM recovery_renewal WHERE account = $1 AND renewed_at <= $2";
    sqlx::query(sql).bind(account).bind(since.millis()).execute(&mut **tx).await?;
    let sql = "SELECT COUNT(*) AS many, MIN(renewed_at) AS first FROM recovery_renewal WHERE account = $1";
    let row = sqlx::query(sql).bind(account).fetch_one(&mut **tx).await?;
    if row.try_get::<i64, _>("many")? >= most {
        let window = now.millis() - since.millis();
        return Ok(instant(&row, "first")?.map(|first| first.plus_millis(window)));
    }
    let sql = "INSERT INTO recovery_renewal (account, renewed_at) VALUES ($1, $2)";
    sqlx::query(sql).bind(account).bind(now.millis()).execute(&mut **tx).await?;
    Ok(None)
}

/// In place of those there were.
pub async fn put_recovery_codes(tx: &mut Tx, account: &str, hashes: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM recovery_code WHERE account = $1").bind(account).execute(&mut **tx).await?;
    for hash in hashes {
        let sql = "INSERT INTO recovery_code (account, code_hash) VALUES ($1, $2)";
        sqlx::query(sql).bind(account).bind(hash).execute(&mut **tx).await?;
    }
    Ok(())
}
