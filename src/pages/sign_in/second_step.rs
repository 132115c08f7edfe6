//! The second factor of a sign-in, at the address of the first step: a passkey, an authenticator code, or a recovery code. Knows nothing
//! of where the user goes afterwards.

use super::too_early;
use crate::{
    api::Client,
    browser::passkeys::{self, NoPasskey},
    error::ApiError,
    form::Problems,
    i18n::{say, t},
    session::CurrentSession,
    ui::{BillingPhone, Failure, FormState, Keyboard, Notice, NoticeKind, TextField, dynamic, page_heading},
};
use contract::{
    FieldProblem,
    factor::{FactorResponse, RequiredFactors},
    session::SessionView,
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

/// What kind of code is typed, in the one field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Code {
    OfApp,
    OnPaper,
}

#[component]
pub fn SecondStep(asked: RequiredFactors) -> impl IntoView {
    let (client, session) = (Client::here(), CurrentSession::here());
    let code = RwSignal::new(String::new());
    let is_recovery = RwSignal::new(!asked.authenticator);
    let is_refused = RwSignal::new(false);
    let is_asking = RwSignal::new(false);
    // the page may have been left when the answer comes
    let kind = move || if is_recovery.try_get_untracked() == Some(true) { Code::OnPaper } else { Code::OfApp };
    let form = FormState::new(
        [(Code::OfApp, code), (Code::OnPaper, code)],
        |w, code, problem| match (code, problem) {
            (_, FieldProblem::Missing) => w.account().factor.code_missing.to_owned(),
            (Code::OfApp, _) => w.account().factor.code_wrong.to_owned(),
            (Code::OnPaper, _) => w.account().factor.recovery_wrong.to_owned(),
        },
        |_| "code",
    );
    let h1 = page_heading(form.title(|w| w.account().factor.title));
    form.revalidate_on_change(move || {
        code.track();
        Problems::default()
    });
    // whatever comes of it: in, or what was wrong
    let end = move |answer: Result<SessionView, ApiError>| match answer {
        Ok(view) => {
            form.is_busy.set(false);
            session.accept(&view);
        }
        // ten minutes are over
        Err(ApiError::SignedOut) => session.forget(),
        answer => {
            form.wipe(kind());
            _ = form.end(answer, |field| (field == "code").then(kind));
        }
    };
    let submit = {
        let client = client.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            is_refused.set(false);
            let typed = code.get_untracked();
            let mut problems = Problems::default();
            if typed.trim().is_empty() {
                problems.add(kind(), FieldProblem::Missing);
            }
            let Some(shown) = form.begin(problems.or(Some(FactorResponse::Code(typed)))) else { return };
            let client = client.clone();
            spawn_local(async move { end(client.show_factor(&shown).await) });
        }
    };
    let show_passkey = {
        let client = client.clone();
        move |_| {
            if is_asking.get_untracked() || form.begin(Ok(())).is_none() {
                return;
            }
            is_refused.set(false);
            is_asking.set(true);
            let client = client.clone();
            spawn_local(async move {
                let answer = passkey(&client).await;
                is_asking.set(false);
                form.is_busy.set(false);
                match answer {
                    Ok(answer) => end(Ok(answer)),
                    // what the server did not take; trouble on the way is no passkey that was refused
                    Err(None | Some(ApiError::Refused(_))) => is_refused.set(true),
                    Err(Some(error)) => end(Err(error)),
                }
            });
        }
    };
    let start_over = move |_| {
        let client = client.clone();
        spawn_local(async move {
            _ = client.end_session().await;
            session.forget();
        });
    };
    let can_show = asked.passkey && passkeys::are_offered();
    let by_passkey = can_show.then(|| {
        let words = say(move |w| {
            let w = &w.account().factor;
            if is_asking.get() { w.asking } else { w.use_passkey }.to_owned()
        });
        let busy = Signal::derive(move || is_asking.get().then(|| "true".to_owned()));
        view! { <button class="pay-button pay-button--main pay-button--full" type="button" aria-busy=busy on:click=show_passkey>{words}</button> }
    });
    let refused = dynamic(move || {
        if is_refused.get() {
            view! { <Notice kind=NoticeKind::Warn title=t(|w| w.account().factor.no_passkey_title) words=t(|w| w.account().factor.no_passkey)/> }
                .into_any()
        } else {
            ().into_any()
        }
    });
    let is_paper = Memo::new(move |_| is_recovery.get());
    let field = dynamic(move || {
        if is_paper.get() {
            view! {
                <TextField id="code" label=t(|w| w.account().factor.recovery_code) hint=t(|w| w.account().factor.recovery_hint)
                    value=code error=form.error(Code::OnPaper) keyboard=Keyboard { width: "pay-input--14", ..Keyboard::default() }/>
            }
            .into_any()
        } else {
            let keyboard = Keyboard { mode: "numeric", autocomplete: "one-time-code", width: "pay-input--8" };
            view! {
                <TextField id="code" label=t(|w| w.account().factor.code) hint=t(|w| w.account().factor.code_hint)
                    value=code error=form.error(Code::OfApp) keyboard/>
            }
            .into_any()
        }
    });
    let turn = move |_| {
        code.set(String::new());
        form.problems.set(Problems::default());
        form.refused.set(0);
        is_recovery.update(|is_recovery| *is_recovery = !*is_recovery);
    };
    let other = asked.authenticator.then(|| {
        let words = say(move |w| {
            let w = &w.account().factor;
            if is_recovery.get() { w.or_code } else { w.or_recovery }.to_owned()
        });
        view! { <button class="pay-link" type="button" on:click=turn>{words}</button> }
    });
    view! {
        <div class="pay-signin">
            <h1 tabindex="-1" node_ref=h1>{t(|w| w.account().factor.title)}</h1>
            <p class="pay-lead">{t(|w| w.account().factor.lead)}</p>
            <Failure error=form.answer words=too_early/>
            <div role="status" class="pay-live">{refused}</div>
            {form.summary()}
            <form class="pay-sheet" novalidate on:submit=submit>
                <div class="pay-form">
                    {by_passkey}
                    {field}
                    <p class="pay-row">
                        <button class=if can_show { "pay-button" } else { "pay-button pay-button--main" } type="submit">{t(|w| w.account().factor.go_on)}</button>
                        {other}
                    </p>
                </div>
            </form>
            <p>{t(|w| w.account().factor.lost)} " " <BillingPhone/></p>
            <p><button class="pay-link" type="button" on:click=start_over>{t(|w| w.account().factor.start_over)}</button></p>
        </div>
    }
}

/// What the server asks, what the browser shows, and what the server makes of it. `None` is a browser that showed nothing.
async fn passkey(client: &Client) -> Result<SessionView, Option<ApiError>> {
    let challenge = client.passkey_challenge().await.map_err(Some)?;
    let shown = passkeys::show(&challenge.options).await.map_err(|NoPasskey| None)?;
    client.show_factor(&FactorResponse::Passkey(shown)).await.map_err(Some)
}
