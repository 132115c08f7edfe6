//! Keyboard focus: where it is put, and whether it goes out of an element.

use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, HtmlElement, Node};

/// Focus without scrolling: the browser has put the page where it was, or the router at the top.
pub fn focus(element: impl Into<HtmlElement>) {
    let element: HtmlElement = element.into();
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    _ = element.focus_with_options(&options);
}

/// Focus and show: for error summaries and fields.
pub fn focus_and_show(element: impl Into<HtmlElement>) {
    let element: HtmlElement = element.into();
    _ = element.focus();
}

/// When a question closes: the button that was pressed in it has gone, and the focus goes to what stays.
pub fn focus_when_closed<T: Into<HtmlElement>>(
    is_open: impl Fn() -> bool + 'static,
    stays: impl Fn() -> Option<T> + 'static,
) {
    let mut was_open = false;
    super::effect(move |_| {
        let is_open = is_open();
        if let Some(stays) = stays().filter(|_| was_open && !is_open) {
            focus(stays);
        }
        was_open = is_open;
    });
}

/// Whether the focus goes out of this element.
pub fn is_leaving(event: &FocusEvent, element: &Element) -> bool {
    let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
    !element.contains(to.as_ref())
}

/// The field with this id beside `near`, which may live in a shadow root: looked for inside the same `.pay`.
pub fn focus_field(near: &Element, id: &str) {
    let found =
        near.closest(".pay").ok().flatten().and_then(|pay| pay.query_selector(&format!("#{id}")).ok().flatten());
    if let Some(field) = found.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
        _ = field.focus();
    }
}
