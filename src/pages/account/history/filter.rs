//! The filter of the payment history: as a form, and as the query of the page's address, which the API takes as it is.
//! Text is looked for, too, but stands in no address: it may be a name.

use crate::{
    i18n::{Pick, Text, t},
    ui::{Icon, Sign, list},
};
use contract::{Date, payment::Payee};
use leptos::prelude::*;

/// The parts of a filter by their names in a query; an empty one filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter([String; 7]);

const NAMES: [&str; 7] = ["from", "to", "kind", "state", "method", "person", "sort"];
/// `person` for the member's own bills.
const OWN: &str = "own";
const KINDS: [(&str, Pick); 5] = [
    ("", |w| w.account().history.all_kinds),
    ("professional", |w| (w.pay().amount.kind)(contract::bill::BillKind::Professional)),
    ("hospital", |w| (w.pay().amount.kind)(contract::bill::BillKind::Hospital)),
    ("premium", |w| (w.pay().amount.kind)(contract::bill::BillKind::Premium)),
    ("deposit", |w| w.account().balance.deposit),
];
const STATES: [(&str, Pick); 8] = [
    ("", |w| w.account().history.all_states),
    ("scheduled", |w| w.states().scheduled),
    ("processing", |w| w.states().processing),
    ("paid", |w| w.states().paid),
    ("returned", |w| w.states().returned),
    ("refunded", |w| w.states().refunded),
    ("failed", |w| w.states().failed),
    ("cancelled", |w| w.states().cancelled),
];
const METHODS: [(&str, Pick); 6] = [
    ("", |w| w.account().history.all_methods),
    ("bank", |w| w.account().history.bank),
    ("card", |w| w.account().history.card),
    ("balance", |w| w.account().balance.title),
    ("check", |w| w.account().history.check),
    ("phone", |w| w.account().history.phone),
];
const ORDERS: [(&str, Pick); 2] = [("", |w| w.account().history.newest), ("oldest", |w| w.account().history.oldest)];

impl Filter {
    /// What an address says that can be a filter; the rest of it is left out.
    pub fn of_address(address: &str) -> Self {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let mut filter = Self::default();
        for (name, value) in query.split('&').filter_map(|part| part.split_once('=')) {
            if let Some(at) = NAMES.iter().position(|own| *own == name).filter(|at| may_be(*at, value))
                && let Some(part) = filter.0.get_mut(at)
            {
                value.clone_into(part);
            }
        }
        filter
    }

    pub fn query(&self) -> String {
        let parts = NAMES.iter().zip(&self.0).filter(|(_, value)| !value.is_empty());
        parts.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }
}

impl Filter {
    /// Something of what is behind "More filters".
    pub fn has_more(&self) -> bool {
        [0, 1, 4, 5, 6].into_iter().any(|at| self.0.get(at).is_some_and(|value| !value.is_empty()))
    }
}

fn may_be(at: usize, value: &str) -> bool {
    let is_one = |options: &[(&str, Pick)]| options.iter().any(|(own, _)| *own == value);
    match at {
        0 | 1 => Date::parse(value).is_ok_and(|date| date.to_string() == value),
        2 => is_one(&KINDS),
        3 => is_one(&STATES),
        4 => is_one(&METHODS),
        // a reference, and no name
        5 => (1..=64).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
        _ => is_one(&ORDERS),
    }
}

/// What stands in the form's fields.
#[derive(Clone, Copy)]
pub struct Draft {
    parts: [RwSignal<String>; 7],
    pub text: RwSignal<String>,
}

impl Draft {
    pub fn new() -> Self {
        Self { parts: std::array::from_fn(|_| RwSignal::default()), text: RwSignal::default() }
    }

    pub fn show(self, filter: &Filter) {
        self.parts.iter().zip(&filter.0).for_each(|(part, value)| part.set(value.clone()));
    }

    pub fn filter(self) -> Filter {
        Filter(self.parts.map(|part| part.get_untracked()))
    }

    /// Those that are always there.
    pub fn fields(self) -> AnyView {
        let [_, _, kind, state, ..] = self.parts;
        view! {
            {input("history-text", "search", |w| w.account().history.text, self.text)}
            {select("history-kind", |w| w.account().history.kind, kind, worded(&KINDS))}
            {select("history-state", |w| w.account().history.state, state, worded(&STATES))}
        }
        .into_any()
    }

    /// The others; by person where the member pays for somebody.
    pub fn more_fields(self, people: Vec<Payee>) -> AnyView {
        let [from, to, _, _, method, person, sort] = self.parts;
        let people = (!people.is_empty()).then(|| {
            let mut options = worded(&PEOPLE);
            options.extend(people.into_iter().map(|one| (one.id, Text::stored(one.name))));
            select("history-person", |w| w.account().history.person, person, options)
        });
        view! {
            {input("history-from", "date", |w| w.account().history.from, from)}
            {input("history-to", "date", |w| w.account().history.to, to)}
            {select("history-method", |w| w.account().history.method, method, worded(&METHODS))}
            {people}
            {select("history-sort", |w| w.account().history.sort, sort, worded(&ORDERS))}
        }
        .into_any()
    }
}

const PEOPLE: [(&str, Pick); 2] = [("", |w| w.account().bills.everyone), (OWN, |w| w.account().history.own)];

/// What can be chosen: its value, and what it is called.
type Choice = (String, Text);

fn worded(options: &[(&str, Pick)]) -> Vec<Choice> {
    options.iter().map(|(value, words)| ((*value).to_owned(), t(*words))).collect()
}

fn input(id: &'static str, kind: &'static str, label: Pick, value: RwSignal<String>) -> AnyView {
    view! {
        <div class="pay-field">
            <label class="pay-field__label" for=id>{t(label)}</label>
            <input class="pay-input" id=id type=kind maxlength="100" autocomplete="off" spellcheck="false"
                prop:value=value on:input=move |event| value.set(event_target_value(&event))/>
        </div>
    }
    .into_any()
}

fn select(id: &'static str, label: Pick, value: RwSignal<String>, options: Vec<Choice>) -> AnyView {
    let option = move |(code, words): Choice| {
        let own = code.clone();
        let is_chosen = Signal::derive(move || value.with(|value| *value == own));
        view! { <option value=code prop:selected=is_chosen>{move || words.get()}</option> }.into_any()
    };
    view! {
        <div class="pay-field">
            <label class="pay-field__label" for=id>{t(label)}</label>
            <span class="pay-select">
                <select class="pay-input" id=id on:change=move |event| value.set(event_target_value(&event))>
                    {list(options, option)}
                </select>
                <Icon sign=Sign::Down/>
            </span>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_the_filter_and_nothing_else_of_it_is_taken() {
        let query = "from=2026-01-01&to=2026-11-30&kind=hospital&state=paid&method=card&person=0193-ab&sort=oldest";
        assert_eq!(Filter::of_address(&format!("/account/history?{query}")).query(), query);
        for other in [
            "",
            "?",
            "?q=Ana",
            "?from=1/2/2026",
            "?kind=x&state=in_orbit",
            "?to=2026-02-30",
            "?kind=%22",
            "?person=Ana%20O",
            "?person=",
        ] {
            assert_eq!(Filter::of_address(&format!("/account/history{other}")).query(), "", "{other}");
        }
    }
}
