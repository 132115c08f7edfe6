//! The committed OpenAPI document is what the handlers say. `UPDATE_OPENAPI=1 cargo test -p server --test openapi` rewrites it.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::{env, fs, path::Path};

fn committed() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json")
}

#[test]
fn the_committed_document_is_current() {
    let current = server::openapi::text();
    if env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(committed(), &current).unwrap();
    }
    let committed = fs::read_to_string(committed()).unwrap_or_default();
    assert!(
        committed == current,
        "crates/server/openapi.json is not what the handlers say. \
         Run: UPDATE_OPENAPI=1 cargo test -p server --test openapi, and look at the difference."
    );
}

#[test]
fn every_reference_leads_somewhere() {
    let document: Value = serde_json::from_str(&server::openapi::text()).unwrap();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            into.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| collect(field, into));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        _ => {}
    }
}

#[test]
fn every_refusal_is_a_problem_document() {
    let document: Value = serde_json::from_str(&server::openapi::text()).unwrap();
    let mut seen = 0;
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values().filter(|operation| operation["responses"].is_object()) {
            assert!(operation["operationId"].is_string());
            for (status, response) in operation["responses"].as_object().unwrap() {
                if status.starts_with(['4', '5']) {
                    assert!(response["content"]["application/problem+json"].is_object(), "{status}: {response}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 10);
}
