//! The error summary of a form, between the `h1` and the form. It takes the focus when it appears on submit, because
//! that is where a screen reader and a keyboard go on from; each line links to its field.

use super::{Icon, Sign, dynamic, list};
use crate::{
    browser,
    i18n::{Text, say},
};
use leptos::{html, prelude::*};

/// Id of the field, and the words that stand there too.
#[derive(Clone, PartialEq, Eq)]
pub struct ErrorLine {
    pub id: String,
    pub words: String,
}

/// `submits` counts the submits that failed: each one brings the focus here.
#[component]
pub fn ErrorSummary(
    #[prop(into)] lines: Signal<Vec<ErrorLine>>,
    #[prop(into)] submits: Signal<u32>,
    /// In place of how many there are.
    #[prop(optional)]
    title: Option<Text>,
    /// A sentence below; an empty one is none.
    #[prop(optional)]
    note: Option<Text>,
) -> impl IntoView {
    let summary = NodeRef::<html::Div>::new();
    browser::effect(move |is_first| {
        submits.track();
        if let Some(summary) = summary.get_untracked().filter(|_| !is_first) {
            browser::focus_and_show(summary);
        }
    });
    let is_empty = Signal::derive(move || lines.with(Vec::is_empty));
    let title = title.unwrap_or_else(|| say(move |w| (w.shell.problems)(lines.with(Vec::len))));
    let line = move |line: ErrorLine| {
        let id = line.id.clone();
        let go = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            if let Some(summary) = summary.get_untracked() {
                browser::focus_field(&summary, &id);
            }
        };
        view! { <li><a href=format!("#{}", line.id) on:click=go>{crate::i18n::sentence(line.words)}</a></li> }
            .into_any()
    };
    view! {
        <div
            class="pay-errors"
            role="group"
            aria-labelledby="pay-errors-title"
            tabindex="-1"
            node_ref=summary
            hidden=is_empty
        >
            <h2 id="pay-errors-title"><Icon sign=Sign::Alert/><span>{title}</span></h2>
            <ul>{dynamic(move || list(lines.get(), line))}</ul>
            {note.map(|note| view! { <p class="pay-note" hidden=Signal::derive(move || note.with(String::is_empty))>{note}</p> })}
        </div>
    }
}
