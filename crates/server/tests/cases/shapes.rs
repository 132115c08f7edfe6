//! Malformed requests, and the headers of every response.

use crate::test_app::{TestApp, VISA, call::Call, new_key, seed::ANA};
use serde_json::json;

#[tokio::test]
async fn bodies_that_are_not_what_was_asked_for_are_malformed() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let good = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let mut unknown = good.clone();
    unknown["admin"] = json!(true);
    let mut inner = good.clone();
    inner["shares"][0]["discount"] = json!("64.10");
    let mut texts =
        vec![unknown.to_string(), inner.to_string(), format!("{good}{good}"), good.to_string().replace('}', "")];
    for name in ["shares", "token", "payer_name", "fee", "authorisation", "locale"] {
        let mut lacking = good.clone();
        lacking.as_object_mut().unwrap().remove(name);
        texts.push(lacking.to_string());
        for wrong in [json!(1), json!(null), json!({}), json!([1]), json!(true)] {
            let mut wrongly = good.clone();
            wrongly[name] = wrong;
            texts.push(wrongly.to_string());
        }
    }
    let texts = texts.iter().map(String::as_str);
    let deep = "[".repeat(20_000);
    let rest = [
        "",
        "{",
        "null",
        "[]",
        "\"\"",
        "1",
        "\u{0}",
        "{\"shares\":",
        "{}",
        &deep,
        "\u{feff}{}",
        "shares=visit&amount=1",
    ];
    for text in texts.chain(rest) {
        let answer = app.ask(Call::post("/payments").by(&ana).key(&new_key()).text(text)).await;
        answer.is_refused(400, "malformed");
        let parts: Vec<_> = answer.json().as_object().unwrap().keys().cloned().collect();
        assert_eq!(parts, ["code", "errors", "status", "title", "type"], "nothing leaks");
    }
    for (method, path) in [("POST", "/bill-lookups"), ("PUT", "/payment-draft"), ("POST", "/payment-methods")] {
        for text in ["", "{", "[]", "{\"nobody\":1}", "null"] {
            app.ask(Call::write(method, path).by(&ana).text(text)).await.is_refused(400, "malformed");
        }
    }
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_body_of_another_kind_or_of_another_size_is_refused() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    for (method, path) in [
        ("POST", "/payments"),
        ("POST", "/bill-lookups"),
        ("PUT", "/payment-draft"),
        ("POST", "/payment-methods"),
        ("POST", "/payments/x/receipt-emails"),
    ] {
        let call = || Call::write(method, path).by(&ana).key(&new_key()).text("{}");
        app.ask(call().without("content-type")).await.is_refused(415, "not_json");
        for kind in
            ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", "json"]
        {
            app.ask(call().header("content-type", kind)).await.is_refused(415, "not_json");
        }
        let huge = format!("{{\"payer_name\":\"{}\"}}", "a".repeat(70_000));
        app.ask(call().text(&huge)).await.is_refused(413, "too_large");
    }
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn addresses_and_methods_that_do_not_exist_are_refused_as_problem_documents() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    for path in [
        "/nothing",
        "/payments/x/y",
        "/bills/visit/lines",
        "/../bills",
        "/",
        "/%2e%2e/session",
        "/bills/%00",
        "/payments/%ff",
    ] {
        let answer = app.ask(Call::get(path).by(&ana)).await;
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{path}: {}", answer.status);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}: {}", answer.text);
    }
    for (method, path) in [("DELETE", "/bills"), ("PUT", "/payments"), ("POST", "/portal"), ("PATCH", "/bill-lookups")]
    {
        let answer = app.ask(Call::write(method, path).by(&ana).text("{}")).await;
        answer.is_refused(405, "method_not_allowed");
        assert!(!answer.header("allow").is_empty(), "{method} {path}");
    }
    for query in ["", "?idempotency_key=", "?idempotency_key=x", "?key=1", "?idempotency_key=%F0%9F%92%A9"] {
        app.ask(Call::get(&format!("/payments{query}")).by(&ana)).await.is_refused(400, "malformed");
    }
}

#[tokio::test]
async fn every_answer_has_an_id_and_is_kept_by_nobody() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let mut ids = Vec::new();
    for path in ["/portal", "/session", "/bills", "/bills/visit", "/payment-draft", "/openapi.json", "/nothing"] {
        let answer = app.ask(Call::get(path).by(&ana)).await;
        assert!(answer.header("x-content-type-options") == "nosniff", "{path}");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        if path != "/openapi.json" {
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        }
        ids.push(answer.header("x-request-id").to_owned());
    }
    assert!(ids.iter().all(|id| uuid::Uuid::parse_str(id).is_ok()));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 7);
}

#[tokio::test]
async fn a_receipt_is_a_file_named_by_its_reference_and_by_nothing_that_was_typed() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let payment = app.pay_by_card(&ana, &[("visit", "64.10")]).await.is(201).json();
    let (id, reference) = (payment["id"].as_str().unwrap(), payment["reference"].as_str().unwrap());
    assert!(reference.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{reference}");
    let file = app.ask(Call::get(&format!("/payments/{id}/receipt.pdf")).by(&ana)).await;
    let named = format!("attachment; filename=\"receipt-{reference}.pdf\"");
    assert_eq!(file.is(200).header("content-disposition"), named);
    assert_eq!(file.header("content-type"), "application/pdf");
}
