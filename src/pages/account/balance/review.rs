//! The review of a deposit: what is added, from where, when it counts and the authorisation word for word; and one
//! button. What became of it once it is pressed is the attempt's to find out.

use super::{
    Query,
    attempt::{DepositAttempt, never_arrived},
};
use crate::{
    config::Deployment,
    error::ApiError,
    i18n::{Text, Words, format, say, t},
    session::CurrentSession,
    ui::{ErrorLine, ErrorSummary, Failure, SubmitButton},
};
use contract::{
    Amount, Instant, Money, PersonName,
    balance::{Balance, DepositOrder},
    payment::{Method, Terms},
};
use leptos::{ev::SubmitEvent, html, prelude::*};

#[derive(Clone, PartialEq)]
pub struct Reviewed {
    pub token: String,
    pub method: Method,
    pub amount: Amount,
}

/// What the terms are made of; all of it is there when the review is.
#[derive(Clone, Copy)]
struct Review {
    balance: Query<Balance>,
    reviewed: StoredValue<Reviewed>,
    deployment: StoredValue<Deployment>,
    session: CurrentSession,
}

impl Review {
    fn with_terms<T>(self, read: impl FnOnce(&Terms<'_>) -> T) -> Option<T> {
        let portal = self.deployment.with_value(Deployment::portal)?;
        let region = self.session.region()?;
        let (today, debit_day) = self.balance.of(|balance| Some((balance.today, balance.debit_day)))?;
        self.reviewed.with_value(|reviewed| {
            let (method, total) = (&reviewed.method, reviewed.amount.money());
            let from_balance = Money::ZERO;
            let terms = Terms { portal: &portal, region, today, debit_day, method, total, from_balance, bills: 0 };
            Some(read(&terms))
        })
    }

    fn name(self) -> String {
        self.session.with(|session| session.person().map(|person| person.name.clone()).unwrap_or_default())
    }

    fn fee(self) -> Money {
        self.with_terms(|terms| terms.fee()).unwrap_or(Money::ZERO)
    }

    fn charged(self) -> Option<Money> {
        self.with_terms(|terms| terms.charged()).flatten()
    }

    fn text(self, w: &'static Words) -> String {
        self.with_terms(|terms| terms.authorisation(&self.name(), w.locale)).flatten().unwrap_or_default()
    }

    /// Nothing without a name, which every member has.
    fn order(self, w: &'static Words, begin_by: Instant) -> Option<DepositOrder> {
        let email = self.session.with(|session| session.person().map(|person| person.email.clone()));
        let payer_name = PersonName::parse(&self.name()).ok()?;
        let Reviewed { token, amount, .. } = self.reviewed.get_value();
        Some(DepositOrder {
            amount,
            token,
            payer_name,
            email: email.and_then(|email| contract::Email::parse(&email).ok()),
            fee: self.fee(),
            authorisation: self.text(w),
            locale: w.locale,
            begin_by: Some(begin_by),
        })
    }
}

/// This very deposit comes to nothing.
fn is_refused(error: &ApiError) -> bool {
    error.code().is_some_and(contract::problem_details::ErrorCode::ends_an_order)
}

fn failure_words(w: &'static Words, error: &ApiError, _: &str) -> Option<(String, String)> {
    let words = &w.account().balance;
    is_refused(error).then(|| (words.refused_title.to_owned(), words.refused.to_owned()))
}

/// `title` takes the focus when it comes.
pub fn review(
    balance: Query<Balance>,
    attempt: DepositAttempt,
    reviewed: Reviewed,
    title: NodeRef<html::H2>,
    back: Callback<()>,
) -> AnyView {
    let review = Review {
        balance,
        reviewed: StoredValue::new(reviewed),
        deployment: StoredValue::new(Deployment::here()),
        session: CurrentSession::here(),
    };
    let language = crate::i18n::Language::here();
    let (is_agreed, refusals) = (RwSignal::new(false), RwSignal::new(0));
    let is_busy = Signal::derive(move || attempt.is_sending());
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        if is_busy.get_untracked() {
            return;
        }
        if !is_agreed.get_untracked() {
            return refusals.update(|n| *n += 1);
        }
        if let Some(order) = untrack(|| review.order(language.words_now(), attempt.begin_by())) {
            attempt.send(order);
        }
    };
    let lines = Signal::derive(move || {
        let unticked =
            || ErrorLine { id: "agree".to_owned(), words: language.words().pay().review.unticked.to_owned() };
        if refusals.get() > 0 && !is_agreed.get() { vec![unticked()] } else { Vec::new() }
    });
    let words = say(move |w| {
        (w.account().balance.pay)(&review.charged().map(|sum| format::money(w.locale, sum)).unwrap_or_default())
    });
    view! {
        <form class="pay-sheet" aria-labelledby="add" novalidate on:submit=send>
            <div class="pay-stack pay-stack--roomy">
                <h2 id="add" tabindex="-1" node_ref=title>{t(|w| w.account().balance.review_title)}</h2>
                <ErrorSummary lines submits=refusals/>
                {facts(review)}
                {authorisation(review, is_agreed, refusals)}
                {never_arrived(attempt)}
                <Failure error=attempt.error words=failure_words/>
                <div class="pay-stack pay-stack--tight">
                    <SubmitButton words busy_words=t(|w| w.pay().review.paying) busy=is_busy full=true/>
                    <p><button class="pay-link" type="button" on:click=move |_| if !is_busy.get_untracked() { back.run(()) }>
                        {t(|w| w.account().balance.change)}
                    </button></p>
                </div>
            </div>
        </form>
    }
    .into_any()
}

fn facts(review: Review) -> AnyView {
    let row = |what: Text, said: Text| view! { <div><dt>{what}</dt><dd>{said}</dd></div> };
    let (amount, method) = review.reviewed.with_value(|reviewed| (reviewed.amount.money(), reviewed.method.clone()));
    let fee = untrack(|| review.fee());
    let expected = untrack(|| review.with_terms(|terms| terms.debit()).flatten()).map(|debit| debit.expected_on);
    let counts = say(move |w| match expected {
        Some(day) => (w.account().overview.expected)(&format::short_date(w.locale, day)),
        None => w.account().balance.today.to_owned(),
    });
    view! {
        <dl class="pay-facts">
            {row(t(|w| w.account().balance.deposit), say(move |w| format::money(w.locale, amount)))}
            {(!fee.is_zero()).then(|| row(t(|w| w.pay().review.card_fee), say(move |w| format::money(w.locale, fee))))}
            {row(t(|w| w.account().balance.from), say(move |w| (w.pay().method.known)(&method)))}
            {row(t(|w| w.account().balance.counts), counts)}
        </dl>
    }
    .into_any()
}

/// The text, and the box that is never ticked for the member.
fn authorisation(review: Review, is_agreed: RwSignal<bool>, refusals: RwSignal<u32>) -> AnyView {
    let is_bank = review.reviewed.with_value(|reviewed| matches!(reviewed.method, Method::Bank { .. }));
    let is_invalid = move || (refusals.get() > 0 && !is_agreed.get()).then_some("true");
    view! {
        <div class="pay-quote">
            <h3>{t(|w| w.pay().review.your_authorisation)}</h3>
            <p id="authorisation">{say(move |w| review.text(w))}</p>
            <label class="pay-check">
                <input type="checkbox" id="agree" name="agree" aria-describedby="authorisation" aria-invalid=is_invalid
                    prop:checked=is_agreed on:change=move |event| is_agreed.set(event_target_checked(&event))/>
                <span>{if is_bank { t(|w| w.pay().review.agree_bank) } else { t(|w| w.pay().review.agree_card) }}</span>
            </label>
        </div>
    }
    .into_any()
}
