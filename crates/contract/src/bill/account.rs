//! `GET /account/bills` and `GET /account/bills/{id}`: a member's bills, open and settled, and one of them with the
//! bill that came before it.

use super::{Bill, BillKind, BillPayment};
use crate::{Date, Instant, Money};
use serde::{Deserialize, Serialize};

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
    /// The newest first.
    pub settled: Vec<BillSummary>,
    /// Of all bills of the member: the years with settled ones, the newest first, and whom they are for.
    pub years: Vec<i16>,
    pub people: Vec<BillPerson>,
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
    /// When the last payment of a settled bill came in. Nothing where not all of `yours` was paid here.
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
}
