//! `/account/pay`: an address that leads a member into paying, at the choice of bills. The steps are those of everybody
//! who pays (`pages::pay`), with what is known of the member filled in.

use super::page;
use crate::{
    browser,
    i18n::t,
    navigation::Navigation,
    route::{Account, Pay},
    session::{CurrentSession, Session},
    ui::{Heading, Waiting},
};
use leptos::prelude::*;

#[component]
pub fn PayPage() -> impl IntoView {
    let (session, navigation) = (CurrentSession::here(), Navigation::here());
    browser::effect(move |_| {
        if session.with(Session::is_member) {
            navigation.replace(Pay::Amount);
        }
    });
    let head = view! { <Heading words=t(|w| w.account().nav.pay)/> }.into_any();
    page(Account::Pay.into(), head, Vec::new(), view! { <Waiting/> }.into_any())
}
