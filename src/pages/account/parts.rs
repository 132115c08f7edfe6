//! Small parts that several pages of the account draw: a row of a sheet, what is new, and a chip that filters.

use crate::{
    i18n::{Text, t},
    ui::{Icon, Sign, list},
};
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
