//! What can be shown beside the password: what there is, and, once the password was typed again, adding and taking away. Recovery
//! codes are held in memory while they are shown, and nowhere else.

use super::Shown;
use crate::{
    api::Client,
    browser::{
        self,
        passkeys::{self, NoPasskey},
    },
    error::ApiError,
    form::Problems,
    i18n::{Pick, Text, format, say, t},
    session::CurrentSession,
    ui::{
        Failure, FormState, Icon, Keyboard, Notice, NoticeKind, PasswordField, Sign, SubmitButton, TextField, list,
        live,
    },
};
use contract::{
    Password, Problem,
    factor::{
        AuthenticatorCode, AuthenticatorOffer, NewPasskey, PasskeySeen, Reauthentication, RecoveryCodes, SecondFactor,
    },
    refusal::RefusalCode,
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

/// What was just done, or what stands in the way.
#[derive(Clone, Copy)]
enum Said {
    Done(Pick),
    Warning(Pick),
}

/// The state of this part of the page.
#[derive(Clone, Copy)]
struct Changing {
    shown: Shown,
    /// The password was typed again; the server knows for how long.
    is_reauthenticated: RwSignal<bool>,
    offer: RwSignal<Option<AuthenticatorOffer>>,
    codes: RwSignal<Vec<String>>,
    said: RwSignal<Option<Said>>,
    failed: RwSignal<Option<ApiError>>,
    is_busy: RwSignal<bool>,
    /// Takes the focus when what had it is gone.
    title: NodeRef<html::H2>,
}

impl Changing {
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
                    self.said.set(Some(Said::Done(done)));
                    self.shown.refresh();
                }
                return Some(value);
            }
            Err(ApiError::Refused(refusal)) if refusal.code == RefusalCode::PasswordNeeded => {
                self.is_reauthenticated.set(false);
                self.offer.set(None);
                self.said.set(Some(Said::Warning(|w| w.account().factor.needs_password)));
            }
            Err(ApiError::Refused(refusal))
                if refusal.errors.iter().any(|error| error.problem == Problem::TooShort) =>
            {
                self.said.set(Some(Said::Warning(|w| w.account().factor.too_short)));
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
pub fn ChangeFactors(shown: Shown) -> impl IntoView {
    let own = Changing {
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
    let said = live(move || match own.said.get() {
        None => ().into_any(),
        Some(Said::Done(words)) => view! { <Notice sign=Sign::Done words=t(words)/> }.into_any(),
        Some(Said::Warning(words)) => view! { <Notice kind=NoticeKind::Warn words=t(words)/> }.into_any(),
    });
    let is_reauthenticated = Memo::new(move |_| own.is_reauthenticated.get());
    let is_offered = Memo::new(move |_| own.offer.with(Option::is_some));
    let has_codes = Memo::new(move |_| own.codes.with(|codes| !codes.is_empty()));
    let change = live(move || match (has_codes.get(), is_offered.get(), is_reauthenticated.get()) {
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
                {live(move || if is_on.get() { what_there_is(own, is_reauthenticated) } else { ().into_any() })}
                {change}
            </div>
        </section>
    }
}

/// A row for each, with what can be done about it once the password was typed.
fn what_there_is(own: Changing, is_reauthenticated: Memo<bool>) -> AnyView {
    let client = StoredValue::new(Client::here());
    let zone = Signal::derive(move || own.shown.of(|security| security.time_zone.clone()));
    let app = live(move || {
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
    });
    let passkey = move |seen: PasskeySeen| {
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
    };
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
    view! {
        <ul class="pay-rows">
            {app}
            {live(move || list(own.factor(|factor| factor.passkeys.clone()), passkey))}
            {row(t(|w| w.account().factor.codes), left, act(is_reauthenticated, |w| w.account().factor.renew, None, renew))}
        </ul>
    }
    .into_any()
}

fn row(name: Text, about: Text, act: AnyView) -> AnyView {
    view! {
        <li><div class="pay-rows__row"><div><b>{name}</b><small>{about}</small></div><div class="pay-rows__end">{act}</div></div></li>
    }
    .into_any()
}

/// Said with what it is about, to those who can't see the row.
fn act(
    is_reauthenticated: Memo<bool>,
    words: Pick,
    of: Option<Text>,
    act: impl Fn(leptos::ev::MouseEvent) + Clone + Send + 'static,
) -> AnyView {
    live(move || {
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
fn reauthenticate(own: Changing) -> AnyView {
    let (client, session) = (Client::here(), CurrentSession::here());
    let password = RwSignal::new(String::new());
    let form = FormState::new(
        [((), password)],
        |w, (), problem| match problem {
            Problem::Unknown => w.account().factor.password_wrong.to_owned(),
            problem => (w.problem.at)(w.account().factor.password, problem),
        },
        |()| "factor-password",
    );
    form.watch(move || {
        password.track();
        Problems::default()
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        own.said.set(None);
        let mut problems = Problems::default();
        let typed = problems.check((), password.with_untracked(|password| Password::parse(password)));
        let Some(proof) = form.begin(problems.or(typed.map(|password| Reauthentication { password }))) else { return };
        let client = client.clone();
        spawn_local(async move {
            let answer = client.reauthenticate(&proof).await;
            form.wipe(());
            if let Some(view) = form.end(answer, |field| (field == "password").then_some(())) {
                session.accept(&view);
                own.is_reauthenticated.set(true);
                // the form goes
                own.to_title();
                own.said.set(Some(Said::Done(|w| w.account().factor.reauthenticated)));
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
                <PasswordField id="factor-password" label=t(|w| w.account().factor.password) value=password
                    hint=Some(t(|w| w.account().factor.password_hint)) error=form.error(()) autocomplete="current-password"/>
                <p><SubmitButton words=t(|w| w.account().factor.go_on) busy=form.is_busy/></p>
            </form>
        </details>
    }
    .into_any()
}

/// What can be added.
fn add(own: Changing) -> AnyView {
    let client = Client::here();
    let can_make = own.factor(|factor| factor.takes_passkeys) && passkeys::are_offered();
    let make = {
        let client = client.clone();
        move |_| {
            if own.begin() {
                let client = client.clone();
                spawn_local(async move {
                    match passkey(&client).await {
                        Ok(answer) => {
                            if let Some(codes) = own.end(answer, Some(|w| w.account().factor.passkey_on)) {
                                own.keep(codes);
                            }
                        }
                        Err(NoPasskey) => {
                            own.is_busy.set(false);
                            own.said.set(Some(Said::Warning(|w| w.account().factor.no_passkey)));
                        }
                    }
                });
            }
        }
    };
    let by_passkey = if can_make {
        view! { <button class="pay-button" type="button" on:click=make>{t(|w| w.account().factor.add_passkey)}</button> }.into_any()
    } else {
        view! { <p class="pay-note">{t(|w| w.account().factor.passkeys_elsewhere)}</p> }.into_any()
    };
    let has_app = Memo::new(move |_| own.factor(|factor| factor.authenticator.is_some()));
    let by_app = live(move || {
        if has_app.get() {
            return ().into_any();
        }
        let client = client.clone();
        let offer = move |_| {
            if own.begin() {
                let client = client.clone();
                spawn_local(async move {
                    let answer = client.offer_authenticator().await;
                    if let Some(offer) = own.end(answer, None) {
                        own.offer.set(Some(offer));
                    }
                });
            }
        };
        view! {
            <div class="pay-stack pay-stack--tight">
                <p>{t(|w| w.account().factor.app_about)}</p>
                <p><button class="pay-button" type="button" on:click=offer>{t(|w| w.account().factor.add_app)}</button></p>
            </div>
        }
        .into_any()
    });
    view! {
        <div class="pay-stack">
            <div class="pay-stack pay-stack--tight"><p>{t(|w| w.account().factor.passkey_about)}</p><div>{by_passkey}</div></div>
            {by_app}
        </div>
    }
    .into_any()
}

/// What the server asks and the browser made; inside, what the server says to it.
async fn passkey(client: &Client) -> Result<Result<RecoveryCodes, ApiError>, NoPasskey> {
    let challenge = match client.new_passkey_challenge().await {
        Ok(challenge) => challenge,
        Err(error) => return Ok(Err(error)),
    };
    let response = passkeys::make(&challenge.options).await?;
    Ok(client.add_passkey(&NewPasskey { response }).await)
}

/// The heading of what has just appeared takes the focus.
fn appearing(words: Pick) -> AnyView {
    let heading = NodeRef::<html::H3>::new();
    let mut is_here = false;
    browser::watch(move |_| {
        if let Some(heading) = heading.get().filter(|_| !is_here) {
            is_here = true;
            browser::focus_and_show(heading);
        }
    });
    view! { <h3 tabindex="-1" node_ref=heading>{t(words)}</h3> }.into_any()
}

/// An app learns the secret, and proves it with a code.
fn set_up(own: Changing) -> AnyView {
    let client = Client::here();
    let AuthenticatorOffer { secret, uri, qr } = own.offer.get_untracked().unwrap_or_else(|| AuthenticatorOffer {
        secret: String::new(),
        uri: String::new(),
        qr: Default::default(),
    });
    let code = RwSignal::new(String::new());
    let form = FormState::new(
        [((), code)],
        |w, (), problem| match problem {
            Problem::Missing => w.account().factor.code_missing.to_owned(),
            _ => w.account().factor.code_wrong.to_owned(),
        },
        |()| "app-code",
    );
    form.watch(move || {
        code.track();
        Problems::default()
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = code.get_untracked();
        let mut problems = Problems::default();
        if typed.trim().is_empty() {
            problems.add((), Problem::Missing);
        }
        let Some(typed) = form.begin(problems.or(Some(AuthenticatorCode { code: typed }))) else { return };
        let client = client.clone();
        spawn_local(async move {
            match client.add_authenticator(&typed).await {
                Err(ApiError::Refused(refusal)) if refusal.code == RefusalCode::WrongCredentials => {
                    form.wipe(());
                    _ = form.end::<()>(Err(ApiError::Refused(refusal)), |field| (field == "code").then_some(()));
                }
                answer => {
                    form.is_busy.set(false);
                    if let Some(codes) = own.end(answer, Some(|w| w.account().factor.app_on)) {
                        own.offer.set(None);
                        own.keep(codes);
                    }
                }
            }
        });
    };
    let cancel = move |_| {
        own.offer.set(None);
        own.to_title();
    };
    let heading = appearing(|w| w.account().factor.set_up);
    let note = form.notice();
    view! {
        <div class="pay-stack">
            {heading}
            <div class="pay-qr">
                <svg viewBox=format!("0 0 {0} {0}", qr.size) role="img" aria-label=t(|w| w.account().factor.qr) shape-rendering="crispEdges">
                    <path d=qr.path/>
                </svg>
                <div class="pay-stack pay-stack--tight">
                    <p>{t(|w| w.account().factor.scan)}</p>
                    <p><a href=uri rel="external">{t(|w| w.account().factor.open_app)}</a></p>
                    <p>{t(|w| w.account().factor.by_hand)} " " <code class="pay-key" translate="no">{secret}</code></p>
                </div>
            </div>
            {note}
            {form.summary()}
            <form class="pay-form" novalidate on:submit=submit>
                <TextField id="app-code" label=t(|w| w.account().factor.type_code) hint=t(|w| w.account().factor.code_hint)
                    value=code error=form.error(())
                    keyboard=Keyboard { mode: "numeric", autocomplete: "one-time-code", width: "pay-input--8" }/>
                <p class="pay-row">
                    <SubmitButton words=t(|w| w.account().factor.turn_on) busy=form.is_busy/>
                    <button class="pay-link" type="button" on:click=cancel>{t(|w| w.account().factor.cancel)}</button>
                </p>
            </form>
        </div>
    }
    .into_any()
}

/// Shown this once.
fn recovery_codes(own: Changing) -> AnyView {
    let heading = appearing(|w| w.account().factor.your_codes);
    let code = |code: String| view! { <li><code translate="no">{code}</code></li> }.into_any();
    let kept = move |_| {
        own.codes.set(Vec::new());
        own.said.set(None);
        own.to_title();
    };
    view! {
        <div class="pay-stack">
            {heading}
            <p>{t(|w| w.account().factor.codes_lead)}</p>
            <ul class="pay-codes">{list(own.codes.get_untracked(), code)}</ul>
            <p class="pay-row">
                <button class="pay-button pay-button--main" type="button" on:click=kept>{t(|w| w.account().factor.kept)}</button>
                <button class="pay-button" type="button" on:click=move |_| browser::print()>{t(|w| w.account().factor.print)}</button>
            </p>
        </div>
    }
    .into_any()
}
