//! Bills with their lines, as rows and as the contract's shapes.

use super::{Store, Tx, cents, from_word, retry, value};
use contract::{
    Instant, Money,
    bill::{Bill, BillLine, JustPaid},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

/// Of the newest payment on a bill that took money, or will, with the balance's part of it, which is a payment of the
/// same moment. PostgreSQL wants two queries for two columns.
macro_rules! just_paid {
    ($column:literal) => {
        concat!(
            "(SELECT ",
            $column,
            " FROM payment_share JOIN payment ON payment.id = payment_share.payment WHERE payment_share.bill = bill.id \
             AND payment.membership = bill.membership AND payment.created_at > $2 AND payment.state IN ('scheduled', 'processing', 'paid') \
             GROUP BY payment.created_at ORDER BY payment.created_at DESC LIMIT 1)"
        )
    };
}

/// Bills with their lines, a row a line, in one statement: an answer is of one moment, whatever is paid meanwhile. What
/// was just paid on a bill is looked up once a bill, not once a line: that is what MATERIALIZED says.
macro_rules! bills {
    ($condition:literal) => {
        concat!(
            "WITH chosen AS MATERIALIZED (SELECT bill.id AS id, bill.kind AS kind, bill.patient AS patient, bill.issued AS issued, \
             bill.due AS due, bill.balance_cents AS balance_cents, bill.pending_cents AS pending_cents, ",
            just_paid!("CAST(SUM(payment_share.amount_cents) AS BIGINT)"),
            " AS just_cents, ",
            just_paid!("payment.created_at"),
            " AS just_at FROM bill WHERE bill.membership = $1 AND ",
            $condition,
            ") SELECT chosen.id AS id, chosen.kind AS kind, chosen.patient AS patient, chosen.issued AS issued, chosen.due AS due, \
             chosen.balance_cents AS balance_cents, chosen.pending_cents AS pending_cents, chosen.just_cents AS just_cents, \
             chosen.just_at AS just_at, bill_line.position AS position, bill_line.service_date AS service_date, bill_line.provider AS provider, \
             bill_line.description AS description, bill_line.billed_cents AS billed_cents, bill_line.discount_cents AS discount_cents, \
             bill_line.plan_paid_cents AS plan_paid_cents, bill_line.you_paid_cents AS you_paid_cents, \
             bill_line.you_owe_cents AS you_owe_cents \
             FROM chosen LEFT JOIN bill_line ON bill_line.bill = chosen.id ORDER BY chosen.due, chosen.id, bill_line.position"
        )
    };
}
const OPEN_BILLS: &str = bills!("balance_cents > 0");
const ALL_BILLS: &str = bills!("1 = 1");
const ONE_BILL: &str = bills!("bill.id = $3");
/// A bill, and the one of the same kind for the same person that was issued before it; by the index
/// `bill_of_membership`.
const BILL_AND_PREVIOUS: &str = bills!(
    "(bill.id = $3 OR bill.id = (SELECT earlier.id FROM bill AS later JOIN bill AS earlier ON earlier.membership = later.membership \
     AND earlier.kind = later.kind AND earlier.patient = later.patient \
     AND (earlier.issued < later.issued OR earlier.issued = later.issued AND earlier.id < later.id) \
     WHERE later.id = $3 AND later.membership = $1 ORDER BY earlier.issued DESC, earlier.id DESC LIMIT 1))"
);

impl Store {
    /// Of all bills, paid ones too.
    pub async fn bill_ids(&self, membership: &str) -> Result<Vec<String>, sqlx::Error> {
        sqlx::query_scalar("SELECT id FROM bill WHERE membership = $1").bind(membership).fetch_all(&self.read).await
    }

    /// Bills of a membership on which something is owed, the earliest due first. `since` is from when a payment counts
    /// as just made.
    pub async fn open_bills(&self, membership: &str, since: Instant) -> Result<Vec<Bill>, sqlx::Error> {
        let read = || sqlx::query(OPEN_BILLS).bind(membership).bind(since.millis()).fetch_all(&self.read);
        bills_of(&retry(read).await?)
    }

    /// Settled ones, too.
    pub async fn all_bills(&self, membership: &str, since: Instant) -> Result<Vec<Bill>, sqlx::Error> {
        let read = || sqlx::query(ALL_BILLS).bind(membership).bind(since.millis()).fetch_all(&self.read);
        bills_of(&retry(read).await?)
    }

    pub async fn bill(&self, membership: &str, id: &str, since: Instant) -> Result<Option<Bill>, sqlx::Error> {
        Ok(self.bills_by(ONE_BILL, membership, id, since).await?.pop())
    }

    /// A bill, and the one before it of the same kind and person.
    pub async fn bill_and_previous(
        &self,
        membership: &str,
        id: &str,
        since: Instant,
    ) -> Result<(Option<Bill>, Option<Bill>), sqlx::Error> {
        let bills = self.bills_by(BILL_AND_PREVIOUS, membership, id, since).await?;
        let (own, mut previous): (Vec<_>, Vec<_>) = bills.into_iter().partition(|bill| bill.id == id);
        Ok((own.into_iter().next(), previous.pop()))
    }

    async fn bills_by(
        &self,
        sql: &'static str,
        membership: &str,
        id: &str,
        since: Instant,
    ) -> Result<Vec<Bill>, sqlx::Error> {
        let read = || sqlx::query(sql).bind(membership).bind(since.millis()).bind(id).fetch_all(&self.read);
        bills_of(&retry(read).await?)
    }
}

/// Those of some bills on which a payment that took money, or will, was made since, and when the newest was: asked
/// while another one is being begun.
pub async fn just_paid(
    tx: &mut Tx,
    membership: &str,
    bills: &[&str],
    since: Instant,
) -> Result<Vec<(String, Instant)>, sqlx::Error> {
    let sql = format!(
        "SELECT payment_share.bill AS bill, MAX(payment.created_at) AS newest \
         FROM payment_share JOIN payment ON payment.id = payment_share.payment \
         WHERE payment_share.bill IN ({}) AND payment.membership = $1 AND payment.created_at > $2 \
         AND payment.state IN ('scheduled', 'processing', 'paid') GROUP BY payment_share.bill",
        numbered(3, bills.len())
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(membership).bind(since.millis());
    let rows = bills.iter().fold(query, |query, bill| query.bind(*bill)).fetch_all(&mut **tx).await?;
    rows.iter().map(|row| Ok((row.try_get("bill")?, Instant::from_millis(row.try_get("newest")?)))).collect()
}

/// `$3, $4`
pub(super) fn numbered(first: usize, places: usize) -> String {
    (first..first + places).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ")
}

/// The rows of one bill follow each other.
fn bills_of(rows: &[AnyRow]) -> Result<Vec<Bill>, sqlx::Error> {
    let mut bills: Vec<Bill> = Vec::new();
    for row in rows {
        let id: &str = row.try_get("id")?;
        if bills.last().is_none_or(|bill| bill.id != id) {
            bills.push(bill_of(row)?);
        }
        // A bill without lines is one row, with nothing in the columns of the line.
        if let (Some(bill), Some(_)) = (bills.last_mut(), row.try_get::<Option<i64>, _>("position")?) {
            bill.lines.push(line_of(row)?);
        }
    }
    Ok(bills)
}

fn bill_of(row: &AnyRow) -> Result<Bill, sqlx::Error> {
    let just_at: Option<i64> = row.try_get("just_at")?;
    let just_paid = just_at
        .map(|at| Ok::<_, sqlx::Error>(JustPaid { amount: cents(row, "just_cents")?, at: Instant::from_millis(at) }));
    Ok(Bill {
        id: row.try_get("id")?,
        kind: from_word(row.try_get("kind")?)?,
        patient: row.try_get("patient")?,
        issued: value(row, "issued")?,
        due: value(row, "due")?,
        balance: cents(row, "balance_cents")?,
        pending: cents(row, "pending_cents")?,
        just_paid: just_paid.transpose()?,
        lines: Vec::new(),
    })
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
#[derive(Clone)]
pub struct FreeLine {
    pub bill: String,
    pub position: i64,
    pub line: BillLine,
    pub owed: Money,
}

pub const FREE_LINE: &str = "bill_line.bill AS bill, bill_line.position AS position, bill_line.service_date AS service_date, \
    bill_line.provider AS provider, bill_line.description AS description, bill_line.billed_cents AS billed_cents, \
    bill_line.discount_cents AS discount_cents, bill_line.plan_paid_cents AS plan_paid_cents, bill_line.you_paid_cents AS you_paid_cents, \
    bill_line.you_owe_cents AS you_owe_cents, bill_line.pending_cents AS pending_cents";

impl FreeLine {
    /// From the columns `FREE_LINE`.
    pub fn of(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let mut line = line_of(row)?;
        let owed = line.you_owe;
        line.you_owe = owed.minus(cents(row, "pending_cents")?).unwrap_or(Money::ZERO);
        Ok(Self { bill: row.try_get("bill")?, position: row.try_get("position")?, line, owed })
    }
}

/// Of some bills; those of each in their order.
pub async fn free_lines(tx: &mut Tx, bills: &[&str]) -> Result<Vec<FreeLine>, sqlx::Error> {
    let sql = format!(
        "SELECT {FREE_LINE} FROM bill_line WHERE bill_line.bill IN ({}) ORDER BY bill_line.position",
        numbered(1, bills.len())
    );
    let query = bills.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, bill| query.bind(*bill));
    query.fetch_all(&mut **tx).await?.iter().map(FreeLine::of).collect()
}
