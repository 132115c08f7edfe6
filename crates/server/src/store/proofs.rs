//! What was paid of each service, for the proof of a tax year.

use super::{Store, cents, from_word, json, retry, value};
use contract::{
    Date, Instant, Money,
    bill::BillKind,
    payment::{CardFunding, Method, PaymentState},
};
use sqlx::{Row, any::AnyRow};
use std::collections::HashSet;

/// What one payment pays of one service.
pub struct PaidService {
    pub payment: String,
    pub reference: String,
    pub state: PaymentState,
    /// By the card of such an account, or by credit that came from one.
    pub is_by_health_account: bool,
    pub made_at: Instant,
    /// Nothing of a payment that never was.
    pub paid_at: Option<Instant>,
    pub since: Instant,
    pub kind: BillKind,
    pub patient: String,
    pub date_of_service: Date,
    pub provider: String,
    pub description: String,
    pub after_insurance: Money,
    pub paid: Money,
}

/// Of a payment: that its money went to the bills it was for. What came after somebody else had paid them is the
/// member's credit. By the index `ledger_entry_of_source` and the primary key of `ledger_posting`.
macro_rules! pays_its_bills {
    () => {
        "(SELECT COALESCE(SUM(ledger_posting.cents), 0) FROM ledger_entry JOIN ledger_posting ON ledger_posting.entry = ledger_entry.id \
         WHERE ledger_entry.source_kind = 'payment' AND ledger_entry.source = payment.id \
         AND ledger_posting.account = 'credit:' || payment.membership) >= 0"
    };
}

/// Services of a year, and what was made between two moments; by the index `payment_of_membership`, and by the primary
/// keys of `payment_line`, `bill`, `bill_line` and `payment_event`. A payment that took nothing is left out, and so
/// is one whose money is credit, or that somebody else made for the member.
const PAID_SERVICES: &str = concat!(
    "SELECT payment.id AS id, payment.reference AS reference, payment.state AS state, payment.method AS method, \
    payment.created_at AS created_at, \
    (SELECT MAX(payment_event.at) FROM payment_event WHERE payment_event.payment = payment.id AND payment_event.state = 'paid') AS paid_at, \
    (SELECT payment_event.at FROM payment_event WHERE payment_event.payment = payment.id \
     ORDER BY payment_event.position DESC LIMIT 1) AS since, \
    bill.kind AS kind, bill.patient AS patient, bill_line.service_date AS service_date, bill_line.provider AS provider, \
    bill_line.description AS description, bill_line.you_paid_cents + bill_line.you_owe_cents AS after_insurance_cents, \
    payment_line.paid_cents AS paid_cents \
    FROM payment JOIN payment_line ON payment_line.payment = payment.id JOIN bill ON bill.id = payment_line.bill \
    JOIN bill_line ON bill_line.bill = payment_line.bill AND bill_line.position = payment_line.line \
    WHERE payment.membership = $1 AND payment.payer_membership IS NULL \
    AND payment.state IN ('scheduled', 'processing', 'paid', 'returned', 'refunded') \
    AND ",
    pays_its_bills!(),
    " AND (substr(bill_line.service_date, 1, 4) = $2 OR payment.created_at >= $3 AND payment.created_at < $4) \
    ORDER BY bill_line.service_date, payment.created_at, payment.id, payment_line.bill, payment_line.line"
);

/// What came into a credit and went out of it, in order; by the primary key of `credit_change`.
const CREDIT_CHANGES: &str = "SELECT credit_change.cents AS cents, COALESCE(ledger_entry.source_kind, 'payment') AS source_kind, \
    payment.id AS id, payment.method AS method FROM credit_change JOIN ledger_entry ON ledger_entry.id = credit_change.entry \
    JOIN payment ON payment.id = COALESCE(ledger_entry.source, ledger_entry.payment) \
    WHERE credit_change.membership = $1 AND credit_change.cents <> 0 ORDER BY credit_change.position";

/// By the index `bill_of_membership` and the primary key of `bill_line`.
const YEARS: &str = "SELECT DISTINCT substr(bill_line.service_date, 1, 4) AS year FROM bill \
    JOIN bill_line ON bill_line.bill = bill.id WHERE bill.membership = $1";

impl Store {
    /// In no order.
    pub async fn years_of_service(&self, membership: &str) -> Result<Vec<i16>, sqlx::Error> {
        let read = || sqlx::query(YEARS).bind(membership).fetch_all(&self.read);
        let year = |row: &AnyRow| {
            let year: &str = row.try_get("year")?;
            year.parse().map_err(|_| sqlx::Error::Decode("the year of a service".into()))
        };
        retry(read).await?.iter().map(year).collect()
    }

    /// By day of service.
    pub async fn paid_services(
        &self,
        membership: &str,
        year: i16,
        [from, until]: [Instant; 2],
    ) -> Result<Vec<PaidService>, sqlx::Error> {
        let year = year.to_string();
        let read = || {
            let query = sqlx::query(PAID_SERVICES).bind(membership).bind(&year);
            query.bind(from.millis()).bind(until.millis()).fetch_all(&self.read)
        };
        let rows = retry(read).await?;
        let claimed = self.paid_by_health_credit(membership).await?;
        rows.iter().map(|row| paid_service(row, &claimed)).collect()
    }

    /// Payments from the balance that credit of an HSA's or FSA's card paid, or a part of it: that is used before any
    /// other.
    async fn paid_by_health_credit(&self, membership: &str) -> Result<HashSet<String>, sqlx::Error> {
        let rows = retry(|| sqlx::query(CREDIT_CHANGES).bind(membership).fetch_all(&self.read)).await?;
        let (mut there, mut claimed) = (0, HashSet::new());
        for row in &rows {
            let (cents, kind): (i64, &str) = (row.try_get("cents")?, row.try_get("source_kind")?);
            if kind == "payment" && is_by_health_card(&json(row.try_get("method")?)?) {
                there = (there + cents).max(0);
            } else if kind == "credit" && cents < 0 && there > 0 {
                there = (there + cents).max(0);
                claimed.insert(row.try_get("id")?);
            }
        }
        Ok(claimed)
    }
}

fn is_by_health_card(method: &Method) -> bool {
    matches!(method, Method::Card { funding: CardFunding::HsaFsa, .. })
}

fn paid_service(row: &AnyRow, claimed: &HashSet<String>) -> Result<PaidService, sqlx::Error> {
    let method: Method = json(row.try_get("method")?)?;
    let id: String = row.try_get("id")?;
    Ok(PaidService {
        is_by_health_account: is_by_health_card(&method) || claimed.contains(&id),
        payment: id,
        reference: row.try_get("reference")?,
        state: from_word(row.try_get("state")?)?,
        made_at: Instant::from_millis(row.try_get("created_at")?),
        paid_at: row.try_get::<Option<i64>, _>("paid_at")?.map(Instant::from_millis),
        since: Instant::from_millis(row.try_get("since")?),
        kind: from_word(row.try_get("kind")?)?,
        patient: row.try_get("patient")?,
        date_of_service: value(row, "service_date")?,
        provider: row.try_get("provider")?,
        description: row.try_get("description")?,
        after_insurance: cents(row, "after_insurance_cents")?,
        paid: cents(row, "paid_cents")?,
    })
}
