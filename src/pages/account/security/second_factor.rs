//! Second factors on the security page: lists them and, after re-authentication, adds and removes them. Recovery codes
//! are held in memory while they are shown, and nowhere else.

mod add;

use super::SecurityQuery;
use crate::{
    api::Client,
    browser,
    error::ApiError,
    form::Problems,
    i18n::{Pick, Text, format, say, t},
    session::CurrentSession,
    ui::{Failure, FormState, Icon, KnownUserId, Notice, NoticeKind, PasswordField, Sign, SubmitButton, dynamic, list},
};
use add::{add, recovery_codes, set_up};
use contract::{
    FieldProblem, Password,
    factor::{AuthenticatorOffer, PasskeyEntry, Reauthentication, RecoveryCodes, SecondFactor},
    password,
    problem_details::ErrorCode,
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

/// What was just done, or what stands in the way.
#[derive(Clone, Copy)]
enum FactorNotice {
    Done(Pick),
    Warning(Pick),
}

/// The state of this part of the page.
#[derive(Clone, Copy)]
struct FactorState {
    shown: SecurityQuery,
    /// The password was typed again; the server knows for how long.
    is_reauthenticated: RwSignal<bool>,
    offer: RwSignal<Option<AuthenticatorOffer>>,
    codes: RwSignal<Vec<String>>,
    said: RwSignal<Option<FactorNotice>>,
    failed: RwSignal<Option<ApiError>>,
    is_busy: RwSignal<bool>,
    /// Takes the focus when what had it is gone.
    title: NodeRef<html::H2>,
}

impl FactorState {
    /// One change at a time.
    fn begin(self) -> bool {
        if self.is_busy.get_untracked() {
            return false;
        }
        self.is_busy.set(true);
        self.said.set(None);
        self.failed.set(None);
        true
    }

    fn end<T>(self, answer: Result<T, ApiError>, done: Option<Pick>) -> Option<T> {
        self.is_busy.set(false);
        match answer {
            Ok(value) => {
                if let Some(done) = done {
                    self.said.set(Some(FactorNotice::Done(done)));
                    self.shown.refresh();
                }
                return Some(value);
            }
            Err(ApiError::Refused(details)) if details.code == ErrorCode::PasswordNeeded => {
                self.is_reauthenticated.set(false);
                self.offer.set(None);
                self.said.set(Some(FactorNotice::Warning(|w| w.account().factor.needs_password)));
            }
            Err(ApiError::Refused(details))
                if details.errors.iter().any(|error| error.problem == FieldProblem::TooShort) =>
            {
                self.said.set(Some(FactorNotice::Warning(|w| w.account().factor.too_short)));
            }
            // somebody else was faster: what there is now is shown
            Err(ApiError::Missing) => self.shown.refresh(),
            Err(error) => self.failed.set(Some(error)),
        }
        None
    }

    /// New codes are shown; without any the page goes on at its heading.
    fn keep(self, codes: RecoveryCodes) {
        let has_none = codes.codes.is_empty();
        self.codes.set(codes.codes);
        if has_none {
            self.to_title();
        }
    }

    fn to_title(self) {
        // the page may have been left when the answer comes
        if let Some(title) = self.title.try_get_untracked().flatten() {
            browser::focus_and_show(title);
        }
    }

    fn factor<T: Default>(self, pick: impl Fn(&SecondFactor) -> T) -> T {
        self.shown.of(|security| pick(&security.second_factor))
    }
}

#[component]
pub fn ChangeFactors(shown: SecurityQuery) -> impl IntoView {
    let own = FactorState {
        shown,
        is_reauthenticated: RwSignal::new(false),
        offer: RwSignal::new(None),
        codes: RwSignal::new(Vec::new()),
        said: RwSignal::new(None),
        failed: RwSignal::new(None),
        is_busy: RwSignal::new(false),
        title: NodeRef::new(),
    };
    let is_on = Memo::new(move |_| own.factor(SecondFactor::is_on));
    let lead = say(move |w| if is_on.get() { w.account().factor.on } else { w.account().factor.off }.to_owned());
    let said = dynamic(move || match own.said.get() {
        None => ().into_any(),
        Some(FactorNotice::Done(words)) => view! { <Notice sign=Sign::Done words=t(words)/> }.into_any(),
        Some(FactorNotice::Warning(words)) => view! { <Notice kind=NoticeKind::Warn words=t(words)/> }.into_any(),
    });
    let is_reauthenticated = Memo::new(move |_| own.is_reauthenticated.get());
    let is_offered = Memo::new(move |_| own.offer.with(Option::is_some));
    let has_codes = Memo::new(move |_| own.codes.with(|codes| !codes.is_empty()));
    let change = dynamic(move || match (has_codes.get(), is_offered.get(), is_reauthenticated.get()) {
        (true, ..) => recovery_codes(own),
        (_, true, _) => set_up(own),
        (.., true) => add(own),
        _ => reauthenticate(own),
    });
    view! {
        <section class="pay-sheet" aria-labelledby="factor-title">
            <div class="pay-stack">
                <div>
                    <h2 id="factor-title" tabindex="-1" node_ref=own.title>{t(|w| w.account().factor.section)}</h2>
                    <p class="pay-note">{lead}</p>
                </div>
                <Failure error=own.failed/>
                <div role="status" class="pay-live">{said}</div>
                {dynamic(move || if is_on.get() { what_there_is(own, is_reauthenticated) } else { ().into_any() })}
                {change}
            </div>
        </section>
    }
}

/// The factors of an account, with what can be done about each once the password was typed.
#[derive(Clone, Copy)]
struct FactorList {
    own: FactorState,
    is_reauthenticated: Memo<bool>,
    client: StoredValue<Client>,
    zone: Signal<String>,
}

/// A row for each.
fn what_there_is(own: FactorState, is_reauthenticated: Memo<bool>) -> AnyView {
    let zone = Signal::derive(move || own.shown.of(|security| security.time_zone.clone()));
    let all = FactorList { own, is_reauthenticated, client: StoredValue::new(Client::here()), zone };
    let passkeys = move || list(own.factor(|factor| factor.passkeys.clone()), move |seen| passkey_row(all, seen));
    view! {
        <ul class="pay-rows">
            {dynamic(move || app_row(all))}
            {dynamic(passkeys)}
            {codes_row(all)}
        </ul>
    }
    .into_any()
}

fn app_row(all: FactorList) -> AnyView {
    let FactorList { own, is_reauthenticated, client, zone } = all;
    let Some(since) = own.factor(|factor| factor.authenticator) else { return ().into_any() };
    let when = say(move |w| (w.account().factor.since)(&format::moment(w.locale, since, &zone.get())));
    let remove = move |_| {
        if own.begin() {
            let client = client.get_value();
            spawn_local(async move {
                let answer = client.remove_authenticator().await;
                if own.end(answer, Some(|w| w.account().factor.app_off)).is_some() {
                    own.to_title();
                }
            });
        }
    };
    let name = t(|w| w.account().factor.app);
    row(name, when, act(is_reauthenticated, |w| w.account().factor.remove, Some(name), remove))
}

fn passkey_row(all: FactorList, seen: PasskeyEntry) -> AnyView {
    let FactorList { own, is_reauthenticated, client, zone } = all;
    let (id, device, created, used) = (seen.id, seen.device, seen.created_at, seen.used_at);
    let name = say(move |w| match device.as_str() {
        "" => w.account().factor.passkey.to_owned(),
        device => format!("{} · {device}", w.account().factor.passkey),
    });
    let when = say(move |w| {
        let moment = |at| format::moment(w.locale, at, &zone.get());
        let since = (w.account().factor.since)(&moment(created));
        match used {
            Some(used) => format!("{since}, {}", (w.account().factor.last_used)(&moment(used))),
            None => since,
        }
    });
    let remove = move |_| {
        if own.begin() {
            let (client, id) = (client.get_value(), id.clone());
            spawn_local(async move {
                let answer = client.remove_passkey(&id).await;
                if own.end(answer, Some(|w| w.account().factor.passkey_off)).is_some() {
                    own.to_title();
                }
            });
        }
    };
    row(name, when, act(is_reauthenticated, |w| w.account().factor.remove, Some(name), remove))
}

fn codes_row(all: FactorList) -> AnyView {
    let FactorList { own, is_reauthenticated, client, .. } = all;
    let left =
        say(move |w| (w.account().factor.codes_left)(usize::from(own.factor(|factor| factor.recovery_codes_left))));
    let renew = move |_| {
        if own.begin() {
            let client = client.get_value();
            spawn_local(async move {
                let answer = client.renew_recovery_codes().await;
                if let Some(codes) = own.end(answer, Some(|w| w.account().factor.codes_new)) {
                    own.keep(codes);
                }
            });
        }
    };
    let name = t(|w| w.account().factor.codes);
    row(name, left, act(is_reauthenticated, |w| w.account().factor.renew, None, renew))
}

fn row(name: Text, about: Text, act: AnyView) -> AnyView {
    view! {
        <li><div class="pay-rows__row"><div><b>{name}</b><small>{about}</small></div><div class="pay-rows__end">{act}</div></div></li>
    }
    .into_any()
}

/// A button of a row. Its name has what it is about, for those who can't see the row.
fn act(
    is_reauthenticated: Memo<bool>,
    words: Pick,
    of: Option<Text>,
    act: impl Fn(leptos::ev::MouseEvent) + Clone + Send + 'static,
) -> AnyView {
    dynamic(move || {
        if !is_reauthenticated.get() {
            return ().into_any();
        }
        let of = of.map(
            |of| view! { <span class="pay-hidden">{say(move |w| (w.account().factor.remove_of)(&of.get()))}</span> },
        );
        view! { <button class="pay-link" type="button" on:click=act.clone()>{t(words)}{of}</button> }.into_any()
    })
}

/// The password again.
fn reauthenticate(own: FactorState) -> AnyView {
    let (client, session) = (Client::here(), CurrentSession::here());
    let password = RwSignal::new(String::new());
    let form = FormState::new(
        [((), password)],
        |w, (), problem| match problem {
            FieldProblem::Unknown => w.account().factor.password_wrong.to_owned(),
            problem => w.problem.within(w.account().factor.password, problem, password::MOST),
        },
        |()| "factor-password",
    );
    form.revalidate_on_change(move || {
        password.track();
        Problems::default()
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        own.said.set(None);
        let mut problems = Problems::default();
        let typed = problems.check((), password.with_untracked(|password| Password::parse(password)));
        let Some(reauthentication) = form.begin(problems.or(typed.map(|password| Reauthentication { password })))
        else {
            return;
        };
        let client = client.clone();
        spawn_local(async move {
            let answer = client.reauthenticate(&reauthentication).await;
            if matches!(answer, Ok(_) | Err(ApiError::Refused(_))) {
                form.wipe(());
            }
            if let Some(view) = form.end(answer, |field| (field == "password").then_some(())) {
                session.accept(&view);
                own.is_reauthenticated.set(true);
                // the form goes
                own.to_title();
                own.said.set(Some(FactorNotice::Done(|w| w.account().factor.reauthenticated)));
            }
        });
    };
    let note = form.notice();
    view! {
        <details class="pay-more" open=own.said.with_untracked(Option::is_some)>
            <summary>{t(|w| w.account().factor.change)}<Icon sign=Sign::Down/></summary>
            <form class="pay-form" novalidate on:submit=submit>
                {note}
                {form.summary()}
                <KnownUserId user_id=say(move |_| session.user_id())/>
                <PasswordField id="factor-password" label=t(|w| w.account().factor.password) value=password
                    hint=Some(t(|w| w.account().factor.password_hint)) error=form.error(()) autocomplete="current-password"/>
                <p><SubmitButton words=t(|w| w.account().factor.go_on) busy=form.is_busy/></p>
            </form>
        </details>
    }
    .into_any()
}
