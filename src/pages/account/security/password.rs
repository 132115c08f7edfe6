//! Changing the password on the security page. The password now in use is asked for, too.

use super::SecurityQuery;
use crate::{
    api::Client,
    error::ApiError,
    form::Problems,
    i18n::{format, say, t},
    session::CurrentSession,
    ui::{FormState, Icon, KnownUserId, Notice, PasswordField, Sign, SubmitButton, dynamic},
};
use contract::{Password, account::PasswordChange, problem_details::ErrorCode};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Current,
    New,
}

#[derive(Clone, Copy)]
struct PasswordForm {
    shown: SecurityQuery,
    form: FormState<Field>,
    current: RwSignal<String>,
    password: RwSignal<String>,
    is_saved: RwSignal<bool>,
    session: CurrentSession,
}

impl PasswordForm {
    fn new(shown: SecurityQuery) -> Self {
        let (current, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let form = FormState::new(
            [(Field::Current, current), (Field::New, password)],
            move |w, field, problem| match field {
                Field::Current => (w.account().security.current_wrong)(problem),
                Field::New => {
                    let least = shown.of(|security| security.least_password);
                    (w.fields().new_password)(w.account().security.new_password, problem, least)
                }
            },
            |field| match field {
                Field::Current => "current-password",
                Field::New => "new-password",
            },
        );
        Self { shown, form, current, password, is_saved: RwSignal::new(false), session: CurrentSession::here() }
    }

    fn least(self) -> u16 {
        self.shown.of(|security| security.least_password)
    }

    /// Tracks.
    fn check(self) -> Result<PasswordChange, Problems<Field>> {
        let mut problems = Problems::default();
        let old = problems.check(Field::Current, Password::parse(&self.current.get()));
        let new = Password::parse(&self.password.get());
        let new = new.and_then(|new| new.has_least(usize::from(self.least())).map(|()| new));
        let new = problems.check(Field::New, new);
        problems.or(old.zip(new).map(|(current, password)| PasswordChange { current, password }))
    }

    async fn save(self, client: Client, change: PasswordChange) {
        let answer = client.change_password(&change).await;
        if let Err(ApiError::Refused(details)) = &answer
            && details.code == ErrorCode::WrongCredentials
        {
            self.form.wipe(Field::Current);
        }
        let field = |path: &str| match path {
            "current" => Some(Field::Current),
            "password" => Some(Field::New),
            _ => None,
        };
        if let Some(view) = self.form.end(answer, field) {
            self.form.refused.set(0);
            self.current.set(String::new());
            self.password.set(String::new());
            self.is_saved.set(true);
            self.session.accept(&view);
            self.shown.refresh();
        }
    }
}

#[component]
pub fn ChangePassword(shown: SecurityQuery) -> impl IntoView {
    let own = PasswordForm::new(shown);
    let PasswordForm { form, current, password, is_saved, session, .. } = own;
    let client = Client::here();
    form.revalidate_on_change(move || own.check().err().unwrap_or_default());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        is_saved.set(false);
        let Some(change) = form.begin(untrack(|| own.check())) else { return };
        spawn_local(own.save(client.clone(), change));
    };
    let changed = say(move |w| {
        let (at, zone) = shown.of(|security| (Some(security.password_changed_at), security.time_zone.clone()));
        at.map(|at| (w.account().security.changed_at)(&format::moment(w.locale, at, &zone))).unwrap_or_default()
    });
    let saved = dynamic(move || {
        if is_saved.get() {
            view! { <Notice sign=Sign::Done words=t(|w| w.account().security.saved)/> }.into_any()
        } else {
            ().into_any()
        }
    });
    view! {
        <section class="pay-sheet" aria-labelledby="password-title">
            <div class="pay-stack">
                <div>
                    <h2 id="password-title">{t(|w| w.account().security.password)}</h2>
                    <p class="pay-note">{changed}</p>
                </div>
                {form.notice()}
                <div role="status" class="pay-live">{saved}</div>
                <details class="pay-more">
                    <summary>{t(|w| w.account().security.change)}<Icon sign=Sign::Down/></summary>
                    <form class="pay-form" novalidate on:submit=submit>
                        {form.summary()}
                        <KnownUserId user_id=say(move |_| session.user_id())/>
                        <PasswordField id="current-password" label=t(|w| w.account().security.current) value=current hint=None
                            error=form.error(Field::Current) autocomplete="current-password"/>
                        <PasswordField id="new-password" label=t(|w| w.account().security.new_password) value=password
                            hint=Some(say(move |w| (w.account().register.password_hint)(own.least())))
                            error=form.error(Field::New) autocomplete="new-password"/>
                        <p><SubmitButton words=t(|w| w.account().security.save) busy_words=t(|w| w.account().security.saving) busy=form.is_busy/></p>
                    </form>
                </details>
            </div>
        </section>
    }
}
