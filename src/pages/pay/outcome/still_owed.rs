//! After a payment of a member who pays for others: what is owed still, by them and by the member. Each person's bills
//! are a payment of their own, so the next one is one press away.

use crate::{
    api::Client,
    browser,
    fetched::Fetched,
    i18n::{Text, format, say, t},
    navigation::{FOR, Navigation, href},
    route::Account,
    session::{CurrentSession, Session},
    ui::{dynamic, list},
};
use contract::{Money, bill::account::AccountBills};
use leptos::{prelude::*, task::spawn_local};

/// Nothing until it is known, and for anyone who pays for nobody else.
pub fn still_owed() -> AnyView {
    let (client, session) = (Client::here(), CurrentSession::here());
    let bills = Fetched::<AccountBills>::at_first();
    browser::effect(move |_| {
        let client = client.clone();
        if session.with(Session::is_member) {
            spawn_local(async move {
                if let Ok(found) = client.account_bills("").await {
                    // the page may have been left
                    _ = bills.try_set(Fetched::Here(found));
                }
            });
        }
    });
    dynamic(move || {
        if !session.with(Session::is_member) {
            return ().into_any();
        }
        bills.with(|bills| bills.value().map(links)).unwrap_or_else(|| ().into_any())
    })
}

fn links(bills: &AccountBills) -> AnyView {
    let is_owed = |owed: Money, pending: Money| owed.minus(pending).filter(|left| !left.is_zero());
    let link = |address: String, words: Text| view! { <a class="pay-button" href=address>{words}</a> }.into_any();
    let others = bills.household.iter().filter_map(|person| {
        let (left, name) = (is_owed(person.owed, person.pending)?, person.name.clone());
        let words =
            say(move |w| format!("{}: {}", (w.account().household.pay_for)(&name), format::money(w.locale, left)));
        Some(link(Navigation::here().href_with(Account::Pay, &format!("{FOR}{}", person.id)), words))
    });
    let own = is_owed(bills.owed, bills.pending).filter(|_| !bills.household.is_empty()).map(|left| {
        let words = say(move |w| format!("{}: {}", w.account().household.own_bills, format::money(w.locale, left)));
        link(href(Account::Pay), words)
    });
    let links: Vec<AnyView> = own.into_iter().chain(others).collect();
    if links.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="pay-stack pay-stack--tight" data-print="no">
            <p>{t(|w| w.account().household.each_apart)}</p>
            <p class="pay-row">{list(links, |link| link)}</p>
        </section>
    }
    .into_any()
}
