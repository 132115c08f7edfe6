//! The payment method step: a card or a bank account, typed into the processor's own frame; who pays; where the receipt
//! goes.

mod frame;
mod kinds;
mod sums;
mod who;

use super::{amount::could_not_load, checkout::Checkout};
use crate::{
    api::Client,
    billing::{CaptureAsks, CaptureKind, PAYING, Slip},
    browser,
    error::ApiError,
    form::Problems,
    i18n::{Language, Words, say, t},
    navigation::{Navigation, href},
    route::Pay,
    session::CurrentSession,
    ui::{ErrorLine, ErrorSummary, Failure, FormState, Stepper, SubmitButton, dynamic, page_heading},
};
use contract::{
    Email, FieldProblem, PersonName,
    field_problem::plain_text,
    payment::{Method, PaymentToken},
    problem_details::ErrorCode,
    session::PersonView,
};
use frame::CaptureResult;
use kinds::{Kinds, bank_notice};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use sums::Sums;
use who::Who;

/// The fields of this page, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Method,
    Name,
    Email,
}

impl Field {
    fn id(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Name => "payer-name",
            Self::Email => "email",
        }
    }
    /// Of the draft as the server names it; what is in the frame is not in it.
    fn of_draft(name: &str) -> Option<Self> {
        match name {
            "payer_name" => Some(Self::Name),
            "email" => Some(Self::Email),
            _ => None,
        }
    }
    fn words(w: &'static Words, field: Self, problem: FieldProblem) -> String {
        match field {
            Self::Method => w.pay().method.choose.to_owned(),
            Self::Name => (w.problem.at)(w.pay().method.name, problem),
            Self::Email => (w.pay().method.email_wrong)(problem),
        }
    }
}

/// What the page and its parts share.
#[derive(Clone, Copy)]
struct MethodState {
    checkout: Checkout,
    kind: RwSignal<Option<CaptureKind>>,
    name: RwSignal<String>,
    email: RwSignal<String>,
    form: FormState<Field>,
    asks: RwSignal<CaptureAsks>,
    /// The form in the frame has something to put right, or is not there.
    frame_problem: RwSignal<Option<FrameProblem>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FrameProblem {
    Wrong,
    Gone,
}

impl MethodState {
    fn new() -> Self {
        let checkout = Checkout::here();
        let draft = checkout.draft.get_untracked();
        let (name, email) = (RwSignal::new(draft.payer_name), RwSignal::new(draft.email));
        if checkout.kind.get_untracked().is_none() {
            checkout.kind.set(draft.method.as_ref().map(kind_of));
        }
        Self {
            checkout,
            kind: checkout.kind,
            name,
            email,
            form: FormState::new([(Field::Name, name), (Field::Email, email)], Field::words, Field::id),
            asks: RwSignal::default(),
            frame_problem: RwSignal::new(None),
        }
    }

    /// Everything but what is in the frame. Tracks.
    fn check(self) -> Result<(), Problems<Field>> {
        let mut problems = Problems::default();
        if self.kind.with(Option::is_none) {
            problems.add(Field::Method, FieldProblem::Missing);
        }
        problems.check(Field::Name, self.name.with(|name| PersonName::parse(name)));
        self.email.with(|email| {
            if !email.trim().is_empty() {
                problems.check(Field::Email, plain_text(email).and_then(|()| Email::parse(email)));
            }
        });
        problems.or(Some(()))
    }

    /// What was typed enters the draft; only a change is an edit.
    fn keep_typed(self) {
        let (name, email) = (self.name.get_untracked(), self.email.get_untracked());
        if self.checkout.draft.with_untracked(|draft| draft.payer_name != name || draft.email != email) {
            self.checkout.edit(|draft| {
                draft.payer_name = name;
                draft.email = email;
            });
        }
    }
}

fn kind_of(method: &Method) -> CaptureKind {
    match method {
        Method::Bank { .. } => CaptureKind::Bank,
        Method::Card { .. } => CaptureKind::Card,
    }
}

#[component]
pub fn MethodPage() -> impl IntoView {
    let state = MethodState::new();
    let checkout = state.checkout;
    checkout.arrive();
    checkout.wait_for_what_was_sent();
    checkout.keep_edits();
    restore(state);
    let sums = Sums::of(state);
    // drawn anew when the bills can't be had, not when they are fetched again: what stands in the frame must not go
    let failed = Memo::new(move |_| checkout.bills.with(|bills| bills.error().cloned()));
    let has_errors = move || state.form.has_errors() || state.frame_problem.get().is_some();
    let title = |w: &'static Words| w.pay().method.title;
    let h1 =
        page_heading(say(move |w| if has_errors() { (w.shell.error_title)(title(w)) } else { title(w).to_owned() }));
    view! {
        <div class="pay-journey pay-journey--pair">
            <div class="pay-journey__head">
                <Stepper steps=&PAYING step=3 is_member=CurrentSession::here().is_member()/>
                <h1 tabindex="-1" node_ref=h1>{t(|w| w.pay().method.title)}</h1>
                <Summary state/>
            </div>
            {dynamic(move || match failed.get() {
                Some(error) => could_not_load(checkout, error),
                None => view! { <div class="pay-journey__body"><MethodForm state/></div> }.into_any(),
            })}
            <Slip lines=sums.lines() total=sums.charged()>
                <p><a class="pay-link" href=href(Pay::Amount)>{t(|w| w.pay().method.change_amounts)}</a></p>
            </Slip>
        </div>
    }
}

/// After a reload the draft comes later than the page; without anything chosen the step before comes first.
fn restore(state: MethodState) {
    let (checkout, navigation, session) = (state.checkout, Navigation::here(), CurrentSession::here());
    browser::effect(move |_| {
        if !checkout.is_restored.get() || checkout.bill_list().is_none() {
            return;
        }
        let draft = checkout.draft.get_untracked();
        if draft.shares.is_empty() || !checkout.is_chosen.get_untracked() {
            return navigation.replace(Pay::Amount);
        }
        if state.kind.get_untracked().is_none() {
            state.kind.set(draft.method.as_ref().map(kind_of));
        }
        // what a member has told is not asked again
        let person = session.with_untracked(|session| session.person().cloned());
        let known = |kept: String, own: fn(&PersonView) -> String| {
            if kept.is_empty() { person.as_ref().map(own).unwrap_or_default() } else { kept }
        };
        let name = known(draft.payer_name, |person| person.name.clone());
        let email = known(draft.email, |person| person.email.clone());
        for (typed, kept) in [(state.name, name), (state.email, email)] {
            if typed.with_untracked(String::is_empty) {
                typed.set(kept);
            }
        }
    });
    browser::effect(move |is_first| {
        state.name.track();
        state.email.track();
        if !is_first {
            state.keep_typed();
        }
    });
}

#[component]
fn MethodForm(state: MethodState) -> impl IntoView {
    let (checkout, navigation, client) = (state.checkout, Navigation::here(), Client::here());
    let go_on = {
        let client = client.clone();
        Callback::new(move |()| {
            state.keep_typed();
            state.form.is_busy.set(true);
            let client = client.clone();
            spawn_local(async move {
                let answer = checkout.keep(&client).await;
                // an order with such a field would be refused; anything else is kept again by the next step, with its
                // key
                if let Err(ApiError::Refused(details)) = &answer
                    && details.errors.iter().any(|error| Field::of_draft(&error.field).is_some())
                {
                    state.form.end(answer, Field::of_draft);
                    return;
                }
                state.form.is_busy.set(false);
                navigation.go(Pay::Review);
            });
        })
    };
    let submit = move || {
        if state.form.is_busy.get_untracked() {
            return;
        }
        if state.form.begin(untrack(|| state.check())).is_none() {
            state.frame_problem.set(None);
            return state.asks.update(|asks| asks.checks += 1);
        }
        let known = checkout.draft.with_untracked(|draft| {
            draft.token.is_some() && draft.method.as_ref().map(kind_of) == state.kind.get_untracked()
        });
        if known {
            go_on.run(());
        } else {
            state.frame_problem.set(None);
            state.asks.update(|asks| asks.submits += 1);
        }
    };
    let captured = Callback::new(move |captured: CaptureResult| match captured {
        CaptureResult::Enter => submit(),
        CaptureResult::Token(token) => {
            let (client, token) = (client.clone(), PaymentToken { token });
            spawn_local(async move {
                let answer = client.name_method(&token).await;
                // anyone who left the page meanwhile is not led on
                if state.form.is_busy.try_get_untracked() != Some(true) {
                    return;
                }
                let Some(method) = state.form.end(answer, |_| None) else { return };
                checkout.edit(|draft| {
                    draft.token = Some(token.token);
                    draft.method = Some(method);
                });
                go_on.run(());
            });
        }
        CaptureResult::Wrong => {
            state.form.is_busy.set(false);
            state.frame_problem.set(Some(FrameProblem::Wrong));
        }
        CaptureResult::Gone => {
            state.form.is_busy.set(false);
            state.frame_problem.set(Some(FrameProblem::Gone));
            state.form.refused.update(|n| *n += 1);
        }
    });
    browser::effect(move |_| {
        state.kind.track();
        state.frame_problem.set(None);
    });
    state.form.revalidate_on_change(move || state.check().err().unwrap_or_default());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        submit();
    };
    view! {
        <form class="pay-sheet" novalidate on:submit=on_submit>
            <div class="pay-stack pay-stack--roomy">
                <Kinds state captured/>
                {dynamic(move || bank_notice(state))}
                <Who state/>
                <Failure error=state.form.answer words=refused_words/>
                <p class="pay-row">
                    <SubmitButton words=t(|w| w.pay().method.go_on) busy_words=t(|w| w.pay().method.going_on) busy=state.form.is_busy/>
                </p>
            </div>
        </form>
    }
}

/// The server's own word about a token; everything else in the usual words.
fn refused_words(w: &'static Words, error: &ApiError, _: &str) -> Option<(String, String)> {
    let is_refused = error.code() == Some(ErrorCode::TokenRefused);
    is_refused.then(|| (w.pay().method.legend.to_owned(), w.pay().review.token_refused.to_owned()))
}

#[component]
fn Summary(state: MethodState) -> impl IntoView {
    let (language, typed) = (Language::here(), state.form.lines());
    let lines = Signal::derive(move || {
        let (w, mut lines) = (language.words(), typed.get());
        let words = state.frame_problem.get().map(|problem| match problem {
            FrameProblem::Gone => w.pay().method.frame_gone,
            FrameProblem::Wrong => w.pay().method.frame_wrong,
        });
        let id = if state.frame_problem.get() == Some(FrameProblem::Gone) { "capture-again" } else { "capture" };
        lines.extend(words.map(|words| ErrorLine { id: id.to_owned(), words: words.to_owned() }));
        lines
    });
    view! { <ErrorSummary lines submits=state.form.refused/> }
}
