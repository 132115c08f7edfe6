//! A member's bills as a list: what there is to choose from, and the bills with what each comes to.

use super::{Store, cents, from_word, retry, value};
use contract::{
    Instant,
    bill::{BillKind, account::BillSummary},
};
use sqlx::{Row, any::AnyRow};

/// Settled bills that were issued in one year, of one kind, for one person.
pub struct BillGroup {
    pub kind: BillKind,
    pub patient: String,
    pub year: i16,
    pub settled: i64,
}

/// The person whose first bill is the oldest comes first; by the index `bill_of_membership`.
const GROUPS: &str = "SELECT kind, patient, substr(issued, 1, 4) AS year, COUNT(CASE WHEN balance_cents = 0 THEN 1 END) AS settled \
    FROM bill WHERE membership = $1 GROUP BY kind, patient, substr(issued, 1, 4) ORDER BY MIN(issued), patient, kind";

/// All open ones, and the settled ones of a year; by the index `bill_of_membership`. When a bill was settled is read of
/// its payments by `share_of_bill`.
const SUMMARIES: &str = "SELECT bill.id AS id, bill.kind AS kind, bill.patient AS patient, bill.issued AS issued, bill.due AS due, \
    bill.balance_cents AS balance_cents, bill.pending_cents AS pending_cents, \
    (SELECT CAST(COALESCE(SUM(bill_line.you_paid_cents + bill_line.you_owe_cents), 0) AS BIGINT) FROM bill_line \
     WHERE bill_line.bill = bill.id) AS yours_cents, \
    CASE WHEN bill.balance_cents = 0 THEN (SELECT MAX(payment_event.at) FROM payment_share \
     JOIN payment ON payment.id = payment_share.payment JOIN payment_event ON payment_event.payment = payment.id \
     WHERE payment_share.bill = bill.id AND payment.state = 'paid' AND payment_event.state = 'paid') END AS settled_at \
    FROM bill WHERE bill.membership = $1 AND (bill.balance_cents > 0 OR substr(bill.issued, 1, 4) = $2) \
    ORDER BY bill.due, bill.id";

impl Store {
    pub async fn bill_groups(&self, membership: &str) -> Result<Vec<BillGroup>, sqlx::Error> {
        let read = || sqlx::query(GROUPS).bind(membership).fetch_all(&self.read);
        retry(read).await?.iter().map(group_of).collect()
    }

    /// The earliest due first.
    pub async fn bill_summaries(&self, membership: &str, year: Option<i16>) -> Result<Vec<BillSummary>, sqlx::Error> {
        let year = year.map(|year| year.to_string()).unwrap_or_default();
        let read = || sqlx::query(SUMMARIES).bind(membership).bind(&year).fetch_all(&self.read);
        retry(read).await?.iter().map(summary_of).collect()
    }
}

fn group_of(row: &AnyRow) -> Result<BillGroup, sqlx::Error> {
    let year: &str = row.try_get("year")?;
    Ok(BillGroup {
        kind: from_word(row.try_get("kind")?)?,
        patient: row.try_get("patient")?,
        year: year.parse().map_err(|_| sqlx::Error::Decode("the year of a bill".into()))?,
        settled: row.try_get("settled")?,
    })
}

fn summary_of(row: &AnyRow) -> Result<BillSummary, sqlx::Error> {
    Ok(BillSummary {
        id: row.try_get("id")?,
        kind: from_word(row.try_get("kind")?)?,
        patient: row.try_get("patient")?,
        issued: value(row, "issued")?,
        due: value(row, "due")?,
        yours: cents(row, "yours_cents")?,
        balance: cents(row, "balance_cents")?,
        pending: cents(row, "pending_cents")?,
        settled_at: row.try_get::<Option<i64>, _>("settled_at")?.map(Instant::from_millis),
    })
}
