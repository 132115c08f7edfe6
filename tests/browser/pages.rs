//! Pages in a real document, with no server behind them: what a member sees then.

use crate::fields::{find, stage};
use contract::{Locale, Region};
use kppay::{
    app::App,
    browser::{self, Remembered},
    config::Config,
};
use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

fn config() -> Config {
    Config { region: Some(Region::Hawaii), locale: Locale::En, ..Config::parse(None, None, &[]) }
}

#[wasm_bindgen_test]
async fn an_address_that_leads_nowhere_is_said_and_the_language_changes_everywhere() {
    let place = stage();
    let history = web_sys::window().unwrap().history().unwrap();
    history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some("/nowhere")).unwrap();
    let handle = mount_to(place.clone(), || view! { <App config=config()/> });
    leptos::task::tick().await;
    let title = find(&place, "h1").text_content().unwrap();
    let button: HtmlElement = find(&place, "button[lang=es]").unchecked_into();
    button.click();
    leptos::task::tick().await;
    assert_ne!(find(&place, "h1").text_content().unwrap(), title);
    let root = web_sys::window().unwrap().document().unwrap().document_element().unwrap();
    assert_eq!(root.get_attribute("lang").as_deref(), Some("es"));
    assert_eq!(browser::remembered(Remembered::Locale).as_deref(), Some("es"));
    assert_eq!(browser::remembered(Remembered::Region).as_deref(), Some("HI"));
    drop(handle);
}

#[wasm_bindgen_test]
fn a_crash_puts_words_and_a_phone_number_in_place_of_a_dead_page() {
    let place = stage();
    // as index.html has them
    place.set_inner_html(r#"<div id="app"></div><div id="unavailable" tabindex="-1" hidden>1-415-555-0142</div>"#);
    kppay::pages::crash::show();
    assert!(find(&place, "#app").has_attribute("hidden"));
    assert!(!find(&place, "#unavailable").has_attribute("hidden"));
    place.remove();
}

#[wasm_bindgen_test]
fn every_key_is_a_new_one() {
    let (one, other) = (browser::random_key().unwrap(), browser::random_key().unwrap());
    assert_ne!(one, other);
    assert_eq!(one.to_string().len(), 36);
}
