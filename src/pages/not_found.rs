//! The page for an unknown address (404).

use crate::{
    i18n::t,
    navigation::href,
    route::{Read, Route},
    ui::{ButtonLink, Heading},
};
use leptos::prelude::*;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <div class="pay-journey">
            <div class="pay-journey__head">
                <Heading words=t(|w| w.failure().not_found_title)/>
                <p class="pay-lead">{t(|w| w.failure().not_found_lead)}</p>
            </div>
            <p class="pay-row">
                <ButtonLink to=Route::Home words=t(|w| w.home.title) main=true/>
                <a class="pay-link" href=href(Read::Help)>{t(|w| w.shell.all_contacts)}</a>
            </p>
        </div>
    }
}
