//! Messages between the tabs of this browser (`BroadcastChannel`).

use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::MessageEvent;

/// What one tab tells the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TabSays {
    /// Something about the session is another; what, they ask the server.
    Changed,
    /// The member signed out.
    SignedOut,
}

/// The other tabs of this browser.
pub struct Tabs(Option<web_sys::BroadcastChannel>, Option<Closure<dyn FnMut(JsValue)>>);

const SIGNED_OUT: &str = "signed-out";

impl Tabs {
    /// `heard` is called with each message of another tab.
    pub fn open(mut heard: impl FnMut(TabSays) + 'static) -> Self {
        let Ok(channel) = web_sys::BroadcastChannel::new("kppay.session") else { return Self(None, None) };
        let closure = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let is_out = event.dyn_into().is_ok_and(|event: MessageEvent| event.data() == SIGNED_OUT);
            heard(if is_out { TabSays::SignedOut } else { TabSays::Changed });
        });
        channel.set_onmessage(Some(closure.as_ref().unchecked_ref()));
        Self(Some(channel), Some(closure))
    }
    pub fn tell(&self, says: TabSays) {
        if let Some(channel) = &self.0 {
            let word = match says {
                TabSays::Changed => "changed",
                TabSays::SignedOut => SIGNED_OUT,
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
