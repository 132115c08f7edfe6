//! Keeping a receipt: on paper, as a file, by e-mail.

use crate::{
    api::Client,
    browser,
    form::Problems,
    i18n::{say, t},
    ui::{FormState, Icon, Keyboard, Sign, TextField, download, dynamic, not_made},
};
use contract::{Email, payment::Payment};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

#[component]
pub fn Keep(payment: StoredValue<Payment>) -> impl IntoView {
    let client = Client::here();
    let is_open = RwSignal::new(false);
    let file = payment.with_value(|payment| client.receipt_address(&payment.id));
    view! {
        <PrintAndSave file>
            <button class="pay-button" type="button" aria-expanded=move || is_open.get().to_string()
                on:click=move |_| is_open.update(|is_open| *is_open = !*is_open)>
                <Icon sign=Sign::Envelope/><span>{t(|w| w.pay().outcome.email)}</span>
            </button>
        </PrintAndSave>
        {dynamic(move || is_open.get().then(|| view! { <ByEmail payment/> }).into_any())}
    }
}

/// The buttons for paper and file, and what else there is to do beside them.
#[component]
pub fn PrintAndSave(file: String, children: Children) -> impl IntoView {
    let file = Client::here().file(Signal::stored(file));
    let words = view! { <Icon sign=Sign::Download/><span>{t(|w| w.pay().outcome.save)}</span> };
    view! {
        <p class="pay-row" data-print="no">
            <button class="pay-button" type="button" on:click=move |_| browser::print()>
                <Icon sign=Sign::Print/><span>{t(|w| w.pay().outcome.print)}</span>
            </button>
            {download(file, "pay-button", words.into_any())}
            {children()}
        </p>
        {not_made(vec![file])}
    }
}

#[component]
fn ByEmail(payment: StoredValue<Payment>) -> impl IntoView {
    let client = Client::here();
    let (id, known) = payment.with_value(|payment| {
        (payment.id.clone(), payment.email.as_ref().map(ToString::to_string).unwrap_or_default())
    });
    let email = RwSignal::new(known);
    let sent_to = RwSignal::new(None::<String>);
    let form = FormState::new(
        [((), email)],
        |w, (), problem| (w.fields().email)(w.pay().outcome.email_label, problem),
        |()| "receipt-email",
    );
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let mut problems = Problems::default();
        let typed = problems.check((), email.with_untracked(|email| Email::parse(email)));
        sent_to.set(None);
        let Some(to) = form.begin(problems.or(typed)) else { return };
        let (client, id) = (client.clone(), id.clone());
        spawn_local(async move {
            let answer = client.email_receipt(&id, &to).await;
            if form.end(answer, |field| (field == "email").then_some(())).is_some() {
                sent_to.set(Some(to.to_string()));
            }
        });
    };
    let status = say(move |w| sent_to.get().map(|to| (w.pay().outcome.email_sent)(&to)).unwrap_or_default());
    view! {
        <form class="pay-stack" novalidate data-print="no" on:submit=send>
            <TextField id="receipt-email" label=t(|w| w.pay().outcome.email_label) value=email error=form.error(())
                keyboard=Keyboard { mode: "email", autocomplete: "email", width: "" }/>
            <p class="pay-row"><button class="pay-button" type="submit">{t(|w| w.pay().outcome.email_send)}</button></p>
            <p role="status">{status}</p>
            {form.notice()}
        </form>
    }
}
