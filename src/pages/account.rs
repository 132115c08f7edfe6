//! The account pages, one module each, and the layout they share: the sign-in guard (anybody else signs in first and
//! then returns here), the navigation, and one notice with a retry for what could not be fetched.
//!
//! A page fetches with [`Query`], and gives [`page`] its heading, its queries and its content.

pub mod overview;
pub mod profile;
mod query;
pub mod security;
#[cfg(all(test, feature = "ssr"))]
mod tests;

use crate::{
    browser,
    i18n::{Pick, Text, t},
    navigation::{Navigation, href},
    route::{Account, Enter, Pay, Route},
    session::{CurrentSession, Session},
    ui::{Failure, Heading, Icon, Sign, list},
};
use leptos::prelude::*;
use query::{Query, QueryState};

/// Every page of the account. `head` is `heading`, and what else comes before what can fail.
fn page(route: Account, head: AnyView, queries: Vec<QueryState>, main: AnyView) -> AnyView {
    members_only(route.clone());
    let errors: Vec<_> = queries.iter().map(|query| query.error).collect();
    let error = Signal::derive(move || errors.iter().find_map(|error| error.get()));
    let retry = Callback::new(move |()| queries.iter().for_each(|query| query.ask.run(())));
    with_links(route, view! { {head} <Failure error on_retry=retry/> {main} }.into_any())
}

fn heading(title: Text, lead: Text) -> AnyView {
    view! { <div class="pay-stack pay-stack--tight"><Heading words=title/><p class="pay-lead">{lead}</p></div> }
        .into_any()
}

/// Redirects a user who is not signed in to the sign-in page, and back here afterwards.
fn members_only(route: Account) {
    let (session, navigation) = (CurrentSession::here(), Navigation::here());
    browser::effect(move |_| match session.get() {
        Session::Restoring => {}
        Session::Member(..) => browser::visit_is_on(),
        Session::Guest if browser::visit_was_lost() => navigation.replace(Enter::TimedOut),
        Session::Guest | Session::PendingSecondFactor(_) | Session::Payer(_) => {
            navigation.replace_with_sign_in(route.clone());
        }
    });
}

/// The links to the pages of the account: beside the page where there is space, at its foot on a phone.
fn with_links(here: Account, main: AnyView) -> AnyView {
    let pages: [(Route, Sign, Pick); 4] = [
        (Route::Account(Account::Overview), Sign::House, |w| w.account().nav.overview),
        (Route::Pay(Pay::Amount), Sign::Dollar, |w| w.account().nav.pay),
        (Route::Account(Account::Profile), Sign::Person, |w| w.account().nav.profile),
        (Route::Account(Account::Security), Sign::Shield, |w| w.account().nav.security),
    ];
    let here = Route::Account(here);
    let link = |(route, sign, words): (Route, Sign, Pick)| {
        let current = (route == here).then_some("page");
        view! { <li><a href=href(route) aria-current=current><Icon sign/><span>{t(words)}</span></a></li> }.into_any()
    };
    view! {
        <div class="pay-account">
            <nav class="pay-rail" aria-label=t(|w| w.account().nav.label)><ul>{list(pages.clone(), link)}</ul></nav>
            <div class="pay-account__main">{main}</div>
        </div>
        <nav class="pay-bar" aria-label=t(|w| w.account().nav.label)><ul>{list(pages, link)}</ul></nav>
    }
    .into_any()
}
