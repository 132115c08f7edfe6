//! Find your bill: what is printed on the statement leads to a session that sees its bills.

use crate::{i18n::t, ui::Heading};
use leptos::prelude::*;

pub fn provide() {}

#[component]
pub fn FindPage() -> impl IntoView {
    view! { <Heading words=t(|w| w.find.title)/> }
}
