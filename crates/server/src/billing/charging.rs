//! Asking the processor and writing down its answer: the one way there for a payment just begun, one found unanswered by
//! `jobs::settle_payments`, and a bank debit that came to its end days later.
//!
//! A payment is failed only in two ways: its charge says so, or the processor has closed the payment's key, after which nothing can be
//! charged under it. Whatever else comes back, or does not, is no answer, and the payment is asked about again; nor is a word about another
//! amount than the payment's. Before a charge is asked for, the payment is seen in the database.

use super::processor::{ChargeOrder, Closed, ProcessorError};
use crate::{
    alarm::OncePerMinute,
    limits::charges,
    mail, metrics,
    refusal::{Answer, Error},
    state::App,
    store::{
        asking::Asked,
        settle::{Addressed, Heard, Settled, Verdict},
        unmatched::{EVENTS_READ, is_ahead},
    },
    token::is_id,
};
use contract::{Email, Locale, payment::Method, refusal::RefusalCode};
use tracing::Instrument;

/// Asks the processor what a token stands for, if it stands for anything.
pub async fn method(app: &App, token: &str, binding: &str) -> Answer<Option<Method>> {
    if !is_id(token) {
        return Ok(None);
    }
    match app.processor.method(token, binding).await {
        Ok(method) => Ok(Some(method)),
        Err(ProcessorError::Refused) => Ok(None),
        Err(ProcessorError::Unanswered) => Err(Error::later(RefusalCode::Unavailable, 5)),
    }
}

/// Charges a payment that nobody has asked the processor for. When it does not answer the payment stays as it is, for `jobs::settle_payments`; the
/// caller is told that its key is in use and asks again.
pub async fn charge(app: &App, asked: &Asked) -> Answer<()> {
    must_be_seen(app, asked).await?;
    let verdict = ask(app, asked).await;
    write(app, asked, verdict, Heard::InCall).await
}

/// A payment that may have been charged: what became of its key comes first, and only if nothing did is it asked for again.
pub async fn ask_again(app: &App, asked: &Asked) -> Answer<()> {
    must_be_seen(app, asked).await?;
    let verdict = match app.processor.charge_of(&asked.id).await {
        Ok(Some(verdict)) => Some(verdict),
        Ok(None) => ask(app, asked).await,
        Err(_) => None,
    };
    write(app, asked, verdict, Heard::Later).await
}

/// None without an answer.
async fn ask(app: &App, asked: &Asked) -> Option<Verdict> {
    let order = ChargeOrder {
        payment: &asked.id,
        token: &asked.token,
        binding: &asked.binding,
        amount: asked.charged,
        reference: &asked.reference,
    };
    match app.processor.charge(&order).await {
        Ok(verdict) => Some(verdict),
        // A word about this ask. One that went before, or is still on its way, may have been taken: only a closed key is an end.
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

async fn write(app: &App, asked: &Asked, verdict: Option<Verdict>, heard: Heard) -> Answer<()> {
    let settled = match &verdict {
        Some(verdict) => Some(settle_heard(app, &asked.id, verdict, heard).await?),
        None => None,
    };
    let Some(settled) = settled.filter(|settled| *settled != Settled::OtherAmount) else {
        let until = app.clock.now().plus_millis(wait(asked.asks));
        // If this can't be written the payment is asked about when its turn comes anyway.
        _ = app.store.put_off(&asked.id, until).await.map_err(Error::from);
        return Err(Error::later(RefusalCode::KeyInUse, 2));
    };
    if let Settled::Unfit(state) = settled {
        let said = verdict.map(|verdict| verdict.state);
        tracing::error!(payment = asked.id, ?state, ?said, "the processor's answer does not fit the payment");
    }
    Ok(())
}

/// A second after the first answer was lost, and longer each time, a minute at most.
fn wait(asks: i64) -> i64 {
    (1_000 << asks.clamp(0, 6)).min(60_000)
}

async fn must_be_seen(app: &App, asked: &Asked) -> Answer<()> {
    static UNSEEN: OncePerMinute = OncePerMinute::new();
    if app.store.is_seen(&asked.id).await? {
        return Ok(());
    }
    metrics::PAYMENTS_NOT_SEEN.add(1);
    if UNSEEN.is_due() {
        tracing::error!(payment = asked.id, "a payment is not in the database after its commit: it is not charged");
    }
    // Its page is to ask by the key.
    Err(Error::later(RefusalCode::KeyInUse, 2))
}

/// Writes a verdict that came by itself, as an event does.
pub async fn settle(app: &App, payment: &str, verdict: &Verdict) -> Result<Settled, sqlx::Error> {
    settle_heard(app, payment, verdict, Heard::ByItself).await
}

/// Writes a verdict with its letter, and counts it if it declines. In a task of its own: whoever asked the processor may be gone before
/// that is done.
async fn settle_heard(app: &App, payment: &str, verdict: &Verdict, heard: Heard) -> Result<Settled, sqlx::Error> {
    let (app, payment, mut verdict) = (app.clone(), payment.to_owned(), verdict.clone());
    let settled = async move {
        verdict.sequence = reached(&app, &payment, verdict.sequence).await?;
        let message = match app.store.reader_of_letters(&payment).await? {
            Some((to, locale)) => message(&app, &payment, &verdict, to, locale).await?,
            None => None,
        };
        let settled = app.store.settle(&payment, &verdict, heard, message.as_ref(), app.clock.now()).await?;
        if settled == Settled::OtherAmount {
            metrics::OTHER_AMOUNTS.add(1);
            tracing::error!(
                payment,
                charge = verdict.charge,
                cents = verdict.cents,
                "alarm: the processor speaks of another amount than the payment's, and is not believed"
            );
        }
        if settled == Settled::Changed {
            charges::came_to(&app, &payment, verdict.state, verdict.failure).await;
        }
        Ok(settled)
    };
    tokio::spawn(settled.in_current_span()).await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}

/// The number of the last event that a verdict counts in, unless it is far ahead of those that were read: the payment would take every later
/// word for old.
async fn reached(app: &App, payment: &str, sequence: Option<i64>) -> Result<Option<i64>, sqlx::Error> {
    let Some(sequence) = sequence.filter(|sequence| is_ahead(*sequence, 0)) else { return Ok(sequence) };
    let read = app.store.mark(EVENTS_READ).await?;
    if !is_ahead(sequence, read) {
        return Ok(Some(sequence));
    }
    metrics::EVENTS_AHEAD.add(1);
    tracing::error!(
        payment,
        sequence,
        read,
        "alarm: the processor counts an event into an answer that is numbered far ahead: the number is left out"
    );
    Ok(None)
}

async fn message(
    app: &App,
    payment: &str,
    verdict: &Verdict,
    to: Email,
    locale: Locale,
) -> Result<Option<Addressed>, sqlx::Error> {
    let Some(mut known) = app.store.payment(payment).await? else { return Ok(None) };
    known.state = verdict.state;
    known.failure = verdict.failure;
    let message = mail::about_payment(&known, &app.portal, &app.settings.public_origin, locale);
    Ok(Some(Addressed { to, message }))
}

/// For people: letters and digits that can't be taken for one another (no I, L, O, U).
pub fn new_reference() -> Answer<String> {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|_| Error::new(RefusalCode::Fault))?;
    let text: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    let (first, last) = text.split_at(4);
    Ok(format!("KP-{first}-{last}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_answer_is_asked_for_after_a_second_then_after_longer_and_at_least_every_minute() {
        let waits: Vec<i64> = [0, 1, 2, 5, 6, 7, 1_000_000].into_iter().map(wait).collect();
        assert_eq!(waits, [1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000]);
    }
}
