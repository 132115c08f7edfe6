//! A member's balance as it is read: what is there, the statement a page at a time, and the deposits on their way.

use super::{
    Store, cents, from_word, json,
    payment_pages::{paid_bill_of, summary_of},
};
use contract::{
    Instant, Money,
    balance::{BalanceChange, BalanceReason},
    payment::PaymentSummary,
};
use sqlx::{Row, any::AnyRow};

/// The statement's end, from which the first page is read.
pub struct Standing {
    pub balance: Money,
    pub owed: Money,
    /// Of the newest change.
    pub position: i64,
}

/// By the primary key of `credit_change`, from the cursor on; without those that leave the member's sum as it was. What
/// a change is part of is found by primary keys.
const CHANGES: &str = "WITH page AS MATERIALIZED (SELECT position, entry, cents, after_cents, owed_after_cents FROM credit_change \
    WHERE membership = $1 AND position <= $2 AND cents <> 0 ORDER BY position DESC LIMIT $3) \
    SELECT page.position AS position, page.cents AS change_cents, page.after_cents AS after_cents, \
    page.owed_after_cents AS owed_after_cents, credit_refund.state AS refund_state, ledger_entry.at AS at, ledger_entry.reason AS reason, \
    COALESCE(ledger_entry.source_kind, 'payment') AS source_kind, payment.id AS id, payment.method AS method, \
    payment_share.bill AS bill, payment_share.amount_cents AS amount_cents, bill.kind AS kind, bill.patient AS patient \
    FROM page JOIN ledger_entry ON ledger_entry.id = page.entry \
    JOIN payment ON payment.id = COALESCE(ledger_entry.source, ledger_entry.payment) \
    LEFT JOIN credit_refund ON credit_refund.entry = page.entry \
    LEFT JOIN payment_share ON payment_share.payment = payment.id LEFT JOIN bill ON bill.id = payment_share.bill \
    ORDER BY page.position DESC, payment_share.position";

/// By the index `deposit_of_membership`.
const ON_THEIR_WAY: &str = "SELECT payment.id AS id, payment.reference AS reference, payment.state AS state, payment.failure AS failure, \
    payment.total_cents + payment.fee_cents AS charged_cents, payment.deposit_cents AS deposit_cents, payment.method AS method, \
    payment.created_at AS created_at, payment.sent_on AS sent_on, payment.expected_on AS expected_on, payment.account AS account, \
    membership.region AS region, (SELECT string_agg(payment_event.state || ' ' || payment_event.at, ',' ORDER BY payment_event.position) \
    FROM payment_event WHERE payment_event.payment = payment.id) AS events FROM payment JOIN membership ON membership.id = payment.membership \
    WHERE payment.membership = $1 AND payment.deposit_cents > 0 AND payment.state IN ('scheduled', 'processing') \
    ORDER BY payment.created_at DESC, payment.id DESC LIMIT 100";

impl Store {
    /// What the plan holds for it; nothing before the first change.
    pub async fn standing(&self, membership: &str) -> Result<Standing, sqlx::Error> {
        let sql = concat!("SELECT ", free!(), " AS free_cents, changes FROM credit WHERE membership = $1");
        let row = sqlx::query(sql).bind(membership).fetch_optional(&self.read).await?;
        let Some(row) = row else { return Ok(Standing { balance: Money::ZERO, owed: Money::ZERO, position: 0 }) };
        // What payments hold is used already.
        let free: i64 = row.try_get("free_cents")?;
        let money =
            |cents: i64| Money::from_cents(cents.max(0)).ok_or_else(|| sqlx::Error::Decode("free_cents".into()));
        Ok(Standing { balance: money(free)?, owed: money(-free)?, position: row.try_get("changes")? })
    }

    /// The changes up to that position, the newest first; and the position at which the next page begins.
    pub async fn balance_changes(
        &self,
        membership: &str,
        from: i64,
        most: i64,
    ) -> Result<(Vec<BalanceChange>, Option<i64>), sqlx::Error> {
        // One more shows whether there is a next page.
        let rows = sqlx::query(CHANGES).bind(membership).bind(from).bind(most + 1).fetch_all(&self.read).await?;
        let (mut changes, mut positions): (Vec<BalanceChange>, Vec<i64>) = (Vec::new(), Vec::new());
        for row in &rows {
            let position = row.try_get("position")?;
            if positions.last() != Some(&position) {
                positions.push(position);
                changes.push(change_of(row)?);
            }
            if let Some(change) = changes.last_mut() {
                change.bills.extend(paid_bill_of(row)?);
            }
        }
        let kept = usize::try_from(most).unwrap_or(0);
        changes.truncate(kept);
        Ok((changes, positions.get(kept).copied()))
    }

    /// The newest first.
    pub async fn deposits_on_their_way(&self, membership: &str) -> Result<Vec<PaymentSummary>, sqlx::Error> {
        let rows = sqlx::query(ON_THEIR_WAY).bind(membership).fetch_all(&self.read).await?;
        rows.iter().map(|row| summary_of(row, row.try_get("id")?)).collect()
    }
}

fn change_of(row: &AnyRow) -> Result<BalanceChange, sqlx::Error> {
    let change: i64 = row.try_get("change_cents")?;
    let (source, reason): (&str, &str) = (row.try_get("source_kind")?, row.try_get("reason")?);
    // The second time with a number behind it.
    let reason = reason.split(':').next().unwrap_or_default();
    Ok(BalanceChange {
        at: Instant::from_millis(row.try_get("at")?),
        why: match (source, reason) {
            ("payment", "paid") => BalanceReason::Credit,
            ("refund", "returned") => BalanceReason::NotRefunded,
            (_, "paid") => BalanceReason::Deposit,
            (_, other) => from_word(other)?,
        },
        is_in: change > 0,
        amount: Money::from_cents(change.abs()).ok_or_else(|| sqlx::Error::Decode("change_cents".into()))?,
        after: cents(row, "after_cents")?,
        owed_after: cents(row, "owed_after_cents")?,
        payment: row.try_get("id")?,
        method: json(row.try_get("method")?)?,
        bills: Vec::new(),
        is_on_its_way: row.try_get::<Option<&str>, _>("refund_state")? == Some("on_its_way"),
    })
}
