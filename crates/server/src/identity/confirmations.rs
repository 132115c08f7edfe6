//! The confirmation of an e-mail address, which opens the account that was asked for: with the link that went to the
//! address, the password that was chosen and, where the plan has another address on file, the code that went there.
//! Once. A link that confirms a new address of an account is passed on to `email_changes`.

use super::{
    account_requests,
    browser::{Browser, IssuedTokens},
    email_changes,
    factors::{recovery, wrong},
};
use crate::{
    error::{Error, Result},
    mail,
    state::App,
    store::{
        accounts, memberships,
        outbox::{Holds, QueuedEmail},
        pending_accounts,
    },
    token,
};
use contract::{
    FieldProblem,
    account::{EmailConfirmation, NEW_EMAIL},
    problem_details::ErrorCode,
};
use std::net::IpAddr;

pub async fn confirm(app: &App, browser: &Browser, shown: &EmailConfirmation, address: IpAddr) -> Result<IssuedTokens> {
    let EmailConfirmation { token, password, code } = shown;
    if token.starts_with(NEW_EMAIL) {
        return email_changes::confirm(app, browser, shown, address).await;
    }
    let (now, hash) = (app.clock.now(), token::hash(token));
    let refused = || Error::new(ErrorCode::LinkRefused);
    let pending = app.store.try_to_confirm(&hash, now, account_requests::CONFIRM_MILLIS).await?.ok_or_else(refused)?;
    let opening = pending.opening;
    if !app.passwords.is_right(password, Some(&opening.password)).await? {
        return Err(wrong("password"));
    }
    let on_file = app.store.email_on_file(&opening.membership).await?;
    let takes_code = account_requests::takes_code(on_file.as_ref(), &opening.email);
    if takes_code && code.trim().is_empty() {
        return Err(Error::field(ErrorCode::Invalid, "code", FieldProblem::Missing));
    }
    let mut tx = app.store.begin().await?;
    memberships::lock(&mut tx, vec![&opening.membership]).await?;
    if takes_code {
        let code = recovery::normalise(code).ok_or_else(|| wrong("code"))?;
        if !pending_accounts::is_code(&mut tx, &opening.membership, &app.seal.hash(&code), now).await? {
            return Err(wrong("code"));
        }
    }
    if !pending_accounts::take(&mut tx, &pending.id, &hash, now).await? {
        return Err(refused());
    }
    for left in accounts::unconfirmed_of(&mut tx, &opening.membership, &opening.email.user_id()).await? {
        accounts::forget_unconfirmed(&mut tx, &left, now).await?;
    }
    let Some(account) = accounts::open(&mut tx, &opening, now).await? else {
        // This membership or this address has an account since: the link is used up.
        tx.commit().await?;
        return Err(refused());
    };
    pending_accounts::end_all(&mut tx, &opening.membership).await?;
    if let Some(to) = on_file.filter(|_| takes_code) {
        let message = mail::account_opened(&app.sender(), opening.locale);
        let id = crate::id::new(now);
        QueuedEmail { id, cause: &account, to: &to, message: &message, holds: Holds::Nothing, notice: None, at: now }
            .put(&mut tx)
            .await?;
    }
    tx.commit().await?;
    // The mailbox and the password were both shown, so this browser is a known device at the next sign-in.
    Ok(IssuedTokens { session: None, device: browser.known_to(app, &account, now) })
}
