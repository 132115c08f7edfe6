//! Payments that the plan took itself, by mail or phone: its billing system writes a row of `posted_payment` for each
//! (`docs/billing-system.md`), and each becomes a payment here once. Its id is the plan's own name for it, so what is
//! written a second time is refused by the database. What is more than the bill still takes goes to the balance, as a
//! payment of its own.

use super::{
    Store, Tx,
    batch::Batch,
    bills::free_lines,
    movements::{Destination, Movement},
    retry,
    shares::{self, NewShare, Shares, move_shares, spread},
    to_json, value, word,
};
use crate::clock::{day_in, start_of};
use contract::{
    Date, Instant, Locale, Money, Region,
    payment::{Method, PaymentState},
};
use sqlx::Row;

/// Twelve o’clock: the day is known, and no more.
const NOON_MILLIS: i64 = 12 * 3_600_000;

/// Names of a payment that is about to be written.
pub struct Names {
    pub id: String,
    pub reference: String,
    /// Nobody asks for it.
    pub key: String,
}

/// What became of a row.
#[derive(Debug, PartialEq, Eq)]
pub enum Posted {
    Done,
    /// Another server did it meanwhile.
    Already,
    /// It can't be understood, and is left for people.
    Unfit(&'static str),
}

/// A row as it is understood.
struct ToPost {
    membership: String,
    bill: String,
    total: Money,
    method: Method,
    payer: String,
    received: Instant,
}

impl Store {
    /// Those that wait, in the order in which they are posted. By the index `posted_payment_to_post`.
    pub async fn payments_to_post(&self, after: &str, most: i64) -> Result<Vec<String>, sqlx::Error> {
        let sql = "SELECT id FROM posted_payment WHERE posted_at IS NULL AND problem IS NULL AND id > $1 \
                   ORDER BY id LIMIT $2";
        sqlx::query_scalar(sql).bind(after).bind(most).fetch_all(&self.read).await
    }

    /// All of it, or nothing. The names are for what pays the bill, and for what goes to the balance.
    pub async fn post_payment(&self, id: &str, names: &[Names; 2], now: Instant) -> Result<Posted, sqlx::Error> {
        retry(|| self.post_once(id, names, now)).await
    }

    async fn post_once(&self, id: &str, names: &[Names; 2], now: Instant) -> Result<Posted, sqlx::Error> {
        let mut tx = self.begin().await?;
        let posted = post_in(&mut tx, id, names, now).await?;
        tx.commit().await?;
        Ok(posted)
    }
}

async fn post_in(
    tx: &mut Tx,
    id: &str,
    [for_bill, for_balance]: &[Names; 2],
    now: Instant,
) -> Result<Posted, sqlx::Error> {
    let row = match take(tx, id, now).await? {
        Ok(row) => row,
        Err(why) => return Ok(why),
    };
    let sql = "UPDATE bill SET pending_cents = pending_cents WHERE id = $1 RETURNING balance_cents - pending_cents";
    let free: i64 = sqlx::query_scalar(sql).bind(&row.bill).fetch_one(&mut **tx).await?;
    let pays = row.total.min(Money::from_cents(free).unwrap_or(Money::ZERO));
    if !pays.is_zero() {
        pay_bill(tx, id, &row, for_bill, (pays, now)).await?;
    }
    let rest = row.total.minus(pays).unwrap_or(Money::ZERO);
    if !rest.is_zero() {
        pay_in(tx, id, &row, for_balance, (rest, now)).await?;
    }
    Ok(Posted::Done)
}

/// Locks the row, and marks it as posted, or says why it can't be.
async fn take(tx: &mut Tx, id: &str, now: Instant) -> Result<Result<ToPost, Posted>, sqlx::Error> {
    let sql = "UPDATE posted_payment SET posted_at = $2 WHERE id = $1 AND posted_at IS NULL AND problem IS NULL \
               RETURNING bill, cents, method, payer_name, received_on";
    let Some(row) = sqlx::query(sql).bind(id).bind(now.millis()).fetch_optional(&mut **tx).await? else {
        return Ok(Err(Posted::Already));
    };
    let bill: String = row.try_get("bill")?;
    let of = "SELECT membership.id AS id, membership.region AS region, membership.name AS name FROM bill \
              JOIN membership ON membership.id = bill.membership WHERE bill.id = $1";
    let of = sqlx::query(of).bind(&bill).fetch_one(&mut **tx).await?;
    let region: Region = value(&of, "region")?;
    let method = match row.try_get("method")? {
        "check" => Method::Check,
        "phone" => Method::Phone,
        _ => return Ok(Err(unfit(tx, id, "method").await?)),
    };
    let day = Date::parse(row.try_get("received_on")?).ok();
    let day = day.filter(|day| *day <= day_in(region.time_zone(), now));
    let (Some(day), Some(total)) = (day, Money::from_cents(row.try_get("cents")?)) else {
        return Ok(Err(unfit(tx, id, "received_on").await?));
    };
    let payer: String = row.try_get("payer_name")?;
    Ok(Ok(ToPost {
        membership: of.try_get("id")?,
        bill,
        total,
        method,
        payer: if payer.trim().is_empty() { of.try_get("name")? } else { payer },
        received: at_noon(region, day, now),
    }))
}

/// Of a day of which no more is known. Nothing was made in the future.
pub(super) fn at_noon(region: Region, day: Date, now: Instant) -> Instant {
    start_of(region.time_zone(), day).plus_millis(NOON_MILLIS).min(now)
}

async fn unfit(tx: &mut Tx, id: &str, column: &'static str) -> Result<Posted, sqlx::Error> {
    let sql = "UPDATE posted_payment SET posted_at = NULL, problem = $2 WHERE id = $1";
    sqlx::query(sql).bind(id).bind(column).execute(&mut **tx).await?;
    Ok(Posted::Unfit(column))
}

async fn pay_bill(
    tx: &mut Tx,
    id: &str,
    row: &ToPost,
    names: &Names,
    (amount, now): (Money, Instant),
) -> Result<(), sqlx::Error> {
    insert(tx, id, row, names, (amount, 0)).await?;
    let sql =
        "UPDATE bill SET pending_cents = pending_cents + $2 WHERE id = $1 RETURNING balance_cents - pending_cents";
    let leaves = sqlx::query_scalar(sql).bind(&row.bill).bind(amount.cents()).fetch_one(&mut **tx).await?;
    let lines = free_lines(tx, &[&row.bill]).await?;
    let mut writes = Batch::default();
    let lines = spread(&lines, &row.bill, amount);
    shares::add(&mut writes, &names.id, &[NewShare { bill: &row.bill, amount, leaves, lines }]);
    writes.run(tx).await?;
    let mut writes = Batch::default();
    move_shares(tx, &mut writes, &names.id, Shares::Settle).await?;
    movement(row, names, (amount, now), false).take(tx, &mut writes, Destination::Bills).await?;
    writes.run(tx).await?;
    Ok(())
}

async fn pay_in(
    tx: &mut Tx,
    id: &str,
    row: &ToPost,
    names: &Names,
    (amount, now): (Money, Instant),
) -> Result<(), sqlx::Error> {
    insert(tx, id, row, names, (amount, amount.cents())).await?;
    let mut writes = Batch::default();
    movement(row, names, (amount, now), true).take(tx, &mut writes, Destination::Credit).await?;
    writes.run(tx).await?;
    Ok(())
}

fn movement<'a>(row: &'a ToPost, names: &'a Names, (total, at): (Money, Instant), is_deposit: bool) -> Movement<'a> {
    Movement {
        payment: &names.id,
        membership: &row.membership,
        total,
        fee: Money::ZERO,
        is_deposit,
        is_by_plan: true,
        at,
    }
}

/// A payment that is paid, and its one event.
async fn insert(
    tx: &mut Tx,
    id: &str,
    row: &ToPost,
    names: &Names,
    (amount, deposit): (Money, i64),
) -> Result<(), sqlx::Error> {
    let state = word(&PaymentState::Paid)?;
    let sql = "INSERT INTO payment (id, reference, membership, idempotency_key, fingerprint, state, total_cents, fee_cents, method, \
               payer_name, locale, authorisation, authorisation_version, created_at, moved_by, initiator_kind, initiator, \
               deposit_cents, posted_payment) \
               VALUES ($1, $2, $3, $4, '', $5, $6, 0, $7, $8, $9, '', 0, $10, '[]', 'plan', $11, $12, $11)";
    let query = sqlx::query(sql).bind(&names.id).bind(&names.reference).bind(&row.membership).bind(&names.key);
    let query = query.bind(&state).bind(amount.cents()).bind(to_json(&row.method)?).bind(&row.payer);
    let query = query.bind(Locale::En.code()).bind(row.received.millis()).bind(id).bind(deposit);
    query.execute(&mut **tx).await?;
    let event = "INSERT INTO payment_event (payment, position, state, at) VALUES ($1, 0, $2, $3)";
    let event = sqlx::query(event).bind(&names.id).bind(&state).bind(row.received.millis());
    event.execute(&mut **tx).await?;
    Ok(())
}
