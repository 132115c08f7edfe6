//! `/demo/*`: only where the server runs with `--demo`.

use crate::{
    Email, Identifiers, Instant, Money, Phone, Region,
    bill::BillKind,
    payment::{Method, SmallDeposit},
};
use serde::{Deserialize, Serialize};

/// One of `GET /demo/members`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DemoMember {
    pub name: String,
    pub region: Region,
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<crate::Identifier, String>))]
    pub identifiers: Identifiers,
    /// On file with the plan; the user ID of anyone who has an account.
    pub email: Email,
    /// Absent for anyone who has no account yet.
    pub password: Option<String>,
    pub open_bills: Vec<DemoBill>,
    /// Payments in history.
    pub payments: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DemoBill {
    pub id: String,
    pub kind: BillKind,
    pub balance: Money,
    pub past_due: bool,
}

/// One of `GET /demo/mail`, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DemoMail {
    pub to: Email,
    pub subject: String,
    pub text: String,
    pub queued_at: Instant,
}

/// One of `GET /demo/texts`, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DemoText {
    pub to: Phone,
    pub text: String,
    pub queued_at: Instant,
}

/// One of `GET /demo/bank`, newest first: two small deposits as a bank's statement shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DemoDeposit {
    /// To which account.
    pub method: Method,
    pub amounts: [SmallDeposit; 2],
    pub at: Instant,
}

/// `GET`/`POST /demo/clock`: now, and how far to move it on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DemoClock {
    pub now: Instant,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DemoClockMove {
    pub seconds: u32,
}
