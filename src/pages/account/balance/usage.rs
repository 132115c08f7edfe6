//! How the member uses the balance: whether paying bills begins with it, and below which amount the member is told.

use super::Query;
use crate::{
    api::Client,
    config::Deployment,
    fetched::Fetched,
    form::Problems,
    i18n::{Words, format, say, t},
    ui::{Choice, FormState, Keyboard, Notice, Sign, SubmitButton, TextField, dynamic},
};
use contract::{
    Amount, FieldProblem, Money,
    balance::{Balance, BalanceSettings, LOWEST_LOW_CENTS, MOST_LOW_CENTS},
    field_problem::plain_text,
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Low,
}

/// What is chosen and typed, until it is saved.
#[derive(Clone, Copy)]
struct Usage {
    balance: Query<Balance>,
    client: StoredValue<Client>,
    low: RwSignal<String>,
    is_first: RwSignal<bool>,
    form: FormState<Field>,
    is_saved: RwSignal<bool>,
}

/// The least and the most that the amount may be.
fn limits(w: &'static Words) -> [String; 2] {
    [LOWEST_LOW_CENTS, MOST_LOW_CENTS]
        .map(|cents| format::money(w.locale, Money::from_cents(cents).unwrap_or(Money::ZERO)))
}

impl Usage {
    fn new(balance: Query<Balance>) -> Self {
        let settings = untrack(|| balance.of(|balance| balance.settings));
        let low = RwSignal::new(settings.low.map(|low| low.to_string()).unwrap_or_default());
        let words = |w: &'static Words, Field::Low, problem| match problem {
            FieldProblem::LooksLikeCard => (w.problem.at)(w.account().balance.low, problem),
            _ => {
                let [least, most] = limits(w);
                (w.account().balance.wrong)(w.account().balance.low, &least, &most)
            }
        };
        Self {
            balance,
            client: StoredValue::new(Client::here()),
            low,
            is_first: RwSignal::new(settings.is_first),
            form: FormState::new([(Field::Low, low)], words, |Field::Low| "low"),
            is_saved: RwSignal::new(false),
        }
    }

    /// Empty is no notice. Tracks.
    fn check(self) -> Result<BalanceSettings, Problems<Field>> {
        let mut problems = Problems::default();
        let low = self.low.with(|text| {
            if text.trim().is_empty() {
                return Ok(None);
            }
            // a card number in the wrong box is named for what it is
            let low = Amount::parse(text).map_err(|problem| plain_text(text).err().unwrap_or(problem))?;
            match low.money().cents() {
                cents if cents < LOWEST_LOW_CENTS => Err(FieldProblem::TooSmall),
                cents if cents > MOST_LOW_CENTS => Err(FieldProblem::TooLarge),
                _ => Ok(Some(low)),
            }
        });
        let low = problems.check(Field::Low, low);
        problems.or(low.map(|low| BalanceSettings { low, is_first: self.is_first.get() }))
    }

    async fn save(self, settings: BalanceSettings) {
        let answer = self.client.get_value().use_balance(&settings).await;
        // the page may have been left
        if self.form.is_busy.try_get_untracked().is_none() {
            return;
        }
        let Some(balance) = self.form.end(answer, |field| (field == "low").then_some(Field::Low)) else { return };
        self.balance.answered(Fetched::Here(balance));
        self.is_saved.set(true);
    }
}

#[component]
pub fn BalanceUse(balance: Query<Balance>) -> impl IntoView {
    let usage = Usage::new(balance);
    usage.form.revalidate_on_change(move || usage.check().err().unwrap_or_default());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        usage.is_saved.set(false);
        if let Some(settings) = usage.form.begin(untrack(|| usage.check())) {
            spawn_local(usage.save(settings));
        }
    };
    let hint = say(move |w| {
        let [least, most] = limits(w);
        format!("{}. {}", (w.account().balance.limits)(&least, &most), w.account().balance.low_note)
    });
    let saved = say(|w| (w.account().profile.saved)(w.account().balance.usage));
    let status = dynamic(move || {
        if usage.is_saved.get() { view! { <Notice sign=Sign::Done words=saved/> }.into_any() } else { ().into_any() }
    });
    let keyboard = Keyboard { mode: "decimal", width: "pay-input--8", ..Keyboard::default() };
    view! {
        <form class="pay-sheet" aria-labelledby="usage" novalidate on:submit=submit>
            <div class="pay-stack pay-stack--roomy">
                <h2 id="usage">{t(|w| w.account().balance.usage)}</h2>
                {usage.form.summary()}
                {when_paying(usage)}
                <TextField id="low" label=t(|w| w.account().balance.low) value=usage.low
                    error=usage.form.error(Field::Low) hint keyboard affix="$"/>
                {usage.form.notice()}
                <div role="status" class="pay-live">{status}</div>
                <p>
                    <SubmitButton words=t(|w| w.account().profile.save) busy_words=t(|w| w.account().profile.saving)
                        busy=usage.form.is_busy/>
                </p>
            </div>
        </form>
    }
}

/// Where the plan lets a balance pay.
fn when_paying(usage: Usage) -> AnyView {
    let deployment = Deployment::here();
    let may_pay = Memo::new(move |_| deployment.portal().is_some_and(|portal| portal.limits.pay_from_balance));
    let is = move |is_first| Signal::derive(move || usage.is_first.get() == is_first);
    let choose = move |is_first| {
        Callback::new(move |()| {
            usage.is_saved.set(false);
            usage.is_first.set(is_first);
        })
    };
    dynamic(move || {
        if !may_pay.get() {
            return ().into_any();
        }
        view! {
            <fieldset class="pay-stack">
                <legend class="pay-field__label">{t(|w| w.account().balance.paying)}</legend>
                <div class="pay-choices">
                    <Choice name="use" id=None words=t(|w| w.account().balance.first)
                        note=Some(t(|w| w.account().balance.first_note)) chosen=is(true) on_choose=choose(true)/>
                    <Choice name="use" id=None words=t(|w| w.account().balance.last)
                        note=Some(t(|w| w.account().balance.last_note)) chosen=is(false) on_choose=choose(false)/>
                </div>
            </fieldset>
        }
        .into_any()
    })
}
