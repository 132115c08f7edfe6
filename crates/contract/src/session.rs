//! `POST /bill-lookups` and `/session`: who is asking. The credential itself is an HttpOnly cookie and never in these shapes.

use crate::{Identifier, Instant, Region, factor::FactorsAsked};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `POST /bill-lookups`: what is printed on the statement, as typed. The region's schema says which identifiers there must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BillLookup {
    pub region: Region,
    pub identifiers: BTreeMap<Identifier, String>,
}

/// Answer to `POST /bill-lookups` and `GET`/`POST`/`PATCH /session`: whose session it is. Every kind tells the time by the server's clock
/// (`now`); a session ends at `expires_at` if nothing happens, and at `ends_at` whatever happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
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
    PendingSecondFactor { now: Instant, expires_at: Instant, ends_at: Instant, second_factor: FactorsAsked },
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
