//! A bank debit on its way: where it is, what is owed now and what will be if it clears.

use super::{
    facts::{fact, on_statement, receipt_number, timing_of},
    today,
};
use crate::{
    billing::{LedgerStep, Reached, ledger_line},
    i18n::{Text, format, say, t},
};
use contract::{
    Date, Money,
    payment::{Method, Payment},
};
use leptos::prelude::*;

#[component]
pub fn Progress(payment: StoredValue<Payment>) -> impl IntoView {
    let payment = payment.get_value();
    let (at, zone) = (payment.created_at, payment.time_zone.clone());
    let received = say(move |w| format::moment(w.locale, at, &zone));
    let (sent_on, expected_on) = (payment.sent_on, payment.expected_on);
    let day =
        move |day: Option<Date>| say(move |w| day.map(|day| format::short_date(w.locale, day)).unwrap_or_default());
    let expected = say(move |w| {
        expected_on.map(|day| (w.pay().outcome.expected)(&format::short_date(w.locale, day))).unwrap_or_default()
    });
    let (before, after) = moved(&payment.moved_by, sent_on);
    let holidays = |days: Vec<Date>| {
        say(move |w| {
            let words = days.iter().map(|day| (w.pay().outcome.holiday)(&format::short_date(w.locale, *day)));
            words.collect::<Vec<_>>().join(". ")
        })
    };
    let method = payment.method.clone();
    let account = say(move |w| (w.pay().method.known)(&method));
    let is_bank = matches!(payment.method, Method::Bank { .. });
    let timing = timing_of(&payment);
    let sent = [Some(day(sent_on)), (!before.is_empty()).then(|| holidays(before)), Some(account), timing];
    let paid = [Some(expected), (!after.is_empty()).then(|| holidays(after))];
    let steps = vec![
        LedgerStep::new(Reached::Done, t(|w| w.pay().outcome.received), vec![received]),
        LedgerStep::new(Reached::Now, t(|w| w.pay().outcome.at_the_bank), sent.into_iter().flatten().collect()),
        LedgerStep::new(Reached::Next, t(|w| w.states().paid), paid.into_iter().flatten().collect()),
    ];
    view! {
        <section class="pay-stack">
            <h2>{t(|w| w.pay().outcome.where_it_is)}</h2>
            {ledger_line(steps)}
        </section>
        <hr class="pay-tear"/>
        <Owed payment is_bank/>
    }
}

/// Days without banks: those that moved the day of sending, and those that moved the day after it.
fn moved(days: &[Date], sent_on: Option<Date>) -> (Vec<Date>, Vec<Date>) {
    days.iter().partition(|day| sent_on.is_some_and(|sent| **day < sent))
}

#[component]
fn Owed(payment: Payment, is_bank: bool) -> impl IntoView {
    let (now, then, today) = (payment.owed_now, payment.owed_if_cleared, today(&payment));
    // what this payment leaves, where that is all that is left
    let left = payment.shares.iter().filter(|share| !share.leaves.is_zero());
    let left = left.map(|share| (share.kind, share.leaves, share.due)).collect::<Vec<_>>();
    let is_all = Money::sum(left.iter().map(|(_, leaves, _)| *leaves)) == Some(then);
    let note = (is_all && !left.is_empty()).then(|| {
        say(move |w| {
            let bill = |(kind, _, due): &(_, _, _)| {
                let day = format::short_date(w.locale, *due);
                (w.pay().outcome.on_bill)((w.pay().amount.kind)(*kind), &day, *due < today)
            };
            left.iter().map(bill).collect::<Vec<_>>().join(". ")
        })
    });
    // what somebody else owes is theirs
    let is_own = !payment.is_for_another();
    let email = payment.email.as_ref().map(ToString::to_string);
    let write = say(move |w| match &email {
        Some(email) => (w.pay().outcome.we_write_to)(email),
        None => w.pay().outcome.come_back.to_owned(),
    });
    view! {
        <dl class="pay-facts">
            {is_own.then(|| view! {
                {fact(t(|w| w.pay().outcome.owe_today), say(move |w| format::money(w.locale, now)), None)}
                {fact(t(|w| w.pay().outcome.if_clears), say(move |w| format::money(w.locale, then)), note)}
            })}
            {receipt_number(payment.reference)}
            {fact(t(|w| w.pay().receipt.payer), Text::stored(payment.payer_name), None)}
            {on_statement()}
            {is_bank.then(|| fact(t(|w| w.pay().outcome.if_refused), write, Some(t(|w| w.pay().outcome.if_refused_note))))}
        </dl>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::payment::plan_debit;

    #[test]
    fn a_day_without_banks_stands_under_the_day_that_it_moved() {
        let day = |text: &str| Date::parse(text).unwrap();
        // agreed to on a Sunday, with Christmas on the way
        let plan = plan_debit(day("2026-12-20"), 5);
        let (before, after) = moved(&plan.moved_by, Some(plan.sent_on));
        assert_eq!((before, after), (vec![day("2026-12-20")], vec![day("2026-12-25")]));
    }
}
