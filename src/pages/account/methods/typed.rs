//! A card or an account that is typed in the processor's frame: saved as another one, or put in the place of one that
//! is there.

use super::{Done, Methods, refused_words, row::nickname_words};
use crate::{
    billing::{CaptureAsk, CaptureProblem, CaptureResult, CaptureState, capture_form, saved_name},
    browser,
    config::Deployment,
    error::ApiError,
    form::Problems,
    i18n::{Language, Words, say, t},
    ui::{CheckField, Choice, ErrorSummary, Failure, FormState, SubmitButton, TextField, dynamic, with_phone},
};
use contract::{
    FieldProblem,
    consent::{self, ShownConsent},
    payment::{MethodKind, MethodReplacement, NewSavedMethod, Nickname, SavedMethods},
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Nickname,
    Agreed,
}

impl Field {
    fn id(self) -> &'static str {
        match self {
            Self::Nickname => "nickname",
            Self::Agreed => "agreed",
        }
    }

    fn words(w: &'static Words, field: Self, problem: FieldProblem) -> String {
        match field {
            Self::Nickname => nickname_words(w, (), problem),
            Self::Agreed => (w.problem.at)(w.account().notices.agree, problem),
        }
    }
}

#[derive(Clone, Copy)]
struct TypedMethod {
    own: Methods,
    kind: RwSignal<Option<MethodKind>>,
    nickname: RwSignal<String>,
    is_default: RwSignal<bool>,
    is_agreed: RwSignal<bool>,
    deployment: StoredValue<Deployment>,
    language: Language,
    form: FormState<Field>,
    capture: CaptureState,
}

impl TypedMethod {
    fn new(own: Methods) -> Self {
        let nickname = RwSignal::new(String::new());
        let state = Self {
            own,
            kind: RwSignal::new(None),
            nickname,
            is_default: RwSignal::new(false),
            is_agreed: RwSignal::new(false),
            deployment: StoredValue::new(Deployment::here()),
            language: Language::here(),
            form: FormState::new([(Field::Nickname, nickname)], Field::words, Field::id),
            capture: CaptureState::default(),
        };
        state.form.revalidate_on_change(move || state.check().err().unwrap_or_default());
        browser::effect(move |is_first| {
            state.consent();
            // agreed is what was read
            if !is_first {
                state.is_agreed.set(false);
            }
        });
        state
    }

    /// What is to be agreed to, in the language of the page. Tracks.
    fn consent(self) -> ShownConsent {
        let locale = self.language.words().locale;
        let text = self.deployment.with_value(|deployment| {
            consent::saved_method(&deployment.brand(), &deployment.contacts().billing_phone, locale)
        });
        ShownConsent { text, locale }
    }

    /// All but what is in the frame. Tracks.
    fn check(self) -> Result<Nickname, Problems<Field>> {
        let mut problems = Problems::default();
        let name = problems.check(Field::Nickname, self.nickname.with(|name| Nickname::parse(name)));
        if !self.is_agreed.get() {
            problems.add(Field::Agreed, FieldProblem::Unticked);
        }
        problems.or(name)
    }

    fn submit(self) {
        if self.form.is_busy.get_untracked() {
            return;
        }
        let is_right = self.form.begin(untrack(|| self.check())).is_some();
        self.capture.ask(if is_right { CaptureAsk::Submit } else { CaptureAsk::Check });
    }

    /// What the frame answered.
    fn hear(self, result: CaptureResult) {
        match result {
            CaptureResult::Enter => self.submit(),
            CaptureResult::Token(token) => self.send(token),
            CaptureResult::Wrong(fields) => self.stop(CaptureProblem::Wrong(fields)),
            CaptureResult::Changed(fields) => {
                self.capture.problem.set((!fields.is_empty()).then_some(CaptureProblem::Wrong(fields)));
            }
            CaptureResult::Gone | CaptureResult::Forgotten => {
                self.stop(CaptureProblem::Gone);
                self.form.refused.update(|n| *n += 1);
            }
        }
    }

    fn stop(self, problem: CaptureProblem) {
        self.form.is_busy.set(false);
        self.capture.problem.set(Some(problem));
    }

    fn send(self, token: String) {
        let (client, replacing) = (self.own.client.get_value(), self.own.replacing.get_untracked());
        let (checked, consent) = untrack(|| (self.check(), Some(self.consent())));
        let nickname = checked.unwrap_or_default();
        let is_default = self.is_default.get_untracked();
        spawn_local(async move {
            let answer = match replacing {
                Some(one) => client.replace_method(&one.id, &MethodReplacement { token, consent }).await,
                None => client.save_method(&NewSavedMethod { token, nickname, is_default, consent }).await,
            };
            self.end(answer);
        });
    }

    fn end(self, answer: Result<SavedMethods, ApiError>) {
        // the page was left
        if self.form.is_busy.try_get_untracked() != Some(true) {
            return;
        }
        let Some(methods) = self.form.end(answer, |field| (field == "nickname").then_some(Field::Nickname)) else {
            return;
        };
        self.own.replacing.set(None);
        self.kind.set(None);
        self.nickname.set(String::new());
        self.is_default.set(false);
        self.is_agreed.set(false);
        self.form.refused.set(0);
        self.form.problems.set(Problems::default());
        self.own.show(methods, Done::Saved);
    }
}

#[component]
pub fn Typed(own: Methods) -> impl IntoView {
    let state = TypedMethod::new(own);
    let place = NodeRef::<html::H2>::new();
    browser::effect(move |_| {
        if own.replacing.with(Option::is_some)
            && let Some(place) = place.get()
        {
            browser::focus_and_show(place);
        }
    });
    let title = say(move |w| match own.replacing.get() {
        Some(one) => format!("{}{}", w.account().methods.replace, (w.account().methods.of)(&saved_name(w, &one))),
        None => w.account().methods.add.to_owned(),
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        state.submit();
    };
    let lines = state.capture.with_lines(state.form.lines());
    view! {
        <section class="pay-sheet" id="add" aria-labelledby="add-title" data-print="no">
            <form class="pay-stack" novalidate on:submit=submit>
                <h2 id="add-title" tabindex="-1" node_ref=place>{title}</h2>
                <Failure error=state.form.answer words=refused_words/>
                <ErrorSummary lines submits=state.form.refused/>
                {kinds(state)}
                {dynamic(move || match state.kind.get() {
                    Some(kind) => rest(state, kind),
                    None => cancel(own),
                })}
            </form>
        </section>
    }
}

fn kinds(state: TypedMethod) -> AnyView {
    let choose = move |kind| {
        Callback::new(move |()| {
            state.capture.problem.set(None);
            state.kind.set(Some(kind));
        })
    };
    let is = move |kind| Signal::derive(move || state.kind.get() == Some(kind));
    view! {
        <fieldset class="pay-stack pay-stack--tight">
            <legend class="pay-hidden">{t(|w| w.pay().method.legend)}</legend>
            <div class="pay-choices pay-choices--two">
                <Choice name="method" id=Some("method".to_owned()) words=t(|w| w.pay().method.bank)
                    note=Some(t(|w| w.pay().method.bank_note)) chosen=is(MethodKind::Bank) on_choose=choose(MethodKind::Bank)/>
                <Choice name="method" id=None words=t(|w| w.pay().method.card) note=Some(t(|w| w.pay().method.card_note))
                    chosen=is(MethodKind::Card) on_choose=choose(MethodKind::Card)/>
            </div>
        </fieldset>
    }
    .into_any()
}

/// Once the kind is chosen: the frame, what the member says of it, and the button.
fn rest(state: TypedMethod, kind: MethodKind) -> AnyView {
    let around = NodeRef::new();
    let captured = Callback::new(move |result| state.hear(result));
    let frame = capture_form(state.capture, kind, captured, around, None);
    let own = state.own;
    let about = dynamic(move || if own.replacing.with(Option::is_none) { about(state) } else { replace_note() });
    view! {
        <div class="pay-stack" node_ref=around>{frame}</div>
        {about}
        {agreement(state)}
        <p class="pay-row">
            <SubmitButton words=t(|w| w.account().methods.save) busy_words=t(|w| w.account().profile.saving) busy=state.form.is_busy/>
        </p>
        {dynamic(move || cancel(own))}
        <p class="pay-note">{t(|w| w.account().methods.save_note)}</p>
    }
    .into_any()
}

fn about(state: TypedMethod) -> AnyView {
    let is_default = state.is_default;
    view! {
        <TextField id="nickname" label=t(|w| w.account().methods.nickname) hint=t(|w| w.account().methods.nickname_hint)
            value=state.nickname error=state.form.error(Field::Nickname)/>
        <label class="pay-check">
            <input type="checkbox" id="default" name="default" prop:checked=is_default
                on:change=move |event| is_default.set(event_target_checked(&event))/>
            <span>{t(|w| w.account().methods.set_default)}</span>
        </label>
    }
    .into_any()
}

fn agreement(state: TypedMethod) -> AnyView {
    let text = say(move |_| state.consent().text);
    view! {
        <p class="pay-quote">{with_phone(text)}</p>
        <CheckField id=Field::Agreed.id() words=t(|w| w.account().notices.agree) value=state.is_agreed
            error=state.form.error(Field::Agreed)/>
    }
    .into_any()
}

fn replace_note() -> AnyView {
    view! { <p>{t(|w| w.account().methods.replace_note)}</p> }.into_any()
}

/// Only where one is to be replaced. Tracks.
fn cancel(own: Methods) -> AnyView {
    let button = own.replacing.with(Option::is_some).then(|| {
        view! {
            <p><button class="pay-link" type="button" on:click=move |_| own.replacing.set(None)>{t(|w| w.account().profile.cancel)}</button></p>
        }
    });
    button.into_any()
}
