//! A payment as a row of a list: what it paid, when and how, its state, and what comes next or went wrong. The row
//! leads to the receipt. In the history its ledger line is below it: at once where its money is on its way.

use crate::{
    billing::{State, ledger_line, steps_of},
    i18n::{Text, Words, format, say, t},
    navigation::href,
    route::{Account, Pay},
    ui::{Icon, Sign, dynamic, list},
};
use contract::{
    Money,
    bill::BillKind,
    payment::{Failure, PaymentState, PaymentSummary},
};
use leptos::prelude::*;

pub fn payment_row(payment: PaymentSummary) -> AnyView {
    row(payment, |_, _| ().into_any())
}

/// With what the member owes now, where it is known.
pub fn history_row(payment: PaymentSummary, owed: Option<Money>) -> AnyView {
    row(payment, |payment, name| if payment.state.is_on_its_way() { way(payment, owed) } else { steps(payment, name) })
}

/// `below` is drawn of the payment and of what the row is called.
fn row(payment: PaymentSummary, below: impl FnOnce(PaymentSummary, Text) -> AnyView) -> AnyView {
    let whole = payment.clone();
    let (id, state, charged) = (payment.id.clone(), payment.state, payment.charged);
    let day = local_day(&payment);
    let payment = StoredValue::new(payment);
    let kinds = say(move |w| payment.with_value(|payment| kinds_of(w, payment)));
    let how = say(move |w| {
        let method = payment.with_value(|payment| (w.pay().method.known)(&payment.method));
        format!("{} · {method}", day.get())
    });
    let more: Option<Text> = match state {
        _ if state.is_on_its_way() => payment
            .with_value(|payment| payment.expected_on)
            .map(|on| say(move |w| (w.account().overview.expected)(&format::short_date(w.locale, on)))),
        PaymentState::Returned | PaymentState::Failed => Some(say(move |w| {
            payment.with_value(|payment| {
                let why = payment.failure.map(|failure| (w.pay().outcome.why)(failure));
                if state != PaymentState::Returned {
                    return why.unwrap_or_default().to_owned();
                }
                let why = why.unwrap_or_else(|| (w.pay().outcome.why)(Failure::ProcessingError));
                (w.account().overview.back_on)(&format::moment(w.locale, payment.since, &payment.time_zone), why)
            })
        })),
        _ => None,
    };
    let label = say(move |w| (w.account().overview.details)(&kinds.get(), &day.get()));
    let below = below(whole, say(move |_| format!("{}, {}", kinds.get(), day.get())));
    view! {
        <li>
            <div class="pay-rows__row">
                <div>
                    <b><a href=href(Pay::Payment(id)) aria-label=label>{kinds}</a></b>
                    <small>{how}</small>
                    {payment.with_value(order)}
                    {more.map(|more| view! { <small>{more}</small> })}
                </div>
                <div class="pay-rows__end">
                    <span class="pay-money">{say(move |w| format::money(w.locale, charged))}</span>
                    <State state/>
                </div>
            </div>
            {below}
        </li>
    }
    .into_any()
}

/// Which kinds of bills it paid, each once; or that it is a deposit.
fn kinds_of(w: &Words, payment: &PaymentSummary) -> String {
    let mut names: Vec<&str> = Vec::new();
    if payment.deposit.is_some() {
        names.push(w.account().balance.deposit);
    }
    for bill in &payment.bills {
        let name = (w.pay().amount.kind)(bill.kind);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// Of what it is a part, where the balance and another method paid one order.
fn order(payment: &PaymentSummary) -> Option<AnyView> {
    let sum = payment.other_part.as_ref()?.with(payment.charged);
    let words = say(move |w| (w.account().overview.part_of)(&format::money(w.locale, sum)));
    Some(view! { <small>{words}</small> }.into_any())
}

/// Of money on its way: where it is, what is owed, and what will be if it clears.
fn way(payment: PaymentSummary, owed: Option<Money>) -> AnyView {
    let is_own = payment.deposit.is_none() && payment.bills.iter().all(|bill| bill.kind != BillKind::Household);
    let bills = Money::sum(payment.bills.iter().map(|bill| bill.amount));
    let then = owed.zip(bills).and_then(|(owed, bills)| Some((owed, owed.minus(bills)?))).filter(|_| is_own);
    let facts = then.map(|(owed, then)| {
        let sum = |sum: Money| say(move |w| format::money(w.locale, sum));
        view! {
            <dl class="pay-facts">
                <div><dt>{t(|w| w.pay().outcome.owe_today)}</dt><dd class="pay-money">{sum(owed)}</dd></div>
                <div><dt>{t(|w| w.pay().outcome.if_clears)}</dt><dd class="pay-money">{sum(then)}</dd></div>
            </dl>
        }
    });
    let links = links(&payment);
    view! { <div class="pay-quote pay-stack">{ledger_line(steps_of(&payment))}{facts}{links}</div> }.into_any()
}

/// Folded, and drawn when it is opened for the first time: a history has thousands.
fn steps(payment: PaymentSummary, name: Text) -> AnyView {
    let is_drawn = RwSignal::new(false);
    let body = dynamic(move || {
        if !is_drawn.get() {
            return ().into_any();
        }
        view! { <div class="pay-quote pay-stack">{ledger_line(steps_of(&payment))}{links(&payment)}</div> }.into_any()
    });
    view! {
        <details class="pay-more" on:toggle=move |_| is_drawn.set(true)>
            <summary>
                {t(|w| w.account().history.steps)}
                <span class="pay-hidden">": "{name}</span>
                <Icon sign=Sign::Down/>
            </summary>
            {body}
        </details>
    }
    .into_any()
}

/// To the receipt, and to each bill that is the member's own.
fn links(payment: &PaymentSummary) -> AnyView {
    let own: Vec<_> = payment.bills.iter().filter(|bill| bill.kind != BillKind::Household).cloned().collect();
    let is_one = own.len() == 1;
    let bill = move |bill: contract::payment::PaidBill| {
        let kind = bill.kind;
        let words = say(move |w| {
            let the_bill = w.account().history.the_bill;
            if is_one { the_bill.to_owned() } else { format!("{the_bill}: {}", (w.pay().amount.kind)(kind)) }
        });
        view! { <a class="pay-link" href=href(Account::Bill(bill.bill))>{words}</a> }.into_any()
    };
    view! {
        <p class="pay-row" data-print="no">
            <a class="pay-link" href=href(Pay::Payment(payment.id.clone()))>{t(|w| w.account().history.receipt)}</a>
            {list(own, bill)}
        </p>
    }
    .into_any()
}

/// The day it was made, by the region's clock.
fn local_day(payment: &PaymentSummary) -> Text {
    let (at, zone) = (payment.created_at, payment.time_zone.clone());
    say(move |w| format::day(w.locale, at, &zone))
}
