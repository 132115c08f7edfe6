//! The running balance of a membership's credit, with a row for each ledger entry that changes it. Never below nothing:
//! it is locked before it is used, checked again in the statement that writes, and once more by the database.
//!
//! A payment holds what it will use of it from its first transaction on, and takes it when the processor has answered
//! for the rest: until then the credit is there, and nobody else can use it.

mod catch_up;

use super::{Tx, balance_settings};
use contract::Instant;
use sqlx::Row;

/// What the plan holds for a member without what payments hold, and what the member owes of deposits that went back
/// after they were used. One of the two is nothing, unless a deposit went back while a payment held it. Below nothing
/// where a server of the version before, which knows of nothing held, took what a payment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credit {
    pub cents: i64,
    pub owed: i64,
}

impl Credit {
    /// How much of what comes in pays what is owed.
    pub fn pays(self, cents: i64) -> i64 {
        self.owed.min(cents).max(0)
    }

    /// How much of what goes back is there to be taken.
    pub fn gives(self, cents: i64) -> i64 {
        self.cents.min(cents).max(0)
    }
}

/// Until the end of the transaction nobody else changes it. Bills and their lines are locked before it.
pub async fn lock(tx: &mut Tx, membership: &str) -> Result<Credit, sqlx::Error> {
    let sql = "INSERT INTO credit (membership, cents, owed_cents, changes) VALUES ($1, 0, 0, 0) \
               ON CONFLICT (membership) DO UPDATE SET cents = credit.cents RETURNING cents - held_cents AS free_cents, owed_cents";
    let row = sqlx::query(sql).bind(membership).fetch_one(&mut **tx).await?;
    Ok(Credit { cents: row.try_get("free_cents")?, owed: row.try_get("owed_cents")? })
}

/// Holds what a payment will use. False, and nothing held, where less is there. Locks it as `lock` does.
pub async fn hold(tx: &mut Tx, membership: &str, cents: i64) -> Result<bool, sqlx::Error> {
    let sql = concat!("UPDATE credit SET held_cents = held_cents + $2 WHERE membership = $1 AND ", free!(), " >= $2");
    Ok(sqlx::query(sql).bind(membership).bind(cents).execute(&mut **tx).await?.rows_affected() == 1)
}

/// A payment holds nothing any more: it uses it in this transaction, or not at all, and then it pays what is owed.
pub async fn release(tx: &mut Tx, membership: &str, cents: i64) -> Result<(), sqlx::Error> {
    let sql = "UPDATE credit SET held_cents = held_cents - $2 WHERE membership = $1";
    sqlx::query(sql).bind(membership).bind(cents).execute(&mut **tx).await?;
    Ok(())
}

/// What an entry of the ledger does to it.
pub(super) struct Change<'a> {
    pub membership: &'a str,
    pub credit: i64,
    pub owed: i64,
    pub at: Instant,
}

/// Its member is told if it falls below what the member chose. An error, and nothing written, where less is there.
pub(super) async fn change(tx: &mut Tx, entry: &str, change: &Change<'_>) -> Result<(), sqlx::Error> {
    let Change { membership, credit, owed, at } = *change;
    lock(tx, membership).await?;
    let sql = "UPDATE credit SET cents = cents + $2, owed_cents = owed_cents + $3, changes = changes + 1 \
               WHERE membership = $1 AND ($2 >= 0 OR cents + $2 >= held_cents) AND owed_cents + $3 >= 0 RETURNING cents, owed_cents, changes";
    let changed = sqlx::query(sql).bind(membership).bind(credit).bind(owed).fetch_optional(&mut **tx).await?;
    let changed = changed.ok_or_else(|| sqlx::Error::Protocol("less credit is there than is taken".to_owned()))?;
    let (after, owed_after): (i64, i64) = (changed.try_get("cents")?, changed.try_get("owed_cents")?);
    let row = "INSERT INTO credit_change (membership, position, entry, cents, after_cents, owed_after_cents) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let row = sqlx::query(row).bind(membership).bind(changed.try_get::<i64, _>("changes")?).bind(entry);
    row.bind(credit - owed).bind(after).bind(owed_after).execute(&mut **tx).await?;
    let left = after - owed_after;
    balance_settings::tell_if_low(tx, membership, entry, (left - credit + owed, left), at).await
}
