//! Adding a second factor: a passkey, or an authenticator app that learns a secret; and the recovery codes, shown once.

use super::{FactorNotice, FactorState};
use crate::{
    api::Client,
    browser::{
        self,
        passkeys::{self, NoPasskey},
    },
    error::ApiError,
    form::Problems,
    i18n::{Pick, t},
    ui::{FormState, Keyboard, SubmitButton, TextField, dynamic, list},
};
use contract::{
    FieldProblem,
    factor::{AuthenticatorCode, AuthenticatorOffer, NewPasskey, RecoveryCodes},
    field_problem::typed_code,
    problem_details::ErrorCode,
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

/// What can be added.
pub fn add(own: FactorState) -> AnyView {
    let client = StoredValue::new(Client::here());
    let offered = passkeys::offered();
    let can_make = Memo::new(move |_| own.factor(|factor| factor.takes_passkeys) && offered.get());
    let by_passkey = dynamic(move || {
        if can_make.get() {
            add_passkey(own, client)
        } else {
            view! { <p class="pay-note">{t(|w| w.account().factor.passkeys_elsewhere)}</p> }.into_any()
        }
    });
    let has_app = Memo::new(move |_| own.factor(|factor| factor.authenticator.is_some()));
    let by_app = dynamic(move || if has_app.get() { ().into_any() } else { add_app(own, client) });
    view! {
        <div class="pay-stack">
            <div class="pay-stack pay-stack--tight"><p>{t(|w| w.account().factor.passkey_about)}</p><div>{by_passkey}</div></div>
            {by_app}
        </div>
    }
    .into_any()
}

fn add_passkey(own: FactorState, client: StoredValue<Client>) -> AnyView {
    let make = move |_| {
        if !own.begin() {
            return;
        }
        let client = client.get_value();
        spawn_local(async move {
            match passkey(&client).await {
                Ok(answer) => {
                    if let Some(codes) = own.end(answer, Some(|w| w.account().factor.passkey_on)) {
                        own.keep(codes);
                    }
                }
                Err(NoPasskey) => {
                    own.is_busy.set(false);
                    own.said.set(Some(FactorNotice::Warning(|w| w.account().factor.no_passkey)));
                }
            }
        });
    };
    view! { <button class="pay-button" type="button" on:click=make>{t(|w| w.account().factor.add_passkey)}</button> }
        .into_any()
}

fn add_app(own: FactorState, client: StoredValue<Client>) -> AnyView {
    let offer = move |_| {
        if !own.begin() {
            return;
        }
        let client = client.get_value();
        spawn_local(async move {
            let answer = client.offer_authenticator().await;
            if let Some(offer) = own.end(answer, None) {
                own.offer.set(Some(offer));
            }
        });
    };
    view! {
        <div class="pay-stack pay-stack--tight">
            <p>{t(|w| w.account().factor.app_about)}</p>
            <p><button class="pay-button" type="button" on:click=offer>{t(|w| w.account().factor.add_app)}</button></p>
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
    browser::effect(move |_| {
        if let Some(heading) = heading.get().filter(|_| !is_here) {
            is_here = true;
            browser::focus_and_show(heading);
        }
    });
    view! { <h3 tabindex="-1" node_ref=heading>{t(words)}</h3> }.into_any()
}

/// An app learns the secret, and proves it with a code.
pub fn set_up(own: FactorState) -> AnyView {
    let AuthenticatorOffer { secret, uri, qr } = own.offer.get_untracked().unwrap_or_else(|| AuthenticatorOffer {
        secret: String::new(),
        uri: String::new(),
        qr: Default::default(),
    });
    let heading = appearing(|w| w.account().factor.set_up);
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
            <FirstCode own/>
        </div>
    }
    .into_any()
}

/// The code that shows that the app has learnt the secret.
#[component]
fn FirstCode(own: FactorState) -> impl IntoView {
    let client = Client::here();
    let code = RwSignal::new(String::new());
    let form = FormState::new(
        [((), code)],
        |w, (), problem| match problem {
            FieldProblem::Missing => w.account().factor.code_missing.to_owned(),
            FieldProblem::LooksLikeCard => (w.problem.at)(w.account().factor.code, problem),
            _ => w.account().factor.code_wrong.to_owned(),
        },
        |()| "app-code",
    );
    form.revalidate_on_change(move || {
        code.track();
        Problems::default()
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let mut problems = Problems::default();
        let typed = problems.check((), code.with_untracked(|code| typed_code(code)));
        let Some(typed) = form.begin(problems.or(typed.map(|code| AuthenticatorCode { code }))) else { return };
        let client = client.clone();
        spawn_local(async move {
            match client.add_authenticator(&typed).await {
                Err(ApiError::Refused(details)) if details.code == ErrorCode::WrongCredentials => {
                    form.wipe(());
                    _ = form.end::<()>(Err(ApiError::Refused(details)), |field| (field == "code").then_some(()));
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
    view! {
        {form.notice()}
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
    }
}

/// Shown this once.
pub fn recovery_codes(own: FactorState) -> AnyView {
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
