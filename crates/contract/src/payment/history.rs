//! What a list of payments is filtered by, and the totals of all that a filter finds.

use super::{MethodKind, PaymentState};
use crate::{Date, Instant, Money};
use serde::{Deserialize, Serialize};

/// `POST /payments.csv`: which payments are wanted. What is absent filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PaymentFilter {
    /// Made on this day or later, by the region's calendar.
    #[serde(default)]
    pub from: Option<Date>,
    /// Made on this day or before.
    #[serde(default)]
    pub to: Option<Date>,
    #[serde(default)]
    pub kind: Option<PaymentKind>,
    /// As `PaymentState`, but one that is not known is refused.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PaymentState>))]
    pub state: Option<String>,
    #[serde(default)]
    pub method: Option<MethodKind>,
    /// `own`, for the bills of the membership, or the id of a person whom the member pays for.
    #[serde(default)]
    pub person: Option<String>,
    /// In the reference, or in the patient, the provider or the description of what was paid. Or an amount.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 100))]
    pub q: Option<String>,
    #[serde(default)]
    pub sort: Option<PaymentSort>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentSort {
    Newest,
    Oldest,
}

/// What a payment pays: a kind of bill, or nothing yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentKind {
    Professional,
    Hospital,
    Premium,
    /// A bill of somebody whom the member pays for.
    Household,
    /// It goes to the balance of the account.
    Deposit,
}

/// What a filter finds, all pages of it together, and what else a list of payments shows once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentTotals {
    pub as_of: Instant,
    /// Without the states in which there is no payment.
    pub states: Vec<StateTotal>,
    /// What the member owes now, whatever the filter.
    pub owed: Money,
    /// Whom the member pays for, to be filtered by.
    pub people: Vec<Payee>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StateTotal {
    pub state: PaymentState,
    pub payments: u32,
    /// With the fees.
    pub charged: Money,
}

/// Somebody whom a member pays for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Payee {
    /// Opaque, for `person` of a filter.
    pub id: String,
    pub name: String,
}
