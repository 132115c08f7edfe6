//! How members use their balance, and the notice that it is low: queued in the transaction in which it falls below what
//! its member chose, by whatever moves it.

use super::{
    Store, Tx, cents,
    jobs::{self, Kind},
};
use contract::{Amount, Instant, balance::BalanceSettings};
use serde::{Deserialize, Serialize};
use sqlx::{Row, any::AnyRow};

/// As it waits in the database.
#[derive(Debug, Serialize, Deserialize)]
pub struct LowBalance {
    pub account: String,
    /// Of the ledger: what took it below.
    pub entry: String,
    pub low_cents: i64,
    pub left_cents: i64,
}

/// By the primary key.
const SETTINGS: &str = "SELECT low_cents, is_first FROM balance_setting WHERE account = $1";

impl Store {
    pub async fn balance_settings(&self, account: &str) -> Result<BalanceSettings, sqlx::Error> {
        settings(sqlx::query(SETTINGS).bind(account).fetch_optional(&self.read).await?)
    }
}

/// As a transaction sees them.
pub async fn settings_in(tx: &mut Tx, account: &str) -> Result<BalanceSettings, sqlx::Error> {
    settings(sqlx::query(SETTINGS).bind(account).fetch_optional(&mut **tx).await?)
}

fn settings(row: Option<AnyRow>) -> Result<BalanceSettings, sqlx::Error> {
    let Some(row) = row else { return Ok(BalanceSettings::default()) };
    let low =
        if row.try_get::<Option<i64>, _>("low_cents")?.is_some() { Some(cents(&row, "low_cents")?) } else { None };
    Ok(BalanceSettings { low: low.and_then(Amount::new), is_first: row.try_get::<i64, _>("is_first")? != 0 })
}

/// Of the account whose row the transaction has locked.
pub async fn put(tx: &mut Tx, account: &str, settings: &BalanceSettings) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO balance_setting (account, low_cents, is_first) VALUES ($1, $2, $3) \
               ON CONFLICT (account) DO UPDATE SET low_cents = excluded.low_cents, is_first = excluded.is_first";
    let low = settings.low.map(|low| low.money().cents());
    let put = sqlx::query(sql).bind(account).bind(low).bind(i64::from(settings.is_first));
    put.execute(&mut **tx).await?;
    Ok(())
}

/// An entry took the member's sum from `before` to `after`. The credit is locked, so of entries at the same moment one
/// crosses the amount, and the next is told of only once it was crossed upwards again.
pub(super) async fn tell_if_low(
    tx: &mut Tx,
    membership: &str,
    entry: &str,
    (before, after): (i64, i64),
    at: Instant,
) -> Result<(), sqlx::Error> {
    if after >= before {
        return Ok(());
    }
    let sql = "SELECT balance_setting.account AS account, balance_setting.low_cents AS low_cents FROM account \
               JOIN balance_setting ON balance_setting.account = account.id \
               WHERE account.membership = $1 AND balance_setting.low_cents > $2 AND balance_setting.low_cents <= $3";
    let row = sqlx::query(sql).bind(membership).bind(after).bind(before).fetch_optional(&mut **tx).await?;
    let Some(row) = row else { return Ok(()) };
    let low = LowBalance {
        account: row.try_get("account")?,
        entry: entry.to_owned(),
        low_cents: row.try_get("low_cents")?,
        left_cents: after,
    };
    jobs::enqueue(tx, Kind::LowBalance, &low, (at, at)).await
}
