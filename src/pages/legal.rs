//! Terms, privacy and the accessibility statement: a heading, a lead, and sections.

use crate::{
    i18n::{Language, LegalPage, Words, say, sentence},
    route::Route,
    ui::{Back, Heading, dynamic, list},
};
use leptos::prelude::*;

#[component]
pub fn TermsPage() -> impl IntoView {
    legal(|w| &w.legal().terms)
}

#[component]
pub fn PrivacyPage() -> impl IntoView {
    legal(|w| &w.legal().privacy)
}

#[component]
pub fn AccessibilityPage() -> impl IntoView {
    legal(|w| &w.legal().accessibility)
}

fn legal(page: fn(&'static Words) -> &'static LegalPage) -> AnyView {
    let language = Language::here();
    let section = |(title, text): &(&'static str, &'static str)| {
        view! { <section class="pay-stack pay-stack--tight"><h2>{*title}</h2><p>{sentence((*text).to_owned())}</p></section> }.into_any()
    };
    let sections = dynamic(move || list(page(language.words()).sections, section));
    view! {
        <div class="pay-journey">
            <div class="pay-journey__head">
                <Back to=Route::Home words=say(|w| w.shell.home.to_owned())/>
                <Heading words=say(move |w| page(w).title.to_owned())/>
                <p class="pay-lead">{say(move |w| page(w).lead.to_owned())}</p>
            </div>
            <div class="pay-sheet"><div class="pay-stack">{sections}</div></div>
        </div>
    }
    .into_any()
}
