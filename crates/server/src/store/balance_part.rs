//! The balance's part of a payment: a payment of its own beside the one that the processor is asked for. It begins with
//! that one and holds what it will use of the member's credit. It is settled with the first answer about that one: paid
//! if money was taken or is on its way, and otherwise cancelled. From then on it goes its own way: what the bank takes
//! back later is the other's.

use super::{
    Store, Tx,
    batch::Batch,
    begin::NewPayment,
    movements::Movement,
    retry,
    shares::{self, Shares, move_shares},
    to_json, word,
};
use contract::{
    Instant, Money,
    payment::{Method, PaymentState, Phase},
};
use sqlx::Row;

/// Of an order that is about to begin.
pub struct NewPart {
    pub id: String,
    pub reference: String,
    /// Nobody asks for it.
    pub key: String,
    pub cents: i64,
}

/// Writes it beside the payment, whose row is there already, with its shares, which are reserved already.
pub async fn begin(
    tx: &mut Tx,
    new: &NewPayment<'_>,
    part: &NewPart,
    shares: &[shares::NewShare<'_>],
) -> Result<(), sqlx::Error> {
    let row = "INSERT INTO payment (id, reference, membership, session, idempotency_key, fingerprint, state, total_cents, fee_cents, method, \
               payer_name, locale, authorisation, authorisation_version, created_at, moved_by, account, initiator_kind, initiator, balance_cents) \
               SELECT $2, $3, membership, session, $4, '', state, $5, 0, $6, payer_name, locale, authorisation, authorisation_version, \
               created_at, '[]', account, initiator_kind, initiator, $5 FROM payment WHERE id = $1";
    let row = sqlx::query(row).bind(&new.id).bind(&part.id).bind(&part.reference).bind(&part.key);
    row.bind(part.cents).bind(to_json(&Method::Balance)?).execute(&mut **tx).await?;
    let link = sqlx::query("UPDATE payment SET balance_part = $2 WHERE id = $1").bind(&new.id);
    link.bind(&part.id).execute(&mut **tx).await?;
    let mut writes = Batch::default();
    shares::add(&mut writes, &part.id, shares);
    add_event(&mut writes, &part.id, PaymentState::Processing, new.created_at)?;
    writes.run(tx).await?;
    Ok(())
}

/// The bills of both, in the order in which payments that begin lock them.
pub async fn lock_bills(tx: &mut Tx, payment: &str, part: &str) -> Result<(), sqlx::Error> {
    if tx.is_postgres() {
        let sql = "SELECT 1 FROM bill WHERE bill.id = ANY(ARRAY(SELECT payment_share.bill FROM payment_share \
                   WHERE payment_share.payment IN ($1, $2))) ORDER BY bill.id COLLATE \"C\" FOR UPDATE";
        sqlx::query(sql).bind(payment).bind(part).fetch_all(&mut **tx).await?;
    }
    Ok(())
}

/// After a verdict about the other: only the first one finds it on its way. The other's row is locked.
pub async fn settle(
    tx: &mut Tx,
    part: &str,
    membership: &str,
    other: PaymentState,
    at: Instant,
) -> Result<(), sqlx::Error> {
    let sql = "SELECT total_cents FROM payment WHERE id = $1 AND state = 'processing'";
    let Some(row) = sqlx::query(sql).bind(part).fetch_optional(&mut **tx).await? else { return Ok(()) };
    let cents: i64 = row.try_get("total_cents")?;
    let total = Money::from_cents(cents).ok_or_else(|| sqlx::Error::Decode("total_cents".into()))?;
    let movement =
        Movement { payment: part, membership, total, fee: Money::ZERO, is_deposit: false, is_by_plan: false, at };
    let mut writes = Batch::default();
    let state = match other.phase() {
        Phase::Took | Phase::OnItsWay => {
            move_shares(tx, &mut writes, part, Shares::Settle).await?;
            movement.apply(tx, &mut writes).await?;
            PaymentState::Paid
        }
        Phase::WentBack | Phase::TookNothing => {
            move_shares(tx, &mut writes, part, Shares::Release).await?;
            movement.release(tx, &mut writes).await?;
            PaymentState::Cancelled
        }
    };
    add_event(&mut writes, part, state, at)?;
    let sql = concat!("UPDATE payment SET state = $2, bill_kind = ", kind_of_bills!("$1"), " WHERE id = $1");
    writes.add(sql, [part.into(), word(&state)?.into()]);
    writes.run(tx).await?;
    Ok(())
}

/// Those whose other payment has its answer, though nobody settled them: a server of the version before, which knows no
/// parts, wrote that answer. By the indexes `payment_on_its_way` and `payment_of_membership`.
const LEFT: &str = "SELECT part.id AS part, payment.id AS id FROM payment AS part \
    JOIN payment ON payment.membership = part.membership AND payment.balance_part = part.id \
    WHERE part.state IN ('processing', 'scheduled') AND part.balance_cents > 0 \
    AND payment.ask_at IS NULL ORDER BY part.created_at, part.id LIMIT 100";

impl Store {
    /// Gives how many it settled. One that fails stops no other, and is reported each time.
    pub async fn settle_left_parts(&self, at: Instant) -> Result<usize, sqlx::Error> {
        let rows = sqlx::query(LEFT).fetch_all(&self.read).await?;
        let mut settled = 0;
        for row in &rows {
            let (part, payment): (&str, &str) = (row.try_get("part")?, row.try_get("id")?);
            match retry(|| self.settle_left(part, payment, at)).await {
                Ok(()) => settled += 1,
                Err(error) => tracing::error!(part, payment, ?error, "what a payment holds of a balance stays held"),
            }
        }
        Ok(settled)
    }

    async fn settle_left(&self, part: &str, payment: &str, at: Instant) -> Result<(), sqlx::Error> {
        let mut tx = self.begin().await?;
        if let Some(other) = self.lock_payment(&mut tx, payment).await?
            && other.ask_at.is_none()
        {
            lock_bills(&mut tx, payment, part).await?;
            settle(&mut tx, part, &other.membership, other.state, at).await?;
        }
        tx.commit().await
    }
}

fn add_event(writes: &mut Batch, payment: &str, state: PaymentState, at: Instant) -> Result<(), sqlx::Error> {
    let event = "INSERT INTO payment_event (payment, position, state, at) \
                 SELECT $1, COUNT(*), $2, $3 FROM payment_event WHERE payment = $1";
    writes.add(event, [payment.into(), word(&state)?.into(), at.millis().into()]);
    Ok(())
}
