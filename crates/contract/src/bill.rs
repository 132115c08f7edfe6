//! `GET /bills`: what is owed, for what, as of when.

use crate::{Date, Instant, Money};
use serde::{Deserialize, Serialize};

/// Every open bill of the membership. `owed` is the sum of the balances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillList {
    pub as_of: Instant,
    /// Today in the region.
    pub today: Date,
    pub owed: Money,
    pub bills: Vec<Bill>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bill {
    pub id: String,
    pub kind: BillKind,
    pub patient: String,
    pub issued: Date,
    pub due: Date,
    /// What is owed now; payments on their way are not subtracted.
    pub balance: Money,
    /// The part of `balance` that payments on their way will settle if they clear. What can be paid is `balance - pending`.
    pub pending: Money,
    /// Set when somebody paid on this bill within the last minutes (`Limits::just_paid_minutes`): paying again asks first.
    pub just_paid: Option<JustPaid>,
    pub lines: Vec<BillLine>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BillKind {
    /// Services at a medical office.
    Professional,
    /// Surgery, anesthesia, room.
    Hospital,
    /// The plan itself.
    Premium,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JustPaid {
    pub amount: Money,
    pub at: Instant,
}

/// One charge. `billed = discount + plan_paid + you_paid + you_owe`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillLine {
    pub date_of_service: Date,
    pub provider: String,
    pub description: String,
    pub billed: Money,
    pub discount: Money,
    pub plan_paid: Money,
    pub you_paid: Money,
    pub you_owe: Money,
}

impl Bill {
    /// What a payment may take at most.
    pub fn payable(&self) -> Money {
        self.balance.minus(self.pending).unwrap_or(Money::ZERO)
    }
    /// Every line and the balance add up.
    pub fn adds_up(&self) -> bool {
        let owed = Money::sum(self.lines.iter().map(|line| line.you_owe));
        owed == Some(self.balance) && self.lines.iter().all(BillLine::adds_up)
    }
    /// After its due date, seen from `today` in the region.
    pub fn is_past_due(&self, today: Date) -> bool {
        self.due < today
    }
}

impl BillLine {
    pub fn adds_up(&self) -> bool {
        Money::sum([self.discount, self.plan_paid, self.you_paid, self.you_owe]) == Some(self.billed)
    }
}
