//! Home page.

use crate::{i18n::t, ui::Heading};
use leptos::prelude::*;

#[component]
pub fn HomePage() -> impl IntoView {
    view! { <Heading words=t(|w| w.home.title)/> }
}
