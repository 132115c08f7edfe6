//! The entry of this page in the tab's history: a number that it is known by when one comes back to it, and the link
//! that one left it by.

use super::{document, focus, window};
use js_sys::{Function, Reflect};
use leptos::ev::MouseEvent;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

/// A link, and how far below the upper edge of the window it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedLink {
    pub address: String,
    pub top: f64,
}

/// Numbers this entry, so that it is known again.
pub fn mark_entry(number: f64) {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        _ = history.replace_state_with_url(&JsValue::from_f64(number), "", Some(&super::path()));
    }
}

/// The number of this entry; of none that is new. Never natively.
pub fn entry_mark() -> Option<f64> {
    let window = if cfg!(target_arch = "wasm32") { window() } else { None };
    let history = window?.history().ok()?;
    Reflect::get(&history, &"state".into()).ok()?.as_f64()
}

/// The link that is followed by this click.
pub fn link_of(event: &MouseEvent) -> Option<PlacedLink> {
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("a[href]").ok()??;
    Some(PlacedLink { address: link.get_attribute("href")?, top: top_of(&link)? })
}

fn top_of(element: &Element) -> Option<f64> {
    let measure: Function = Reflect::get(element, &"getBoundingClientRect".into()).ok()?.dyn_into().ok()?;
    Reflect::get(&measure.call0(element).ok()?, &"top".into()).ok()?.as_f64()
}

/// Puts the window where this link stood, and the focus on it.
pub fn return_to(link: &PlacedLink) {
    let find = || document()?.query_selector(&format!("main a[href=\"{}\"]", link.address)).ok()?;
    let Some(element) = find().and_then(|found| found.dyn_into::<HtmlElement>().ok()) else { return };
    // what is far away has no height of its own until it was in sight
    for _ in 0..2 {
        let y = window().and_then(|window| Reflect::get(&window, &"scrollY".into()).ok()?.as_f64());
        if let (Some(window), Some(y), Some(top)) = (window(), y, top_of(&element)) {
            window.scroll_to_with_x_and_y(0.0, y + top - link.top);
        }
    }
    focus(element);
}
