//! Small deposits to the bank accounts of kept tokens, and the amounts that were typed for them.

use super::{DAY_MILLIS, Store, charging::ANSWER_MILLIS, parsed};
use crate::transaction::Tx;
use contract::{
    Instant,
    payment::{Method, SmallDeposit, VERIFICATION_TRIES, plan_debit},
};
use serde::Serialize;
use sqlx::{
    Row, Sqlite,
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};

/// As long as a bank takes for a credit.
const BUSINESS_DAYS: u8 = 2;
/// The deposits are on their way or in the account.
const SENT: &str = "sent";

/// Whose token it is, and two amounts in cents: those that are sent, or those that were typed.
pub struct Proving<'a> {
    pub token: &'a str,
    pub owner: &'a str,
    pub amounts: [u8; 2],
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// What it is about.
    token: String,
    state: &'static str,
    arrives_at: Instant,
    tries_left: u8,
}

#[derive(Debug, PartialEq, Eq)]
pub enum NotChecked {
    NoSuchToken,
    /// It stands for a card.
    NoBankAccount,
    /// The deposits are not in the account yet, or were never asked for.
    TooEarly,
}

/// A line of a bank's statement.
#[derive(Debug, Serialize)]
pub struct BankDeposit {
    method: Method,
    amounts: [SmallDeposit; 2],
    at: Instant,
}

const ONE: &str = "SELECT token, arrives_at, is_verified, (SELECT COUNT(*) FROM verification_try \
    WHERE verification_try.token = verification.token) AS tries, first_cents = $2 AND second_cents = $3 AS are_these \
    FROM verification WHERE token = $1";

impl Store {
    pub async fn start_verification(
        &self,
        new: &Proving<'_>,
        now: Instant,
    ) -> Result<Result<Verification, NotChecked>, sqlx::Error> {
        let mut tx = Tx::begin(&self.write).await?;
        let started = start_in(&mut tx, new, now).await?;
        tx.commit().await?; // nothing was written where it was refused
        Ok(started)
    }

    pub async fn check_verification(
        &self,
        typed: &Proving<'_>,
        now: Instant,
    ) -> Result<Result<Verification, NotChecked>, sqlx::Error> {
        let mut tx = Tx::begin(&self.write).await?;
        let checked = check_in(&mut tx, typed, now).await?;
        tx.commit().await?;
        Ok(checked)
    }

    /// A hundred at most.
    pub async fn deposits(&self, now: Instant) -> Result<Vec<BankDeposit>, sqlx::Error> {
        let sql = "SELECT method, first_cents, second_cents, arrives_at FROM verification \
                   JOIN token ON token.token = verification.token WHERE arrives_at <= $1 \
                   ORDER BY arrives_at DESC, verification.rowid DESC LIMIT 100";
        let rows = sqlx::query(sql).bind(now.millis()).fetch_all(&self.read).await?;
        let amount = |row: &SqliteRow, name| {
            let cents: i64 = row.try_get(name)?;
            SmallDeposit::parse(&cents.to_string()).map_err(|problem| sqlx::Error::Decode(problem.key().into()))
        };
        let deposit = |row: &SqliteRow| {
            Ok(BankDeposit {
                method: parsed(row.try_get("method")?)?,
                amounts: [amount(row, "first_cents")?, amount(row, "second_cents")?],
                at: Instant::from_millis(row.try_get("arrives_at")?),
            })
        };
        rows.iter().map(deposit).collect()
    }
}

async fn start_in(
    tx: &mut Tx,
    new: &Proving<'_>,
    now: Instant,
) -> Result<Result<Verification, NotChecked>, sqlx::Error> {
    if let Err(why) = bank_account(tx, new).await? {
        return Ok(Err(why));
    }
    let arrives_at = plan_debit(now.utc_date(), BUSINESS_DAYS).expected_on.days() * DAY_MILLIS + ANSWER_MILLIS;
    let [first, second] = sorted(new.amounts);
    let sql = "INSERT INTO verification (token, first_cents, second_cents, arrives_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (token) DO NOTHING";
    sqlx::query(sql).bind(new.token).bind(first).bind(second).bind(arrives_at).execute(&mut **tx).await?;
    Ok(Ok(verification(&one(new).fetch_one(&mut **tx).await?)?))
}

/// What is verified or failed stays so, whatever is typed.
async fn check_in(
    tx: &mut Tx,
    typed: &Proving<'_>,
    now: Instant,
) -> Result<Result<Verification, NotChecked>, sqlx::Error> {
    if let Err(why) = bank_account(tx, typed).await? {
        return Ok(Err(why));
    }
    let Some(row) = one(typed).fetch_optional(&mut **tx).await? else { return Ok(Err(NotChecked::TooEarly)) };
    let before = verification(&row)?;
    if before.arrives_at > now {
        return Ok(Err(NotChecked::TooEarly));
    }
    if before.state != SENT {
        return Ok(Ok(before));
    }
    let [first, second] = sorted(typed.amounts);
    if row.try_get::<i64, _>("are_these")? != 0 {
        let sql = "UPDATE verification SET is_verified = 1 WHERE token = $1";
        sqlx::query(sql).bind(typed.token).execute(&mut **tx).await?;
    } else {
        let sql = "INSERT INTO verification_try (token, first_cents, second_cents) VALUES ($1, $2, $3) \
                   ON CONFLICT DO NOTHING";
        sqlx::query(sql).bind(typed.token).bind(first).bind(second).execute(&mut **tx).await?;
    }
    Ok(Ok(verification(&one(typed).fetch_one(&mut **tx).await?)?))
}

/// What a deletion of the token takes with it.
pub async fn forget(tx: &mut Tx, token: &str) -> Result<(), sqlx::Error> {
    for sql in ["DELETE FROM verification_try WHERE token = $1", "DELETE FROM verification WHERE token = $1"] {
        sqlx::query(sql).bind(token).execute(&mut **tx).await?;
    }
    Ok(())
}

fn one<'a>(of: &'a Proving<'_>) -> Query<'a, Sqlite, SqliteArguments> {
    let [first, second] = sorted(of.amounts);
    sqlx::query(ONE).bind(of.token).bind(first).bind(second)
}

async fn bank_account(tx: &mut Tx, of: &Proving<'_>) -> Result<Result<(), NotChecked>, sqlx::Error> {
    let sql = "SELECT method FROM token WHERE token = $1 AND binding = $2 AND is_kept = 1";
    let row = sqlx::query(sql).bind(of.token).bind(of.owner).fetch_optional(&mut **tx).await?;
    let Some(row) = row else { return Ok(Err(NotChecked::NoSuchToken)) };
    let is_bank = matches!(parsed(row.try_get("method")?)?, Method::Bank { .. });
    Ok(if is_bank { Ok(()) } else { Err(NotChecked::NoBankAccount) })
}

fn verification(row: &SqliteRow) -> Result<Verification, sqlx::Error> {
    let tries = u8::try_from(row.try_get::<i64, _>("tries")?).unwrap_or(u8::MAX);
    let tries_left = VERIFICATION_TRIES.saturating_sub(tries);
    let state = match row.try_get::<i64, _>("is_verified")? {
        0 if tries_left == 0 => "failed",
        0 => SENT,
        _ => "verified",
    };
    let arrives_at = Instant::from_millis(row.try_get("arrives_at")?);
    Ok(Verification { token: row.try_get("token")?, state, arrives_at, tries_left })
}

/// In any order they are the same.
fn sorted(mut amounts: [u8; 2]) -> [u8; 2] {
    amounts.sort_unstable();
    amounts
}
