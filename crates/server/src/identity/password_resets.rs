//! Password resets: a link by mail, and a new password by the link's token. The response does not reveal whether there
//! is an account; a job mails the link (`account_requests`). A page may ask whether a link is still good.

use super::{
    account_requests::{self, AccountRequest},
    browser::{Browser, IssuedTokens},
    notices::notice_to_owner,
    password_policy::{check_new, has_factor_if_short},
};
use crate::{
    error::{Error, Result},
    limits::{
        self, rules,
        sign_ins::{SignInAttempts, Source},
    },
    mail,
    state::App,
    store::accounts::{self, Purpose},
    token,
};
use contract::{Email, account::NewPassword, problem_details::ErrorCode};
use std::net::IpAddr;

/// Queues a link to this address, if it is an account's.
pub async fn ask(app: &App, email: Email, address: IpAddr) -> Result<()> {
    limits::take(app, &app.limits.by_address(&rules::EMAILS_BY_ADDRESS, address)).await?;
    account_requests::request(app, &AccountRequest::Reset { email }).await
}

/// Whose link it is, if it would still be taken. It is not used up by that.
pub async fn check(app: &App, token: &str, address: IpAddr) -> Result<Email> {
    let hash = token::hash(token);
    let look = async { Ok(app.store.account_of_link(Purpose::Reset, &hash, app.clock.now()).await?) };
    let tries = app.limits.by_address(&rules::RESET_LINKS_BY_ADDRESS, address);
    Ok(limits::judge(app, &tries, Error::new(ErrorCode::LinkRefused), look).await?.email)
}

/// Ends every session of the account, and notifies its owner.
pub async fn reset(app: &App, browser: &Browser, new: &NewPassword, address: IpAddr) -> Result<IssuedTokens> {
    let NewPassword { token, password } = new;
    let (now, hash) = (app.clock.now(), token::hash(token));
    let refused = || Error::new(ErrorCode::LinkRefused);
    let account = app.store.account_of_link(Purpose::Reset, &hash, now).await?.ok_or_else(refused)?;
    let tries = app.limits.by_address(&rules::PASSWORDS_BY_ADDRESS, address);
    // A password that won't do leaves the link as it is.
    let is_short = limits::work(app, &tries, check_new(app, &account, password)).await?;
    let hashed = app.passwords.hash(password).await?;
    let mut tx = app.store.begin().await?;
    accounts::lock(&mut tx, &account.id).await?;
    let id = accounts::use_link(&mut tx, Purpose::Reset, &hash, now).await?.ok_or_else(refused)?.account;
    has_factor_if_short(&mut tx, &id, is_short).await?;
    accounts::set_password(&mut tx, &id, &hashed, is_short, now).await?;
    accounts::end_sessions(&mut tx, &id, None, now).await?;
    notice_to_owner(app, &account, mail::password_changed).put(&mut tx, now).await?;
    tx.commit().await?;
    // The one who has just chosen a password is not made to wait for what was tried before.
    SignInAttempts::at(&app.limits, &account.email.user_id(), Source::Address(address)).forgive(app).await?;
    // Anyone who reads the account's mailbox is no stranger in this browser: nobody else's tries keep them waiting. The
    // owner has been notified.
    Ok(IssuedTokens { session: None, device: browser.known_to(app, &id, now) })
}
