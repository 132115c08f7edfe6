//! Finding a bill by its statement: one answer whichever number is wrong, and a limit on tries.

use crate::test_app::{
    TestApp,
    call::Call,
    seed::{ANA, MEI},
};
use serde_json::json;

#[tokio::test]
async fn the_answer_is_the_same_whatever_was_wrong() {
    let app = TestApp::open().await;
    let mut bodies = Vec::new();
    for (name, value) in
        [("group", "100246"), ("subgroup", "004"), ("billgroup", "0A2"), ("zip", "94613"), ("hrn", "012345679")]
    {
        let mut lookup = ANA.lookup();
        lookup["identifiers"][name] = json!(value);
        let answer = app.ask(Call::post("/bill-lookups").json(&lookup)).await;
        answer.is_refused(404, "no_match");
        assert!(answer.header("set-cookie").is_empty());
        bodies.push(answer.text);
    }
    let mut elsewhere = ANA.lookup();
    elsewhere["region"] = json!("CO");
    let answer = app.ask(Call::post("/bill-lookups").json(&elsewhere)).await;
    answer.is_refused(404, "no_match");
    bodies.push(answer.text);
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert_eq!(app.number("SELECT COUNT(*) FROM session").await, 0);
}

#[tokio::test]
async fn what_is_printed_is_found_as_people_type_it() {
    let app = TestApp::open().await;
    for (name, value) in [("hrn", "12345678"), ("zip", "94612-3610"), ("billgroup", " 0a1 "), ("hrn", "012 345 678")] {
        let mut lookup = ANA.lookup();
        lookup["identifiers"][name] = json!(value);
        app.ask(Call::post("/bill-lookups").json(&lookup)).await.is(201);
    }
}

#[tokio::test]
async fn identifiers_that_can_not_be_right_are_named() {
    let app = TestApp::open().await;
    let cases = [
        ("group", json!("12"), "too_short"),
        ("group", json!("1002456"), "too_long"),
        ("group", json!(""), "missing"),
        ("hrn", json!("000000000"), "all_zeros"),
        ("zip", json!("9461"), "malformed"),
        ("billgroup", json!("0\u{202e}1"), ""),
        ("hrn", json!("<script>"), ""),
        ("subgroup", json!("' OR 1=1"), ""),
        ("hrn", json!("4242424242424242"), ""),
    ];
    for (name, value, problem) in cases {
        let mut lookup = ANA.lookup();
        lookup["identifiers"][name] = value.clone();
        let answer = app.ask(Call::post("/bill-lookups").json(&lookup)).await;
        let errors = answer.is_refused(422, "invalid").json()["errors"].clone();
        assert_eq!(
            (errors.as_array().unwrap().len(), &errors[0]["field"]),
            (1, &format!("identifiers.{name}").into()),
            "{value}"
        );
        assert!(problem.is_empty() || errors[0]["problem"] == problem, "{value}: {errors}");
    }
    let mut missing = ANA.lookup();
    missing["identifiers"].as_object_mut().unwrap().remove("zip");
    missing["identifiers"]["billing_unit"] = json!("WA00418220");
    let answer = app.ask(Call::post("/bill-lookups").json(&missing)).await;
    answer.is_refused(422, "invalid").has_field_problem("identifiers.zip", "missing");
    answer.has_field_problem("identifiers.billing_unit", "unknown");
}

#[tokio::test]
async fn too_many_tries_are_told_when_to_come_back_and_then_welcome() {
    let app = TestApp::open().await;
    let mut wrong = ANA.lookup();
    wrong["identifiers"]["hrn"] = json!("012345679");
    let call = |lookup: &serde_json::Value| Call::post("/bill-lookups").json(lookup);
    for _ in 0..10 {
        app.ask(call(&wrong)).await.is_refused(404, "no_match");
    }
    let refused = app.ask(call(&wrong)).await;
    let wait: i64 = refused.is_refused(429, "too_many").header("retry-after").parse().unwrap();
    assert!((1..=300).contains(&wait));
    assert_eq!(refused.json()["retry_after"], wait);
    // The limit by bill is not told apart from the limit by address, and the right statement still opens.
    app.ask(call(&ANA.lookup())).await.is(201);
    for _ in 0..18 {
        app.ask(call(&wrong)).await.is_refused(429, "too_many");
    }
    // What is refused does not put the next try off.
    app.state.clock.move_on(wait * 1_000);
    app.ask(call(&wrong)).await.is_refused(404, "no_match");
    app.ask(call(&MEI.lookup())).await.is(201);
}

#[tokio::test]
async fn behind_a_proxy_each_client_has_a_budget_of_its_own_and_without_one_nobody_can_claim_another() {
    let wrong = |hrn: usize, from: &str| {
        let mut lookup = ANA.lookup();
        lookup["identifiers"]["hrn"] = json!(format!("9{hrn:08}"));
        Call::post("/bill-lookups").json(&lookup).header("x-forwarded-for", from)
    };
    let plain = TestApp::open().await;
    let proxied = TestApp::open_with(&["--public-origin", crate::test_app::ORIGIN, "--behind-proxy"]).await;
    for tried in 0..30 {
        plain.ask(wrong(tried, &format!("198.51.100.{tried}"))).await.is_refused(404, "no_match");
        // what the caller wrote stands left of what the proxy wrote
        proxied.ask(wrong(tried, &format!("203.0.113.{tried}, 198.51.100.1"))).await.is_refused(404, "no_match");
    }
    plain.ask(wrong(30, "198.51.100.99")).await.is_refused(429, "too_many");
    proxied.ask(wrong(30, "198.51.100.1")).await.is_refused(429, "too_many");
    proxied.ask(wrong(30, "198.51.100.2")).await.is_refused(404, "no_match");
}
