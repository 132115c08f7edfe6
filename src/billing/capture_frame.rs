//! The processor's capture frame: an iframe of another origin, and the few words that pass between it and the page. The
//! page asks it to submit; it answers with a token, or that something is wrong, which it shows itself.

use crate::{browser, i18n::Text};
use leptos::{html, prelude::*};
use serde::Deserialize;

/// Which form it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureKind {
    Bank,
    Card,
}

impl CaptureKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Bank => "bank",
            Self::Card => "card",
        }
    }
}

/// What the frame says, as it came.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CaptureSays {
    Ready,
    Invalid,
    /// Enter was pressed, and nothing is wrong in it.
    Enter,
    Unavailable,
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
}

/// What the page asks of the frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaptureAsks {
    /// How often it was asked for a token: raise it to ask.
    pub submits: u32,
    /// How often it was asked to show what is wrong, and nothing else.
    pub checks: u32,
}

/// `heard` is called with every message of the frame.
#[component]
pub fn CaptureFrame(
    kind: CaptureKind,
    source: CaptureSource,
    title: Text,
    /// `en`, `es`.
    locale: Text,
    #[prop(into)] asks: Signal<CaptureAsks>,
    /// Room for what is wrong: the frame can't grow by itself.
    #[prop(into)]
    is_tall: Signal<bool>,
    heard: Callback<CaptureSays>,
) -> impl IntoView {
    let frame = NodeRef::<html::Iframe>::new();
    let source = StoredValue::new(source);
    let tell = move |message: String| {
        if let Some(frame) = frame.get_untracked() {
            source.with_value(|source| browser::post_to_frame(&frame, &source.origin, &message));
        }
    };
    let address = RwSignal::new(None::<String>);
    browser::effect(move |is_first| {
        // the initial language; later changes are sent as messages, so that no input is lost
        if is_first {
            let (url, parent) = (source.with_value(|source| source.url.clone()), browser::origin());
            let locale = locale.get_untracked();
            address.set(Some(format!("{url}?kind={}&locale={locale}&scheme=auto&parent={parent}", kind.word())));
        }
    });
    browser::effect(move |_| {
        let Some(element) = frame.get() else { return };
        let origin = source.with_value(|source| source.origin.clone());
        let listening = browser::listen_to_frame(element, origin, move |message| {
            let Some(says) = parse(&message) else { return };
            if says == CaptureSays::Ready {
                let binding = source.with_value(|source| source.binding.clone());
                tell(format!(r#"{{"v":1,"type":"configure","binding":"{binding}"}}"#));
                tell(format!(r#"{{"v":1,"type":"locale","locale":"{}"}}"#, locale.get_untracked()));
            }
            heard.run(says);
        });
        let listening = StoredValue::new_local(listening);
        on_cleanup(move || listening.set_value(None));
    });
    browser::effect(move |is_first| {
        let locale = locale.get();
        if !is_first {
            tell(format!(r#"{{"v":1,"type":"locale","locale":"{locale}"}}"#));
        }
    });
    let mut before = asks.get_untracked();
    browser::effect(move |_| {
        let now = asks.get();
        if now.submits != before.submits {
            tell(r#"{"v":1,"type":"submit"}"#.to_owned());
        } else if now.checks != before.checks {
            tell(r#"{"v":1,"type":"check"}"#.to_owned());
        }
        before = now;
    });
    view! {
        // A page of another origin: it may run its script as itself, send its form's key presses to that script, and
        // nothing else.
        <iframe class="pay-capture" id="capture" sandbox="allow-scripts allow-same-origin allow-forms" allow=""
            data-kind=kind.word() data-tall=move || is_tall.get().then_some("") title=title src=move || address.get() node_ref=frame></iframe>
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
        let token = r#"{"v":1,"type":"token","token":"tok_1","brand":"visa","last4":"4242","expiry":"11/28","funding":"credit"}"#;
        assert_eq!(parse(token), Some(CaptureSays::Token { token: "tok_1".to_owned() }));
    }
}
