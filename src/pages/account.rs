//! The account, a module a room: `overview` and `security`. Only a member gets in; anybody else signs in first and then lands here.

pub mod overview;
pub mod security;

use crate::{
    browser,
    i18n::{Pick, t},
    place::{Place, href},
    route::{Account, Pay, Route},
    session::{CurrentSession, Session},
    ui::{Icon, Sign, list},
};
use leptos::prelude::*;

/// Leads whoever is not signed in to signing in, and back here.
fn members_only(room: Account) {
    let (session, place) = (CurrentSession::here(), Place::here());
    browser::watch(move |_| {
        if matches!(session.0.get(), Session::Guest | Session::PendingSecondFactor(_) | Session::Payer(_)) {
            place.replace_with_sign_in(room.clone());
        }
    });
}

/// The rooms there are: beside the page when there is room, at its foot on a phone.
fn rooms(here: Account, main: AnyView) -> AnyView {
    let rooms: [(Route, Sign, Pick); 3] = [
        (Route::Account(Account::Overview), Sign::House, |w| w.account().overview.overview),
        (Route::Pay(Pay::Amount), Sign::Dollar, |w| w.account().overview.pay),
        (Route::Account(Account::Security), Sign::Shield, |w| w.account().overview.security),
    ];
    let here = Route::Account(here);
    let link = |(room, sign, words): (Route, Sign, Pick)| {
        let current = (room == here).then_some("page");
        view! { <li><a href=href(room) aria-current=current><Icon sign/><span>{t(words)}</span></a></li> }.into_any()
    };
    view! {
        <div class="pay-account">
            <nav class="pay-rail" aria-label=t(|w| w.account().overview.rooms)><ul>{list(rooms.clone(), link)}</ul></nav>
            <div class="pay-account__main">{main}</div>
        </div>
        <nav class="pay-bar" aria-label=t(|w| w.account().overview.rooms)><ul>{list(rooms, link)}</ul></nav>
    }
    .into_any()
}
