//! Changes of a member's e-mail address, which is also the user ID. The member asks with the password; a link goes to
//! the new address, and with it and the password the change takes effect, once. The present address is told both times.
//!
//! The password is asked for at the link, too: anyone who reads an address that the member mistyped could otherwise
//! make it the user ID, and choose a new password. Whether another account has the address is said to nobody but its
//! owner: the answer, the change that waits and the number of e-mails are the same.

use super::{
    account_requests::CONFIRM_MILLIS,
    browser::{Browser, IssuedTokens},
    factors::wrong,
    member_profile,
    notices::notice_to_owner,
    sessions::SignedIn,
    sign_in::check_password,
};
use crate::{
    address::{compared, is_misread},
    error::{Error, Result, refused},
    limits::{
        self, rules,
        sign_ins::{SignInAttempts, Source},
    },
    mail,
    state::App,
    store::{
        accounts::{self, Purpose, UsedLink},
        outbox::{Holds, QueuedEmail},
        profiles,
    },
    token,
};
use contract::{
    Email, FieldProblem,
    account::{EmailConfirmation, NEW_EMAIL},
    member_profile::{EmailChange, MemberProfile},
    problem_details::ErrorCode,
};
use std::net::IpAddr;

/// Mails the link, and tells the present address. A change that was asked for before ends.
pub async fn ask(app: &App, signed_in: &SignedIn, change: EmailChange) -> Result<MemberProfile> {
    let EmailChange { email, password } = change;
    let at_email = |problem| Error::field(ErrorCode::Invalid, "email", problem);
    if is_misread(&email) {
        return Err(at_email(FieldProblem::Malformed));
    }
    if email == signed_in.account.email {
        return Err(at_email(FieldProblem::Duplicate));
    }
    check_password(app, signed_in, &password, "password").await?;
    send_link(app, signed_in, &email, true).await
}

/// Mails another link to the address that waits, good for as long as the one before, which is void. The password was
/// typed when the address was.
pub async fn send_again(app: &App, signed_in: &SignedIn) -> Result<MemberProfile> {
    let waiting = app.store.email_to_confirm(&signed_in.account.id, app.clock.now()).await?;
    let email = waiting.ok_or_else(|| Error::new(ErrorCode::NotFound))?;
    send_link(app, signed_in, &email, false).await
}

/// With the first link the present address is told.
async fn send_link(app: &App, signed_in: &SignedIn, email: &Email, is_first: bool) -> Result<MemberProfile> {
    let owner = app.store.account_of_user_id(&email.user_id()).await?;
    let (mut tx, account) = signed_in.begin(app).await?;
    let now = app.clock.now();
    // It may have been called off, or confirmed, since it was looked up.
    let until = if is_first {
        Some(now.plus_millis(CONFIRM_MILLIS))
    } else {
        profiles::waits_until(&mut tx, &account.id, email, now).await?
    };
    let Some(until) = until else { return refused(tx, Error::new(ErrorCode::NotFound)).await };
    let buckets = [
        app.limits.bucket(&rules::NEW_EMAILS_BY_ACCOUNT, &account.id),
        app.limits.bucket(&rules::NEW_EMAILS_BY_RECIPIENT, &compared(&email.user_id())),
    ];
    limits::take_in(app, &mut tx, &buckets).await?;
    let token = format!("{NEW_EMAIL}{}", token::random_token()?);
    let (hash, times) = (token::hash(&token), (now, until));
    accounts::add_link(&mut tx, Purpose::NewEmail, &account.id, email, &hash, times).await?;
    let (message, holds) = match owner.filter(|owner| owner.id != account.id) {
        Some(owner) => (mail::address_in_use(&app.sender(), owner.locale), Holds::Nothing),
        None => (mail::confirm_new_email(&account, &app.sender(), &token), Holds::Secret),
    };
    let (id, cause) = (crate::id::new(now), &account.id);
    QueuedEmail { id, cause, to: email, message: &message, holds, notice: None, at: now }.put(&mut tx).await?;
    if is_first {
        notice_to_owner(app, &account, mail::email_change_asked).put(&mut tx, now).await?;
    }
    tx.commit().await?;
    member_profile::show(app, signed_in).await
}

/// The link that was mailed is void.
pub async fn cancel(app: &App, signed_in: &SignedIn) -> Result<MemberProfile> {
    let (mut tx, account) = signed_in.begin(app).await?;
    accounts::void_links(&mut tx, Purpose::NewEmail, &account.id, app.clock.now()).await?;
    tx.commit().await?;
    member_profile::show(app, signed_in).await
}

/// Gives the account its new address. Sessions go on: the password did not change.
pub async fn confirm(app: &App, browser: &Browser, shown: &EmailConfirmation, address: IpAddr) -> Result<IssuedTokens> {
    let (now, hash) = (app.clock.now(), token::hash(&shown.token));
    let gone = || Error::new(ErrorCode::LinkRefused);
    let before = app.store.account_of_link(Purpose::NewEmail, &hash, now).await?.ok_or_else(gone)?;
    let look = async { Ok(app.passwords.is_right(&shown.password, Some(&before.password)).await?.then_some(())) };
    let tries = SignInAttempts::at(&app.limits, &before.email.user_id(), Source::Address(address));
    tries.judge(app, wrong("password"), look).await?;
    let mut tx = app.store.begin().await?;
    let account = accounts::lock(&mut tx, &before.id).await?;
    let Some(account) = account.filter(|account| account.password == before.password) else {
        return refused(tx, gone()).await;
    };
    let Some(UsedLink { email, .. }) = accounts::use_link(&mut tx, Purpose::NewEmail, &hash, now).await? else {
        return refused(tx, gone()).await;
    };
    if !profiles::set_email(&mut tx, &account.id, &email, now).await? {
        return refused(tx, gone()).await;
    }
    notice_to_owner(app, &account, mail::email_changed).put(&mut tx, now).await?;
    tx.commit().await?;
    // The mailbox and the password were both shown, as when an account is opened.
    Ok(IssuedTokens { session: None, device: browser.known_to(app, &account.id, now) })
}
