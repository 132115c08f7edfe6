//! The payments table: read here, begun in `begin`, settled in `settle`.

use super::{Store, Tx, cents, from_word, initiators::Initiator, json, retry, sessions::Session, value};
use crate::clock::day_in;
use contract::{
    Date, IdempotencyKey, Instant, Locale, Money,
    payment::{
        Failure, Method, OtherPart, PaidLine, Payment, PaymentEvent, PaymentShare, PaymentState, Phase, charged,
        counts_on,
    },
};
use sqlx::{Row, any::AnyRow};

/// What one key has done so far.
#[derive(Debug)]
pub enum KeyUse {
    Nothing,
    Payment(KeyedPayment),
    /// A payment of another membership has it, which this one's member did not make.
    Elsewhere,
}

#[derive(Debug)]
pub struct KeyedPayment {
    pub id: String,
    /// Whose bills it pays.
    pub membership: String,
    pub fingerprint: String,
    /// The processor has not answered yet.
    pub is_running: bool,
}

/// Who made a payment, and whose bills it pays.
pub struct MadeBy {
    pub initiator: Initiator,
    pub membership: String,
}

impl Store {
    pub async fn key_use(&self, membership: &str, key: &IdempotencyKey) -> Result<KeyUse, sqlx::Error> {
        let sql =
            "SELECT id, membership, payer_membership, fingerprint, ask_at FROM payment WHERE idempotency_key = $1";
        let rows = sqlx::query(sql).bind(key.to_string()).fetch_all(&self.read).await?;
        let mut used = KeyUse::Nothing;
        for row in rows {
            let payers: Option<&str> = row.try_get("payer_membership")?;
            let of: String = row.try_get("membership")?;
            if of != membership && payers != Some(membership) {
                used = KeyUse::Elsewhere;
                continue;
            }
            let ask_at: Option<i64> = row.try_get("ask_at")?;
            let (id, fingerprint) = (row.try_get("id")?, row.try_get("fingerprint")?);
            return Ok(KeyUse::Payment(KeyedPayment { id, membership: of, fingerprint, is_running: ask_at.is_some() }));
        }
        Ok(used)
    }

    /// The payment, if this session may see it: a payer's own; a member's every one of the membership, and those that
    /// the member made for others.
    pub async fn payment_seen_by(&self, session: &Session, id: &str) -> Result<Option<Payment>, sqlx::Error> {
        let (sql, whose) = if session.member().is_some() {
            (PAYMENT_OF_MEMBERSHIP, &session.membership.id)
        } else {
            (PAYMENT_OF_SESSION, &session.id)
        };
        Ok(self.one_payment(sql, &[id, whose], Some(&session.membership.id)).await?.map(|(payment, _)| payment))
    }

    /// The payment of a key, on bills of a membership, as the viewer's membership may see it. A guest's session that
    /// knows the key may see the payment by its id from then on.
    pub async fn payment_of_key(
        &self,
        membership: &str,
        key: &IdempotencyKey,
        (guest, viewer): (Option<&str>, Option<&str>),
    ) -> Result<Option<Payment>, sqlx::Error> {
        let found = self.one_payment(PAYMENT_OF_KEY, &[membership, &key.to_string()], viewer).await?;
        let Some((payment, made_in)) = found else { return Ok(None) };
        if let Some(session) = guest.filter(|guest| made_in.as_deref() != Some(guest)) {
            let adopt = "UPDATE payment SET session = $2 WHERE id = $1";
            // A reader waits for no writer that is in trouble, and is answered all the same: the next question by the
            // key adopts it.
            if sqlx::query(adopt).bind(&payment.id).bind(session).execute(&self.write).await.is_err() {
                tracing::warn!("a payment asked for by its key could not be given to the session that asked");
            }
        }
        Ok(Some(payment))
    }

    /// As anyone may see it who is let see it at all.
    pub async fn payment(&self, id: &str) -> Result<Option<Payment>, sqlx::Error> {
        Ok(self.one_payment(PAYMENT, &[id], None).await?.map(|(payment, _)| payment))
    }

    pub async fn made_by(&self, id: &str) -> Result<Option<MadeBy>, sqlx::Error> {
        let sql = "SELECT session, account, membership, initiator_kind, initiator FROM payment WHERE id = $1";
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.read).await?;
        row.map(|row| Ok(MadeBy { initiator: Initiator::from_row(&row)?, membership: row.try_get("membership")? }))
            .transpose()
    }

    pub async fn payment_locale(&self, id: &str) -> Result<Locale, sqlx::Error> {
        let row = sqlx::query("SELECT locale FROM payment WHERE id = $1").bind(id).fetch_one(&self.read).await?;
        value(&row, "locale")
    }

    /// The payment with its parts, and the session that it is of, if one made it.
    async fn one_payment(
        &self,
        sql: &'static str,
        values: &[&str],
        viewer: Option<&str>,
    ) -> Result<Option<(Payment, Option<String>)>, sqlx::Error> {
        let read = || values.iter().fold(sqlx::query(sql), |query, value| query.bind(*value)).fetch_all(&self.read);
        let rows = retry(read).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some((as_seen_by(viewer, payment_from(row, &rows)?, row)?, row.try_get("session")?)))
    }
}

/// As a transaction sees it.
pub async fn payment_in(tx: &mut Tx, id: &str) -> Result<Option<Payment>, sqlx::Error> {
    let rows = sqlx::query(PAYMENT).bind(id).fetch_all(&mut **tx).await?;
    rows.first().map(|row| as_seen_by(None, payment_from(row, &rows)?, row)).transpose()
}

/// What somebody paid for another person shows the services to that person's membership only; and there neither the
/// address nor the authorisation of the one who paid.
fn as_seen_by(viewer: Option<&str>, payment: Payment, row: &AnyRow) -> Result<Payment, sqlx::Error> {
    if row.try_get::<Option<&str>, _>("payer_membership")?.is_none() {
        return Ok(payment);
    }
    let is_theirs = viewer == Some(row.try_get("membership")?);
    Ok(if is_theirs { payment.of_another_payer() } else { payment.without_services(row.try_get("whose")?) })
}

/// From its rows, a line of a share each; what is the payment's own is the same in all of them.
fn payment_from(row: &AnyRow, rows: &[AnyRow]) -> Result<Payment, sqlx::Error> {
    let owed = cents(row, "owed_cents")?;
    let state: PaymentState = from_word(row.try_get("state")?)?;
    let (total, fee) = (cents(row, "total_cents")?, cents(row, "fee_cents")?);
    let deposit = deposit_of(row)?;
    let bills = if deposit.is_some() { Money::ZERO } else { total };
    let failure: Option<String> = row.try_get("failure")?;
    let email: Option<String> = row.try_get("email")?;
    let region: contract::Region = value(row, "region")?;
    let created_at = Instant::from_millis(row.try_get("created_at")?);
    let sent_on = optional_date(row, "sent_on")?;
    Ok(Payment {
        id: row.try_get("id")?,
        reference: row.try_get("reference")?,
        key: value(row, "idempotency_key")?,
        state,
        is_final: !state.is_on_its_way(),
        can_retry: state.can_retry(),
        total,
        fee,
        charged: charged(total, fee).ok_or_else(|| sqlx::Error::Decode("total_cents + fee_cents".into()))?,
        shares: shares_of(rows, state)?,
        deposit,
        other_part: other_part_of(row)?,
        method: json(row.try_get("method")?)?,
        payer_name: row.try_get("payer_name")?,
        email: email.and_then(|email| contract::Email::parse(&email).ok()),
        created_at,
        time_zone: region.time_zone().to_owned(),
        sent_on,
        counts_on: Some(counts_on(day_in(region.time_zone(), created_at), sent_on)),
        expected_on: optional_date(row, "expected_on")?,
        moved_by: json(row.try_get("moved_by")?)?,
        failure: shown_failure(failure.as_deref().map(from_word).transpose()?, row)?,
        owed_now: owed,
        owed_if_cleared: if state.is_on_its_way() { owed.minus(bills).unwrap_or(Money::ZERO) } else { owed },
        authorisation: row.try_get("authorisation")?,
        authorisation_version: u32::try_from(row.try_get::<i64, _>("authorisation_version")?).unwrap_or(0),
        given_back: cents(row, "given_back_cents")?,
        is_by_another: false,
        events: events_of(row.try_get::<Option<&str>, _>("events")?.unwrap_or_default())?,
    })
}

fn shares_of(rows: &[AnyRow], state: PaymentState) -> Result<Vec<PaymentShare>, sqlx::Error> {
    let mut shares: Vec<PaymentShare> = Vec::new();
    for row in rows {
        let Some(bill) = row.try_get::<Option<&str>, _>("bill")? else { continue };
        if shares.last().is_none_or(|share| share.bill != bill) {
            shares.push(share_of(row, bill, state)?);
        }
        // A share without lines is one row, with nothing in the columns of the line.
        if let (Some(share), Some(_)) = (shares.last_mut(), row.try_get::<Option<&str>, _>("service_date")?) {
            share.lines.push(paid_line_of(row)?);
        }
    }
    Ok(shares)
}

fn share_of(row: &AnyRow, bill: &str, state: PaymentState) -> Result<PaymentShare, sqlx::Error> {
    let (amount, mut leaves) = (cents(row, "amount_cents")?, cents(row, "leaves_cents")?);
    // What was reserved for a payment that took nothing, or gave it back, is owed again.
    if matches!(state.phase(), Phase::WentBack | Phase::TookNothing) {
        leaves = leaves.plus(amount).unwrap_or(leaves);
    }
    Ok(PaymentShare {
        bill: bill.to_owned(),
        kind: from_word(row.try_get("kind")?)?,
        patient: row.try_get("patient")?,
        amount,
        leaves,
        due: value(row, "due")?,
        lines: Vec::new(),
    })
}

/// As the statement writes them: `processing 1700000000000,paid 1700000000100`.
pub(super) fn events_of(text: &str) -> Result<Vec<PaymentEvent>, sqlx::Error> {
    let events = text.split(',').filter(|event| !event.is_empty()).map(|event| {
        let (state, at) = event.split_once(' ')?;
        Some(PaymentEvent { state: from_word(state).ok()?, at: Instant::from_millis(at.parse().ok()?) })
    });
    events.map(|event| event.ok_or_else(|| sqlx::Error::Decode("payment_event".into()))).collect()
}

/// A payment with its parts, a row a line of each share, in one statement: an answer is of one moment, whatever is paid
/// meanwhile. Each column with its table: one that a later version adds to one of them must not make a name in this
/// statement mean two. The other part of an order is found by the index `payment_of_balance_part`.
macro_rules! payments {
    ($condition:literal) => {
        concat!(
            "WITH found AS MATERIALIZED (SELECT payment.id AS id, payment.membership AS membership, \
             payment.payer_membership AS payer_membership, membership.name AS whose, payment.reference AS reference, payment.session AS session, \
             payment.idempotency_key AS idempotency_key, payment.state AS state, payment.failure AS failure, \
             payment.total_cents AS total_cents, payment.fee_cents AS fee_cents, payment.deposit_cents AS deposit_cents, \
             COALESCE(payment.balance_part, (SELECT whole.id FROM payment AS whole WHERE whole.balance_part = payment.id)) AS other, \
             payment.method AS method, \
             payment.payer_name AS payer_name, payment.email AS email, payment.authorisation AS authorisation, \
             payment.authorisation_version AS authorisation_version, payment.created_at AS created_at, payment.sent_on AS sent_on, \
             payment.expected_on AS expected_on, payment.moved_by AS moved_by, payment.account AS account, \
             membership.region AS region, \
             (SELECT CAST(COALESCE(SUM(credit_refund.cents), 0) AS BIGINT) FROM credit_refund \
             WHERE credit_refund.payment = payment.id AND credit_refund.state <> 'refused') AS given_back_cents, \
             (SELECT CAST(COALESCE(SUM(bill.balance_cents), 0) AS BIGINT) FROM bill WHERE bill.membership = membership.id) AS owed_cents, \
             (SELECT string_agg(payment_event.state || ' ' || payment_event.at, ',' ORDER BY payment_event.position) \
             FROM payment_event WHERE payment_event.payment = payment.id) AS events \
             FROM payment JOIN membership ON membership.id = payment.membership WHERE ",
            $condition,
            ") SELECT found.id AS id, found.membership AS membership, found.payer_membership AS payer_membership, found.whose AS whose, found.reference AS reference, found.session AS session, found.idempotency_key AS idempotency_key, \
             found.state AS state, found.failure AS failure, found.total_cents AS total_cents, found.fee_cents AS fee_cents, found.deposit_cents AS deposit_cents, \
             other.id AS other, other.reference AS other_reference, other.total_cents + other.fee_cents AS other_cents, \
             other.method AS other_method, other.state AS other_state, \
             found.method AS method, found.payer_name AS payer_name, found.email AS email, found.authorisation AS authorisation, \
             found.authorisation_version AS authorisation_version, found.created_at AS created_at, found.sent_on AS sent_on, \
             found.expected_on AS expected_on, found.moved_by AS moved_by, found.account AS account, found.region AS region, \
             found.given_back_cents AS given_back_cents, found.owed_cents AS owed_cents, found.events AS events, bill.id AS bill, bill.kind AS kind, bill.patient AS patient, \
             bill.due AS due, payment_share.amount_cents AS amount_cents, payment_share.leaves_cents AS leaves_cents, \
             bill_line.service_date AS service_date, bill_line.provider AS provider, bill_line.description AS description, \
             bill_line.you_paid_cents + bill_line.you_owe_cents AS after_insurance_cents, payment_line.paid_cents AS paid_cents \
             FROM found LEFT JOIN payment AS other ON other.id = found.other LEFT JOIN payment_share ON payment_share.payment = found.id LEFT JOIN bill ON bill.id = payment_share.bill \
             LEFT JOIN payment_line ON payment_line.payment = found.id AND payment_line.bill = payment_share.bill \
             LEFT JOIN bill_line ON bill_line.bill = payment_line.bill AND bill_line.position = payment_line.line \
             ORDER BY payment_share.position, bill_line.service_date, payment_line.line"
        )
    };
}
const PAYMENT: &str = payments!("payment.id = $1");
const PAYMENT_OF_SESSION: &str = payments!("payment.id = $1 AND payment.session = $2");
const PAYMENT_OF_MEMBERSHIP: &str =
    payments!("payment.id = $1 AND (payment.membership = $2 OR payment.payer_membership = $2)");
const PAYMENT_OF_KEY: &str = payments!("payment.membership = $1 AND payment.idempotency_key = $2");

/// The payment that was ordered together with it: from the balance, or by another method.
pub(super) fn other_part_of(row: &AnyRow) -> Result<Option<OtherPart>, sqlx::Error> {
    let Some(payment) = row.try_get("other")? else { return Ok(None) };
    Ok(Some(OtherPart {
        payment,
        reference: row.try_get("other_reference")?,
        charged: cents(row, "other_cents")?,
        method: json(row.try_get("other_method")?)?,
        state: from_word(row.try_get("other_state")?)?,
    }))
}

/// What goes to the balance; none of a payment of bills.
pub(super) fn deposit_of(row: &AnyRow) -> Result<Option<Money>, sqlx::Error> {
    Ok(Some(cents(row, "deposit_cents")?).filter(|deposit| !deposit.is_zero()))
}

pub(super) fn optional_date(row: &AnyRow, column: &str) -> Result<Option<Date>, sqlx::Error> {
    let text: Option<String> = row.try_get(column)?;
    Ok(text.and_then(|text| Date::parse(&text).ok()))
}

/// Why it failed, as a client may see it: without an account, without what only a thief would use.
pub(super) fn shown_failure(failure: Option<Failure>, row: &AnyRow) -> Result<Option<Failure>, sqlx::Error> {
    let is_guests = row.try_get::<Option<String>, _>("account")?.is_none();
    let is_card = matches!(json(row.try_get("method")?)?, Method::Card { .. });
    Ok(failure.map(|failure| if is_guests && is_card { failure.without_detail() } else { failure }))
}

fn paid_line_of(row: &AnyRow) -> Result<PaidLine, sqlx::Error> {
    Ok(PaidLine {
        date_of_service: value(row, "service_date")?,
        provider: row.try_get("provider")?,
        description: row.try_get("description")?,
        after_insurance: cents(row, "after_insurance_cents")?,
        paid: cents(row, "paid_cents")?,
    })
}
