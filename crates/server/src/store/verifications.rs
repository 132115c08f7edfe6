//! How far the verification of saved bank accounts is, by the processor's tokens: what was asked for, what the
//! processor said last, and whom to tell that deposits have arrived. The amounts are not here.

use super::{Store, Tx, from_word, json, readable};
use crate::clock::day_in;
use contract::{
    Instant, Locale, Region,
    payment::{Method, Verification},
};
use sqlx::{Row, any::AnyRow};

/// What the processor says of the deposits to one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmallDeposits {
    pub progress: Progress,
    pub arrives_at: Instant,
    pub tries_left: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// On their way or in the account.
    Sent,
    Verified,
    Failed,
}

impl Progress {
    const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Verified => "verified",
            Self::Failed => "failed",
        }
    }
}

/// When and where what is kept is read: deposits arrive by time, and dates are the region's.
#[derive(Clone, Copy)]
pub struct Here {
    pub now: Instant,
    pub region: Region,
}

/// One that the processor has not answered.
pub struct Asked {
    pub token: String,
    pub account: String,
}

/// One whose deposits have arrived.
pub struct ArrivedDeposits {
    pub token: String,
    pub account: String,
    pub locale: Locale,
    pub method: Method,
}

/// Of a saved method's token, if it is the method's still. False if it was asked for before.
pub async fn ask(tx: &mut Tx, account: &str, token: &str, now: Instant) -> Result<bool, sqlx::Error> {
    let sql = "INSERT INTO method_verification (token, account, state, asked_at) \
               SELECT token, account, 'asked', $3 FROM payment_method WHERE account = $1 AND token = $2 \
               ON CONFLICT (token) DO NOTHING";
    let query = sqlx::query(sql).bind(account).bind(token).bind(now.millis());
    Ok(query.execute(&mut **tx).await?.rows_affected() > 0)
}

/// What is verified or failed stays so, and no later answer gives a try back.
const RECORD: &str = "UPDATE method_verification SET state = $2, arrives_at = $3, \
    tries_left = CASE WHEN tries_left < $4 THEN tries_left ELSE $4 END \
    WHERE token = $1 AND state IN ('asked', 'sent')";

/// With its token a method loses what was shown of it.
pub async fn forget(tx: &mut Tx, token: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM method_verification WHERE token = $1").bind(token).execute(&mut **tx).await.map(drop)
}

/// False if another server told of it.
pub async fn told(tx: &mut Tx, token: &str, now: Instant) -> Result<bool, sqlx::Error> {
    let sql = "UPDATE method_verification SET told_at = $2 WHERE token = $1 AND told_at IS NULL AND state = 'sent'";
    Ok(sqlx::query(sql).bind(token).bind(now.millis()).execute(&mut **tx).await?.rows_affected() > 0)
}

impl Store {
    pub async fn record_deposits(&self, token: &str, said: SmallDeposits) -> Result<(), sqlx::Error> {
        let query = sqlx::query(RECORD).bind(token).bind(said.progress.name()).bind(said.arrives_at.millis());
        query.bind(i64::from(said.tries_left)).execute(&self.write).await.map(drop)
    }

    /// The processor knows no such account: it is to be added again.
    pub async fn fail_verification(&self, token: &str) -> Result<(), sqlx::Error> {
        let sql = "UPDATE method_verification SET state = 'failed' WHERE token = $1 AND state IN ('asked', 'sent')";
        sqlx::query(sql).bind(token).execute(&self.write).await.map(drop)
    }

    /// By the index `method_verification_to_ask`.
    pub async fn verifications_to_ask(&self, after: &str, most: i64) -> Result<Vec<Asked>, sqlx::Error> {
        let sql = "SELECT token, account FROM method_verification WHERE state = 'asked' AND token > $1 \
                   ORDER BY token LIMIT $2";
        let asked = |row: &AnyRow| Ok(Asked { token: row.try_get("token")?, account: row.try_get("account")? });
        sqlx::query(sql).bind(after).bind(most).fetch_all(&self.read).await?.iter().map(asked).collect()
    }

    /// Of which nobody was told, without those that can't be read. By the index `method_verification_to_tell`.
    pub async fn arrived_deposits(&self, now: Instant, most: i64) -> Result<Vec<ArrivedDeposits>, sqlx::Error> {
        let sql = "SELECT method_verification.token AS token, account.id AS account, account.locale AS locale, \
                   payment_method.method AS method FROM method_verification \
                   JOIN account ON account.id = method_verification.account \
                   JOIN payment_method ON payment_method.account = account.id \
                   AND payment_method.token = method_verification.token \
                   WHERE method_verification.state = 'sent' AND method_verification.told_at IS NULL \
                   AND method_verification.arrives_at <= $1 ORDER BY method_verification.arrives_at LIMIT $2";
        let rows = sqlx::query(sql).bind(now.millis()).bind(most).fetch_all(&self.read).await?;
        Ok(readable::each("method_verification", "account", &rows, arrived).0)
    }
}

fn arrived(row: &AnyRow) -> Result<ArrivedDeposits, sqlx::Error> {
    Ok(ArrivedDeposits {
        token: row.try_get("token")?,
        account: row.try_get("account")?,
        locale: from_word(row.try_get("locale")?)?,
        method: json(row.try_get("method")?)?,
    })
}

/// Of a row of a saved method, beside what is kept of its verification.
pub(super) fn of_row(row: &AnyRow, method: &Method, here: Here) -> Result<Option<Verification>, sqlx::Error> {
    if !matches!(method, Method::Bank { .. }) {
        return Ok(None);
    }
    let (state, arrives_at): (Option<&str>, Option<i64>) = (row.try_get("verification")?, row.try_get("arrives_at")?);
    let arrives_at = arrives_at.map(Instant::from_millis);
    Ok(Some(match state {
        None => Verification::Unverified,
        Some("verified") => Verification::Verified,
        Some("failed") => Verification::Failed,
        _ if arrives_at.is_some_and(|at| at <= here.now) => {
            let tries_left: Option<i64> = row.try_get("tries_left")?;
            Verification::Arrived { tries_left: u8::try_from(tries_left.unwrap_or_default()).unwrap_or_default() }
        }
        _ => Verification::OnTheirWay { arrive_on: arrives_at.map(|at| day_in(here.region.time_zone(), at)) },
    }))
}
