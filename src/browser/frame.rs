//! Messages to and from the capture frame (`postMessage`): only those of its origin and its window are accepted.

use super::Listening;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{HtmlIFrameElement, MessageEvent};

/// Calls back with the text of every message that comes from `origin` and from inside `frame`; objects arrive as JSON.
pub fn listen_to_frame(
    frame: HtmlIFrameElement,
    origin: String,
    mut receive: impl FnMut(String) + 'static,
) -> Option<Listening> {
    let closure = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
        let Ok(event) = event.dyn_into::<MessageEvent>() else { return };
        let from_frame = match (event.source(), frame.content_window()) {
            (Some(source), Some(inside)) => source.loose_eq(&inside),
            _ => false,
        };
        if !from_frame || event.origin() != origin {
            return;
        }
        if let Some(text) = js_sys::JSON::stringify(&event.data()).ok().and_then(|text| text.as_string()) {
            receive(text);
        }
    });
    Listening::on("message", closure)
}

/// Sends an object, given as JSON, into the frame, for this origin only.
pub fn post_to_frame(frame: &HtmlIFrameElement, origin: &str, json: &str) {
    if let (Some(inside), Ok(message)) = (frame.content_window(), js_sys::JSON::parse(json)) {
        _ = inside.post_message(&message, origin);
    }
}
