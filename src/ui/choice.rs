//! A radio button whose whole row is the click target. Put it into a `fieldset` whose legend is the question.

use super::fact_text;
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
                {note.map(|note| view! { <small>{fact_text(note)}</small> })}
            </span>
        </label>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_note_that_is_an_amount_is_left_alone_by_page_translators() {
        let html = |note: &'static str| {
            let (words, note) = (Text::stored("All of it".to_owned()), Some(Text::stored(note.to_owned())));
            view! { <Choice name="share" id=None words note chosen=Signal::stored(false) on_choose=Callback::new(|()| ())/> }
                .to_html()
        };
        Owner::new().with(|| {
            assert!(html("$89.36").contains("translate=\"no\""), "{}", html("$89.36"));
            assert!(!html("Choose how much").contains("translate"));
        });
    }
}
