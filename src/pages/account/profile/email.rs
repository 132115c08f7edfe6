//! The row of the e-mail address on the profile page: another one is asked for with the password, and counts once its
//! link was used; until then the row says so, and the change can be called off.

use super::{
    ProfileQuery,
    row::{Row, form_ref},
};
use crate::{
    api::Client,
    error::ApiError,
    fetched::Fetched,
    form::Problems,
    i18n::{say, t},
    session::CurrentSession,
    ui::{Failure, FormState, Keyboard, KnownUserId, Notice, PasswordField, TextField, dynamic},
};
use contract::{
    Email, FieldProblem, Password, field_problem::plain_text, member_profile::EmailChange, problem_details::ErrorCode,
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Email,
    Password,
}

#[derive(Clone, Copy)]
struct Editor {
    row: Row,
    profile: ProfileQuery,
    email: RwSignal<String>,
    password: RwSignal<String>,
    form: FormState<Field>,
    client: StoredValue<Client>,
}

impl Editor {
    fn new(profile: ProfileQuery) -> Self {
        let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let form = FormState::new(
            [(Field::Email, email), (Field::Password, password)],
            |w, field, problem| match (field, problem) {
                (Field::Email, FieldProblem::Duplicate) => {
                    (w.account().profile.email_same)(w.account().profile.new_email)
                }
                (Field::Email, problem) => (w.fields().email)(w.account().profile.new_email, problem),
                (Field::Password, problem) => (w.account().security.current_wrong)(problem),
            },
            |field| match field {
                Field::Email => "new-email",
                Field::Password => "current-password",
            },
        );
        Self { row: Row::new(), profile, email, password, form, client: StoredValue::new(Client::here()) }
    }

    fn open(self) {
        self.email.set(String::new());
        self.password.set(String::new());
        self.form.reset();
        self.row.is_open.set(true);
    }

    /// Tracks.
    fn check(self) -> Result<EmailChange, Problems<Field>> {
        let mut problems = Problems::default();
        let email = self.email.get();
        let email = problems.check(Field::Email, plain_text(&email).and_then(|()| Email::parse(&email)));
        let password = problems.check(Field::Password, Password::parse(&self.password.get()));
        problems.or(email.zip(password).map(|(email, password)| EmailChange { email, password }))
    }

    async fn save(self, change: EmailChange) {
        let answer = self.client.get_value().change_email(&change).await;
        if answer.as_ref().err().and_then(ApiError::code) == Some(ErrorCode::WrongCredentials) {
            self.form.wipe(Field::Password);
        }
        let field = |path: &str| match path {
            "email" => Some(Field::Email),
            "password" => Some(Field::Password),
            _ => None,
        };
        let Some(profile) = self.form.end(answer, field) else { return };
        self.password.set(String::new());
        self.profile.answered(Fetched::Here(profile));
        self.row.close();
    }
}

#[component]
pub fn EmailRow(profile: ProfileQuery) -> impl IntoView {
    let own = Editor::new(profile);
    own.form.revalidate_on_change(move || own.check().err().unwrap_or_default());
    dynamic(move || {
        let row = if own.row.is_open.get() { form(own) } else { shown(own) };
        view! { <div><dt>{t(|w| w.account().register.email)}</dt>{row}</div> }.into_any()
    })
}

fn shown(own: Editor) -> AnyView {
    let email = say(move |_| own.profile.of(|profile| profile.email.to_string()));
    let waits = Memo::new(move |_| own.profile.of(|profile| profile.new_email.is_some()));
    let notice = dynamic(move || if waits.get() { waiting(own) } else { ().into_any() });
    let open = Callback::new(move |()| own.open());
    view! {
        <dd>
            <span translate="no">{email}</span>
            <small>{t(|w| w.account().profile.email_note)}</small>
            <div role="status" class="pay-live">{notice}</div>
        </dd>
        {own.row.change_button(t(|w| w.account().register.email), open)}
    }
    .into_any()
}

fn waiting(own: Editor) -> AnyView {
    let words = say(move |w| {
        let new = own.profile.of(|profile| profile.new_email.as_ref().map(ToString::to_string));
        new.map(|new| (w.account().profile.email_waits)(&new)).unwrap_or_default()
    });
    let (failed, is_busy, is_sent) = (RwSignal::new(None), RwSignal::new(false), RwSignal::new(false));
    let ask = move |is_again: bool| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        is_sent.set(false);
        failed.set(None);
        spawn_local(async move {
            let client = own.client.get_value();
            let answer = if is_again { client.send_email_link().await } else { client.keep_email().await };
            // the page may have been left
            _ = is_busy.try_set(false);
            match answer {
                Ok(profile) => {
                    _ = is_sent.try_set(is_again);
                    own.profile.answered(Fetched::Here(profile));
                }
                // it was confirmed or called off elsewhere
                Err(ApiError::Missing) => own.profile.refresh(),
                Err(error) => _ = failed.try_set(Some(error)),
            }
        });
    };
    let sent = say(move |w| if is_sent.get() { w.account().register.sent_again } else { "" }.to_owned());
    view! {
        <Failure error=failed/>
        <Notice words>
            <p class="pay-row">
                <button class="pay-link" type="button" on:click=move |_| ask(true)>
                    {t(|w| w.account().register.again)}
                </button>
                <button class="pay-link" type="button" on:click=move |_| ask(false)>
                    {t(|w| w.account().profile.keep_email)}
                </button>
            </p>
            <p>{sent}</p>
        </Notice>
    }
    .into_any()
}

fn form(own: Editor) -> AnyView {
    let Editor { row, form, email, password, .. } = own;
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(change) = form.begin(untrack(|| own.check())) else { return };
        spawn_local(own.save(change));
    };
    let label = say(|w| w.account().register.email.to_owned());
    let session = CurrentSession::here();
    view! {
        <dd>
            <form class="pay-form" novalidate aria-label=label node_ref=form_ref("new-email") on:submit=submit>
                {form.notice()}
                {form.summary()}
                <TextField id="new-email" label=t(|w| w.account().profile.new_email) value=email
                    hint=t(|w| w.account().profile.new_email_note) error=form.error(Field::Email)
                    keyboard=Keyboard { mode: "email", autocomplete: "email", width: "" }/>
                <KnownUserId user_id=say(move |_| session.user_id())/>
                <PasswordField id="current-password" label=t(|w| w.account().security.current) value=password hint=None
                    error=form.error(Field::Password) autocomplete="current-password"/>
                {row.buttons(t(|w| w.account().sign_in.forgot_submit), form.is_busy)}
            </form>
        </dd>
    }
    .into_any()
}
