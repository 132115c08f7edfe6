//! Register: says honestly that it comes with the account.

use crate::{
    i18n::t,
    ui::{ComesLater, Heading},
};
use leptos::prelude::*;

#[component]
pub fn RegisterPage() -> impl IntoView {
    view! { <ComesLater><Heading words=t(|w| w.account().register)/></ComesLater> }
}
