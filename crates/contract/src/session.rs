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

/// Answer to `POST /bill-lookups` and `GET`/`POST`/`PATCH /session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    pub kind: SessionKind,
    /// Whose bills: region and the last three digits of the number on the statement. Absent for a guest.
    pub membership: Option<MembershipView>,
    /// By the server's clock, which the two below are told by.
    pub now: Instant,
    /// When it ends if nothing happens; absent for a guest.
    pub expires_at: Option<Instant>,
    /// When it ends whatever happens; absent for a guest.
    pub ends_at: Option<Instant>,
    /// Opaque; handed to the capture frame so that a token made for one payer is worthless to another. Absent for a guest.
    pub capture_binding: Option<String>,
    /// Who is signed in; absent for everybody else.
    pub person: Option<PersonView>,
    /// What is asked for to get all the way in; absent unless the session is pending a second factor.
    #[serde(default)]
    pub second_factor: Option<FactorsAsked>,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    Guest,
    /// Found a bill by its statement; sees these bills only.
    Payer,
    /// The password was right; the second factor is asked for. Sees nothing, for ten minutes at most.
    PendingSecondFactor,
    /// Signed in with an account.
    Member,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MembershipView {
    pub region: Region,
    /// Last three characters of the health record number (or billing unit).
    pub ending: String,
}
