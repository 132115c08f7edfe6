//! The database layer: opening a database, and one file per subject for its SQL. One code base for SQLite and
//! PostgreSQL through sqlx's `Any` driver, with the SQL both understand. Knows nothing of HTTP and of the processor.
//!
//! SQLite has one writer: `write` is a pool of one connection, so writers queue here and never meet `SQLITE_BUSY`;
//! `read` has its own. Over PostgreSQL both are the same pool. Wherever two writers could meet on a bill or a payment,
//! the first statement of the transaction locks that row, by an `UPDATE` or by `FOR UPDATE`.

/// What a member can use of a credit: without what payments hold, and what is owed. Below nothing where more is owed.
macro_rules! free {
    () => {
        "credit.cents - credit.held_cents - credit.owed_cents"
    };
}

/// The column `bill_kind` of a payment; nothing if it pays no bill. Each bill is looked up by itself, so that
/// PostgreSQL never reads all of them.
macro_rules! kind_of_bills {
    ($payment:literal) => {
        concat!(
            "(SELECT CASE WHEN MIN(of_share.kind) < MAX(of_share.kind) THEN 'mixed' ELSE MIN(of_share.kind) END FROM \
             (SELECT (SELECT bill.kind FROM bill WHERE bill.id = payment_share.bill) AS kind FROM payment_share \
             WHERE payment_share.payment = ",
            $payment,
            ") AS of_share)"
        )
    };
}

pub mod account_bills;
pub mod accounts;
pub mod authorisations;
pub mod balance;
pub mod balance_part;
pub mod balance_settings;
pub mod batch;
pub mod begin;
pub mod bill_notices;
pub mod bill_payments;
pub mod bills;
pub mod clean_up;
pub mod closed_keys;
pub mod closing;
pub mod connect;
pub mod connections;
pub mod consents;
pub mod credit;
pub mod demo_rows;
pub mod durable;
pub mod factors;
pub mod forgotten_tokens;
pub mod household;
pub mod initiators;
pub mod jobs;
pub mod ledger;
pub mod limits;
pub mod member_data;
pub mod memberships;
pub mod method_tokens;
pub mod migrations;
pub mod movements;
pub mod notice_choices;
pub mod outbox;
pub mod owner;
#[macro_use]
pub mod payment_filter;
pub mod payment_pages;
pub mod payments;
pub mod pending_accounts;
pub mod pending_charges;
pub mod posted_payments;
pub mod posted_reversals;
pub mod profiles;
pub mod proofs;
pub mod questions;
mod readable;
pub mod readiness;
pub mod receipt_links;
pub mod reconciling;
pub mod refunds;
pub mod registrations;
pub mod renewals;
pub mod saved_methods;
pub mod sessions;
pub mod settle;
pub mod shares;
pub mod spending;
pub mod text_numbers;
pub mod texts;
pub mod transaction;
pub mod transition;
pub mod trouble;
pub mod unmatched;
pub mod verifications;
pub mod visits;

use connections::Connections;
use durable::Log;
use migrations::Migrate;
use sqlx::{Row, any::AnyConnectOptions, sqlite::SqliteConnectOptions};
use std::{str::FromStr, sync::Arc};

pub use transaction::{Tx, retry};

#[derive(Clone, Debug)]
pub struct Store {
    pub write: Connections,
    pub read: Connections,
    /// SQLite's write-ahead log, which we bring to the disk ourselves. PostgreSQL does that for us.
    log: Option<Arc<Log>>,
    pub(crate) is_postgres: bool,
}

impl Store {
    /// Opens the database and makes an SQLite file if there is none. Brings the tables of SQLite up to date; over
    /// PostgreSQL that is a step of its own (`migrate`), and an error here if it was left out.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        sqlx::any::install_default_drivers();
        if !url.starts_with("sqlite:") {
            migrations::postgres(url, Migrate::IfEmpty).await?;
            let pool = connect::postgres(AnyConnectOptions::from_str(url)?).await?;
            return Ok(Self { write: pool.clone(), read: pool, log: None, is_postgres: true });
        }
        let url = if url.contains('?') { url.to_owned() } else { format!("{url}?mode=rwc") };
        let options = AnyConnectOptions::from_str(&url)?;
        let write = connect::sqlite(options.clone(), 1).await?;
        migrations::sqlite(&write).await?;
        let log = Log::beside(&url).map(Arc::new);
        Ok(Self { read: connect::sqlite(options, 4).await?, write, log, is_postgres: false })
    }

    /// Opens a database that is there, with the tables that it has: for commands that look at one. A path that was
    /// mistyped makes no database, and books that are not there don't agree with anything.
    pub async fn open_as_it_is(url: &str) -> Result<Self, sqlx::Error> {
        sqlx::any::install_default_drivers();
        if !url.starts_with("sqlite:") {
            migrations::postgres(url, Migrate::Never).await?;
            return Self::open(url).await;
        }
        let options = SqliteConnectOptions::from_str(url)?.create_if_missing(false);
        let file = options.get_filename();
        if !file.is_file() {
            let message = format!(
                "there is no database at {}: set --database-url to the one of the servers, such as \
                 sqlite:///var/lib/kppay.db",
                file.display()
            );
            return Err(sqlx::Error::Configuration(message.into()));
        }
        migrations::sqlite_has_its_tables(&options).await?;
        Self::open(url).await
    }

    /// Brings the tables up to date: before the servers of a new version start, while those of the old one run.
    pub async fn migrate(url: &str) -> Result<(), sqlx::Error> {
        sqlx::any::install_default_drivers();
        if url.starts_with("sqlite:") {
            Self::open(url).await?.close().await;
            return Ok(());
        }
        migrations::postgres(url, Migrate::IfOlder).await
    }

    /// What a `SELECT` of a queue ends with, so that of two servers neither waits for what the other is at. SQLite has
    /// one writer.
    pub(crate) fn skipping_locked(&self) -> &'static str {
        if self.is_postgres { "FOR UPDATE SKIP LOCKED" } else { "" }
    }

    /// Whether the database answers.
    pub async fn is_ready(&self) -> bool {
        sqlx::query("SELECT 1").fetch_one(&self.read).await.is_ok()
    }

    pub async fn mark(&self, name: &str) -> Result<i64, sqlx::Error> {
        let row = sqlx::query("SELECT value FROM mark WHERE name = $1").bind(name).fetch_optional(&self.read).await?;
        row.map_or(Ok(0), |row| row.try_get(0))
    }

    pub async fn close(&self) {
        self.write.close().await;
        self.read.close().await;
    }
}

pub async fn set_mark(tx: &mut Tx, name: &str, value: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO mark (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(name)
    .bind(value)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Gives the mark's value afterwards. What two servers add at once is added twice.
pub async fn add_to_mark(tx: &mut Tx, name: &str, more: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO mark (name, value) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET value = mark.value + excluded.value RETURNING value",
    )
    .bind(name)
    .bind(more)
    .fetch_one(&mut **tx)
    .await
}

/// A column that holds one of our own values; what does not parse is a fault of the database, never of the caller.
pub(crate) fn value<T>(row: &sqlx::any::AnyRow, column: &str) -> Result<T, sqlx::Error>
where
    T: FromStr<Err = contract::FieldProblem>,
{
    let text: String = row.try_get(column)?;
    text.parse()
        .map_err(|problem: contract::FieldProblem| sqlx::Error::Decode(format!("{column}: {}", problem.key()).into()))
}

pub(crate) fn cents(row: &sqlx::any::AnyRow, column: &str) -> Result<contract::Money, sqlx::Error> {
    let cents: i64 = row.try_get(column)?;
    contract::Money::from_cents(cents).ok_or_else(|| sqlx::Error::Decode(format!("{column}: {cents} cents").into()))
}

pub(crate) fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))
}

pub(crate) fn to_json<T: serde::Serialize>(thing: &T) -> Result<String, sqlx::Error> {
    serde_json::to_string(thing).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// The name an enum of the contract has on the wire, for a TEXT column, and back.
pub(crate) fn word<T: serde::Serialize>(thing: &T) -> Result<String, sqlx::Error> {
    Ok(to_json(thing)?.trim_matches('"').to_owned())
}
pub(crate) fn from_word<T: serde::de::DeserializeOwned>(word: &str) -> Result<T, sqlx::Error> {
    json(&format!("\"{word}\""))
}
