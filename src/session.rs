//! Who is using the app. "A payer who is signed out" cannot be said. The credential is a cookie that no script can read.

use contract::Instant;
use contract::session::{MembershipView, SessionKind, SessionView};
use leptos::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Session {
    /// Not asked yet, or the answer is on its way.
    Restoring,
    Guest,
    /// Found a bill by its statement: sees these bills only.
    Payer(Access),
    /// Signed in with an account.
    Member(Access),
}

/// What a session that may see bills has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    pub membership: MembershipView,
    pub expires_at: Instant,
    /// Handed to the capture frame.
    pub capture_binding: String,
}

impl From<SessionView> for Session {
    fn from(view: SessionView) -> Self {
        let access = || {
            Some(Access {
                membership: view.membership.clone()?,
                expires_at: view.expires_at?,
                capture_binding: view.capture_binding.clone()?,
            })
        };
        match (view.kind, access()) {
            (SessionKind::Payer, Some(access)) => Self::Payer(access),
            (SessionKind::Member, Some(access)) => Self::Member(access),
            _ => Self::Guest,
        }
    }
}

impl Session {
    pub fn access(&self) -> Option<&Access> {
        match self {
            Self::Payer(access) | Self::Member(access) => Some(access),
            Self::Restoring | Self::Guest => None,
        }
    }
}

/// Context: the session as a signal. Pages set it from the API's answers.
#[derive(Clone, Copy)]
pub struct CurrentSession(pub RwSignal<Session>);

impl CurrentSession {
    /// The one the app provides; outside of it a guest's.
    pub fn here() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(Session::Guest)))
    }
}
