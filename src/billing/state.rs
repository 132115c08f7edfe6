//! The state of a payment: an icon and a word, always both. Only what is paid is teal; waiting is no warning.

use crate::{
    i18n::{Words, t},
    ui::{Icon, Sign},
};
use contract::payment::PaymentState;
use leptos::prelude::*;

#[component]
pub fn State(state: PaymentState) -> impl IntoView {
    let (name, sign, words): (_, _, fn(&'static Words) -> &'static str) = match state {
        PaymentState::Scheduled => ("scheduled", Sign::Calendar, |w| w.states().scheduled),
        PaymentState::Processing => ("processing", Sign::Clock, |w| w.states().processing),
        PaymentState::Paid => ("paid", Sign::Done, |w| w.states().paid),
        PaymentState::Failed => ("failed", Sign::Cross, |w| w.states().failed),
        PaymentState::Returned => ("returned", Sign::Return, |w| w.states().returned),
        PaymentState::Refunded => ("refunded", Sign::Return, |w| w.states().refunded),
        PaymentState::Cancelled => ("cancelled", Sign::Cross, |w| w.states().cancelled),
    };
    view! { <span class="pay-state" data-state=name><Icon sign=sign/><span>{t(words)}</span></span> }
}
