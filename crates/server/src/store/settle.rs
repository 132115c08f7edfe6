//! What the processor said becomes what our books say: one transaction an answer, by the table of `transition`, and the same answer
//! twice changes nothing. Bank debits come back later with `paid` or `returned`; a return or a refund after `paid` reopens what was
//! owed.

use super::{
    Store, Tx, from_word,
    movements::{Movement, Towards},
    outbox::{Message, Queued},
    payments::add_event,
    retry,
    shares::{Shares, move_shares, reserve_again},
    transition::{Effect, effect},
    word,
};
use crate::metrics;
use contract::{
    Email, Instant,
    payment::{Failure, PaymentState},
};
use sqlx::Row;

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

/// A letter to queue with the verdict, made by the caller, who knows the words.
pub struct Addressed {
    pub to: Email,
    pub message: Message,
}

/// How a verdict was heard, and so whether whoever ordered the payment sees it: that one of a card declined on the spot is written no
/// letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// As the answer to the call that ordered it.
    InCall,
    /// As the answer to a question after that call had ended without one.
    Later,
    /// The processor told it; the call may be going on.
    ByItself,
}

/// What became of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
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

/// The payment as it was, locked.
struct Before {
    state: PaymentState,
    charge: Option<String>,
    sequence: i64,
    membership: String,
    /// In which it was made.
    session: Option<String>,
}

impl Store {
    /// The letter that tells of it is queued in the same transaction, once a state; of a payment that took no money, if whoever ordered
    /// it was told of it before or may be gone.
    pub async fn settle(
        &self,
        payment: &str,
        verdict: &Verdict,
        heard: Heard,
        message: Option<&Addressed>,
        at: Instant,
    ) -> Result<Settled, sqlx::Error> {
        retry(|| self.settle_once(payment, verdict, heard, message, at)).await
    }

    async fn settle_once(
        &self,
        payment: &str,
        verdict: &Verdict,
        heard: Heard,
        message: Option<&Addressed>,
        at: Instant,
    ) -> Result<Settled, sqlx::Error> {
        let mut tx = self.begin_repeatable().await?;
        let took_no_money = verdict.state.took_no_money();
        let is_unseen = took_no_money && is_unseen(&mut tx, payment, heard, at).await?;
        // A token is good for one charge: whoever comes with it again is to ask the processor, and be refused.
        let forget = "DELETE FROM method_token WHERE token = (SELECT token FROM payment WHERE id = $1)";
        sqlx::query(forget).bind(payment).execute(&mut *tx).await?;
        // This locks the row; a payment that has this state already is left alone.
        let row = sqlx::query(
            "UPDATE payment SET ask_at = NULL, token = NULL, binding = NULL, charge = COALESCE(charge, $2) WHERE id = $1 \
             RETURNING state, charge, event_sequence, membership, session, total_cents, fee_cents",
        )
        .bind(payment)
        .bind(verdict.charge.as_deref())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else {
            tx.rollback().await?;
            return Ok(Settled::NoPayment);
        };
        let before = Before {
            state: from_word(row.try_get("state")?)?,
            charge: row.try_get("charge")?,
            sequence: row.try_get("event_sequence")?,
            membership: row.try_get("membership")?,
            session: row.try_get("session")?,
        };
        let charged = super::cents(&row, "total_cents")?.cents() + super::cents(&row, "fee_cents")?.cents();
        if verdict.cents.is_some_and(|cents| cents != charged) {
            tx.rollback().await?;
            return Ok(Settled::OtherAmount);
        }
        let sequence = verdict.sequence.unwrap_or(before.sequence);
        if sequence < before.sequence {
            tx.commit().await?;
            return Ok(Settled::Older(before.sequence));
        }
        let movement = Movement {
            payment,
            membership: &before.membership,
            total: super::cents(&row, "total_cents")?,
            fee: super::cents(&row, "fee_cents")?,
            at,
        };
        let effect = if is_about(&before, verdict) { effect(before.state, verdict.state) } else { Effect::Unfit };
        let settled = move_money(&mut tx, &movement, effect, before.state).await?;
        if let Settled::Unfit(_) = settled {
            tx.rollback().await?;
            return Ok(settled);
        }
        if settled == Settled::Changed {
            sqlx::query("UPDATE payment SET state = $2, failure = $3, event_sequence = $4 WHERE id = $1")
                .bind(payment)
                .bind(word(&verdict.state)?)
                .bind(verdict.failure.map(|failure| word(&failure)).transpose()?)
                .bind(sequence)
                .execute(&mut *tx)
                .await?;
            add_event(&mut tx, payment, verdict.state, at).await?;
        } else if sequence > before.sequence {
            let sql = "UPDATE payment SET event_sequence = $2 WHERE id = $1";
            sqlx::query(sql).bind(payment).bind(sequence).execute(&mut *tx).await?;
        }
        // What a debit's first answer says is what the payment was begun with: it is news all the same.
        let is_sent = before.state == PaymentState::Processing && effect == Effect::Nothing;
        let is_made = is_sent || settled == Settled::Changed && verdict.state == PaymentState::Paid;
        if let (true, Some(session)) = (is_made, &before.session) {
            wipe_draft(&mut tx, session).await?;
        }
        // An event may have told it first, while nobody knew that the call was over.
        let is_told_late = heard == Heard::Later && effect == Effect::Nothing;
        let is_news = if took_no_money {
            is_unseen && (settled == Settled::Changed || is_told_late)
        } else {
            is_sent || settled == Settled::Changed
        };
        if is_news {
            put_message(&mut tx, payment, verdict.state, effect, message, at).await?;
        }
        tx.commit().await?;
        Ok(settled)
    }

    pub async fn payment_of_charge(&self, charge: &str) -> Result<Option<String>, sqlx::Error> {
        let row =
            sqlx::query("SELECT id FROM payment WHERE charge = $1").bind(charge).fetch_optional(&self.read).await?;
        row.map(|row| row.try_get(0)).transpose()
    }
}

/// Whether whoever ordered a payment may not see what becomes of it: its call is over. Before this verdict is written.
async fn is_unseen(tx: &mut Tx, payment: &str, heard: Heard, at: Instant) -> Result<bool, sqlx::Error> {
    match heard {
        Heard::InCall => Ok(false),
        Heard::Later => Ok(true),
        Heard::ByItself => {
            // Answered before, given up by the call, or by now asked about by others.
            let sql = "SELECT 1 FROM payment WHERE id = $1 AND (ask_at IS NULL OR asks > 0 OR ask_at <= $2)";
            let over = sqlx::query(sql).bind(payment).bind(at.millis());
            Ok(over.fetch_optional(&mut **tx).await?.is_some())
        }
    }
}

/// Whether the verdict speaks of the payment's own charge. Once a charge is known, "there is none" is no word about it.
fn is_about(before: &Before, verdict: &Verdict) -> bool {
    match (&verdict.charge, &before.charge) {
        (Some(of), Some(known)) => of == known,
        (None, Some(_)) => verdict.state != PaymentState::Failed,
        (_, None) => true,
    }
}

async fn move_money(
    tx: &mut Tx,
    movement: &Movement<'_>,
    effect: Effect,
    before: PaymentState,
) -> Result<Settled, sqlx::Error> {
    let payment = movement.payment;
    match effect {
        Effect::Nothing => return Ok(Settled::Same),
        Effect::Unfit => return Ok(Settled::Unfit(before)),
        Effect::Rename => {}
        Effect::Take => {
            move_shares(tx, payment, Shares::Settle).await?;
            movement.take(tx, Towards::Bills).await?;
        }
        Effect::Release => move_shares(tx, payment, Shares::Release).await?,
        Effect::SendAgain => {
            if !reserve_again(tx, payment).await? {
                return Ok(Settled::Unfit(before));
            }
        }
        Effect::TakeAfterAll { is_surprise } => {
            let towards = if reserve_again(tx, payment).await? {
                move_shares(tx, payment, Shares::Settle).await?;
                Towards::Bills
            } else {
                Towards::Credit
            };
            movement.take(tx, towards).await?;
            if is_surprise || towards == Towards::Credit {
                metrics::PAYMENTS_TAKEN_AFTER_ALL.add(1);
                let is_credit = towards == Towards::Credit;
                tracing::error!(
                    payment,
                    ?before,
                    is_credit,
                    "money was taken for a payment that was said to have taken none"
                );
            }
        }
        Effect::GiveBack(reason) => {
            if movement.give_back(tx, reason).await? == Towards::Bills {
                move_shares(tx, payment, Shares::Reopen).await?;
            }
        }
    }
    Ok(Settled::Changed)
}

/// Once a state; once more where the payment comes to the same state again.
async fn put_message(
    tx: &mut Tx,
    payment: &str,
    state: PaymentState,
    effect: Effect,
    message: Option<&Addressed>,
    at: Instant,
) -> Result<(), sqlx::Error> {
    let Some(Addressed { to, message }) = message else { return Ok(()) };
    let state = word(&state)?;
    let mut id = format!("{payment}:{state}");
    if !matches!(effect, Effect::Nothing | Effect::Rename | Effect::Unfit) {
        let sql = "SELECT COUNT(*) FROM payment_event WHERE payment = $1 AND state = $2";
        let times: i64 = sqlx::query(sql).bind(payment).bind(&state).fetch_one(&mut **tx).await?.try_get(0)?;
        if times > 1 {
            id = format!("{id}:{times}");
        }
    }
    Queued { id, cause: payment, to, message, is_secret: false, at }.put(tx).await
}

async fn wipe_draft(tx: &mut Tx, session: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE session SET draft = NULL WHERE id = $1").bind(session).execute(&mut **tx).await?;
    Ok(())
}
