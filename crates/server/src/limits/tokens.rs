//! A limit on tokens that the processor is asked about: one for `POST /payment-methods` and orders together, or anyone
//! who may not ask by the one would ask by the other. What the processor said before is no question.

use super::{give_back, rules, take};
use crate::{
    error::Result,
    state::App,
    store::{initiators::Initiator, limits::Bucket},
    token::is_id,
};
use contract::payment::Method;
use std::net::IpAddr;

/// One that the processor was asked.
pub struct Question {
    counted_by: Vec<Bucket>,
}

/// What a token stands for, from the cache or from the processor.
pub struct TokenLookup {
    /// `None` if it stands for nothing; an error if the processor did not answer.
    pub method: Result<Option<Method>>,
    /// None if it was known already.
    pub question: Option<Question>,
}

/// What the token stands for: as it is known already, or as the processor says, unless it was asked too often. A
/// question that it did not answer uses up nothing, and a schedule's or a rule's is counted by nothing: nobody tries
/// tokens by it.
pub async fn method_of(
    app: &App,
    (initiator, address): (&Initiator, Option<IpAddr>),
    (token, binding): (&str, &str),
    ask: impl Future<Output = Result<Option<Method>>>,
) -> Result<TokenLookup> {
    if is_id(token)
        && let Some(method) = app.store.method_of_token(token, binding).await?
    {
        return Ok(TokenLookup { method: Ok(Some(method)), question: None });
    }
    let limits = &app.limits;
    let by_address = address.map(|address| limits.by_address(&rules::TOKENS_BY_ADDRESS, address));
    let by_session = initiator.session().map(|session| limits.bucket(&rules::TOKENS_BY_SESSION, session));
    let counted_by: Vec<_> = by_address.into_iter().flatten().chain(by_session).collect();
    take(app, &counted_by).await?;
    let method = ask.await;
    if method.is_err() {
        _ = give_back(app, &counted_by).await;
    }
    Ok(TokenLookup { question: method.is_ok().then_some(Question { counted_by }), method })
}

impl Question {
    /// A payment began with the token: it used up nothing. An error here is logged, and does not fail the payment.
    pub async fn was_right(self, app: &App) {
        _ = give_back(app, &self.counted_by).await;
    }
}
