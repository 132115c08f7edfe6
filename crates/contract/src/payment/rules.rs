//! Payment rules that both sides compute before a payment is made: the days of a bank debit, the card fee, and the
//! allocation of a share to charges. Today's date and the region's figures are passed in.

use super::{CardFunding, Method};
use crate::{Date, Money, bill::BillLine};

/// When a bank debit agreed to `today` (in the region) is handed to the bank and is expected to be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebitPlan {
    pub sent_on: Date,
    pub expected_on: Date,
    /// Bank holidays that fall in between; weekends go without saying, but for one that moved `sent_on`.
    pub moved_by: Vec<Date>,
}

/// From which day a debit is planned that is agreed to in this hour of `today`, by the region's clock: from the
/// cut-off on it goes to the bank as if it were agreed to the next day. A cut-off of 24 is none.
pub fn debit_day(today: Date, hour: u8, cut_off: u8) -> Date {
    if hour < cut_off { today } else { today.plus_days(1) }
}

/// The day on which a payment counts as paid, if it clears: a debit's is the one on which it goes to the bank.
pub fn counts_on(made_on: Date, debit: Option<Date>) -> Date {
    debit.unwrap_or(made_on)
}

pub fn plan_debit(today: Date, business_days: u8) -> DebitPlan {
    let sent_on = today.next_business_day();
    let expected_on = sent_on.plus_business_days(business_days);
    let between = (0..today.days_until(expected_on)).map(|ahead| today.plus_days(ahead));
    let moved_by = between.filter(|day| day.is_bank_holiday() || *day < sent_on && day.is_weekend()).collect();
    DebitPlan { sent_on, expected_on, moved_by }
}

/// No surcharge is more than 2 %, whatever its rounding would make of a few cents.
const MOST_BASIS_POINTS: i64 = 200;

/// The surcharge of a region on a credit card; never on debit, HSA or FSA.
pub fn card_fee(total: Money, basis_points: u16, method: &Method) -> Money {
    match method {
        Method::Card { funding: CardFunding::Credit, .. } => credit_card_fee(total, basis_points),
        _ => Money::ZERO,
    }
}

/// As `card_fee`, before there is a card.
pub fn credit_card_fee(total: Money, basis_points: u16) -> Money {
    let most = Money::from_cents(total.cents() * MOST_BASIS_POINTS / 10_000).unwrap_or(Money::ZERO);
    total.percent(basis_points).min(most)
}

/// What a balance pays of each amount: it pays them in their order, as far as it goes.
pub fn pay_in_order(balance: Money, amounts: impl IntoIterator<Item = Money>) -> Vec<Money> {
    let mut left = balance;
    let pay = |amount: Money| {
        let part = left.min(amount);
        left = left.minus(part).unwrap_or(Money::ZERO);
        part
    };
    amounts.into_iter().map(pay).collect()
}

/// Which charges a share pays: oldest service first, in the bill's order within a day. Gives (index of the line, its
/// part); what no line can take is left out.
pub fn allocate(share: Money, lines: &[BillLine]) -> Vec<(usize, Money)> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|at| lines[*at].date_of_service);
    let mut left = share;
    let mut paid = Vec::new();
    for at in order {
        let part = left.min(lines[at].you_owe);
        if !part.is_zero() {
            left = left.minus(part).unwrap_or(Money::ZERO);
            paid.push((at, part));
        }
    }
    paid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CardBrand, Expiry, payment::BankAccountKind};

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn a_debit_before_thanksgiving_is_expected_on_friday_and_says_why() {
        let plan = plan_debit(date("2026-11-23"), 3);
        assert_eq!((plan.sent_on, plan.expected_on), (date("2026-11-23"), date("2026-11-27")));
        assert_eq!(plan.moved_by, [date("2026-11-26")]);
        let weekend = plan_debit(date("2026-11-28"), 3);
        assert_eq!(weekend.sent_on, date("2026-11-30"));
        assert_eq!(weekend.moved_by, [date("2026-11-28"), date("2026-11-29")]);
    }

    #[test]
    fn a_debit_counts_on_its_day_before_the_cut_off_and_on_the_next_business_day_from_then_on() {
        // (agreed on, hour, counts on)
        for (day, hour, on) in [
            ("2026-12-09", 0, "2026-12-09"),
            ("2026-12-09", 16, "2026-12-09"),
            ("2026-12-09", 17, "2026-12-10"),
            ("2026-12-09", 23, "2026-12-10"),
            // Friday evening and the weekend.
            ("2026-12-11", 16, "2026-12-11"),
            ("2026-12-11", 17, "2026-12-14"),
            ("2026-12-12", 9, "2026-12-14"),
            ("2026-12-12", 22, "2026-12-14"),
            ("2026-12-13", 16, "2026-12-14"),
            ("2026-12-13", 17, "2026-12-14"),
            // Thanksgiving, the evening before it, and a Saturday's Christmas, which closes nothing else.
            ("2026-11-25", 17, "2026-11-27"),
            ("2026-11-26", 8, "2026-11-27"),
            ("2027-12-24", 12, "2027-12-24"),
            ("2027-12-24", 18, "2027-12-27"),
            // The last evening of a year.
            ("2026-12-31", 17, "2027-01-04"),
            // The nights in which clocks change are Sundays.
            ("2027-03-14", 3, "2027-03-15"),
            ("2026-11-01", 1, "2026-11-02"),
        ] {
            let today = date(day);
            let plan = plan_debit(debit_day(today, hour, 17), 3);
            assert_eq!(counts_on(today, Some(plan.sent_on)), date(on), "{day} {hour}");
        }
        let evening = date("2026-12-09");
        assert_eq!(debit_day(evening, 23, 24), evening, "without a cut-off");
        assert_eq!(counts_on(evening, None), evening, "a card's");
    }

    #[test]
    fn a_share_pays_the_oldest_service_first() {
        let line = |day: &str, owe: i64| BillLine {
            date_of_service: date(day),
            provider: String::new(),
            description: String::new(),
            billed: Money::from_cents(owe).unwrap(),
            discount: Money::ZERO,
            plan_paid: Money::ZERO,
            you_paid: Money::ZERO,
            you_owe: Money::from_cents(owe).unwrap(),
        };
        let lines = [line("2026-10-14", 2500), line("2026-10-12", 1410), line("2026-10-12", 0)];
        let cents = |share: i64| {
            allocate(Money::from_cents(share).unwrap(), &lines)
                .iter()
                .map(|(at, part)| (*at, part.cents()))
                .collect::<Vec<_>>()
        };
        assert_eq!(cents(2000), [(1, 1410), (0, 590)]);
        assert_eq!(cents(9999), [(1, 1410), (0, 2500)]);
    }

    #[test]
    fn a_balance_pays_in_order_to_the_cent_and_never_more_than_it_is() {
        let cents = |cents| Money::from_cents(cents).unwrap();
        let paid = |balance: i64| {
            let amounts = [1410, 1, 2500].map(cents);
            pay_in_order(cents(balance), amounts).into_iter().map(Money::cents).collect::<Vec<_>>()
        };
        assert_eq!(
            [paid(0), paid(1409), paid(1412), paid(9999)],
            [[0; 3], [1409, 0, 0], [1410, 1, 1], [1410, 1, 2500]]
        );
    }

    #[test]
    fn a_fee_applies_to_credit_cards_only() {
        let expiry = Expiry::parse("11/28").unwrap();
        let card = |funding| Method::Card { brand: CardBrand::Visa, last4: "4242".into(), expiry, funding };
        let total = Money::parse("100").unwrap();
        assert_eq!(card_fee(total, 150, &card(CardFunding::Credit)).to_string(), "1.50");
        for (total, fee) in [("0.40", "0.00"), ("0.99", "0.01"), ("1.00", "0.02"), ("3.00", "0.05")] {
            let total = Money::parse(total).unwrap();
            assert_eq!(card_fee(total, 150, &card(CardFunding::Credit)).to_string(), fee, "{total}");
        }
        for method in [
            card(CardFunding::Debit),
            card(CardFunding::HsaFsa),
            Method::Bank { account: BankAccountKind::Savings, last4: "1".into() },
        ] {
            assert!(card_fee(total, 150, &method).is_zero());
        }
    }
}
