//! One of several: the whole row is the target. It stands in a `fieldset` that names the question.

use crate::i18n::Text;
use leptos::prelude::*;

#[component]
pub fn Choice(
    /// Name of the group.
    name: &'static str,
    /// Id of the control, for error summaries.
    #[prop(into, optional)]
    id: Option<String>,
    words: Text,
    /// One line of smaller words below.
    #[prop(optional)]
    note: Option<Text>,
    #[prop(into)] chosen: Signal<bool>,
    on_choose: Callback<()>,
    /// Id of the group's error while there is one.
    #[prop(into, optional)]
    described_by: Option<Signal<Option<String>>>,
) -> impl IntoView {
    let described = move || described_by.and_then(|by| by.get());
    view! {
        <label class="pay-choice">
            <input
                type="radio"
                name=name
                id=id
                prop:checked=chosen
                aria-describedby=described
                on:change=move |_| on_choose.run(())
            />
            <span class="pay-choice__text">
                <b>{words}</b>
                {note.map(|note| view! { <small>{note}</small> })}
            </span>
        </label>
    }
}
