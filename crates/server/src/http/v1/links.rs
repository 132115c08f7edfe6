//! What mail leads back to: confirming an address, being reminded of a user ID, choosing a new password. Calls that ask for a letter
//! answer 202 in the same time whatever is true. A link's token comes in a body, never in an address, so no log has it.

use super::{lookups, registrations::owner_names};
use crate::{
    factors::recovery,
    http::{client_address::ClientAddress, device_cookie, extract::Body},
    jobs::account_requests::{self, AccountRequest},
    limits::{
        self, rules,
        sign_ins::{Source, Tries},
    },
    mail,
    refusal::{Answer, Error},
    state::App,
    store::{
        Tx,
        accounts::{self, Account, Purpose},
        factors,
        memberships::{self, five_digit_zip},
        outbox::Queued,
        pending_accounts,
    },
    token,
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use contract::{
    Password, Problem,
    account::{EmailConfirmation, NewPassword, PasswordReset, UserIdReminder},
    password,
    refusal::RefusalCode,
    session::BillLookup,
};

/// Opens the account that was asked for: with the link that went to its address, the password that was chosen and, where the plan
/// has another address on file, the code that went there. Once.
#[utoipa::path(
    post, path = "/email-confirmations", request_body = EmailConfirmation,
    responses(
        (status = 204),
        (
            status = 422, description = "link_refused; or wrong_credentials, and which of password and code"),
    )
)]
pub async fn confirm_email(
    State(app): State<App>,
    headers: HeaderMap,
    Body(EmailConfirmation { token, password, code }): Body<EmailConfirmation>,
) -> Answer<(StatusCode, HeaderMap)> {
    let (now, hash) = (app.clock.now(), token::hash(&token));
    let refused = || Error::new(RefusalCode::LinkRefused);
    let wrong = |field: &str| Error::field(RefusalCode::WrongCredentials, field, Problem::Unknown);
    let pending = app.store.try_to_confirm(&hash, now, account_requests::CONFIRM_MILLIS).await?.ok_or_else(refused)?;
    let opening = pending.opening;
    if !app.passwords.is_right(&password, Some(&opening.password)).await? {
        return Err(wrong("password"));
    }
    let on_file = app.store.email_on_file(&opening.membership).await?;
    let takes_code = account_requests::takes_code(on_file.as_ref(), &opening.email);
    if takes_code && code.trim().is_empty() {
        return Err(Error::field(RefusalCode::Invalid, "code", Problem::Missing));
    }
    let mut tx = app.store.begin().await?;
    memberships::lock(&mut tx, vec![&opening.membership]).await?;
    if takes_code {
        let code = recovery::normalise(&code).ok_or_else(|| wrong("code"))?;
        if !pending_accounts::is_code(&mut tx, &opening.membership, &app.seal.hash(&code), now).await? {
            return Err(wrong("code"));
        }
    }
    if !pending_accounts::take(&mut tx, &pending.id, &hash, now).await? {
        return Err(refused());
    }
    for left in accounts::unconfirmed_of(&mut tx, &opening.membership, &accounts::user_id(&opening.email)).await? {
        accounts::forget_unconfirmed(&mut tx, &left, now).await?;
    }
    let Some(account) = accounts::open(&mut tx, &opening, now).await? else {
        // This membership or this address has an account since: the link is used up.
        tx.commit().await?;
        return Err(refused());
    };
    pending_accounts::end_all(&mut tx, &opening.membership).await?;
    if let Some(to) = on_file.filter(|_| takes_code) {
        let letter = mail::account_opened(&app.portal.brand.name, &app.portal.contacts.billing_phone, opening.locale);
        let id = uuid::Uuid::now_v7().to_string();
        Queued { id, cause: &account, to: &to, letter: &letter, is_secret: false, at: now }.put(&mut tx).await?;
    }
    tx.commit().await?;
    // Whoever has the mailbox and the password is no stranger when they sign in in this browser.
    Ok((StatusCode::NO_CONTENT, device_cookie::known(&app, &headers, &account, now).into_iter().collect()))
}

/// Sends the user ID to the address on file of whom a statement belongs to.
#[utoipa::path(
    post, path = "/user-id-reminders", request_body = UserIdReminder,
    responses(
        (status = 202, description = "Whatever is true"),
        (status = 429),
    )
)]
pub async fn remind(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Body(UserIdReminder { region, identifiers, locale }): Body<UserIdReminder>,
) -> Answer<StatusCode> {
    let identifiers = lookups::checked_for_letter(&app, &BillLookup { region, identifiers }, address).await?;
    account_requests::request(
        &app,
        &AccountRequest::Remind { region, identifiers: five_digit_zip(&identifiers), locale },
    )
    .await?;
    Ok(StatusCode::ACCEPTED)
}

/// Sends a link that leads to a new password.
#[utoipa::path(
    post, path = "/password-resets", request_body = PasswordReset,
    responses(
        (status = 202, description = "Whatever is true"),
        (status = 429),
    )
)]
pub async fn ask_for_reset(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Body(PasswordReset { email }): Body<PasswordReset>,
) -> Answer<StatusCode> {
    limits::take(&app, &app.limits.by_address(&rules::LETTERS_BY_ADDRESS, address)).await?;
    account_requests::request(&app, &AccountRequest::Reset { email }).await?;
    Ok(StatusCode::ACCEPTED)
}

/// A new password by the link's token. Every session of the account ends, and its owner is told.
#[utoipa::path(
    put, path = "/password-resets", request_body = NewPassword,
    responses(
        (status = 204),
        (status = 429),
        (status = 503),
    )
)]
pub async fn reset(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Body(NewPassword { token, password }): Body<NewPassword>,
) -> Answer<(StatusCode, HeaderMap)> {
    let (now, hash) = (app.clock.now(), token::hash(&token));
    let refused = || Error::new(RefusalCode::LinkRefused);
    let account = app.store.account_of_link(Purpose::Reset, &hash, now).await?.ok_or_else(refused)?;
    limits::take(&app, &app.limits.by_address(&rules::PASSWORDS_BY_ADDRESS, address)).await?;
    // A password that won't do leaves the link as it is.
    let is_short = check_new(&app, &account, &password).await?;
    let hashed = app.passwords.hash(&password).await?;
    let mut tx = app.store.begin().await?;
    accounts::lock(&mut tx, &account.id).await?;
    let id = accounts::use_link(&mut tx, Purpose::Reset, &hash, now).await?.ok_or_else(refused)?;
    has_factor_if_short(&mut tx, &id, is_short).await?;
    accounts::set_password(&mut tx, &id, &hashed, is_short, now).await?;
    accounts::end_sessions(&mut tx, &id, None, now).await?;
    tell_owner(&app, &account, mail::password_changed).put(&mut tx, now).await?;
    tx.commit().await?;
    // Whoever has just chosen a password is not made to wait for what was tried before.
    Tries::at(&app.limits, &accounts::user_id(&account.email), Source::Address(address)).forgive(&app).await?;
    // Whoever reads the account's mailbox is no stranger in this browser: nobody else's tries keep them waiting. The owner has been told.
    Ok((StatusCode::NO_CONTENT, device_cookie::known(&app, &headers, &id, now).into_iter().collect()))
}

/// Long enough, and not easy to guess for this account. True if it only does because there is a second factor.
pub async fn check_new(app: &App, account: &Account, password: &Password) -> Answer<bool> {
    let owner =
        owner_names(&account.email.to_string(), &[&account.first_name.to_string(), &account.last_name.to_string()]);
    let problem = match password.has_least(least(app, account).await?) {
        Ok(_) => app.passwords.weakness(password, &app.service_names(), owner).await?,
        Err(short) => Some(short),
    };
    match problem {
        Some(problem) => Err(Error::field(RefusalCode::Invalid, "password", problem)),
        None => Ok(password.has_least(password::LEAST).is_err()),
    }
}

/// Refuses a short password for an account whose last factor was taken away since `check_new`. With the account locked.
pub async fn has_factor_if_short(tx: &mut Tx, account: &str, is_short: bool) -> Answer<()> {
    if is_short && factors::count(tx, account).await? == 0 {
        return Err(Error::field(RefusalCode::Invalid, "password", Problem::TooShort));
    }
    Ok(())
}

/// The fewest characters of a new password of this account.
pub async fn least(app: &App, account: &Account) -> Answer<usize> {
    let has_factor = app.store.factors_asked(&account.id).await?.is_some();
    Ok(if has_factor { password::LEAST_WITH_FACTOR } else { password::LEAST })
}

/// A notice to the address on file, put into the outbox with what it is about.
pub struct Notice<'a> {
    account: &'a Account,
    letter: mail::Letter,
}

/// How the owner of an account is told of something, and by whom.
pub type Telling = fn(&Account, brand: &str, contact: (&str, &str)) -> mail::Letter;

pub fn tell_owner<'a>(app: &App, account: &'a Account, telling: Telling) -> Notice<'a> {
    let contact = (app.settings.public_origin.as_str(), app.portal.contacts.billing_phone.as_str());
    Notice { account, letter: telling(account, &app.portal.brand.name, contact) }
}

impl Notice<'_> {
    pub async fn put(&self, tx: &mut crate::store::Tx, at: contract::Instant) -> Answer<()> {
        let id = uuid::Uuid::now_v7().to_string();
        let (cause, to) = (&self.account.id, &self.account.email);
        Ok(Queued { id, cause, to, letter: &self.letter, is_secret: false, at }.put(tx).await?)
    }
}
