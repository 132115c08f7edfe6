//! The session in the app: who is using it, and until when. "A payer who is signed out" can't be represented. The
//! credential is a cookie that no script can read.

mod clock;

pub use clock::TimeLeft;

use crate::{
    browser::{self, Moment},
    config::Deployment,
    error::ApiError,
};
use clock::server_time;
use contract::{
    Instant, Region,
    factor::RequiredFactors,
    session::{MembershipView, PersonView, SessionView},
};
use leptos::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Session {
    /// Unknown: not requested yet, loading, or the request failed. It is repeated then, and the user is not treated as
    /// a guest.
    Restoring,
    Guest,
    /// Found a bill by its statement: sees these bills only.
    Payer(Access),
    /// The password was right, the second factor is asked for: sees nothing.
    PendingSecondFactor(RequiredFactors),
    /// Signed in with an account.
    Member(Access, PersonView),
}

/// What a session that may see bills has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    pub membership: MembershipView,
    /// Handed to the capture frame.
    pub capture_binding: String,
}

impl From<&SessionView> for Session {
    fn from(view: &SessionView) -> Self {
        let access = |membership: &MembershipView, capture_binding: &String| Access {
            membership: membership.clone(),
            capture_binding: capture_binding.clone(),
        };
        match view {
            SessionView::Guest { .. } => Self::Guest,
            SessionView::Payer { membership, capture_binding, .. } => Self::Payer(access(membership, capture_binding)),
            SessionView::PendingSecondFactor { second_factor, .. } => Self::PendingSecondFactor(*second_factor),
            SessionView::Member { membership, capture_binding, person, .. } => {
                Self::Member(access(membership, capture_binding), person.clone())
            }
        }
    }
}

impl Session {
    pub fn access(&self) -> Option<&Access> {
        match self {
            Self::Payer(access) | Self::Member(access, _) => Some(access),
            Self::Restoring | Self::Guest | Self::PendingSecondFactor(_) => None,
        }
    }

    /// May see bills, its own or a statement's.
    pub fn has_access(&self) -> bool {
        self.access().is_some()
    }

    pub fn is_member(&self) -> bool {
        matches!(self, Self::Member(..))
    }

    pub fn person(&self) -> Option<&PersonView> {
        if let Self::Member(_, person) = self { Some(person) } else { None }
    }
}

/// Context: who is here, and what follows from it. Its parts are set together, by what the server said (`accept`) or by
/// its end (`forget`), so none of them is ever another session's.
#[derive(Clone, Copy)]
pub struct CurrentSession {
    session: RwSignal<Session>,
    /// Nothing where it shows nothing, or is being left.
    lasts: RwSignal<Option<TimeLeft>>,
    /// Whose bill somebody had found before signing in as somebody else.
    found_elsewhere: RwSignal<Option<MembershipView>>,
    /// The server's time in the last response, and when that was received.
    clock: StoredValue<Option<(Instant, Moment)>>,
    /// Why the server could not be asked whose session this is.
    failed: RwSignal<Option<ApiError>>,
    /// Raised to ask at once.
    asked: RwSignal<u32>,
    /// Raised to end it.
    ends: RwSignal<u32>,
    /// Of the page: a member's is the account's.
    region: RwSignal<Option<Region>>,
    of_visit: RwSignal<Option<Region>>,
}

impl CurrentSession {
    pub fn new(session: Session, deployment: Deployment) -> Self {
        Self {
            session: RwSignal::new(session),
            lasts: RwSignal::new(None),
            found_elsewhere: RwSignal::new(None),
            clock: StoredValue::new(None),
            failed: RwSignal::new(None),
            asked: RwSignal::new(0),
            ends: RwSignal::new(0),
            region: deployment.region,
            of_visit: deployment.of_visit,
        }
    }

    /// The one the app provides; outside of it a guest's.
    pub fn here() -> Self {
        use_context().unwrap_or_else(|| Self::new(Session::Guest, Deployment::here()))
    }

    /// Tracks.
    pub fn get(self) -> Session {
        self.session.get()
    }

    /// Tracks.
    pub fn with<T>(self, look: impl FnOnce(&Session) -> T) -> T {
        self.session.with(look)
    }

    pub fn with_untracked<T>(self, look: impl FnOnce(&Session) -> T) -> T {
        self.session.with_untracked(look)
    }

    pub fn track(self) {
        self.session.track();
    }

    /// Of the membership whose bills these are, whatever region the page shows: what fees and clocks go by. Tracks.
    pub fn region(self) -> Option<Region> {
        self.session.with(|session| session.access().map(|access| access.membership.region))
    }

    /// Of that region. Tracks.
    pub fn time_zone(self) -> &'static str {
        self.region().map_or("UTC", Region::time_zone)
    }

    /// A member's, who signs in with it; empty for anybody else. Tracks.
    pub fn user_id(self) -> String {
        self.session.with(|session| session.person().map(|person| person.email.clone()).unwrap_or_default())
    }

    pub fn is_member(self) -> Signal<bool> {
        Signal::derive(move || self.session.with(Session::is_member))
    }

    /// For handlers.
    pub fn lasts(self) -> Option<TimeLeft> {
        self.lasts.get_untracked()
    }

    /// It can't be put off any more. Tracks.
    pub fn is_last(self) -> bool {
        self.lasts.with(|lasts| lasts.is_some_and(|lasts| lasts.is_last()))
    }

    /// Tracks.
    pub fn found_elsewhere(self) -> Option<MembershipView> {
        self.found_elsewhere.get()
    }

    /// By the server's clock, for handlers; nothing before its first response.
    pub fn server_time(self) -> Option<Instant> {
        self.clock.get_value().map(|clock| server_time(clock, browser::moment()))
    }

    /// By the server's clock, for handlers; by this device's before its first response.
    pub fn server_now(self) -> Instant {
        self.server_time().unwrap_or_else(browser::now)
    }

    /// Takes a session from the server's response. For handlers. Subscribers are notified only if the session has
    /// changed.
    pub fn accept(self, view: &SessionView) {
        let now = browser::moment();
        self.clock.set_value(Some((view.now(), now)));
        self.apply(view, TimeLeft::of(view, now));
    }

    pub(crate) fn apply(self, view: &SessionView, lasts: Option<TimeLeft>) {
        let session = Session::from(view);
        if let Session::Member(access, _) = &session
            && self.region.get_untracked() != Some(access.membership.region)
        {
            self.region.set(Some(access.membership.region));
        }
        self.of_visit.set(session.access().map(|access| access.membership.region));
        // no warning of time-out for a session that shows nothing private
        self.lasts.set(session.access().and(lasts));
        let found = self.session.with_untracked(|now| match now {
            Session::Payer(access) => Some(access.membership.clone()),
            _ => self.found_elsewhere.get_untracked(),
        });
        self.found_elsewhere.set(match &session {
            Session::PendingSecondFactor(_) => found,
            Session::Member(access, _) => found.filter(|found| *found != access.membership),
            _ => None,
        });
        if self.session.with_untracked(|now| *now != session) {
            self.session.set(session);
        }
    }

    /// There is no session any more.
    pub fn forget(self) {
        self.lasts.set(None);
        self.found_elsewhere.set(None);
        self.of_visit.set(None);
        self.session.set(Session::Guest);
    }

    /// The session is over, or its page is being left: no warning is shown any more, and the page stays as it is until
    /// it is left.
    pub fn stop_counting(self) {
        self.lasts.set(None);
    }

    /// Whether the session is still unknown. For handlers.
    pub fn is_unknown(self) -> bool {
        self.session.with_untracked(|now| *now == Session::Restoring)
    }

    /// Why the session is still unknown. Tracks.
    pub fn unreached(self) -> Option<ApiError> {
        let is_unknown = self.session.with(|now| *now == Session::Restoring);
        self.failed.get().filter(|_| is_unknown)
    }

    /// The server could not be asked, or, with nothing, is being asked anew.
    pub fn set_unreached(self, error: Option<ApiError>) {
        self.failed.set(error);
    }

    /// Asks the server at once.
    pub fn ask(self) {
        self.asked.update(|n| *n += 1);
    }

    /// How often `ask` was called. Tracks.
    pub fn asked(self) -> u32 {
        self.asked.get()
    }

    /// The member signs out, the payer ends the visit. Anyone who watches the session does it (`app::watch`).
    pub fn end(self) {
        self.ends.update(|n| *n += 1);
    }

    /// How often `end` was called. Tracks.
    pub fn ends(self) -> u32 {
        self.ends.get()
    }
}

#[cfg(test)]
mod tests;
