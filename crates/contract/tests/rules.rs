//! What holds for the arithmetic of money and days, for any amount and any day.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use contract::{
    Amount, Date, Instant, Locale, Money, PersonName,
    bill::BillLine,
    date::Weekday,
    money::MAX_CENTS,
    payment::{OrderShare, PaymentOrder, allocate, plan_debit},
};
use proptest::prelude::*;

/// The Federal Reserve's own list, from 23 November 2026 to the end of 2028.
const HOLIDAYS: [(i16, u8, u8); 20] = [
    (2026, 11, 26),
    (2026, 12, 25),
    (2027, 1, 1),
    (2027, 1, 18),
    (2027, 2, 15),
    (2027, 5, 31),
    (2027, 7, 5),
    (2027, 9, 6),
    (2027, 10, 11),
    (2027, 11, 11),
    (2027, 11, 25),
    (2028, 1, 17),
    (2028, 2, 21),
    (2028, 5, 29),
    (2028, 6, 19),
    (2028, 7, 4),
    (2028, 9, 4),
    (2028, 10, 9),
    (2028, 11, 23),
    (2028, 12, 25),
];

/// Whether the list, and not the rule, has the banks open on this day.
fn is_open_by_list(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
        && !HOLIDAYS.contains(&(day.year(), day.month(), day.day()))
}

fn money() -> impl Strategy<Value = Money> {
    (0..=MAX_CENTS).prop_map(|cents| Money::from_cents(cents).unwrap())
}

fn any_day() -> impl Strategy<Value = Date> {
    (-719_162i64..=2_932_896).prop_map(Date::from_days)
}

/// A day of the years the list covers, with room for what is counted on from it.
fn listed_day() -> impl Strategy<Value = Date> {
    let first = Date::new(2026, 11, 23).unwrap();
    (0i64..730).prop_map(move |ahead| first.plus_days(ahead))
}

fn lines() -> impl Strategy<Value = Vec<BillLine>> {
    prop::collection::vec((0i64..40, 0i64..50_000), 0..9).prop_map(|lines| {
        let line = |(day, cents)| BillLine {
            date_of_service: Date::new(2026, 10, 1).unwrap().plus_days(day),
            provider: String::new(),
            description: String::new(),
            billed: Money::from_cents(cents).unwrap(),
            discount: Money::ZERO,
            plan_paid: Money::ZERO,
            you_paid: Money::ZERO,
            you_owe: Money::from_cents(cents).unwrap(),
        };
        lines.into_iter().map(line).collect()
    })
}

fn order(shares: &[(String, i64)]) -> PaymentOrder {
    let amount = |cents| Amount::new(Money::from_cents(cents).unwrap()).unwrap();
    PaymentOrder {
        shares: shares
            .iter()
            .map(|(bill, cents)| OrderShare { bill: bill.clone(), amount: amount(*cents), paid_before: None })
            .collect(),
        token: "tok".to_owned(),
        saved_method: None,
        save_method: false,
        save_consent: None,
        payer_name: PersonName::parse("Ana").unwrap(),
        email: None,
        fee: Money::ZERO,
        authorisation: String::new(),
        locale: Locale::En,
        pay_again: false,
        begin_by: None,
        deposit: None,
        from_balance: None,
        household: None,
    }
}

proptest! {
    #[test]
    fn instalments_add_up_and_differ_by_a_cent_at_most(total in money(), parts in 1u32..120) {
        let split = total.split(parts);
        prop_assert_eq!(split.len(), parts as usize);
        prop_assert_eq!(Money::sum(split.iter().copied()), Some(total));
        prop_assert!(split.windows(2).all(|pair| pair[0] >= pair[1]));
        prop_assert!(split[0].cents() - split[split.len() - 1].cents() <= 1);
    }

    #[test]
    fn what_is_added_can_be_taken_away(a in money(), b in money()) {
        match a.plus(b) {
            Some(sum) => prop_assert_eq!(sum.minus(b), Some(a)),
            None => prop_assert!(a.cents() + b.cents() > MAX_CENTS),
        }
        prop_assert_eq!(a.minus(b).is_some(), a >= b);
    }

    #[test]
    fn an_amount_reads_the_same_with_a_dollar_sign_and_commas(cents in 0..=MAX_CENTS) {
        let money = Money::from_cents(cents).unwrap();
        prop_assert_eq!(Money::parse(&contract::authorisation::dollars(money)), Ok(money));
        prop_assert_eq!(money.cents(), cents);
        prop_assert_eq!(money.decimal().to_string().parse::<f64>().map(|n| (n * 100.0).round() as i64), Ok(cents));
    }

    #[test]
    fn a_percentage_is_within_half_a_cent_and_never_more_than_the_whole(total in money(), points in 0u16..=10_000) {
        let exact = i128::from(total.cents()) * i128::from(points);
        let off = i128::from(total.percent(points).cents()) * 10_000 - exact;
        prop_assert!((-5_000 < off) && (off <= 5_000), "{off}");
        prop_assert!(total.percent(points) <= total);
    }

    #[test]
    fn a_share_pays_each_line_once_at_most_what_it_owes_oldest_first(share in 0i64..300_000, lines in lines()) {
        let share = Money::from_cents(share).unwrap();
        let paid = allocate(share, &lines);
        let owed = Money::sum(lines.iter().map(|line| line.you_owe)).unwrap();
        prop_assert_eq!(Money::sum(paid.iter().map(|(_, part)| *part)), Some(share.min(owed)));
        prop_assert!(paid.iter().all(|(at, part)| !part.is_zero() && *part <= lines[*at].you_owe));
        let order: Vec<_> = paid.iter().map(|(at, _)| (lines[*at].date_of_service, *at)).collect();
        prop_assert!(order.windows(2).all(|pair| pair[0] < pair[1]));
        // Nobody is paid in part but the last.
        prop_assert!(paid.iter().rev().skip(1).all(|(at, part)| *part == lines[*at].you_owe));
    }

    #[test]
    fn two_orders_have_one_fingerprint_only_when_they_pay_the_same(
        a in prop::collection::btree_map("[ab=:,.0-9]{1,6}", 1i64..300, 1..4),
        b in prop::collection::btree_map("[ab=:,.0-9]{1,6}", 1i64..300, 1..4),
    ) {
        let (one, other): (Vec<_>, Vec<_>) = (a.clone().into_iter().collect(), b.clone().into_iter().collect());
        prop_assert_eq!(order(&one).fingerprint() == order(&other).fingerprint(), a == b);
        let turned: Vec<_> = a.into_iter().rev().collect();
        prop_assert_eq!(order(&one).fingerprint(), order(&turned).fingerprint());
    }

    #[test]
    fn business_days_are_those_of_the_list(day in listed_day(), n in 0u8..20) {
        prop_assert_eq!(day.is_business_day(), is_open_by_list(day), "{}", day);
        let mut counted = day;
        for _ in 0..n {
            counted = counted.plus_days(1);
            while !is_open_by_list(counted) {
                counted = counted.plus_days(1);
            }
        }
        prop_assert_eq!(day.plus_business_days(n), counted);
    }

    #[test]
    fn a_debit_is_sent_and_expected_on_business_days_and_says_what_moved_it(today in listed_day(), n in 1u8..6) {
        let plan = plan_debit(today, n);
        prop_assert!(today <= plan.sent_on && plan.sent_on < plan.expected_on);
        prop_assert!(is_open_by_list(plan.sent_on) && is_open_by_list(plan.expected_on));
        let open = (1..=plan.sent_on.days_until(plan.expected_on)).filter(|on| is_open_by_list(plan.sent_on.plus_days(*on)));
        prop_assert_eq!(open.count(), usize::from(n));
        prop_assert!(plan.moved_by.iter().all(|day| !is_open_by_list(*day) && today <= *day && *day < plan.expected_on));
        prop_assert_eq!(plan.sent_on == today, !plan.moved_by.contains(&today));
    }

    #[test]
    fn there_is_always_a_next_business_day_within_a_week(day in any_day()) {
        let next = day.next_business_day();
        prop_assert!(next.is_business_day());
        prop_assert!((0..=4).contains(&day.days_until(next)), "{} {}", day, next);
    }

    #[test]
    fn a_day_and_its_number_are_the_same(number in -719_162i64..=2_932_896, ahead in -5_000i64..5_000) {
        let day = Date::from_days(number);
        prop_assert_eq!(day.days(), number);
        prop_assert_eq!(Date::new(day.year(), day.month(), day.day()), Some(day));
        let other = day.plus_days(ahead);
        prop_assert_eq!(day.cmp(&other), day.days().cmp(&other.days()));
    }

    #[test]
    fn months_on_the_day_is_the_anchor_or_the_last_of_its_month(day in any_day(), n in 0u16..400, anchor in 1u8..=31) {
        prop_assume!(day.year() < 9_900);
        let on = day.plus_months_keeping(anchor, n);
        let months = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
        prop_assert_eq!(months(on) - months(day), i64::from(n));
        prop_assert!(on.day() == anchor || on.day() < anchor && on.plus_days(1).day() == 1);
    }

    #[test]
    fn a_moment_reads_back_to_the_millisecond(millis in -62_135_596_800_000i64..=253_402_300_799_999) {
        let moment = Instant::from_millis(millis);
        prop_assert_eq!(moment.millis(), millis);
        prop_assert_eq!(Instant::parse(&moment.to_string()), Ok(moment));
    }
}
