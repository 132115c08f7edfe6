//! The placeholder for a page that can't be shown now: why, and a retry button.

use super::Heading;
use crate::i18n::{Text, t};
use leptos::prelude::*;

#[component]
pub fn Unavailable(title: Text, words: Text, on_retry: Callback<()>) -> impl IntoView {
    view! {
        <div class="pay-journey">
            <div class="pay-journey__head">
                <Heading words=title/>
                <p class="pay-lead">{words}</p>
            </div>
            <p class="pay-row">
                <button class="pay-button pay-button--main" type="button" on:click=move |_| on_retry.run(())>{t(|w| w.shell.try_again)}</button>
            </p>
        </div>
    }
    .into_any()
}
