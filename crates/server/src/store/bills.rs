//! Bills with their lines, as rows and as the contract's shapes.

use super::{Store, Tx, cents, from_word, value};
use contract::{
    Instant, Money,
    bill::{Bill, BillLine, JustPaid},
};
use sqlx::{Row, any::AnyRow};

const BILL: &str = "SELECT id, membership, kind, patient, issued, due, balance_cents, pending_cents FROM bill";

impl Store {
    /// Of all bills, paid ones too.
    pub async fn bill_ids(&self, membership: &str) -> Result<Vec<String>, sqlx::Error> {
        sqlx::query_scalar("SELECT id FROM bill WHERE membership = $1").bind(membership).fetch_all(&self.read).await
    }

    /// Bills of a membership on which something is owed, the earliest due first. `since` is from when a payment counts as just made.
    pub async fn open_bills(&self, membership: &str, since: Instant) -> Result<Vec<Bill>, sqlx::Error> {
        let sql = format!("{BILL} WHERE membership = $1 AND balance_cents > 0 ORDER BY due, id");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(membership).fetch_all(&self.read).await?;
        let mut bills = Vec::with_capacity(rows.len());
        for row in &rows {
            bills.push(self.bill_of(row, since).await?);
        }
        Ok(bills)
    }

    pub async fn bill(&self, membership: &str, id: &str, since: Instant) -> Result<Option<Bill>, sqlx::Error> {
        let sql = format!("{BILL} WHERE membership = $1 AND id = $2");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(membership).bind(id).fetch_optional(&self.read).await?;
        match row {
            Some(row) => self.bill_of(&row, since).await.map(Some),
            None => Ok(None),
        }
    }

    async fn bill_of(&self, row: &AnyRow, since: Instant) -> Result<Bill, sqlx::Error> {
        let id: String = row.try_get("id")?;
        let lines = sqlx::query("SELECT * FROM bill_line WHERE bill = $1 ORDER BY position")
            .bind(&id)
            .fetch_all(&self.read)
            .await?;
        let membership: String = row.try_get("membership")?;
        let just_paid = sqlx::query(JUST_PAID).bind(&id).bind(membership).bind(since.millis());
        let just_paid = just_paid.fetch_optional(&self.read).await?;
        Ok(Bill {
            kind: from_word(row.try_get("kind")?)?,
            patient: row.try_get("patient")?,
            issued: value(row, "issued")?,
            due: value(row, "due")?,
            balance: cents(row, "balance_cents")?,
            pending: cents(row, "pending_cents")?,
            just_paid: just_paid.as_ref().map(just_paid_of).transpose()?,
            lines: lines.iter().map(line_of).collect::<Result<_, _>>()?,
            id,
        })
    }

    /// What a membership owes in all; payments on their way are not subtracted.
    pub async fn owed(&self, membership: &str) -> Result<Money, sqlx::Error> {
        let sql =
            "SELECT CAST(COALESCE(SUM(balance_cents), 0) AS BIGINT) AS owed_cents FROM bill WHERE membership = $1";
        let row = sqlx::query(sql).bind(membership).fetch_one(&self.read).await?;
        cents(&row, "owed_cents")
    }
}

/// The newest payment on a bill that took money, or will.
pub const JUST_PAID: &str = "SELECT amount_cents, created_at FROM payment_share JOIN payment ON payment.id = payment_share.payment \
     WHERE payment_share.bill = $1 AND payment.membership = $2 AND created_at > $3 AND state IN ('processing', 'paid') ORDER BY created_at DESC LIMIT 1";

fn just_paid_of(row: &AnyRow) -> Result<JustPaid, sqlx::Error> {
    Ok(JustPaid { amount: cents(row, "amount_cents")?, at: Instant::from_millis(row.try_get("created_at")?) })
}

fn line_of(row: &AnyRow) -> Result<BillLine, sqlx::Error> {
    Ok(BillLine {
        date_of_service: value(row, "service_date")?,
        provider: row.try_get("provider")?,
        description: row.try_get("description")?,
        billed: cents(row, "billed_cents")?,
        discount: cents(row, "discount_cents")?,
        plan_paid: cents(row, "plan_paid_cents")?,
        you_paid: cents(row, "you_paid_cents")?,
        you_owe: cents(row, "you_owe_cents")?,
    })
}

/// A line as a payment about to be made sees it: what is owed on it that no other payment has reserved.
pub struct FreeLine {
    pub position: i64,
    pub line: BillLine,
    pub owed: Money,
}

pub async fn free_lines(tx: &mut Tx, bill: &str) -> Result<Vec<FreeLine>, sqlx::Error> {
    let rows = sqlx::query("SELECT * FROM bill_line WHERE bill = $1 ORDER BY position")
        .bind(bill)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter()
        .map(|row| {
            let mut line = line_of(row)?;
            let owed = line.you_owe;
            line.you_owe = owed.minus(cents(row, "pending_cents")?).unwrap_or(Money::ZERO);
            Ok(FreeLine { position: row.try_get("position")?, line, owed })
        })
        .collect()
}
