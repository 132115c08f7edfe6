//! Getting money back: how much, and then one more question before it is sent. Its key is made with the question:
//! pressed again, it is the same refund.

use super::Query;
use crate::{
    api::Client,
    attempt::is_definite,
    browser,
    error::ApiError,
    fetched::Fetched,
    form::Problems,
    i18n::{Words, format, say, t},
    ui::{Failure, FormState, Keyboard, Notice, NoticeKind, SubmitButton, TextField, dynamic},
};
use contract::{
    Amount, FieldProblem, IdempotencyKey, Money,
    balance::{Balance, RefundOrder},
    field_problem::plain_text,
    problem_details::ErrorCode,
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Amount,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    /// So much is on its way.
    Sent(Money),
    /// Refused: something else had used the balance meanwhile.
    Refused,
}

#[derive(Clone, Copy)]
struct Refund {
    balance: Query<Balance>,
    client: StoredValue<Client>,
    amount: RwSignal<String>,
    form: FormState<Field>,
    /// What is asked once more.
    asked: RwSignal<Option<(Amount, IdempotencyKey)>>,
    /// It was sent, and whether it arrived is not known: nothing else is asked for until that is.
    is_unsure: RwSignal<bool>,
    /// What became of the last one.
    done: RwSignal<Option<Done>>,
    /// Takes the focus when the button that had it is gone.
    title: NodeRef<html::H2>,
}

impl Refund {
    fn new(balance: Query<Balance>) -> Self {
        let amount = RwSignal::new(String::new());
        let words = move |w: &'static Words, Field::Amount, problem| match problem {
            FieldProblem::LooksLikeCard => (w.problem.at)(w.account().balance.back_amount, problem),
            _ => (w.account().balance.back_wrong)(&format::money(w.locale, balance.of(|balance| balance.refundable))),
        };
        Self {
            balance,
            client: StoredValue::new(Client::here()),
            amount,
            form: FormState::new([(Field::Amount, amount)], words, |Field::Amount| "refund"),
            asked: RwSignal::new(None),
            is_unsure: RwSignal::new(false),
            done: RwSignal::new(None),
            title: NodeRef::new(),
        }
    }

    fn most(self) -> Money {
        self.balance.of(|balance| balance.refundable)
    }

    /// Tracks.
    fn check(self) -> Result<Amount, Problems<Field>> {
        let mut problems = Problems::default();
        let amount = self.amount.with(|text| {
            // a card number in the wrong box is named for what it is
            let amount = Amount::parse(text).map_err(|problem| plain_text(text).err().unwrap_or(problem))?;
            if amount.money() > self.most() { Err(FieldProblem::TooLarge) } else { Ok(amount) }
        });
        let amount = problems.check(Field::Amount, amount);
        problems.or(amount)
    }

    fn ask(self, event: &SubmitEvent) {
        event.prevent_default();
        let amount = self.form.begin(untrack(|| self.check()));
        self.form.is_busy.set(false);
        if let Some((amount, key)) = amount.zip(browser::random_key()) {
            self.done.set(None);
            self.turn_to(Some((amount, key)));
        }
    }

    fn turn_to(self, asked: Option<(Amount, IdempotencyKey)>) {
        self.asked.set(asked);
        if let Some(title) = self.title.try_get_untracked().flatten() {
            browser::focus(title);
        }
    }

    fn send(self, (amount, key): (Amount, IdempotencyKey)) {
        if self.form.is_busy.get_untracked() {
            return;
        }
        self.form.is_busy.set(true);
        self.form.answer.set(None);
        let client = self.client.get_value();
        spawn_local(async move {
            let answer = client.refund_credit(&RefundOrder { amount }, &key).await;
            // the page may have been left: the statement shows it
            if self.form.is_busy.try_get_untracked().is_none() {
                return;
            }
            let is_refused = answer.as_ref().err().and_then(ApiError::code) == Some(ErrorCode::OrderRefused);
            self.is_unsure.set(answer.as_ref().is_err_and(|error| !is_definite(error)));
            let field = |path: &str| (path == "amount").then_some(Field::Amount);
            if let Some(balance) = self.form.end(answer, field) {
                self.form.reset();
                self.amount.set(String::new());
                self.balance.answered(Fetched::Here(balance));
                self.done.set(Some(Done::Sent(amount.money())));
                self.turn_to(None);
            } else if is_refused {
                self.form.reset();
                self.done.set(Some(Done::Refused));
                self.balance.refresh();
                self.turn_to(None);
            }
        });
    }
}

/// Only where something can go back, or was just sent.
#[component]
pub fn GetMoneyBack(balance: Query<Balance>) -> impl IntoView {
    let refund = Refund::new(balance);
    refund.form.revalidate_on_change(move || refund.check().err().unwrap_or_default());
    let is_shown = Memo::new(move |_| !refund.most().is_zero() || refund.done.with(Option::is_some));
    let step = move || match refund.asked.get() {
        Some(asked) => once_more(refund, asked),
        None => form(refund),
    };
    dynamic(move || {
        if !is_shown.get() {
            return ().into_any();
        }
        view! {
            <section class="pay-sheet" aria-labelledby="back">
                <div class="pay-stack pay-stack--roomy">
                    <h2 id="back" tabindex="-1" node_ref=refund.title>{t(|w| w.account().balance.back)}</h2>
                    {done(refund)}
                    {dynamic(step)}
                </div>
            </section>
        }
        .into_any()
    })
}

fn done(refund: Refund) -> AnyView {
    let notice = dynamic(move || match refund.done.get() {
        Some(Done::Sent(sum)) => {
            let words = say(move |w| (w.account().balance.back_done)(&format::money(w.locale, sum)));
            view! { <Notice kind=NoticeKind::Plain words/> }.into_any()
        }
        Some(Done::Refused) => {
            view! { <Notice kind=NoticeKind::Warn words=t(|w| w.account().balance.back_refused)/> }.into_any()
        }
        None => ().into_any(),
    });
    view! { <div role="status">{notice}</div> }.into_any()
}

fn form(refund: Refund) -> AnyView {
    if untrack(|| refund.most().is_zero()) {
        return ().into_any();
    }
    let hint = say(move |w| (w.account().balance.up_to)(&format::money(w.locale, refund.most())));
    let keyboard = Keyboard { mode: "decimal", width: "pay-input--8", ..Keyboard::default() };
    view! {
        <form class="pay-stack" aria-labelledby="back" novalidate on:submit=move |event| refund.ask(&event)>
            <p>{t(|w| w.account().balance.back_note)}</p>
            {refund.form.summary()}
            <TextField id="refund" label=t(|w| w.account().balance.back_amount) value=refund.amount
                error=refund.form.error(Field::Amount) hint keyboard affix="$"/>
            <SubmitButton words=t(|w| w.pay().amount.go_on) busy_words=t(|w| w.pay().method.going_on)
                busy=refund.form.is_busy full=true/>
        </form>
    }
    .into_any()
}

/// Nobody knows whether it was done: pressed again, the server says it.
fn failure_words(w: &'static Words, _: &ApiError, _: &str) -> Option<(String, String)> {
    let words = &w.account().balance;
    Some((words.back_unknown_title.to_owned(), words.back_unknown.to_owned()))
}

fn once_more(refund: Refund, asked: (Amount, IdempotencyKey)) -> AnyView {
    let sum = asked.0.money();
    let asked = StoredValue::new(asked);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        refund.send(asked.get_value());
    };
    let words = say(move |w| (w.account().balance.back_send)(&format::money(w.locale, sum)));
    let back = move |_| {
        if !refund.form.is_busy.get_untracked() {
            refund.form.answer.set(None);
            refund.turn_to(None);
        }
    };
    let change = dynamic(move || {
        let button = || {
            view! { <p><button class="pay-link" type="button" on:click=back>{t(|w| w.account().balance.change)}</button></p> }
        };
        (!refund.is_unsure.get()).then(button).into_any()
    });
    view! {
        <form class="pay-stack" aria-labelledby="back" novalidate on:submit=send>
            <p>{t(|w| w.account().balance.back_note)}</p>
            <Failure error=refund.form.answer words=failure_words/>
            <SubmitButton words busy_words=t(|w| w.pay().method.going_on) busy=refund.form.is_busy full=true/>
            {change}
        </form>
    }
    .into_any()
}
