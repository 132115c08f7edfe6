//! Who pays, and where the receipt goes.

use super::{Choosing, Field};
use crate::{
    browser,
    i18n::{say, t},
    ui::{Keyboard, TextField, live},
};
use contract::Email;
use leptos::prelude::*;

#[component]
pub fn Who(choosing: Choosing) -> impl IntoView {
    let typo = move || {
        let meant = choosing.email.with(|email| Email::parse(email).ok()?.typo())?.to_string();
        let take = {
            let meant = meant.clone();
            move |event: leptos::ev::MouseEvent| {
                choosing.email.set(meant.clone());
                // the button goes
                browser::focus_field(&event_target(&event), "email");
            }
        };
        let words = say(move |w| (w.pay().method.email_typo)(&meant));
        Some(view! { <button class="pay-link" type="button" on:click=take>{words}</button> })
    };
    view! {
        <TextField id="payer-name" label=t(|w| w.pay().method.name) hint=t(|w| w.pay().method.name_hint) value=choosing.name
            error=choosing.form.error(Field::Name) keyboard=Keyboard { autocomplete: "name", ..Keyboard::default() }/>
        <TextField id="email" label=t(|w| w.pay().method.email) hint=t(|w| w.pay().method.email_hint) value=choosing.email
            error=choosing.form.error(Field::Email)
            keyboard=Keyboard { mode: "email", autocomplete: "email", width: "" }
            echo=Some(ViewFn::from(move || live(move || typo().into_any())))/>
    }
}
