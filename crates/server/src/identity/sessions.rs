//! Sessions: begun, renewed, and who is behind one. In the caller's transaction.
//!
//! The rule for everything here and for every write of an account: **what was read before is checked again where it is written.**
//! Between reading and writing a password is hashed or a lock is waited for, and meanwhile the password may have been changed, or
//! the session ended. So a transaction that changes how an account is signed in to takes the account's row first
//! (`SignedIn::begin`, `accounts::lock`). Whoever changes the password holds that row too: the two can't pass each other, on either
//! database. Then the account is read again, and so is whether the session still lives; only after that anything is written.
//!
//! The order of locks is account, session, everything else: two such transactions never wait for each other.

use super::browser::{Browser, Kept};
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
use contract::{
    Instant,
    payment::PaymentDraft,
    refusal::RefusalCode,
    session::{MembershipView, PersonView, SessionKind, SessionView},
};

/// A session that was begun or renewed, as its browser is told of it.
pub struct Entered {
    pub view: SessionView,
    pub kept: Kept,
}

/// Whoever is signed in with an account.
pub struct SignedIn {
    pub session: Session,
    pub account: Account,
}

impl SignedIn {
    pub async fn of(session: Session, app: &App) -> Answer<Self> {
        let signed_out = || Error::new(RefusalCode::SignedOut);
        let member = session.member.as_ref().ok_or_else(signed_out)?;
        let account = app.store.account(&member.account).await?.ok_or_else(signed_out)?;
        Ok(Self { session, account })
    }

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

pub fn member(account: &Account) -> Member {
    let (name, email) = (account.name(), account.email.to_string());
    let person = PersonView { name, email, is_email_confirmed: true };
    Member { account: account.id.clone(), person }
}

/// Begins a session of a membership, a member's or a payer's. The one before ends: a token from before never opens what comes after it.
/// What was chosen in it goes on, if it was of the same membership and nobody had ended it.
pub async fn begin(
    tx: &mut Tx,
    browser: &Browser,
    (membership, member, auth_level): (Membership, Option<Member>, AuthLevel),
    now: Instant,
) -> Answer<(Session, Kept)> {
    let before = match &browser.token_hash {
        Some(hash) => renewals::end_before(tx, hash, now).await?,
        None => None,
    };
    let (kept, token_hash) = Kept::token()?;
    let mut session = Session {
        id: uuid::Uuid::now_v7().to_string(),
        token_hash,
        membership,
        capture_binding: token::random_token()?,
        created_at: now,
        seen_at: now,
        device: browser.device.clone(),
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
    Ok((session, kept))
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
pub async fn renew(tx: &mut Tx, mut session: Session, auth_level: AuthLevel, now: Instant) -> Answer<(Session, Kept)> {
    let (kept, hash) = Kept::token()?;
    let was = std::mem::replace(&mut session.token_hash, hash);
    (session.auth_level, session.created_at, session.seen_at) = (auth_level, now, now);
    if renewals::renew(tx, &was, &session).await? {
        Ok((session, kept))
    } else {
        Err(Error::new(RefusalCode::SignedOut))
    }
}

/// Starts the idle time anew.
pub async fn extend(app: &App, mut session: Session) -> Answer<SessionView> {
    session.seen_at = app.clock.now();
    if app.store.touch_session(&session.token_hash, session.seen_at).await? {
        Ok(view(Some(&session), session.seen_at))
    } else {
        Err(Error::new(RefusalCode::SignedOut))
    }
}

pub fn view(session: Option<&Session>, now: Instant) -> SessionView {
    let Some(session) = session else {
        return SessionView {
            kind: SessionKind::Guest,
            membership: None,
            now,
            expires_at: None,
            ends_at: None,
            capture_binding: None,
            person: None,
            second_factor: None,
        };
    };
    let kind = match (&session.member, session.auth_level) {
        (_, AuthLevel::Password) => SessionKind::PendingSecondFactor,
        (Some(_), _) => SessionKind::Member,
        (None, _) => SessionKind::Payer,
    };
    let is_in = kind != SessionKind::PendingSecondFactor;
    let membership = MembershipView { region: session.membership.region, ending: session.membership.ending.clone() };
    SessionView {
        kind,
        membership: is_in.then_some(membership),
        now,
        expires_at: Some(session.expires_at()),
        ends_at: Some(session.ends_at()),
        capture_binding: is_in.then(|| session.capture_binding.clone()),
        person: session.member.as_ref().filter(|_| is_in).map(|member| member.person.clone()),
        second_factor: None,
    }
}

/// As `view`, and what is asked for as a second factor.
pub async fn full_view(app: &App, session: Option<&Session>) -> Answer<SessionView> {
    let view = view(session, app.clock.now());
    let member =
        session.and_then(|session| session.member.as_ref()).filter(|_| view.kind == SessionKind::PendingSecondFactor);
    let Some(member) = member else { return Ok(view) };
    let second_factor = app.store.factors_asked(&member.account).await?;
    Ok(SessionView { second_factor, ..view })
}
