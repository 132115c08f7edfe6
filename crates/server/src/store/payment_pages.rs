//! Pages of payments, the newest first: a membership's list, read by one statement with a keyset cursor.

use super::{
    Store, cents, from_word, json,
    payments::{optional_date, shown_failure},
    value,
};
use crate::token::is_id;
use contract::{
    Instant,
    payment::{PaidBill, PaymentPage, PaymentSummary},
};
use sqlx::{Row, any::AnyRow};
use std::fmt;

/// Which page of a list of payments.
pub struct Page {
    /// Those before this one; the first page without.
    pub before: Option<Cursor>,
    pub limit: i64,
}

/// A payment's place in the order of a list. As text it is opaque to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub created_at: Instant,
    pub id: String,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.created_at.millis(), self.id)
    }
}

impl Cursor {
    /// None for a text that `Display` did not write.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('.')?;
        let created_at = at.parse().ok().filter(|_| at.len() <= 15 && is_id(id))?;
        Some(Self { created_at: Instant::from_millis(created_at), id: id.to_owned() })
    }
}

impl Store {
    /// A page of a membership's payments, the newest first, read by one statement.
    pub async fn page_of_payments(&self, membership: &str, page: &Page) -> Result<PaymentPage, sqlx::Error> {
        let before = page.before.as_ref();
        let rows = sqlx::query(PAGE)
            .bind(membership)
            .bind(before.map_or(i64::MAX, |before| before.created_at.millis()))
            .bind(before.map_or("", |before| &before.id))
            .bind(page.limit + 1) // one more shows whether there is a next page
            .fetch_all(&self.read)
            .await?;
        let mut payments: Vec<PaymentSummary> = Vec::new();
        for row in &rows {
            let id: String = row.try_get("id")?;
            let bill = paid_bill_of(row)?;
            match payments.last_mut().filter(|last| last.id == id) {
                Some(last) => last.bills.push(bill),
                None => payments.push(summary_of(row, id, bill)?),
            }
        }
        let is_last = payments.len() as i64 <= page.limit;
        payments.truncate(usize::try_from(page.limit).unwrap_or(0));
        let next = payments.last().filter(|_| !is_last);
        let next = next.map(|last| Cursor { created_at: last.created_at, id: last.id.clone() }.to_string());
        Ok(PaymentPage { payments, next })
    }
}

/// A row a bill of each payment. The page is chosen first, by its index.
const PAGE: &str = "WITH page AS MATERIALIZED (SELECT payment.id AS id, payment.created_at AS created_at FROM payment \
    WHERE payment.membership = $1 AND (payment.created_at < $2 OR payment.created_at = $2 AND payment.id < $3) \
    ORDER BY payment.created_at DESC, payment.id DESC LIMIT $4) \
    SELECT payment.id AS id, payment.reference AS reference, payment.state AS state, payment.failure AS failure, \
    payment.total_cents + payment.fee_cents AS charged_cents, payment.method AS method, payment.created_at AS created_at, \
    payment.expected_on AS expected_on, payment.account AS account, membership.region AS region, \
    (SELECT payment_event.at FROM payment_event WHERE payment_event.payment = page.id \
     ORDER BY payment_event.position DESC LIMIT 1) AS since, \
    payment_share.bill AS bill, payment_share.amount_cents AS amount_cents, bill.kind AS kind, bill.patient AS patient \
    FROM page JOIN payment ON payment.id = page.id JOIN membership ON membership.id = payment.membership \
    JOIN payment_share ON payment_share.payment = page.id JOIN bill ON bill.id = payment_share.bill \
    ORDER BY page.created_at DESC, page.id DESC, payment_share.position";

fn summary_of(row: &AnyRow, id: String, bill: PaidBill) -> Result<PaymentSummary, sqlx::Error> {
    let failure: Option<String> = row.try_get("failure")?;
    let region: contract::Region = value(row, "region")?;
    Ok(PaymentSummary {
        id,
        reference: row.try_get("reference")?,
        state: from_word(row.try_get("state")?)?,
        since: Instant::from_millis(row.try_get("since")?),
        charged: cents(row, "charged_cents")?,
        bills: vec![bill],
        method: json(row.try_get("method")?)?,
        created_at: Instant::from_millis(row.try_get("created_at")?),
        time_zone: region.time_zone().to_owned(),
        expected_on: optional_date(row, "expected_on")?,
        failure: shown_failure(failure.as_deref().map(from_word).transpose()?, row)?,
    })
}

fn paid_bill_of(row: &AnyRow) -> Result<PaidBill, sqlx::Error> {
    Ok(PaidBill {
        bill: row.try_get("bill")?,
        kind: from_word(row.try_get("kind")?)?,
        patient: row.try_get("patient")?,
        amount: cents(row, "amount_cents")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_what_was_written_or_none() {
        let cursor = Cursor { created_at: Instant::from_millis(1_795_456_320_000), id: "0193-ab".to_owned() };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        for other in ["", ".", "1", "1.", ".a", "x.a", "1.a b", "99999999999999999.a", "1.\u{1f4a9}"] {
            assert_eq!(Cursor::parse(other), None, "{other}");
        }
    }
}
