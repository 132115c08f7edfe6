//! The account pages, one module each, and the layout they share: the sign-in guard (anybody else signs in first and
//! then returns here), the navigation, and one notice with a retry for what could not be fetched.
//!
//! A page fetches with [`Query`], and gives [`page`] its heading, its queries and its content.

pub mod balance;
pub mod bill;
pub mod bills;
pub mod closing;
pub mod history;
pub mod household;
pub mod methods;
pub mod notices;
pub mod overview;
mod parts;
pub mod pay;
mod payments;
pub mod profile;
mod query;
pub mod receipts;
pub mod security;
pub mod statement;
#[cfg(all(test, feature = "ssr"))]
mod tests;
mod total;

use crate::{
    browser,
    i18n::{Pick, Text, t},
    navigation::{Navigation, href},
    route::{Account, Enter, Pay, Records, Route, Settings},
    session::{CurrentSession, Session},
    ui::{Failure, Heading, Icon, Sign, list, reading_words},
};
use leptos::{
    ev::{FocusEvent, KeyboardEvent},
    html,
    prelude::*,
};
use query::{Query, QueryState};

/// Every page of the account. `head` is `heading`, and what else comes before what can fail.
fn page(route: Route, head: AnyView, queries: Vec<QueryState>, main: AnyView) -> AnyView {
    members_only(route.clone());
    let errors: Vec<_> = queries.iter().map(|query| query.error).collect();
    let error = Signal::derive(move || errors.iter().find_map(|error| error.get()));
    let retry = Callback::new(move |()| queries.iter().for_each(|query| query.ask.run(())));
    with_links(route, view! { {head} <Failure error words=reading_words on_retry=retry/> {main} }.into_any())
}

fn heading(title: Text, lead: Text) -> AnyView {
    view! { <div class="pay-stack pay-stack--tight"><Heading words=title/><p class="pay-lead">{lead}</p></div> }
        .into_any()
}

/// Redirects a user who is not signed in to the sign-in page, and back here afterwards.
fn members_only(route: Route) {
    let (session, navigation) = (CurrentSession::here(), Navigation::here());
    browser::effect(move |_| match session.get() {
        Session::Restoring => {}
        Session::Member(..) => browser::visit_is_on(),
        Session::Guest if browser::visit_was_lost() => navigation.replace_through(Enter::TimedOut, route.clone()),
        Session::Guest | Session::PendingSecondFactor(_) | Session::Payer(_) => {
            navigation.replace_through(Enter::SignIn, route.clone());
        }
    });
}

/// A page of the account's navigation.
#[derive(Clone)]
struct Place {
    route: Route,
    sign: Sign,
    words: Pick,
    /// At the foot of a phone's page, too; the rest is behind "More" there.
    is_in_bar: bool,
}

fn places() -> Vec<Place> {
    let place = |route: Route, sign, is_in_bar, words: Pick| Place { route, sign, words, is_in_bar };
    vec![
        place(Account::Overview.into(), Sign::House, true, |w| w.account().nav.overview),
        place(Account::Bills.into(), Sign::Bill, true, |w| w.account().nav.bills),
        place(Pay::Amount.into(), Sign::Dollar, true, |w| w.account().nav.pay),
        place(Account::History.into(), Sign::List, true, |w| w.account().nav.history),
        place(Records::Balance.into(), Sign::Coins, false, |w| w.account().balance.title),
        place(Settings::Methods.into(), Sign::Card, false, |w| w.account().methods.title),
        place(Records::Proof.into(), Sign::Folder, false, |w| w.account().nav.proof),
        place(Settings::Profile.into(), Sign::Person, false, |w| w.account().nav.profile),
        place(Settings::Security.into(), Sign::Shield, false, |w| w.account().nav.security),
    ]
}

/// The links to the pages of the account: beside the page where there is space, at its foot on a phone.
fn with_links(here: Route, main: AnyView) -> AnyView {
    // a page below another is that one's
    let here = if matches!(here, Route::Records(Records::Receipts(_))) { Records::Proof.into() } else { here };
    let is_of_bill = matches!(here, Route::Account(Account::Bill(_) | Account::Statement(_)));
    let here = if is_of_bill { Account::Bills.into() } else { here };
    let is_of_profile = matches!(here, Route::Settings(Settings::Close | Settings::Notices | Settings::Household));
    let here = if is_of_profile { Settings::Profile.into() } else { here };
    let (bar, rest): (Vec<Place>, Vec<Place>) = places().into_iter().partition(|place| place.is_in_bar);
    let is_in_rest = rest.iter().any(|place| place.route == here).then_some("true");
    let link = move |Place { route, sign, words, .. }: Place| {
        let current = (route == here).then_some("page");
        view! { <li><a href=href(route) aria-current=current><Icon sign/><span>{t(words)}</span></a></li> }.into_any()
    };
    let (more, opener) = (NodeRef::<html::Details>::new(), NodeRef::<html::Summary>::new());
    let close = move || {
        more.get_untracked().is_some_and(|more| more.has_attribute("open") && more.remove_attribute("open").is_ok())
    };
    let on_key = move |event: KeyboardEvent| {
        if let (true, Some(opener)) = (event.key() == "Escape" && close(), opener.get_untracked()) {
            browser::focus(opener);
        }
    };
    let on_leave = move |event: FocusEvent| {
        if more.get_untracked().is_some_and(|more| browser::is_leaving(&event, &more)) {
            close();
        }
    };
    let more = view! {
        <li>
            <details class="pay-bar__more" node_ref=more on:keydown=on_key on:focusout=on_leave>
                <summary data-current=is_in_rest node_ref=opener><Icon sign=Sign::More/><span>{t(|w| w.account().nav.more)}</span></summary>
                <ul>{list(rest, link.clone())}</ul>
            </details>
        </li>
    };
    view! {
        <div class="pay-account">
            <nav class="pay-rail" aria-label=t(|w| w.account().nav.label)><ul>{list(places(), link.clone())}</ul></nav>
            <div class="pay-account__main">{main}</div>
        </div>
        <nav class="pay-bar" aria-label=t(|w| w.account().nav.label)><ul>{list(bar, link)}{more}</ul></nav>
    }
    .into_any()
}
