//! The sandbox's database: one SQLite file, one writer, every answer committed before it is given. Holds tokens,
//! charges and what became of them; never a number.

mod charging;
mod kept;
mod migrations;
mod refunds;
mod retyped;
mod verification;

use crate::{sandbox::Outcome, transaction::Tx};
use charging::charge_in;
use contract::{
    Date, Instant,
    payment::{Failure, Method, PaymentState},
};
pub use kept::Keeping;
use migrations::migrator;
pub use refunds::{NewRefund, Refunding};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{
    AssertSqlSafe, Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};
use std::path::Path;
pub use verification::{BankDeposit, NotChecked, Proving, Verification};

/// A token that was not charged expires after this long.
pub const TOKEN_MILLIS: i64 = 30 * 60_000;
const DAY_MILLIS: i64 = 86_400_000;
const CHARGE: &str = "SELECT id, idempotency_key, token, amount_cents, reference, state, failure, made_at, ends_at, \
    (SELECT COALESCE(MAX(event.sequence), 0) FROM event WHERE event.charge = charge.id) AS sequence FROM charge";

#[derive(Clone)]
pub struct Store {
    write: SqlitePool,
    read: SqlitePool,
}

pub struct NewToken<'a> {
    pub token: &'a str,
    pub binding: &'a str,
    pub method: &'a Method,
    pub outcome: Outcome,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Token {
    pub method: Method,
    pub usable: bool,
}

pub struct NewCharge<'a> {
    pub id: &'a str,
    pub key: &'a str,
    pub token: &'a str,
    pub binding: &'a str,
    pub amount_cents: i64,
    pub reference: &'a str,
    pub send_on: Option<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Charge {
    pub id: String,
    /// The caller's own name for it.
    pub idempotency_key: String,
    pub amount_cents: i64,
    pub state: PaymentState,
    pub failure: Option<Failure>,
    pub expected_on: Option<Date>,
    pub made_at: Instant,
    /// Of the last event that this answer counts in; 0 before the first.
    pub sequence: i64,
}

#[derive(Debug, PartialEq, Eq)]
pub enum NotCharged {
    /// Unknown, foreign or too old.
    NoSuchToken,
    TokenUsed,
    /// The key was used for another charge.
    KeyReused,
    /// The key was closed before anything was charged under it.
    KeyClosed,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    pub sequence: i64,
    pub charge: String,
    /// The caller's own name for the charge.
    pub idempotency_key: String,
    /// The charge's.
    pub amount_cents: i64,
    pub state: PaymentState,
    pub failure: Option<Failure>,
}

impl Store {
    pub async fn open(file: &Path) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let write = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        migrator().run(&write).await?;
        Ok(Self { write, read: SqlitePoolOptions::new().max_connections(4).connect_with(options).await? })
    }

    /// By how many milliseconds the clock was moved on in all.
    pub async fn clock_moved(&self) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar("SELECT moved_millis FROM clock").fetch_one(&self.read).await
    }
    /// Moves it on so far, and never back. Gives how far it was moved afterwards.
    pub async fn move_clock(&self, moved_millis: i64) -> Result<i64, sqlx::Error> {
        let sql = "UPDATE clock SET moved_millis = MAX(moved_millis, $1) RETURNING moved_millis";
        sqlx::query_scalar(sql).bind(moved_millis).fetch_one(&self.write).await
    }

    pub async fn add_token(&self, new: &NewToken<'_>, now: Instant) -> Result<(), sqlx::Error> {
        sqlx::query("INSERT INTO token (token, binding, method, outcome, made_at) VALUES ($1, $2, $3, $4, $5)")
            .bind(new.token)
            .bind(new.binding)
            .bind(text(new.method)?)
            .bind(text(&new.outcome)?)
            .bind(now.millis())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    /// `None` for one that is unknown, foreign or too old.
    pub async fn token(&self, token: &str, binding: &str, now: Instant) -> Result<Option<Token>, sqlx::Error> {
        let sql = "SELECT method, used_by FROM token WHERE token = $1 AND binding = $2 AND (made_at > $3 OR used_by IS NOT NULL OR is_kept = 1)";
        let row = sqlx::query(sql)
            .bind(token)
            .bind(binding)
            .bind(now.millis() - TOKEN_MILLIS)
            .fetch_optional(&self.read)
            .await?;
        row.map(|row| {
            let used_by: Option<String> = row.try_get("used_by")?;
            Ok(Token { method: parsed(row.try_get("method")?)?, usable: used_by.is_none() })
        })
        .transpose()
    }

    /// The charge of this key: made now, or the one that was made before.
    pub async fn charge(&self, new: &NewCharge<'_>, now: Instant) -> Result<Result<Charge, NotCharged>, sqlx::Error> {
        let mut tx = Tx::begin(&self.write).await?;
        let made = charge_in(&mut tx, new, now).await?;
        tx.commit().await?; // nothing was written where it was refused
        Ok(made)
    }

    /// The charge of this key; if there is none there never will be one.
    pub async fn close_key(&self, key: &str, now: Instant) -> Result<Option<Charge>, sqlx::Error> {
        let mut tx = Tx::begin(&self.write).await?;
        let charge = sqlx::query(AssertSqlSafe(format!("{CHARGE} WHERE idempotency_key = $1"))).bind(key);
        let charge = charge.fetch_optional(&mut *tx).await?;
        if charge.is_none() {
            sqlx::query("INSERT INTO closed_key (idempotency_key, at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(key)
                .bind(now.millis())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        charge.as_ref().map(charge_of).transpose()
    }

    /// At most a hundred at a time, in the order they were made, after the one with that id.
    pub async fn charges(&self, after: Option<&str>, since: Instant) -> Result<Vec<Charge>, sqlx::Error> {
        let sql = format!(
            "{CHARGE} WHERE made_at >= $2 AND ($1 IS NULL OR (made_at, id) > \
             (SELECT last.made_at, last.id FROM charge AS last WHERE last.id = $1)) ORDER BY made_at, id LIMIT 100"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(after).bind(since.millis()).fetch_all(&self.read).await?;
        rows.iter().map(charge_of).collect()
    }

    pub async fn charge_by_id(&self, id: &str) -> Result<Option<Charge>, sqlx::Error> {
        let row = sqlx::query(AssertSqlSafe(format!("{CHARGE} WHERE id = $1"))).bind(id);
        let row = row.fetch_optional(&self.read).await?;
        row.as_ref().map(charge_of).transpose()
    }

    pub async fn charge_by_key(&self, key: &str) -> Result<Option<Charge>, sqlx::Error> {
        let row = sqlx::query(AssertSqlSafe(format!("{CHARGE} WHERE idempotency_key = $1"))).bind(key);
        let row = row.fetch_optional(&self.read).await?;
        row.as_ref().map(charge_of).transpose()
    }

    /// Bank debits whose day has come are answered: one event each.
    pub async fn end_debits(&self, now: Instant) -> Result<(), sqlx::Error> {
        let due = sqlx::query("SELECT id, ends_as FROM charge WHERE ends_at <= $1 ORDER BY ends_at, id LIMIT 500");
        for row in due.bind(now.millis()).fetch_all(&self.read).await? {
            let id: String = row.try_get("id")?;
            let (state, failure) = match parsed(row.try_get("ends_as")?)? {
                Outcome::Pays => (PaymentState::Paid, None),
                Outcome::Fails(why) | Outcome::Returns(why) => (PaymentState::Returned, Some(why)),
            };
            let failure = failure.map(|failure| text(&failure)).transpose()?;
            let mut tx = Tx::begin(&self.write).await?;
            let ended = sqlx::query(
                "UPDATE charge SET state = $2, failure = $3, ends_at = NULL WHERE id = $1 AND ends_at IS NOT NULL",
            );
            let ended = ended.bind(&id).bind(text(&state)?).bind(&failure).execute(&mut *tx).await?;
            if ended.rows_affected() == 1 {
                sqlx::query("INSERT INTO event (charge, state, failure, at) VALUES ($1, $2, $3, $4)")
                    .bind(&id)
                    .bind(text(&state)?)
                    .bind(&failure)
                    .bind(now.millis())
                    .execute(&mut *tx)
                    .await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// Deletes tokens that were not charged in a day, some at a time. A charged one stays: it says which key used it.
    /// So does a kept one.
    pub async fn sweep_tokens(&self, now: Instant) -> Result<(), sqlx::Error> {
        let sql = "DELETE FROM token WHERE token IN (SELECT token FROM token WHERE made_at < $1 AND used_by IS NULL AND is_kept = 0 LIMIT 500) \
                   AND used_by IS NULL";
        sqlx::query(sql).bind(now.millis() - DAY_MILLIS).execute(&self.write).await?;
        Ok(())
    }

    /// At most a hundred at a time, in order.
    pub async fn events(&self, after: i64) -> Result<Vec<Event>, sqlx::Error> {
        let sql = "SELECT event.sequence AS sequence, charge, idempotency_key, charge.amount_cents AS amount_cents, event.state AS state, event.failure AS failure \
                   FROM event JOIN charge ON charge.id = event.charge WHERE event.sequence > $1 ORDER BY event.sequence LIMIT 100";
        let rows = sqlx::query(sql).bind(after).fetch_all(&self.read).await?;
        rows.iter()
            .map(|row| {
                let failure: Option<&str> = row.try_get("failure")?;
                Ok(Event {
                    sequence: row.try_get("sequence")?,
                    charge: row.try_get("charge")?,
                    idempotency_key: row.try_get("idempotency_key")?,
                    amount_cents: row.try_get("amount_cents")?,
                    state: parsed(row.try_get("state")?)?,
                    failure: failure.map(parsed).transpose()?,
                })
            })
            .collect()
    }
}

fn charge_of(row: &SqliteRow) -> Result<Charge, sqlx::Error> {
    let failure: Option<&str> = row.try_get("failure")?;
    let ends_at: Option<i64> = row.try_get("ends_at")?;
    Ok(Charge {
        id: row.try_get("id")?,
        idempotency_key: row.try_get("idempotency_key")?,
        amount_cents: row.try_get("amount_cents")?,
        state: parsed(row.try_get("state")?)?,
        failure: failure.map(parsed).transpose()?,
        expected_on: ends_at.map(|at| Instant::from_millis(at).utc_date()),
        made_at: Instant::from_millis(row.try_get("made_at")?),
        sequence: row.try_get("sequence")?,
    })
}

fn text<T: Serialize>(thing: &T) -> Result<String, sqlx::Error> {
    serde_json::to_string(thing).map_err(|error| sqlx::Error::Encode(error.into()))
}
fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))
}
