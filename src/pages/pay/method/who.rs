//! The payer's name, and the e-mail address for the receipt.

use super::{Field, MethodState};
use crate::{
    browser,
    i18n::{say, t},
    ui::{Keyboard, TextField, dynamic},
};
use contract::Email;
use leptos::prelude::*;

#[component]
pub fn Who(state: MethodState) -> impl IntoView {
    let typo = move || {
        let meant = state.email.with(|email| Email::parse(email).ok()?.typo())?.to_string();
        let take = {
            let meant = meant.clone();
            move |event: leptos::ev::MouseEvent| {
                state.email.set(meant.clone());
                // the button goes
                browser::focus_field(&event_target(&event), "email");
            }
        };
        let words = say(move |w| (w.pay().method.email_typo)(&meant));
        Some(view! { <button class="pay-link" type="button" on:click=take>{words}</button> })
    };
    view! {
        <TextField id="payer-name" label=t(|w| w.pay().method.name) hint=t(|w| w.pay().method.name_hint) value=state.name
            error=state.form.error(Field::Name) keyboard=Keyboard { autocomplete: "name", ..Keyboard::default() }/>
        <TextField id="email" label=t(|w| w.pay().method.email) hint=t(|w| w.pay().method.email_hint) value=state.email
            error=state.form.error(Field::Email)
            keyboard=Keyboard { mode: "email", autocomplete: "email", width: "" }
            echo=Some(ViewFn::from(move || dynamic(move || typo().into_any())))/>
    }
}
