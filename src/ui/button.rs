//! Buttons: one primary button per view, and links that look like buttons.

use super::{Icon, Sign};
use crate::{i18n::Text, navigation::href, route::Route};
use leptos::prelude::*;

/// The main button of a form. While `busy` it is dimmed, does nothing and says so by its words.
#[component]
pub fn SubmitButton(
    words: Text,
    #[prop(optional)] busy_words: Option<Text>,
    #[prop(into, optional)] busy: Signal<bool>,
    /// With an arrow: leads to another page.
    #[prop(optional)]
    arrow: bool,
    /// As wide as the form.
    #[prop(optional)]
    full: bool,
) -> impl IntoView {
    let class = if full { "pay-button pay-button--main pay-button--full" } else { "pay-button pay-button--main" };
    let said = Text::derive(move || match busy_words {
        Some(busy_words) if busy.get() => busy_words.get(),
        _ => words.get(),
    });
    let is_busy = Signal::derive(move || busy.get().then(|| "true".to_owned()));
    view! {
        <button class=class type="submit" aria-busy=is_busy>
            <span>{said}</span>
            {arrow.then(|| view! { <Icon sign=Sign::Arrow/> })}
        </button>
    }
}

/// A link with a button's look.
#[component]
pub fn ButtonLink(
    #[prop(into)] to: Route,
    words: Text,
    #[prop(optional)] main: bool,
    #[prop(optional)] big: bool,
    #[prop(optional)] arrow: bool,
) -> impl IntoView {
    let class = match (main, big) {
        (true, true) => "pay-button pay-button--main pay-button--big",
        (true, false) => "pay-button pay-button--main",
        _ => "pay-button",
    };
    view! {
        <a class=class href=href(to)>
            <span>{words}</span>
            {arrow.then(|| view! { <Icon sign=Sign::Arrow/> })}
        </a>
    }
}
