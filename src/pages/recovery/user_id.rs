//! A forgotten user ID: anyone who shows a statement has it sent to the address on file. It says the same whether these
//! numbers are a member's or nobody's.

use super::one_way_on;
use crate::{
    api::Client,
    billing::{FindBill, TypedStatement, find_bill},
    i18n::{Language, t},
    route::Enter,
    ui::{Back, dynamic},
};
use contract::{account::UserIdReminder, session::BillLookup};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn ForgotUserIdPage() -> impl IntoView {
    let is_sent = RwSignal::new(false);
    let was_sent = Memo::new(move |_| is_sent.get());
    dynamic(move || {
        if was_sent.get() {
            one_way_on(
                t(|w| w.account().sign_in.reminded_title),
                t(|w| w.account().sign_in.reminded),
                Enter::SignIn,
                t(|w| w.account().sign_in.title),
            )
        } else {
            ask(is_sent)
        }
    })
}

fn ask(is_sent: RwSignal<bool>) -> AnyView {
    let (client, language) = (Client::here(), Language::here());
    let remind = Callback::new(move |typed: TypedStatement| {
        let BillLookup { region, identifiers } = typed.lookup.clone();
        let reminder = UserIdReminder { region, identifiers, locale: language.0.get_untracked() };
        let client = client.clone();
        spawn_local(async move {
            if typed.end(client.remind_of_user_id(&reminder).await).is_some() {
                is_sent.set(true);
            }
        });
    });
    let page = FindBill {
        above: view! { <Back to=Enter::SignIn words=t(|w| w.account().sign_in.title)/> }.into_any(),
        title: |w| w.account().sign_in.remind_title,
        lead: |w, fields| (w.account().sign_in.remind_lead)(fields),
        submit: |w| w.account().sign_in.remind_submit,
    };
    find_bill(page, remind)
}
