//! Bills by e-mail instead of by post, as a step of consent on the profile page: the text that is agreed to, a box that
//! is never ticked at first, and the way back. Below it everything that the member agreed to beside payments.

use super::ProfileQuery;
use crate::{
    api::Client,
    config::Deployment,
    error::ApiError,
    fetched::Fetched,
    form::Problems,
    i18n::{Language, Text, format, say, t},
    session::CurrentSession,
    ui::{CheckField, Failure, FormState, Icon, Sign, SubmitButton, dynamic, list, with_phone},
};
use contract::{
    FieldProblem, Instant,
    consent::{self, ConsentEntry, ConsentPurpose, ShownConsent},
    member_profile::MemberProfile,
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

const BOX: &str = "paperless-agreed";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Agreed;

#[derive(Clone, Copy)]
struct Editor {
    profile: ProfileQuery,
    is_agreed: RwSignal<bool>,
    form: FormState<Agreed>,
    /// Takes the focus when the button that had it is gone.
    title: NodeRef<html::H2>,
    client: StoredValue<Client>,
    deployment: StoredValue<Deployment>,
    language: Language,
}

impl Editor {
    fn new(profile: ProfileQuery) -> Self {
        let words = |w: &'static crate::i18n::Words, _, problem| (w.problem.at)(w.account().notices.agree, problem);
        Self {
            profile,
            is_agreed: RwSignal::new(false),
            form: FormState::new([], words, |Agreed| BOX),
            title: NodeRef::new(),
            client: StoredValue::new(Client::here()),
            deployment: StoredValue::new(Deployment::here()),
            language: Language::here(),
        }
    }

    /// What is to be agreed to, in the language of the page. Tracks.
    fn consent(self) -> String {
        let locale = self.language.words().locale;
        self.deployment.with_value(|deployment| consent::paperless(&deployment.contacts().billing_phone, locale))
    }

    /// Tracks.
    fn ticked(self) -> Result<ShownConsent, Problems<Agreed>> {
        let mut problems = Problems::default();
        if !self.is_agreed.get() {
            problems.add(Agreed, FieldProblem::Unticked);
        }
        problems.or(Some(ShownConsent { text: self.consent(), locale: self.language.words().locale }))
    }

    fn answered(self, answer: Result<MemberProfile, ApiError>) {
        self.form.end_at(
            self.title,
            answer,
            |_| None,
            |profile| {
                self.is_agreed.set(false);
                self.profile.answered(Fetched::Here(profile));
            },
        );
    }

    fn agree(self) {
        let Some(new) = self.form.begin(untrack(|| self.ticked())) else { return };
        let client = self.client.get_value();
        spawn_local(async move { self.answered(client.agree_to_paperless(&new).await) });
    }

    fn withdraw(self) {
        let Some(()) = self.form.begin(Ok(())) else { return };
        let client = self.client.get_value();
        spawn_local(async move { self.answered(client.withdraw_paperless().await) });
    }
}

#[component]
pub fn Paperless(profile: ProfileQuery) -> impl IntoView {
    let own = Editor::new(profile);
    let since = Memo::new(move |_| profile.of(|profile| profile.paperless().map(|given| given.at)));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if since.get_untracked().is_some() { own.withdraw() } else { own.agree() }
    };
    let session = CurrentSession::here();
    let state = say(move |w| match since.get() {
        Some(at) => (w.account().paperless.on)(&format::day(w.locale, at, session.time_zone())),
        None => w.account().paperless.off.to_owned(),
    });
    let form = dynamic(move || if since.get().is_some() { way_back(own) } else { step(own) });
    let given = dynamic(move || given_ones(profile.of(|profile| profile.consents.clone())));
    view! {
        <form class="pay-sheet" aria-labelledby="paperless-title" novalidate data-print="no" on:submit=submit>
            <div class="pay-stack">
                <h2 id="paperless-title" tabindex="-1" node_ref=own.title>{t(|w| w.account().paperless.title)}</h2>
                {own.form.summary()}
                <p role="status" class="pay-live">{state}</p>
                {form}
                <Failure error=own.form.answer/>
                {given}
            </div>
        </form>
    }
}

fn submit_button(own: Editor, words: Text) -> AnyView {
    view! { <p><SubmitButton words busy_words=t(|w| w.account().profile.saving) busy=own.form.is_busy/></p> }.into_any()
}

fn step(own: Editor) -> AnyView {
    let text = say(move |_| own.consent());
    let sample = say(move |w| own.client.with_value(|client| client.sample_bill_address(w.locale)));
    view! {
        <p class="pay-quote">{with_phone(text)}</p>
        <p>
            {t(|w| w.account().paperless.sample_note)} " "
            <a class="pay-link" href=sample download="" rel="external">{t(|w| w.account().paperless.sample)}</a>
        </p>
        <CheckField id=BOX words=t(|w| w.account().notices.agree) value=own.is_agreed error=own.form.error(Agreed)/>
        {submit_button(own, t(|w| w.account().paperless.start))}
    }
    .into_any()
}

fn way_back(own: Editor) -> AnyView {
    submit_button(own, t(|w| w.account().paperless.end))
}

/// Texts of other pages, too.
fn given_ones(entries: Vec<ConsentEntry>) -> AnyView {
    if entries.is_empty() {
        return ().into_any();
    }
    view! {
        <div>
            <h3>{t(|w| w.account().notices.agreed)}</h3>
            <ul class="pay-rows pay-rows--close">{list(entries, row)}</ul>
        </div>
    }
    .into_any()
}

fn row(ConsentEntry { purpose, given, withdrawn_at }: ConsentEntry) -> AnyView {
    let session = CurrentSession::here();
    let (at, version) = (given.at, given.version);
    let day = move |locale, at: Instant| format::day(locale, at, session.time_zone());
    let summary = say(move |w| {
        let name = match purpose {
            ConsentPurpose::Texts => w.account().notices.texts,
            ConsentPurpose::Paperless => w.account().paperless.title,
        };
        (w.account().profile.given)(Some(name), &day(w.locale, at), version)
    });
    let ended = withdrawn_at.map(|at| {
        view! { <p class="pay-note">{say(move |w| (w.account().paperless.withdrawn)(&day(w.locale, at)))}</p> }
    });
    view! {
        <li>
            <details class="pay-more">
                <summary>{summary}<Icon sign=Sign::Down/></summary>
                {ended}
                <p class="pay-quote" lang=given.locale.code()>{given.text}</p>
            </details>
        </li>
    }
    .into_any()
}
