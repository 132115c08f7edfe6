//! Refunds of credit: what a member asks back goes to the cards and accounts that deposits came from, the newest first.
//! Each part is of one deposit, and never more than that deposit's own. It leaves the balance when it is asked for, so
//! nothing else can use it, and comes back if the processor refuses it.

use super::{
    Store, Tx,
    batch::Batch,
    cents, credit,
    jobs::{self, Job, Kind},
    json,
    ledger::{self, Account, Posting, Reason, Source, SourceKind},
};
use contract::{IdempotencyKey, Instant, Money, payment::Method};
use serde::{Deserialize, Serialize};
use sqlx::{Row, any::AnyRow};

/// What is left of deposits that were paid, the newest first: by the indexes `deposit_of_membership` and
/// `credit_refund_of_payment`.
const REFUNDABLE: &str = "SELECT payment.id AS id, CAST(payment.deposit_cents - COALESCE((SELECT SUM(credit_refund.cents) \
    FROM credit_refund WHERE credit_refund.payment = payment.id AND credit_refund.state <> 'refused'), 0) AS BIGINT) AS left_cents \
    FROM payment WHERE payment.membership = $1 AND payment.deposit_cents > 0 AND payment.state = 'paid' AND payment.charge IS NOT NULL \
    ORDER BY payment.created_at DESC, payment.id DESC";

pub struct NewRefund<'a> {
    pub membership: &'a str,
    pub account: &'a str,
    pub key: &'a IdempotencyKey,
    pub amount: Money,
    pub at: Instant,
}

/// What became of an order. Nothing is to stay of one that was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Made,
    /// The same order, with this key.
    Before,
    KeyReused,
    /// Less is free, or less of the deposits is left.
    TooMuch,
}

/// As a job waits with it in the database.
#[derive(Debug, Serialize, Deserialize)]
pub struct RefundJob {
    pub refund: String,
}

/// A part that the processor is asked for, by its id.
pub struct Refund {
    pub id: String,
    pub membership: String,
    pub account: String,
    pub payment: String,
    pub charge: String,
    pub amount: Money,
    pub method: Method,
    pub is_on_its_way: bool,
}

/// The account is locked. Locks the credit: of two orders at once the second sees what the first took.
pub async fn ask(tx: &mut Tx, new: &NewRefund<'_>) -> Result<Asked, sqlx::Error> {
    let credit = credit::lock(tx, new.membership).await?;
    let before = "SELECT asked_cents FROM credit_refund WHERE membership = $1 AND idempotency_key = $2";
    let before = sqlx::query(before).bind(new.membership).bind(new.key.to_string());
    if let Some(before) = before.fetch_optional(&mut **tx).await? {
        let is_same = before.try_get::<i64, _>(0)? == new.amount.cents();
        return Ok(if is_same { Asked::Before } else { Asked::KeyReused });
    }
    let mut left = new.amount.cents();
    if left > credit.cents - credit.owed {
        return Ok(Asked::TooMuch);
    }
    let mut parts = Vec::new();
    for row in &sqlx::query(REFUNDABLE).bind(new.membership).fetch_all(&mut **tx).await? {
        let part = left.min(row.try_get("left_cents")?);
        if part > 0 {
            parts.push((row.try_get::<String, _>("id")?, part));
            left -= part;
        }
    }
    if left > 0 {
        return Ok(Asked::TooMuch);
    }
    for (place, (payment, part)) in (0_i64..).zip(&parts) {
        add(tx, new, place, payment, *part).await?;
    }
    Ok(Asked::Made)
}

async fn add(tx: &mut Tx, new: &NewRefund<'_>, place: i64, payment: &str, part: i64) -> Result<(), sqlx::Error> {
    let entry = enter(tx, (new.membership, payment), Reason::Refunded, [part, 0, -part], new.at).await?;
    let id = crate::id::new(new.at);
    let row = "INSERT INTO credit_refund (id, membership, account, idempotency_key, place, asked_cents, payment, entry, cents, state, \
               asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'on_its_way', $10)";
    let row = sqlx::query(row).bind(&id).bind(new.membership).bind(new.account).bind(new.key.to_string()).bind(place);
    let row = row.bind(new.amount.cents()).bind(payment).bind(entry).bind(part).bind(new.at.millis());
    row.execute(&mut **tx).await?;
    jobs::enqueue(tx, Kind::RefundCredit, &RefundJob { refund: id }, (new.at, new.at)).await
}

/// Of credit, of what is owed of it, and of what the processor owes.
async fn enter(
    tx: &mut Tx,
    (membership, payment): (&str, &str),
    reason: Reason,
    [credit, owed, clearing]: [i64; 3],
    at: Instant,
) -> Result<String, sqlx::Error> {
    let postings = [
        Posting { account: Account::Credit(membership.to_owned()), cents: credit },
        Posting { account: Account::CreditOwed(membership.to_owned()), cents: owed },
        Posting { account: Account::ProcessorClearing, cents: clearing },
    ];
    let mut writes = Batch::default();
    let source = Source { kind: SourceKind::Refund, id: payment };
    let entry = ledger::enter(tx, &mut writes, source, reason, &postings, at).await?;
    writes.run(tx).await?;
    Ok(entry)
}

impl Refund {
    /// The processor has answered, for good. False if it was written before. What was refused is in the balance again,
    /// where it pays first what is owed.
    pub async fn end(&self, tx: &mut Tx, is_sent: bool, at: Instant) -> Result<bool, sqlx::Error> {
        let credit = credit::lock(tx, &self.membership).await?;
        let end = "UPDATE credit_refund SET state = $2 WHERE id = $1 AND state = 'on_its_way'";
        let end = sqlx::query(end).bind(&self.id).bind(if is_sent { "sent" } else { "refused" });
        if end.execute(&mut **tx).await?.rows_affected() == 0 {
            return Ok(false);
        }
        if !is_sent {
            let part = self.amount.cents();
            let pays = credit.pays(part);
            let source = (self.membership.as_str(), self.payment.as_str());
            enter(tx, source, Reason::Returned, [pays - part, -pays, part], at).await?;
        }
        Ok(true)
    }

    /// Asks again later, in the place of the job that is being run.
    pub async fn put_off(&self, tx: &mut Tx, job: &Job, times: (Instant, Instant)) -> Result<(), sqlx::Error> {
        if jobs::finish(tx, job).await? {
            jobs::enqueue(tx, Kind::RefundCredit, &RefundJob { refund: self.id.clone() }, times).await?;
        }
        Ok(())
    }
}

/// What was given back of a deposit before all of it goes back. The credit is locked.
pub async fn of_deposit(tx: &mut Tx, payment: &str) -> Result<i64, sqlx::Error> {
    let sql =
        "SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM credit_refund WHERE payment = $1 AND state <> 'refused'";
    sqlx::query_scalar(sql).bind(payment).fetch_one(&mut **tx).await
}

impl Store {
    /// How much of the deposits is left; it can be more than is free.
    pub async fn refundable(&self, membership: &str) -> Result<Money, sqlx::Error> {
        let rows = sqlx::query(REFUNDABLE).bind(membership).fetch_all(&self.read).await?;
        let left = rows.iter().map(|row: &AnyRow| row.try_get::<i64, _>("left_cents").map(|cents| cents.max(0)));
        let left: i64 = left.sum::<Result<_, _>>()?;
        Money::from_cents(left).ok_or_else(|| sqlx::Error::Decode("left_cents".into()))
    }

    pub async fn refund(&self, id: &str) -> Result<Option<Refund>, sqlx::Error> {
        let sql = "SELECT credit_refund.id AS id, credit_refund.membership AS membership, credit_refund.account AS account, \
                   credit_refund.payment AS payment, credit_refund.cents AS cents, credit_refund.state AS state, \
                   payment.charge AS charge, payment.method AS method FROM credit_refund JOIN payment ON payment.id = credit_refund.payment \
                   WHERE credit_refund.id = $1";
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.read).await?;
        row.map(|row| {
            Ok(Refund {
                id: row.try_get("id")?,
                membership: row.try_get("membership")?,
                account: row.try_get("account")?,
                payment: row.try_get("payment")?,
                charge: row.try_get("charge")?,
                amount: cents(&row, "cents")?,
                method: json(row.try_get("method")?)?,
                is_on_its_way: row.try_get::<&str, _>("state")? == "on_its_way",
            })
        })
        .transpose()
    }
}
