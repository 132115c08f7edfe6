//! The account's security page: the password, the second factor (`second_factor`), active sessions, the terms, and the authorisations that
//! were given.

mod second_factor;

use self::second_factor::ChangeFactors;
use super::{Query, heading, page};
use crate::{
    api::Client,
    browser,
    error::ApiError,
    form::Problems,
    i18n::{format, say, t},
    navigation::href,
    route::{Account, Pay, Read},
    session::CurrentSession,
    ui::{Failure, FormState, Icon, Notice, PasswordField, Sign, SubmitButton, dynamic, list},
};
use contract::{
    FieldProblem, Password,
    account::{AuthorisationEntry, PasswordChange, Security, SessionEntry},
    problem_details::ErrorCode,
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

type SecurityQuery = Query<Security>;

#[component]
pub fn SecurityPage() -> impl IntoView {
    let shown = Query::new(|client| async move { client.security().await });
    let main = shown.show_once(6, move || {
        view! { <ChangePassword shown/> <ChangeFactors shown/> <Sessions shown/> <Agreed shown/> }.into_any()
    });
    let head = heading(t(|w| w.account().security.title), t(|w| w.account().security.lead));
    page(Account::Security, head, vec![shown.state()], main)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Current,
    New,
}

#[component]
fn ChangePassword(shown: SecurityQuery) -> impl IntoView {
    let (client, session) = (Client::here(), CurrentSession::here());
    let (current, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let is_saved = RwSignal::new(false);
    let least = move || shown.of(|security| security.least_password);
    let form = FormState::new(
        [(Field::Current, current), (Field::New, password)],
        |w, field, problem| match (field, problem) {
            (Field::Current, FieldProblem::Unknown) => w.account().security.current_wrong.to_owned(),
            (Field::Current, problem) => (w.problem.at)(w.account().security.current, problem),
            (Field::New, problem) => (w.problem.at)(w.account().security.new_password, problem),
        },
        |field| match field {
            Field::Current => "current-password",
            Field::New => "new-password",
        },
    );
    let check = move || {
        let mut problems = Problems::default();
        let old = problems.check(Field::Current, Password::parse(&current.get()));
        let new = Password::parse(&password.get());
        let new = new.and_then(|new| new.has_least(usize::from(least())).map(|()| new));
        let new = problems.check(Field::New, new);
        problems.or(old.zip(new).map(|(current, password)| PasswordChange { current, password }))
    };
    form.revalidate_on_change(move || check().err().unwrap_or_default());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        is_saved.set(false);
        let Some(change) = form.begin(untrack(check)) else { return };
        let client = client.clone();
        spawn_local(async move {
            let answer = client.change_password(&change).await;
            if let Err(ApiError::Refused(details)) = &answer
                && details.code == ErrorCode::WrongCredentials
            {
                form.wipe(Field::Current);
            }
            let field = |path: &str| match path {
                "current" => Some(Field::Current),
                "password" => Some(Field::New),
                _ => None,
            };
            if let Some(view) = form.end(answer, field) {
                form.refused.set(0);
                current.set(String::new());
                password.set(String::new());
                is_saved.set(true);
                session.accept(&view);
                shown.refresh();
            }
        });
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
                        <input class="pay-hidden" type="text" autocomplete="username" readonly tabindex="-1" aria-hidden="true"
                            prop:value=say(move |_| session.with(|session| session.person().map(|person| person.email.clone()).unwrap_or_default()))/>
                        <PasswordField id="current-password" label=t(|w| w.account().security.current) value=current hint=None
                            error=form.error(Field::Current) autocomplete="current-password"/>
                        <PasswordField id="new-password" label=t(|w| w.account().security.new_password) value=password
                            hint=Some(say(move |w| (w.account().register.password_hint)(least())))
                            error=form.error(Field::New) autocomplete="new-password"/>
                        <p><SubmitButton words=t(|w| w.account().security.save) busy_words=t(|w| w.account().security.saving) busy=form.is_busy/></p>
                    </form>
                </details>
            </div>
        </section>
    }
}

#[component]
fn Sessions(shown: SecurityQuery) -> impl IntoView {
    let client = Client::here();
    let (said, answer) = (RwSignal::new(false), RwSignal::new(None));
    let title = NodeRef::<html::H2>::new();
    let done = move |ended: Result<(), ApiError>| match ended {
        // one that has ended meanwhile is what was wanted
        Ok(()) | Err(ApiError::Missing) => {
            answer.set(None);
            said.set(true);
            // the button goes
            if let Some(title) = title.try_get_untracked().flatten() {
                browser::focus(title);
            }
            shown.refresh();
        }
        Err(error) => answer.set(Some(error)),
    };
    let end = StoredValue::new({
        let client = client.clone();
        move |id: String| {
            let client = client.clone();
            spawn_local(async move { done(client.end_session_of(&id).await) });
        }
    });
    let end_others = move |_| {
        let client = client.clone();
        spawn_local(async move { done(client.end_other_sessions().await) });
    };
    let zone = Signal::derive(move || shown.of(|security| security.time_zone.clone()));
    let row = move |seen: SessionEntry| {
        let (id, is_this, began, last) = (seen.id, seen.is_this, seen.created_at, seen.seen_at);
        let device = say(move |w| {
            if seen.device.is_empty() { w.account().security.unknown_device.to_owned() } else { seen.device.clone() }
        });
        let when = say(move |w| {
            let zone = zone.get();
            let moment = |at| format::moment(w.locale, at, &zone);
            (w.account().security.since)(&moment(began), &moment(last))
        });
        let act = if is_this {
            view! { <span class="pay-state" data-state="good"><Icon sign=Sign::Done/><span>{t(|w| w.account().security.this_one)}</span></span> }
                .into_any()
        } else {
            view! {
                <button class="pay-link" type="button" on:click=move |_| end.with_value(|end| end(id.clone()))>
                    {t(|w| w.account().security.end)}
                    <span class="pay-hidden">{say(move |w| (w.account().security.end_of)(&device.get()))}</span>
                </button>
            }
            .into_any()
        };
        view! {
            <li><div class="pay-rows__row"><div><b>{device}</b><small>{when}</small></div><div class="pay-rows__end">{act}</div></div></li>
        }
        .into_any()
    };
    let count = Memo::new(move |_| shown.of(|security| security.sessions.len()));
    let all = dynamic(move || {
        if count.get() > 1 {
            let end_others = end_others.clone();
            view! { <p><button class="pay-button" type="button" on:click=end_others>{t(|w| w.account().security.end_others)}</button></p> }
                .into_any()
        } else {
            view! { <p class="pay-note">{t(|w| w.account().security.nowhere_else)}</p> }.into_any()
        }
    });
    let words = say(move |w| match (said.get(), count.get()) {
        (true, 1) => w.account().security.others_ended.to_owned(),
        (true, _) => w.account().security.one_ended.to_owned(),
        _ => String::new(),
    });
    view! {
        <section class="pay-sheet" aria-labelledby="sessions-title">
            <div class="pay-stack">
                <h2 id="sessions-title" tabindex="-1" node_ref=title>{t(|w| w.account().security.sessions)}</h2>
                <Failure error=answer/>
                <p class="pay-hidden" role="status">{words}</p>
                <ul class="pay-rows">{dynamic(move || list(shown.of(|security| security.sessions.clone()), row))}</ul>
                {all}
            </div>
        </section>
    }
}

#[component]
fn Agreed(shown: SecurityQuery) -> impl IntoView {
    let terms = say(move |w| {
        let agreed =
            shown.of(|security| Some((security.terms_version, security.terms_accepted_at, security.time_zone.clone())));
        agreed
            .map(|(version, at, zone)| (w.account().security.terms)(version, &format::moment(w.locale, at, &zone)))
            .unwrap_or_default()
    });
    let zone = Signal::derive(move || shown.of(|security| security.time_zone.clone()));
    let row = move |given: AuthorisationEntry| {
        let (at, version) = (given.at, given.version);
        let when = say(move |w| (w.account().security.given)(&format::day(w.locale, at, &zone.get()), version));
        view! {
            <li>
                <details class="pay-more">
                    <summary>{when}<Icon sign=Sign::Down/></summary>
                    <p class="pay-quote" lang=given.locale.code()>{given.text}</p>
                    <p><a class="pay-link" href=href(Pay::Payment(given.payment))>{t(|w| w.account().security.payment)}</a></p>
                </details>
            </li>
        }
        .into_any()
    };
    let authorisations = dynamic(move || {
        let given = shown.of(|security| security.authorisations.clone());
        if given.is_empty() {
            view! { <p class="pay-note">{t(|w| w.account().security.no_authorisations)}</p> }.into_any()
        } else {
            view! {
                <p class="pay-note">{t(|w| w.account().security.once)}</p>
                <ul class="pay-rows pay-rows--close">{list(given, row)}</ul>
            }
            .into_any()
        }
    });
    view! {
        <section class="pay-sheet" aria-labelledby="agreed-title">
            <div class="pay-stack">
                <h2 id="agreed-title">{t(|w| w.account().security.agreed)}</h2>
                <p>{terms} " " <a href=href(Read::Terms)>{t(|w| w.account().security.read_terms)}</a></p>
                <h3>{t(|w| w.account().security.authorisations)}</h3>
                {authorisations}
            </div>
        </section>
    }
}
