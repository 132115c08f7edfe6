//! A text field and its words in a real document.

use contract::Locale;
use kppay::{
    i18n::{Language, t},
    ui::TextField,
};
use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

pub fn stage() -> HtmlElement {
    let document = web_sys::window().unwrap().document().unwrap();
    let place: HtmlElement = document.create_element("div").unwrap().unchecked_into();
    place.set_class_name("pay");
    document.body().unwrap().append_child(&place).unwrap();
    place
}

pub fn find(place: &HtmlElement, selector: &str) -> Element {
    place.query_selector(selector).unwrap().unwrap_or_else(|| panic!("{selector} in {}", place.inner_html()))
}

#[wasm_bindgen_test]
async fn what_is_typed_stays_when_the_language_changes() {
    let place = stage();
    let (value, error) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let language = Language(RwSignal::new(Locale::En));
    let handle = mount_to(place.clone(), move || {
        provide_context(language);
        view! { <TextField id="typed" label=t(|w| w.region.title) value error/> }
    });
    let input: HtmlInputElement = find(&place, "input").unchecked_into();
    input.set_value("012345678");
    input.dispatch_event(&Event::new("input").unwrap()).unwrap();
    assert_eq!(value.get_untracked(), "012345678");

    let label = find(&place, "label").text_content();
    language.0.set(Locale::Es);
    leptos::task::tick().await;
    assert_ne!(find(&place, "label").text_content(), label);
    assert_eq!(input.value(), "012345678");
    assert!(input.is_connected(), "the control itself was kept");
    drop(handle);
}

#[wasm_bindgen_test]
async fn an_error_is_tied_to_its_field() {
    let place = stage();
    let (value, error) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let handle =
        mount_to(place.clone(), move || view! { <TextField id="tied" label=t(|w| w.region.title) value error/> });
    let input = find(&place, "input");
    assert_eq!(input.get_attribute("aria-invalid"), None);
    error.set(Some("Group: fill this in".to_owned()));
    leptos::task::tick().await;
    assert_eq!(input.get_attribute("aria-invalid").as_deref(), Some("true"));
    assert_eq!(input.get_attribute("aria-describedby").as_deref(), Some("tied-error"));
    assert!(find(&place, "#tied-error").text_content().unwrap().contains("Group: fill this in"));
    drop(handle);
}
