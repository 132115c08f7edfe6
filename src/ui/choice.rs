//! A radio button whose whole row is the click target. Put it into a `fieldset` whose legend is the question.

use crate::i18n::Text;
use leptos::prelude::*;

#[component]
pub fn Choice(
    /// Name of the group.
    #[prop(into)]
    name: String,
    /// Id of the control, for error summaries.
    #[prop(optional_no_strip)]
    id: Option<String>,
    words: Text,
    /// One line of smaller words below.
    #[prop(optional_no_strip)]
    note: Option<Text>,
    #[prop(into)] chosen: Signal<bool>,
    on_choose: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="pay-choice">
            <input type="radio" name=name id=id prop:checked=chosen on:change=move |_| on_choose.run(())/>
            <span class="pay-choice__text">
                <b>{words}</b>
                {note.map(|note| view! { <small>{note}</small> })}
            </span>
        </label>
    }
}
