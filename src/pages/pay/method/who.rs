//! Who pays, and where the receipt goes.

use super::{Choosing, Field};
use crate::{
    i18n::{Language, Pick, say, t},
    ui::{Keyboard, TextField, live},
};
use contract::Email;
use leptos::prelude::*;

#[component]
pub fn Who(choosing: Choosing) -> impl IntoView {
    let language = Language::here();
    let error = move |field: Field, label: Pick| {
        Signal::derive(move || {
            let problem = choosing.problems.with(|problems| problems.of(field))?;
            let w = language.words();
            Some((w.problem.at)(label(w), problem))
        })
    };
    let typo = move || {
        let meant = choosing.email.with(|email| Email::parse(email).ok()?.typo())?.to_string();
        let take = {
            let meant = meant.clone();
            move |_| choosing.email.set(meant.clone())
        };
        let words = say(move |w| (w.pay().method.email_typo)(&meant));
        Some(view! { <button class="pay-link" type="button" on:click=take>{words}</button> })
    };
    view! {
        <TextField id="payer-name" label=t(|w| w.pay().method.name) hint=t(|w| w.pay().method.name_hint) value=choosing.name
            error=error(Field::Name, |w| w.pay().method.name) keyboard=Keyboard { autocomplete: "name", ..Keyboard::default() }/>
        <TextField id="email" label=t(|w| w.pay().method.email) hint=t(|w| w.pay().method.email_hint) value=choosing.email
            error=error(Field::Email, |w| w.pay().method.email)
            keyboard=Keyboard { kind: "email", mode: "email", autocomplete: "email", width: "" }
            echo=Some(ViewFn::from(move || live(move || typo().into_any())))/>
    }
}
