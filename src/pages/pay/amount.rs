//! Amount page.

use leptos::prelude::*;

#[component]
pub fn AmountPage() -> impl IntoView {
    view! { <h1 tabindex="-1"></h1> }
}
