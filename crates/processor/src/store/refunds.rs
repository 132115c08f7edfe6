//! Refunds: what goes back of a charge, once a key. The charge must be paid, and no more goes back than was charged.

use super::{Store, text};
use crate::transaction::Tx;
use contract::{Instant, payment::PaymentState};
use sqlx::Row;

pub struct NewRefund<'a> {
    pub key: &'a str,
    pub charge: &'a str,
    pub amount_cents: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refunding {
    /// Now, or when it was asked for before.
    Made,
    /// There is no such charge, it is not paid, or too little of it is left; and so it stays.
    Refused,
    /// The key was used for another refund.
    KeyReused,
}

impl Store {
    pub async fn refund(&self, new: &NewRefund<'_>, now: Instant) -> Result<Refunding, sqlx::Error> {
        let mut tx = Tx::begin(&self.write).await?;
        let made = refund_in(&mut tx, new, now).await?;
        tx.commit().await?;
        Ok(made)
    }
}

async fn refund_in(tx: &mut Tx, new: &NewRefund<'_>, now: Instant) -> Result<Refunding, sqlx::Error> {
    let before = sqlx::query("SELECT charge, amount_cents, is_refused FROM refund WHERE idempotency_key = $1");
    if let Some(before) = before.bind(new.key).fetch_optional(&mut **tx).await? {
        let is_same = before.try_get::<&str, _>("charge")? == new.charge
            && before.try_get::<i64, _>("amount_cents")? == new.amount_cents;
        let is_refused = before.try_get::<i64, _>("is_refused")? != 0;
        return Ok(match (is_same, is_refused) {
            (false, _) => Refunding::KeyReused,
            (true, true) => Refunding::Refused,
            (true, false) => Refunding::Made,
        });
    }
    let enough = "SELECT 1 FROM charge WHERE id = $1 AND state = $2 AND amount_cents >= $3 + \
                  (SELECT COALESCE(SUM(refund.amount_cents), 0) FROM refund WHERE refund.charge = $1 AND is_refused = 0)";
    let enough = sqlx::query(enough).bind(new.charge).bind(text(&PaymentState::Paid)?).bind(new.amount_cents);
    let is_refused = enough.fetch_optional(&mut **tx).await?.is_none();
    sqlx::query(
        "INSERT INTO refund (idempotency_key, charge, amount_cents, is_refused, made_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(new.key)
    .bind(new.charge)
    .bind(new.amount_cents)
    .bind(i64::from(is_refused))
    .bind(now.millis())
    .execute(&mut **tx)
    .await?;
    Ok(if is_refused { Refunding::Refused } else { Refunding::Made })
}
