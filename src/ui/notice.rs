//! A notice: icon, title, one sentence, at most one link or button. Put it into an element with `role="status"` (or
//! `alert`) that is on the page from the start, so that its appearing is read out.

use super::{Icon, Sign, with_phone};
use crate::i18n::Text;
use leptos::prelude::*;

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum NoticeKind {
    #[default]
    Plain,
    /// The member must act.
    Warn,
    /// Failed.
    Bad,
}

#[component]
pub fn Notice(
    #[prop(optional)] kind: NoticeKind,
    #[prop(optional)] sign: Option<Sign>,
    #[prop(optional)] title: Option<Text>,
    words: Text,
    /// A link or a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (name, usual) = match kind {
        NoticeKind::Plain => (None, Sign::Info),
        NoticeKind::Warn => (Some("warn"), Sign::Warning),
        NoticeKind::Bad => (Some("bad"), Sign::Alert),
    };
    view! {
        <div class="pay-notice" data-kind=name>
            <Icon sign=sign.unwrap_or(usual)/>
            <div>
                {title.map(|title| view! { <h2>{title}</h2> })}
                <p>{with_phone(words)}</p>
                {children.map(|children| children())}
            </div>
        </div>
    }
}
