//! The card or account input: the processor's frame or, if it was entered before in this visit, its brand and last four
//! digits, with the frame for its security code alone if that was wrong.

use super::MethodState;
use crate::{
    billing::{CaptureCard, CaptureResult, capture_form, focus_form},
    i18n::{say, t},
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
    let known = Memo::new(move |_| {
        let draft = checkout.draft.get();
        let (token, method) = draft.token.zip(draft.method)?;
        (method.kind() == kind).then_some(Known { token, method, needs_code: draft.needs_code })
    });
    let around = NodeRef::new();
    let inside = dynamic(move || {
        let form = |card| capture_form(state.capture, kind, captured, around, card);
        match known.get() {
            Some(Known { token, method, needs_code: true }) => {
                let card = CaptureCard { token, code_length: code_length(&method) };
                view! { {known_method(state, method, true, around)} {form(Some(card))} }.into_any()
            }
            Some(Known { method, .. }) => known_method(state, method, false, around),
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

fn known_method(state: MethodState, method: Method, needs_code: bool, around: NodeRef<html::Div>) -> AnyView {
    let forget = move |_| {
        state.forget_method();
        focus_form(around);
    };
    let words = say(move |w| (w.pay().method.known)(&method));
    let note = if needs_code { t(|w| w.pay().method.code_again) } else { t(|w| w.pay().method.known_note) };
    view! {
        <div class="pay-frame">
            <p><b>{words}</b></p>
            <p class="pay-note">{note}</p>
            <p><button class="pay-link" type="button" on:click=forget>{t(|w| w.pay().method.other_details)}</button></p>
        </div>
    }
    .into_any()
}
