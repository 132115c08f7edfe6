//! Payment methods: what a token of the capture frame stands for. The processor says it and never the browser; it is
//! asked about a token once, and about so many at most.

use super::{payer::Payer, processor::ProcessorError};
use crate::{
    error::{Error, Result},
    limits::tokens::{self, Question},
    state::App,
    token::is_id,
};
use contract::{FieldProblem, payment::Method, problem_details::ErrorCode};

/// Names a method and keeps its name, so that neither the draft nor the payment need ask.
pub async fn name(app: &App, payer: &Payer<'_>, token: &str) -> Result<Method> {
    let (method, question) = of_token(app, payer, token).await?;
    if question.is_some() {
        app.store.add_method_token(token, payer.binding, &method, app.clock.now()).await?;
    }
    Ok(method)
}

/// What the token stands for, and the question if the processor was asked. Refused if it stands for nothing that this
/// payer can be charged.
pub async fn of_token(app: &App, payer: &Payer<'_>, token: &str) -> Result<(Method, Option<Question>)> {
    let Payer { initiator, binding, address, .. } = payer;
    let named = tokens::method_of(app, (initiator, *address), (token, binding), ask(app, token, binding)).await?;
    let refused = || Error::field(ErrorCode::TokenRefused, "token", FieldProblem::NoSuch);
    Ok((named.method?.ok_or_else(refused)?, named.question))
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
