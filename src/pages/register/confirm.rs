//! The e-mail confirmation page, where the link leads: the chosen password, and the code from the address on file, open
//! the account. A link to a new address of an account asks for the password alone. Link scanners of mail programs
//! follow links, but do not know the password.

use crate::{
    api::Client,
    browser,
    error::ApiError,
    form::Problems,
    i18n::{Pick, Text, t},
    navigation::href,
    route::Enter,
    ui::{ButtonLink, FormState, Heading, Keyboard, PasswordField, SubmitButton, TextField, dynamic, page_heading},
};
use contract::{
    FieldProblem, Password,
    account::{EmailConfirmation, NEW_EMAIL},
    field_problem::typed_code,
    problem_details::ErrorCode,
};
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
    // whether it is a new address of an account that is there
    let is_new_email = RwSignal::new(false);
    let listening = StoredValue::new_local(None);
    browser::effect(move |_| {
        listening.set_value(browser::take_fragments(move |taken| {
            link.set(if taken.is_empty() { Link::Lost } else { Link::Here });
            is_new_email.set(taken.starts_with(NEW_EMAIL));
            token.set_value(taken);
        }));
    });
    let shown = Memo::new(move |_| (link.get(), is_new_email.get()));
    let body = dynamic(move || draw(token, link, shown.get()));
    view! { <div class="pay-signin">{body}</div> }
}

fn draw(token: StoredValue<String>, link: RwSignal<Link>, (shown, is_new): (Link, bool)) -> AnyView {
    match shown {
        Link::Here => form(token, link, is_new),
        Link::Used => view! {
            <Heading words=pick(is_new, |w| w.account().register.confirmed_title, |w| w.account().profile.email_confirmed_title)/>
            <p class="pay-lead" role="status">
                {pick(is_new, |w| w.account().register.confirmed, |w| w.account().profile.email_confirmed)}
            </p>
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
            <p class="pay-lead">{pick(is_new, |w| w.account().register.link_refused, |w| w.account().profile.email_refused)}</p>
            <p class="pay-row">
                <ButtonLink to=Enter::SignIn words=t(|w| w.account().sign_in.title) main=true/>
                {(!is_new).then(|| view! {
                    <a class="pay-link" href=href(Enter::Register)>{t(|w| w.account().register.title)}</a>
                })}
            </p>
        }
        .into_any(),
    }
}

/// The words of a registration, or those of a new address of an account.
fn pick(is_new_email: bool, registration: Pick, new_email: Pick) -> Text {
    t(if is_new_email { new_email } else { registration })
}

fn form_state(password: RwSignal<String>, code: RwSignal<String>, is_new_email: bool) -> FormState<Field> {
    FormState::new(
        [(Field::Password, password), (Field::Code, code)],
        move |w, field, problem| match field {
            Field::Password if is_new_email => (w.account().security.current_wrong)(problem),
            Field::Password => (w.account().register.chosen_wrong)(problem),
            Field::Code => (w.account().register.code_wrong)(problem),
        },
        |field| match field {
            Field::Password => "password",
            Field::Code => "code",
        },
    )
}

async fn send(client: &Client, confirmation: &EmailConfirmation, form: FormState<Field>, link: RwSignal<Link>) {
    let answer = client.confirm_email(confirmation).await;
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
}

fn form(token: StoredValue<String>, link: RwSignal<Link>, is_new_email: bool) -> AnyView {
    let client = Client::here();
    let (password, code) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let form = form_state(password, code, is_new_email);
    let h1 = page_heading(form.title(|w| w.account().register.confirm_title));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let mut problems = Problems::default();
        let typed = problems.check(Field::Password, Password::parse(&password.get_untracked()));
        // anyone who got the link at the address on file has no code
        let code = match code.with_untracked(|code| typed_code(code)) {
            Err(FieldProblem::Missing) => Some(String::new()),
            code => problems.check(Field::Code, code),
        };
        let Some((password, code)) = form.begin(problems.or(typed.zip(code))) else { return };
        let confirmation = EmailConfirmation { token: token.get_value(), password, code };
        let client = client.clone();
        spawn_local(async move { send(&client, &confirmation, form, link).await });
    };
    let code = (!is_new_email).then(|| {
        view! {
            <TextField id="code" label=t(|w| w.account().register.code) hint=t(|w| w.account().register.code_hint)
                value=code error=form.error(Field::Code)
                keyboard=Keyboard { autocomplete: "one-time-code", width: "pay-input--14", ..Keyboard::default() }/>
        }
    });
    let lead = pick(is_new_email, |w| w.account().register.confirm_lead, |w| w.account().profile.email_confirm_lead);
    let go = pick(is_new_email, |w| w.account().register.confirm, |w| w.account().register.confirm_title);
    let going = pick(is_new_email, |w| w.account().register.confirming, |w| w.account().profile.saving);
    let password_label = pick(is_new_email, |w| w.account().register.chosen, |w| w.account().security.current);
    view! {
        <h1 tabindex="-1" node_ref=h1>{t(|w| w.account().register.confirm_title)}</h1>
        <p class="pay-lead">{lead}</p>
        {form.notice()}
        {form.summary()}
        <form class="pay-sheet" novalidate on:submit=submit>
            <div class="pay-form">
                <PasswordField id="password" label=password_label value=password hint=None
                    error=form.error(Field::Password) autocomplete="current-password"/>
                {code}
                <p class="pay-row">
                    <SubmitButton words=go busy_words=going busy=form.is_busy/>
                </p>
            </div>
        </form>
    }
    .into_any()
}
