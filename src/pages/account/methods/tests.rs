//! Tests of the page of payment methods, rendered natively: what stands in it in each state.

use super::*;
use crate::i18n::{Language, without_facts};
use contract::Locale;
use serde_json::{Value, json};

fn method(id: &str, nickname: &str, expiry: Option<&str>, more: Value) -> Value {
    let method = match expiry {
        Some(expiry) => {
            json!({ "kind": "card", "brand": "visa", "last4": "4242", "expiry": expiry, "funding": "credit" })
        }
        None => json!({ "kind": "bank", "account": "checking", "last4": "6789" }),
    };
    let mut saved = json!({
        "id": id, "method": method, "nickname": nickname, "is_default": false, "created_at": "2026-11-23T17:50:00Z", "uses": [],
    });
    saved.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    saved
}

fn drawn(locale: Locale, answer: Fetched<Vec<Value>>) -> String {
    Owner::new().with(|| {
        provide_context(Language(RwSignal::new(locale)));
        let own = Methods::new();
        own.shown.answered(match answer {
            Fetched::Here(methods) => {
                Fetched::Here(serde_json::from_value(json!({ "today": "2026-11-25", "methods": methods })).unwrap())
            }
            Fetched::Waiting => Fetched::Waiting,
            Fetched::Failed(error) => Fetched::Failed(error),
        });
        without_facts(&content(own).to_html())
    })
}

#[test]
fn each_method_says_what_it_is_what_is_to_be_known_and_what_can_be_done() {
    let html = drawn(
        Locale::En,
        Fetched::Here(vec![
            method(
                "a",
                "Household",
                None,
                json!({ "is_default": true, "uses": [{ "kind": "payment", "id": "payment-1" }] }),
            ),
            method("b", "", Some("08/28"), json!({})),
        ]),
    );
    for words in [
        "Bank accounts",
        "Cards",
        "Household",
        "Checking account ending in 6789",
        "Your default",
        "In use: a payment is on its way",
        "/pay/payments/payment-1",
        "Visa card ending in 4242",
        "Expires 08/28",
        "Name it",
        "Rename",
        "Add another",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert_eq!((html.matches(">Make default<").count(), html.matches(">Remove<").count()), (1, 2), "{html}");
    assert!(!html.contains("end of this month") && !html.contains("<iframe"), "{html}");
}

#[test]
fn a_card_that_expires_is_named_before_it_matters() {
    for (expiry, words, kind) in [
        ("10/26", "Expired", "bad"),
        ("11/26", "Expires at the end of this month", "warn"),
        ("12/26", "Expires at the end of next month", "warn"),
    ] {
        let html = drawn(Locale::En, Fetched::Here(vec![method("a", "", Some(expiry), json!({}))]));
        assert!(html.contains(words) && html.contains(&format!("data-kind=\"{kind}\"")), "{expiry}: {html}");
    }
    let spanish = drawn(Locale::Es, Fetched::Here(vec![method("a", "", Some("12/26"), json!({}))]));
    assert!(spanish.contains("Vence al final del próximo mes") && spanish.contains("Formas de pago"), "{spanish}");
}

#[test]
fn a_bank_account_says_how_far_its_verification_is_and_what_can_be_done() {
    for (verification, words, button) in [
        (json!({ "state": "unverified" }), "Not verified. You can pay with it yourself.", Some(">Verify<")),
        (json!({ "state": "on_their_way", "arrive_on": "2026-11-30" }), "Look for them from Mon, Nov 30 on.", None),
        (json!({ "state": "on_their_way", "arrive_on": null }), "Two small deposits are on their way.", None),
        (json!({ "state": "arrived", "tries_left": 2 }), "deposits are in your account.", Some(">Enter the amounts<")),
        (json!({ "state": "verified" }), "Verified", None),
        (json!({ "state": "failed" }), "Could not be verified. Remove it and add it again.", None),
    ] {
        let one = method("a", "Household", None, json!({ "verification": verification }));
        let html = drawn(Locale::En, Fetched::Here(vec![one]));
        assert!(html.contains(words) && button.is_none_or(|button| html.contains(button)), "{verification}: {html}");
        assert_eq!(html.contains(">Verify<"), button == Some(">Verify<"), "{verification}: {html}");
    }
    let old = drawn(Locale::En, Fetched::Here(vec![method("a", "", Some("08/28"), json!({}))]));
    assert!(!old.contains("erif"), "a card needs none: {old}");
}

#[test]
fn without_a_saved_method_the_page_says_that_none_is_needed_and_offers_to_add_one() {
    let none = drawn(Locale::En, Fetched::Here(Vec::new()));
    assert!(
        none.contains("Nothing saved. You can pay without saving anything.") && none.contains("Add another"),
        "{none}"
    );
    let failed = drawn(Locale::En, Fetched::Failed(ApiError::Offline));
    assert!(failed.contains("Try again") && !failed.contains("Nothing saved"), "{failed}");
    assert_eq!(drawn(Locale::En, Fetched::Waiting).matches("aria-busy").count(), 2);
}

#[test]
fn before_a_method_is_removed_the_page_says_what_uses_it_and_what_ends_with_it() {
    let asked = |locale, more: Value| {
        Owner::new().with(|| {
            provide_context(Language(RwSignal::new(locale)));
            let open = RwSignal::new(None);
            let one = serde_json::from_value(method("a", "Household", None, more)).unwrap();
            without_facts(&row::remove(Methods::new(), open, one).to_html())
        })
    };
    let uses = json!({ "uses": [{ "kind": "payment", "id": "p" }, { "kind": "refund", "id": "d" }] });
    let used = asked(Locale::En, uses.clone());
    for words in ["It can’t be removed yet", "a payment is on its way", "a refund to it is on its way", ">Replace<"] {
        assert!(used.contains(words), "{words}: {used}");
    }
    assert!(!used.contains(">Remove<"), "{used}");
    assert!(asked(Locale::Es, uses).contains("hay un reembolso en camino"));
    let verifying = json!({ "is_default": true, "verification": { "state": "on_their_way", "arrive_on": null } });
    let ends = asked(Locale::En, verifying);
    for words in ["Remove Household?", "after this you have none", "deposits count no more", ">Remove<"] {
        assert!(ends.contains(words), "{words}: {ends}");
    }
    let free = asked(Locale::En, json!({}));
    assert!(!free.contains("default") && !free.contains("deposits"), "{free}");
}

#[test]
fn one_that_is_there_already_is_named() {
    Owner::new().with(|| {
        provide_context(Language(RwSignal::new(Locale::En)));
        let own = Methods::new();
        let saved = json!({ "today": "2026-11-25", "methods": [method("a", "Household", None, json!({}))] });
        own.shown.answered(Fetched::Here(serde_json::from_value(saved).unwrap()));
        _ = content(own);
        let refused = |field: &str| {
            let body = json!({ "type": "about:blank", "title": "Invalid", "status": 422, "code": "invalid",
                "errors": [{ "field": "token", "problem": "duplicate" }, { "field": field, "problem": "duplicate" }] });
            let error = ApiError::Refused(serde_json::from_value(body).unwrap());
            refused_words(crate::i18n::words(Locale::En), &error, "").map(|(_, said)| said)
        };
        assert_eq!(refused("methods.a").as_deref(), Some("You have this already: Household."));
        assert_eq!(refused("methods.b").as_deref(), Some("You have this already."), "another page removed it");
    });
}
