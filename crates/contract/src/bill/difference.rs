//! Why a bill is different from the one before it: the member's part, charge by charge. The rows and what is left as
//! rounding always add up to the difference of the two bills.

use super::BillLine;
use crate::Money;

/// Smaller differences are summed up in one row.
const LEAST_CENTS: i64 = 100;

/// In the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    New,
    More,
    Gone,
    Less,
}

/// What changed the member's part of a charge most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// How much of the service it was.
    Quantity,
    /// What was billed.
    Price,
    Discount,
    /// What the plan paid.
    PlanShare,
}

/// The difference of one charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub change: Change,
    /// Nothing for a new charge.
    pub before: Option<BillLine>,
    /// Nothing for a charge that is gone.
    pub now: Option<BillLine>,
    /// The member's part now, less the part before.
    pub cents: i64,
    /// For a charge on both bills; nothing if it is unknown.
    pub cause: Option<Cause>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differences {
    /// The member's part of each bill.
    pub before: Money,
    pub now: Money,
    pub rows: Vec<Difference>,
    /// The sum of all differences that are too small for a row.
    pub rounding_cents: i64,
}

/// None for lines that don't add up: nothing is explained by wrong sums.
pub fn differences(before: &[BillLine], now: &[BillLine]) -> Option<Differences> {
    if !before.iter().chain(now).all(BillLine::adds_up) {
        return None;
    }
    let all = pairs(before, now).into_iter().map(|(before, now)| difference(before, now));
    let (mut rows, small): (Vec<_>, Vec<_>) = all.partition(|row| row.cents.abs() >= LEAST_CENTS);
    rows.sort_by_key(|row| (row.change, -row.cents.abs()));
    let sum = |lines: &[BillLine]| Money::sum(lines.iter().filter_map(BillLine::yours));
    let rounding_cents = small.iter().map(|row| row.cents).sum();
    Some(Differences { before: sum(before)?, now: sum(now)?, rows, rounding_cents })
}

/// A charge of either bill beside the same one of the other: with the same description, or else another quantity of it.
fn pairs<'a>(before: &'a [BillLine], now: &'a [BillLine]) -> Vec<(Option<&'a BillLine>, Option<&'a BillLine>)> {
    let mut left: Vec<&BillLine> = before.iter().collect();
    let mut found: Vec<(Option<&BillLine>, Option<&BillLine>)> = now.iter().map(|line| (None, Some(line))).collect();
    let is_same: [fn(&BillLine, &BillLine) -> bool; 2] = [
        |one, other| one.description == other.description,
        |one, other| service(one).is_some_and(|of| Some(of) == service(other)),
    ];
    for is_same in is_same {
        for (before, now) in &mut found {
            let Some(now) = now.filter(|_| before.is_none()) else { continue };
            let at = left.iter().position(|line| is_same(line, now));
            *before = at.map(|at| left.remove(at));
        }
    }
    found.into_iter().chain(left.into_iter().map(|line| (Some(line), None))).collect()
}

/// `Room` and `nights` of `Room, 2 nights`; nothing where the description has no quantity: `Surgery, wrist fracture` is
/// another service than `Surgery, knee arthroscopy`.
fn service(line: &BillLine) -> Option<(&str, &str)> {
    let (service, rest) = line.description.split_once([',', ':'])?;
    let (number, unit) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
    let is_quantity = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_quantity.then(|| (service.trim(), unit.trim_end_matches('s')))
}

fn difference(before: Option<&BillLine>, now: Option<&BillLine>) -> Difference {
    let part = |line: Option<&BillLine>| line.and_then(BillLine::yours).map_or(0, Money::cents);
    let cents = part(now) - part(before);
    let change = match (before, now) {
        (None, _) => Change::New,
        (_, None) => Change::Gone,
        _ if cents < 0 => Change::Less,
        _ => Change::More,
    };
    let cause = before.zip(now).and_then(|(before, now)| cause(before, now, cents));
    Difference { change, before: before.cloned(), now: now.cloned(), cents, cause }
}

/// The member's part is what was billed less the discount and less what the plan paid. The one of them that moved it
/// most in the direction of the change is the cause, so its two amounts always differ.
fn cause(before: &BillLine, now: &BillLine, cents: i64) -> Option<Cause> {
    if before.description != now.description {
        return Some(Cause::Quantity);
    }
    let step = |of: fn(&BillLine) -> Money| of(now).cents() - of(before).cents();
    let steps = [
        (Cause::Price, step(|line| line.billed)),
        (Cause::Discount, -step(|line| line.discount)),
        (Cause::PlanShare, -step(|line| line.plan_paid)),
    ];
    let toward = steps.into_iter().map(|(cause, step)| (cause, step * cents.signum()));
    toward.filter(|(_, step)| *step > 0).max_by_key(|(_, step)| *step).map(|(cause, _)| cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Date;

    /// Billed, discount, paid by the plan, owed, in cents.
    fn line(description: &str, [billed, discount, plan_paid, you_owe]: [i64; 4]) -> BillLine {
        let money = |cents| Money::from_cents(cents).unwrap();
        BillLine {
            date_of_service: Date::new(2026, 10, 12).unwrap(),
            provider: "Oakland Medical Center".to_owned(),
            description: description.to_owned(),
            billed: money(billed),
            discount: money(discount),
            plan_paid: money(plan_paid),
            you_paid: Money::ZERO,
            you_owe: money(you_owe),
        }
    }

    fn told(before: &[BillLine], now: &[BillLine]) -> (Vec<(Change, i64, Option<Cause>)>, i64) {
        let all = differences(before, now).unwrap();
        let sum: i64 = all.rows.iter().map(|row| row.cents).sum();
        assert_eq!(all.before.cents() + sum + all.rounding_cents, all.now.cents(), "the sums meet");
        (all.rows.iter().map(|row| (row.change, row.cents, row.cause)).collect(), all.rounding_cents)
    }

    #[test]
    fn each_charge_is_new_gone_more_or_less_and_the_sums_meet() {
        let before = [
            line("Surgery, wrist", [10_000, 2_000, 4_000, 4_000]),
            line("Recovery room, 2 hours", [900, 300, 100, 500]),
            line("Anesthesia", [2_000, 500, 500, 1_000]),
        ];
        let now = [
            line("Anesthesia", [2_000, 500, 800, 700]),
            line("Room, 1 night", [4_000, 1_000, 1_000, 2_000]),
            line("Surgery, wrist", [10_000, 1_000, 4_000, 5_000]),
        ];
        let expected = vec![
            (Change::New, 2_000, None),
            (Change::More, 1_000, Some(Cause::Discount)),
            (Change::Gone, -500, None),
            (Change::Less, -300, Some(Cause::PlanShare)),
        ];
        assert_eq!(told(&before, &now), (expected, 0));
    }

    #[test]
    fn what_changed_a_charge_most_is_its_cause() {
        let before = [line("Visit", [10_000, 4_000, 3_000, 3_000])];
        let cause = |sums| told(&before, &[line("Visit", sums)]).0[0].2;
        assert_eq!(cause([20_000, 8_000, 6_000, 6_000]), Some(Cause::Price));
        assert_eq!(cause([10_000, 2_000, 4_000, 4_000]), Some(Cause::Discount));
        assert_eq!(cause([10_000, 4_000, 6_000, 0]), Some(Cause::PlanShare));
        // all that rose is the price, whatever the plan and the discount are of it
        assert_eq!(cause([12_000, 4_000, 3_000, 5_000]), Some(Cause::Price));
        assert_eq!(cause([20_000, 4_000, 8_000, 8_000]), Some(Cause::Price));
    }

    #[test]
    fn a_charge_is_compared_with_the_one_of_the_same_service() {
        let before = [line("Room, 1 night", [300, 100, 0, 200]), line("Room, 2 nights", [600, 200, 0, 400])];
        let now = [line("Room, 2 nights", [900, 200, 0, 700]), line("Room, 3 nights", [900, 300, 0, 600])];
        let changes: Vec<_> = told(&before, &now).0.iter().map(|row| (row.0, row.1)).collect();
        assert_eq!(changes, [(Change::More, 400), (Change::More, 300)]);
        assert_eq!(told(&before, &now).0[0].2, Some(Cause::Quantity));
    }

    #[test]
    fn another_service_is_not_the_same_charge() {
        let before =
            [line("Surgery, knee arthroscopy", [900, 0, 0, 900]), line("Lab tests: blood count", [300, 0, 0, 300])];
        let now = [line("Surgery, wrist fracture", [700, 0, 0, 700]), line("Lab tests: lipid panel", [400, 0, 0, 400])];
        let changes: Vec<_> = told(&before, &now).0.iter().map(|row| (row.0, row.1, row.2)).collect();
        let expected = [(Change::New, 700), (Change::New, 400), (Change::Gone, -900), (Change::Gone, -300)];
        assert_eq!(changes, expected.map(|(change, cents)| (change, cents, None)));
    }

    #[test]
    fn differences_below_a_dollar_are_one_sum() {
        let before = [line("A", [500, 0, 0, 500]), line("B", [500, 0, 0, 500]), line("C", [500, 0, 0, 500])];
        let now = [line("A", [599, 0, 0, 599]), line("B", [450, 0, 0, 450]), line("C", [600, 0, 0, 600])];
        assert_eq!(told(&before, &now), (vec![(Change::More, 100, Some(Cause::Price))], 49));
        assert_eq!(told(&before, &before), (Vec::new(), 0));
    }

    #[test]
    fn lines_that_do_not_add_up_explain_nothing() {
        let wrong = line("A", [500, 1, 0, 500]);
        assert_eq!(differences(&[wrong], &[]), None);
    }
}
