//! `/household`: the people a member pays for, and those who pay for the member. Of somebody else's bills a payer sees
//! amounts and due dates, and no services.

use crate::{Date, Identifiers, Instant, Money};
use serde::{Deserialize, Serialize};

/// People one member may pay for.
pub const MOST_PEOPLE: u16 = 12;

/// `POST /household`: what is printed on the statement of the person to pay for, whose plan is of the member's region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewHouseholdPerson {
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<crate::Identifier, String>))]
    pub identifiers: Identifiers,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Household {
    /// Whom the member pays for, in the order in which they were added.
    pub pays_for: Vec<HouseholdLink>,
    /// Who pays for the member.
    pub paid_by: Vec<HouseholdLink>,
}

/// One person on the other side. Either side ends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HouseholdLink {
    pub id: String,
    pub name: String,
    pub since: Instant,
}

/// What somebody owes whom the member pays for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HouseholdBills {
    /// Of the link.
    pub id: String,
    pub name: String,
    /// Sum of the bills, and the part of it that payments on their way will settle if they clear.
    pub owed: Money,
    pub pending: Money,
    /// Open ones, the earliest due first.
    pub bills: Vec<HouseholdBill>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HouseholdBill {
    pub id: String,
    pub due: Date,
    pub balance: Money,
    pub pending: Money,
}
