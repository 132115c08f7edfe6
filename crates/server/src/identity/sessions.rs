//! Sessions: beginning and renewing them, and the account behind one. In the caller's transaction.
//!
//! The rule for everything here and for every write of an account: **what was read before is checked again where it is
//! written.** Between reading and writing a password is hashed or a lock is waited for, and meanwhile the password may
//! have been changed, or the session ended. So a transaction that changes how an account is signed in to takes the
//! account's row first (`SignedIn::begin`, `accounts::lock`). A change of the password locks that row too: the two
//! can't overtake each other, on either database. Then the account is read again, and so is whether the session still
//! lives; only after that anything is written.
//!
//! The order of locks is account, session, everything else: two such transactions never wait for each other.

use super::browser::{Browser, IssuedTokens};
use crate::{
    error::{Error, Result, refused},
    state::App,
    store::{
        Tx,
        accounts::{self, Account},
        memberships::Membership,
        registrations,
        renewals::{self, PreviousSession},
        sessions::{Member, Session, Who},
    },
    token,
};
use contract::{
    Instant,
    payment::PaymentDraft,
    problem_details::ErrorCode,
    session::{MembershipView, PersonView, SessionView},
};

/// A session that was begun or renewed, as it is returned to the browser.
pub struct IssuedSession {
    pub view: SessionView,
    pub kept: IssuedTokens,
}

/// A session that is signed in to an account.
pub struct SignedIn {
    pub session: Session,
    pub account: Account,
}

impl SignedIn {
    pub async fn of(session: Session, app: &App) -> Result<Self> {
        let signed_out = || Error::new(ErrorCode::SignedOut);
        let member = session.member().ok_or_else(signed_out)?;
        let account = app.store.account(&member.account).await?.ok_or_else(signed_out)?;
        Ok(Self { session, account })
    }

    /// A transaction in which the account's row is locked, and the account as it is now. Refused if the session ended,
    /// got another token, or the account's password was changed since this call was let in.
    pub async fn begin(&self, app: &App) -> Result<(Tx, Account)> {
        self.go_on(app, app.store.begin().await?).await
    }

    /// As `begin`, in a transaction that has begun.
    pub(super) async fn go_on(&self, app: &App, mut tx: Tx) -> Result<(Tx, Account)> {
        let account = accounts::lock(&mut tx, &self.account.id).await?;
        let is_open = renewals::still_opens(&mut tx, &self.session, app.clock.now()).await?;
        match account.filter(|account| is_open && account.password == self.account.password) {
            Some(account) => Ok((tx, account)),
            None => refused(tx, Error::new(ErrorCode::SignedOut)).await,
        }
    }
}

pub fn member(account: &Account) -> Member {
    let (name, email) = (account.name(), account.email.to_string());
    let person = PersonView { name, email, is_email_confirmed: true };
    Member { account: account.id.clone(), person }
}

/// Begins a session of a membership, a member's or a payer's. The one before ends: a token from before never opens what
/// comes after it. Its draft is carried over, if it was of the same membership and had not been ended.
pub async fn begin(
    tx: &mut Tx,
    browser: &Browser,
    membership: Membership,
    who: Who,
    now: Instant,
) -> Result<(Session, IssuedTokens)> {
    let before = match &browser.token_hash {
        Some(hash) => renewals::end_before(tx, hash, now).await?,
        None => None,
    };
    let (kept, token_hash) = IssuedTokens::token()?;
    let mut session = Session {
        id: crate::id::new(now),
        token_hash,
        membership,
        capture_binding: token::random_token()?,
        created_at: now,
        seen_at: now,
        device: browser.device.clone(),
        who,
    };
    let (mut draft, mut shown_again) = (None, None);
    if let Some(before) = before.filter(|before| before.membership == session.membership.id) {
        let is_payer = session.member().is_none() && before.account.is_none();
        shown_again = (is_payer && before.lived).then_some(before.id.clone());
        draft = carried_draft(before, &mut session);
    }
    renewals::add(tx, &session, draft.filter(|draft| *draft != PaymentDraft::default()).as_ref()).await?;
    if let Some(before) = shown_again {
        registrations::carry(tx, &before, &session.id).await?;
    }
    Ok((session, kept))
}

/// The draft that is carried over. After signing in while paying, or re-authenticating: all of it. After the previous
/// session has run out: bills and amounts only.
fn carried_draft(before: PreviousSession, session: &mut Session) -> Option<PaymentDraft> {
    let account = session.member().map(|member| member.account.as_str());
    let is_same = before.account.as_deref().is_none_or(|before| account == Some(before));
    if account.is_some() && is_same && before.lived {
        session.capture_binding = before.capture_binding;
        return before.draft;
    }
    before.draft.map(|draft| draft.without_what_is_private())
}

/// The same session under a new token: after the second step, the password typed again, a new password. Refused if it
/// ended.
pub async fn renew(tx: &mut Tx, mut session: Session, who: Who, now: Instant) -> Result<(Session, IssuedTokens)> {
    let (kept, hash) = IssuedTokens::token()?;
    let was = std::mem::replace(&mut session.token_hash, hash);
    (session.who, session.created_at, session.seen_at) = (who, now, now);
    if renewals::renew(tx, &was, &session).await? { Ok((session, kept)) } else { Err(Error::new(ErrorCode::SignedOut)) }
}

/// How exactly the idle time is kept: a write for every read would be too many.
const TOUCH_MILLIS: i64 = 30_000;

/// The session of a token, if it has not ended.
pub async fn of_token(app: &App, hash: &str, now: Instant) -> Result<Option<Session>> {
    Ok(app.store.session(hash, now).await?)
}

/// Every call of a session starts its idle time anew.
pub async fn touch(app: &App, session: &Session, now: Instant) -> Result<()> {
    if now.millis() - session.seen_at.millis() > TOUCH_MILLIS {
        app.store.touch_session(&session.token_hash, now).await?;
    }
    Ok(())
}

/// Ends the session as if its time were up: bills and amounts that were chosen are kept for the next one.
pub async fn lapse(app: &App, session: &Session) -> Result<()> {
    Ok(app.store.lapse_session(&session.token_hash, app.clock.now()).await?)
}

/// Ends the session and wipes what was typed in it.
pub async fn end(app: &App, session: &Session) -> Result<()> {
    Ok(app.store.end_session(&session.token_hash, app.clock.now()).await?)
}

/// Starts the idle time anew.
pub async fn extend(app: &App, mut session: Session) -> Result<SessionView> {
    session.seen_at = app.clock.now();
    if app.store.touch_session(&session.token_hash, session.seen_at).await? {
        Ok(view(&session, session.seen_at))
    } else {
        Err(Error::new(ErrorCode::SignedOut))
    }
}

/// The view of a session that is not pending a second factor; see `full_view` for one that is.
pub fn view(session: &Session, now: Instant) -> SessionView {
    let membership = MembershipView { region: session.membership.region, ending: session.membership.ending.clone() };
    let (expires_at, ends_at) = (session.expires_at(), session.ends_at());
    let capture_binding = session.capture_binding.clone();
    match &session.who {
        Who::PendingSecondFactor(_) => SessionView::Guest { now },
        Who::Payer => SessionView::Payer { now, expires_at, ends_at, membership, capture_binding },
        Who::Member { member, .. } => {
            let person = member.person.clone();
            SessionView::Member { now, expires_at, ends_at, membership, capture_binding, person }
        }
    }
}

/// As `view`, for any request, and with the second factors that a pending session needs.
pub async fn full_view(app: &App, session: Option<&Session>) -> Result<SessionView> {
    let now = app.clock.now();
    let Some(session) = session else { return Ok(SessionView::Guest { now }) };
    let Who::PendingSecondFactor(member) = &session.who else { return Ok(view(session, now)) };
    let second_factor = app.store.factors_asked(&member.account).await?;
    Ok(second_factor.map_or(SessionView::Guest { now }, |second_factor| SessionView::PendingSecondFactor {
        now,
        expires_at: session.expires_at(),
        ends_at: session.ends_at(),
        second_factor,
    }))
}
