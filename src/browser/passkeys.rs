//! Passkeys: the browser's WebAuthn calls in their JSON form. Requests and responses are opaque text here; the server
//! makes and checks them.

use super::window;
use js_sys::{Function, JSON, Object, Promise, Reflect};
use leptos::prelude::{RwSignal, Set, Signal};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Nothing came of it: the person chose otherwise, or there is nothing to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPasskey;

/// Whether this browser has them, and speaks JSON about them; false until the page is rendered.
pub fn offered() -> Signal<bool> {
    let offered = RwSignal::new(false);
    super::effect(move |_| offered.set(are_offered()));
    offered.into()
}

/// Not over plain HTTP, but on `localhost`.
fn are_offered() -> bool {
    ["parseCreationOptionsFromJSON", "parseRequestOptionsFromJSON"].iter().all(|name| parser(name).is_some())
}

/// Makes one; `options` of `POST /passkey-challenges`.
pub async fn make(options: &str) -> Result<String, NoPasskey> {
    ask("create", "parseCreationOptionsFromJSON", options).await.ok_or(NoPasskey)
}

/// Shows one; `options` of `POST /session/passkey-challenges`.
pub async fn show(options: &str) -> Result<String, NoPasskey> {
    ask("get", "parseRequestOptionsFromJSON", options).await.ok_or(NoPasskey)
}

async fn ask(verb: &str, parser_name: &str, options: &str) -> Option<String> {
    let (of, parse) = parser(parser_name)?;
    let public_key = parse.call1(&of, &JSON::parse(options).ok()?).ok()?;
    let asked = Object::new();
    Reflect::set(&asked, &"publicKey".into(), &public_key).ok()?;
    let credentials = get(window()?.navigator().as_ref(), "credentials")?;
    let promise = function(&credentials, verb)?.call1(&credentials, &asked).ok()?;
    let credential = JsFuture::from(promise.dyn_into::<Promise>().ok()?).await.ok()?;
    let json = function(&credential, "toJSON")?.call0(&credential).ok()?;
    JSON::stringify(&json).ok()?.as_string()
}

fn parser(name: &str) -> Option<(JsValue, Function)> {
    let of = get(window()?.as_ref(), "PublicKeyCredential")?;
    let parse = function(&of, name)?;
    Some((of, parse))
}

fn function(of: &JsValue, name: &str) -> Option<Function> {
    get(of, name)?.dyn_into().ok()
}

fn get(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}
