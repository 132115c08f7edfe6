//! Links of the shell that depend on who is signed in: sign in, the account, sign out.

use crate::{
    i18n::{Text, say, t},
    navigation::{Navigation, href},
    route::{Account, Enter, Pay, Route},
    session::{CurrentSession, Session},
    ui::dynamic,
};
use leptos::prelude::*;

/// At the top of every page: sign in or the account, and the end of a session that there is.
#[component]
pub fn SessionLinks() -> impl IntoView {
    let (session, navigation) = (CurrentSession::here(), Navigation::here());
    let is_member = Memo::new(move |_| session.with(Session::is_member));
    let has_access = Memo::new(move |_| session.with(Session::has_access));
    let is_in_account = Memo::new(move |_| navigation.route().as_ref().is_some_and(Route::is_of_member));
    dynamic(move || {
        let way = if is_member.get() && is_in_account.get() {
            // its own bar leads there, and on a phone the way out needs the room
            ().into_any()
        } else if is_member.get() {
            view! { <a class="pay-top__link" href=href(Account::Overview)>{t(|w| w.shell.account)}</a> }.into_any()
        } else {
            view! {
                <a class="pay-top__link pay-top__wide" href=move || sign_in(navigation)>{t(|w| w.shell.sign_in)}</a>
            }
            .into_any()
        };
        let end = move |_| session.end();
        let leave = has_access.get().then(|| {
            view! {
                <button class="pay-top__link pay-link" type="button" on:click=end>{sign_out_label(session)}</button>
            }
        });
        view! { {way} {leave} }.into_any()
    })
}

/// At the foot of every page, where there is no room for it at the top.
#[component]
pub fn FooterSignIn() -> impl IntoView {
    let (session, navigation) = (CurrentSession::here(), Navigation::here());
    view! { <a class="pay-foot__way" href=move || sign_in(navigation) hidden=session.is_member()>{t(|w| w.shell.sign_in)}</a> }
}

/// From a step of paying, signing in returns to that step.
fn sign_in(navigation: Navigation) -> String {
    match navigation.route() {
        Some(Route::Pay(here)) => match here {
            Pay::Amount | Pay::Method | Pay::Review | Pay::Payment(_) => navigation.through(Enter::SignIn, here, ""),
            Pay::Find | Pay::Receipt => navigation.href(Enter::SignIn),
        },
        Some(
            Route::Home
            | Route::Region
            | Route::Read(_)
            | Route::Enter(_)
            | Route::Account(_)
            | Route::Records(_)
            | Route::Settings(_),
        )
        | None => navigation.href(Enter::SignIn),
    }
}

/// A member signs out; a payer without an account ends the visit.
pub fn sign_out_label(session: CurrentSession) -> Text {
    say(move |w| if session.with(Session::is_member) { w.shell.sign_out } else { w.shell.end_visit }.to_owned())
}
