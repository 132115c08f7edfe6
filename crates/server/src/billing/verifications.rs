//! Verification of a saved bank account by two small deposits. The processor sends them, keeps their amounts and checks
//! what the member types; here is how far it is. What the processor does not answer is asked again, and it does each
//! thing once.

use super::{
    processor::{NotChecked, ProcessorError},
    saved_methods::{account_of, begin_with, list, take},
};
use crate::{
    error::{Error, Result},
    state::App,
    store::{sessions::Session, verifications},
};
use contract::{
    FieldProblem,
    payment::{DepositAmounts, Method, SavedMethods},
    problem_details::ErrorCode,
};

/// Has the deposits sent, once. Of an account for which they were asked before nothing changes.
pub async fn start(app: &App, session: &Session, id: &str) -> Result<SavedMethods> {
    let account = account_of(session)?;
    take(app, account).await?;
    let token = bank_account(app, account, id).await?;
    let mut tx = begin_with(app, session, id).await?;
    let is_new = verifications::ask(&mut tx, account, &token, app.clock.now()).await?;
    tx.commit().await?;
    if is_new {
        send(app, account, &token).await?;
    }
    list(app, session).await
}

/// Asks the processor for the deposits; false if it did not answer, and is to be asked again (`jobs::saved_methods`).
pub async fn send(app: &App, account: &str, token: &str) -> Result<bool> {
    match app.processor.send_small_deposits(token, account).await {
        Ok(said) => app.store.record_deposits(token, said).await?,
        Err(ProcessorError::Refused) => app.store.fail_verification(token).await?,
        Err(ProcessorError::Unanswered) => return Ok(false),
    }
    Ok(true)
}

/// The list says what came of it. The same two amounts again are no other try, so an unanswered one may be repeated.
pub async fn check(app: &App, session: &Session, id: &str, typed: DepositAmounts) -> Result<SavedMethods> {
    let account = account_of(session)?;
    take(app, account).await?;
    let token = bank_account(app, account, id).await?;
    match app.processor.check_small_deposits(&token, account, typed).await {
        Ok(said) => app.store.record_deposits(&token, said).await?,
        Err(NotChecked::TooEarly) => {
            return Err(Error::field(ErrorCode::Invalid, "first", FieldProblem::NotAllowed));
        }
        Err(NotChecked::NoAnswer(ProcessorError::Refused)) => app.store.fail_verification(&token).await?,
        Err(NotChecked::NoAnswer(ProcessorError::Unanswered)) => {
            return Err(Error::later(ErrorCode::Unavailable, 5));
        }
    }
    list(app, session).await
}

/// The token of one; a card has nothing to verify.
async fn bank_account(app: &App, account: &str, id: &str) -> Result<String> {
    let found = app.store.saved_method(account, id).await?;
    let bank = found.filter(|found| matches!(found.method, Method::Bank { .. }));
    bank.map(|bank| bank.token).ok_or_else(|| Error::new(ErrorCode::NotFound))
}
