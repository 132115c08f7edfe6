//! `/account/pay`: an address that leads a member into paying, at the choice of bills. The steps are those of everybody
//! who pays (`pages::pay`), with what is known of the member filled in. A query names somebody whom the member pays
//! for, by an id that says nothing.

use super::page;
use crate::{
    browser,
    i18n::t,
    navigation::{FOR, Navigation},
    route::{Account, Pay},
    session::{CurrentSession, Session},
    ui::{Heading, Waiting},
};
use leptos::prelude::*;

/// `pay_for` is told whose bills are to be paid: nobody's but the member's own without a link.
#[component]
pub fn PayPage(pay_for: Callback<Option<String>>) -> impl IntoView {
    let (session, navigation) = (CurrentSession::here(), Navigation::here());
    browser::effect(move |_| {
        if session.with(Session::is_member) {
            // not tracked: the next page has another address, and this effect would run once more
            let address = untrack(|| navigation.address_here());
            let link = address.split_once(FOR).map(|(_, link)| link.split(['&', '#']).next().unwrap_or_default());
            let is_id = |link: &&str| link.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            pay_for.run(link.filter(is_id).map(str::to_owned));
            navigation.replace(Pay::Amount);
        }
    });
    let head = view! { <Heading words=t(|w| w.account().nav.pay)/> }.into_any();
    page(Account::Pay.into(), head, Vec::new(), view! { <Waiting/> }.into_any())
}
