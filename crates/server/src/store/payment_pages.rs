//! Pages of payments: a membership's list, filtered and read by one statement with a keyset cursor.

use super::{
    Store, cents, from_word, json,
    payments::{deposit_of, optional_date, other_part_of, shown_failure},
    value,
};
use crate::token::is_id;
use contract::{
    Amount, Instant,
    bill::BillKind,
    payment::{MethodKind, PaidBill, PaymentPage, PaymentState, PaymentSummary},
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

/// Which payments are listed; by default all.
#[derive(Default)]
pub struct Filter {
    /// Made at this moment or later.
    pub from: Option<Instant>,
    /// Made before this moment.
    pub until: Option<Instant>,
    /// With a bill of this kind.
    pub kind: Option<BillKind>,
    pub state: Option<PaymentState>,
    pub method: Option<MethodKind>,
    /// In the reference, or in the patient, the provider or the description of a charge; in upper or lower case, as far
    /// as the database knows them. Or an amount: what was charged, the sum of its order, or what one bill got of it.
    pub text: Option<String>,
}

impl Filter {
    /// For LIKE with the escape `!`; empty finds everything.
    fn pattern(&self) -> String {
        let Some(text) = self.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) else {
            return String::new();
        };
        let escaped = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        format!("%{escaped}%")
    }
}

impl Filter {
    /// Nothing where the text is no amount.
    fn cents(&self) -> i64 {
        self.text.as_deref().and_then(|text| Amount::parse(text).ok()).map_or(-1, |amount| amount.money().cents())
    }
}

/// As it is written in the database; empty for none.
fn word(value: Option<impl serde::Serialize>) -> String {
    let value = value.and_then(|value| serde_json::to_value(value).ok());
    value.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
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
        let rows = sqlx::query(sql)
            .bind(membership)
            .bind(after.map_or(start, |after| after.created_at.millis()))
            .bind(after.map_or("", |after| &after.id))
            .bind(page.limit + 1) // one more shows whether there is a next page
            .bind(filter.from.map_or(i64::MIN, Instant::millis))
            .bind(filter.until.map_or(i64::MAX, Instant::millis))
            .bind(word(filter.state))
            .bind(word(filter.method))
            .bind(word(filter.kind))
            .bind(filter.pattern())
            .bind(filter.cents())
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
        Ok(PaymentPage { payments, next })
    }
}

/// The payments of a list, own ones or those for others, from the cursor on.
macro_rules! listed {
    ($whose:literal, $join:literal, $kind:literal, $text:literal, $after:literal, $order:literal) => {
        concat!(
            "SELECT payment.id AS id, payment.created_at AS created_at, COALESCE(payment.balance_part, \
             CASE WHEN payment.balance_cents > 0 THEN (SELECT whole.id FROM payment AS whole WHERE whole.balance_part = payment.id) END) AS other \
             FROM payment ",
            $join,
            " \
             WHERE payment.",
            $whose,
            " = $1 AND (payment.created_at ",
            $after,
            " $2 OR payment.created_at = $2 AND payment.id ",
            $after,
            " $3) \
             AND payment.created_at >= $5 AND payment.created_at < $6 AND ($7 = '' OR payment.state = $7) \
             AND ($8 = '' OR payment.method LIKE '%\"kind\":\"' || $8 || '\"%') \
             AND ($9 = '' OR ",
            $kind,
            ") \
             AND ($10 = '' OR LOWER(payment.reference) LIKE LOWER($10) ESCAPE '!' OR payment.total_cents + payment.fee_cents = $11 \
             OR (payment.balance_part IS NOT NULL OR payment.balance_cents > 0) AND payment.total_cents + payment.fee_cents + COALESCE( \
             (SELECT part.total_cents FROM payment AS part WHERE part.id = payment.balance_part), \
             (SELECT whole.total_cents + whole.fee_cents FROM payment AS whole WHERE whole.balance_part = payment.id)) = $11 \
             OR EXISTS (SELECT 1 FROM payment_share WHERE payment_share.payment = payment.id AND payment_share.amount_cents = $11) OR ",
            $text,
            ") \
             ORDER BY payment.created_at ",
            $order,
            ", payment.id ",
            $order,
            " LIMIT $4"
        )
    };
}

/// A row a bill of each payment, and one of a deposit. The page is chosen first: the indexes `payment_of_membership`
/// and `payment_of_payer_membership` are each read in their order from the cursor on, and what is filtered out is
/// passed over. The other part of an order is found by `payment_of_balance_part`. A payment's bills and charges are
/// found by the primary keys of `payment_share`, `payment_line` and `bill_line`. Of a payment for somebody else neither
/// the filter nor the row knows the services.
macro_rules! page {
    ($after:literal, $order:literal) => {
        concat!(
            "WITH own AS MATERIALIZED (",
            listed!(
                "membership",
                "",
                "EXISTS (SELECT 1 FROM payment_share JOIN bill ON bill.id = payment_share.bill \
                 WHERE payment_share.payment = payment.id AND bill.kind = $9)",
                "EXISTS (SELECT 1 FROM payment_share JOIN bill ON bill.id = payment_share.bill \
                 WHERE payment_share.payment = payment.id AND LOWER(bill.patient) LIKE LOWER($10) ESCAPE '!') \
                 OR EXISTS (SELECT 1 FROM payment_line JOIN bill_line ON bill_line.bill = payment_line.bill \
                 AND bill_line.position = payment_line.line WHERE payment_line.payment = payment.id \
                 AND (LOWER(bill_line.provider) LIKE LOWER($10) ESCAPE '!' OR LOWER(bill_line.description) LIKE LOWER($10) ESCAPE '!'))",
                $after,
                $order
            ),
            "), others AS MATERIALIZED (",
            listed!("payer_membership", "JOIN membership ON membership.id = payment.membership", "$9 = 'household'", "LOWER(membership.name) LIKE LOWER($10) ESCAPE '!'", $after, $order),
            "), page AS MATERIALIZED (SELECT listed.id AS id, listed.created_at AS created_at, listed.other AS other FROM \
             (SELECT own.id AS id, own.created_at AS created_at, own.other AS other FROM own UNION ALL \
             SELECT others.id AS id, others.created_at AS created_at, others.other AS other FROM others) AS listed \
             ORDER BY listed.created_at ", $order, ", listed.id ", $order, " LIMIT $4) \
             SELECT payment.id AS id, payment.reference AS reference, payment.state AS state, payment.failure AS failure, \
             payment.total_cents + payment.fee_cents AS charged_cents, payment.deposit_cents AS deposit_cents, payment.method AS method, payment.created_at AS created_at, \
             payment.expected_on AS expected_on, payment.account AS account, membership.region AS region, \
             other.id AS other, other.reference AS other_reference, other.total_cents + other.fee_cents AS other_cents, \
             other.method AS other_method, other.state AS other_state, \
             (SELECT payment_event.at FROM payment_event WHERE payment_event.payment = page.id \
             ORDER BY payment_event.position DESC LIMIT 1) AS since, \
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

/// Without its bills, and without the other part of its order.
pub(super) fn summary_of(row: &AnyRow, id: String) -> Result<PaymentSummary, sqlx::Error> {
    let failure: Option<String> = row.try_get("failure")?;
    let region: contract::Region = value(row, "region")?;
    Ok(PaymentSummary {
        id,
        reference: row.try_get("reference")?,
        state: from_word(row.try_get("state")?)?,
        since: Instant::from_millis(row.try_get("since")?),
        charged: cents(row, "charged_cents")?,
        bills: Vec::new(),
        method: json(row.try_get("method")?)?,
        created_at: Instant::from_millis(row.try_get("created_at")?),
        time_zone: region.time_zone().to_owned(),
        expected_on: optional_date(row, "expected_on")?,
        failure: shown_failure(failure.as_deref().map(from_word).transpose()?, row)?,
        deposit: deposit_of(row)?,
        other_part: None,
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
