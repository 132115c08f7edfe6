//! The icon for a bill's kind: always shown beside the text.

use crate::ui::{Icon, Sign};
use contract::bill::BillKind;
use leptos::prelude::*;

#[component]
pub fn BillMark(kind: BillKind) -> impl IntoView {
    let sign = match kind {
        BillKind::Professional => Sign::Stethoscope,
        BillKind::Hospital => Sign::Building,
        BillKind::Premium => Sign::Shield,
        BillKind::Household => Sign::Person,
    };
    view! { <span class="pay-mark"><Icon sign=sign/></span> }
}
