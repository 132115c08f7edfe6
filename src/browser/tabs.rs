//! Messages between the tabs of this browser (`BroadcastChannel`).

use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::MessageEvent;

/// A message from one tab to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TabMessage {
    /// Something about the session has changed: they ask the server what.
    Changed,
    /// The member signed out.
    SignedOut,
}

/// The other tabs of this browser.
pub struct Tabs(Option<web_sys::BroadcastChannel>, Option<Closure<dyn FnMut(JsValue)>>);

const SIGNED_OUT: &str = "signed-out";

impl Tabs {
    /// `receive` is called with each message of another tab.
    pub fn open(mut receive: impl FnMut(TabMessage) + 'static) -> Self {
        let Ok(channel) = web_sys::BroadcastChannel::new("kppay.session") else { return Self(None, None) };
        let closure = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let is_out = event.dyn_into().is_ok_and(|event: MessageEvent| event.data() == SIGNED_OUT);
            receive(if is_out { TabMessage::SignedOut } else { TabMessage::Changed });
        });
        channel.set_onmessage(Some(closure.as_ref().unchecked_ref()));
        Self(Some(channel), Some(closure))
    }
    pub fn send(&self, message: TabMessage) {
        if let Some(channel) = &self.0 {
            let word = match message {
                TabMessage::Changed => "changed",
                TabMessage::SignedOut => SIGNED_OUT,
            };
            _ = channel.post_message(&word.into());
        }
    }
}

impl Drop for Tabs {
    fn drop(&mut self) {
        if let Some(channel) = &self.0 {
            channel.close();
        }
        drop(self.1.take());
    }
}
