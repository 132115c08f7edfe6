//! Payment page.

use leptos::prelude::*;

#[component]
pub fn PaymentPage() -> impl IntoView {
    view! { <h1 tabindex="-1"></h1> }
}
