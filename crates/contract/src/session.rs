//! `POST /bill-lookups` and `/session`: the session and its user. The credential itself is an HttpOnly cookie and never
//! in these types.

use crate::{Identifiers, Instant, Region, factor::RequiredFactors};
use serde::{Deserialize, Serialize};

/// `POST /bill-lookups`: what is printed on the statement, as typed. The region's schema says which identifiers there
/// must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BillLookup {
    pub region: Region,
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<crate::Identifier, String>))]
    pub identifiers: Identifiers,
}

/// Answer to `POST /bill-lookups` and `GET`/`POST`/`PATCH /session`: whose session it is. Every kind has the time by
/// the server's clock (`now`); a session ends at `expires_at` if nothing happens, and at `ends_at` whatever happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Fields")]
pub enum SessionView {
    /// There is none.
    Guest { now: Instant },
    /// Found a bill by its statement; sees these bills only.
    Payer {
        now: Instant,
        expires_at: Instant,
        ends_at: Instant,
        membership: MembershipView,
        /// Opaque; handed to the capture frame so that a token made for one payer is worthless to another.
        capture_binding: String,
    },
    /// The password was right; the second factor is asked for. Sees nothing, for ten minutes at most.
    PendingSecondFactor { now: Instant, expires_at: Instant, ends_at: Instant, second_factor: RequiredFactors },
    /// Signed in with an account.
    Member {
        now: Instant,
        expires_at: Instant,
        ends_at: Instant,
        membership: MembershipView,
        capture_binding: String,
        person: PersonView,
    },
}

/// What is read before it is known to be whole: serde's own reader of tagged enums is 12 KB larger in the wasm.
#[derive(Deserialize)]
struct Fields {
    kind: Kind,
    now: Instant,
    expires_at: Option<Instant>,
    ends_at: Option<Instant>,
    membership: Option<MembershipView>,
    capture_binding: Option<String>,
    person: Option<PersonView>,
    second_factor: Option<RequiredFactors>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Guest,
    Payer,
    PendingSecondFactor,
    Member,
}

impl TryFrom<Fields> for SessionView {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, Self::Error> {
        fields.whole().ok_or("a session lacks what its kind has")
    }
}

impl Fields {
    fn whole(self) -> Option<SessionView> {
        let now = self.now;
        let (Some(expires_at), Some(ends_at)) = (self.expires_at, self.ends_at) else {
            return matches!(self.kind, Kind::Guest).then_some(SessionView::Guest { now });
        };
        Some(match self.kind {
            Kind::Guest => SessionView::Guest { now },
            Kind::PendingSecondFactor => {
                SessionView::PendingSecondFactor { now, expires_at, ends_at, second_factor: self.second_factor? }
            }
            Kind::Payer | Kind::Member => {
                let (membership, capture_binding) = (self.membership?, self.capture_binding?);
                match (self.kind, self.person) {
                    (Kind::Member, Some(person)) => {
                        SessionView::Member { now, expires_at, ends_at, membership, capture_binding, person }
                    }
                    (Kind::Member, None) => return None,
                    _ => SessionView::Payer { now, expires_at, ends_at, membership, capture_binding },
                }
            }
        })
    }
}

impl SessionView {
    /// The time by the server's clock.
    pub fn now(&self) -> Instant {
        match self {
            Self::Guest { now }
            | Self::Payer { now, .. }
            | Self::PendingSecondFactor { now, .. }
            | Self::Member { now, .. } => *now,
        }
    }

    /// When it ends if nothing happens, and whatever happens; a guest's never does.
    pub fn ends(&self) -> Option<(Instant, Instant)> {
        match self {
            Self::Guest { .. } => None,
            Self::Payer { expires_at, ends_at, .. }
            | Self::PendingSecondFactor { expires_at, ends_at, .. }
            | Self::Member { expires_at, ends_at, .. } => Some((*expires_at, *ends_at)),
        }
    }

    /// Whose bills it sees; a guest and somebody whose second factor is asked for see none.
    pub fn membership(&self) -> Option<&MembershipView> {
        match self {
            Self::Guest { .. } | Self::PendingSecondFactor { .. } => None,
            Self::Payer { membership, .. } | Self::Member { membership, .. } => Some(membership),
        }
    }
}

/// The member, as far as every page needs to know: as the account has it, to be shown and not to be read again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonView {
    /// First and last name.
    pub name: String,
    pub email: String,
    /// Always true: an account is opened when its address is confirmed. For clients that ask.
    pub is_email_confirmed: bool,
}

/// Whose bills: region and the last three digits of the number on the statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MembershipView {
    pub region: Region,
    /// Last three characters of the health record number (or billing unit).
    pub ending: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_session_is_read_back_as_it_was_written_and_one_that_lacks_something_is_none() {
        let at = Instant::from_millis(1_795_456_320_000);
        let (now, expires_at, ends_at, capture_binding) = (at, at, at, "binding".to_owned());
        let membership = MembershipView { region: Region::California, ending: "678".into() };
        let person = PersonView { name: "Ana".into(), email: "ana@example.org".into(), is_email_confirmed: true };
        let second_factor = RequiredFactors { authenticator: true, passkey: false };
        for view in [
            SessionView::Guest { now },
            SessionView::Payer {
                now,
                expires_at,
                ends_at,
                membership: membership.clone(),
                capture_binding: capture_binding.clone(),
            },
            SessionView::PendingSecondFactor { now, expires_at, ends_at, second_factor },
            SessionView::Member { now, expires_at, ends_at, membership, capture_binding, person },
        ] {
            let written = serde_json::to_value(&view).unwrap();
            assert_eq!(serde_json::from_value::<SessionView>(written.clone()).unwrap(), view);
            for field in written.as_object().unwrap().keys() {
                let mut lacking = written.clone();
                lacking.as_object_mut().unwrap().remove(field);
                assert!(serde_json::from_value::<SessionView>(lacking).is_err(), "{field} of {written}");
            }
            // As the version before wrote what a kind has not.
            let mut older = written;
            for field in ["expires_at", "ends_at", "membership", "capture_binding", "person", "second_factor"] {
                older.as_object_mut().unwrap().entry(field).or_insert(json!(null));
            }
            assert_eq!(serde_json::from_value::<SessionView>(older).unwrap(), view);
        }
    }
}
