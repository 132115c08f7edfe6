//! Help page.

use crate::{i18n::t, ui::Heading};
use leptos::prelude::*;

#[component]
pub fn HelpPage() -> impl IntoView {
    view! { <Heading words=t(|w| w.help.title)/> }
}
