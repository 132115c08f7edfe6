//! Signing in with user ID and password, and the password typed again. A failed sign-in does not say what was wrong,
//! and takes as long; tries that fail come ever further apart. The second step is `second_factor`'s.

use super::{
    browser::Browser,
    notices::notice_to_owner,
    sessions::{self, IssuedSession, SignedIn, full_view, member, view},
};
use crate::{
    error::{Error, Result, refused},
    i18n,
    limits::{
        emails::NEW_DEVICE,
        sign_ins::{SignInAttempts, Source},
        tallies::Kind,
    },
    mail,
    state::App,
    store::{
        Tx,
        accounts::{self, Account},
        factors,
        sessions::{Session, Who},
        visits,
    },
};
use contract::{FieldProblem, Instant, Password, account::Credentials, problem_details::ErrorCode};
use std::net::IpAddr;

/// If the account has a second factor, the session is pending it then.
pub async fn sign_in(app: &App, browser: &Browser, address: IpAddr, shown: Credentials) -> Result<IssuedSession> {
    let was = checked(app, browser, address, shown).await?;
    let membership = app.store.membership(&was.membership).await?.ok_or_else(|| Error::new(ErrorCode::Fault))?;
    let now = app.clock.now();
    let mut tx = app.store.begin().await?;
    // It may have been changed while it was hashed: what was right is not any more.
    let account = accounts::lock(&mut tx, &was.id).await?.filter(|account| account.password == was.password);
    let Some(account) = account else {
        return refused(tx, Error::new(ErrorCode::WrongCredentials)).await;
    };
    let is_asked = factors::count(&mut tx, &account.id).await? > 0;
    let member = member(&account);
    let who =
        if is_asked { Who::PendingSecondFactor(member) } else { Who::Member { member, reauthenticated_at: None } };
    let (session, mut kept) = sessions::begin(&mut tx, browser, membership, who, now).await?;
    if !is_asked {
        kept.device = Arrival { account: &account, session: &session, now }.is_in(app, &mut tx, browser).await?;
    }
    tx.commit().await?;
    Ok(IssuedSession { view: full_view(app, Some(&session)).await?, kept })
}

/// The account whose user ID and password these are.
async fn checked(
    app: &App,
    browser: &Browser,
    address: IpAddr,
    Credentials { user_id, password }: Credentials,
) -> Result<Account> {
    let account = app.store.account_of_user_id(&user_id).await?;
    let device = browser.name(app, account.as_ref(), app.clock.now());
    let source = device.as_deref().map_or(Source::Address(address), Source::Known);
    let tries = SignInAttempts::at(&app.limits, &user_id, source);
    let look = async {
        let hash = account.as_ref().map(|account| account.password.as_str());
        let is_right = app.passwords.is_right(&password, hash).await?;
        app.limits.tallies.add(Kind::SignIns, !is_right);
        Ok(account.filter(|_| is_right))
    };
    tries.judge(app, Error::new(ErrorCode::WrongCredentials), look).await
}

/// A sign-in that is complete.
pub struct Arrival<'a> {
    pub account: &'a Account,
    pub session: &'a Session,
    pub now: Instant,
}

impl Arrival<'_> {
    /// Begins a visit, and notifies the owner if the browser is a new one, in the transaction of the sign-in, which has
    /// the account locked. Returns the cookie by which the browser is known from now on.
    pub async fn is_in(&self, app: &App, tx: &mut Tx, browser: &Browser) -> Result<Option<String>> {
        let Self { account, session, now } = *self;
        visits::begin(tx, &account.id, &session.id, now).await?;
        // The number of notices is limited: after a few sign-ins the owner has been notified.
        if browser.name(app, Some(account), now).is_none()
            && NEW_DEVICE.may_post(tx, &account.id, &account.email, now).await?
        {
            let at = i18n::moment(now, session.membership.region.time_zone(), account.locale);
            let seen = (at.as_str(), session.device.as_str());
            let notice = notice_to_owner(app, account, |account, sender| mail::new_device(account, sender, seen));
            notice.put_about(tx, &NEW_DEVICE.cause(&account.id), now).await?;
        }
        Ok(browser.known_to(app, &account.id, now))
    }
}

/// Takes the password, typed again, for a session that may change what signs in; it gets a new token.
pub async fn reauthenticate(app: &App, signed_in: SignedIn, password: &Password) -> Result<IssuedSession> {
    check_password(app, &signed_in, password, "password").await?;
    let now = app.clock.now();
    let (mut tx, _) = signed_in.begin(app).await?;
    let who = Who::Member { member: member(&signed_in.account), reauthenticated_at: Some(now) };
    let (session, kept) = sessions::renew(&mut tx, signed_in.session, who, now).await?;
    tx.commit().await?;
    Ok(IssuedSession { view: view(&session, now), kept })
}

/// Rejects a password that is not the account's, at `field`, with a progressive delay. Counted by the session, so that
/// strangers' attempts do not delay it.
pub async fn check_password(app: &App, signed_in: &SignedIn, password: &Password, field: &str) -> Result<()> {
    let SignedIn { session, account } = signed_in;
    let wrong = Error::field(ErrorCode::WrongCredentials, field, FieldProblem::Unknown);
    let look = async { Ok(app.passwords.is_right(password, Some(&account.password)).await?.then_some(())) };
    SignInAttempts::at(&app.limits, &account.email.user_id(), Source::Known(&session.id)).judge(app, wrong, look).await
}
