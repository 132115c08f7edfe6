//! A request of a page that is being left: the browser sends it even though the page is gone.

use js_sys::{Function, JSON, Reflect, global};
use wasm_bindgen::{JsCast, JsValue};

const OPTIONS: &str = r#"{"method":"PUT","keepalive":true,"headers":{"Content-Type":"application/json"}}"#;

/// `PUT`, of JSON to this origin. Nobody hears the answer.
pub fn put_while_leaving(address: &str, json: &str) {
    let send = || {
        let options = JSON::parse(OPTIONS)?;
        Reflect::set(&options, &"body".into(), &json.into())?;
        Reflect::get(&global(), &"fetch".into())?.dyn_into::<Function>()?.call2(
            &JsValue::NULL,
            &address.into(),
            &options,
        )
    };
    _ = send();
}
