//! Asking the plan about a charge of a bill: what was asked and how far it came, and the form, below the charge.

use crate::{
    api::Client,
    browser,
    form::Problems,
    i18n::{Text, Words, format, say, t},
    session::CurrentSession,
    ui::{AreaField, Choice, FormState, Icon, Sign, SubmitButton, dynamic, list},
};
use contract::{
    FieldProblem, IdempotencyKey,
    bill::{
        BillLine,
        account::AccountBill,
        question::{ChargeQuestion, NewQuestion, QuestionState, QuestionText, QuestionTopic},
    },
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

const FIELD: &str = "question";

/// Of one bill. Shared by its charges: at most one form is open.
#[derive(Clone, Copy)]
pub struct Asking {
    client: StoredValue<Client>,
    bill: StoredValue<String>,
    /// Nothing is asked where the plan takes no questions; what was asked before is still shown.
    is_offered: bool,
    asked: RwSignal<Vec<ChargeQuestion>>,
    open: RwSignal<Option<usize>>,
    /// The charge whose button gets the focus back.
    left: StoredValue<Option<usize>>,
}

impl Asking {
    pub fn of(shown: &AccountBill) -> Self {
        Self {
            client: StoredValue::new(Client::here()),
            bill: StoredValue::new(shown.bill.id.clone()),
            is_offered: shown.takes_questions,
            asked: RwSignal::new(shown.questions.clone()),
            open: RwSignal::new(None),
            left: StoredValue::new(None),
        }
    }

    /// What stands below a charge; nothing where there is nothing to say.
    pub fn below(self) -> Option<Callback<(usize, BillLine), AnyView>> {
        let is_empty = !self.is_offered && self.asked.with_untracked(Vec::is_empty);
        (!is_empty).then(|| Callback::new(move |(at, line)| self.charge(at, line)))
    }

    fn charge(self, at: usize, line: BillLine) -> AnyView {
        let asked = dynamic(move || {
            let own = self.asked.with(|all| all.iter().filter(|one| usize::from(one.line) == at).cloned().collect());
            told(own)
        });
        let is_open = Memo::new(move |_| self.open.get() == Some(at));
        let form = self.is_offered.then(|| {
            let line = line.clone();
            dynamic(move || if is_open.get() { self.form(at, line.clone()) } else { self.button(at, &line) })
        });
        view! { <div class="pay-ask"><div role="status" class="pay-live">{asked}</div>{form}</div> }.into_any()
    }

    fn button(self, at: usize, line: &BillLine) -> AnyView {
        let button = NodeRef::<html::Button>::new();
        browser::effect(move |_| {
            if let Some(button) = button.get().filter(|_| self.left.get_value() == Some(at)) {
                self.left.set_value(None);
                browser::focus_and_show(button);
            }
        });
        let of = format!(": {}", line.description);
        view! {
            <button class="pay-link" type="button" data-print="no" node_ref=button on:click=move |_| self.open.set(Some(at))>
                <Icon sign=Sign::Envelope/>{t(|w| w.account().bills.ask)}<span class="pay-hidden">{of}</span>
            </button>
        }
        .into_any()
    }

    fn close(self, at: usize) {
        self.left.set_value(Some(at));
        self.open.set(None);
    }

    fn form(self, at: usize, line: BillLine) -> AnyView {
        let (text, topic) = (RwSignal::new(String::new()), RwSignal::new(None::<QuestionTopic>));
        let form = FormState::new([((), text)], words, |()| FIELD);
        form.revalidate_on_change(move || check(text).err().unwrap_or_default());
        let place = NodeRef::<html::Form>::new();
        browser::effect(move |_| {
            if let Some(place) = place.get() {
                browser::focus_field(&place, FIELD);
            }
        });
        // one key for one question: what was sent without an answer is asked once
        let sent = StoredValue::new(None::<(NewQuestion, IdempotencyKey)>);
        let submit = move |event: SubmitEvent| {
            event.prevent_default();
            let (Some(text), Ok(line)) = (form.begin(untrack(|| check(text))), u16::try_from(at)) else { return };
            let new = NewQuestion { line, topic: topic.get_untracked(), text };
            let before = sent.get_value().filter(|(of, _)| *of == new).map(|(_, key)| key);
            let Some(key) = before.or_else(browser::random_key) else { return form.is_busy.set(false) };
            sent.set_value(Some((new.clone(), key.clone())));
            let (client, bill) = (self.client.get_value(), self.bill.get_value());
            spawn_local(async move {
                let answer = client.ask_about_charge(&bill, &new, &key).await;
                if let Some(asked) = form.end(answer, |field| (field == "text").then_some(())) {
                    self.asked.update(|all| all.push(asked));
                    self.close(at);
                }
            });
        };
        let cancel = move |_| {
            if !form.is_busy.get_untracked() {
                self.close(at);
            }
        };
        view! {
            <form class="pay-quote" novalidate data-print="no" node_ref=place on:submit=submit>
                {form.notice()}
                {form.summary()}
                <p>{about(line)}</p>
                {topics(topic)}
                <AreaField id=FIELD label=t(|w| w.account().bills.question) hint=t(|w| w.account().bills.question_hint)
                    value=text error=form.error(())/>
                <p class="pay-row">
                    <SubmitButton words=t(|w| w.account().bills.send_question) busy_words=t(|w| w.account().profile.saving) busy=form.is_busy/>
                    <button class="pay-link" type="button" on:click=cancel>{t(|w| w.account().profile.cancel)}</button>
                </p>
            </form>
        }
        .into_any()
    }
}

/// None is chosen at first, and none has to be.
fn topics(chosen: RwSignal<Option<QuestionTopic>>) -> AnyView {
    let choice = move |topic: QuestionTopic| {
        let words = say(move |w| (w.account().bills.topic)(topic).to_owned());
        let is_chosen = Signal::derive(move || chosen.get() == Some(topic));
        let choose = Callback::new(move |()| chosen.set(Some(topic)));
        view! { <Choice name="topic" words chosen=is_chosen on_choose=choose/> }.into_any()
    };
    view! {
        <fieldset class="pay-field">
            <legend class="pay-field__label">{t(|w| w.account().bills.topic_of)}</legend>
            {list(QuestionTopic::ALL, choice)}
        </fieldset>
    }
    .into_any()
}

/// The charge that goes along.
fn about(line: BillLine) -> Text {
    say(move |w| {
        let (day, owed) = (format::medium_date(w.locale, line.date_of_service), format::money(w.locale, line.you_owe));
        format!("{} · {day} · {} {owed}", line.description, w.pay().amount.owe)
    })
}

fn words(w: &'static Words, (): (), problem: FieldProblem) -> String {
    w.problem.within(w.account().bills.question, problem, QuestionText::MOST)
}

fn check(text: RwSignal<String>) -> Result<QuestionText, Problems<()>> {
    let mut problems = Problems::default();
    let parsed = problems.check((), text.with(|text| QuestionText::parse(text)));
    problems.or(parsed)
}

fn told(asked: Vec<ChargeQuestion>) -> AnyView {
    let session = CurrentSession::here();
    list(asked, move |ChargeQuestion { topic, text, asked_at, state, .. }| {
        let day = move |at| format::date_at(at, session.time_zone());
        let (name, sign) = match state {
            QuestionState::Waiting | QuestionState::Unknown => ("processing", Sign::Clock),
            QuestionState::Sent { .. } => ("due", Sign::Envelope),
            QuestionState::NotSent => ("late", Sign::Warning),
        };
        let words = say(move |w| {
            let bills = &w.account().bills;
            let asked = (bills.asked)(&format::medium_date(w.locale, day(asked_at)));
            let so_far = match state {
                QuestionState::Waiting | QuestionState::Unknown => bills.question_waiting.to_owned(),
                QuestionState::Sent { at } => (bills.question_sent)(&format::medium_date(w.locale, day(at))),
                QuestionState::NotSent => bills.question_not_sent.to_owned(),
            };
            let topic = topic.map(|topic| format!("{}: ", (bills.topic)(topic))).unwrap_or_default();
            format!("{topic}{asked} {so_far}")
        });
        view! {
            <p class="pay-note"><span class="pay-state" data-state=name><Icon sign/><span>{words}</span></span></p>
            <p class="pay-note pay-ask__text" dir="auto" translate="no">{text.to_string()}</p>
        }
        .into_any()
    })
}
