//! A limit on tokens that the processor is asked about: one for `POST /payment-methods` and orders together, or whoever may not ask by
//! the one would ask by the other. What the processor said before is no question.

use super::{give_back, rules, take};
use crate::{
    error::Result,
    state::App,
    store::{limits::Bucket, sessions::Session},
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

/// What the token stands for: as it is known already, or as the processor says, unless it was asked too often. A question that it
/// did not answer uses up nothing.
pub async fn method_of(
    app: &App,
    session: &Session,
    token: &str,
    address: IpAddr,
    ask: impl Future<Output = Result<Option<Method>>>,
) -> Result<TokenLookup> {
    if is_id(token)
        && let Some(method) = app.store.method_of_token(token, &session.capture_binding).await?
    {
        return Ok(TokenLookup { method: Ok(Some(method)), question: None });
    }
    let mut counted_by = app.limits.by_address(&rules::TOKENS_BY_ADDRESS, address).to_vec();
    counted_by.push(app.limits.bucket(&rules::TOKENS_BY_SESSION, &session.id));
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
