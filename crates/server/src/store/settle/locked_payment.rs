//! A payment as it was before a verdict, with its row locked: what the verdict changes about it, and whether that is
//! news for the payer.

use super::{SettleResult, Verdict, VerdictSource};
use crate::store::{
    Tx, batch::Batch, cents, from_word, method_tokens::CODE_WANTED, movements::Movement, transition::Effect, value,
    word,
};
use contract::{
    Email, IdempotencyKey, Instant, Locale, Money,
    payment::{Failure, PaymentState},
};
use sqlx::{Row, any::AnyRow};

const WIPE_DRAFT: &str = "UPDATE session SET draft = NULL WHERE id = $1 AND draft LIKE $2";

/// The payment as it was, locked.
pub struct LockedPayment {
    pub state: PaymentState,
    pub failure: Option<String>,
    pub charge: Option<String>,
    pub sequence: i64,
    pub ask_at: Option<i64>,
    pub asks: i64,
    pub membership: String,
    /// Of the member who made it.
    pub account: Option<String>,
    /// In which it was made.
    pub session: Option<String>,
    pub total: Money,
    pub fee: Money,
    /// It goes to the balance, and pays no bill.
    pub is_deposit: bool,
    /// The plan took it itself.
    pub is_by_plan: bool,
    /// The balance pays it, and no processor is asked.
    pub is_from_balance: bool,
    /// The payment from the balance that was ordered with it.
    pub balance_part: Option<String>,
    pub key: IdempotencyKey,
    /// What it was to be charged with, until the processor has answered.
    pub token: Option<String>,
    /// Who gets e-mails about it, if anyone.
    pub email: Option<Email>,
    pub locale: Locale,
}

impl LockedPayment {
    pub fn of(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let has_email = row.try_get::<Option<&str>, _>("email")?.is_some();
        Ok(Self {
            state: from_word(row.try_get("state")?)?,
            failure: row.try_get("failure")?,
            charge: row.try_get("charge")?,
            sequence: row.try_get("event_sequence")?,
            ask_at: row.try_get("ask_at")?,
            asks: row.try_get("asks")?,
            membership: row.try_get("membership")?,
            account: row.try_get("account")?,
            session: row.try_get("session")?,
            total: cents(row, "total_cents")?,
            fee: cents(row, "fee_cents")?,
            is_deposit: row.try_get::<i64, _>("deposit_cents")? > 0,
            is_by_plan: row.try_get::<Option<&str>, _>("posted_payment")?.is_some(),
            is_from_balance: row.try_get::<i64, _>("balance_cents")? > 0,
            balance_part: row.try_get("balance_part")?,
            key: value(row, "idempotency_key")?,
            token: row.try_get("token")?,
            email: if has_email { Some(value(row, "email")?) } else { None },
            locale: value(row, "locale")?,
        })
    }

    /// What it moves at that moment.
    pub fn movement<'a>(&'a self, payment: &'a str, at: Instant) -> Movement<'a> {
        let Self { ref membership, total, fee, is_deposit, is_by_plan, .. } = *self;
        Movement { payment, membership, total, fee, is_deposit, is_by_plan, at }
    }

    /// Why a verdict writes nothing, whatever it says: it is about another amount, or a later one was written already,
    /// with all that an answer ends.
    pub fn ignores(&self, verdict: &Verdict) -> Option<SettleResult> {
        let charged = self.total.cents() + self.fee.cents();
        if verdict.cents.is_some_and(|cents| cents != charged) {
            return Some(SettleResult::OtherAmount);
        }
        let is_older = verdict.sequence.is_some_and(|sequence| sequence < self.sequence);
        is_older.then_some(SettleResult::Older(self.sequence))
    }

    /// The first answer about a debit: it was sent. It says what the payment was begun with, and is news all the same.
    pub fn is_sent(&self, effect: Effect) -> bool {
        self.state == PaymentState::Processing && effect == Effect::Nothing
    }

    /// Whether the payer gets an e-mail about it.
    pub fn is_news(
        &self,
        verdict: &Verdict,
        source: VerdictSource,
        is_changed: bool,
        effect: Effect,
        at: Instant,
    ) -> bool {
        // An event may have said it first, while nobody knew that the call was over.
        let is_repeated_late = source == VerdictSource::Later && effect == Effect::Nothing;
        if verdict.state.took_no_money() {
            self.is_unseen(source, at) && (is_changed || is_repeated_late)
        } else {
            self.is_sent(effect) || is_changed
        }
    }

    /// The payer may have begun another payment meanwhile, whose draft has another key, or none yet.
    pub fn wipe_draft(&self, writes: &mut Batch) {
        if let Some(session) = &self.session {
            writes.add(WIPE_DRAFT, [session.as_str().into(), self.draft_with_key().into()]);
        }
    }

    /// Before the credit is locked: a payment from it locks the session first.
    pub async fn wipe_draft_now(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        if let Some(session) = &self.session {
            let wipe = sqlx::query(WIPE_DRAFT).bind(session).bind(self.draft_with_key());
            wipe.execute(&mut **tx).await?;
        }
        Ok(())
    }

    fn draft_with_key(&self) -> String {
        format!("%\"key\":\"{}\"%", self.key)
    }

    /// Whether the one who ordered it may not see what becomes of it: its call is over.
    pub fn is_unseen(&self, source: VerdictSource, at: Instant) -> bool {
        match source {
            // Nobody looks at a page when a schedule or a rule pays.
            VerdictSource::InCall => self.session.is_none(),
            VerdictSource::Later => true,
            // Answered before, given up by the call, or by now asked about by others.
            VerdictSource::ByItself => self.asks > 0 || self.ask_at.is_none_or(|ask_at| ask_at <= at.millis()),
        }
    }

    /// Whether the verdict is about the payment's own charge. Once a charge is known, "there is no charge" is about
    /// another one.
    pub fn is_of(&self, verdict: &Verdict) -> bool {
        match (&verdict.charge, &self.charge) {
            (Some(of), Some(known)) => of == known,
            (None, Some(_)) => verdict.state != PaymentState::Failed,
            (_, None) => true,
        }
    }

    /// What an answer ends, and what it changes. A token is good for one charge: anyone who comes with it again is to
    /// ask the processor, and be refused.
    pub fn becomes(
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
        let sql = concat!(
            "UPDATE payment SET ask_at = NULL, token = NULL, binding = NULL, charge = $2, state = $3, failure = $4, \
             event_sequence = $5, bill_kind = ",
            kind_of_bills!("$1"),
            " WHERE id = $1"
        );
        writes.add(sql, [payment.into(), charge.into(), word(&state)?.into(), failure.into(), sequence.into()]);
        if let Some(token) = self.token.as_deref() {
            if verdict.failure == Some(Failure::WrongSecurityCode) {
                let keep = "UPDATE method_token SET binding = $2 || binding WHERE token = $1";
                writes.add(keep, [token.into(), CODE_WANTED.into()]);
            } else {
                writes.add("DELETE FROM method_token WHERE token = $1", [token.into()]);
            }
        }
        Ok(())
    }
}
