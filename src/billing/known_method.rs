//! A card or an account that was typed before, in place of the form for it.

use crate::i18n::{Text, say, t};
use contract::payment::Method;
use leptos::prelude::*;

/// `forget` has the form come in its place.
pub fn known_method(method: Method, note: Text, forget: Callback<()>) -> AnyView {
    view! {
        <div class="pay-frame">
            <p><b>{say(move |w| (w.pay().method.known)(&method))}</b></p>
            <p class="pay-note">{note}</p>
            <p><button class="pay-link" type="button" on:click=move |_| forget.run(())>{t(|w| w.pay().method.other_details)}</button></p>
        </div>
    }
    .into_any()
}
