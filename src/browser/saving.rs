//! Saving a file that a response brings.

use super::{document, window};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

fn method(of: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(of, &name.into()).ok()?.dyn_into().ok()
}

/// The browser's own list of the addresses of objects.
fn addresses() -> Option<JsValue> {
    let window = window()?;
    Reflect::get(&window, &"URL".into()).ok()
}

/// Gives the rest of a response to the browser, to be saved under a name; the address by which it holds it until then.
/// `None` if the response ends too early, or the browser can't.
pub async fn save_file(response: impl Into<Response>, name: &str) -> Option<String> {
    let response = response.into();
    let whole: Promise = method(&response, "blob")?.call0(&response).ok()?.dyn_into().ok()?;
    let whole = JsFuture::from(whole).await.ok()?;
    let addresses = addresses()?;
    let address = method(&addresses, "createObjectURL")?.call1(&addresses, &whole).ok()?.as_string()?;
    let link = document()?.create_element("a").ok()?;
    link.set_attribute("href", &address).ok()?;
    link.set_attribute("download", name).ok()?;
    method(&link, "click")?.call0(&link).ok()?;
    Some(address)
}

/// It is saved, or was not wanted.
pub fn forget_file(address: &str) {
    if let Some(addresses) = addresses()
        && let Some(forget) = method(&addresses, "revokeObjectURL")
    {
        _ = forget.call1(&addresses, &address.into());
    }
}
