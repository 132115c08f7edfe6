//! The payment method step: a card or a bank account, typed into the processor's own frame; who pays; where the receipt
//! goes.

mod balance;
mod frame;
mod kinds;
mod saved;
mod submit;
mod sums;
mod who;

use super::{
    amount::{could_not_load, slip_total},
    checkout::{Checkout, choice},
};
use crate::{
    billing::{CaptureResult, CaptureState, PAYING, Slip},
    browser,
    config::Deployment,
    error::ApiError,
    form::Problems,
    i18n::{Words, say, t},
    navigation::{Navigation, href},
    route::Pay,
    session::CurrentSession,
    ui::{ErrorSummary, Failure, FormState, Stepper, SubmitButton, dynamic, page_heading},
};
use balance::balance_box;
use contract::{
    Email, FieldProblem, Money, PersonName,
    bill::BillList,
    field_problem::plain_text,
    payment::{Method, MethodKind, PaymentDraft},
    problem_details::ErrorCode,
    session::PersonView,
};
use kinds::{Kinds, bank_notice};
use leptos::{ev::SubmitEvent, prelude::*};
use saved::{Saved, SavedChoices};
use submit::Submission;
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
            Self::Name => (w.fields().name)(w.pay().method.name, problem),
            Self::Email => (w.fields().email)(w.pay().method.email, problem),
        }
    }
}

/// What the page and its parts share.
#[derive(Clone, Copy)]
struct MethodState {
    checkout: Checkout,
    kind: RwSignal<Option<MethodKind>>,
    name: RwSignal<String>,
    email: RwSignal<String>,
    form: FormState<Field>,
    capture: CaptureState,
    saved: Saved,
    /// Of the chosen bills, without a fee.
    total: Signal<Option<Money>>,
    /// What a method pays at least.
    least: Signal<i64>,
}

impl MethodState {
    fn new() -> Self {
        let checkout = Checkout::here();
        let draft = checkout.draft.get_untracked();
        if checkout.kind.get_untracked().is_none() {
            checkout.kind.set(chosen_kind(&draft));
        }
        let deployment = Deployment::here();
        let least = move || deployment.portal().map_or(100, |portal| portal.limits.min_payment_cents);
        let least = Signal::derive(least);
        let total = slip_total(checkout, least);
        let (name, email) = (RwSignal::new(draft.payer_name), RwSignal::new(draft.email));
        Self {
            checkout,
            kind: checkout.kind,
            name,
            email,
            form: FormState::new([(Field::Name, name), (Field::Email, email)], Field::words, Field::id),
            capture: CaptureState::default(),
            saved: Saved::new(checkout),
            total,
            least,
        }
    }

    /// Everything but what is in the frame. Tracks.
    fn check(self) -> Result<(), Problems<Field>> {
        let mut problems = Problems::default();
        if self.kind.with(Option::is_none) && !self.saved.is_chosen() && !self.is_from_balance() {
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

    /// What was chosen and typed enters the draft, once that is here; only a change is an edit.
    fn keep_typed(self) {
        if !self.checkout.is_restored.get_untracked() {
            return;
        }
        let (name, email, kind) = (self.name.get_untracked(), self.email.get_untracked(), self.kind.get_untracked());
        let is_same =
            |draft: &PaymentDraft| draft.payer_name == name && draft.email == email && chosen_kind(draft) == kind;
        if !self.checkout.draft.with_untracked(is_same) {
            self.checkout.edit(|draft| (draft.payer_name, draft.email, draft.kind) = (name, email, kind));
        }
    }

    /// What was chosen was entered before, and nothing of it is to be typed again.
    fn has_method(self) -> bool {
        let kind = self.kind.get_untracked();
        if untrack(|| self.saved.is_chosen() || self.is_from_balance()) {
            return true;
        }
        self.checkout.draft.with_untracked(|draft| {
            draft.token.is_some() && !draft.needs_code && draft.method.as_ref().map(Method::kind) == kind
        })
    }

    /// What the balance pays, if that was chosen. Tracks.
    fn balance_pays(self) -> Money {
        let (total, least) = (self.total.get().unwrap_or(Money::ZERO), self.least.get());
        let of = |bills: &BillList| self.checkout.draft.with(|draft| choice::from_balance(bills, draft, total, least));
        self.checkout.bills.with(|bills| bills.value().map_or(Money::ZERO, of))
    }

    /// What it leaves to another method. Tracks.
    fn rest(self) -> Option<Money> {
        self.total.get()?.minus(self.balance_pays())
    }

    /// The balance pays all of it. Tracks.
    fn is_from_balance(self) -> bool {
        self.rest().is_some_and(Money::is_zero)
    }

    fn forget_method(self) {
        self.checkout.edit(|draft| (draft.token, draft.method, draft.needs_code) = (None, None, false));
    }
}

/// What was chosen last.
fn chosen_kind(draft: &PaymentDraft) -> Option<MethodKind> {
    let typed = || draft.method.as_ref().filter(|_| draft.saved_method.is_none()).map(Method::kind);
    draft.kind.or_else(typed)
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
    let has_errors = move || state.form.has_errors() || state.capture.problem.get().is_some();
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
            state.kind.set(chosen_kind(&draft));
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
        // chosen or typed before the draft came
        state.keep_typed();
    });
    browser::effect(move |is_first| {
        state.name.track();
        state.email.track();
        state.kind.track();
        if !is_first {
            state.keep_typed();
        }
    });
}

#[component]
fn MethodForm(state: MethodState) -> impl IntoView {
    let submission = Submission::new(state);
    let captured = Callback::new({
        let submission = submission.clone();
        move |result: CaptureResult| submission.hear(result)
    });
    browser::effect(move |_| {
        state.kind.track();
        state.capture.problem.set(None);
    });
    state.form.revalidate_on_change(move || state.check().err().unwrap_or_default());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        submission.submit();
    };
    let is_from_balance = Memo::new(move |_| state.is_from_balance());
    let bills = state.checkout.bills;
    let is_first = Memo::new(move |_| bills.with(|bills| bills.value().is_some_and(|bills| bills.balance_first)));
    let balance =
        move |at_first| dynamic(move || if is_first.get() == at_first { balance_box(state) } else { ().into_any() });
    // hidden, not gone: what stands in the frame is kept
    view! {
        <form class="pay-sheet" novalidate on:submit=on_submit>
            <div class="pay-stack pay-stack--roomy">
                {balance(true)}
                <div class="pay-stack pay-stack--roomy" hidden=move || is_from_balance.get()>
                    <SavedChoices state/>
                    <Kinds state captured/>
                    {dynamic(move || bank_notice(state))}
                </div>
                {balance(false)}
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
    let lines = state.capture.with_lines(state.form.lines());
    view! { <ErrorSummary lines submits=state.form.refused/> }
}
