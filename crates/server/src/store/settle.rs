//! Settlement: applies the processor's verdict to the payment and the ledger, one transaction per verdict, by the table
//! of `transition`. The same verdict twice changes nothing. Bank debits come back later with `paid` or `returned`; a
//! return or a refund after `paid` reopens what was owed.

mod deposits;
pub(super) mod locked_payment;

use super::{
    Store, Tx, balance_part,
    batch::Batch,
    begin::{NewPayment, NotBegun},
    ledger::Reason,
    movements::{Destination, Movement},
    outbox::{Holds, Message, NoticeOf, QueuedEmail},
    payments::payment_in,
    retry,
    shares::{Shares, move_shares, reserve_again},
    texts,
    transition::{Effect, effect},
    word,
};
use crate::metrics;
use contract::{
    Instant, Locale,
    notices::NoticeKind,
    payment::{Failure, Payment, PaymentState},
};
use deposits::move_deposit;
use locked_payment::LockedPayment;
use sqlx::{AssertSqlSafe, Row};

/// One answer or event of the processor about one payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The processor's name of the charge; none if there is no charge, and never will be.
    pub charge: Option<String>,
    pub state: PaymentState,
    pub failure: Option<Failure>,
    /// What was charged, where the processor says it.
    pub cents: Option<i64>,
    /// Of the last event that this counts in, where the processor numbers them.
    pub sequence: Option<i64>,
}

impl Verdict {
    /// The processor has closed the payment's key: nothing was charged, and nothing will be.
    pub fn never() -> Self {
        let failure = Some(Failure::ProcessingError);
        Self { charge: None, state: PaymentState::Failed, failure, cents: None, sequence: None }
    }
}

/// What is said about a payment in its new state.
pub struct News {
    pub email: Message,
    /// The hash of the secret of the e-mail's link to the receipt, if it has one.
    pub link: Option<String>,
    /// The same to a member as a text message, where the deployment sends them.
    pub text: Option<String>,
}

/// Made by the caller, who knows the words.
/// The kind is of a member's payment, whose notices can be turned off.
pub type Words<'a> = &'a (dyn Fn(&Payment, Locale, Option<NoticeKind>) -> News + Send + Sync);

/// Where a verdict came from, and so whether the payer sees it on the page: a card that is declined in the call that
/// ordered the payment gets no e-mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerdictSource {
    /// The response to the call that ordered the payment.
    InCall,
    /// The response to a query after that call had ended.
    Later,
    /// An event of the processor; the call may still be running.
    ByItself,
}

/// The effect of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettleResult {
    Changed,
    /// It is so already.
    Same,
    /// The payment's state counts in a later event, of this number.
    Older(i64),
    NoPayment,
    /// Nothing was written: the books know no such step from this state, or it is about another charge.
    Unfit(PaymentState),
    /// Nothing was written: it is about another amount than the payment's.
    OtherAmount,
}

impl Store {
    /// The e-mail about it is queued in the same transaction, once a state. If the payment took no money, there is one
    /// only where the payer had an e-mail before or may have left the page. Gives the payment as it is now, too, to the
    /// call that ordered it.
    pub async fn settle(
        &self,
        payment: &str,
        verdict: &Verdict,
        source: VerdictSource,
        words: Words<'_>,
        at: Instant,
    ) -> Result<(SettleResult, Option<Payment>), sqlx::Error> {
        retry(|| self.settle_once(payment, verdict, source, words, at)).await
    }

    /// As `begin_payment`, of a payment that the balance pays alone: it is paid in the same transaction.
    pub async fn pay_from_balance(
        &self,
        new: &NewPayment<'_>,
        words: Words<'_>,
    ) -> Result<Result<Payment, NotBegun>, sqlx::Error> {
        retry(|| self.pay_from_balance_once(new, words)).await
    }

    async fn pay_from_balance_once(
        &self,
        new: &NewPayment<'_>,
        words: Words<'_>,
    ) -> Result<Result<Payment, NotBegun>, sqlx::Error> {
        let mut tx = self.begin().await?;
        if let Err(why) = self.begin_in(&mut tx, new).await? {
            tx.rollback().await?;
            return Ok(Err(why));
        }
        let paid = Verdict { charge: None, state: PaymentState::Paid, failure: None, cents: None, sequence: None };
        match self.settle_in(&mut tx, &new.id, &paid, VerdictSource::InCall, words, new.created_at).await? {
            (SettleResult::Changed, Some(payment)) => {
                tx.commit().await?;
                self.make_durable().await?;
                Ok(Ok(payment))
            }
            (other, _) => Err(sqlx::Error::Protocol(format!("a payment from a balance was not settled: {other:?}"))),
        }
    }

    async fn settle_once(
        &self,
        payment: &str,
        verdict: &Verdict,
        source: VerdictSource,
        words: Words<'_>,
        at: Instant,
    ) -> Result<(SettleResult, Option<Payment>), sqlx::Error> {
        let mut tx = self.begin_relaxed_durability().await?;
        let (settled, known) = self.settle_in(&mut tx, payment, verdict, source, words, at).await?;
        match settled {
            SettleResult::Changed | SettleResult::Same => tx.commit().await?,
            SettleResult::Older(_) | SettleResult::NoPayment | SettleResult::Unfit(_) | SettleResult::OtherAmount => {
                tx.rollback().await?;
            }
        }
        Ok((settled, known))
    }

    pub(super) async fn settle_in(
        &self,
        tx: &mut Tx,
        payment: &str,
        verdict: &Verdict,
        source: VerdictSource,
        words: Words<'_>,
        at: Instant,
    ) -> Result<(SettleResult, Option<Payment>), sqlx::Error> {
        let Some(before) = self.lock_payment(tx, payment).await? else { return Ok((SettleResult::NoPayment, None)) };
        if let Some(reason) = before.ignores(verdict) {
            return Ok((reason, None));
        }
        let effect = if before.is_of(verdict) { effect(before.state, verdict.state) } else { Effect::Unfit };
        let movement = before.movement(payment, at);
        let mut writes = Batch::default();
        if let Some(part) = &before.balance_part {
            balance_part::lock_bills(tx, payment, part).await?;
        }
        let settled = if before.is_deposit {
            if matches!(effect, Effect::Take | Effect::TakeAfterAll { .. }) {
                before.wipe_draft_now(tx).await?;
            }
            move_deposit(tx, &mut writes, &movement, effect, before.state).await?
        } else {
            move_money(tx, &mut writes, &movement, effect, &before).await?
        };
        if let SettleResult::Unfit(_) = settled {
            return Ok((settled, None));
        }
        let is_changed = settled == SettleResult::Changed;
        before.becomes(&mut writes, payment, verdict, is_changed, at)?;
        if before.is_sent(effect) || is_changed && verdict.state == PaymentState::Paid {
            before.wipe_draft(&mut writes);
        }
        writes.run(tx).await?;
        if let Some(part) = &before.balance_part {
            let state = if is_changed { verdict.state } else { before.state };
            balance_part::settle(tx, part, &before.membership, state, at).await?;
        }
        let is_news = before.is_news(verdict, source, is_changed, effect, at);
        let is_told = is_news && (before.email.is_some() || before.account.is_some());
        let is_asked = is_told || source == VerdictSource::InCall;
        let known = if is_asked { payment_in(tx, payment).await? } else { None };
        if let Some(known) = known.as_ref().filter(|_| is_told) {
            let said = Payment { failure: verdict.failure, ..known.clone() };
            tell(tx, &before, &said, &email_id(known, effect)?, words, at).await?;
        }
        Ok((settled, known))
    }

    /// Reads the payment and locks its row: over SQLite nobody else writes while this transaction does.
    pub(super) async fn lock_payment(&self, tx: &mut Tx, payment: &str) -> Result<Option<LockedPayment>, sqlx::Error> {
        let sql = "SELECT state, failure, charge, event_sequence, ask_at, asks, membership, session, idempotency_key, token, email, locale, \
                   account, total_cents, fee_cents, deposit_cents, posted_payment, balance_cents, balance_part FROM payment WHERE id = $1";
        let sql = if self.is_postgres { format!("{sql} FOR UPDATE") } else { sql.to_owned() };
        let row = sqlx::query(AssertSqlSafe(sql)).bind(payment).fetch_optional(&mut **tx).await?;
        row.as_ref().map(LockedPayment::of).transpose()
    }

    pub async fn payment_of_charge(&self, charge: &str) -> Result<Option<String>, sqlx::Error> {
        let row =
            sqlx::query("SELECT id FROM payment WHERE charge = $1").bind(charge).fetch_optional(&self.read).await?;
        row.map(|row| row.try_get(0)).transpose()
    }
}

/// What the plan took itself came back on a day, and no processor says so. The payment is paid, and its row locked.
pub(super) async fn return_posted(
    tx: &mut Tx,
    (payment, before): (&str, &LockedPayment),
    failure: Option<Failure>,
    (came_back, now): (Instant, Instant),
) -> Result<(), sqlx::Error> {
    let (mut writes, effect) = (Batch::default(), Effect::GiveBack(Reason::Returned));
    let movement = before.movement(payment, now);
    if before.is_deposit {
        move_deposit(tx, &mut writes, &movement, effect, before.state).await?;
    } else {
        move_money(tx, &mut writes, &movement, effect, before).await?;
    }
    let verdict = Verdict { charge: None, state: PaymentState::Returned, failure, cents: None, sequence: None };
    before.becomes(&mut writes, payment, &verdict, true, came_back)?;
    writes.run(tx).await.map(drop)
}

/// By e-mail to the address that came with the payment, and by text message to the member, who may have given none.
async fn tell(
    tx: &mut Tx,
    payment: &LockedPayment,
    said: &Payment,
    id: &str,
    words: Words<'_>,
    at: Instant,
) -> Result<(), sqlx::Error> {
    let notice = payment.account.as_deref().map(|account| NoticeOf { account, kind: NoticeKind::of_payment(said) });
    let News { email, link, text } = words(said, payment.locale, notice.map(|notice| notice.kind));
    if let (Some(notice), Some(text)) = (notice, text) {
        texts::put_notice(tx, id, notice, &text, at).await?;
    }
    let Some(to) = &payment.email else { return Ok(()) };
    let holds = link.as_deref().map_or(Holds::Nothing, Holds::ReceiptLink);
    QueuedEmail { id: id.to_owned(), cause: &said.id, to, message: &email, holds, notice, at }.put(tx).await
}

async fn move_money(
    tx: &mut Tx,
    writes: &mut Batch,
    movement: &Movement<'_>,
    effect: Effect,
    payment_before: &LockedPayment,
) -> Result<SettleResult, sqlx::Error> {
    let (payment, before) = (movement.payment, payment_before.state);
    match effect {
        Effect::Nothing => return Ok(SettleResult::Same),
        Effect::Unfit => return Ok(SettleResult::Unfit(before)),
        Effect::Rename => {}
        Effect::Take => {
            move_shares(tx, writes, payment, Shares::Settle).await?;
            if payment_before.is_from_balance {
                movement.apply(tx, writes).await?;
                return Ok(SettleResult::Changed);
            }
            // Whatever takes money names its charge, and the payment keeps it.
            if payment_before.charge.is_none() {
                movement.take_first(writes)?;
            } else {
                movement.take(tx, writes, Destination::Bills).await?;
            }
        }
        Effect::Release => move_shares(tx, writes, payment, Shares::Release).await?,
        Effect::SendAgain => {
            if !reserve_again(tx, payment).await? {
                return Ok(SettleResult::Unfit(before));
            }
        }
        Effect::TakeAfterAll { is_surprise } => {
            let towards = if reserve_again(tx, payment).await? {
                move_shares(tx, writes, payment, Shares::Settle).await?;
                Destination::Bills
            } else {
                payment_before.wipe_draft_now(tx).await?;
                Destination::Credit
            };
            movement.take(tx, writes, towards).await?;
            if is_surprise || towards == Destination::Credit {
                metrics::PAYMENTS_TAKEN_AFTER_ALL.add(1);
                let is_credit = towards == Destination::Credit;
                tracing::error!(
                    payment,
                    ?before,
                    is_credit,
                    "money was taken for a payment that was said to have taken none"
                );
            }
        }
        Effect::GiveBack(reason) => {
            if movement.give_back(tx, writes, reason).await? == Destination::Bills {
                move_shares(tx, writes, payment, Shares::Reopen).await?;
            }
        }
    }
    Ok(SettleResult::Changed)
}

/// Once a state; once more where the payment comes to the same state again.
fn email_id(payment: &Payment, effect: Effect) -> Result<String, sqlx::Error> {
    let id = format!("{}:{}", payment.id, word(&payment.state)?);
    let times = payment.events.iter().filter(|event| event.state == payment.state).count();
    let is_again = times > 1 && !matches!(effect, Effect::Nothing | Effect::Rename | Effect::Unfit);
    Ok(if is_again { format!("{id}:{times}") } else { id })
}
