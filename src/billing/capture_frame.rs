//! The processor's capture frame: an iframe of another origin, and the few words that pass between it and the page. The
//! page asks it to submit; it answers with a token, or with the names of the fields that are wrong, which it marks
//! itself.

use crate::{
    browser,
    i18n::{Text, format},
    session::CurrentSession,
};
use contract::{
    Date,
    payment::{CardFunding, MethodKind},
};
use leptos::{html, prelude::*};
use serde::Deserialize;

/// The frame takes no more of the page than this, in CSS pixels, whatever it says.
const HIGHEST: u32 = 2_400;

/// A field of the frame, by its name there. What is typed into it never comes here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptureField {
    Number,
    Expiry,
    Code,
    Routing,
    Account,
    /// Of a later version.
    #[serde(other)]
    Unknown,
}

impl CaptureField {
    fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Expiry => "expiry",
            Self::Code => "code",
            Self::Routing => "routing",
            Self::Account => "account",
            Self::Unknown => "",
        }
    }
}

/// What the frame says, as it came.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CaptureSays {
    Ready,
    /// The wrong fields, when it was asked for a token or to check. A frame of the version before names none.
    Invalid {
        #[serde(default)]
        fields: Vec<CaptureField>,
    },
    /// Other fields are wrong than before, or none, since something was typed.
    Changed {
        fields: Vec<CaptureField>,
    },
    /// Enter was pressed, and nothing is wrong in it.
    Enter,
    Unavailable,
    /// Whether the card whose number is typed is a credit card; nothing while the number is not whole, or the processor
    /// does not know.
    Funding {
        funding: Option<CardFunding>,
    },
    /// How high its content is, in CSS pixels.
    Height {
        height: u32,
    },
    /// The card whose code is asked for is not known any more.
    Forgotten,
    /// What it says of the card or account beside that is not looked at: the server names the method.
    Token {
        token: String,
    },
    #[serde(other)]
    Unknown,
}

/// The version of the protocol, beside what is said.
#[derive(Deserialize)]
struct Envelope {
    v: u32,
    #[serde(flatten)]
    says: CaptureSays,
}

/// Only what is of our version counts.
pub fn parse(message: &str) -> Option<CaptureSays> {
    serde_json::from_str::<Envelope>(message).ok().filter(|envelope| envelope.v == 1).map(|envelope| envelope.says)
}

/// The frame's address and binding: from the profile and the session.
#[derive(Clone, PartialEq, Eq)]
pub struct CaptureSource {
    pub url: String,
    pub origin: String,
    pub binding: String,
    pub card: Option<CaptureCard>,
}

/// A card that was typed before and whose security code was wrong: the frame asks for the code and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct CaptureCard {
    pub token: String,
    pub code_length: usize,
}

impl CaptureSource {
    /// `today` is the server's.
    fn configuration(&self, today: Date) -> String {
        let binding = &self.binding;
        let card = self.card.as_ref().map(|CaptureCard { token, code_length }| {
            format!(r#","card":{{"token":"{token}","code_length":{code_length}}}"#)
        });
        format!(r#"{{"v":1,"type":"configure","binding":"{binding}","today":"{today}"{}}}"#, card.unwrap_or_default())
    }
}

/// What the page asks of the frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaptureAsk {
    /// A token.
    #[default]
    Submit,
    /// To show what is wrong, and nothing else.
    Check,
    /// To go into a field. The frame has the focus by then.
    Focus(CaptureField),
}

impl CaptureAsk {
    fn message(self) -> String {
        match self {
            Self::Submit => r#"{"v":1,"type":"submit"}"#.to_owned(),
            Self::Check => r#"{"v":1,"type":"check"}"#.to_owned(),
            Self::Focus(field) => format!(r#"{{"v":1,"type":"focus","field":"{}"}}"#, field.word()),
        }
    }
}

/// What was asked last, and how often something was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaptureAsks {
    pub times: u32,
    pub last: CaptureAsk,
}

impl CaptureAsks {
    pub fn ask(&mut self, what: CaptureAsk) {
        (self.times, self.last) = (self.times + 1, what);
    }
}

/// The way between the page and its frame.
#[derive(Clone, Copy)]
struct Line {
    frame: NodeRef<html::Iframe>,
    source: StoredValue<CaptureSource>,
    locale: Text,
    session: CurrentSession,
}

impl Line {
    fn tell(self, message: &str) {
        if let Some(frame) = self.frame.get_untracked() {
            self.source.with_value(|source| browser::post_to_frame(&frame, &source.origin, message));
        }
    }

    fn tell_locale(self, locale: &str) {
        self.tell(&format!(r#"{{"v":1,"type":"locale","locale":"{locale}"}}"#));
    }

    /// With the initial language; later ones are sent as messages, so that no input is lost.
    fn address(self, form: &'static str) -> RwSignal<Option<String>> {
        let address = RwSignal::new(None::<String>);
        browser::effect(move |is_first| {
            let locale = self.locale.get();
            if is_first {
                let (url, parent) = (self.source.with_value(|source| source.url.clone()), browser::origin());
                address.set(Some(format!("{url}?kind={form}&locale={locale}&scheme=auto&parent={parent}")));
            } else {
                self.tell_locale(&locale);
            }
        });
        address
    }

    fn listen(self, heard: Callback<CaptureSays>) {
        browser::effect(move |_| {
            let Some(element) = self.frame.get() else { return };
            let origin = self.source.with_value(|source| source.origin.clone());
            let listening = browser::listen_to_frame(element, origin, move |message| {
                let Some(says) = parse(&message) else { return };
                if says == CaptureSays::Ready {
                    let today = untrack(|| format::date_at(self.session.server_now(), self.session.time_zone()));
                    self.tell(&self.source.with_value(|source| source.configuration(today)));
                    self.tell_locale(&self.locale.get_untracked());
                }
                heard.run(says);
            });
            let listening = StoredValue::new_local(listening);
            on_cleanup(move || listening.set_value(None));
        });
    }

    fn pass_on(self, asks: Signal<CaptureAsks>) {
        let mut before = asks.get_untracked().times;
        browser::effect(move |_| {
            let CaptureAsks { times, last } = asks.get();
            if times != before {
                self.tell(&last.message());
            }
            before = times;
        });
    }
}

/// `heard` is called with every message of the frame.
#[component]
pub fn CaptureFrame(
    kind: MethodKind,
    source: CaptureSource,
    title: Text,
    /// `en`, `es`.
    locale: Text,
    #[prop(into)] asks: Signal<CaptureAsks>,
    /// What it said of its height.
    height: RwSignal<Option<u32>>,
    heard: Callback<CaptureSays>,
) -> impl IntoView {
    let form = match kind {
        _ if source.card.is_some() => "code",
        MethodKind::Bank => "bank",
        // A balance has no frame.
        MethodKind::Card | MethodKind::Balance | MethodKind::Check | MethodKind::Phone => "card",
    };
    let line =
        Line { frame: NodeRef::new(), source: StoredValue::new(source), locale, session: CurrentSession::here() };
    let height = move || height.get().map(|height| height.min(HIGHEST).to_string());
    let address = line.address(form);
    line.listen(heard);
    line.pass_on(asks);
    view! {
        // A page of another origin: it may run its script as itself, send its form's key presses to that script, and
        // nothing else.
        <iframe class="pay-capture" id="capture" sandbox="allow-scripts allow-same-origin allow-forms" allow=""
            data-kind=form height=height title=title src=move || address.get() node_ref=line.frame></iframe>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_of_our_version_count() {
        assert_eq!(parse(r#"{"v":1,"type":"ready"}"#), Some(CaptureSays::Ready));
        assert_eq!(parse(r#"{"v":2,"type":"ready"}"#), None);
        assert_eq!(parse(r#"{"v":1,"type":"of_a_later_version"}"#), Some(CaptureSays::Unknown));
        assert_eq!(parse("nonsense"), None);
        assert_eq!(parse(r#"{"v":1,"type":"height","height":412}"#), Some(CaptureSays::Height { height: 412 }));
        assert_eq!(parse(r#"{"v":1,"type":"height","height":-1}"#), None);
        assert_eq!(parse(r#"{"v":1,"type":"invalid"}"#), Some(CaptureSays::Invalid { fields: Vec::new() }));
        let token = r#"{"v":1,"type":"token","token":"tok_1","brand":"visa","last4":"4242","expiry":"11/28","funding":"credit"}"#;
        assert_eq!(parse(token), Some(CaptureSays::Token { token: "tok_1".to_owned() }));
    }

    #[test]
    fn a_frame_names_its_wrong_fields_and_is_asked_to_go_into_one() {
        let fields = vec![CaptureField::Number, CaptureField::Unknown];
        let says = r#"{"v":1,"type":"invalid","fields":["number","of_a_later_version"]}"#;
        assert_eq!(parse(says), Some(CaptureSays::Invalid { fields }));
        assert_eq!(parse(r#"{"v":1,"type":"changed","fields":[]}"#), Some(CaptureSays::Changed { fields: Vec::new() }));
        let mut asks = CaptureAsks::default();
        asks.ask(CaptureAsk::Focus(CaptureField::Expiry));
        let message: serde_json::Value = serde_json::from_str(&asks.last.message()).unwrap();
        assert_eq!(message, serde_json::json!({ "v": 1, "type": "focus", "field": "expiry" }));
    }

    #[test]
    fn a_frame_tells_the_funding_of_a_card_and_none_when_the_number_is_not_whole() {
        let funding = |text: &str| parse(&format!(r#"{{"v":1,"type":"funding","funding":{text}}}"#));
        assert_eq!(funding(r#""credit""#), Some(CaptureSays::Funding { funding: Some(CardFunding::Credit) }));
        assert_eq!(funding(r#""of_later""#), Some(CaptureSays::Funding { funding: Some(CardFunding::Unknown) }));
        assert_eq!(funding("null"), Some(CaptureSays::Funding { funding: None }));
    }

    #[test]
    fn a_frame_is_told_of_the_card_whose_code_it_asks_for() {
        let card = CaptureCard { token: "tok_1".to_owned(), code_length: 4 };
        let source = |card| CaptureSource { url: String::new(), origin: String::new(), binding: "b".to_owned(), card };
        let today = Date::parse("2026-11-23").unwrap();
        let said = |card| serde_json::from_str::<serde_json::Value>(&source(card).configuration(today)).unwrap();
        assert_eq!(
            said(None),
            serde_json::json!({ "v": 1, "type": "configure", "binding": "b", "today": "2026-11-23" })
        );
        assert_eq!(said(Some(card))["card"], serde_json::json!({ "token": "tok_1", "code_length": 4 }));
    }
}
