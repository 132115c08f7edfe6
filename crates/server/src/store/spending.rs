//! What a membership paid, as sums by month and kind of bill. A member may have thousands of payments a year, so the
//! kind of a payment's bills is kept beside its sum.

use super::{Store, cents, from_word, retry};
use contract::{Instant, Money, bill::BillKind};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

/// A sum of one month.
pub struct Spent {
    /// The month's place among those that were asked for.
    pub month: usize,
    /// Nothing for what pays no bill.
    pub kind: Option<BillKind>,
    pub sum: Money,
    pub card_fees: Money,
}

impl Store {
    /// Of payments that are paid, by the months in which they were made; a month lasts from one moment until the next.
    /// What somebody else paid for the member is theirs, and what the member paid for somebody else is of the kind
    /// `household`, by the index `payment_of_payer_membership`. The rest by a range a month of `payment_totals` alone.
    /// The few whose bills have no one kind are found by `paid_without_kind`, their bills by the primary keys of
    /// `payment_share` and `bill`.
    pub async fn spending(&self, membership: &str, moments: &[Instant]) -> Result<Vec<Spent>, sqlx::Error> {
        let bounds: Vec<&[Instant]> = moments.windows(2).collect();
        let number = |at: usize| format!("CAST(${at} AS BIGINT)");
        let rows = (0..bounds.len()).map(|at| format!("({at}, {}, {})", number(2 * at + 2), number(2 * at + 3)));
        let months = rows.collect::<Vec<_>>().join(", ");
        let then =
            "payment.state = 'paid' AND payment.created_at >= month.column2 AND payment.created_at < month.column3";
        let made =
            format!("month JOIN payment ON payment.membership = $1 AND payment.payer_membership IS NULL AND {then}");
        let without_kind = format!("{made} AND (payment.bill_kind IS NULL OR payment.bill_kind = 'mixed')");
        let sql = format!(
            "WITH month AS (SELECT column1, column2, column3 FROM (VALUES {months}) AS asked) \
             SELECT CAST(place AS BIGINT) AS place, kind, CAST(SUM(part.cents) AS BIGINT) AS sum_cents, \
             CAST(SUM(part.fees) AS BIGINT) AS fee_cents FROM ( \
             SELECT month.column1 AS place, payment.bill_kind AS kind, payment.total_cents AS cents, payment.fee_cents AS fees \
             FROM {made} AND payment.bill_kind <> 'mixed' \
             UNION ALL SELECT month.column1 AS place, bill.kind AS kind, payment_share.amount_cents AS cents, 0 AS fees \
             FROM {without_kind} JOIN payment_share ON payment_share.payment = payment.id \
             JOIN bill ON bill.id = payment_share.bill \
             UNION ALL SELECT month.column1 AS place, '' AS kind, 0 AS cents, payment.fee_cents AS fees FROM {without_kind} \
             UNION ALL SELECT month.column1 AS place, 'household' AS kind, payment.total_cents AS cents, payment.fee_cents AS fees \
             FROM month JOIN payment ON payment.payer_membership = $1 AND {then}) \
             AS part GROUP BY place, kind ORDER BY place, kind"
        );
        let read = || {
            let query = sqlx::query(AssertSqlSafe(sql.clone())).bind(membership);
            let ends = bounds.iter().flat_map(|bound| bound.iter());
            ends.fold(query, |query, end| query.bind(end.millis())).fetch_all(&self.read)
        };
        retry(read).await?.iter().map(spent).collect()
    }
}

fn spent(row: &AnyRow) -> Result<Spent, sqlx::Error> {
    let (place, kind): (i64, &str) = (row.try_get("place")?, row.try_get("kind")?);
    Ok(Spent {
        month: usize::try_from(place).map_err(|error| sqlx::Error::Decode(error.into()))?,
        kind: if kind.is_empty() { None } else { Some(from_word(kind)?) },
        sum: cents(row, "sum_cents")?,
        card_fees: cents(row, "fee_cents")?,
    })
}
