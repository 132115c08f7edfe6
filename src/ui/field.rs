//! One text field: label, hint, error, control, echo, wired together by ids. It holds no rule: the page says what is wrong.

use super::{Icon, Sign, live};
use crate::i18n::Text;
use leptos::prelude::*;

/// Which keys a phone shows, and what the browser may fill in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Keyboard {
    /// `text`, `email`.
    pub kind: &'static str,
    /// `numeric`, `text`, `decimal`, `email`.
    pub mode: &'static str,
    pub autocomplete: &'static str,
    /// The width says the length expected: `pay-input--4`, `--8`, `--14`, or empty for the whole line.
    pub width: &'static str,
}

impl Default for Keyboard {
    fn default() -> Self {
        Self { kind: "text", mode: "text", autocomplete: "off", width: "" }
    }
}

#[component]
pub fn TextField(
    #[prop(into)] id: String,
    label: Text,
    value: RwSignal<String>,
    /// The message with the field's name, or nothing.
    #[prop(into, optional)]
    error: Signal<Option<String>>,
    #[prop(optional)] hint: Option<Text>,
    #[prop(optional)] keyboard: Keyboard,
    /// Stands before the typed text, such as `$`.
    #[prop(optional)]
    affix: Option<&'static str>,
    #[prop(optional)] on_focus: Option<Callback<()>>,
    /// The field was left: the moment to check it, if the form checks live.
    #[prop(optional)]
    on_leave: Option<Callback<()>>,
    /// What stands below, always in the layout; its element has the id `{id}-echo`.
    #[prop(optional_no_strip)]
    echo: Option<ViewFn>,
) -> impl IntoView {
    let (hint_id, error_id, echo_id) = (format!("{id}-hint"), format!("{id}-error"), format!("{id}-echo"));
    let has_hint = hint.is_some();
    let has_echo = echo.is_some();
    let described_by = {
        let (hint_id, error_id, echo_id) = (hint_id.clone(), error_id.clone(), echo_id.clone());
        Signal::derive(move || {
            let parts = [
                has_hint.then_some(&hint_id),
                error.with(Option::is_some).then_some(&error_id),
                has_echo.then_some(&echo_id),
            ];
            let ids: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        })
    };
    let invalid = Signal::derive(move || error.with(Option::is_some).then(|| "true".to_owned()));
    let error_words = live(move || match error.get() {
        None => ().into_any(),
        Some(words) => {
            let id = error_id.clone();
            view! { <span class="pay-field__error" id=id><Icon sign=Sign::Alert/><span>{words}</span></span> }
                .into_any()
        }
    });
    let input = view! {
        <input
            class=format!("pay-input {}", keyboard.width)
            id=id.clone()
            name=id.clone()
            type=keyboard.kind
            inputmode=keyboard.mode
            autocomplete=keyboard.autocomplete
            autocapitalize="off"
            spellcheck="false"
            aria-describedby=described_by
            aria-invalid=invalid
            prop:value=value
            on:input=move |event| value.set(event_target_value(&event))
            // autofill of some browsers says only this
            on:change=move |event| value.set(event_target_value(&event))
            on:focus=move |_| if let Some(on_focus) = on_focus { on_focus.run(()) }
            on:blur=move |_| if let Some(on_leave) = on_leave { on_leave.run(()) }
        />
    };
    let control = match affix {
        Some(affix) => {
            view! { <span class="pay-affix"><span aria-hidden="true">{affix}</span>{input}</span> }.into_any()
        }
        None => input.into_any(),
    };
    view! {
        <div class="pay-field">
            <label class="pay-field__label" for=id.clone()>{label}</label>
            {hint.map(|hint| view! { <span class="pay-field__hint" id=hint_id>{hint}</span> })}
            {error_words}
            {control}
            {echo.map(|echo| view! { <span class="pay-field__echo" id=echo_id>{echo.run()}</span> })}
        </div>
    }
}
