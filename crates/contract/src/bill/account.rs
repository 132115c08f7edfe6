//! `GET /account/overview`, `GET /account/bills` and `GET /account/bills/{id}`: a member's account at a glance, the
//! bills, open and settled, and one of them with the bill that came before it.

use super::{Bill, BillKind, BillPayment, question::ChargeQuestion};
use crate::{Date, Instant, Money, household::HouseholdBills, payment::PaymentSummary};
use serde::{Deserialize, Serialize};

/// What the account's first page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountOverview {
    pub as_of: Instant,
    /// Today in the region.
    pub today: Date,
    /// Sum of the open bills.
    pub owed: Money,
    /// The part of `owed` that payments on their way will settle if they clear.
    pub pending: Money,
    /// What the plan holds for the member.
    pub credit: Money,
    /// When the sign-in before this one was; nothing on the first visit.
    pub last_visit: Option<Instant>,
    /// The open bills, the earliest due first.
    pub bills: Vec<Bill>,
    /// The ids of those of them that came since the last visit.
    pub new_bills: Vec<String>,
    /// The last payments, the newest first.
    pub payments: Vec<PaymentSummary>,
}

/// The open bills, and the settled ones of one year; of the kind and the person that were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountBills {
    pub as_of: Instant,
    /// Today in the region.
    pub today: Date,
    /// The kind that was asked for; none is all of them.
    pub kind: Option<BillKind>,
    /// The person that was asked for, by number.
    pub person: Option<u16>,
    /// When the settled bills were issued: the year that was asked for, or the newest with a settled bill.
    pub year: Option<i16>,
    /// Sum of the open bills below.
    pub owed: Money,
    /// The part of `owed` that payments on their way will settle if they clear.
    pub pending: Money,
    /// The earliest due first.
    pub open: Vec<BillSummary>,
    /// The ids of those of them that came since the last visit.
    #[serde(default)]
    pub new_bills: Vec<String>,
    /// The newest first.
    pub settled: Vec<BillSummary>,
    /// Of all bills of the member: the years with settled ones, the newest first, and whom they are for.
    pub years: Vec<i16>,
    pub people: Vec<BillPerson>,
    /// What those owe whom the member pays for, whatever the filter. An older server leaves this out.
    #[serde(default)]
    pub household: Vec<HouseholdBills>,
}

/// A bill in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillSummary {
    pub id: String,
    pub kind: BillKind,
    pub patient: String,
    pub issued: Date,
    pub due: Date,
    /// The member's part of the bill: what was paid on it and what is still owed.
    pub yours: Money,
    pub balance: Money,
    pub pending: Money,
    /// When the last payment of a settled bill came in, or when it was issued if none came in here.
    pub settled_at: Option<Instant>,
}

/// A person by a number, for an address that names nobody. It stays the same whatever bills come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillPerson {
    pub number: u16,
    pub name: String,
}

/// One bill, open or settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountBill {
    pub as_of: Instant,
    /// Today in the region.
    pub today: Date,
    pub bill: Bill,
    /// What was paid on it here, the newest first.
    pub payments: Vec<BillPayment>,
    /// The bill of the same kind for the same person that was issued before it.
    pub previous: Option<Bill>,
    /// Whether the plan takes questions about its charges. An older server leaves this out.
    #[serde(default)]
    pub takes_questions: bool,
    /// What was asked about them, the oldest first.
    #[serde(default)]
    pub questions: Vec<ChargeQuestion>,
}
