//! Coupon page.

use crate::{i18n::t, ui::Heading};
use leptos::prelude::*;

#[component]
pub fn CouponPage() -> impl IntoView {
    view! { <Heading words=t(|w| w.help.coupon_title)/> }
}
