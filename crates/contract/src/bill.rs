//! `GET /bills`: open bills with their lines, the moment they are as of, and what was paid on bills lately. What only a
//! member asks for is in `account`, what members ask about a charge in `question`, and the rule that compares two bills
//! in `difference`.

pub mod account;
pub mod difference;
pub mod question;

use crate::{
    Date, Instant, Money,
    payment::{MethodKind, PaymentState},
};
use serde::{Deserialize, Serialize};

/// Every open bill of the membership. `owed` is the sum of the balances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillList {
    pub as_of: Instant,
    /// Today in the region.
    pub today: Date,
    /// From which day a bank debit is planned that is agreed to now (`payment::debit_day`): tomorrow after the
    /// cut-off. A server of the version before does not say it.
    pub debit_day: Option<Date>,
    pub owed: Money,
    pub bills: Vec<Bill>,
    /// Recent ones, also those on bills that are settled by now; the newest first. An older server leaves this out.
    #[serde(default)]
    pub payments: Vec<BillPayment>,
    /// What a member can pay of them from the balance of the account, if there is anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<Money>,
    /// The member wants to use that first: paying begins with it chosen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub balance_first: bool,
}

impl BillList {
    /// What was paid on one bill lately, the newest first.
    pub fn payments_on<'a>(&'a self, bill: &'a str) -> impl Iterator<Item = &'a BillPayment> {
        self.payments.iter().filter(move |payment| payment.bill == bill)
    }
}

/// What everybody who may see a bill may know of a payment on it: no name, no address, no number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillPayment {
    pub bill: String,
    pub kind: BillKind,
    pub due: Date,
    /// What it pays of this bill, without a card fee.
    pub amount: Money,
    /// Received, on its way, or gone back. A payment that took nothing is left out.
    pub state: PaymentState,
    pub made_at: Instant,
    /// When it came to this state.
    pub since: Instant,
    pub by: MethodKind,
    /// For the payer who made it, and for a member.
    pub receipt: Option<ReceiptName>,
}

/// What a receipt is found by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReceiptName {
    /// The payment's, in the receipt's address.
    pub id: String,
    /// For people: `KP-7F3Q-2M8D`.
    pub reference: String,
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
    /// The part of `balance` that payments on their way will settle if they clear. What can be paid is
    /// `balance - pending`.
    pub pending: Money,
    /// Set when somebody paid on this bill within the last minutes (`Limits::just_paid_minutes`): paying again asks
    /// first.
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
    /// Of somebody else, whom a member pays for: what it is for is not said. No bill is kept as one.
    Household,
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
    /// As somebody may see it who pays for another person: whose it is, how much, and until when.
    pub fn without_services(self, whose: &str) -> Self {
        Self { kind: BillKind::Household, patient: whose.to_owned(), issued: self.due, lines: Vec::new(), ..self }
    }
    /// After its due date, seen from `today` in the region.
    pub fn is_past_due(&self, today: Date) -> bool {
        self.due < today
    }
}

impl BillLine {
    /// The member's part: what was paid, and what is still owed.
    pub fn yours(&self) -> Option<Money> {
        self.you_paid.plus(self.you_owe)
    }

    pub fn adds_up(&self) -> bool {
        Money::sum([self.discount, self.plan_paid, self.you_paid, self.you_owe]) == Some(self.billed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    fn bill() -> Bill {
        let line = |billed, discount, plan_paid, you_paid, you_owe| BillLine {
            date_of_service: Date::new(2026, 10, 12).unwrap(),
            provider: "Oakland Medical Center".to_owned(),
            description: "Office visit".to_owned(),
            billed: money(billed),
            discount: money(discount),
            plan_paid: money(plan_paid),
            you_paid: money(you_paid),
            you_owe: money(you_owe),
        };
        Bill {
            id: "b".to_owned(),
            kind: BillKind::Professional,
            patient: "Ana O’Neill".to_owned(),
            issued: Date::new(2026, 11, 4).unwrap(),
            due: Date::new(2026, 12, 4).unwrap(),
            balance: money("64.10"),
            pending: Money::ZERO,
            just_paid: None,
            lines: vec![
                line("210.00", "60.00", "110.00", "0.00", "40.00"),
                line("88.00", "20.90", "43.00", "0.00", "24.10"),
            ],
        }
    }

    #[test]
    fn a_bill_adds_up_line_by_line_and_as_a_whole() {
        assert!(bill().adds_up());
        let mut line_off = bill();
        line_off.lines[0].plan_paid = money("110.01");
        assert!(!line_off.adds_up());
        let mut balance_off = bill();
        balance_off.balance = money("64.11");
        assert!(!balance_off.adds_up());
    }

    #[test]
    fn what_is_on_its_way_cannot_be_paid_again() {
        let mut bill = bill();
        assert_eq!(bill.payable(), money("64.10"));
        bill.pending = money("50");
        assert_eq!(bill.payable(), money("14.10"));
        bill.pending = money("64.10");
        assert!(bill.payable().is_zero());
    }

    #[test]
    fn a_bill_is_past_due_from_the_day_after() {
        let bill = bill();
        assert!(!bill.is_past_due(bill.due));
        assert!(bill.is_past_due(bill.due.plus_days(1)));
    }
}
