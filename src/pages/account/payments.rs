//! A payment as a row of a list: what it paid, when and how, its state, and what comes next or went wrong. The row
//! leads to the receipt.

use crate::{
    billing::State,
    i18n::{Text, format, say},
    navigation::href,
    route::Pay,
};
use contract::payment::{Failure, PaymentState, PaymentSummary};
use leptos::prelude::*;

pub fn payment_row(payment: PaymentSummary) -> AnyView {
    let (id, state, charged) = (payment.id.clone(), payment.state, payment.charged);
    let day = local_day(&payment);
    let payment = StoredValue::new(payment);
    // which kinds of bills it paid, each once; or that it is a deposit
    let kinds = say(move |w| {
        payment.with_value(|payment| {
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
        })
    });
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
        </li>
    }
    .into_any()
}

/// Of what it is a part, where the balance and another method paid one order.
fn order(payment: &PaymentSummary) -> Option<AnyView> {
    let sum = payment.other_part.as_ref()?.with(payment.charged);
    let words = say(move |w| (w.account().overview.part_of)(&format::money(w.locale, sum)));
    Some(view! { <small>{words}</small> }.into_any())
}

/// The day it was made, by the region's clock.
fn local_day(payment: &PaymentSummary) -> Text {
    let (at, zone) = (payment.created_at, payment.time_zone.clone());
    say(move |w| format::day(w.locale, at, &zone))
}
