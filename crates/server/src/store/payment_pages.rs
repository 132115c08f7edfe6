//! Pages of payments: a membership's list, filtered and read by one statement with a keyset cursor; and what all pages
//! of it come to.

use super::{
    Store, cents, from_word, json,
    payment_filter::Filter,
    payments::{deposit_of, events_of, optional_date, other_part_of, shown_failure},
    value,
};
use crate::token::is_id;
use contract::{
    Instant, Money,
    payment::{PaidBill, PaymentPage, PaymentSummary, StateTotal},
};
use sqlx::{Row, any::AnyRow};
use std::fmt;

/// Which page of a list of payments.
#[derive(Default)]
pub struct Page {
    pub filter: Filter,
    pub is_oldest_first: bool,
    /// Those that come after this one in the list; the first page without.
    pub after: Option<Cursor>,
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
    /// A page of a membership's payments, and of those that its member made for others, read by one statement.
    pub async fn page_of_payments(&self, membership: &str, page: &Page) -> Result<PaymentPage, sqlx::Error> {
        let (sql, start) = if page.is_oldest_first { (OLDEST_FIRST, i64::MIN) } else { (NEWEST_FIRST, i64::MAX) };
        let (after, filter) = (page.after.as_ref(), &page.filter);
        let rows = filter
            .bound(sql, membership, false)
            .bind(after.map_or(start, |after| after.created_at.millis()))
            .bind(after.map_or(String::new(), |after| after.id.clone()))
            .bind(page.limit + 1) // one more shows whether there is a next page
            .fetch_all(&self.read)
            .await?;
        let mut payments: Vec<PaymentSummary> = Vec::new();
        for row in &rows {
            let id: String = row.try_get("id")?;
            if payments.last().is_none_or(|last| last.id != id) {
                payments.push(PaymentSummary { other_part: other_part_of(row)?, ..summary_of(row, id)? });
            }
            if let Some(last) = payments.last_mut() {
                last.bills.extend(paid_bill_of(row)?);
            }
        }
        let is_last = payments.len() as i64 <= page.limit;
        payments.truncate(usize::try_from(page.limit).unwrap_or(0));
        let next = payments.last().filter(|_| !is_last);
        let next = next.map(|last| Cursor { created_at: last.created_at, id: last.id.clone() }.to_string());
        Ok(PaymentPage { payments, next, totals: None })
    }

    /// What all pages of a list come to, by state.
    pub async fn totals_of_payments(&self, membership: &str, filter: &Filter) -> Result<Vec<StateTotal>, sqlx::Error> {
        let is_short = filter.is_short();
        let sql = if is_short { TOTALS } else { NARROWED_TOTALS };
        let total = |row: &AnyRow| {
            let payments: i64 = row.try_get("payments")?;
            Ok(StateTotal {
                state: from_word(row.try_get("state")?)?,
                payments: u32::try_from(payments).unwrap_or(u32::MAX),
                charged: cents(row, "charged_cents")?,
            })
        };
        filter.bound(sql, membership, is_short).fetch_all(&self.read).await?.iter().map(total).collect()
    }

    /// What a membership owes, by the index `bill_of_membership`.
    pub async fn owed_by(&self, membership: &str) -> Result<Money, sqlx::Error> {
        let sql =
            "SELECT CAST(COALESCE(SUM(balance_cents), 0) AS BIGINT) AS owed_cents FROM bill WHERE membership = $1";
        cents(&sqlx::query(sql).bind(membership).fetch_one(&self.read).await?, "owed_cents")
    }
}

/// A page of the payments of a list, own ones or those for others, from the cursor on.
macro_rules! listed {
    ($whose:literal, $rest:expr, $after:literal, $order:literal) => {
        concat!(
            of_membership!(
                "payment.id AS id, payment.created_at AS created_at, COALESCE(payment.balance_part, \
                 CASE WHEN payment.balance_cents > 0 THEN (SELECT whole.id FROM payment AS whole WHERE whole.balance_part = payment.id) END) AS other",
                $whose,
                $rest
            ),
            " AND (payment.created_at ",
            $after,
            " $10 OR payment.created_at = $10 AND payment.id ",
            $after,
            " $11) \
             ORDER BY payment.created_at ",
            $order,
            ", payment.id ",
            $order,
            " LIMIT $12"
        )
    };
}

/// A row a bill of each payment, and one of a deposit. The page is chosen first: the indexes `payment_of_membership`
/// (or `payment_totals`, which begins with the same columns) and `payment_of_payer_membership` are each read in their
/// order from the cursor on, and what is filtered out is passed over. The other part of an order is found by
/// `payment_of_balance_part`, a payment's bills and events by the primary keys of `payment_share` and `payment_event`.
/// Of a payment for somebody else the row knows no services.
macro_rules! page {
    ($after:literal, $order:literal) => {
        concat!(
            "WITH own AS MATERIALIZED (",
            listed!("membership", narrowed_own!(), $after, $order),
            "), others AS MATERIALIZED (",
            listed!("payer_membership", narrowed_others!(), $after, $order),
            "), page AS MATERIALIZED (SELECT listed.id AS id, listed.created_at AS created_at, listed.other AS other FROM \
             (SELECT own.id AS id, own.created_at AS created_at, own.other AS other FROM own UNION ALL \
             SELECT others.id AS id, others.created_at AS created_at, others.other AS other FROM others) AS listed \
             ORDER BY listed.created_at ", $order, ", listed.id ", $order, " LIMIT $12) \
             SELECT payment.id AS id, payment.reference AS reference, payment.state AS state, payment.failure AS failure, \
             payment.total_cents + payment.fee_cents AS charged_cents, payment.deposit_cents AS deposit_cents, payment.method AS method, payment.created_at AS created_at, \
             payment.sent_on AS sent_on, payment.expected_on AS expected_on, payment.account AS account, membership.region AS region, \
             other.id AS other, other.reference AS other_reference, other.total_cents + other.fee_cents AS other_cents, \
             other.method AS other_method, other.state AS other_state, \
             (SELECT string_agg(payment_event.state || ' ' || payment_event.at, ',' ORDER BY payment_event.position) \
             FROM payment_event WHERE payment_event.payment = page.id) AS events, \
             payment_share.bill AS bill, payment_share.amount_cents AS amount_cents, \
             CASE WHEN payment.membership = $1 THEN bill.kind ELSE 'household' END AS kind, \
             CASE WHEN payment.membership = $1 THEN bill.patient ELSE membership.name END AS patient \
             FROM page JOIN payment ON payment.id = page.id JOIN membership ON membership.id = payment.membership \
             LEFT JOIN payment AS other ON other.id = page.other \
             LEFT JOIN payment_share ON payment_share.payment = page.id LEFT JOIN bill ON bill.id = payment_share.bill \
             ORDER BY page.created_at ", $order, ", page.id ", $order, ", payment_share.position"
        )
    };
}
const NEWEST_FIRST: &str = page!("<", "DESC");
const OLDEST_FIRST: &str = page!(">", "ASC");

/// By the indexes `payment_totals`, which has all that it needs, and `payment_of_payer_membership`.
macro_rules! totals {
    ($own:expr, $others:expr) => {
        concat!(
            "SELECT listed.state AS state, COUNT(*) AS payments, CAST(SUM(listed.cents) AS BIGINT) AS charged_cents FROM (",
            of_membership!("payment.state AS state, payment.total_cents + payment.fee_cents AS cents", "membership", $own),
            " UNION ALL ",
            of_membership!(
                "payment.state AS state, payment.total_cents + payment.fee_cents AS cents",
                "payer_membership",
                $others
            ),
            ") AS listed GROUP BY listed.state ORDER BY listed.state"
        )
    };
}
const TOTALS: &str = totals!("", "");
const NARROWED_TOTALS: &str = totals!(narrowed_own!(), narrowed_others!());

/// Without its bills, and without the other part of its order.
pub(super) fn summary_of(row: &AnyRow, id: String) -> Result<PaymentSummary, sqlx::Error> {
    let failure: Option<String> = row.try_get("failure")?;
    let region: contract::Region = value(row, "region")?;
    let events = events_of(row.try_get::<Option<&str>, _>("events")?.unwrap_or_default())?;
    let created_at = Instant::from_millis(row.try_get("created_at")?);
    Ok(PaymentSummary {
        id,
        reference: row.try_get("reference")?,
        state: from_word(row.try_get("state")?)?,
        since: events.last().map_or(created_at, |event| event.at),
        charged: cents(row, "charged_cents")?,
        bills: Vec::new(),
        method: json(row.try_get("method")?)?,
        created_at,
        time_zone: region.time_zone().to_owned(),
        sent_on: optional_date(row, "sent_on")?,
        expected_on: optional_date(row, "expected_on")?,
        failure: shown_failure(failure.as_deref().map(from_word).transpose()?, row)?,
        deposit: deposit_of(row)?,
        other_part: None,
        events,
    })
}

/// The bill of a row; none of a deposit.
pub(super) fn paid_bill_of(row: &AnyRow) -> Result<Option<PaidBill>, sqlx::Error> {
    let Some(bill) = row.try_get("bill")? else { return Ok(None) };
    let (kind, patient) = (from_word(row.try_get("kind")?)?, row.try_get("patient")?);
    Ok(Some(PaidBill { bill, kind, patient, amount: cents(row, "amount_cents")? }))
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
