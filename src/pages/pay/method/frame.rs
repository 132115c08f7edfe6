//! The card or account input: the processor's frame or, if it was entered before in this visit, its brand and last four
//! digits, with the frame for its security code alone if that was wrong.

use super::MethodState;
use crate::{
    billing::{CaptureCard, CaptureResult, capture_form, focus_form, known_method},
    i18n::t,
    ui::dynamic,
};
use contract::payment::{Method, MethodKind};
use leptos::{html, prelude::*};

/// A card or account that was entered before.
#[derive(Clone, PartialEq)]
struct Known {
    token: String,
    method: Method,
    needs_code: bool,
}

#[component]
pub fn Frame(state: MethodState, kind: MethodKind, captured: Callback<CaptureResult>) -> impl IntoView {
    let checkout = state.checkout;
    let typed = Memo::new(move |_| {
        let draft = checkout.draft.get();
        let (token, method) = draft.token.zip(draft.method)?;
        (method.kind() == kind).then_some(Known { token, method, needs_code: draft.needs_code })
    });
    let around = NodeRef::new();
    let inside = dynamic(move || {
        let form = |card| capture_form(state.capture, kind, captured, around, card);
        match typed.get() {
            Some(Known { token, method, needs_code: true }) => {
                let card = CaptureCard { token, code_length: code_length(&method) };
                view! { {known(state, method, true, around)} {form(Some(card))} }.into_any()
            }
            Some(Known { method, .. }) => known(state, method, false, around),
            None => form(None),
        }
    });
    view! { <div class="pay-stack" node_ref=around>{inside}</div> }
}

fn code_length(method: &Method) -> usize {
    match method {
        Method::Card { brand, .. } => brand.security_code_length(),
        Method::Bank { .. } | Method::Balance | Method::Check | Method::Phone => 0,
    }
}

fn known(state: MethodState, method: Method, needs_code: bool, around: NodeRef<html::Div>) -> AnyView {
    let forget = move |()| {
        state.forget_method();
        focus_form(around);
    };
    let note = if needs_code { t(|w| w.pay().method.code_again) } else { t(|w| w.pay().method.known_note) };
    known_method(method, note, Callback::new(forget))
}
