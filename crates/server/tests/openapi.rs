//! The committed OpenAPI document is what the handlers say. `UPDATE_OPENAPI=1 cargo test -p server --test openapi`
//! rewrites it.
#![allow(clippy::unwrap_used)]

use contract::{
    Amount, Date, Email, Expiry, IdempotencyKey, Instant, Locale, Money, PersonName, Region, person::AddressLine,
};
use proptest::prelude::*;
use regex::Regex;
use serde_json::Value;
use server::profile::Profile;
use std::{env, fs, path::Path};
use utoipa::PartialSchema;

/// As the demo serves it.
fn document() -> String {
    server::http::openapi::text(Profile::demo().unwrap().regions())
}

fn committed() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json")
}

#[test]
#[expect(clippy::disallowed_methods, reason = "asks for it to be written anew")]
fn the_committed_document_is_current() {
    let current = document();
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
    let document: Value = serde_json::from_str(&document()).unwrap();
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
fn every_rejection_is_a_problem_document() {
    let document: Value = serde_json::from_str(&document()).unwrap();
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

/// The form that a value type's schema says a value has.
fn form<T: PartialSchema>() -> Regex {
    let schema = serde_json::to_value(T::schema()).unwrap();
    Regex::new(schema["pattern"].as_str().unwrap()).unwrap()
}

fn of_form<T: PartialSchema>() -> impl Strategy<Value = String> {
    proptest::string::string_regex(form::<T>().as_str().trim_matches(['^', '$'])).unwrap()
}

/// What `parse` makes of the text, if anything, has the form that is documented.
macro_rules! has_its_form {
    ($text:expr; $($type:ty),+ $(,)?) => {$(
        if let Ok(value) = <$type>::parse($text) {
            let (shown, form) = (value.to_string(), form::<$type>());
            prop_assert!(form.is_match(&shown), "{}: {shown:?} is not {form}", stringify!($type));
        }
    )+};
}

fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        "[ $]{0,2}[0-9]{0,7}[.,]?[0-9]{0,3}[.,]?[0-9]{0,2} ?",
        "0{0,2}\\.[0-9]{2}",
        "[0-9]{1,2}[/ -][0-9]{2}",
        "[0-9]{4}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?Z)?",
        "[A-Za-z0-9.'+!#$%&*/=?^_`{|}~éİ李-]{1,70}@[A-Za-z0-9éİ李-]{1,64}(\\.[A-Za-z0-9é-]{1,12}){1,3}",
        "[A-Za-zéñ李\u{308} .'’-]{0,300}",
        "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        "(CA|HI|en|es)",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_value_has_the_form_that_is_documented(text in typed()) {
        has_its_form!(&text;
            Amount, Money, Email, PersonName, AddressLine, Date, Instant, Expiry, IdempotencyKey, Region, Locale);
    }

    #[test]
    fn an_amount_of_the_documented_form_is_an_amount(
        amount in of_form::<Amount>(),
        money in of_form::<Money>(),
    ) {
        prop_assert!(Amount::parse(&amount).is_ok(), "{amount}");
        prop_assert!(Money::parse(&money).is_ok(), "{money}");
    }
}

#[test]
fn the_documented_forms_are_no_wider_than_they_must_be() {
    let (amount, name, email) = (form::<Amount>(), form::<PersonName>(), form::<Email>());
    for good in ["0.01", "0.50", "1.00", "9999999.99"] {
        assert!(amount.is_match(good), "{good}");
    }
    for bad in ["0.00", "-5", "1", "1.5", "1.234", "01.00", "1e3", "10000000.00"] {
        assert!(!amount.is_match(bad), "{bad}");
    }
    for good in ["O", "José Ñuñez-O’Brien", "李小龙", "Jr. Smith", "¡અ", "Zoe\u{308}"] {
        assert!(name.is_match(good), "{good}");
    }
    for bad in ["", "<script>", "Ana\n", "4242 4242 4242 4242", "a@b", " Ana", &"n".repeat(256)] {
        assert!(!name.is_match(bad), "{bad}");
    }
    for good in ["Ana.O'Neill+bills@example.org", "ana_o@mail.example.co.uk", "josé@correo.es"] {
        assert!(email.is_match(good), "{good}");
    }
    for bad in ["ana", "ana@", "@example.org", "ana@example", "a..b@example.org", "ana@-x.org", "a b@example.org"] {
        assert!(!email.is_match(bad), "{bad}");
    }
}
