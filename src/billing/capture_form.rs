//! The processor's form in its frame, as the pages show it that a card or an account is typed on: what is said while it
//! is not there, and the way from the page into its fields.

use super::capture_frame::{
    CaptureAsk, CaptureAsks, CaptureCard, CaptureField, CaptureFrame, CaptureSays, CaptureSource,
};
use crate::{
    browser,
    config::Deployment,
    i18n::{Language, Text, Words, say, t},
    session::CurrentSession,
    ui::{ErrorLine, Icon, Notice, NoticeKind, Sign, Waiting, dynamic, list},
};
use contract::payment::{CardFunding, MethodKind};
use gloo_timers::future::TimeoutFuture;
use leptos::{ev::FocusEvent, html, prelude::*, task::spawn_local};

/// How long the form may take before the page says that it did not come. One that comes later is shown all the same.
const PATIENCE_MILLIS: u32 = 10_000;

/// What came of asking the frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaptureResult {
    Token(String),
    /// It shows what is wrong, and has taken the focus.
    Wrong(Vec<CaptureField>),
    /// Other fields are wrong than before, since something was typed.
    Changed(Vec<CaptureField>),
    Gone,
    /// The card whose security code it asked for has to be typed whole.
    Forgotten,
    /// Enter was pressed in it: on, as by the button.
    Enter,
}

/// The place of each field in this page, by its id, and which of `frame_fields` is its name.
const ANCHORS: [(CaptureField, &str); 5] = [
    (CaptureField::Number, "capture-number"),
    (CaptureField::Expiry, "capture-expiry"),
    (CaptureField::Code, "capture-code"),
    (CaptureField::Routing, "capture-routing"),
    (CaptureField::Account, "capture-account"),
];

/// Where a link to a field of the frame leads, and the words for what is wrong there.
fn anchor(w: &'static Words, field: CaptureField) -> Option<(&'static str, String)> {
    let at = ANCHORS.iter().position(|(of, _)| *of == field)?;
    let name = w.pay().method.frame_fields.get(at)?;
    Some((ANCHORS.get(at)?.1, (w.pay().method.frame_field_wrong)(name)))
}

/// What a page and its frame share.
#[derive(Clone, Copy, Default)]
pub struct CaptureState {
    pub asks: RwSignal<CaptureAsks>,
    /// The form in the frame has something to put right, or is not there.
    pub problem: RwSignal<Option<CaptureProblem>>,
    /// Of the card whose number is typed and whole.
    pub funding: RwSignal<Option<CardFunding>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaptureProblem {
    /// These fields, or some that it does not name.
    Wrong(Vec<CaptureField>),
    Gone,
    /// The card whose security code was to be typed again is not known any more.
    Forgotten,
}

impl CaptureProblem {
    /// A line of the summary for each field, which leads into it.
    fn lines(self, w: &'static Words) -> Vec<ErrorLine> {
        let line = |id: &str, words: &str| ErrorLine { id: id.to_owned(), words: words.to_owned() };
        match self {
            Self::Gone => vec![line("capture-again", w.pay().method.frame_gone)],
            Self::Forgotten => vec![line("capture", w.pay().method.frame_forgotten)],
            Self::Wrong(fields) => {
                let named = fields.into_iter().filter_map(|field| anchor(w, field));
                let named: Vec<_> = named.map(|(id, words)| line(id, &words)).collect();
                if named.is_empty() { vec![line("capture", w.pay().method.frame_wrong)] } else { named }
            }
        }
    }
}

impl CaptureState {
    pub fn ask(self, what: CaptureAsk) {
        self.problem.set(None);
        self.asks.update(|asks| asks.ask(what));
    }

    /// Lines of the page's summary, behind those of its own fields.
    pub fn with_lines(self, typed: Signal<Vec<ErrorLine>>) -> Signal<Vec<ErrorLine>> {
        let language = Language::here();
        Signal::derive(move || {
            let mut lines = typed.get();
            lines.extend(self.problem.get().map(|problem| problem.lines(language.words())).unwrap_or_default());
            lines
        })
    }
}

/// The button that was pressed is gone: on with the form that comes in its place.
pub fn focus_form(around: NodeRef<html::Div>) {
    request_animation_frame(move || {
        if let Some(around) = around.get_untracked() {
            browser::focus_field(&around, "capture");
        }
    });
}

/// The processor's form in its frame, and what is said while it is not there.
#[derive(Clone, Copy)]
struct Form {
    state: CaptureState,
    kind: MethodKind,
    captured: Callback<CaptureResult>,
    around: NodeRef<html::Div>,
    is_ready: RwSignal<bool>,
    height: RwSignal<Option<u32>>,
    is_late: RwSignal<bool>,
    loads: RwSignal<u32>,
}

/// With a card, the form for the security code of that. `around` is the element that it stands in.
pub fn capture_form(
    state: CaptureState,
    kind: MethodKind,
    captured: Callback<CaptureResult>,
    around: NodeRef<html::Div>,
    card: Option<CaptureCard>,
) -> AnyView {
    let no = || RwSignal::new(false);
    let (is_ready, height, is_late, loads) = (no(), RwSignal::new(None), no(), RwSignal::new(0));
    Form { state, kind, captured, around, is_ready, height, is_late, loads }.view(card)
}

impl Form {
    /// Says after a while that it did not come, and at once when it is asked for something before it came.
    fn watch(self) {
        browser::effect(move |_| {
            let load = self.loads.get();
            spawn_local(async move {
                TimeoutFuture::new(PATIENCE_MILLIS).await;
                // the page may be gone, or the form asked for again
                if self.loads.try_get_untracked() == Some(load) {
                    self.is_late.try_set(!self.is_ready.try_get_untracked().unwrap_or(true));
                }
            });
        });
        browser::effect(move |is_first| {
            self.state.asks.track();
            if !is_first && !self.is_ready.get_untracked() {
                self.is_late.set(true);
                self.captured.run(CaptureResult::Gone);
            }
        });
    }

    /// Of the card that was typed in it nothing is known any more.
    fn forget_funding(self) {
        on_cleanup(move || _ = self.state.funding.try_set(None));
    }

    fn load_again(self) {
        self.is_late.set(false);
        self.state.problem.set(None);
        self.loads.update(|loads| *loads += 1);
        focus_form(self.around);
    }

    fn hear(self, says: CaptureSays) {
        let result = match says {
            CaptureSays::Ready => {
                self.is_ready.set(true);
                self.state.funding.set(None);
                return self.is_late.set(false);
            }
            CaptureSays::Funding { funding } => return self.state.funding.set(funding),
            CaptureSays::Height { height } => return self.height.set(Some(height)),
            CaptureSays::Invalid { fields } => CaptureResult::Wrong(fields),
            CaptureSays::Changed { fields } => CaptureResult::Changed(fields),
            CaptureSays::Enter => CaptureResult::Enter,
            CaptureSays::Unavailable => CaptureResult::Gone,
            CaptureSays::Forgotten => CaptureResult::Forgotten,
            CaptureSays::Token { token } => CaptureResult::Token(token),
            CaptureSays::Unknown => return,
        };
        self.captured.run(result);
    }

    fn title(self, card: Option<&CaptureCard>) -> Text {
        match self.kind {
            _ if card.is_some() => t(|w| w.pay().method.frame_code),
            MethodKind::Bank => t(|w| w.pay().method.frame_bank),
            MethodKind::Card | MethodKind::Balance | MethodKind::Check | MethodKind::Phone => {
                t(|w| w.pay().method.frame_card)
            }
        }
    }

    fn status(self) -> Text {
        say(move |w| match self.state.problem.get() {
            Some(CaptureProblem::Wrong(_)) => w.pay().method.frame_wrong.to_owned(),
            _ if !self.is_ready.get() && !self.is_late.get() => w.pay().method.frame_waiting.to_owned(),
            _ => String::new(),
        })
    }

    /// A link to a field leads here, and the focus goes on into the frame.
    fn anchors(self) -> AnyView {
        let place = move |(field, id): (CaptureField, &'static str)| {
            let go_on = move |event: FocusEvent| {
                browser::focus_field(&event_target(&event), "capture");
                self.state.asks.update(|asks| asks.ask(CaptureAsk::Focus(field)));
            };
            view! { <span id=id tabindex="-1" on:focus=go_on></span> }.into_any()
        };
        // out of the grid, whose gaps they would take
        view! { <div class="pay-hidden">{list(ANCHORS, place)}</div> }.into_any()
    }

    fn late(self) -> AnyView {
        dynamic(move || {
            let notice = self.is_late.get().then(|| {
                view! {
                    <Notice kind=NoticeKind::Warn words=t(|w| w.pay().method.frame_late)>
                        <p><button class="pay-link" id="capture-again" type="button" on:click=move |_| self.load_again()>{t(|w| w.pay().method.frame_again)}</button></p>
                    </Notice>
                }
            });
            notice.into_any()
        })
    }

    /// Its form; with a card, for the security code of that.
    fn view(self, card: Option<CaptureCard>) -> AnyView {
        let (deployment, session, language) = (Deployment::here(), CurrentSession::here(), Language::here());
        self.watch();
        self.forget_funding();
        let title = self.title(card.as_ref());
        let source = Memo::new(move |_| {
            let capture = deployment.portal()?.capture.clone();
            let binding = session.with(|session| session.access().map(|access| access.capture_binding.clone()))?;
            Some(CaptureSource { url: capture.url, origin: capture.origin, binding, card: card.clone() })
        });
        let locale = Text::derive(move || language.0.get().code().to_owned());
        let heard = Callback::new(move |says| self.hear(says));
        let Self { kind, height, is_late, loads, state, .. } = self;
        let frame = dynamic(move || {
            loads.track();
            match source.get() {
                Some(source) => {
                    view! { <CaptureFrame kind source title locale asks=state.asks height heard/> }.into_any()
                }
                None => view! { <Waiting rows=3/> }.into_any(),
            }
        });
        view! {
            <div class="pay-frame" role="group" aria-label=title>
                {self.anchors()}
                <div>
                    <div hidden=move || is_late.get()>{frame}</div>
                    <div role="status">{self.late()}</div>
                </div>
                <p class="pay-hidden" role="status">{self.status()}</p>
                <p class="pay-frame__cap">
                    <Icon sign=Sign::Lock/>
                    <span>{say(move |w| (w.pay().method.frame_says)(&deployment.brand()))}</span>
                </p>
            </div>
        }
        .into_any()
    }
}
