//! Form fields: label, hint, error, control and echo, connected by ids. They contain no validation rule: the page
//! passes the error in.

use super::{Icon, Sign, dynamic, list};
use crate::i18n::{Text, say};
use leptos::prelude::*;

/// Which keys a phone shows, and what the browser may fill in. The field itself is always one for text: the value of
/// `type=email` is not the text in the box (Chromium trims it, and writes domains as `xn--`), so writing it back while
/// somebody types scrambles what is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Keyboard {
    /// `numeric`, `text`, `decimal`, `email`.
    pub mode: &'static str,
    pub autocomplete: &'static str,
    /// The width says the length expected: `pay-input--8`, `--14`, or empty for the whole line.
    pub width: &'static str,
}

impl Default for Keyboard {
    fn default() -> Self {
        Self { mode: "text", autocomplete: "off", width: "" }
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
    let input = {
        let id = id.clone();
        move |wires: AriaLinks| {
            let input = view! {
                <input
                    class=format!("pay-input {}", keyboard.width)
                    id=id.clone()
                    name=id
                    type="text"
                    // a name from right to left is typed and shown so
                    dir="auto"
                    inputmode=keyboard.mode
                    autocomplete=keyboard.autocomplete
                    autocapitalize="off"
                    spellcheck="false"
                    aria-describedby=wires.described_by
                    aria-invalid=wires.invalid
                    prop:value=value
                    on:input=move |event| value.set(event_target_value(&event))
                    // autofill of some browsers says only this
                    on:change=move |event| value.set(event_target_value(&event))
                    on:focus=move |_| if let Some(on_focus) = on_focus { on_focus.run(()) }
                    on:blur=move |_| if let Some(on_leave) = on_leave { on_leave.run(()) }
                />
            };
            match affix {
                Some(affix) => {
                    view! { <span class="pay-affix"><span aria-hidden="true">{affix}</span>{input}</span> }.into_any()
                }
                None => input.into_any(),
            }
        }
    };
    frame(&id, label, error, hint, echo, Box::new(input))
}

/// A text of several lines, in any script.
#[component]
pub fn AreaField(
    #[prop(into)] id: String,
    label: Text,
    value: RwSignal<String>,
    #[prop(into)] error: Signal<Option<String>>,
    hint: Text,
) -> impl IntoView {
    let control = {
        let id = id.clone();
        move |wires: AriaLinks| {
            view! {
                <textarea class="pay-input" id=id.clone() name=id rows="4" dir="auto"
                    autocomplete="off" aria-describedby=wires.described_by aria-invalid=wires.invalid
                    prop:value=value on:input=move |event| value.set(event_target_value(&event))></textarea>
            }
            .into_any()
        }
    };
    frame(&id, label, error, Some(hint), None, Box::new(control))
}

/// A password: it can be shown, pasted and filled in by a manager.
#[component]
pub fn PasswordField(
    #[prop(into)] id: String,
    label: Text,
    value: RwSignal<String>,
    #[prop(into, optional)] error: Signal<Option<String>>,
    #[prop(optional_no_strip)] hint: Option<Text>,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
) -> impl IntoView {
    let is_shown = RwSignal::new(false);
    let input = {
        let id = id.clone();
        move |wires: AriaLinks| {
            let kind = Signal::derive(move || if is_shown.get() { "text" } else { "password" }.to_owned());
            let words = say(move |w| if is_shown.get() { w.shell.hide } else { w.shell.show }.to_owned());
            let pressed = Signal::derive(move || is_shown.get().to_string());
            let of = format!("{id}-label");
            let turn = move |_| is_shown.update(|is_shown| *is_shown = !*is_shown);
            view! {
                <span class="pay-reveal">
                    <input
                        class="pay-input"
                        id=id.clone()
                        name=id.clone()
                        type=kind
                        autocomplete=autocomplete
                        autocapitalize="off"
                        spellcheck="false"
                        aria-describedby=wires.described_by
                        aria-invalid=wires.invalid
                        prop:value=value
                        on:input=move |event| value.set(event_target_value(&event))
                        on:change=move |event| value.set(event_target_value(&event))
                    />
                    <button class="pay-button" type="button" id=format!("{id}-show") aria-pressed=pressed
                        aria-labelledby=format!("{id}-show {of}") on:click=turn>{words}</button>
                </span>
            }
            .into_any()
        }
    };
    frame(&id, label, error, hint, None, Box::new(input))
}

/// Beside a password, for password managers: the user ID that it belongs to, which is not asked. Nobody sees it or
/// comes to it.
#[component]
pub fn KnownUserId(user_id: Text) -> impl IntoView {
    view! {
        <input class="pay-hidden" type="text" autocomplete="username" readonly tabindex="-1" aria-hidden="true" prop:value=*user_id/>
    }
}

/// One of a list, where the list is long and known by heart, such as the states.
#[component]
pub fn SelectField(
    #[prop(into)] id: String,
    label: Text,
    value: RwSignal<String>,
    /// Value and words of each.
    options: Vec<(String, String)>,
    #[prop(into, optional)] error: Signal<Option<String>>,
    autocomplete: &'static str,
) -> impl IntoView {
    let control = {
        let id = id.clone();
        move |wires: AriaLinks| {
            let option = move |(code, words): (String, String)| {
                let is_chosen = {
                    let code = code.clone();
                    Signal::derive(move || value.with(|value| *value == code))
                };
                view! { <option value=code prop:selected=is_chosen>{words}</option> }.into_any()
            };
            view! {
                <span class="pay-select pay-input--8">
                    <select
                        class="pay-input"
                        id=id.clone()
                        name=id
                        autocomplete=autocomplete
                        aria-describedby=wires.described_by
                        aria-invalid=wires.invalid
                        on:change=move |event| value.set(event_target_value(&event))
                    >
                        <option value="" prop:selected=Signal::derive(move || value.with(String::is_empty))></option>
                        {list(options, option)}
                    </select>
                    <Icon sign=Sign::Down/>
                </span>
            }
            .into_any()
        }
    };
    frame(&id, label, error, None, None, Box::new(control))
}

/// A box to tick, never ticked for the member.
#[component]
pub fn CheckField(
    #[prop(into)] id: String,
    words: Text,
    value: RwSignal<bool>,
    #[prop(into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let error_id = format!("{id}-error");
    let (described_by, invalid) = (error_id.clone(), is_invalid(error));
    view! {
        <div class="pay-field">
            {error_line(error_id, error)}
            <label class="pay-check">
                <input type="checkbox" id=id.clone() name=id aria-describedby=described_by aria-invalid=invalid
                    prop:checked=value on:change=move |event| value.set(event_target_checked(&event))/>
                <span>{words}</span>
            </label>
        </div>
    }
}

/// What a control carries so that its label's surroundings are read out with it.
struct AriaLinks {
    described_by: Signal<Option<String>>,
    invalid: Signal<Option<String>>,
}

fn is_invalid(error: Signal<Option<String>>) -> Signal<Option<String>> {
    Signal::derive(move || error.with(Option::is_some).then(|| "true".to_owned()))
}

fn error_line(id: String, error: Signal<Option<String>>) -> AnyView {
    dynamic(move || match error.get() {
        None => ().into_any(),
        Some(words) => {
            let id = id.clone();
            view! { <span class="pay-field__error" id=id><Icon sign=Sign::Alert/><span>{crate::i18n::sentence(words)}</span></span> }
                .into_any()
        }
    })
}

/// Label, hint, error, control, echo. Boxed: one copy for every kind of control.
fn frame(
    id: &str,
    label: Text,
    error: Signal<Option<String>>,
    hint: Option<Text>,
    echo: Option<ViewFn>,
    control: Box<dyn FnOnce(AriaLinks) -> AnyView>,
) -> AnyView {
    let (hint_id, error_id, echo_id) = (format!("{id}-hint"), format!("{id}-error"), format!("{id}-echo"));
    let (has_hint, has_echo) = (hint.is_some(), echo.is_some());
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
    let control = control(AriaLinks { described_by, invalid: is_invalid(error) });
    view! {
        <div class="pay-field">
            <label class="pay-field__label" id=format!("{id}-label") for=id.to_owned()>{label}</label>
            {hint.map(|hint| view! { <span class="pay-field__hint" id=hint_id>{hint}</span> })}
            {error_line(error_id, error)}
            {control}
            {echo.map(|echo| view! { <span class="pay-field__echo" id=echo_id>{echo.run()}</span> })}
        </div>
    }
    .into_any()
}
