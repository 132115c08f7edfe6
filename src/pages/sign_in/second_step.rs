//! The second factor of a sign-in, at the address of the first step: a passkey, an authenticator code, or a recovery
//! code. Knows nothing of where the user goes afterwards.

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
    field_problem::typed_code,
    session::SessionView,
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

/// What kind of code is typed, in the one field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Code {
    OfApp,
    OnPaper,
}

/// The form of this step: one field for either kind of code, and the passkey beside it.
#[derive(Clone, Copy)]
struct FactorForm {
    form: FormState<Code>,
    code: RwSignal<String>,
    is_recovery: RwSignal<bool>,
    /// The server did not accept the passkey, or the browser had none.
    is_refused: RwSignal<bool>,
    /// The browser asks the user for a passkey.
    is_asking: RwSignal<bool>,
    client: StoredValue<Client>,
    session: CurrentSession,
}

impl FactorForm {
    fn new(asked: RequiredFactors) -> Self {
        let code = RwSignal::new(String::new());
        let form = FormState::new(
            [(Code::OfApp, code), (Code::OnPaper, code)],
            |w, code, problem| match (code, problem) {
                (_, FieldProblem::Missing) => w.account().factor.code_missing.to_owned(),
                (Code::OfApp, FieldProblem::LooksLikeCard) => (w.problem.at)(w.account().factor.code, problem),
                (Code::OnPaper, FieldProblem::LooksLikeCard) => {
                    (w.problem.at)(w.account().factor.recovery_code, problem)
                }
                (Code::OfApp, _) => w.account().factor.code_wrong.to_owned(),
                (Code::OnPaper, _) => w.account().factor.recovery_wrong.to_owned(),
            },
            |_| "code",
        );
        form.revalidate_on_change(move || {
            code.track();
            Problems::default()
        });
        Self {
            form,
            code,
            is_recovery: RwSignal::new(!asked.authenticator),
            is_refused: RwSignal::new(false),
            is_asking: RwSignal::new(false),
            client: StoredValue::new(Client::here()),
            session: CurrentSession::here(),
        }
    }

    /// The page may have been left when the answer comes.
    fn kind(self) -> Code {
        if self.is_recovery.try_get_untracked() == Some(true) { Code::OnPaper } else { Code::OfApp }
    }

    fn submit(self, event: SubmitEvent) {
        event.prevent_default();
        self.is_refused.set(false);
        let mut problems = Problems::default();
        let typed = problems.check(self.kind(), self.code.with_untracked(|code| typed_code(code)));
        let Some(shown) = self.form.begin(problems.or(typed.map(FactorResponse::Code))) else { return };
        let client = self.client.get_value();
        spawn_local(async move { self.end(client.show_factor(&shown).await) });
    }

    fn show_passkey(self) {
        if self.is_asking.get_untracked() || self.form.begin(Ok(())).is_none() {
            return;
        }
        self.is_refused.set(false);
        self.is_asking.set(true);
        let client = self.client.get_value();
        spawn_local(async move {
            let answer = passkey(&client).await;
            self.is_asking.set(false);
            self.form.is_busy.set(false);
            match answer {
                Ok(answer) => self.end(Ok(answer)),
                // what the server did not take; trouble on the way is no passkey that was refused
                Err(None | Some(ApiError::Refused(_))) => self.is_refused.set(true),
                Err(Some(error)) => self.end(Err(error)),
            }
        });
    }

    /// Whatever comes of it: in, or what was wrong.
    fn end(self, answer: Result<SessionView, ApiError>) {
        match answer {
            Ok(view) => {
                self.form.is_busy.set(false);
                self.session.accept(&view);
            }
            // ten minutes are over
            Err(ApiError::SignedOut) => self.session.forget(),
            answer => {
                let kind = self.kind();
                // trouble on the way is no wrong code: what was typed is still there
                if matches!(answer, Err(ApiError::Refused(_))) {
                    self.form.wipe(kind);
                }
                _ = self.form.end(answer, |field| (field == "code").then_some(kind));
            }
        }
    }

    /// The other kind of code.
    fn turn(self) {
        self.code.set(String::new());
        self.form.problems.set(Problems::default());
        self.form.refused.set(0);
        self.is_recovery.update(|is_recovery| *is_recovery = !*is_recovery);
    }

    fn start_over(self) {
        let client = self.client.get_value();
        spawn_local(async move {
            _ = client.end_session().await;
            self.session.forget();
        });
    }
}

#[component]
pub fn SecondStep(asked: RequiredFactors) -> impl IntoView {
    let own = FactorForm::new(asked);
    let form = own.form;
    let h1 = page_heading(form.title(|w| w.account().factor.title));
    let offered = passkeys::offered();
    let can_show = Memo::new(move |_| asked.passkey && offered.get());
    let by_passkey =
        dynamic(move || if can_show.get() { view! { <PasskeyButton own/> }.into_any() } else { ().into_any() });
    let button = move || if can_show.get() { "pay-button" } else { "pay-button pay-button--main" };
    let refused = dynamic(move || {
        if own.is_refused.get() {
            view! { <Notice kind=NoticeKind::Warn title=t(|w| w.account().factor.no_passkey_title) words=t(|w| w.account().factor.no_passkey)/> }
                .into_any()
        } else {
            ().into_any()
        }
    });
    let is_paper = Memo::new(move |_| own.is_recovery.get());
    let field = dynamic(move || code_field(own, if is_paper.get() { Code::OnPaper } else { Code::OfApp }));
    let other = asked.authenticator.then(|| {
        let words = say(move |w| {
            let w = &w.account().factor;
            if own.is_recovery.get() { w.or_code } else { w.or_recovery }.to_owned()
        });
        view! { <button class="pay-link" type="button" on:click=move |_| own.turn()>{words}</button> }
    });
    view! {
        <div class="pay-signin">
            <h1 tabindex="-1" node_ref=h1>{t(|w| w.account().factor.title)}</h1>
            <p class="pay-lead">{t(|w| w.account().factor.lead)}</p>
            <Failure error=form.answer words=too_early/>
            <div role="status" class="pay-live">{refused}</div>
            {form.summary()}
            <form class="pay-sheet" novalidate on:submit=move |event| own.submit(event)>
                <div class="pay-form">
                    {by_passkey}
                    {field}
                    <p class="pay-row">
                        <button class=button type="submit">{t(|w| w.account().factor.go_on)}</button>
                        {other}
                    </p>
                </div>
            </form>
            <p>{t(|w| w.account().factor.lost)} " " <BillingPhone/></p>
            <p><button class="pay-link" type="button" on:click=move |_| own.start_over()>{t(|w| w.account().factor.start_over)}</button></p>
        </div>
    }
}

#[component]
fn PasskeyButton(own: FactorForm) -> impl IntoView {
    let words = say(move |w| {
        let w = &w.account().factor;
        if own.is_asking.get() { w.asking } else { w.use_passkey }.to_owned()
    });
    let busy = Signal::derive(move || own.is_asking.get().then(|| "true".to_owned()));
    let show = move |_| own.show_passkey();
    view! { <button class="pay-button pay-button--main pay-button--full" type="button" aria-busy=busy on:click=show>{words}</button> }
}

fn code_field(own: FactorForm, kind: Code) -> AnyView {
    let (value, error) = (own.code, own.form.error(kind));
    let (label, hint, keyboard) = match kind {
        Code::OnPaper => (
            t(|w| w.account().factor.recovery_code),
            t(|w| w.account().factor.recovery_hint),
            Keyboard { width: "pay-input--14", ..Keyboard::default() },
        ),
        Code::OfApp => (
            t(|w| w.account().factor.code),
            t(|w| w.account().factor.code_hint),
            Keyboard { mode: "numeric", autocomplete: "one-time-code", width: "pay-input--8" },
        ),
    };
    view! { <TextField id="code" label hint value error keyboard/> }.into_any()
}

/// What the server asks, what the browser shows, and what the server makes of it. `None` is a browser that showed
/// nothing.
async fn passkey(client: &Client) -> Result<SessionView, Option<ApiError>> {
    let challenge = client.passkey_challenge().await.map_err(Some)?;
    let shown = passkeys::show(&challenge.options).await.map_err(|NoPasskey| None)?;
    client.show_factor(&FactorResponse::Passkey(shown)).await.map_err(Some)
}
