//! The cents of a payment on its bills and their lines: reserved, paid, set free, owed again.

use super::{Tx, bills::free_lines};
use contract::{Money, payment::allocate};
use sqlx::Row;

/// What happens to the reserved cents of a payment's shares.
#[derive(Clone, Copy)]
pub enum Shares {
    /// They are paid.
    Settle,
    /// They can be paid by somebody else.
    Release,
    /// They are owed again.
    Reopen,
}

pub async fn move_shares(tx: &mut Tx, payment: &str, how: Shares) -> Result<(), sqlx::Error> {
    let (bill, line) = match how {
        Shares::Settle => (
            "UPDATE bill SET balance_cents = balance_cents - $1, pending_cents = pending_cents - $1 WHERE id = $2",
            "UPDATE bill_line SET you_owe_cents = you_owe_cents - $1, you_paid_cents = you_paid_cents + $1, \
             pending_cents = pending_cents - $1 WHERE bill = $2 AND position = $3",
        ),
        Shares::Release => (
            "UPDATE bill SET pending_cents = pending_cents - $1 WHERE id = $2",
            "UPDATE bill_line SET pending_cents = pending_cents - $1 WHERE bill = $2 AND position = $3",
        ),
        Shares::Reopen => (
            "UPDATE bill SET balance_cents = balance_cents + $1 WHERE id = $2",
            "UPDATE bill_line SET you_owe_cents = you_owe_cents + $1, you_paid_cents = you_paid_cents - $1 \
             WHERE bill = $2 AND position = $3",
        ),
    };
    for (id, cents) in in_order(tx, payment).await? {
        sqlx::query(bill).bind(cents).bind(id).execute(&mut **tx).await?;
    }
    let lines = "SELECT bill, line, paid_cents FROM payment_line WHERE payment = $1 ORDER BY bill, line";
    for paid in sqlx::query(lines).bind(payment).fetch_all(&mut **tx).await? {
        let (id, position, cents): (String, i64, i64) = (paid.try_get(0)?, paid.try_get(1)?, paid.try_get(2)?);
        sqlx::query(line).bind(cents).bind(id).bind(position).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Reserves a payment's shares once more, all or nothing: false, and nothing moved, if somebody else has paid too much of a bill since.
/// Which lines they pay is worked out anew.
pub async fn reserve_again(tx: &mut Tx, payment: &str) -> Result<bool, sqlx::Error> {
    let shares = in_order(tx, payment).await?;
    for (bill, cents) in &shares {
        let locked =
            "UPDATE bill SET pending_cents = pending_cents WHERE id = $1 RETURNING balance_cents - pending_cents";
        let free: i64 = sqlx::query(locked).bind(bill).fetch_one(&mut **tx).await?.try_get(0)?;
        if free < *cents {
            return Ok(false);
        }
    }
    for (bill, cents) in &shares {
        let reserved =
            "UPDATE bill SET pending_cents = pending_cents + $1 WHERE id = $2 RETURNING balance_cents - pending_cents";
        let leaves: i64 = sqlx::query(reserved).bind(*cents).bind(bill).fetch_one(&mut **tx).await?.try_get(0)?;
        sqlx::query("UPDATE payment_share SET leaves_cents = $3 WHERE payment = $1 AND bill = $2")
            .bind(payment)
            .bind(bill)
            .bind(leaves)
            .execute(&mut **tx)
            .await?;
        sqlx::query("DELETE FROM payment_line WHERE payment = $1 AND bill = $2")
            .bind(payment)
            .bind(bill)
            .execute(&mut **tx)
            .await?;
        let amount = Money::from_cents(*cents).ok_or_else(|| sqlx::Error::Decode("amount_cents".into()))?;
        reserve_lines(tx, payment, bill, amount).await?;
    }
    Ok(true)
}

/// Spreads a share over the lines of its bill, which is locked.
pub async fn reserve_lines(tx: &mut Tx, payment: &str, bill: &str, amount: Money) -> Result<(), sqlx::Error> {
    let lines = free_lines(tx, bill).await?;
    let free: Vec<_> = lines.iter().map(|line| line.line.clone()).collect();
    for (index, part) in allocate(amount, &free) {
        let Some(line) = lines.get(index) else { continue };
        sqlx::query("UPDATE bill_line SET pending_cents = pending_cents + $1 WHERE bill = $2 AND position = $3")
            .bind(part.cents())
            .bind(bill)
            .bind(line.position)
            .execute(&mut **tx)
            .await?;
        sqlx::query("INSERT INTO payment_line (payment, bill, line, after_insurance_cents, paid_cents) VALUES ($1, $2, $3, $4, $5)")
            .bind(payment)
            .bind(bill)
            .bind(line.position)
            .bind(line.owed.cents())
            .bind(part.cents())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Bills and cents, in the order in which payments that begin lock them; the database's own order goes by its language.
async fn in_order(tx: &mut Tx, payment: &str) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let shares = "SELECT bill, amount_cents FROM payment_share WHERE payment = $1";
    let shares = sqlx::query(shares).bind(payment).fetch_all(&mut **tx).await?;
    let shares = shares.iter().map(|share| Ok((share.try_get(0)?, share.try_get(1)?)));
    let mut shares: Vec<(String, i64)> = shares.collect::<Result<_, sqlx::Error>>()?;
    shares.sort();
    Ok(shares)
}
