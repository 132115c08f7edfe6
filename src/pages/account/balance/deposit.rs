//! Adding money to the balance: how much, from a card or a bank account typed into the processor's frame, and then its
//! review, which has an address: Back leads from there to what was typed, and a reload shows it again.

mod steps;

use self::steps::Step;
use super::{
    Query,
    attempt::{DepositAttempt, checking, never_arrived},
    review::review,
};
use crate::{
    api::Client,
    billing::{CaptureAsk, CaptureProblem, CaptureResult, CaptureState, capture_form, focus_form, known_method},
    browser,
    config::Deployment,
    form::Problems,
    i18n::{Words, format, say, t},
    navigation::Navigation,
    ui::{Choice, ErrorSummary, FormState, Icon, Keyboard, Sign, SubmitButton, TextField, Waiting, dynamic},
};
use contract::{
    Amount, FieldProblem, Money,
    balance::Balance,
    field_problem::plain_text,
    payment::{CardFunding, Method, MethodKind, PaymentToken},
    portal::Limits,
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Amount,
    Method,
}

impl Field {
    fn id(self) -> &'static str {
        match self {
            Self::Amount => "deposit",
            Self::Method => "method",
        }
    }
}

#[derive(Clone, Copy)]
struct Deposit {
    deployment: StoredValue<Deployment>,
    client: StoredValue<Client>,
    amount: RwSignal<String>,
    kind: RwSignal<Option<MethodKind>>,
    form: FormState<Field>,
    capture: CaptureState,
    /// The card or account that was typed, by its token.
    known: RwSignal<Option<(String, Method)>>,
    /// What was kept is here, or can't be had.
    is_restored: RwSignal<bool>,
    navigation: Navigation,
    /// Takes the focus when the form or the review comes in place of the other.
    title: NodeRef<html::H2>,
}

/// In words, with the profile's least and most.
fn between(w: &'static Words, limits: Option<&Limits>, words: impl Fn(&str, &str) -> String) -> String {
    let money = |cents: i64| format::money(w.locale, Money::from_cents(cents).unwrap_or(Money::ZERO));
    limits.map_or(String::new(), |limits| words(&money(limits.min_deposit_cents), &money(limits.max_deposit_cents)))
}

impl Deposit {
    fn new() -> Self {
        let deployment = StoredValue::new(Deployment::here());
        let amount = RwSignal::new(String::new());
        let words = move |w: &'static Words, field, problem| match (field, problem) {
            (Field::Amount, FieldProblem::LooksLikeCard) => (w.problem.at)(w.account().balance.how_much, problem),
            (Field::Amount, _) => {
                let portal = deployment.with_value(Deployment::portal);
                let words =
                    |least: &str, most: &str| (w.account().balance.wrong)(w.account().balance.how_much, least, most);
                between(w, portal.as_ref().map(|portal| &portal.limits), words)
            }
            (Field::Method, FieldProblem::NotAllowed) => w.account().balance.no_health_card.to_owned(),
            (Field::Method, _) => w.pay().method.choose.to_owned(),
        };
        Self {
            deployment,
            client: StoredValue::new(Client::here()),
            amount,
            kind: RwSignal::new(None),
            form: FormState::new([(Field::Amount, amount)], words, Field::id),
            capture: CaptureState::default(),
            known: RwSignal::new(None),
            is_restored: RwSignal::new(false),
            navigation: Navigation::here(),
            title: NodeRef::new(),
        }
    }

    /// All but what is in the frame. Tracks.
    fn check(self) -> Result<Amount, Problems<Field>> {
        let limits = self.deployment.with_value(Deployment::portal).map(|portal| portal.limits.clone());
        let mut problems = Problems::default();
        let amount = self.amount.with(|text| {
            // a card number in the wrong box is named for what it is
            let amount = Amount::parse(text).map_err(|problem| plain_text(text).err().unwrap_or(problem))?;
            let cents = amount.money().cents();
            match &limits {
                Some(limits) if cents < limits.min_deposit_cents => Err(FieldProblem::TooSmall),
                Some(limits) if cents > limits.max_deposit_cents => Err(FieldProblem::TooLarge),
                _ => Ok(amount),
            }
        });
        let amount = problems.check(Field::Amount, amount);
        if self.kind.with(Option::is_none) {
            problems.add(Field::Method, FieldProblem::Missing);
        }
        problems.or(amount)
    }

    fn submit(self) {
        if self.form.is_busy.get_untracked() {
            return;
        }
        let is_right = self.form.begin(untrack(|| self.check())).is_some();
        if is_right && untrack(|| self.reviewed()).is_some() {
            return self.to_review();
        }
        self.capture.ask(if is_right { CaptureAsk::Submit } else { CaptureAsk::Check });
    }

    fn hear(self, result: CaptureResult) {
        let refuse = |problem| {
            self.form.is_busy.set(false);
            self.capture.problem.set(Some(problem));
            self.form.refused.update(|n| *n += 1);
        };
        match result {
            CaptureResult::Enter => self.submit(),
            CaptureResult::Token(token) => self.name(token),
            CaptureResult::Wrong(fields) => {
                self.form.is_busy.set(false);
                self.capture.problem.set(Some(CaptureProblem::Wrong(fields)));
            }
            CaptureResult::Changed(fields) => {
                self.capture.problem.set((!fields.is_empty()).then_some(CaptureProblem::Wrong(fields)));
            }
            CaptureResult::Gone => refuse(CaptureProblem::Gone),
            CaptureResult::Forgotten => refuse(CaptureProblem::Forgotten),
        }
    }

    fn name(self, token: String) {
        let client = self.client.get_value();
        spawn_local(async move {
            let token = PaymentToken { token };
            let answer = client.name_method(&token).await;
            // anyone who left the page meanwhile is not led on
            if self.form.is_busy.try_get_untracked() != Some(true) {
                return;
            }
            let Some(method) = self.form.end(answer, |_| None) else { return };
            if matches!(method, Method::Card { funding: CardFunding::HsaFsa, .. }) {
                let mut problems = Problems::default();
                problems.add(Field::Method, FieldProblem::NotAllowed);
                return self.form.refuse(problems);
            }
            self.form.is_busy.set(true);
            self.known.set(Some((token.token, method)));
            self.to_review();
        });
    }
}

#[component]
pub fn AddMoney(balance: Query<Balance>) -> impl IntoView {
    let (deposit, attempt) = (Deposit::new(), DepositAttempt::new());
    deposit.form.revalidate_on_change(move || deposit.check().err().unwrap_or_default());
    browser::effect(move |_| {
        deposit.kind.track();
        deposit.capture.problem.set(None);
    });
    deposit.restore();
    let step = Memo::new(move |_| deposit.step(attempt));
    browser::effect(move |is_first| {
        step.track();
        if is_first {
            return;
        }
        request_animation_frame(move || {
            if let Some(title) = deposit.title.try_get_untracked().flatten() {
                browser::focus_and_show(title);
            }
        });
    });
    dynamic(move || match step.get() {
        Step::Checking => checking(attempt),
        Step::Waiting => view! { <Waiting rows=6/> }.into_any(),
        Step::Review(reviewed) => {
            review(balance, attempt, reviewed, deposit.title, Callback::new(move |()| deposit.to_form()))
        }
        Step::Form => form(deposit, attempt),
    })
}

fn form(deposit: Deposit, attempt: DepositAttempt) -> AnyView {
    let lines = deposit.capture.with_lines(deposit.form.lines());
    let hint = say(move |w| {
        let portal = deposit.deployment.with_value(Deployment::portal);
        between(w, portal.as_ref().map(|portal| &portal.limits), w.account().balance.limits)
    });
    let keyboard = Keyboard { mode: "decimal", width: "pay-input--8", ..Keyboard::default() };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        deposit.submit();
    };
    view! {
        <form class="pay-sheet" aria-labelledby="add" novalidate on:submit=on_submit>
            <div class="pay-stack pay-stack--roomy">
                <h2 id="add" tabindex="-1" node_ref=deposit.title>{t(|w| w.account().balance.add)}</h2>
                <ErrorSummary lines submits=deposit.form.refused/>
                <TextField id=Field::Amount.id() label=t(|w| w.account().balance.how_much) value=deposit.amount
                    error=deposit.form.error(Field::Amount) hint keyboard affix="$"/>
                {kinds(deposit)}
                {deposit.form.notice()}
                {never_arrived(attempt)}
                <div class="pay-stack pay-stack--tight">
                    <SubmitButton words=t(|w| w.account().balance.review) busy_words=t(|w| w.pay().method.going_on)
                        busy=deposit.form.is_busy full=true/>
                    <p class="pay-note">{t(|w| w.account().balance.review_note)}</p>
                </div>
            </div>
        </form>
    }
    .into_any()
}

/// Two methods of one size, none chosen at first; each says when its money counts.
fn kinds(deposit: Deposit) -> AnyView {
    let choose = move |kind| Callback::new(move |()| deposit.kind.set(Some(kind)));
    let is = move |kind| Signal::derive(move || deposit.kind.get() == Some(kind));
    let days = move || {
        deposit.deployment.with_value(Deployment::portal).map_or(3, |portal| portal.limits.bank_debit_business_days)
    };
    let error = deposit.form.error(Field::Method);
    view! {
        <fieldset class="pay-stack">
            <legend class="pay-field__label">{t(|w| w.account().balance.from)}</legend>
            {dynamic(move || error.get().map(|words| {
                view! { <span class="pay-field__error" id="method-error"><Icon sign=Sign::Alert/><span>{words}</span></span> }
            }).into_any())}
            <div class="pay-choices pay-choices--two">
                <Choice name="method" id=Some("method".to_owned()) words=t(|w| w.pay().method.bank)
                    note=Some(say(move |w| (w.account().balance.bank_counts)(days())))
                    chosen=is(MethodKind::Bank) on_choose=choose(MethodKind::Bank)/>
                <Choice name="method" id=None words=t(|w| w.pay().method.card) note=Some(t(|w| w.account().balance.card_counts))
                    chosen=is(MethodKind::Card) on_choose=choose(MethodKind::Card)/>
            </div>
            <p class="pay-note">{t(|w| w.account().balance.no_health_card)}</p>
            {typed(deposit)}
        </fieldset>
    }
    .into_any()
}

/// The processor's form or, once it was typed, the card or account.
fn typed(deposit: Deposit) -> AnyView {
    let captured = Callback::new(move |result| deposit.hear(result));
    let known = Memo::new(move |_| {
        let (_, method) = deposit.known.get()?;
        (deposit.kind.get() == Some(method.kind())).then_some(method)
    });
    let around = NodeRef::new();
    let forget = Callback::new(move |()| {
        deposit.known.set(None);
        focus_form(around);
    });
    let inside = dynamic(move || match (deposit.kind.get(), known.get()) {
        (_, Some(method)) => known_method(method, t(|w| w.pay().method.known_note), forget),
        (Some(kind), None) => capture_form(deposit.capture, kind, captured, around, None),
        (None, None) => ().into_any(),
    });
    let is_hidden = move || deposit.kind.get().is_none();
    view! { <div class="pay-stack" hidden=is_hidden node_ref=around>{inside}</div> }.into_any()
}
