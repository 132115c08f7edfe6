//! A limit on tokens that the processor is asked about: one for drafts and orders together, or whoever may not ask by the one would ask
//! by the other. What the processor said before is no question.

use super::{give_back, rules, take};
use crate::{
    refusal::Answer,
    state::App,
    store::{limits::Bucket, sessions::Session},
    token::is_id,
};
use contract::payment::Method;
use std::net::IpAddr;

/// One that may be asked now.
pub struct Question {
    counted_by: Vec<Bucket>,
}

/// What the token stands for, if that is known already; otherwise counts a question, or refuses one more.
pub async fn known_or_question(
    app: &App,
    session: &Session,
    token: &str,
    address: IpAddr,
) -> Answer<Result<Method, Question>> {
    if is_id(token)
        && let Some(method) = app.store.method_of_token(token, &session.capture_binding).await?
    {
        return Ok(Ok(method));
    }
    let mut counted_by = app.limits.by_address(&rules::TOKENS_BY_ADDRESS, address).to_vec();
    counted_by.push(app.limits.bucket(&rules::TOKENS_BY_SESSION, &session.id));
    take(app, &counted_by).await?;
    Ok(Err(Question { counted_by }))
}

impl Question {
    /// A payment began with the token: it used up nothing. What goes wrong here is logged, and is no answer to whoever pays.
    pub async fn was_right(self, app: &App) {
        _ = give_back(app, &self.counted_by).await;
    }
}
