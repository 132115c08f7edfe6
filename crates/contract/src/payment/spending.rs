//! `GET /spending`: what a member paid in each month, by kind of bill.

use crate::{Date, Instant, Money};
use serde::{Deserialize, Serialize};

/// The months up to this one. Payments that are paid count, in the month in which they were made, as the list of
/// payments has them: nothing of one that failed, is on its way or went back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spending {
    pub as_of: Instant,
    /// Twelve, the oldest first; the last one is not over.
    pub months: Vec<MonthSpending>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MonthSpending {
    /// Its first day, by the region's calendar.
    pub month: Date,
    pub premium: Money,
    pub professional: Money,
    pub hospital: Money,
    /// For bills of somebody whom the member pays for.
    #[serde(default)]
    pub household: Money,
    pub card_fees: Money,
    /// Of these five.
    pub total: Money,
}
