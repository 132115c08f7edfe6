//! Charging: calls the processor and stores its response. The only code path for a payment that was just begun, for one
//! that `jobs::settle_payments` found without a response, and for a bank debit that ended days later.
//!
//! A payment fails in two ways only: its charge failed, or the processor has closed the payment's key, after which
//! nothing can be charged under it. Anything else is no response, and the processor is asked again later; so is an
//! answer about another amount than the payment's. Before a charge is requested, the payment is read back from the
//! database.

use super::{
    processor::{ChargeEvent, ChargeOrder, Closed, ProcessorError},
    receipts,
};
use crate::{
    alarm::OncePerMinute,
    backoff::Backoff,
    error::{Error, Result},
    limits::charges,
    metrics,
    state::App,
    store::{
        pending_charges::PendingCharge,
        settle::{SettleResult, Verdict, VerdictSource},
        unmatched::EVENTS_READ,
    },
    token,
};
use contract::{payment::Payment, problem_details::ErrorCode};
use std::time::Duration;
use tracing::Instrument;

/// Before a payment without an answer is asked about again: as long as is promised, and not spread by chance.
const WAIT: Backoff = Backoff { first: 1_000, factor: 2, longest: 60_000 };

/// How long the processor's events are waited for while a payer waits. Without them the number is left out.
const LISTING: Duration = Duration::from_secs(1);

/// Charges a payment that nobody has asked the processor for. When it does not answer the payment stays as it is, for
/// `jobs::settle_payments`; the caller gets "key in use" and asks again. Gives the payment, unless somebody else wrote
/// the answer.
pub async fn charge(app: &App, asked: &PendingCharge) -> Result<Option<Payment>> {
    must_be_seen(app, asked).await?;
    let verdict = ask(app, asked).await;
    write(app, asked, verdict, VerdictSource::InCall).await
}

/// A payment that may have been charged: what became of its key comes first, and only if nothing did is it asked for
/// again.
pub async fn ask_again(app: &App, asked: &PendingCharge) -> Result<Option<Payment>> {
    must_be_seen(app, asked).await?;
    let verdict = match app.processor.charge_of(&asked.id).await {
        Ok(Some(verdict)) => Some(verdict),
        Ok(None) => ask(app, asked).await,
        Err(_) => None,
    };
    write(app, asked, verdict, VerdictSource::Later).await
}

/// None without an answer.
async fn ask(app: &App, asked: &PendingCharge) -> Option<Verdict> {
    let order = ChargeOrder {
        payment: &asked.id,
        token: &asked.token,
        binding: &asked.binding,
        amount: asked.charged,
        reference: &asked.reference,
        send_on: asked.sent_on,
    };
    match app.processor.charge(&order).await {
        Ok(verdict) => Some(verdict),
        // A word about this ask. One that went before, or is still on its way, may have been taken: only a closed key
        // is an end.
        Err(ProcessorError::Refused) => closed(app, &asked.id).await,
        Err(ProcessorError::Unanswered) => None,
    }
}

async fn closed(app: &App, payment: &str) -> Option<Verdict> {
    match app.processor.close(payment).await {
        Ok(Closed::Charged(verdict)) => Some(verdict),
        Ok(Closed::Never) => Some(Verdict::never()),
        Err(_) => None,
    }
}

async fn write(
    app: &App,
    asked: &PendingCharge,
    verdict: Option<Verdict>,
    source: VerdictSource,
) -> Result<Option<Payment>> {
    let settled = match &verdict {
        Some(verdict) => Some(settle_and_count(app, &asked.id, verdict, source).await?),
        None => None,
    };
    let Some((_, payment)) = settled.filter(|(settled, _)| *settled != SettleResult::OtherAmount) else {
        let until = app.clock.now().plus_millis(WAIT.longest_millis(asked.asks + 1));
        // If this can't be written the payment is asked about when its turn comes anyway.
        _ = app.store.put_off(&asked.id, until).await.map_err(Error::from);
        return Err(Error::later(ErrorCode::KeyInUse, 2));
    };
    Ok(payment)
}

async fn must_be_seen(app: &App, asked: &PendingCharge) -> Result<()> {
    static UNSEEN: OncePerMinute = OncePerMinute::new();
    if app.store.is_seen(&asked.id).await? {
        return Ok(());
    }
    metrics::PAYMENTS_NOT_SEEN.add(1);
    if UNSEEN.is_due() {
        tracing::error!(payment = asked.id, "a payment is not in the database after its commit: it is not charged");
    }
    // Its page is to ask by the key.
    Err(Error::later(ErrorCode::KeyInUse, 2))
}

/// Writes a verdict that came by itself, as an event does.
pub async fn settle(app: &App, payment: &str, verdict: &Verdict) -> Result<SettleResult, sqlx::Error> {
    Ok(settle_and_count(app, payment, verdict, VerdictSource::ByItself).await?.0)
}

/// Writes the answer to a question about a payment that was answered before.
pub async fn settle_late(app: &App, payment: &str, verdict: &Verdict) -> Result<SettleResult, sqlx::Error> {
    Ok(settle_and_count(app, payment, verdict, VerdictSource::Later).await?.0)
}

/// The number of the last event that a verdict counts in, if it can be believed: it was read before, or the processor
/// lists an event of this charge under it. Otherwise it is left out, or the payment would take later words for old.
async fn reached(app: &App, payment: &str, verdict: &Verdict) -> Result<Option<i64>, sqlx::Error> {
    let Some(sequence) = verdict.sequence else { return Ok(None) };
    if sequence == 0 || sequence <= app.store.mark(EVENTS_READ).await? {
        return Ok(Some(sequence));
    }
    let listed = tokio::time::timeout(LISTING, app.processor.events(sequence - 1)).await;
    let Ok(Ok(listed)) = listed else { return Ok(None) };
    let is_of = |event: &ChargeEvent| event.sequence == sequence && Some(&event.charge) == verdict.charge.as_ref();
    if listed.iter().filter_map(|entry| entry.event.as_ref()).any(is_of) {
        return Ok(Some(sequence));
    }
    metrics::EVENTS_AHEAD.add(1);
    tracing::error!(
        payment,
        sequence,
        "alarm: the processor counts an event into an answer that it does not list: the number is left out"
    );
    Ok(None)
}

/// Logs what moved nothing: people look after it.
fn log(payment: &str, verdict: &Verdict, settled: SettleResult) {
    let Verdict { charge, state: said, cents, .. } = verdict;
    match settled {
        SettleResult::OtherAmount => {
            metrics::OTHER_AMOUNTS.add(1);
            tracing::error!(
                payment,
                charge,
                cents,
                "alarm: the processor speaks of another amount than the payment's, and is not believed"
            );
        }
        SettleResult::Unfit(state) => {
            metrics::VERDICTS_UNFIT.add(1);
            tracing::error!(payment, charge, ?state, ?said, "the processor's word does not fit the payment");
        }
        SettleResult::Changed | SettleResult::Same | SettleResult::Older(_) | SettleResult::NoPayment => {}
    }
}

/// Writes a verdict with its e-mail, and counts it if it declines. In a task of its own: the request that called the
/// processor may have been dropped before that is done.
async fn settle_and_count(
    app: &App,
    payment: &str,
    verdict: &Verdict,
    source: VerdictSource,
) -> Result<(SettleResult, Option<Payment>), sqlx::Error> {
    let (app, payment, mut verdict) = (app.clone(), payment.to_owned(), verdict.clone());
    let settled = async move {
        // An event's own number is where it was listed.
        if source != VerdictSource::ByItself {
            verdict.sequence = reached(&app, &payment, &verdict).await?;
        }
        let secret = token::random_token().map_err(|_| sqlx::Error::WorkerCrashed)?;
        let words = |known: &Payment, locale, notice| receipts::words(&app, known, &secret, (locale, notice));
        let (settled, known) = app.store.settle(&payment, &verdict, source, &words, app.clock.now()).await?;
        log(&payment, &verdict, settled);
        if settled == SettleResult::Changed {
            charges::count_outcome(&app, &payment, verdict.state, verdict.failure).await;
        }
        Ok((settled, known))
    };
    tokio::spawn(settled.in_current_span()).await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}

/// For people: letters and digits that can't be taken for one another (no I, L, O, U).
pub fn new_reference() -> Result<String> {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|_| Error::new(ErrorCode::Fault))?;
    let text: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    let (first, last) = text.split_at(4);
    Ok(format!("KP-{first}-{last}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_answer_is_asked_for_after_a_second_then_after_longer_and_at_least_every_minute() {
        let waits: Vec<i64> = [0, 1, 2, 5, 6, 7, 1_000_000].map(|asks: i64| WAIT.longest_millis(asks + 1)).into();
        assert_eq!(waits, [1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000]);
    }
}
