//! The chosen amounts as contract values: how much of each bill, and the total. Pure; the texts are elsewhere.

use contract::{
    Amount, FieldProblem, Money,
    bill::{Bill, BillList},
    field_problem::plain_text,
    payment::{DraftShare, OrderShare, PaymentDraft},
};

/// One bill of the list with what is chosen of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub bill: Bill,
    pub is_part: bool,
    pub amount: Result<Amount, FieldProblem>,
}

impl Share {
    /// What stays owed and payable afterwards.
    pub fn leaves(&self) -> Option<Money> {
        self.bill.payable().minus(self.amount.ok()?.money())
    }
}

/// In the order of the bills.
pub fn shares(bills: &BillList, draft: &PaymentDraft, least_cents: i64) -> Vec<Share> {
    let chosen = |bill: &Bill| draft.shares.iter().find(|share| share.bill == bill.id);
    let share = |bill: &Bill| {
        let chosen = chosen(bill)?;
        Some(Share { bill: bill.clone(), is_part: chosen.part.is_some(), amount: amount(bill, chosen, least_cents) })
    };
    bills.bills.iter().filter_map(share).collect()
}

/// At most what can be paid, at least the smallest payment unless the bill is smaller.
pub fn amount(bill: &Bill, share: &DraftShare, least_cents: i64) -> Result<Amount, FieldProblem> {
    let most = bill.payable();
    let Some(part) = &share.part else { return Amount::new(most).ok_or(FieldProblem::Zero) };
    // a card number in the wrong box is named for what it is
    let amount = Amount::parse(part).map_err(|problem| plain_text(part).err().unwrap_or(problem))?;
    if amount.money() > most {
        Err(FieldProblem::OverBalance)
    } else if amount.money() < most && amount.money().cents() < least_cents {
        Err(FieldProblem::TooSmall)
    } else {
        Ok(amount)
    }
}

/// The sum of what is chosen and right; wrong shares count as nothing.
pub fn total(shares: &[Share]) -> Money {
    Money::sum(shares.iter().filter_map(|share| share.amount.ok()).map(Amount::money)).unwrap_or(Money::ZERO)
}

/// What can be ordered: every share right, and at least one.
pub fn order(shares: &[Share]) -> Option<Vec<OrderShare>> {
    let order: Option<Vec<_>> = shares
        .iter()
        .map(|share| Some(OrderShare { bill: share.bill.id.clone(), amount: share.amount.ok()? }))
        .collect();
    order.filter(|order| !order.is_empty())
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use contract::{Date, Instant, bill::BillKind};

    /// A bill with a balance in cents, part of which is pending.
    pub fn bill(id: &str, balance: i64, pending: i64) -> Bill {
        let money = |cents| Money::from_cents(cents).unwrap();
        let day = Date::parse("2026-12-04").unwrap();
        Bill {
            id: id.into(),
            kind: BillKind::Professional,
            patient: "Ana O’Neill".into(),
            issued: day,
            due: day,
            balance: money(balance),
            pending: money(pending),
            just_paid: None,
            lines: Vec::new(),
        }
    }

    #[test]
    fn a_part_is_at_most_what_can_be_paid() {
        let bill = bill("a", 6410, 1000);
        let part = |text: &str| amount(&bill, &DraftShare { bill: "a".into(), part: Some(text.into()) }, 100);
        assert_eq!(part("54.10").map(|amount| amount.to_string()), Ok("54.10".into()));
        assert_eq!(part("54.11"), Err(FieldProblem::OverBalance));
        assert_eq!(part("0.99"), Err(FieldProblem::TooSmall));
        assert_eq!(part("-5"), Err(FieldProblem::Negative));
    }

    #[test]
    fn nothing_can_be_ordered_while_a_share_is_wrong() {
        let bills = BillList {
            as_of: Instant::from_millis(0),
            today: Date::parse("2026-11-23").unwrap(),
            debit_day: None,
            owed: Money::ZERO,
            bills: vec![bill("a", 6410, 0), bill("b", 100, 0)],
        };
        let mut draft = PaymentDraft::default();
        assert_eq!(order(&shares(&bills, &draft, 100)), None);
        draft.shares = vec![
            DraftShare { bill: "a".into(), part: Some("1e3".into()) },
            DraftShare { bill: "b".into(), part: None },
        ];
        assert_eq!(order(&shares(&bills, &draft, 100)), None);
        assert_eq!(total(&shares(&bills, &draft, 100)).cents(), 100);
        draft.shares[0].part = Some("10".into());
        assert_eq!(total(&shares(&bills, &draft, 100)).cents(), 1100);
    }
}
