//! Payment page.

use leptos::prelude::*;

#[component]
pub fn PaymentPage(id: String) -> impl IntoView {
    _ = id;
    view! { <h1 tabindex="-1"></h1> }
}
