//! Visits of members: when the one before began, in the account and in each session; and what the overview says of an
//! account beside its bills and payments.

use super::{Store, Tx};
use contract::{Instant, Money};
use sqlx::Row;

/// A sign-in begins a visit. In the transaction that has the account locked.
pub async fn begin(tx: &mut Tx, account: &str, session: &str, now: Instant) -> Result<(), sqlx::Error> {
    let sql = "UPDATE session SET visited_before = (SELECT visited_at FROM account WHERE id = $1) WHERE id = $2";
    sqlx::query(sql).bind(account).bind(session).execute(&mut **tx).await?;
    let sql = "UPDATE account SET visited_at = $2 WHERE id = $1";
    sqlx::query(sql).bind(account).bind(now.millis()).execute(&mut **tx).await?;
    Ok(())
}

/// When the visit before this session's began, and what is free of the credit of its membership.
const STANDING: &str = concat!(
    "SELECT session.visited_before AS visited_before, COALESCE(",
    free!(),
    ", 0) AS free_cents FROM session LEFT JOIN credit ON credit.membership = session.membership WHERE session.id = $1"
);

impl Store {
    /// By the unique `session.id` and the primary key of `credit`. Of a session that is deleted meanwhile, nothing.
    pub async fn visited_before(&self, session: &str) -> Result<(Option<Instant>, Money), sqlx::Error> {
        let row = sqlx::query(STANDING).bind(session).fetch_optional(&self.read).await?;
        let Some(row) = row else { return Ok((None, Money::ZERO)) };
        let before: Option<i64> = row.try_get("visited_before")?;
        let free: i64 = row.try_get("free_cents")?;
        let free = Money::from_cents(free.max(0)).ok_or_else(|| sqlx::Error::Decode("free_cents".into()))?;
        Ok((before.map(Instant::from_millis), free))
    }
}
