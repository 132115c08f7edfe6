//! The e-mail confirmation page, where the link leads: the chosen password, and the code from the address on file, open
//! the account. Link scanners of mail programs follow links, but do not know the password.

use crate::{
    api::Client,
    browser,
    error::ApiError,
    form::Problems,
    i18n::t,
    navigation::href,
    route::Enter,
    ui::{ButtonLink, FormState, Heading, Keyboard, PasswordField, SubmitButton, TextField, dynamic, page_heading},
};
use contract::{Password, account::EmailConfirmation, problem_details::ErrorCode};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Here,
    /// The page was loaded anew, and what stood behind the `#` is gone.
    Lost,
    Used,
    Refused,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Password,
    Code,
}

#[component]
pub fn ConfirmEmailPage() -> impl IntoView {
    let (token, link) = (StoredValue::new(String::new()), RwSignal::new(Link::Here));
    let listening = StoredValue::new_local(None);
    browser::effect(move |_| {
        listening.set_value(browser::take_fragments(move |taken| {
            link.set(if taken.is_empty() { Link::Lost } else { Link::Here });
            token.set_value(taken);
        }));
    });
    let shown = Memo::new(move |_| link.get());
    let body = dynamic(move || match shown.get() {
        Link::Here => form(token, link),
        Link::Used => view! {
            <Heading words=t(|w| w.account().register.confirmed_title)/>
            <p class="pay-lead" role="status">{t(|w| w.account().register.confirmed)}</p>
            <p class="pay-row"><ButtonLink to=Enter::SignIn words=t(|w| w.account().sign_in.title) main=true/></p>
        }
        .into_any(),
        Link::Lost => view! {
            <Heading words=t(|w| w.account().sign_in.link_lost_title)/>
            <p class="pay-lead">{t(|w| w.account().sign_in.link_lost)}</p>
        }
        .into_any(),
        Link::Refused => view! {
            <Heading words=t(|w| w.account().register.link_refused_title)/>
            <p class="pay-lead">{t(|w| w.account().register.link_refused)}</p>
            <p class="pay-row">
                <ButtonLink to=Enter::SignIn words=t(|w| w.account().sign_in.title) main=true/>
                <a class="pay-link" href=href(Enter::Register)>{t(|w| w.account().register.title)}</a>
            </p>
        }
        .into_any(),
    });
    view! { <div class="pay-signin">{body}</div> }
}

fn form(token: StoredValue<String>, link: RwSignal<Link>) -> AnyView {
    let client = Client::here();
    let (password, code) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let form = FormState::new(
        [(Field::Password, password), (Field::Code, code)],
        |w, field, problem| match field {
            Field::Password => (w.account().register.chosen_wrong)(problem),
            Field::Code => (w.account().register.code_wrong)(problem),
        },
        |field| match field {
            Field::Password => "password",
            Field::Code => "code",
        },
    );
    let h1 = page_heading(form.title(|w| w.account().register.confirm_title));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let mut problems = Problems::default();
        let typed = problems.check(Field::Password, Password::parse(&password.get_untracked()));
        let Some(password) = form.begin(problems.or(typed)) else { return };
        let confirmation = EmailConfirmation { token: token.get_value(), password, code: code.get_untracked() };
        let client = client.clone();
        spawn_local(async move {
            let answer = client.confirm_email(&confirmation).await;
            if answer.as_ref().err().and_then(ApiError::code) == Some(ErrorCode::LinkRefused) {
                return link.set(Link::Refused);
            }
            let field = |path: &str| match path {
                "password" => Some(Field::Password),
                "code" => Some(Field::Code),
                _ => None,
            };
            if form.end(answer, field).is_some() {
                link.set(Link::Used);
            }
        });
    };
    view! {
        <h1 tabindex="-1" node_ref=h1>{t(|w| w.account().register.confirm_title)}</h1>
        <p class="pay-lead">{t(|w| w.account().register.confirm_lead)}</p>
        {form.notice()}
        {form.summary()}
        <form class="pay-sheet" novalidate on:submit=submit>
            <div class="pay-form">
                <PasswordField id="password" label=t(|w| w.account().register.chosen) value=password hint=None
                    error=form.error(Field::Password) autocomplete="current-password"/>
                <TextField id="code" label=t(|w| w.account().register.code) hint=t(|w| w.account().register.code_hint)
                    value=code error=form.error(Field::Code)
                    keyboard=Keyboard { autocomplete: "one-time-code", width: "pay-input--14", ..Keyboard::default() }/>
                <p class="pay-row">
                    <SubmitButton words=t(|w| w.account().register.confirm) busy_words=t(|w| w.account().register.confirming) busy=form.is_busy/>
                </p>
            </div>
        </form>
    }
    .into_any()
}
