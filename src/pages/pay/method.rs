//! Method page.

use leptos::prelude::*;

#[component]
pub fn MethodPage() -> impl IntoView {
    view! { <h1 tabindex="-1"></h1> }
}
