//! The ledger line: where one payment is, step by step. What was has its date, what comes the day on which it is
//! expected.

use super::state_words;
use crate::{
    i18n::{Text, format, say},
    ui::{Icon, Sign, list},
};
use contract::{
    Date, Instant,
    payment::{MethodKind, PaymentState, PaymentSummary, Phase},
};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    Done,
    Now,
    Next,
    /// The last one: nothing was taken, or it went back.
    Back,
}

/// A step, and what is said below its name.
pub struct LedgerStep {
    pub reached: Reached,
    pub words: Text,
    pub said: Vec<Text>,
}

impl LedgerStep {
    pub fn new(reached: Reached, words: Text, said: Vec<Text>) -> Self {
        Self { reached, words, said }
    }
}

pub fn ledger_line(steps: Vec<LedgerStep>) -> AnyView {
    let step = |step: LedgerStep| {
        let (name, sign) = match step.reached {
            Reached::Done => ("done", Sign::Done),
            Reached::Now => ("now", Sign::Clock),
            Reached::Next => ("next", Sign::Next),
            Reached::Back => ("returned", Sign::Return),
        };
        let current = (step.reached == Reached::Now).then_some("step");
        let said = list(step.said, |said| view! { <small>{said}</small> }.into_any());
        view! {
            <li data-state=name aria-current=current>
                <span class="pay-ledger__dot"><Icon sign/></span>
                <div><b>{step.words}</b>{said}</div>
            </li>
        }
        .into_any()
    };
    view! { <ol class="pay-ledger">{list(steps, step)}</ol> }.into_any()
}

/// When a step was reached, or on which day it is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    At(Instant),
    On(Date),
    Expected(Option<Date>),
}

/// A step of a payment by its name here: the state that it came to, or before it was received and sent to a bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Received,
    SentToBank,
    State(PaymentState),
}

/// Of a row of a list.
pub fn steps_of(payment: &PaymentSummary) -> Vec<LedgerStep> {
    let zone = payment.time_zone.clone();
    let why = payment.failure;
    let step = |(name, reached, when): (Name, Reached, When)| {
        let words = say(move |w| {
            let words = match name {
                Name::Received => w.pay().outcome.received,
                Name::SentToBank => w.pay().outcome.at_the_bank,
                Name::State(state) => state_words(w, state),
            };
            words.to_owned()
        });
        let zone = zone.clone();
        let said = say(move |w| match when {
            When::At(at) => format::day(w.locale, at, &zone),
            When::On(day) => format::short_date(w.locale, day),
            When::Expected(Some(day)) => (w.pay().outcome.expected)(&format::short_date(w.locale, day)),
            When::Expected(None) => String::new(),
        });
        let why =
            why.filter(|_| reached == Reached::Back).map(|why| say(move |w| (w.pay().outcome.why)(why).to_owned()));
        LedgerStep::new(reached, words, [Some(said), why].into_iter().flatten().collect())
    };
    reached_of(payment).into_iter().map(step).collect()
}

fn reached_of(payment: &PaymentSummary) -> Vec<(Name, Reached, When)> {
    let at = |state: PaymentState| payment.events.iter().rev().find(|event| event.state == state).map(|event| event.at);
    let (state, phase) = (payment.state, payment.state.phase());
    let is_scheduled = state == PaymentState::Scheduled;
    let first = if at(PaymentState::Scheduled).is_some() || is_scheduled {
        Name::State(PaymentState::Scheduled)
    } else {
        Name::Received
    };
    let first_reached = if is_scheduled { Reached::Now } else { Reached::Done };
    let mut steps = vec![(first, first_reached, When::At(payment.created_at))];
    let is_bank = payment.method.kind() == MethodKind::Bank;
    if let Some(sent) = payment.sent_on.filter(|_| is_bank && phase != Phase::TookNothing) {
        steps.push(match state {
            PaymentState::Scheduled => (Name::SentToBank, Reached::Next, When::Expected(Some(sent))),
            PaymentState::Processing => (Name::SentToBank, Reached::Now, When::On(sent)),
            _ => (Name::SentToBank, Reached::Done, When::On(sent)),
        });
    } else if state == PaymentState::Processing {
        steps.push((Name::State(state), Reached::Now, When::At(payment.since)));
    }
    match phase {
        Phase::OnItsWay => {
            let paid = (Name::State(PaymentState::Paid), Reached::Next, When::Expected(payment.expected_on));
            steps.push(paid);
        }
        Phase::Took => steps.push((Name::State(state), Reached::Done, When::At(payment.since))),
        Phase::WentBack | Phase::TookNothing => {
            let paid = at(PaymentState::Paid).filter(|_| phase == Phase::WentBack);
            steps.extend(paid.map(|at| (Name::State(PaymentState::Paid), Reached::Done, When::At(at))));
            steps.push((Name::State(state), Reached::Back, When::At(payment.since)));
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use Name::{Received, SentToBank, State};
    use PaymentState::{Failed, Paid, Processing, Refunded, Returned, Scheduled};
    use Reached::{Back, Done, Next, Now};

    fn payment(method: &str, events: &[(PaymentState, &str)]) -> PaymentSummary {
        let is_bank = method == "bank";
        let method = match method {
            "bank" => serde_json::json!({ "kind": "bank", "account": "checking", "last4": "6789" }),
            kind => serde_json::json!({ "kind": kind }),
        };
        let events: Vec<_> = events.iter().map(|(state, at)| serde_json::json!({ "state": state, "at": at })).collect();
        let last = events.last().unwrap();
        serde_json::from_value(serde_json::json!({
            "id": "p", "reference": "KP-1", "state": last["state"], "since": last["at"], "charged": "1.00", "bills": [],
            "method": method, "created_at": events[0]["at"], "time_zone": "UTC",
            "sent_on": is_bank.then_some("2026-11-20"), "expected_on": is_bank.then_some("2026-11-25"),
            "failure": null, "events": events,
        }))
        .unwrap()
    }

    #[test]
    fn each_step_that_was_reached_has_its_date_and_the_next_one_the_day_on_which_it_is_expected() {
        let (made, later, last) = ("2026-11-18T17:00:00Z", "2026-11-25T12:00:00Z", "2026-11-30T12:00:00Z");
        let at = |text: &str| When::At(Instant::parse(text).unwrap());
        let (sent, expected) = (Date::parse("2026-11-20").unwrap(), Date::parse("2026-11-25").unwrap());
        let steps = |method, events: &[(PaymentState, &str)]| reached_of(&payment(method, events));
        let first = (State(Scheduled), Done, at(made));
        let on_the_way = (State(Paid), Next, When::Expected(Some(expected)));
        assert_eq!(
            steps("bank", &[(Scheduled, made)]),
            [(State(Scheduled), Now, at(made)), (SentToBank, Next, When::Expected(Some(sent))), on_the_way]
        );
        assert_eq!(
            steps("bank", &[(Scheduled, made), (Processing, later)]),
            [first, (SentToBank, Now, When::On(sent)), on_the_way]
        );
        assert_eq!(
            steps("bank", &[(Scheduled, made), (Processing, made), (Paid, later), (Returned, last)]),
            [
                first,
                (SentToBank, Done, When::On(sent)),
                (State(Paid), Done, at(later)),
                (State(Returned), Back, at(last))
            ]
        );
        let received = (Received, Done, at(made));
        assert_eq!(steps("check", &[(Paid, made), (Paid, later)]), [received, (State(Paid), Done, at(later))]);
        assert_eq!(
            steps("balance", &[(Paid, made), (Refunded, later)]),
            [received, (State(Paid), Done, at(made)), (State(Refunded), Back, at(later))]
        );
        assert_eq!(
            steps("phone", &[(Processing, made), (Failed, later)]),
            [received, (State(Failed), Back, at(later))]
        );
    }
}
