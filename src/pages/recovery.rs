//! Getting back in when the password is forgotten: ask for a link, and choose a new password with it. The page says the
//! same whether or not there is an account. A forgotten user ID (`user_id`) begins with the statement.

pub mod user_id;

use crate::{
    api::Client,
    browser,
    form::Problems,
    i18n::{Text, say, t},
    navigation::href,
    route::Enter,
    ui::{
        Back, ButtonLink, FormState, Heading, Keyboard, KnownUserId, PasswordField, SubmitButton, TextField, Waiting,
        dynamic, page_heading,
    },
};
use contract::{
    Email, Password,
    account::{NewPassword, PasswordReset},
    password::LEAST,
    problem_details::ErrorCode,
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Email,
    Password,
}

fn form(field: Field, text: RwSignal<String>) -> FormState<Field> {
    FormState::new(
        [(field, text)],
        |w, field, problem| match field {
            Field::Email => (w.fields().email)(w.account().sign_in.user_id, problem),
            Field::Password => (w.fields().new_password)(w.account().sign_in.new_password, problem, LEAST as u16),
        },
        |field| match field {
            Field::Email => "email",
            Field::Password => "new-password",
        },
    )
}

/// A page that says one thing and offers one way on.
fn one_way_on(title: Text, words: Text, to: Enter, go: Text) -> AnyView {
    let h1 = page_heading(title);
    view! {
        <div class="pay-signin">
            <h1 tabindex="-1" node_ref=h1>{title}</h1>
            <p class="pay-lead" role="status">{words}</p>
            <p class="pay-row"><ButtonLink to words=go main=true/></p>
        </div>
    }
    .into_any()
}

#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    let is_sent = RwSignal::new(false);
    let is_sent = (is_sent, Memo::new(move |_| is_sent.get()));
    dynamic(move || {
        if is_sent.1.get() {
            one_way_on(
                t(|w| w.account().sign_in.forgot_sent_title),
                t(|w| w.account().sign_in.forgot_sent),
                Enter::SignIn,
                t(|w| w.account().sign_in.title),
            )
        } else {
            ask(is_sent.0)
        }
    })
}

fn ask(is_sent: RwSignal<bool>) -> AnyView {
    let (email, client) = (RwSignal::new(String::new()), Client::here());
    let form = form(Field::Email, email);
    let h1 = page_heading(form.title(|w| w.account().sign_in.forgot_title));
    let check = move |email: &str| {
        let mut problems = Problems::default();
        let email = problems.check(Field::Email, Email::parse(email));
        problems.or(email.map(|email| PasswordReset { email }))
    };
    form.revalidate_on_change(move || check(&email.get()).err().unwrap_or_default());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(reset) = form.begin(check(&email.get_untracked())) else { return };
        let client = client.clone();
        spawn_local(async move {
            let answer = client.ask_for_reset(&reset).await;
            if form.end(answer, |field| (field == "email").then_some(Field::Email)).is_some() {
                is_sent.set(true);
            }
        });
    };
    view! {
        <div class="pay-signin">
            <Back to=Enter::SignIn words=t(|w| w.account().sign_in.title)/>
            <h1 tabindex="-1" node_ref=h1>{t(|w| w.account().sign_in.forgot_title)}</h1>
            <p class="pay-lead">{t(|w| w.account().sign_in.forgot_lead)}</p>
            {form.notice()}
            {form.summary()}
            <form class="pay-sheet" novalidate on:submit=submit>
                <div class="pay-form">
                    <TextField id="email" label=t(|w| w.account().sign_in.user_id) hint=t(|w| w.account().sign_in.user_id_hint)
                        value=email error=form.error(Field::Email)
                        keyboard=Keyboard { mode: "email", autocomplete: "username", width: "" }/>
                    <p class="pay-row">
                        <SubmitButton words=t(|w| w.account().sign_in.forgot_submit) busy=form.is_busy/>
                        <a class="pay-link" href=href(Enter::ForgotUserId)>{t(|w| w.account().sign_in.forgot_user_id)}</a>
                    </p>
                </div>
            </form>
        </div>
    }
    .into_any()
}

#[derive(Clone, PartialEq, Eq)]
enum Link {
    /// The server is asked whether it is still good, before anyone thinks up a password.
    Waiting,
    /// For the account of this user ID; empty where the server could not be asked. Its secret is held in memory only.
    Here(String),
    /// The page was loaded anew, and the secret is gone with what was there.
    Lost,
    Refused,
    Done,
}

#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    let (token, link) = (StoredValue::new(String::new()), RwSignal::new(Link::Waiting));
    let (client, listening) = (Client::here(), StoredValue::new_local(None));
    browser::effect(move |_| {
        let client = client.clone();
        listening.set_value(browser::take_fragments(move |taken| {
            let is_lost = taken.is_empty();
            token.set_value(taken);
            if is_lost { link.set(Link::Lost) } else { check_link(&client, token, link) }
        }));
    });
    let link = (link, Memo::new(move |_| link.get()));
    dynamic(move || match link.1.get() {
        Link::Waiting => view! {
            <div class="pay-signin">
                <Heading words=t(|w| w.account().sign_in.reset_title)/>
                <Waiting rows=3/>
            </div>
        }
        .into_any(),
        Link::Here(user_id) => choose(token, user_id, link.0),
        Link::Lost => one_way_on(
            t(|w| w.account().sign_in.link_lost_title),
            t(|w| w.account().sign_in.link_lost),
            Enter::ForgotPassword,
            t(|w| w.account().sign_in.ask_again),
        ),
        Link::Refused => one_way_on(
            t(|w| w.account().sign_in.reset_refused_title),
            t(|w| w.account().sign_in.reset_refused),
            Enter::ForgotPassword,
            t(|w| w.account().sign_in.ask_again),
        ),
        Link::Done => one_way_on(
            t(|w| w.account().sign_in.reset_done_title),
            t(|w| w.account().sign_in.reset_done),
            Enter::SignIn,
            t(|w| w.account().sign_in.title),
        ),
    })
}

fn check_link(client: &Client, token: StoredValue<String>, link: RwSignal<Link>) {
    let client = client.clone();
    link.set(Link::Waiting);
    spawn_local(async move {
        link.set(match client.check_reset(&token.get_value()).await {
            Ok(account) => Link::Here(account.user_id.to_string()),
            Err(error) if error.code() == Some(ErrorCode::LinkRefused) => Link::Refused,
            // saving says what is wrong
            Err(_) => Link::Here(String::new()),
        });
    });
}

fn choose(token: StoredValue<String>, user_id: String, link: RwSignal<Link>) -> AnyView {
    let (password, client) = (RwSignal::new(String::new()), Client::here());
    let form = form(Field::Password, password);
    let h1 = page_heading(form.title(|w| w.account().sign_in.reset_title));
    // An account with a second factor may have a shorter one: the server knows.
    let check = move |password: &str| {
        let mut problems = Problems::default();
        let password = problems.check(Field::Password, Password::parse(password));
        problems.or(password)
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(password) = form.begin(check(&password.get_untracked())) else { return };
        let client = client.clone();
        spawn_local(async move {
            let answer = client.reset_password(&NewPassword { token: token.get_value(), password }).await;
            if answer.as_ref().err().and_then(crate::error::ApiError::code) == Some(ErrorCode::LinkRefused) {
                return link.set(Link::Refused);
            }
            if form.end(answer, |field| (field == "password").then_some(Field::Password)).is_some() {
                link.set(Link::Done);
            }
        });
    };
    view! {
        <div class="pay-signin">
            <h1 tabindex="-1" node_ref=h1>{t(|w| w.account().sign_in.reset_title)}</h1>
            <p class="pay-lead">{t(|w| w.account().sign_in.reset_lead)}</p>
            {form.notice()}
            {form.summary()}
            <form class="pay-sheet" novalidate on:submit=submit>
                <div class="pay-form">
                    <KnownUserId user_id=Text::stored(user_id)/>
                    <PasswordField id="new-password" label=t(|w| w.account().sign_in.new_password) value=password
                        hint=Some(say(|w| (w.account().register.password_hint)(LEAST as u16)))
                        error=form.error(Field::Password) autocomplete="new-password"/>
                    <p class="pay-row"><SubmitButton words=t(|w| w.account().sign_in.reset_submit) busy=form.is_busy/></p>
                </div>
            </form>
        </div>
    }
    .into_any()
}
