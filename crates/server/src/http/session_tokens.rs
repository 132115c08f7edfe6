//! Session tokens: begins sessions and renews the token of one, in the caller's transaction, and makes the cookies.
//!
//! The rule for everything here and for every write of an account: **what was read before is checked again where it is written.**
//! Between reading and writing a password is hashed or a lock is waited for, and meanwhile the password may have been changed, or
//! the session ended. So a transaction that changes how an account is signed in to takes the account's row first
//! (`SignedIn::begin`, `accounts::lock`). Whoever changes the password holds that row too: the two can't pass each other, on either
//! database. Then the account is read again, and so is whether the session still lives; only after that anything is written.
//!
//! The order of locks is account, session, everything else: two such transactions never wait for each other.

use super::extract;
use crate::{
    refusal::{Answer, Error, refused},
    state::App,
    store::{
        Tx,
        accounts::{self, Account},
        memberships::Membership,
        registrations,
        renewals::{self, Left},
        sessions::{AuthLevel, Member, Session},
    },
    token,
};
use axum::http::{HeaderMap, header};
use contract::{Instant, payment::PaymentDraft, refusal::RefusalCode};

impl extract::SignedIn {
    /// A transaction in which the account's row is locked, and the account as it is now. Refused if the session ended, got another
    /// token, or the account's password was changed since this call was let in.
    pub async fn begin(&self, app: &App) -> Answer<(Tx, Account)> {
        let mut tx = app.store.begin().await?;
        let account = accounts::lock(&mut tx, &self.account.id).await?;
        let is_open = renewals::still_opens(&mut tx, &self.session, app.clock.now()).await?;
        match account.filter(|account| is_open && account.password == self.account.password) {
            Some(account) => Ok((tx, account)),
            None => refused(tx, Error::new(RefusalCode::SignedOut)).await,
        }
    }
}

/// Begins a session of a membership, a member's or a payer's, and gives its cookie. The one before ends: a token from before never
/// opens what comes after it. What was chosen in it goes on, if it was of the same membership and nobody had ended it.
pub async fn begin(
    app: &App,
    tx: &mut Tx,
    headers: &HeaderMap,
    (membership, member, auth_level): (Membership, Option<Member>, AuthLevel),
    now: Instant,
) -> Answer<(Session, HeaderMap)> {
    let before = match extract::cookie(headers, extract::cookie_name(app)) {
        Some(token) => renewals::end_before(tx, &token::hash(&token), now).await?,
        None => None,
    };
    let token = token::random_token()?;
    let mut session = Session {
        id: uuid::Uuid::now_v7().to_string(),
        token_hash: token::hash(&token),
        membership,
        capture_binding: token::random_token()?,
        created_at: now,
        seen_at: now,
        device: extract::device(headers),
        member,
        auth_level,
    };
    let (mut draft, mut shown_again) = (None, None);
    if let Some(before) = before.filter(|before| before.membership == session.membership.id) {
        let is_payer = session.member.is_none() && before.account.is_none();
        shown_again = (is_payer && before.lived).then_some(before.id.clone());
        draft = goes_on(before, &mut session);
    }
    renewals::add(tx, &session, draft.filter(|draft| *draft != PaymentDraft::default()).as_ref()).await?;
    if let Some(before) = shown_again {
        registrations::carry(tx, &before, &session.id).await?;
    }
    Ok((session, cookies(app, &token)))
}

/// Whoever signs in while paying, or shows once more who they are, goes on with everything; whoever comes back later, with bills and
/// amounts.
fn goes_on(before: Left, session: &mut Session) -> Option<PaymentDraft> {
    let account = session.member.as_ref().map(|member| member.account.as_str());
    let is_same = before.account.as_deref().is_none_or(|before| account == Some(before));
    if account.is_some() && is_same && before.lived {
        session.capture_binding = before.capture_binding;
        return before.draft;
    }
    before.draft.map(|draft| draft.without_what_is_private())
}

/// The same session under a new token: after the second step, the password typed again, a new password. Refused if it ended.
pub async fn renew(
    app: &App,
    tx: &mut Tx,
    mut session: Session,
    auth_level: AuthLevel,
    now: Instant,
) -> Answer<(Session, HeaderMap)> {
    let token = token::random_token()?;
    let was = std::mem::replace(&mut session.token_hash, token::hash(&token));
    (session.auth_level, session.created_at, session.seen_at) = (auth_level, now, now);
    if renewals::renew(tx, &was, &session).await? {
        Ok((session, cookies(app, &token)))
    } else {
        Err(Error::new(RefusalCode::SignedOut))
    }
}

fn cookies(app: &App, token: &str) -> HeaderMap {
    let cookie = extract::set_cookie(app, Some(token));
    cookie.into_iter().map(|cookie| (header::SET_COOKIE, cookie)).collect()
}
