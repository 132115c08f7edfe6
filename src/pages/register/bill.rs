//! The first step of registering: the statement, which says whose account it is to be.

use crate::{
    api::Client,
    billing::{FindBill, REGISTERING, TypedStatement, find_bill},
    browser,
    navigation::Navigation,
    route::{Account, Enter},
    session::{CurrentSession, Session},
    ui::Stepper,
};
use leptos::{prelude::*, task::spawn_local};

/// `on_found`: a visit begins that knows nothing of what was being paid before.
#[component]
pub fn RegisterBillPage(on_found: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let (client, session, navigation) = (Client::here(), CurrentSession::here(), Navigation::here());
    browser::effect(move |_| {
        if session.with(Session::is_member) {
            navigation.replace(Account::Overview);
        }
    });
    let look_up = Callback::new(move |typed: TypedStatement| {
        let client = client.clone();
        spawn_local(async move {
            let answer = client.look_up(&typed.lookup).await;
            let Some(view) = typed.end(answer) else { return };
            on_found();
            session.accept(&view);
            // anyone who went elsewhere meanwhile stays there
            if navigation.is_at(Enter::RegisterBill) {
                navigation.go(Enter::RegisterTerms);
            }
        });
    });
    let page = FindBill {
        above: view! { <Stepper steps=&REGISTERING step=1/> }.into_any(),
        title: |w| w.account().register.bill_title,
        lead: |w, fields| (w.find().lead)(fields),
        submit: |w| w.account().register.bill_submit,
    };
    find_bill(page, look_up)
}
