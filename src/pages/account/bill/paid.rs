//! What was paid on a bill: by the plan, by payments made here, and in other ways.

use super::entry;
use crate::{
    billing::{Shown, State, paid_lines},
    i18n::{format, say, t},
    navigation::href,
    route::Pay,
    ui::list,
};
use contract::{
    Money,
    bill::{BillLine, account::AccountBill},
    payment::Phase,
};
use leptos::prelude::*;

pub fn paid_on(shown: &AccountBill) -> AnyView {
    let sum = |of: fn(&BillLine) -> Money| Money::sum(shown.bill.lines.iter().map(of)).unwrap_or_default();
    let plan = sum(|line| line.plan_paid);
    let here = shown.payments.iter().filter(|payment| payment.state.phase() == Phase::Took);
    let here = Money::sum(here.map(|payment| payment.amount)).unwrap_or_default();
    let elsewhere = sum(|line| line.you_paid).minus(here).unwrap_or_default();
    let money = |sum: Money| say(move |w| format::money(w.locale, sum));
    let row = |what, sum: Money| (!sum.is_zero()).then(|| entry(what, Vec::new(), money(sum), ().into_any()));
    let plan = row(t(|w| w.account().bills.your_plan), plan);
    let elsewhere = row(t(|w| w.account().bills.elsewhere), elsewhere);
    let rows = if plan.is_none() && elsewhere.is_none() && shown.payments.is_empty() {
        view! { <p>{t(|w| w.account().bills.nothing_paid)}</p> }.into_any()
    } else {
        view! { <ul class="pay-rows">{plan}{payments(shown)}{elsewhere}</ul> }.into_any()
    };
    view! {
        <section class="pay-sheet" aria-labelledby="paid">
            <div class="pay-stack"><h2 id="paid">{t(|w| w.account().bills.paid)}</h2>{rows}</div>
        </section>
    }
    .into_any()
}

/// A sentence each, with the way to its receipt.
fn payments(shown: &AccountBill) -> AnyView {
    let said = Shown { as_of: shown.as_of, is_owed: !shown.bill.balance.is_zero(), asks: false };
    let states = shown.payments.iter().map(|payment| payment.state).collect::<Vec<_>>();
    let lines = paid_lines(shown.payments.clone(), said);
    list(lines.into_iter().zip(states), |(line, state)| {
        let receipt = line.receipt.map(|receipt| {
            let words = say(move |w| (w.pay().paid.see)(&receipt.reference));
            view! { <p><a class="pay-link" href=href(Pay::Payment(receipt.id))>{words}</a></p> }
        });
        view! {
            <li>
                <div class="pay-rows__row">
                    <div>{line.words}{receipt}</div>
                    <div class="pay-rows__end"><State state/></div>
                </div>
            </li>
        }
        .into_any()
    })
}
