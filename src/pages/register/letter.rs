//! The letter that confirms the address: where it went, again, or to another address. It says the same whether an account was
//! opened, or there was one already.

use super::Enrolment;
use crate::{
    api::Client,
    form::Problems,
    i18n::{say, t},
    route::Route,
    ui::{
        ButtonLink, ErrorSummary, Failure, FormState, Keyboard, Notice, REGISTERING, Stepper, TextField, arrive, live,
    },
};
use contract::{Email, account::ConfirmationLetter};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

#[component]
pub fn RegisterEmailPage() -> impl IntoView {
    let enrolment = Enrolment::here();
    enrolment.arrive();
    enrolment.lead(|registration| registration.is_sent, Route::RegisterYou);
    let client = Client::here();
    let email = RwSignal::new(String::new());
    let is_again = RwSignal::new(false);
    let form = FormState::new(|w, (), problem| (w.account().register.email_wrong)(problem), |()| "email");
    let h1 = arrive(say(move |w| {
        let title = w.account().register.email_title;
        if form.has_errors() { (w.shell.error_title)(title) } else { title.to_owned() }
    }));
    let lead = say(move |w| match enrolment.sent_to.get() {
        Some(to) => (w.account().register.email_lead)(&to),
        None => w.account().register.email_lead_unknown.to_owned(),
    });
    let check = move |email: &str| {
        let mut problems = Problems::default();
        let email = problems.check((), Email::parse(email));
        problems.or(email)
    };
    form.watch(move || check(&email.get()).err().unwrap_or_default());
    let send = move |to: Option<Email>| {
        let client = client.clone();
        is_again.set(false);
        spawn_local(async move {
            let letter = ConfirmationLetter { email: to.clone() };
            if form.end(client.send_confirmation(&letter).await, |_| Some(())).is_some() {
                is_again.set(true);
                if let Some(to) = to {
                    enrolment.sent_to.set(Some(to.to_string()));
                    email.set(String::new());
                    form.refused.set(0);
                }
            }
        });
    };
    let again = {
        let send = send.clone();
        move |_| {
            if form.begin(Ok(())).is_some() {
                send(None);
            }
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(to) = form.begin(check(&email.get_untracked())) {
            send(Some(to));
        }
    };
    let sent = live(move || {
        if is_again.get() {
            view! { <Notice words=t(|w| w.account().register.sent_again)/> }.into_any()
        } else {
            ().into_any()
        }
    });
    let failed = Signal::derive(move || enrolment.failed());
    view! {
        <div class="pay-journey">
            <div class="pay-journey__head">
                <Stepper steps=&REGISTERING step=4 is_sent=true/>
                <h1 tabindex="-1" node_ref=h1>{t(|w| w.account().register.email_title)}</h1>
                <p class="pay-lead">{lead} " " {t(|w| w.account().register.email_exists)}</p>
                <Failure error=failed/>
                {form.notice()}
                <div role="status" class="pay-live">{sent}</div>
                <ErrorSummary lines=form.lines() submits=form.refused/>
                <p class="pay-row"><ButtonLink to=Route::SignIn words=t(|w| w.account().register.sign_in_now) main=true/></p>
            </div>
            <section class="pay-sheet">
                <form class="pay-form" novalidate on:submit=submit>
                    <h2>{t(|w| w.account().register.not_there)}</h2>
                    <p><button class="pay-button" type="button" on:click=again>{t(|w| w.account().register.again)}</button></p>
                    <TextField id="email" label=t(|w| w.account().register.other_address) value=email error=form.error(())
                        keyboard=Keyboard { kind: "email", mode: "email", autocomplete: "email", width: "" }/>
                    <p><button class="pay-button" type="submit">{t(|w| w.account().register.send_there)}</button></p>
                </form>
            </section>
        </div>
    }
}
