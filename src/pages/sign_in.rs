//! The sign-in page: user ID and password here, and `second_step` at the same address if the account has a second
//! factor. A failed sign-in does not say whether the user ID or the password was wrong. After signing in, the user
//! returns to the page they came from.

mod second_step;

use self::second_step::SecondStep;
use crate::{
    api::Client,
    browser,
    error::ApiError,
    form::Problems,
    i18n::{say, t},
    navigation::{Navigation, href},
    route::{Account, Enter, Pay, Route},
    session::{CurrentSession, Session},
    ui::{
        Back, ErrorSummary, Failure, FormState, Keyboard, PasswordField, SubmitButton, TextField, dynamic, page_heading,
    },
};
use contract::{Email, FieldProblem, Password, UserId, account::Credentials, password, problem_details::ErrorCode};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    UserId,
    Password,
}

/// The server's one word about user ID and password.
const WRONG: FieldProblem = FieldProblem::Unknown;

/// Where to go once one is signed in, and with which filter.
fn destination() -> (Route, String) {
    Route::then(&browser::path()).unwrap_or_else(overview)
}

fn overview() -> (Route, String) {
    (Account::Overview.into(), String::new())
}

#[component]
pub fn SignInPage() -> impl IntoView {
    let (session, navigation) = (CurrentSession::here(), Navigation::here());
    browser::effect(move |_| {
        if session.with(Session::is_member) && navigation.is_at(Enter::SignIn) {
            // a user who had found another member's bill sees a note about it, and is not returned to paying it
            let is_other = untrack(|| session.found_elsewhere()).is_some();
            let (to, filter) = if is_other { overview() } else { destination() };
            navigation.replace_with_query(to, &filter);
        }
    });
    let asked = Memo::new(move |_| {
        session.with(|session| if let Session::PendingSecondFactor(asked) = session { Some(*asked) } else { None })
    });
    dynamic(move || match asked.get() {
        Some(asked) => view! { <SecondStep asked/> }.into_any(),
        None => first_step(),
    })
}

/// The form of the first step.
#[derive(Clone, Copy)]
struct SignInForm {
    form: FormState<Field>,
    user_id: RwSignal<String>,
    password: RwSignal<String>,
    /// Seconds until the next try; it was too early when nothing was wrong.
    wait: RwSignal<u32>,
}

impl SignInForm {
    fn new() -> Self {
        let (user_id, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let form = FormState::new(
            [(Field::UserId, user_id), (Field::Password, password)],
            |w, field, problem| match (field, problem) {
                (Field::UserId, WRONG) => w.account().sign_in.wrong.to_owned(),
                (Field::UserId, problem) => (w.fields().email)(w.account().sign_in.user_id, problem),
                (Field::Password, problem) => w.problem.within(w.account().sign_in.password, problem, password::MOST),
            },
            |field| match field {
                Field::UserId => "user-id",
                Field::Password => "password",
            },
        );
        Self { form, user_id, password, wait: RwSignal::new(0) }
    }

    /// Tracks. What the server said stays until something else is typed.
    fn recheck(self) -> Problems<Field> {
        let (user_id, password) = (self.user_id.get(), self.password.get());
        let was = self.form.problems.get_untracked();
        if was.of(Field::UserId) == Some(WRONG) {
            return if password.is_empty() { was } else { Problems::default() };
        }
        check(&user_id, &password).err().unwrap_or_default()
    }

    async fn sign_in(self, client: Client, session: CurrentSession, credentials: Credentials) {
        match client.sign_in(&credentials).await {
            Ok(view) => {
                self.form.is_busy.set(false);
                // the page goes where one was going, or shows the second step
                session.accept(&view);
            }
            Err(ApiError::Refused(details)) if details.code == ErrorCode::WrongCredentials => {
                self.form.is_busy.set(false);
                self.wait.set(details.retry_after.unwrap_or(0));
                self.password.set(String::new());
                let mut problems = Problems::default();
                problems.add(Field::UserId, WRONG);
                self.form.refuse(problems);
            }
            answer => _ = self.form.end(answer, |_| None),
        }
    }
}

fn first_step() -> AnyView {
    let own = SignInForm::new();
    let SignInForm { form, user_id, password, wait } = own;
    let h1 = page_heading(form.title(|w| w.account().sign_in.title));
    let (client, session) = (Client::here(), CurrentSession::here());
    form.revalidate_on_change(move || own.recheck());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let checked = check(&user_id.get_untracked(), &password.get_untracked());
        let Some(credentials) = form.begin(checked) else { return };
        wait.set(0);
        spawn_local(own.sign_in(client.clone(), session, credentials));
    };
    let title = say(move |w| match form.problems.with(|problems| problems.of(Field::UserId)) {
        Some(WRONG) => w.account().sign_in.wrong_title.to_owned(),
        _ => (w.shell.problems)(form.problems.with(Problems::len)),
    });
    let note = say(move |w| match wait.get() {
        0 => String::new(),
        seconds => (w.account().sign_in.wait)(seconds as usize),
    });
    view! {
        <div class="pay-signin">
            <Back to=Route::Home words=t(|w| w.shell.home)/>
            <h1 tabindex="-1" node_ref=h1>{t(|w| w.account().sign_in.title)}</h1>
            <Failure error=form.answer words=too_early/>
            <ErrorSummary lines=form.lines() submits=form.refused title note/>
            <form class="pay-sheet" novalidate on:submit=submit>
                <div class="pay-form">
                    <TextField id="user-id" label=t(|w| w.account().sign_in.user_id) hint=t(|w| w.account().sign_in.user_id_hint)
                        value=user_id error=form.error(Field::UserId)
                        keyboard=Keyboard { mode: "email", autocomplete: "username", width: "" }/>
                    <PasswordField id="password" label=t(|w| w.account().sign_in.password) value=password
                        error=form.error(Field::Password) hint=None autocomplete="current-password"/>
                    <SubmitButton words=t(|w| w.account().sign_in.submit) busy_words=t(|w| w.account().sign_in.busy) busy=form.is_busy full=true/>
                    <p class="pay-row">
                        <a class="pay-link" href=href(Enter::ForgotUserId)>{t(|w| w.account().sign_in.forgot_user_id)}</a>
                        <a class="pay-link" href=href(Enter::ForgotPassword)>{t(|w| w.account().sign_in.forgot_password)}</a>
                    </p>
                </div>
            </form>
            <p>
                {t(|w| w.account().sign_in.no_account)} " "
                <a href=href(Enter::Register)>{t(|w| w.account().sign_in.register)}</a> ", "
                {t(|w| w.account().sign_in.or)} " "
                <a href=href(Pay::Find)>{t(|w| w.account().sign_in.pay_once)}</a> "."
            </p>
        </div>
    }
    .into_any()
}

/// A try that came too early says when the next one is welcome, in seconds.
fn too_early(w: &'static crate::i18n::Words, error: &ApiError, _: &str) -> Option<(String, String)> {
    let ApiError::Busy(seconds) = error else { return None };
    Some((w.account().sign_in.early_title.to_owned(), (w.account().sign_in.wait)(*seconds as usize)))
}

fn check(user_id: &str, password: &str) -> Result<Credentials, Problems<Field>> {
    let mut problems = Problems::default();
    problems.check(Field::UserId, Email::parse(user_id));
    let password = problems.check(Field::Password, Password::parse(password));
    problems.or(password.map(|password| Credentials { user_id: UserId::of(user_id), password }))
}

#[cfg(test)]
mod tests {
    use crate::pages::sign_in::{Field, check};
    use contract::FieldProblem;

    #[test]
    fn what_is_no_e_mail_address_is_named_before_anything_is_sent() {
        let problem = |user_id: &str| check(user_id, "copper river lantern seven").err()?.of(Field::UserId);
        assert_eq!(problem("ana.oneill@example.org"), None);
        assert_eq!(problem(" Ana.ONeill@Example.org "), None);
        assert_eq!(problem(""), Some(FieldProblem::Missing));
        assert_eq!(problem("terrence"), Some(FieldProblem::Malformed));
        assert!(problem("4242 4242 4242 4242").is_some(), "a card number stays here");
    }
}
