//! Recent payments on the bills of a membership, as everybody who may see the bills may know them.

use super::{Store, cents, from_word, json, retry, sessions::Session, value};
use contract::{
    Instant,
    bill::{BillPayment, ReceiptName},
    payment::Method,
};
use sqlx::{Row, any::AnyRow};

/// Longer than a bank may take to return a debit.
const RECENT_MILLIS: i64 = 90 * 86_400_000;

/// Those that took money or will, and those whose money went back: at most a hundred of a membership, and five a bill.
/// A payment that took nothing concerns its payer only.
const RECENT: &str = "WITH recent AS MATERIALIZED (SELECT payment.id AS id, payment.reference AS reference, payment.session AS session, \
    payment.payer_membership AS payer_membership, payment.state AS state, payment.method AS method, payment.created_at AS created_at FROM payment \
    WHERE payment.membership = $1 AND payment.created_at > $2 \
    AND payment.state IN ('scheduled', 'processing', 'paid', 'returned', 'refunded') \
    ORDER BY payment.created_at DESC, payment.id DESC LIMIT 100), \
    ranked AS (SELECT payment_share.bill AS bill, payment_share.amount_cents AS amount_cents, recent.id AS id, \
    recent.reference AS reference, recent.session AS session, recent.payer_membership AS payer_membership, recent.state AS state, recent.method AS method, \
    recent.created_at AS created_at, \
    ROW_NUMBER() OVER (PARTITION BY payment_share.bill ORDER BY recent.created_at DESC, recent.id DESC) AS place \
    FROM recent JOIN payment_share ON payment_share.payment = recent.id) \
    SELECT ranked.bill AS bill, ranked.amount_cents AS amount_cents, ranked.id AS id, ranked.reference AS reference, \
    ranked.session AS session, ranked.payer_membership AS payer_membership, ranked.state AS state, ranked.method AS method, ranked.created_at AS created_at, \
    (SELECT payment_event.at FROM payment_event WHERE payment_event.payment = ranked.id \
     ORDER BY payment_event.position DESC LIMIT 1) AS since, \
    (SELECT bill.kind FROM bill WHERE bill.id = ranked.bill) AS kind, \
    (SELECT bill.due FROM bill WHERE bill.id = ranked.bill) AS due \
    FROM ranked WHERE ranked.place <= 5 ORDER BY created_at DESC, id DESC, due, bill";

/// All on one bill, as far as they are shown; by the index `share_of_bill`.
const ON_BILL: &str = "SELECT payment_share.bill AS bill, payment_share.amount_cents AS amount_cents, payment.id AS id, \
    payment.reference AS reference, payment.session AS session, payment.payer_membership AS payer_membership, payment.state AS state, \
    payment.method AS method, payment.created_at AS created_at, \
    (SELECT payment_event.at FROM payment_event WHERE payment_event.payment = payment.id \
     ORDER BY payment_event.position DESC LIMIT 1) AS since, bill.kind AS kind, bill.due AS due \
    FROM payment_share JOIN payment ON payment.id = payment_share.payment JOIN bill ON bill.id = payment_share.bill \
    WHERE payment_share.bill = $2 AND bill.membership = $1 \
    AND payment.state IN ('scheduled', 'processing', 'paid', 'returned', 'refunded') \
    ORDER BY payment.created_at DESC, payment.id DESC LIMIT 50";

impl Store {
    /// On one bill, whenever it was made, the newest first.
    pub async fn payments_on_bill(&self, session: &Session, bill: &str) -> Result<Vec<BillPayment>, sqlx::Error> {
        let read = || sqlx::query(ON_BILL).bind(&session.membership.id).bind(bill).fetch_all(&self.read);
        retry(read).await?.iter().map(|row| bill_payment(row, &session.membership.id, session)).collect()
    }

    /// On the bills of a membership, the newest first; with its receipt where the session may see that.
    pub async fn bill_payments(
        &self,
        membership: &str,
        session: &Session,
        now: Instant,
    ) -> Result<Vec<BillPayment>, sqlx::Error> {
        let since = now.millis() - RECENT_MILLIS;
        let read = || sqlx::query(RECENT).bind(membership).bind(since).fetch_all(&self.read);
        retry(read).await?.iter().map(|row| bill_payment(row, membership, session)).collect()
    }
}

fn bill_payment(row: &AnyRow, membership: &str, session: &Session) -> Result<BillPayment, sqlx::Error> {
    let is_own = row.try_get::<Option<&str>, _>("session")? == Some(session.id.as_str());
    let is_members = membership == session.membership.id
        || row.try_get::<Option<&str>, _>("payer_membership")? == Some(session.membership.id.as_str());
    let receipt = if is_own || is_members && session.member().is_some() {
        Some(ReceiptName { id: row.try_get("id")?, reference: row.try_get("reference")? })
    } else {
        None
    };
    Ok(BillPayment {
        bill: row.try_get("bill")?,
        kind: from_word(row.try_get("kind")?)?,
        due: value(row, "due")?,
        amount: cents(row, "amount_cents")?,
        state: from_word(row.try_get("state")?)?,
        made_at: Instant::from_millis(row.try_get("created_at")?),
        since: Instant::from_millis(row.try_get("since")?),
        by: json::<Method>(row.try_get("method")?)?.kind(),
        receipt,
    })
}
