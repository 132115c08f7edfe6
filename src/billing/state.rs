//! The state of a payment: an icon and a word, always both. Only what is paid is teal; waiting is no warning.

use crate::{
    i18n::{Words, say},
    ui::{Icon, Sign},
};
use contract::payment::PaymentState;
use leptos::prelude::*;

#[component]
pub fn State(state: PaymentState) -> impl IntoView {
    let (name, sign) = match state {
        PaymentState::Scheduled => ("scheduled", Sign::Calendar),
        PaymentState::Processing => ("processing", Sign::Clock),
        PaymentState::Paid => ("paid", Sign::Done),
        PaymentState::Failed => ("failed", Sign::Cross),
        PaymentState::Returned => ("returned", Sign::Return),
        PaymentState::Refunded => ("refunded", Sign::Return),
        PaymentState::Cancelled => ("cancelled", Sign::Cross),
    };
    let words = say(move |w| state_words(w, state).to_owned());
    view! { <span class="pay-state" data-state=name><Icon sign=sign/><span>{words}</span></span> }
}

/// What the state is called.
pub fn state_words(w: &'static Words, state: PaymentState) -> &'static str {
    let states = w.states();
    match state {
        PaymentState::Scheduled => states.scheduled,
        PaymentState::Processing => states.processing,
        PaymentState::Paid => states.paid,
        PaymentState::Failed => states.failed,
        PaymentState::Returned => states.returned,
        PaymentState::Refunded => states.refunded,
        PaymentState::Cancelled => states.cancelled,
    }
}
