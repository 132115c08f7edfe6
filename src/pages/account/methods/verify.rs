//! The verification of a saved bank account: how far it is, and the amounts of the two small deposits as a panel of the
//! account's row.

use super::{Done, Methods};
use crate::{
    browser,
    form::Problems,
    i18n::{Text, Words, format, say, t},
    ui::{FormState, Keyboard, Sign, SubmitButton, TextField},
};
use contract::{
    FieldProblem,
    payment::{DepositAmounts, SavedMethod, SavedMethods, SmallDeposit, Verification},
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

/// How far it is, as a fact of the row: its kind, icon and words.
pub fn fact(of: Verification) -> (Option<&'static str>, Sign, Text) {
    match of {
        Verification::Unverified | Verification::Unknown => (None, Sign::Info, t(|w| w.account().methods.unverified)),
        Verification::OnTheirWay { arrive_on } => {
            let words = say(move |w| {
                let day = arrive_on.map(|day| format::short_date(w.locale, day));
                (w.account().methods.deposits_sent)(day.as_deref())
            });
            (None, Sign::Clock, words)
        }
        Verification::Arrived { .. } => (Some("warn"), Sign::Warning, t(|w| w.account().methods.deposits_here)),
        Verification::Verified => (Some("good"), Sign::Done, t(|w| w.account().methods.verified)),
        Verification::Failed => (Some("bad"), Sign::Alert, t(|w| w.account().methods.not_verified)),
    }
}

/// Small deposits were sent, and their amounts are still to be typed.
pub fn is_running(of: Verification) -> bool {
    matches!(of, Verification::OnTheirWay { .. } | Verification::Arrived { .. })
}

/// Has the deposits sent.
pub fn start(own: Methods, id: String) {
    let client = own.client.get_value();
    own.run(async move { client.verify_method(&id).await }, Done::Asked);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    First,
    Second,
}

impl Field {
    fn id(self) -> &'static str {
        match self {
            Self::First => "first-amount",
            Self::Second => "second-amount",
        }
    }

    fn of_path(path: &str) -> Option<Self> {
        match path {
            "first" => Some(Self::First),
            "second" => Some(Self::Second),
            _ => None,
        }
    }
}

#[derive(Clone, Copy)]
struct Amounts {
    own: Methods,
    id: StoredValue<String>,
    first: RwSignal<String>,
    second: RwSignal<String>,
    tries_left: RwSignal<u8>,
    form: FormState<Field>,
}

impl Amounts {
    fn new(own: Methods, id: String, tries_left: u8) -> Self {
        let (first, second) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let tries_left = RwSignal::new(tries_left);
        let words = move |w: &'static Words, field, problem| {
            let words = &w.account().methods;
            match (problem, field) {
                (FieldProblem::NoSuch, _) => (words.not_these)(tries_left.get_untracked()),
                (_, Field::First) => (words.amount_wrong)(words.first_amount),
                (_, Field::Second) => (words.amount_wrong)(words.second_amount),
            }
        };
        let form = FormState::new([(Field::First, first), (Field::Second, second)], words, Field::id);
        let amounts = Self { own, id: StoredValue::new(id), first, second, tries_left, form };
        form.revalidate_on_change(move || amounts.check().err().unwrap_or_default());
        amounts
    }

    /// Tracks.
    fn check(self) -> Result<DepositAmounts, Problems<Field>> {
        let mut problems = Problems::default();
        let first = problems.check(Field::First, self.first.with(|text| SmallDeposit::parse(text)));
        let second = problems.check(Field::Second, self.second.with(|text| SmallDeposit::parse(text)));
        problems.or(first.zip(second).map(|(first, second)| DepositAmounts { first, second }))
    }

    fn send(self) {
        let Some(amounts) = self.form.begin(untrack(|| self.check())) else { return };
        let (client, id) = (self.own.client.get_value(), self.id.get_value());
        spawn_local(async move {
            let answer = client.check_deposits(&id, amounts).await;
            // the page may have been left
            if self.form.is_busy.try_get_untracked().is_none() {
                return;
            }
            if let Some(methods) = self.form.end(answer, Field::of_path) {
                self.answered(methods);
            }
        });
    }

    /// Wrong amounts stay in their fields, as long as there is another try.
    fn answered(self, methods: SavedMethods) {
        let of = methods.methods.iter().find(|one| self.id.with_value(|id| *id == one.id));
        let done = match of.map(|one| (one.clone(), one.verification)) {
            Some((_, Some(Verification::Arrived { tries_left }))) => {
                self.tries_left.set(tries_left);
                let mut problems = Problems::default();
                problems.add(Field::First, FieldProblem::NoSuch);
                self.form.refuse(problems);
                return;
            }
            Some((one, Some(Verification::Verified))) => Done::Verified(one),
            _ => Done::NotVerified,
        };
        self.own.show(methods, done);
    }
}

/// The two fields. `close` takes them away.
pub fn amounts(own: Methods, one: SavedMethod, close: Callback<()>) -> AnyView {
    let Some(Verification::Arrived { tries_left }) = one.verification else { return ().into_any() };
    let amounts = Amounts::new(own, one.id, tries_left);
    let form = amounts.form;
    let place = NodeRef::<html::Form>::new();
    browser::effect(move |_| {
        if let Some(place) = place.get() {
            browser::focus_field(&place, Field::First.id());
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        amounts.send();
    };
    let hint = say(move |w| (w.account().methods.deposits_hint)(amounts.tries_left.get()));
    let keyboard = Keyboard { mode: "decimal", width: "pay-input--8", ..Keyboard::default() };
    view! {
        <form class="pay-quote" novalidate aria-labelledby="amounts-title" node_ref=place on:submit=submit>
            <p id="amounts-title"><b>{t(|w| w.account().methods.deposits_title)}</b></p>
            <p>{hint}</p>
            {form.notice()}
            {form.summary()}
            <TextField id=Field::First.id() label=t(|w| w.account().methods.first_amount) value=amounts.first
                error=form.error(Field::First) keyboard affix="$"/>
            <TextField id=Field::Second.id() label=t(|w| w.account().methods.second_amount) value=amounts.second
                error=form.error(Field::Second) keyboard affix="$"/>
            <p class="pay-row">
                <SubmitButton words=t(|w| w.account().methods.check) busy_words=t(|w| w.account().profile.saving) busy=form.is_busy/>
                <button class="pay-link" type="button" on:click=move |_| close.run(())>{t(|w| w.account().profile.cancel)}</button>
            </p>
        </form>
    }
    .into_any()
}
