//! Begins a payment and reserves its cents on the bills, in one transaction: no two payments can use the same cents.

use super::{
    Store, Tx,
    balance_part::{self, NewPart},
    batch::Batch,
    bills::{FREE_LINE, FreeLine, free_lines, just_paid, numbered},
    closed_keys, credit, household,
    initiators::Initiator,
    retry,
    saved_methods::{SavedUse, is_there},
    sessions::{IDLE_MILLIS, LONGEST_MILLIS},
    shares::{self, NewShare, less, spread},
    to_json, word,
};
use crate::clock::Clock;
use contract::{
    Amount, Date, IdempotencyKey, Instant, Money,
    payment::{Method, OrderShare, PaymentOrder, PaymentState, pay_in_order},
};
use sqlx::Row;

/// Everything known when the processor is about to be asked.
pub struct NewPayment<'a> {
    pub id: String,
    pub reference: String,
    pub membership: &'a str,
    pub initiator: &'a Initiator,
    pub key: &'a IdempotencyKey,
    pub fingerprint: &'a str,
    pub order: &'a PaymentOrder,
    /// What the method pays, without the fee.
    pub total: Money,
    /// What the balance pays beside it; none where it pays nothing or all.
    pub part: Option<NewPart>,
    pub method: &'a Method,
    /// By which the processor is asked to charge it.
    pub token: &'a str,
    pub binding: &'a str,
    pub saved: &'a SavedUse,
    pub created_at: Instant,
    pub sent_on: Option<Date>,
    pub expected_on: Option<Date>,
    pub moved_by: Vec<Date>,
    /// From when a payment on a bill counts as just made.
    pub just_since: Instant,
    /// A part of a bill is at least this; all that is left of one may be less.
    pub least: Money,
    /// When `jobs::settle_payments` queries the processor, if there is no verdict by then.
    pub ask_at: Instant,
    /// Asked last of all, when every lock is held: whether it is too late to begin.
    pub clock: &'a Clock,
}

/// Why a payment was not begun; nothing was written.
#[derive(Debug, PartialEq, Eq)]
pub enum NotBegun {
    /// This key has its payment already.
    KeyTaken,
    /// Index of the share whose bill is not there.
    NoSuchBill(usize),
    OverBalance(usize),
    /// Less than a part of a bill may be.
    TooSmall(usize),
    /// Somebody paid on this bill minutes ago.
    JustPaid(usize),
    /// The balance has less.
    BalanceTooSmall,
    /// The saved method was removed or replaced meanwhile.
    MethodGone,
    /// The session in which it was ordered has ended since.
    SignedOut,
    /// The moment until which it may begin is over, or its key was closed.
    TooLate,
}

impl Store {
    /// Writes the payment and reserves its shares, all or nothing.
    pub async fn begin_payment(&self, new: &NewPayment<'_>) -> Result<Result<(), NotBegun>, sqlx::Error> {
        retry(|| self.begin_once(new)).await
    }

    async fn begin_once(&self, new: &NewPayment<'_>) -> Result<Result<(), NotBegun>, sqlx::Error> {
        let mut tx = self.begin().await?;
        if let Err(why) = self.begin_in(&mut tx, new).await? {
            tx.rollback().await?;
            return Ok(Err(why));
        }
        tx.commit().await?;
        self.make_durable().await?; // before the processor is called
        Ok(Ok(()))
    }

    /// Nothing is to stay of it after an error, or if it is not begun.
    pub(super) async fn begin_in(
        &self,
        tx: &mut Tx,
        new: &NewPayment<'_>,
    ) -> Result<Result<(), NotBegun>, sqlx::Error> {
        match insert(tx, new).await {
            Ok(0) => return Ok(Err(NotBegun::KeyTaken)),
            Ok(_) => {}
            Err(error) if new.initiator.is_without_account(tx, &error).await? => return Ok(Err(NotBegun::SignedOut)),
            Err(error) => return Err(error),
        }
        put_amounts(tx, new).await?;
        if !household::pay_by(tx, new).await? {
            return Ok(Err(NotBegun::NoSuchBill(0)));
        }
        let leaves = match reserve(tx, new).await? {
            Ok(leaves) => leaves,
            Err(why) => return Ok(Err(why)),
        };
        let Some(lines) = self.lines_if_it_may_begin(tx, new).await? else {
            return Ok(Err(NotBegun::SignedOut));
        };
        if !is_there(tx, new.saved, new.token).await? {
            return Ok(Err(NotBegun::MethodGone));
        }
        if let Some(part) = new.order.from_balance
            && !credit::hold(tx, new.membership, part.money().cents()).await?
        {
            return Ok(Err(NotBegun::BalanceTooSmall));
        }
        // After every wait for a lock: so a response that said that this order comes to nothing stays true.
        let is_over = new.order.begin_by.is_some_and(|until| new.clock.now() > until);
        if is_over || !write(tx, new, &Reservation { leaves, lines }).await? {
            return Ok(Err(NotBegun::TooLate));
        }
        Ok(Ok(()))
    }

    /// Whether a connection that has not written the payment finds it. A commit is the database's word, and it can be
    /// wrong: a library that lost count of its savepoints commits nothing, and a charge would be made that no book
    /// knows.
    pub async fn is_seen(&self, payment: &str) -> Result<bool, sqlx::Error> {
        // Over SQLite the reader's connections are others than the writer's. Over PostgreSQL they are not, so the
        // database says that this one is in no transaction that has written: what it sees was committed.
        let sql = if self.is_postgres {
            "SELECT 1 FROM payment WHERE id = $1 AND txid_current_if_assigned() IS NULL"
        } else {
            "SELECT 1 FROM payment WHERE id = $1"
        };
        Ok(sqlx::query(sql).bind(payment).fetch_optional(&self.read).await?.is_some())
    }

    /// Locks the key, for `write`, and the session if somebody pays in one. The bills are locked already: a settlement
    /// locks in this order, too. A body can come long after its head, and the payer may have signed out meanwhile; with
    /// its row locked, a session ends before the payment begins or after it is written. Gives the lines of the bills,
    /// which are locked with their bills.
    async fn lines_if_it_may_begin(
        &self,
        tx: &mut Tx,
        new: &NewPayment<'_>,
    ) -> Result<Option<Vec<FreeLine>>, sqlx::Error> {
        let bills: Vec<&str> = new.order.shares.iter().map(|share| share.bill.as_str()).collect();
        let [of_membership, of_all] = closed_keys::names(new.membership, new.key);
        let Some(session) = new.initiator.session() else {
            if self.is_postgres {
                let lock = sqlx::query(closed_keys::LOCK_SHARED).bind(of_membership).bind(of_all);
                lock.execute(&mut **tx).await?;
            }
            return if bills.is_empty() { Ok(Some(Vec::new())) } else { free_lines(tx, &bills).await.map(Some) };
        };
        // By now bills were waited for.
        let now = new.clock.now();
        // Over SQLite nobody else writes while this transaction does. A payment that is settled in this transaction
        // writes the session as well: two of them that share it would wait for each other.
        let share = if *new.method == Method::Balance { "FOR NO KEY UPDATE" } else { "FOR SHARE" };
        let (lock, share) = if self.is_postgres { (closed_keys::LOCK_SHARED, share) } else { ("SELECT $1, $2", "") };
        let sql = format!(
            "WITH alive AS MATERIALIZED ({lock} FROM session WHERE id = $3 AND ended_at IS NULL AND seen_at > $4 AND created_at > $5 {share}) \
             SELECT {FREE_LINE} FROM alive LEFT JOIN bill_line ON bill_line.bill IN ({}) ORDER BY bill_line.position",
            if bills.is_empty() { "NULL".to_owned() } else { numbered(6, bills.len()) }
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(of_membership)
            .bind(of_all)
            .bind(session)
            .bind(now.millis() - IDLE_MILLIS)
            .bind(now.millis() - LONGEST_MILLIS);
        let rows = bills.iter().fold(query, |query, bill| query.bind(*bill)).fetch_all(&mut **tx).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        // Bills without lines are one row, with nothing in it.
        let lines = rows.iter().filter(|row| row.try_get::<Option<&str>, _>("bill").is_ok_and(|bill| bill.is_some()));
        lines.map(FreeLine::of).collect::<Result<_, _>>().map(Some)
    }
}

async fn insert(tx: &mut Tx, new: &NewPayment<'_>) -> Result<u64, sqlx::Error> {
    let day = |date: Option<Date>| date.map(|date| date.to_string());
    let (initiator_kind, initiator) = new.initiator.columns();
    let done = sqlx::query(
        "INSERT INTO payment (id, reference, membership, session, idempotency_key, fingerprint, state, total_cents, fee_cents, method, \
         payer_name, email, locale, authorisation, authorisation_version, created_at, sent_on, expected_on, moved_by, token, binding, ask_at, account, \
         initiator_kind, initiator) \
         VALUES ($1, $2, $3, $4, $5, $6, 'processing', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24) \
         ON CONFLICT (membership, idempotency_key) DO NOTHING",
    )
    .bind(&new.id)
    .bind(&new.reference)
    .bind(new.membership)
    .bind(new.initiator.session())
    .bind(new.key.to_string())
    .bind(new.fingerprint)
    .bind(new.total.cents())
    .bind(new.order.fee.cents())
    .bind(to_json(new.method)?)
    .bind(new.order.payer_name.to_string())
    .bind(new.order.email.as_ref().map(ToString::to_string))
    .bind(new.order.locale.code())
    .bind(&new.order.authorisation)
    .bind(i64::from(contract::authorisation::VERSION))
    .bind(new.created_at.millis())
    .bind(day(new.sent_on))
    .bind(day(new.expected_on))
    .bind(to_json(&new.moved_by)?)
    .bind(new.token)
    .bind(new.binding)
    .bind(new.ask_at.millis())
    .bind(new.initiator.account())
    .bind(initiator_kind)
    .bind(initiator)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// In statements of their own: what every payment is written with is measured and left as it is.
async fn put_amounts(tx: &mut Tx, new: &NewPayment<'_>) -> Result<(), sqlx::Error> {
    if *new.method == Method::Balance {
        let put = sqlx::query("UPDATE payment SET balance_cents = total_cents, ask_at = NULL WHERE id = $1");
        put.bind(&new.id).execute(&mut **tx).await?;
    }
    if let Some(deposit) = new.order.deposit {
        let put = sqlx::query("UPDATE payment SET deposit_cents = $2 WHERE id = $1").bind(&new.id);
        put.bind(deposit.money().cents()).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Bills whose cents are reserved and which are locked with them.
struct Reservation {
    /// Of each share: what it leaves of its bill.
    leaves: Vec<i64>,
    lines: Vec<FreeLine>,
}

impl Reservation {
    /// The amounts are those of the order's shares, in their order.
    fn shares<'a>(&self, new: &'a NewPayment<'_>, amounts: &[Money], lines: &'a [FreeLine]) -> Vec<NewShare<'a>> {
        let shares = new.order.shares.iter().zip(amounts).zip(&self.leaves);
        let shares = shares.filter(|((_, amount), _)| !amount.is_zero());
        shares
            .map(|((share, amount), leaves)| NewShare {
                bill: &share.bill,
                amount: *amount,
                leaves: *leaves,
                lines: spread(lines, &share.bill, *amount),
            })
            .collect()
    }
}

/// Gives what each share leaves of its bill.
async fn reserve(tx: &mut Tx, new: &NewPayment<'_>) -> Result<Result<Vec<i64>, NotBegun>, sqlx::Error> {
    let shares = &new.order.shares;
    // In one order for everybody: two payments that name the same bills must not wait for each other.
    let mut order: Vec<(usize, &OrderShare)> = shares.iter().enumerate().collect();
    order.sort_by_key(|(_, share)| &share.bill);
    let bills: Vec<&str> = order.iter().map(|(_, share)| share.bill.as_str()).collect();
    let mut leaves = vec![0; shares.len()];
    let (mut locked, mut refused) = (0, None);
    for (at, share) in &order {
        locked += 1;
        match reserve_one(tx, new, *at, share).await? {
            Ok(left) => leaves[*at] = left,
            Err(why) => {
                refused = Some(why);
                break;
            }
        }
    }
    // Our own row is there already but has no shares yet, so it does not find itself.
    if !new.order.pay_again && !bills.is_empty() {
        let just = just_paid(tx, new.membership, &bills[..locked], new.just_since).await?;
        let is_unseen = |share: &OrderShare| {
            just.iter().any(|(bill, newest)| *bill == share.bill && share.paid_before.is_none_or(|seen| seen < *newest))
        };
        if let Some((at, _)) = order.iter().find(|(_, share)| is_unseen(share)) {
            return Ok(Err(NotBegun::JustPaid(*at)));
        }
    }
    Ok(refused.map_or(Ok(leaves), Err))
}

/// Gives what it leaves of the bill.
async fn reserve_one(
    tx: &mut Tx,
    new: &NewPayment<'_>,
    at: usize,
    share: &OrderShare,
) -> Result<Result<i64, NotBegun>, sqlx::Error> {
    let amount = share.amount.money();
    let reserved = sqlx::query_scalar(
        "UPDATE bill SET pending_cents = pending_cents + $1 WHERE id = $2 AND membership = $3 AND balance_cents - pending_cents >= $1 \
         RETURNING balance_cents - pending_cents AS leaves_cents",
    )
    .bind(amount.cents())
    .bind(&share.bill)
    .bind(new.membership);
    if let Some(leaves) = reserved.fetch_optional(&mut **tx).await? {
        return Ok(if leaves > 0 && amount < new.least { Err(NotBegun::TooSmall(at)) } else { Ok(leaves) });
    }
    let there = sqlx::query("SELECT 1 FROM bill WHERE id = $1 AND membership = $2");
    let there = there.bind(&share.bill).bind(new.membership).fetch_optional(&mut **tx).await?.is_some();
    Ok(Err(if there { NotBegun::OverBalance(at) } else { NotBegun::NoSuchBill(at) }))
}

/// The shares, their lines and the payment's first event; false if its key was closed for this order. A statement of
/// its own after the one that locked the key: it sees what was committed until then.
async fn write(tx: &mut Tx, new: &NewPayment<'_>, reservation: &Reservation) -> Result<bool, sqlx::Error> {
    let amounts: Vec<Money> = new.order.shares.iter().map(|share| share.amount.money()).collect();
    let mut writes = Batch::default();
    match (&new.part, new.order.from_balance.map(Amount::money)) {
        (Some(part), Some(balance)) => {
            let from_balance = pay_in_order(balance, amounts.iter().copied());
            let of_part = reservation.shares(new, &from_balance, &reservation.lines);
            balance_part::begin(tx, new, part, &of_part).await?;
            let rest = amounts.iter().zip(from_balance).map(|(amount, part)| amount.minus(part).unwrap_or(Money::ZERO));
            let lines = less(&reservation.lines, &of_part);
            shares::add(&mut writes, &new.id, &reservation.shares(new, &rest.collect::<Vec<_>>(), &lines));
        }
        _ => shares::add(&mut writes, &new.id, &reservation.shares(new, &amounts, &reservation.lines)),
    }
    new.saved.write(&mut writes, new)?;
    let event = "INSERT INTO payment_event (payment, position, state, at) SELECT $1, 0, $2, $3 \
                 WHERE NOT EXISTS (SELECT 1 FROM closed_key WHERE idempotency_key = $4 AND begin_by >= $5)";
    // An order without a moment may begin at any time, so a closed key is closed for it.
    let begin_by = new.order.begin_by.map_or(0, Instant::millis);
    let (key, created_at) = (new.key.to_string(), new.created_at.millis());
    let state = word(&PaymentState::Processing)?;
    writes.add(event, [new.id.as_str().into(), state.into(), created_at.into(), key.into(), begin_by.into()]);
    Ok(writes.run(tx).await?.last() == Some(&1))
}
