//! The facts of a payment, a row each: its number, who paid, what the statement calls it, what was charged and what is
//! still owed.

use super::today;
use crate::{
    billing::{calendar_file, timing},
    browser,
    config::Deployment,
    i18n::{Text, format, say, t},
    ui::{dynamic, list},
};
use contract::{
    Date,
    payment::{Method, Payment, PaymentShare},
};
use leptos::{prelude::*, task::spawn_local};

/// One row.
pub fn fact(what: Text, said: Text, note: Option<Text>) -> AnyView {
    let note = note.map(|note| view! { <small>{note}</small> });
    view! { <div><dt>{what}</dt><dd>{said}{note}</dd></div> }.into_any()
}

#[component]
pub fn PaidFacts(payment: StoredValue<Payment>) -> impl IntoView {
    let payment = payment.get_value();
    let email = payment.email.as_ref().map(ToString::to_string);
    let (timing, today) = (timing_of(&payment), today(&payment));
    let left: Vec<AnyView> = payment
        .shares
        .iter()
        .filter(|share| !share.leaves.is_zero())
        .map(|share| still_owed(&payment, share, today))
        .collect();
    let left = if left.is_empty() {
        let bills = payment.shares.len();
        let nothing = say(move |w| (w.pay().outcome.nothing_owed)(bills).to_owned());
        vec![fact(t(|w| w.pay().outcome.still_owed), nothing, None)]
    } else {
        left
    };
    let in_all = in_all(&payment);
    let is_charged = matches!(payment.method, Method::Card { .. } | Method::Bank { .. });
    let no_fee = in_all.is_none().then(|| fact(t(|w| w.pay().review.card_fee), t(|w| w.pay().review.no_fee), None));
    view! {
        <dl class="pay-facts">
            {in_all}
            {receipt_number(payment.reference)}
            {no_fee}
            {fact(t(|w| w.pay().receipt.payer), Text::stored(payment.payer_name), None)}
            {is_charged.then(on_statement)}
            {timing.map(|timing| fact(t(|w| w.pay().review.when), timing, None))}
            {email.map(|email| fact(t(|w| w.pay().outcome.sent_to), Text::stored(email), None))}
            {list(left, |fact| fact)}
        </dl>
    }
}

/// What was charged, in one line, where it is not the total of the one bill above.
fn in_all(payment: &Payment) -> Option<AnyView> {
    let (bills, total, fee, charged) = (payment.shares.len(), payment.total, payment.fee, payment.charged);
    if bills == 1 && fee.is_zero() {
        return None;
    }
    let note = say(move |w| {
        let fee = (!fee.is_zero()).then(|| format::money(w.locale, fee));
        (w.pay().receipt.in_all_of)(bills, &format::money(w.locale, total), fee.as_deref())
    });
    Some(fact(t(|w| w.pay().receipt.in_all), say(move |w| format::money(w.locale, charged)), Some(note)))
}

/// What is left of a bill, and its due date for the calendar while that is to come.
fn still_owed(payment: &Payment, share: &PaymentShare, today: Date) -> AnyView {
    let (kind, leaves, due) = (share.kind, share.leaves, share.due);
    let (id, made) = (share.bill.clone(), payment.created_at);
    let link = (due >= today).then(|| {
        let address = say(move |w| {
            let what = format!("{}: {}", (w.pay().amount.kind)(kind), format::money(w.locale, leaves));
            calendar_file(&id, made, due, &what)
        });
        view! { <a class="pay-link" href=address download="due.ics">{t(|w| w.pay().receipt.to_calendar)}</a> }
    });
    view! {
        <div>
            <dt>{t(|w| w.pay().outcome.still_owed)}</dt>
            <dd>
                {say(move |w| (w.pay().outcome.owed_on)(&format::money(w.locale, leaves), (w.pay().amount.kind)(kind)))}
                <small>{say(move |w| (w.pay().outcome.due)(&format::long_date(w.locale, due), due < today))}</small>
                {link}
            </dd>
        </div>
    }
    .into_any()
}

/// The number that a person asks for, with a button that copies it where the browser can.
pub fn receipt_number(reference: String) -> AnyView {
    let (can_copy, is_copied) = (RwSignal::new(false), RwSignal::new(false));
    browser::effect(move |_| can_copy.set(browser::can_copy()));
    let text = reference.clone();
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            if browser::copy(&text).await {
                _ = is_copied.try_set(true);
            }
        });
    };
    let copied = say(move |w| if is_copied.get() { w.pay().receipt.copied.to_owned() } else { String::new() });
    view! {
        <div>
            <dt>{t(|w| w.pay().outcome.receipt_number)}</dt>
            <dd>{Text::stored(reference)}<small role="status">{copied}</small></dd>
            <dd class="pay-facts__do" hidden=move || !can_copy.get()>
                <button class="pay-link" type="button" on:click=copy>
                    {t(|w| w.pay().receipt.copy)}<span class="pay-hidden">{t(|w| w.pay().receipt.copy_what)}</span>
                </button>
            </dd>
        </div>
    }
    .into_any()
}

/// What a statement of the card or bank account calls the payment; nothing until the profile is here.
pub fn on_statement() -> AnyView {
    let deployment = Deployment::here();
    let name = Memo::new(move |_| deployment.portal().map(|portal| portal.statement_descriptor.clone()));
    dynamic(move || match name.get().filter(|name| !name.is_empty()) {
        Some(name) => fact(t(|w| w.pay().review.on_statement), Text::stored(name), None),
        None => ().into_any(),
    })
}

/// The day on which it counts as paid, and whether that is in time for the first of its bills.
pub fn timing_of(payment: &Payment) -> Option<Text> {
    timing(payment.counts_on?, &payment.shares.iter().map(|share| share.due).collect::<Vec<_>>())
}
