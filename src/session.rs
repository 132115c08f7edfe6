//! Who is using the app, and for how long. "A payer who is signed out" cannot be said. The credential is a cookie that no script
//! can read.

use crate::{
    browser::{self, Moment},
    error::ApiError,
};
use contract::{
    Instant,
    factor::FactorsAsked,
    session::{MembershipView, PersonView, SessionView},
};
use leptos::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Session {
    /// Not asked yet, the answer is on its way, or none was to be had: then it is asked again, and nobody is taken for a guest.
    Restoring,
    Guest,
    /// Found a bill by its statement: sees these bills only.
    Payer(Access),
    /// The password was right, the second factor is asked for: sees nothing.
    PendingSecondFactor(FactorsAsked),
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

    pub fn person(&self) -> Option<&PersonView> {
        if let Self::Member(_, person) = self { Some(person) } else { None }
    }
}

/// How long a session lasts, counted from when the server said so. The two clocks need not agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lasts {
    told_at: Moment,
    /// If nothing happens, and whatever happens.
    idle_millis: i64,
    whole_millis: i64,
}

impl Lasts {
    fn of(view: &SessionView, told_at: Moment) -> Option<Self> {
        let from_now = |instant: Instant| instant.millis() - view.now().millis();
        let (expires_at, ends_at) = view.ends()?;
        Some(Self { told_at, idle_millis: from_now(expires_at), whole_millis: from_now(ends_at) })
    }

    /// Milliseconds until it ends if nothing happens; below zero when it is over.
    pub fn left(&self, now: Moment) -> i64 {
        self.idle_millis - now.since(self.told_at)
    }

    /// It can't be put off any more.
    pub fn is_last(&self) -> bool {
        self.whole_millis <= self.idle_millis
    }

    pub fn told(&self, now: Moment) -> i64 {
        now.since(self.told_at)
    }
}

/// What is known of the server that keeps the session.
#[derive(Clone, Copy)]
pub struct Server {
    /// The time it told, and when it was heard.
    clock: StoredValue<Option<(Instant, Moment)>>,
    /// Why it could not be asked whose session this is; nothing while it is being asked, or has answered.
    pub failed: RwSignal<Option<ApiError>>,
    /// Raise it to ask at once.
    pub asked: RwSignal<u32>,
}

/// The server's time. Only the steady clock counts on from what it told: whoever sets the wall clock can put off no moment until
/// which a payment may begin, and a machine that slept names one that is over, which is refused and harmless.
fn server_time((told, heard): (Instant, Moment), now: Moment) -> Instant {
    told.plus_millis(now.steady_since(heard))
}

/// Context: the session as a signal, how long it lasts, whose bill somebody had found before signing in as somebody else, and the
/// server. Pages give it the API's answers.
#[derive(Clone, Copy)]
pub struct CurrentSession(
    pub RwSignal<Session>,
    pub RwSignal<Option<Lasts>>,
    pub RwSignal<Option<MembershipView>>,
    pub Server,
);

impl CurrentSession {
    pub fn new(session: Session) -> Self {
        let server = Server { clock: StoredValue::new(None), failed: RwSignal::new(None), asked: RwSignal::new(0) };
        Self(RwSignal::new(session), RwSignal::new(None), RwSignal::new(None), server)
    }

    /// The one the app provides; outside of it a guest's.
    pub fn here() -> Self {
        use_context().unwrap_or_else(|| Self::new(Session::Guest))
    }

    pub fn is_member(self) -> Signal<bool> {
        Signal::derive(move || self.0.with(|session| session.person().is_some()))
    }

    /// By the server's clock, for handlers; by this device's where the server has not told its time.
    pub fn server_now(self) -> Instant {
        self.3.clock.get_value().map_or_else(browser::now, |clock| server_time(clock, browser::moment()))
    }

    /// For handlers. Whoever watches the session hears of it only when it is another one.
    pub fn take_in(self, view: &SessionView) {
        let now = browser::moment();
        self.3.clock.set_value(Some((view.now(), now)));
        self.hear(view, Lasts::of(view, now));
    }

    fn hear(self, view: &SessionView, lasts: Option<Lasts>) {
        let session = Session::from(view);
        // nobody is warned of the end of what shows nothing
        self.1.set(session.access().and(lasts));
        let found = self.0.with_untracked(|now| match now {
            Session::Payer(access) => Some(access.membership.clone()),
            _ => self.2.get_untracked(),
        });
        self.2.set(match &session {
            Session::PendingSecondFactor(_) => found,
            Session::Member(access, _) => found.filter(|found| *found != access.membership),
            _ => None,
        });
        if self.0.with_untracked(|now| *now != session) {
            self.0.set(session);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::Region;

    fn at(second: i64) -> Instant {
        Instant::from_millis(1_795_456_320_000 + second * 1_000)
    }

    fn payer(membership: MembershipView, ends_at: Instant) -> SessionView {
        let (now, expires_at, capture_binding) = (at(0), at(900), "binding".into());
        SessionView::Payer { now, expires_at, ends_at, membership, capture_binding }
    }

    fn own() -> MembershipView {
        MembershipView { region: Region::California, ending: "678".into() }
    }

    fn member() -> SessionView {
        SessionView::Member {
            now: at(0),
            expires_at: at(900),
            ends_at: at(28_800),
            membership: own(),
            capture_binding: "binding".into(),
            person: PersonView {
                name: "Ana O’Neill".into(),
                email: "ana@example.org".into(),
                is_email_confirmed: false,
            },
        }
    }

    const ASKED: FactorsAsked = FactorsAsked { authenticator: true, passkey: false };

    fn pending() -> SessionView {
        SessionView::PendingSecondFactor { now: at(0), expires_at: at(600), ends_at: at(600), second_factor: ASKED }
    }

    #[test]
    fn whoever_has_yet_to_show_a_second_factor_has_no_access() {
        assert_eq!(Session::from(&pending()), Session::PendingSecondFactor(ASKED));
        assert_eq!(Session::from(&pending()).access(), None);
        assert!(Session::from(&member()).access().is_some());
    }

    #[test]
    fn whose_bill_was_found_before_somebody_else_signed_in_is_known() {
        let owner = Owner::new();
        owner.with(|| {
            let found = MembershipView { region: Region::Oregon, ending: "293".into() };
            for way in [vec![], vec![&pending()]] {
                let session = CurrentSession::new(Session::Guest);
                let taken = |view: &SessionView| session.hear(view, None);
                taken(&payer(found.clone(), at(28_800)));
                way.into_iter().for_each(taken);
                taken(&member());
                assert_eq!(session.2.get_untracked(), Some(found.clone()));
                taken(&member());
                assert_eq!(session.2.get_untracked(), Some(found.clone()), "told again, it is the same session");
                let same = CurrentSession::new(Session::Guest);
                same.hear(&payer(own(), at(28_800)), None);
                same.hear(&member(), None);
                assert_eq!(same.2.get_untracked(), None);
            }
        });
    }

    #[test]
    fn the_servers_time_goes_on_by_the_clock_that_nobody_sets() {
        let told = Instant::from_millis(1_795_456_320_000);
        let heard = Moment { wall_millis: 5_000, steady_millis: 50_000 };
        let after = |wall: i64, steady: i64| Moment { wall_millis: 5_000 + wall, steady_millis: 50_000 + steady };
        assert_eq!(server_time((told, heard), after(7_000, 7_000)), told.plus_millis(7_000));
        // forty days ahead, or back: the wall clock was set
        assert_eq!(server_time((told, heard), after(3_456_000_000, 7_000)), told.plus_millis(7_000));
        assert_eq!(server_time((told, heard), after(-3_456_000_000, 7_000)), told.plus_millis(7_000));
    }

    #[test]
    fn a_session_lasts_by_whichever_clock_says_that_more_time_has_passed() {
        let told_at = Moment { wall_millis: 1_000_000, steady_millis: 50_000 };
        let lasts = Lasts::of(&payer(own(), at(28_800)), told_at).unwrap();
        let after = |wall: i64, steady: i64| Moment { wall_millis: 1_000_000 + wall, steady_millis: 50_000 + steady };
        assert_eq!(lasts.left(after(60_000, 60_000)), 840_000);
        // asleep: the steady clock stood still
        assert_eq!(lasts.left(after(900_000, 5_000)), 0);
        // somebody turned the wall clock back
        assert_eq!(lasts.left(after(-3_600_000, 60_000)), 840_000);
        assert!(!lasts.is_last());
        assert!(Lasts::of(&payer(own(), at(900)), told_at).unwrap().is_last());
    }
}
