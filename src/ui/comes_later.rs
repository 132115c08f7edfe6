//! The body of a page that waits for the account: what it will bring, and what can be done today.

use super::{Back, ButtonLink, Icon, Sign, list, live};
use crate::{
    i18n::{Language, t},
    route::Route,
};
use leptos::prelude::*;

/// `children` is the heading.
#[component]
pub fn ComesLater(children: Children) -> impl IntoView {
    let language = Language::here();
    let item = |words: &&'static str| view! { <li><Icon sign=Sign::Check/><span>{*words}</span></li> }.into_any();
    let adds = live(move || list(language.words().account().adds, item));
    view! {
        <div class="pay-signin">
            <Back to=Route::Home words=t(|w| w.shell.home)/>
            {children()}
            <p class="pay-lead">{t(|w| w.account().lead)}</p>
            <section class="pay-sheet">
                <div class="pay-stack">
                    <h2>{t(|w| w.account().adds_title)}</h2>
                    <ul class="pay-list">{adds}</ul>
                    <p class="pay-row"><ButtonLink to=Route::Find words=t(|w| w.account().meanwhile) main=true arrow=true/></p>
                </div>
            </section>
        </div>
    }
}
