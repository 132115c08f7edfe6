//! A payment's shares of bills and their lines, in cents: reserved, paid, released, owed again.

use super::{
    Tx,
    batch::Batch,
    bills::{FreeLine, free_lines},
};
use contract::{Money, payment::allocate};
use sqlx::{AssertSqlSafe, Row};

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

/// The bills at once, in the order in which payments that begin lock them; their lines, which are locked with them,
/// among other writes.
pub async fn move_shares(tx: &mut Tx, writes: &mut Batch, payment: &str, how: Shares) -> Result<(), sqlx::Error> {
    let (bill, line) = match how {
        Shares::Settle => (
            "balance_cents = bill.balance_cents - share.cents, pending_cents = bill.pending_cents - share.cents",
            "you_owe_cents = bill_line.you_owe_cents - payment_line.paid_cents, \
             you_paid_cents = bill_line.you_paid_cents + payment_line.paid_cents, \
             pending_cents = bill_line.pending_cents - payment_line.paid_cents",
        ),
        Shares::Release => (
            "pending_cents = bill.pending_cents - share.cents",
            "pending_cents = bill_line.pending_cents - payment_line.paid_cents",
        ),
        Shares::Reopen => (
            "balance_cents = bill.balance_cents + share.cents",
            "you_owe_cents = bill_line.you_owe_cents + payment_line.paid_cents, \
             you_paid_cents = bill_line.you_paid_cents - payment_line.paid_cents",
        ),
    };
    // By their keys: without statistics PostgreSQL takes dozens of shares of a payment for granted, and reads all
    // bills.
    let (of_bills, of_lines, locked) = if tx.is_postgres() {
        (
            "AND bill.id = ANY(ARRAY(SELECT payment_share.bill FROM payment_share WHERE payment_share.payment = $1))",
            " AND bill_line.bill = ANY(ARRAY(SELECT payment_line.bill FROM payment_line WHERE payment_line.payment = $1))",
            "ORDER BY bill.id COLLATE \"C\" FOR UPDATE OF bill",
        )
    } else {
        ("", "", "")
    };
    let bills = format!(
        "WITH share AS MATERIALIZED (SELECT bill.id AS bill, payment_share.amount_cents AS cents FROM payment_share \
         JOIN bill ON bill.id = payment_share.bill WHERE payment_share.payment = $1 {of_bills} {locked}) \
         UPDATE bill SET {bill} FROM share WHERE bill.id = share.bill"
    );
    let lines = format!(
        "UPDATE bill_line SET {line} FROM payment_line WHERE payment_line.payment = $1 \
         AND bill_line.bill = payment_line.bill AND bill_line.position = payment_line.line{of_lines}"
    );
    sqlx::query(AssertSqlSafe(bills)).bind(payment).execute(&mut **tx).await?;
    writes.add(lines, [payment.into()]);
    Ok(())
}

/// Reserves a payment's shares once more, all or nothing: false, and nothing moved, if somebody else has paid too much
/// of a bill since. Which lines they pay is worked out anew.
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
    }
    let names: Vec<&str> = shares.iter().map(|(bill, _)| bill.as_str()).collect();
    let lines = free_lines(tx, &names).await?;
    let mut reserved = Vec::new();
    for (bill, cents) in &shares {
        let amount = Money::from_cents(*cents).ok_or_else(|| sqlx::Error::Decode("amount_cents".into()))?;
        reserved.extend(spread(&lines, bill, amount));
    }
    let mut writes = Batch::default();
    reserve_lines(&mut writes, payment, reserved.iter());
    writes.run(tx).await?;
    Ok(true)
}

/// What a payment reserves of a line.
pub struct Reserved<'a> {
    line: &'a FreeLine,
    part: Money,
}

/// A share of a payment that begins, and what it reserves of the lines of its bill.
pub struct NewShare<'a> {
    pub bill: &'a str,
    pub amount: Money,
    /// Of the bill, once all of the order is paid.
    pub leaves: i64,
    pub lines: Vec<Reserved<'a>>,
}

/// The lines as they are once these shares are paid.
pub fn less(lines: &[FreeLine], shares: &[NewShare<'_>]) -> Vec<FreeLine> {
    let reserved = |line: &FreeLine| {
        let parts = shares.iter().flat_map(|share| &share.lines);
        Money::sum(
            parts
                .filter(|part| part.line.bill == line.bill && part.line.position == line.position)
                .map(|part| part.part),
        )
    };
    let less = |sum: Money, part: Option<Money>| part.and_then(|part| sum.minus(part)).unwrap_or(Money::ZERO);
    let mut left = lines.to_vec();
    for (left, line) in left.iter_mut().zip(lines) {
        left.line.you_owe = less(line.line.you_owe, reserved(line));
        left.owed = less(line.owed, reserved(line));
    }
    left
}

/// Writes shares of bills that are locked, and of which they are reserved already.
pub fn add(writes: &mut Batch, payment: &str, shares: &[NewShare<'_>]) {
    let rows = shares.iter().zip(0_i64..).map(|(share, position)| {
        [payment.into(), position.into(), share.bill.into(), share.amount.cents().into(), share.leaves.into()]
    });
    writes.add_rows("INSERT INTO payment_share (payment, position, bill, amount_cents, leaves_cents)", rows);
    reserve_lines(writes, payment, shares.iter().flat_map(|share| &share.lines));
}

/// Spreads a share over the lines of its bill, which is locked.
pub fn spread<'a>(lines: &'a [FreeLine], bill: &str, amount: Money) -> Vec<Reserved<'a>> {
    let lines: Vec<&FreeLine> = lines.iter().filter(|line| line.bill == bill).collect();
    let free: Vec<_> = lines.iter().map(|line| line.line.clone()).collect();
    let parts = allocate(amount, &free).into_iter();
    parts.filter_map(|(at, part)| Some(Reserved { line: lines.get(at)?, part })).collect()
}

fn reserve_lines<'a>(writes: &mut Batch, payment: &str, reserved: impl Iterator<Item = &'a Reserved<'a>> + Clone) {
    let parts = reserved
        .clone()
        .map(|Reserved { line, part }| [line.bill.as_str().into(), line.position.into(), part.cents().into()]);
    writes.add_portions(parts, |parts| {
        format!(
            "UPDATE bill_line SET pending_cents = bill_line.pending_cents + CAST(part.column3 AS BIGINT) FROM ({parts}) AS part \
             WHERE bill_line.bill = part.column1 AND bill_line.position = CAST(part.column2 AS BIGINT)"
        )
    });
    // The column of that name has what was owed of the line until now: what a line is after insurance is its own.
    let rows = reserved.map(|Reserved { line, part }| {
        let (owed, part) = (line.owed.cents(), part.cents());
        [payment.into(), line.bill.as_str().into(), line.position.into(), owed.into(), part.into()]
    });
    writes.add_rows("INSERT INTO payment_line (payment, bill, line, after_insurance_cents, paid_cents)", rows);
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
