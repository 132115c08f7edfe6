//! Payment methods: what a token of the capture frame stands for, and what an order is to be charged to. The processor
//! says it and never the browser; it is asked about a token once, and about so many at most.

use super::{payer::Payer, processor::ProcessorError};
use crate::{
    error::{Error, Result},
    limits::tokens::{self, Question},
    state::App,
    store::{forgotten_tokens::ForgottenToken, saved_methods::SavedUse},
    token::is_id,
};
use contract::{
    FieldProblem,
    consent::{self, GivenConsent, ShownConsent},
    payment::{MOST_SAVED, Method, PaymentOrder},
    problem_details::ErrorCode,
};

/// What an order is charged to.
pub struct Chosen {
    pub method: Method,
    /// By which the processor knows it, and what ties that to the payer.
    pub token: String,
    pub binding: String,
    pub saved: SavedUse,
}

/// Names a method and keeps its name, so that neither the draft nor the payment need ask.
pub async fn name(app: &App, payer: &Payer<'_>, token: &str) -> Result<Method> {
    let (method, question) = of_token(app, payer, token).await?;
    if question.is_some() {
        app.store.add_method_token(token, payer.binding, &method, app.clock.now()).await?;
    }
    Ok(method)
}

/// The method of an order: one that the member keeps, or what its token stands for; and the question if the processor
/// was asked.
pub async fn of_order(app: &App, payer: &Payer<'_>, order: &PaymentOrder) -> Result<(Chosen, Option<Question>)> {
    let account = payer.initiator.account();
    let no = |field: &str| Err(Error::field(ErrorCode::OrderRefused, field, FieldProblem::NotAllowed));
    let Some(id) = &order.saved_method else {
        let (method, question) = of_token(app, payer, &order.token).await?;
        let saved = match account {
            Some(account) if order.save_method => keeps(app, payer, account, order, &method).await?,
            None if order.save_method => return no("save_method"),
            _ => SavedUse::Nothing,
        };
        let (token, binding) = (order.token.clone(), payer.binding.to_owned());
        return Ok((Chosen { method, token, binding, saved }, question));
    };
    if order.save_method || !order.token.is_empty() {
        return no(if order.save_method { "save_method" } else { "token" });
    }
    let account = account.filter(|_| is_id(id)).ok_or_else(no_such_saved)?;
    let found = app.store.saved_method(account, id).await?.ok_or_else(no_such_saved)?;
    if let Method::Card { expiry, .. } = &found.method
        && expiry.is_past(app.today(payer.membership.region))
    {
        return Err(Error::field(ErrorCode::TokenRefused, "saved_method", FieldProblem::Expired));
    }
    let (method, token, binding) = (found.method, found.token, account.to_owned());
    Ok((Chosen { method, token, binding, saved: SavedUse::With(id.clone()) }, None))
}

/// Another's is no other than one that is not there.
pub fn no_such_saved() -> Error {
    Error::field(ErrorCode::TokenRefused, "saved_method", FieldProblem::NoSuch)
}

/// What was agreed to, to keep a method. Refused if that is no longer, or was never, what is to be agreed to.
pub fn given(app: &App, shown: Option<&ShownConsent>) -> Result<GivenConsent> {
    let changed = || Error::new(ErrorCode::TermsChanged);
    let ShownConsent { text, locale } = shown.cloned().ok_or_else(changed)?;
    if text != consent::saved_method(&app.portal.brand.name, &app.portal.contacts.billing_phone, locale) {
        return Err(changed());
    }
    Ok(GivenConsent { text, locale, version: consent::SAVED_METHOD_VERSION, at: app.clock.now() })
}

/// What the payment keeps: nothing, if the account has this one already or has no room, which is no reason not to pay.
/// Nor is it that nobody agreed to it: a page of the version before does not ask.
async fn keeps(app: &App, payer: &Payer<'_>, account: &str, order: &PaymentOrder, method: &Method) -> Result<SavedUse> {
    let Some(text) = order.save_consent.clone() else { return Ok(SavedUse::Nothing) };
    let given = given(app, Some(&ShownConsent { text, locale: order.locale }))?;
    let there = app.store.saved_methods(account, app.here(payer.membership.region)).await?;
    if there.len() >= MOST_SAVED || there.iter().any(|saved| saved.method == *method) {
        return Ok(SavedUse::Nothing);
    }
    let token = reusable(app, payer.binding, &order.token, account).await?;
    Ok(SavedUse::Keeps { token, account: account.to_owned(), given })
}

/// A token of the account's, by which the processor charges this method again and again. It is forgotten if in the end
/// no saved method has it, whatever becomes of the request.
pub async fn reusable(app: &App, binding: &str, token: &str, account: &str) -> Result<String> {
    match app.processor.keep(token, binding, account).await {
        Ok(token) => {
            let made = ForgottenToken { token, owner: account.to_owned() };
            let mut tx = app.store.begin().await?;
            made.enqueue_unless_used(&mut tx, app.clock.now()).await?;
            tx.commit().await?;
            Ok(made.token)
        }
        Err(ProcessorError::Refused) => Err(refused()),
        Err(ProcessorError::Unanswered) => Err(Error::later(ErrorCode::Unavailable, 5)),
    }
}

/// What the token stands for, and the question if the processor was asked. Refused if it stands for nothing that this
/// payer can be charged.
pub async fn of_token(app: &App, payer: &Payer<'_>, token: &str) -> Result<(Method, Option<Question>)> {
    let Payer { initiator, binding, address, .. } = payer;
    let named = tokens::method_of(app, (initiator, *address), (token, binding), ask(app, token, binding)).await?;
    Ok((named.method?.ok_or_else(refused)?, named.question))
}

fn refused() -> Error {
    Error::field(ErrorCode::TokenRefused, "token", FieldProblem::NoSuch)
}

/// The method that was named before; nobody is asked.
pub async fn named(app: &App, binding: &str, token: &str) -> Result<Option<Method>, sqlx::Error> {
    if is_id(token) { app.store.method_of_token(token, binding).await } else { Ok(None) }
}

/// The card of a token that was charged, if its security code is to be typed again. Such a token is in a draft only.
pub async fn without_code(app: &App, binding: &str, token: &str) -> Result<Option<Method>, sqlx::Error> {
    if is_id(token) { app.store.method_without_code(token, binding).await } else { Ok(None) }
}

async fn ask(app: &App, token: &str, binding: &str) -> Result<Option<Method>> {
    if !is_id(token) {
        return Ok(None);
    }
    match app.processor.method(token, binding).await {
        Ok(method) => Ok(Some(method)),
        Err(ProcessorError::Refused) => Ok(None),
        Err(ProcessorError::Unanswered) => Err(Error::later(ErrorCode::Unavailable, 5)),
    }
}
