//! The card or account input: the processor's frame or, if it was entered before in this visit, its brand and last four
//! digits.

use super::{FrameProblem, MethodState, kind_of};
use crate::{
    billing::{CaptureFrame, CaptureKind, CaptureSays, CaptureSource},
    browser,
    config::Deployment,
    i18n::{Language, Text, say, t},
    session::CurrentSession,
    ui::{Icon, Notice, NoticeKind, Sign, Waiting, dynamic},
};
use contract::payment::Method;
use gloo_timers::future::TimeoutFuture;
use leptos::{html, prelude::*, task::spawn_local};

/// How long the form may take before the page says that it did not come. One that comes later is shown all the same.
const PATIENCE_MILLIS: u32 = 10_000;

/// What came of asking the frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaptureResult {
    Token(String),
    /// It shows what is wrong, and has taken the focus.
    Wrong,
    Gone,
    /// Enter was pressed in it: on, as by the button.
    Enter,
}

#[component]
pub fn Frame(state: MethodState, kind: CaptureKind, captured: Callback<CaptureResult>) -> impl IntoView {
    let checkout = state.checkout;
    let known = Memo::new(move |_| {
        let draft = checkout.draft.get();
        draft.token.and(draft.method).filter(|method| kind_of(method) == kind)
    });
    let around = NodeRef::new();
    let inside = dynamic(move || match known.get() {
        Some(method) => known_method(state, method, around),
        None => fresh(state, kind, captured),
    });
    view! { <div node_ref=around>{inside}</div> }
}

fn known_method(state: MethodState, method: Method, around: NodeRef<html::Div>) -> AnyView {
    let forget = move |_| {
        state.checkout.edit(|draft| {
            draft.token = None;
            draft.method = None;
        });
        // the button is gone: on with the form that comes in its place
        request_animation_frame(move || {
            if let Some(around) = around.get_untracked() {
                browser::focus_field(&around, "capture");
            }
        });
    };
    let words = say(move |w| (w.pay().method.known)(&method));
    view! {
        <div class="pay-frame">
            <p><b>{words}</b></p>
            <p class="pay-note">{t(|w| w.pay().method.known_note)}</p>
            <p><button class="pay-link" type="button" on:click=forget>{t(|w| w.pay().method.other_details)}</button></p>
        </div>
    }
    .into_any()
}

fn fresh(state: MethodState, kind: CaptureKind, captured: Callback<CaptureResult>) -> AnyView {
    let (deployment, session, language) = (Deployment::here(), CurrentSession::here(), Language::here());
    let source = Memo::new(move |_| {
        let capture = deployment.portal()?.capture.clone();
        let binding = session.with(|session| session.access().map(|access| access.capture_binding.clone()))?;
        Some(CaptureSource { url: capture.url, origin: capture.origin, binding })
    });
    let is_ready = RwSignal::new(false);
    let is_tall = RwSignal::new(false);
    let (is_late, loads) = (RwSignal::new(false), RwSignal::new(0_u32));
    browser::effect(move |_| {
        let load = loads.get();
        spawn_local(async move {
            TimeoutFuture::new(PATIENCE_MILLIS).await;
            // the page may be gone, or the form asked for again
            if loads.try_get_untracked() == Some(load) {
                is_late.try_set(!is_ready.try_get_untracked().unwrap_or(true));
            }
        });
    });
    let load_again = move |_| {
        is_late.set(false);
        state.frame_problem.set(None);
        loads.update(|loads| *loads += 1);
    };
    let heard = Callback::new(move |says| match says {
        CaptureSays::Ready => {
            is_ready.set(true);
            is_late.set(false);
        }
        CaptureSays::Invalid => {
            is_tall.set(true);
            captured.run(CaptureResult::Wrong);
        }
        CaptureSays::Enter => captured.run(CaptureResult::Enter),
        CaptureSays::Unavailable => captured.run(CaptureResult::Gone),
        CaptureSays::Token { token } => captured.run(CaptureResult::Token(token)),
        CaptureSays::Unknown => {}
    });
    // a frame that never came up can't answer
    browser::effect(move |is_first| {
        state.asks.track();
        if !is_first && !is_ready.get_untracked() {
            is_late.set(true);
            captured.run(CaptureResult::Gone);
        }
    });
    let title: Text = match kind {
        CaptureKind::Bank => t(|w| w.pay().method.frame_bank),
        CaptureKind::Card => t(|w| w.pay().method.frame_card),
    };
    let locale = Text::derive(move || language.0.get().code().to_owned());
    let frame = dynamic(move || {
        loads.track();
        match source.get() {
            Some(source) => view! { <CaptureFrame kind source title locale asks=state.asks is_tall heard/> }.into_any(),
            None => view! { <Waiting rows=3/> }.into_any(),
        }
    });
    let late = dynamic(move || {
        if !is_late.get() {
            return ().into_any();
        }
        view! {
            <Notice kind=NoticeKind::Warn words=t(|w| w.pay().method.frame_late)>
                <p><button class="pay-link" id="capture-again" type="button" on:click=load_again>{t(|w| w.pay().method.frame_again)}</button></p>
            </Notice>
        }
        .into_any()
    });
    let status = say(move |w| match state.frame_problem.get() {
        Some(FrameProblem::Wrong) => w.pay().method.frame_wrong.to_owned(),
        _ if !is_ready.get() && !is_late.get() => w.pay().method.frame_waiting.to_owned(),
        _ => String::new(),
    });
    view! {
        <div class="pay-frame" role="group" aria-label=title>
            <div hidden=move || is_late.get()>{frame}</div>
            <div role="status">{late}</div>
            <p class="pay-hidden" role="status">{status}</p>
            <p class="pay-frame__cap">
                <Icon sign=Sign::Lock/>
                <span>{say(move |w| (w.pay().method.frame_says)(&deployment.brand()))}</span>
            </p>
        </div>
    }
    .into_any()
}
