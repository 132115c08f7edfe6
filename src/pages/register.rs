//! Registering, a module a step: `welcome` (what an account adds), `bill` (the statement), `terms`, `you`, `email`; and
//! `confirm`, where the e-mail leads. What is typed is kept with the payer's session on the server, never the password.

pub mod bill;
pub mod confirm;
pub mod email;
pub mod terms;
pub mod welcome;
pub mod you;

use crate::{
    api::Client,
    browser,
    error::ApiError,
    fetched::Fetched,
    navigation::Navigation,
    route::{Account, Enter},
    session::{CurrentSession, Session},
};
use contract::account::{Registration, RegistrationDraft};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};

/// Context: the registration while its steps come and go.
#[derive(Clone, Copy)]
pub struct Enrolment {
    pub registration: RwSignal<Fetched<Registration>>,
    /// Where the e-mail went, as far as this page remembers.
    pub sent_to: RwSignal<Option<String>>,
    /// What the server has of what was typed.
    heard: StoredValue<RegistrationDraft>,
    /// The binding of the session it belongs to.
    of: StoredValue<Option<String>>,
}

pub fn provide() {
    provide_context(Enrolment::new());
}

const POLL_MILLIS: u32 = 50;

impl Enrolment {
    fn new() -> Self {
        Self {
            registration: RwSignal::new(Fetched::Waiting),
            sent_to: RwSignal::new(None),
            heard: StoredValue::default(),
            of: StoredValue::new(None),
        }
    }

    pub fn here() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    /// For the steps after the statement: a guest shows it first, a member has an account.
    pub fn arrive(self) {
        let (session, navigation, client) = (CurrentSession::here(), Navigation::here(), Client::here());
        browser::effect(move |_| match session.get() {
            Session::Restoring => {}
            Session::Guest | Session::PendingSecondFactor(_) => navigation.replace(Enter::RegisterBill),
            Session::Member(..) => navigation.replace(Account::Overview),
            Session::Payer(access) => self.fetch(&client, access.capture_binding),
        });
    }

    fn fetch(self, client: &Client, binding: String) {
        if self.of.with_value(|of| of.as_ref() == Some(&binding)) && self.registration.with_untracked(Fetched::is_here)
        {
            return;
        }
        self.of.set_value(Some(binding));
        let client = client.clone();
        spawn_local(async move {
            let fetched = client.registration().await;
            if let Ok(registration) = &fetched {
                self.heard.set_value(registration.draft.clone());
            }
            self.registration.set(fetched.into());
        });
    }

    /// Tracks.
    pub fn here_now(self) -> Option<Registration> {
        self.registration.with(|fetched| fetched.value().cloned())
    }

    /// Tracks.
    pub fn failed(self) -> Option<ApiError> {
        self.registration.with(|fetched| fetched.error().cloned())
    }

    /// Waits until the registration is loaded, for a user who submits before. False if it could not be loaded, which
    /// the page says.
    pub async fn arrived(self) -> bool {
        while self.registration.with_untracked(|fetched| matches!(fetched, Fetched::Waiting)) {
            TimeoutFuture::new(POLL_MILLIS).await;
        }
        self.registration.with_untracked(Fetched::is_here)
    }

    /// Changes what was typed, here and with the session.
    pub async fn keep(self, client: &Client, change: impl FnOnce(&mut RegistrationDraft)) -> Result<(), ApiError> {
        let mut kept = None;
        // Anyone who reads the registration notices a change and of nothing else.
        self.registration.maybe_update(|fetched| {
            let Some(registration) = fetched.value_mut() else { return false };
            let before = registration.draft.clone();
            change(&mut registration.draft);
            let is_changed = registration.draft != before;
            if is_changed && !registration.is_sent {
                kept = Some((registration.id.clone(), registration.draft.clone(), before));
            }
            is_changed
        });
        match kept {
            Some((id, draft, before)) => {
                let answer = client.keep_registration(&id, &draft).await;
                if answer.is_ok() {
                    self.heard.set_value(draft);
                } else {
                    // what was not kept is not taken for kept
                    self.registration.update(|fetched| {
                        if let Some(registration) = fetched.value_mut()
                            && registration.draft == draft
                        {
                            registration.draft = before;
                        }
                    });
                }
                answer
            }
            None => Ok(()),
        }
    }

    /// As `keep`, of all that is typed, while the page is being left.
    pub fn leave(self, client: &Client, left: RegistrationDraft) {
        self.registration.with_untracked(|fetched| {
            let Some(registration) = fetched.value().filter(|registration| !registration.is_sent) else { return };
            let draft = RegistrationDraft { terms_version: registration.draft.terms_version, ..left };
            if self.heard.with_value(|heard| *heard != draft) {
                client.leave_registration(&registration.id, &draft);
            }
        });
    }

    /// The account was asked for.
    pub fn was_sent(self, to: String) {
        self.sent_to.set(Some(to));
        self.registration.update(|fetched| {
            if let Some(registration) = fetched.value_mut() {
                registration.is_sent = true;
                registration.draft = RegistrationDraft::default();
            }
        });
    }

    /// The step that is next, for a user who opens a later one.
    pub fn lead(self, is_here: fn(&Registration) -> bool, to: Enter) {
        let navigation = Navigation::here();
        browser::effect(move |_| {
            if self.here_now().is_some_and(|registration| !is_here(&registration)) {
                navigation.replace(to.clone());
            }
        });
    }
}
