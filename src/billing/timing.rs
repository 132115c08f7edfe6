//! One line about a payment: the day on which it counts as paid if it clears, and whether that is in time for its
//! bills.

use crate::i18n::{Text, format, say};
use contract::Date;

/// With the days on which its bills are due. Nothing of a payment of no bill.
pub fn timing(counts_on: Date, due: &[Date]) -> Option<Text> {
    let (first, bills) = (*due.iter().min()?, due.len());
    let said = say(move |w| {
        let day = format::short_date(w.locale, counts_on);
        if counts_on <= first {
            (w.pay().timing.on_time)(&day)
        } else {
            (w.pay().timing.late)(&day, &format::short_date(w.locale, first), bills)
        }
    });
    Some(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos::prelude::*;

    #[test]
    fn a_payment_is_in_time_on_the_day_its_bill_is_due_and_late_from_the_next_on() {
        let owner = Owner::new();
        owner.with(|| {
            let day = |text: &str| Date::parse(text).unwrap();
            let said = |on: &str| timing(day(on), &[day("2026-12-09")]).unwrap().get();
            assert_eq!(said("2026-12-09"), "Counts as paid on Wed, Dec 9, on time.");
            assert_eq!(said("2026-12-10"), "Counts as paid on Thu, Dec 10. It was due Wed, Dec 9.");
            let of_two = timing(day("2026-12-10"), &[day("2026-12-20"), day("2026-12-09")]).unwrap().get();
            assert_eq!(of_two, "Counts as paid on Thu, Dec 10. The first bill was due Wed, Dec 9.");
        });
    }
}
