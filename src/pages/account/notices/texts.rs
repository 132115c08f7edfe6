//! The number that text messages go to: agreeing to them, confirming the number by the code that goes there, and
//! turning them off.

use super::NoticeQuery;
use crate::{
    api::Client,
    config::Deployment,
    error::ApiError,
    fetched::Fetched,
    form::Problems,
    i18n::{Language, Text, Words, format, say, t},
    session::CurrentSession,
    ui::{CheckField, Failure, FormState, Icon, Keyboard, Sign, SubmitButton, TextField, dynamic, with_phone},
};
use contract::{
    FieldProblem, Phone,
    consent::{self, GivenConsent},
    field_problem::typed_code,
    notices::{NewTextNumber, NoticeSettings, TextNumberCode},
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Phone,
    Agreed,
    Code,
}

impl Field {
    fn id(self) -> &'static str {
        match self {
            Self::Phone => "text-phone",
            Self::Agreed => "text-agreed",
            Self::Code => "text-code",
        }
    }

    fn words(w: &'static Words, field: Self, problem: FieldProblem) -> String {
        let own = &w.account().notices;
        match field {
            Self::Phone => (w.fields().phone)(w.account().register.phone, problem),
            Self::Agreed => (w.problem.at)(own.agree, problem),
            Self::Code if matches!(problem, FieldProblem::Missing | FieldProblem::LooksLikeCard) => {
                (w.problem.at)(own.code, problem)
            }
            Self::Code => (own.code_wrong)(own.code),
        }
    }

    fn of_path(path: &str) -> Option<Self> {
        match path {
            "phone" => Some(Self::Phone),
            "code" => Some(Self::Code),
            _ => None,
        }
    }
}

#[derive(Clone, Copy)]
struct Editor {
    settings: NoticeQuery,
    phone: RwSignal<String>,
    is_agreed: RwSignal<bool>,
    code: RwSignal<String>,
    form: FormState<Field>,
    /// Takes the focus when the button that had it is gone.
    title: NodeRef<html::H2>,
    client: StoredValue<Client>,
    deployment: StoredValue<Deployment>,
    language: Language,
}

impl Editor {
    fn new(settings: NoticeQuery) -> Self {
        let (phone, code) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        Self {
            settings,
            phone,
            is_agreed: RwSignal::new(false),
            code,
            form: FormState::new([(Field::Phone, phone), (Field::Code, code)], Field::words, Field::id),
            title: NodeRef::new(),
            client: StoredValue::new(Client::here()),
            deployment: StoredValue::new(Deployment::here()),
            language: Language::here(),
        }
    }

    /// What is to be agreed to, in the language of the page. Tracks.
    fn consent(self) -> String {
        let locale = self.language.words().locale;
        self.deployment.with_value(|deployment| {
            consent::text_messages(&deployment.brand(), &deployment.contacts().billing_phone, locale)
        })
    }

    /// Tracks.
    fn number(self) -> Result<NewTextNumber, Problems<Field>> {
        let mut problems = Problems::default();
        let phone = problems.check(Field::Phone, self.phone.with(|phone| Phone::parse(phone)));
        if !self.is_agreed.get() {
            problems.add(Field::Agreed, FieldProblem::Unticked);
        }
        let (consent, locale) = (self.consent(), self.language.words().locale);
        problems.or(phone.map(|phone| NewTextNumber { phone, consent, locale }))
    }

    fn typed_code(self) -> Result<TextNumberCode, Problems<Field>> {
        let mut problems = Problems::default();
        let code = problems.check(Field::Code, self.code.with(|code| typed_code(code)));
        problems.or(code.map(|code| TextNumberCode { code }))
    }

    fn answered(self, answer: Result<NoticeSettings, ApiError>) {
        self.form.end_at(self.title, answer, Field::of_path, |settings| {
            self.code.set(String::new());
            self.is_agreed.set(false);
            self.settings.answered(Fetched::Here(settings));
        });
    }

    fn send_code(self) {
        let Some(number) = self.form.begin(untrack(|| self.number())) else { return };
        let client = self.client.get_value();
        spawn_local(async move { self.answered(client.begin_texts(&number).await) });
    }

    fn confirm(self) {
        let Some(code) = self.form.begin(untrack(|| self.typed_code())) else { return };
        let client = self.client.get_value();
        spawn_local(async move { self.answered(client.confirm_texts(&code).await) });
    }

    fn end(self) {
        let Some(()) = self.form.begin(Ok(())) else { return };
        let client = self.client.get_value();
        spawn_local(async move { self.answered(client.end_texts().await) });
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Off,
    Waiting,
    On,
}

#[component]
pub fn TextNumber(settings: NoticeQuery) -> impl IntoView {
    let own = Editor::new(settings);
    let step = Memo::new(move |_| {
        settings.of(|settings| settings.texts.as_ref().map(|texts| (texts.phone.is_some(), texts.is_confirmed)))
    });
    let step = Memo::new(move |_| match step.get() {
        Some((true, true)) => Step::On,
        Some((true, false)) => Step::Waiting,
        _ => Step::Off,
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match step.get_untracked() {
            Step::Off => own.send_code(),
            Step::Waiting => own.confirm(),
            Step::On => own.end(),
        }
    };
    let session = CurrentSession::here();
    let said = say(move |w| match step.get() {
        Step::Off => String::new(),
        Step::Waiting => (w.account().notices.code_sent)(&own.settings.of(number_of)),
        Step::On => {
            let since = own.settings.of(|settings| consent_of(settings).map(|given| given.at));
            let since = since.map(|at| format::day(w.locale, at, session.time_zone())).unwrap_or_default();
            (w.account().notices.texts_go)(&own.settings.of(number_of), &since)
        }
    });
    let status =
        dynamic(move || if step.get() == Step::Off { ().into_any() } else { view! { <p>{said}</p> }.into_any() });
    let form = dynamic(move || match step.get() {
        Step::Off => number_form(own),
        Step::Waiting => code_form(own),
        Step::On => on(own),
    });
    view! {
        <form class="pay-sheet" aria-labelledby="texts-title" novalidate on:submit=submit>
            <div class="pay-stack">
                <h2 id="texts-title" tabindex="-1" node_ref=own.title>{t(|w| w.account().notices.texts)}</h2>
                {own.form.summary()}
                <div role="status" class="pay-live">{status}</div>
                {form}
                <Failure error=own.form.answer/>
            </div>
        </form>
    }
}

fn number_of(settings: &NoticeSettings) -> String {
    settings.texts.as_ref().and_then(|texts| texts.phone.as_ref()).map(format::phone).unwrap_or_default()
}

fn consent_of(settings: &NoticeSettings) -> Option<GivenConsent> {
    settings.texts.as_ref()?.consent.clone()
}

fn submit_button(own: Editor, words: Text) -> AnyView {
    view! { <p><SubmitButton words busy_words=t(|w| w.account().profile.saving) busy=own.form.is_busy/></p> }.into_any()
}

fn number_form(own: Editor) -> AnyView {
    let text = say(move |_| own.consent());
    let keyboard = Keyboard { mode: "tel", autocomplete: "tel", width: "pay-input--14" };
    view! {
        <p class="pay-note">{t(|w| w.account().notices.texts_note)}</p>
        <TextField id=Field::Phone.id() label=t(|w| w.account().register.phone) value=own.phone keyboard
            error=own.form.error(Field::Phone) hint=t(|w| w.account().register.phone_hint)/>
        <p class="pay-quote">{with_phone(text)}</p>
        <CheckField id=Field::Agreed.id() words=t(|w| w.account().notices.agree) value=own.is_agreed
            error=own.form.error(Field::Agreed)/>
        {submit_button(own, t(|w| w.account().notices.send_code))}
    }
    .into_any()
}

fn code_form(own: Editor) -> AnyView {
    let keyboard = Keyboard { mode: "text", autocomplete: "one-time-code", width: "pay-input--14" };
    view! {
        <TextField id=Field::Code.id() label=t(|w| w.account().notices.code) value=own.code keyboard
            error=own.form.error(Field::Code)/>
        {submit_button(own, t(|w| w.account().notices.confirm))}
        <p><button class="pay-link" type="button" on:click=move |_| own.end()>{t(|w| w.account().profile.cancel)}</button></p>
    }
    .into_any()
}

fn on(own: Editor) -> AnyView {
    let given = untrack(|| own.settings.of(consent_of));
    let given = given.map(|given| {
        view! {
            <details class="pay-more">
                <summary>{t(|w| w.account().notices.agreed)}<Icon sign=Sign::Down/></summary>
                <p class="pay-quote" lang=given.locale.code()>{given.text}</p>
            </details>
        }
    });
    view! {
        {given}
        <p><button class="pay-button" type="submit">{t(|w| w.account().notices.end_texts)}</button></p>
    }
    .into_any()
}
