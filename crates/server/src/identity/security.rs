//! Account security, for its owner: changing the password, active sessions, and the authorisations that were given.

use super::{
    browser::Browser,
    notices::notice_to_owner,
    password_policy::{check_new, has_factor_if_short, least},
    sessions::{self, IssuedSession, SignedIn, view},
    sign_in::check_password,
};
use crate::{
    error::{Error, Result, refused},
    limits::{self, rules},
    mail,
    state::App,
    store::{self, accounts},
};
use contract::{
    account::{PasswordChange, Security},
    problem_details::ErrorCode,
};

/// The number of authorisations in the response. Pages of an earlier version show them; all are at
/// `member_profile::authorisations`.
const AUTHORISATIONS: i64 = 50;

/// The password's age, the sessions, the terms and the authorisations.
pub async fn show(app: &App, SignedIn { session, account }: &SignedIn) -> Result<Security> {
    Ok(Security {
        password_changed_at: account.password_changed_at,
        least_password: u16::try_from(least(app, account).await?).unwrap_or(u16::MAX),
        terms_version: account.terms_version,
        terms_accepted_at: account.terms_accepted_at,
        time_zone: session.membership.region.time_zone().to_owned(),
        second_factor: app.store.second_factor(&account.id, app.site.is_some()).await?,
        sessions: app.store.sessions_of(&account.id, &session.id, app.clock.now()).await?,
        authorisations: app.store.authorisations_of(&account.id, None, AUTHORISATIONS).await?.authorisations,
    })
}

/// Changes the password. Ends every other session, renews this one's token, and notifies the owner.
pub async fn change_password(
    app: &App,
    browser: &Browser,
    signed_in: SignedIn,
    change: PasswordChange,
) -> Result<IssuedSession> {
    check_password(app, &signed_in, &change.current, "current").await?;
    let tries = [app.limits.bucket(&rules::PASSWORDS_BY_SESSION, &signed_in.session.id)];
    let is_short = limits::work(app, &tries, check_new(app, &signed_in.account, &change.password)).await?;
    let hashed = app.passwords.hash(&change.password).await?;
    let (mut tx, account) = signed_in.begin(app).await?;
    has_factor_if_short(&mut tx, &account.id, is_short).await?;
    let (now, session) = (app.clock.now(), signed_in.session);
    accounts::set_password(&mut tx, &account.id, &hashed, is_short, now).await?;
    accounts::end_sessions(&mut tx, &account.id, Some(&session.id), now).await?;
    let who = session.who.clone();
    let (session, mut kept) = sessions::renew(&mut tx, session, who, now).await?;
    notice_to_owner(app, &account, mail::password_changed).put(&mut tx, now).await?;
    tx.commit().await?;
    // This browser is a known one with the new password, too.
    kept.device = browser.known_to(app, &account.id, now);
    Ok(IssuedSession { view: view(&session, now), kept })
}

/// Signs out in one other place.
pub async fn end_session(app: &App, signed_in: &SignedIn, id: &str) -> Result<()> {
    let (mut tx, account) = signed_in.begin(app).await?;
    if !store::sessions::end_one(&mut tx, &account.id, id, app.clock.now()).await? {
        return refused(tx, Error::new(ErrorCode::NotFound)).await;
    }
    Ok(tx.commit().await?)
}

/// Signs out everywhere else.
pub async fn end_others(app: &App, signed_in: &SignedIn) -> Result<()> {
    let (mut tx, account) = signed_in.begin(app).await?;
    accounts::end_sessions(&mut tx, &account.id, Some(&signed_in.session.id), app.clock.now()).await?;
    Ok(tx.commit().await?)
}
