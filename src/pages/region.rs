//! Region page.

use crate::{i18n::t, ui::Heading};
use leptos::prelude::*;

#[component]
pub fn RegionPage() -> impl IntoView {
    view! { <Heading words=t(|w| w.region.title)/> }
}
