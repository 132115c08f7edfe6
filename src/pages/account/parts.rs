//! Small parts that several pages of the account draw: a row of a sheet, what is new, where a bill
//! stands, and a chip that filters.

use crate::{
    i18n::{Text, format, say, t},
    ui::{Icon, Sign, list},
};
use contract::{Date, Money};
use leptos::prelude::*;

/// A row of a sheet: what it is, what is said of it, and an amount.
pub fn entry(what: Text, said: Vec<Text>, sum: Text, more: AnyView) -> AnyView {
    view! {
        <li>
            <div class="pay-rows__row">
                <div><b>{what}</b>{list(said, |said| view! { <small>{said}</small> }.into_any())}{more}</div>
                <div class="pay-rows__end"><span class="pay-money">{sum}</span></div>
            </div>
        </li>
    }
    .into_any()
}

/// A bill's amount, with what it is a part of, and where the bill stands.
pub fn owed_end(balance: Money, yours: Money, state: AnyView) -> AnyView {
    let of = (balance != yours).then(|| {
        view! { <small>{say(move |w| (w.account().bills.part_of)(&format::money(w.locale, yours)))}</small> }
    });
    view! { <span class="pay-money">{say(move |w| format::money(w.locale, balance))}</span> {of} {state} }.into_any()
}

/// Of an open bill: past due, also where only a part is on its way, or all of it on its way; nothing of any other.
pub fn open_state(is_late: bool, balance: Money, pending: Money) -> Option<AnyView> {
    if is_late && pending != balance {
        return Some(bill_state("late", Sign::Warning, t(|w| w.account().bills.past_due)));
    }
    (!pending.is_zero()).then(|| bill_state("processing", Sign::Clock, t(|w| w.account().bills.on_its_way)))
}

pub fn bill_state(name: &'static str, sign: Sign, words: Text) -> AnyView {
    view! { <span class="pay-state" data-state=name><Icon sign/><span>{words}</span></span> }.into_any()
}

/// When an open bill is or was due.
pub fn due_words(due: Date, is_late: bool) -> Text {
    say(move |w| {
        let day = format::short_date(w.locale, due);
        if is_late { (w.account().bills.was_due)(&day) } else { (w.account().overview.due)(&day) }
    })
}

/// Beside the name of a bill that came since the last visit.
pub fn new_mark() -> AnyView {
    view! { " "<span class="pay-new"><Icon sign=Sign::Next/>{t(|w| w.account().overview.new)}</span> }.into_any()
}

/// A link to the same page with another filter; the one that is chosen says so, and the page stays where it is.
pub fn chip(
    words: Text,
    href: impl Fn() -> String + Send + Sync + 'static,
    is_chosen: impl Fn() -> bool + Send + Sync + 'static,
) -> AnyView {
    let (href, current) = (Signal::derive(href), Signal::derive(move || is_chosen().then_some("true")));
    let link = view! { <a class="pay-chip" href=href aria-current=current><span>{words}</span></a> };
    // for the router
    link.attr("noscroll", "").into_any()
}
