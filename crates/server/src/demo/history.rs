//! Two years of payments that ended, for the demo: most paid at once, some by bank debit days later, some refused
//! first, a few returned or refunded and paid again. Deterministic, like the bills.

use super::{
    charges::{DemoBill, Rng, premium_bill, settled_bill},
    people::{PEOPLE, Person, Scenario},
};
use contract::{
    CardBrand, Date, Expiry, Instant, Money,
    payment::{BankAccountKind, CardFunding, Failure, Method, PaymentState},
};
use std::ops::RangeInclusive;

const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;
/// A bill a month, the newest of them old enough that everything about it has ended.
const MONTHS: i64 = 23;
/// Months of which a premium was paid: in two years.
const PREMIUM_MONTHS: RangeInclusive<i64> = 7..=18;
const MANY_BILLS: i64 = 400;
const MANY_A_BILL: u32 = 25;

/// A settled bill and what was paid on it, oldest first.
pub struct SettledBill {
    pub bill: DemoBill,
    pub payments: Vec<DemoPayment>,
}

/// A payment in its final state, on one bill.
pub struct DemoPayment {
    pub amount: Money,
    pub method: Method,
    pub end: PaymentState,
    pub failure: Option<Failure>,
    pub at: Instant,
    /// When it was taken; `None` if it never was.
    pub paid_at: Option<Instant>,
    /// When it came back; `None` if it did not.
    pub back_at: Option<Instant>,
}

pub fn history(person: &Person, today: Date) -> Vec<SettledBill> {
    let mut chance = Rng::of(person.email);
    match person.scenario {
        Scenario::ManyPayments => (0..MANY_BILLS)
            .rev()
            .map(|at| {
                let issued = today.plus_days(-60 - at * 670 / MANY_BILLS);
                let bill = settled_bill(&mut chance, person, issued);
                let payments = in_parts(&mut chance, person, &bill, MANY_A_BILL);
                SettledBill { bill, payments }
            })
            .collect(),
        Scenario::Drawn => {
            let care = month_by_month(&mut chance, person, today);
            care.into_iter().chain(premiums(&mut chance, person, today)).collect()
        }
        _ => month_by_month(&mut chance, person, today),
    }
}

fn month_by_month(chance: &mut Rng, person: &Person, today: Date) -> Vec<SettledBill> {
    let month = |month| {
        let issued = today.plus_days(-30 * month - 40 + chance.between(0, 9));
        let bill = settled_bill(chance, person, issued);
        let payments = one_months_payments(chance, person, &bill, month);
        SettledBill { bill, payments }
    };
    (1..=MONTHS).rev().map(month).collect()
}

/// Older than the payments that the overview shows.
fn premiums(chance: &mut Rng, person: &Person, today: Date) -> Vec<SettledBill> {
    let month = |month| {
        let bill = premium_bill(person, today.plus_days(-30 * month));
        let at = moment(chance, bill.issued.plus_days(6));
        let owed = Money::from_cents(bill.owed());
        SettledBill { bill, payments: owed.map(|owed| paid(owed, card(person, at), at)).into_iter().collect() }
    };
    PREMIUM_MONTHS.rev().map(month).collect()
}

fn one_months_payments(chance: &mut Rng, person: &Person, bill: &DemoBill, month: i64) -> Vec<DemoPayment> {
    let Some(owed) = Money::from_cents(bill.owed()) else { return Vec::new() };
    let after = chance.between(4, 9);
    let at = moment(chance, bill.issued.plus_days(after));
    let days = |count: i64| Instant::from_millis(at.millis() + count * DAY);
    match month {
        4 | 13 => {
            let refused = ended(owed, card(person, at), at, PaymentState::Failed, Some(Failure::Declined));
            vec![refused, paid(owed, card(person, at), days(1))]
        }
        7 => {
            let returned = ended(owed, checking(), at, PaymentState::Returned, Some(Failure::InsufficientFunds));
            vec![returned, paid(owed, card(person, at), days(9))]
        }
        10 => {
            let refunded = ended(owed, card(person, at), at, PaymentState::Refunded, None);
            vec![refunded, paid(owed, card(person, at), days(8))]
        }
        6 => vec![paid(owed, Method::Check, noon(at))],
        15 => vec![paid(owed, Method::Phone, noon(at))],
        2 | 5 | 8 | 11 | 14 | 17 | 20 => vec![paid(owed, checking(), at)],
        3 | 12 | 19 => in_parts(chance, person, bill, 2),
        _ => vec![paid(owed, card(person, at), at)],
    }
}

fn in_parts(chance: &mut Rng, person: &Person, bill: &DemoBill, count: u32) -> Vec<DemoPayment> {
    let Some(owed) = Money::from_cents(bill.owed()) else { return Vec::new() };
    let parts = owed.split(count).into_iter().zip(0_i64..);
    parts
        .map(|(part, at)| {
            let at = moment(chance, bill.issued.plus_days(3 + at * 20 / i64::from(count)));
            paid(part, card(person, at), at)
        })
        .collect()
}

fn paid(amount: Money, method: Method, at: Instant) -> DemoPayment {
    ended(amount, method, at, PaymentState::Paid, None)
}

pub fn ended(amount: Money, method: Method, at: Instant, end: PaymentState, failure: Option<Failure>) -> DemoPayment {
    let later = |days: i64| Instant::from_millis(at.millis() + days * DAY);
    let is_debit = matches!(method, Method::Bank { .. });
    let was_taken = matches!(end, PaymentState::Paid | PaymentState::Returned | PaymentState::Refunded);
    let came_back = matches!(end, PaymentState::Returned | PaymentState::Refunded);
    DemoPayment {
        amount,
        method,
        end,
        failure,
        at,
        paid_at: was_taken.then(|| if is_debit { later(5) } else { at }),
        back_at: came_back.then(|| later(7)),
    }
}

fn card(person: &Person, at: Instant) -> Method {
    let (brand, last4, funding) = match person.email.len() % 3 {
        0 => (CardBrand::Visa, "4242", CardFunding::Credit),
        1 => (CardBrand::Mastercard, "4444", CardFunding::Debit),
        _ => (CardBrand::Visa, "1881", CardFunding::HsaFsa),
    };
    let year = Date::from_days(at.millis().div_euclid(DAY)).year() + 2;
    // The year has two digits on a card; a text that can't be read leaves the debit account, which has no expiry.
    match Expiry::parse(&format!("04/{:02}", year % 100)) {
        Ok(expiry) => Method::Card { brand, last4: last4.to_owned(), expiry, funding },
        Err(_) => checking(),
    }
}

/// Of the drawn member.
pub fn visa(at: Instant) -> Method {
    card(&PEOPLE[0], at)
}

pub fn checking() -> Method {
    Method::Bank { account: BankAccountKind::Checking, last4: "6789".to_owned() }
}

/// Of what the plan took itself the day alone is known; at noon it is the same one in every region.
fn noon(at: Instant) -> Instant {
    Instant::from_millis(at.millis().div_euclid(DAY) * DAY + 20 * HOUR)
}

/// An hour of the day at which people are awake in every region.
fn moment(chance: &mut Rng, on: Date) -> Instant {
    let minutes = chance.between(0, 4 * 60);
    Instant::from_millis(on.days() * DAY + 18 * HOUR + minutes * 60_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::bill::BillKind;

    fn today() -> Date {
        Date::parse("2026-11-23").unwrap()
    }

    #[test]
    fn what_stayed_paid_is_exactly_what_each_bill_was() {
        for person in &PEOPLE {
            for settled in history(person, today()) {
                let kept = settled.payments.iter().filter(|payment| payment.end == PaymentState::Paid);
                let sum = Money::sum(kept.map(|payment| payment.amount)).unwrap();
                assert_eq!(sum.cents(), settled.bill.owed(), "{}", person.name);
            }
        }
    }

    #[test]
    fn history_is_two_years_long_and_over() {
        for person in &PEOPLE {
            let history = history(person, today());
            let first = history.first().unwrap().bill.issued;
            assert!((first.days_until(today())) > 700, "{}", person.name);
            for payment in history.iter().flat_map(|settled| &settled.payments) {
                let last = [Some(payment.at), payment.paid_at, payment.back_at].into_iter().flatten().max().unwrap();
                assert!(last.millis() < today().days() * DAY, "{}", person.name);
            }
        }
    }

    #[test]
    fn the_drawn_member_settled_bills_of_each_kind_and_in_two_years() {
        let history = history(&PEOPLE[0], today());
        for kind in [BillKind::Professional, BillKind::Hospital, BillKind::Premium] {
            let mut bills = history.iter().filter(|settled| settled.bill.kind == kind);
            assert!(bills.any(|settled| settled.bill.patient == PEOPLE[0].name), "{kind:?}");
        }
        let years: std::collections::BTreeSet<i16> = history.iter().map(|one| one.bill.issued.year()).collect();
        assert!(years.len() >= 2, "{years:?}");
    }

    #[test]
    fn one_member_has_ten_thousand_payments() {
        let many = PEOPLE.iter().find(|person| person.scenario == Scenario::ManyPayments).unwrap();
        let count: usize = history(many, today()).iter().map(|settled| settled.payments.len()).sum();
        assert_eq!(count, 10_000);
    }
}
