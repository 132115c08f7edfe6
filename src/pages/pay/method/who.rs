//! Who pays, and where the receipt goes.

use super::{Choosing, Field};
use crate::{
    browser,
    i18n::{Language, Words, say, t},
    ui::{Keyboard, TextField, live},
};
use contract::{Email, Problem};
use leptos::prelude::*;

#[component]
pub fn Who(choosing: Choosing) -> impl IntoView {
    let language = Language::here();
    let error = move |field: Field, words: fn(&'static Words, Problem) -> String| {
        Signal::derive(move || {
            let problem = choosing.problems.with(|problems| problems.of(field))?;
            Some(words(language.words(), problem))
        })
    };
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
            error=error(Field::Name, |w, problem| (w.problem.at)(w.pay().method.name, problem)) keyboard=Keyboard { autocomplete: "name", ..Keyboard::default() }/>
        <TextField id="email" label=t(|w| w.pay().method.email) hint=t(|w| w.pay().method.email_hint) value=choosing.email
            error=error(Field::Email, |w, problem| (w.pay().method.email_wrong)(problem))
            keyboard=Keyboard { mode: "email", autocomplete: "email", width: "" }
            echo=Some(ViewFn::from(move || live(move || typo().into_any())))/>
    }
}
