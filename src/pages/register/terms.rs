//! The terms step of the registration: the terms in full, and a consent box that is never ticked in advance.

use super::Enrolment;
use crate::{
    api::Client,
    billing::REGISTERING,
    browser,
    form::Problems,
    i18n::{Language, say, sentence, t},
    navigation::Navigation,
    route::Enter,
    ui::{CheckField, Failure, FormState, Stepper, SubmitButton, dynamic, list, page_heading},
};
use contract::{FieldProblem, account::TERMS_VERSION};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

#[component]
pub fn RegisterTermsPage() -> impl IntoView {
    let enrolment = Enrolment::here();
    enrolment.arrive();
    enrolment.lead(|registration| !registration.is_sent, Enter::RegisterEmail);
    let (client, navigation, language) = (Client::here(), Navigation::here(), Language::here());
    let form = FormState::new([], |w, (), _| w.account().register.agree_missing.to_owned(), |()| "agree");
    let is_agreed = RwSignal::new(false);
    browser::effect(move |_| {
        let before = enrolment.here_now().and_then(|registration| registration.draft.terms_version);
        if before == Some(TERMS_VERSION) {
            is_agreed.set(true);
        }
    });
    let h1 = page_heading(form.title(|w| w.account().register.terms_title));
    form.revalidate_on_change(move || check(is_agreed.get()).err().unwrap_or_default());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if form.begin(check(is_agreed.get_untracked())).is_none() {
            return;
        }
        let client = client.clone();
        spawn_local(async move {
            if !enrolment.arrived().await {
                return form.is_busy.set(false);
            }
            let kept = enrolment.keep(&client, |draft| draft.terms_version = Some(TERMS_VERSION)).await;
            if form.end(kept, |_| None).is_some() {
                navigation.go(Enter::RegisterYou);
            }
        });
    };
    let sections = dynamic(move || list(language.words().legal().terms.sections, section));
    let failed = Signal::derive(move || enrolment.failed());
    view! {
        <div class="pay-journey">
            <div class="pay-journey__head">
                <Stepper steps=&REGISTERING step=2/>
                <h1 tabindex="-1" node_ref=h1>{t(|w| w.account().register.terms_title)}</h1>
                <p class="pay-lead">{say(|w| (w.account().register.terms_lead)(TERMS_VERSION))}</p>
                <Failure error=failed/>
                {form.notice()}
                {form.summary()}
            </div>
            <form class="pay-sheet" novalidate on:submit=submit>
                <div class="pay-stack">
                    {sections}
                    <p data-print="no">
                        <button class="pay-link" type="button" on:click=|_| browser::print()>{t(|w| w.account().register.print)}</button>
                    </p>
                    <hr class="pay-tear"/>
                    <CheckField id="agree" words=t(|w| w.account().register.agree) value=is_agreed error=form.error(())/>
                    <p class="pay-row"><SubmitButton words=t(|w| w.region.go_on) busy=form.is_busy arrow=true/></p>
                </div>
            </form>
        </div>
    }
}

fn check(is_agreed: bool) -> Result<(), Problems<()>> {
    let mut problems = Problems::default();
    if !is_agreed {
        problems.add((), FieldProblem::Unticked);
    }
    problems.or(Some(()))
}

fn section((title, text): &(&'static str, &'static str)) -> AnyView {
    view! { <section class="pay-stack pay-stack--tight"><h2>{*title}</h2><p>{sentence((*text).to_owned())}</p></section> }.into_any()
}
