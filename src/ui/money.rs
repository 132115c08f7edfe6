//! An amount of money in a line of text or a column.

use crate::i18n::{Language, Text, format};
use contract::Money;
use leptos::prelude::*;

#[component]
pub fn MoneyText(#[prop(into)] amount: Signal<Money>) -> impl IntoView {
    let language = Language::here();
    let words = Text::derive(move || format::money(language.0.get(), amount.get()));
    view! { <span class="pay-money">{words}</span> }
}
