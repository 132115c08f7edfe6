//! Settlement: applies the processor's verdict to the payment and the ledger, one transaction per verdict, by the table
//! of `transition`. The same verdict twice changes nothing. Bank debits come back later with `paid` or `returned`; a
//! return or a refund after `paid` reopens what was owed.

use super::{
    Store, Tx,
    batch::Batch,
    from_word,
    movements::{Destination, Movement},
    outbox::{Holds, Message, QueuedEmail},
    payments::payment_in,
    retry,
    shares::{Shares, move_shares, reserve_again},
    transition::{Effect, effect},
    value, word,
};
use crate::metrics;
use contract::{
    Email, IdempotencyKey, Instant, Locale,
    payment::{Failure, Payment, PaymentState},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

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

/// The e-mail about a payment in its new state, made by the caller, who knows the words.
/// With the hash of the secret of its link to the receipt, if it has one.
pub type Words<'a> = &'a (dyn Fn(&Payment, Locale) -> (Message, Option<String>) + Send + Sync);

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

/// The payment as it was, locked.
struct LockedPayment {
    state: PaymentState,
    failure: Option<String>,
    charge: Option<String>,
    sequence: i64,
    ask_at: Option<i64>,
    asks: i64,
    membership: String,
    /// In which it was made.
    session: Option<String>,
    key: IdempotencyKey,
    /// What it was to be charged with, until the processor has answered.
    token: Option<String>,
    /// The one who wants e-mails about it; nobody may.
    reader: Option<(Email, Locale)>,
}

impl Store {
    /// The e-mail that tells of it is queued in the same transaction, once a state; of a payment that took no money, if
    /// the one who ordered it was told of it before or may be gone. Gives the payment, too, as it is now, to the call
    /// that ordered it.
    pub async fn settle(
        &self,
        payment: &str,
        verdict: &Verdict,
        heard: VerdictSource,
        words: Words<'_>,
        at: Instant,
    ) -> Result<(SettleResult, Option<Payment>), sqlx::Error> {
        retry(|| self.settle_once(payment, verdict, heard, words, at)).await
    }

    async fn settle_once(
        &self,
        payment: &str,
        verdict: &Verdict,
        heard: VerdictSource,
        words: Words<'_>,
        at: Instant,
    ) -> Result<(SettleResult, Option<Payment>), sqlx::Error> {
        let mut tx = self.begin_relaxed_durability().await?;
        // The row is locked: over SQLite nobody else writes while this transaction does.
        let sql = "SELECT state, failure, charge, event_sequence, ask_at, asks, membership, session, idempotency_key, token, email, locale, \
                   total_cents, fee_cents FROM payment WHERE id = $1";
        let sql = if self.is_postgres { format!("{sql} FOR UPDATE") } else { sql.to_owned() };
        let row = sqlx::query(AssertSqlSafe(sql)).bind(payment).fetch_optional(&mut *tx).await?;
        let Some(row) = row else {
            tx.rollback().await?;
            return Ok((SettleResult::NoPayment, None));
        };
        let before = LockedPayment::of(&row)?;
        let charged = super::cents(&row, "total_cents")?.cents() + super::cents(&row, "fee_cents")?.cents();
        if verdict.cents.is_some_and(|cents| cents != charged) {
            tx.rollback().await?;
            return Ok((SettleResult::OtherAmount, None));
        }
        // The later word was written with all that an answer ends.
        if verdict.sequence.is_some_and(|sequence| sequence < before.sequence) {
            tx.rollback().await?;
            return Ok((SettleResult::Older(before.sequence), None));
        }
        let movement = Movement {
            payment,
            membership: &before.membership,
            total: super::cents(&row, "total_cents")?,
            fee: super::cents(&row, "fee_cents")?,
            at,
        };
        let effect = if before.is_of(verdict) { effect(before.state, verdict.state) } else { Effect::Unfit };
        let mut writes = Batch::default();
        let settled = move_money(&mut tx, &mut writes, &movement, effect, &before).await?;
        if let SettleResult::Unfit(_) = settled {
            tx.rollback().await?;
            return Ok((settled, None));
        }
        let is_changed = settled == SettleResult::Changed;
        // What a debit's first answer says is what the payment was begun with: it is news all the same.
        let is_sent = before.state == PaymentState::Processing && effect == Effect::Nothing;
        let is_made = is_sent || is_changed && verdict.state == PaymentState::Paid;
        before.becomes(&mut writes, payment, verdict, is_changed, at)?;
        if let (true, Some(session)) = (is_made, &before.session) {
            // The payer may have begun another payment meanwhile, whose draft has another key, or none yet.
            let wipe = "UPDATE session SET draft = NULL WHERE id = $1 AND draft LIKE $2";
            writes.add(wipe, [session.as_str().into(), format!("%\"key\":\"{}\"%", before.key).into()]);
        }
        writes.run(&mut tx).await?;
        // An event may have told it first, while nobody knew that the call was over.
        let is_told_late = heard == VerdictSource::Later && effect == Effect::Nothing;
        let is_news = if verdict.state.took_no_money() {
            before.is_unseen(heard, at) && (is_changed || is_told_late)
        } else {
            is_sent || is_changed
        };
        let reader = before.reader.filter(|_| is_news);
        let is_asked = reader.is_some() || heard == VerdictSource::InCall;
        let known = if is_asked { payment_in(&mut tx, payment).await? } else { None };
        if let (Some((to, locale)), Some(known)) = (reader, &known) {
            let (message, link) = words(&Payment { failure: verdict.failure, ..known.clone() }, locale);
            let id = email_id(known, effect)?;
            let holds = link.as_deref().map_or(Holds::Nothing, Holds::ReceiptLink);
            QueuedEmail { id, cause: payment, to: &to, message: &message, holds, at }.put(&mut tx).await?;
        }
        tx.commit().await?;
        Ok((settled, known))
    }

    pub async fn payment_of_charge(&self, charge: &str) -> Result<Option<String>, sqlx::Error> {
        let row =
            sqlx::query("SELECT id FROM payment WHERE charge = $1").bind(charge).fetch_optional(&self.read).await?;
        row.map(|row| row.try_get(0)).transpose()
    }
}

impl LockedPayment {
    fn of(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let reader = match row.try_get::<Option<&str>, _>("email")? {
            Some(_) => Some((value(row, "email")?, value(row, "locale")?)),
            None => None,
        };
        Ok(Self {
            state: from_word(row.try_get("state")?)?,
            failure: row.try_get("failure")?,
            charge: row.try_get("charge")?,
            sequence: row.try_get("event_sequence")?,
            ask_at: row.try_get("ask_at")?,
            asks: row.try_get("asks")?,
            membership: row.try_get("membership")?,
            session: row.try_get("session")?,
            key: value(row, "idempotency_key")?,
            token: row.try_get("token")?,
            reader,
        })
    }

    /// Whether the one who ordered it may not see what becomes of it: its call is over.
    fn is_unseen(&self, heard: VerdictSource, at: Instant) -> bool {
        match heard {
            // Nobody sits before what a schedule or a rule pays.
            VerdictSource::InCall => self.session.is_none(),
            VerdictSource::Later => true,
            // Answered before, given up by the call, or by now asked about by others.
            VerdictSource::ByItself => self.asks > 0 || self.ask_at.is_none_or(|ask_at| ask_at <= at.millis()),
        }
    }

    /// Whether the verdict speaks of the payment's own charge. Once a charge is known, "there is none" is no word about
    /// it.
    fn is_of(&self, verdict: &Verdict) -> bool {
        match (&verdict.charge, &self.charge) {
            (Some(of), Some(known)) => of == known,
            (None, Some(_)) => verdict.state != PaymentState::Failed,
            (_, None) => true,
        }
    }

    /// What an answer ends, and what it changes. A token is good for one charge: anyone who comes with it again is to
    /// ask the processor, and be refused.
    fn becomes(
        &self,
        writes: &mut Batch,
        payment: &str,
        verdict: &Verdict,
        is_changed: bool,
        at: Instant,
    ) -> Result<(), sqlx::Error> {
        let (mut state, mut failure) = (self.state, self.failure.clone());
        if is_changed {
            (state, failure) = (verdict.state, verdict.failure.map(|failure| word(&failure)).transpose()?);
            let event = "INSERT INTO payment_event (payment, position, state, at) \
                         SELECT $1, COUNT(*), $2, $3 FROM payment_event WHERE payment = $1";
            writes.add(event, [payment.into(), word(&state)?.into(), at.millis().into()]);
        }
        let charge = self.charge.clone().or_else(|| verdict.charge.clone());
        let sequence = verdict.sequence.unwrap_or(self.sequence);
        let sql = "UPDATE payment SET ask_at = NULL, token = NULL, binding = NULL, charge = $2, state = $3, failure = $4, \
                   event_sequence = $5 WHERE id = $1";
        writes.add(sql, [payment.into(), charge.into(), word(&state)?.into(), failure.into(), sequence.into()]);
        if let Some(token) = &self.token {
            writes.add("DELETE FROM method_token WHERE token = $1", [token.as_str().into()]);
        }
        Ok(())
    }
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
