//! Find your bill, to pay it: what is printed on the statement leads to a session that sees its bills.

use super::checkout::Checkout;
use crate::{
    api::Client,
    billing::{FindBill, PAYING, TypedStatement, find_bill, open_visit},
    browser,
    i18n::t,
    navigation::Navigation,
    route::Pay,
    session::{CurrentSession, Session},
    ui::{Notice, Stepper, dynamic},
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn FindPage() -> impl IntoView {
    let (checkout, client, session, navigation) =
        (Checkout::here(), Client::here(), CurrentSession::here(), Navigation::here());
    // anyone who is signed in has bills already
    browser::effect(move |_| {
        if session.with(Session::is_member) {
            navigation.replace(Pay::Amount);
        }
    });
    let look_up = Callback::new(move |typed: TypedStatement| {
        let client = client.clone();
        spawn_local(async move {
            let answer = client.look_up(&typed.lookup).await;
            let Some(view) = typed.end(answer) else { return };
            checkout.reset();
            session.accept(&view);
            // anyone who went elsewhere meanwhile stays there; a payment that was on its way when the last visit ended
            // comes first
            if navigation.is_at(Pay::Find) {
                navigation.go(if browser::unfinished_attempt().is_some() { Pay::Review } else { Pay::Amount });
            }
        });
    });
    let page = FindBill {
        above: view! { <Stepper steps=&PAYING step=1/> {open_visit()} {dynamic(move || find_first(checkout))} }
            .into_any(),
        title: |w| w.find().title,
        lead: |w, fields| (w.find().lead)(fields),
        submit: |w| w.find().submit,
    };
    on_cleanup(move || checkout.finds_first.set(false));
    find_bill(page, look_up)
}

/// Why a step of before leads here.
fn find_first(checkout: Checkout) -> AnyView {
    let notice = checkout.finds_first.get().then(|| {
        view! { <div role="status"><Notice words=t(|w| w.pay().amount.find_first)/></div> }
    });
    notice.into_any()
}
