//! The chosen amounts as contract values: how much of each bill, and the total. Pure; the texts are elsewhere.

use contract::{
    Amount, FieldProblem, Instant, Money,
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
    /// When the payment was made that the payer saw beside the bill, and chose to pay after.
    pub seen: Option<Instant>,
}

impl Share {
    /// What stays owed and payable afterwards.
    pub fn leaves(&self) -> Option<Money> {
        self.bill.payable().minus(self.amount.ok()?.money())
    }
}

/// A payment on a bill a few minutes ago: paying on the bill again is asked about, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidBefore {
    pub bill: String,
    pub at: Instant,
}

/// On the bills that are chosen, without those that the payer saw beside their bill.
pub fn paid_before(shares: &[Share]) -> Vec<PaidBefore> {
    let before = |share: &Share| {
        let at = share.bill.just_paid.as_ref()?.at;
        share.seen.is_none_or(|seen| seen < at).then(|| PaidBefore { bill: share.bill.id.clone(), at })
    };
    shares.iter().filter_map(before).collect()
}

/// In the order of the bills.
pub fn shares(bills: &BillList, draft: &PaymentDraft, least_cents: i64) -> Vec<Share> {
    let chosen = |bill: &Bill| draft.shares.iter().find(|share| share.bill == bill.id);
    let share = |bill: &Bill| {
        let chosen = chosen(bill)?;
        let (is_part, amount) = (chosen.part.is_some(), amount(bill, chosen, least_cents));
        Some(Share { bill: bill.clone(), is_part, amount, seen: chosen.paid_before })
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

/// What is paid with: a token of the frame, or a method that the member keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Empty where a saved method is paid with.
    pub token: String,
    pub saved_method: Option<String>,
    pub save_method: bool,
}

/// None while there is nothing that can be charged.
pub fn source(draft: &PaymentDraft) -> Option<Source> {
    if draft.saved_method.is_some() {
        return Some(Source { saved_method: draft.saved_method.clone(), ..Source::default() });
    }
    let token = draft.token.clone().filter(|_| !draft.needs_code)?;
    Some(Source { token, save_method: draft.save_method, saved_method: None })
}

/// A draft as it may leave this page: what looks like a card number is no amount, name or address.
pub fn without_card_numbers(mut draft: PaymentDraft) -> PaymentDraft {
    let parts = draft.shares.iter_mut().filter_map(|share| share.part.as_mut());
    for text in parts.chain([&mut draft.payer_name, &mut draft.email]) {
        if plain_text(text).is_err() {
            text.clear();
        }
    }
    draft
}

/// The sum of what is chosen and right; wrong shares count as nothing. `None` when it is more than money can be here.
pub fn total(shares: &[Share]) -> Option<Money> {
    Money::sum(shares.iter().filter_map(|share| share.amount.ok()).map(Amount::money))
}

/// What the balance pays of a total, if the member chose to use it: as far as it goes, and so that it leaves nothing or
/// the least that a method pays.
pub fn from_balance(bills: &BillList, draft: &PaymentDraft, total: Money, least_cents: i64) -> Money {
    let balance = bills.balance.filter(|_| draft.from_balance).unwrap_or(Money::ZERO);
    if balance >= total {
        return total;
    }
    let least = Money::from_cents(least_cents).unwrap_or(Money::ZERO);
    balance.min(total.minus(least).unwrap_or(Money::ZERO))
}

/// What can be ordered: every share right, at least one, and not more than money can be.
pub fn order(shares: &[Share]) -> Option<Vec<OrderShare>> {
    let order: Option<Vec<_>> = shares
        .iter()
        .map(|share| {
            Some(OrderShare {
                bill: share.bill.id.clone(),
                amount: share.amount.ok()?,
                paid_before: share.bill.just_paid.as_ref().map(|paid| paid.at),
            })
        })
        .collect();
    order.filter(|order| !order.is_empty() && total(shares).is_some())
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use contract::{Date, bill::BillKind};

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

    pub fn share(bill: &str, part: Option<&str>) -> DraftShare {
        DraftShare { bill: bill.into(), part: part.map(str::to_owned), paid_before: None }
    }

    #[test]
    fn no_card_number_is_kept_with_what_is_chosen() {
        let card = "4242 4242 4242 4242".to_owned();
        let part = |text: &str| share("b", Some(text));
        let typed = PaymentDraft {
            shares: vec![part("150"), part(&card)],
            payer_name: card.clone(),
            email: card,
            ..PaymentDraft::default()
        };
        let kept = without_card_numbers(typed);
        let parts: Vec<_> = kept.shares.iter().map(|share| share.part.as_deref()).collect();
        assert_eq!(parts, [Some("150"), Some("")], "an amount that is taken out is not all of the bill");
        assert_eq!((kept.payer_name.as_str(), kept.email.as_str()), ("", ""));
    }

    #[test]
    fn a_part_is_at_most_what_can_be_paid() {
        let bill = bill("a", 6410, 1000);
        let part = |text: &str| amount(&bill, &share("a", Some(text)), 100);
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
            payments: Vec::new(),
            balance: None,
            balance_first: false,
        };
        let mut draft = PaymentDraft::default();
        assert_eq!(order(&shares(&bills, &draft, 100)), None);
        draft.shares = vec![share("a", Some("1e3")), share("b", None)];
        assert_eq!(order(&shares(&bills, &draft, 100)), None);
        assert_eq!(total(&shares(&bills, &draft, 100)).map(Money::cents), Some(100));
        draft.shares[0].part = Some("10".into());
        assert_eq!(total(&shares(&bills, &draft, 100)).map(Money::cents), Some(1100));
    }

    #[test]
    fn a_balance_that_is_chosen_pays_as_far_as_it_goes_and_never_more_than_there_is_to_be_paid() {
        let money = |cents| Money::from_cents(cents).unwrap();
        let list = |balance| BillList {
            as_of: Instant::from_millis(0),
            today: Date::parse("2026-11-23").unwrap(),
            debit_day: None,
            owed: Money::ZERO,
            bills: Vec::new(),
            payments: Vec::new(),
            balance,
            balance_first: false,
        };
        let chosen = PaymentDraft { from_balance: true, ..PaymentDraft::default() };
        assert_eq!(from_balance(&list(Some(money(4000))), &chosen, money(6410), 100), money(4000));
        assert_eq!(from_balance(&list(Some(money(9000))), &chosen, money(6410), 100), money(6410));
        assert_eq!(
            from_balance(&list(Some(money(6409))), &chosen, money(6410), 100),
            money(6310),
            "the rest is no cent"
        );
        assert_eq!(from_balance(&list(Some(money(30))), &chosen, money(50), 100), Money::ZERO);
        assert_eq!(from_balance(&list(None), &chosen, money(6410), 100), Money::ZERO);
        assert_eq!(from_balance(&list(Some(money(9000))), &PaymentDraft::default(), money(6410), 100), Money::ZERO);
    }

    #[test]
    fn a_sum_that_is_more_than_money_can_be_is_no_other_sum() {
        let bills = BillList {
            as_of: Instant::from_millis(0),
            today: Date::parse("2026-11-23").unwrap(),
            debit_day: None,
            owed: Money::ZERO,
            bills: vec![bill("a", 999_999_999, 0), bill("b", 1, 0)],
            payments: Vec::new(),
            balance: None,
            balance_first: false,
        };
        let all = ["a", "b"].map(|id| share(id, None)).to_vec();
        let draft = PaymentDraft { shares: all, ..PaymentDraft::default() };
        let shares = shares(&bills, &draft, 100);
        assert_eq!((total(&shares), order(&shares)), (None, None));
    }
}
