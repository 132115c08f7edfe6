//! Review page.

use leptos::prelude::*;

#[component]
pub fn ReviewPage() -> impl IntoView {
    view! { <h1 tabindex="-1"></h1> }
}
