//! Asking the processor and writing down its answer: the one way there for a payment just begun, one found unanswered by
//! `recovery`, and a bank debit that came to its end days later.

use crate::{
    caller, mail,
    processor::{ChargeOrder, ProcessorError},
    refusal::{Answer, Error},
    state::App,
    store::{
        self,
        settle::{Addressed, Verdict},
    },
};
use contract::{
    Email, Locale, Money, Problem,
    payment::{Failure, Method, PaymentState},
    refusal::RefusalCode,
};
use sqlx::Row;

/// What a token stands for: what `remember` wrote down, or what the processor says.
pub async fn method(app: &App, token: &str, binding: &str) -> Answer<Method> {
    let refused = || Error::field(RefusalCode::TokenRefused, "token", Problem::Unknown);
    if !caller::is_id(token) {
        return Err(refused());
    }
    if let Some(method) = known(app, token, binding).await? {
        return Ok(method);
    }
    app.processor.method(token, binding).await.map_err(|error| match error {
        ProcessorError::TokenRefused => refused(),
        ProcessorError::Unreachable => Error::later(RefusalCode::Unavailable, 5),
    })
}

/// Asks the processor now what a token stands for, so that paying need not. Gives whether it stands for anything.
pub async fn remember(app: &App, token: &str, binding: &str) -> Answer<bool> {
    if !caller::is_id(token) {
        return Ok(false);
    }
    if known(app, token, binding).await?.is_some() {
        return Ok(true);
    }
    let Ok(method) = app.processor.method(token, binding).await else { return Ok(false) };
    sqlx::query(
        "INSERT INTO method_token (token, binding, method, known_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (token, binding) DO NOTHING",
    )
    .bind(token)
    .bind(binding)
    .bind(store::to_json(&method)?)
    .bind(app.clock.now().millis())
    .execute(&app.store.write)
    .await?;
    Ok(true)
}

/// Whether the processor said already what it stands for.
pub async fn is_known(app: &App, token: &str, binding: &str) -> Answer<bool> {
    Ok(caller::is_id(token) && known(app, token, binding).await?.is_some())
}

async fn known(app: &App, token: &str, binding: &str) -> Answer<Option<Method>> {
    let sql = "SELECT method FROM method_token WHERE token = $1 AND binding = $2";
    let row = sqlx::query(sql).bind(token).bind(binding).fetch_optional(&app.store.read).await?;
    Ok(row.map(|row| store::json(row.try_get(0)?)).transpose()?)
}

/// Charges and settles. When the processor does not answer the payment stays as it is, for `recovery`; the caller is told that its
/// key is in use and asks again.
pub async fn charge(
    app: &App,
    payment: &str,
    token: &str,
    binding: &str,
    reference: &str,
    amount: Money,
) -> Answer<()> {
    let order = ChargeOrder { payment, token, binding, amount, reference };
    let verdict = match app.processor.charge(&order).await {
        Ok(verdict) => verdict,
        // Refused before any money could move: used by another payment, or run out since.
        Err(ProcessorError::TokenRefused) => {
            Verdict { charge: None, state: PaymentState::Failed, failure: Some(Failure::ProcessingError) }
        }
        Err(ProcessorError::Unreachable) => return Err(Error::later(RefusalCode::KeyInUse, 2)),
    };
    settle(app, payment, &verdict).await
}

/// Writes a verdict with its letter.
pub async fn settle(app: &App, payment: &str, verdict: &Verdict) -> Answer<()> {
    let letter = match app.store.reader_of_letters(payment).await? {
        Some((to, locale)) => letter(app, payment, verdict, to, locale).await?,
        None => None,
    };
    app.store.settle(payment, verdict, letter.as_ref(), app.clock.now()).await?;
    Ok(())
}

async fn letter(app: &App, payment: &str, verdict: &Verdict, to: Email, locale: Locale) -> Answer<Option<Addressed>> {
    let Some(mut known) = app.store.payment(payment).await? else { return Ok(None) };
    known.state = verdict.state;
    known.failure = verdict.failure;
    let letter = mail::about_payment(&known, &app.portal, &app.settings.public_origin, locale);
    Ok(letter.map(|letter| Addressed { to, letter }))
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
