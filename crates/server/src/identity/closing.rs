//! Closing an account, by its member and with the password. The account is deleted with what is its own: methods,
//! factors, links, sessions. So nobody signs in with it, also at a server of the version before, which finds neither
//! the account nor a session of it; signing in answers as for a user ID that nobody has. The user ID is free again, and
//! anyone who registers with the statement opens a new account. Payments stay, and what is on its way arrives.
//!
//! An account with credit, with something owed, or with a deposit on its way is not closed: the money is the member's,
//! and only a member can use it or ask for it. The plan pays it back when the member calls.

use super::{household, notices::notice_to_owner, sessions::SignedIn, sign_in::check_password};
use crate::{
    error::{Error, Result, refused},
    mail::{self, HouseholdChange},
    state::App,
    store::{
        accounts,
        closing::{self, Contents},
        forgotten_tokens::ForgottenToken,
        retry,
    },
};
use contract::{
    Email,
    closing::{AccountClosing, ClosingTerms},
    problem_details::ErrorCode,
};

/// What closing would do now.
pub async fn terms(app: &App, SignedIn { account, .. }: &SignedIn) -> Result<ClosingTerms> {
    let contents = app.store.closing_contents(&account.id, &account.membership).await?;
    Ok(terms_of(contents, account.email.clone()))
}

pub async fn close(app: &App, signed_in: &SignedIn, order: AccountClosing) -> Result<()> {
    check_password(app, signed_in, &order.password, "password").await?;
    retry(|| close_once(app, signed_in)).await??;
    app.wake_worker();
    Ok(())
}

/// The terms are read again after every session of it has ended, so that nothing is begun in between. Where it meets
/// another transaction, one of the two is given up: hence the two errors.
async fn close_once(app: &App, signed_in: &SignedIn) -> Result<Result<()>, sqlx::Error> {
    let household = match household::others(app, &signed_in.account).await {
        Ok(others) => others,
        Err(error) => return Ok(Err(error)),
    };
    let mut tx = app.store.begin().await?;
    closing::lock(&mut tx, &signed_in.account.id).await?;
    let (mut tx, account) = match signed_in.go_on(app, tx).await {
        Ok(gone_on) => gone_on,
        Err(error) => return Ok(Err(error)),
    };
    let now = app.clock.now();
    accounts::end_sessions(&mut tx, &account.id, None, now).await?;
    let contents = closing::contents_in(&mut tx, &account.id, &account.membership).await?;
    if !terms_of(contents, account.email.clone()).may_close() {
        return Ok(refused(tx, Error::new(ErrorCode::BalanceLeft)).await);
    }
    if let Err(error) = notice_to_owner(app, &account, mail::account_closed).put(&mut tx, now).await {
        return Ok(refused(tx, error).await);
    }
    for other in household {
        if let Err(error) = other.tell(app, &mut tx, HouseholdChange::Ended, now).await {
            return Ok(refused(tx, error).await);
        }
    }
    for token in closing::close(&mut tx, &account.id, now).await? {
        ForgottenToken { token, owner: account.id.clone() }.enqueue(&mut tx, now).await?;
    }
    tx.commit().await?;
    Ok(Ok(()))
}

fn terms_of(contents: Contents, email: Email) -> ClosingTerms {
    let Contents { payments_on_their_way, methods, balance, owed, deposits_on_their_way } = contents;
    ClosingTerms { email, payments_on_their_way, methods, balance, owed, deposits_on_their_way }
}
