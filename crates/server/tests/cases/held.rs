//! Late request bodies: a session that was valid when the head of a request came, and has ended when its body comes, is
//! rejected.

use crate::test_app::{PASSWORD, Payer, TestApp, call::Call, cookie, new_account, new_key, seed::ANA};
use serde_json::{Value, json};

/// Where the rejection of an order leaves something: its key is closed, and counted.
const OF_REFUSALS: [&str; 2] = ["attempt", "closed_key"];
const ANAS: &str = "ana@example.org";

/// Every call that changes something and needs a session, as the document has them.
fn writes() -> Vec<(String, String)> {
    let document: Value =
        serde_json::from_str(&server::http::openapi::text(crate::test_app::profile().regions())).unwrap();
    let mut writes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, call) in item.as_object().unwrap() {
            if method != "get" && call["responses"].get("401").is_some() {
                writes.push((method.to_uppercase(), path.replace("{id}", "0190c9e6-0000-7000-8000-000000000000")));
            }
        }
    }
    assert!(writes.len() > 15, "{writes:?}");
    writes
}

async fn reauthenticated(app: &TestApp) -> Payer {
    let member = app.sign_in(ANAS).await;
    let typed = json!({ "password": PASSWORD });
    let answer = app.ask(Call::write("PUT", "/session/reauthentication").by(&member).json(&typed)).await;
    Payer { cookie: cookie(answer.is(200)), ..member }
}

#[tokio::test]
async fn no_documented_write_is_done_for_a_session_that_ended_while_its_body_was_on_the_way() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    for (method, path) in writes() {
        let member = reauthenticated(&app).await;
        let call = Call::write(&method, &path).by(&member).key(&new_key()).json(&json!({}));
        let held = app.hold(call).await;
        app.ask(Call::write("DELETE", "/session").by(&member)).await.is(204);
        let but = if matches!(path.as_str(), "/payments" | "/deposits") { OF_REFUSALS.as_slice() } else { &[] };
        let before = app.everything_but(but).await;
        let answer = held.finish().await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["code"].as_str()),
            (401, Some("signed_out")),
            "{method} {path}"
        );
        assert_eq!(app.everything_but(but).await, before, "{method} {path}");
    }
}

#[tokio::test]
async fn neither_a_payment_nor_a_draft_nor_a_registration_comes_of_a_session_that_was_signed_out_meanwhile() {
    let app = TestApp::open().await;
    let payer = app.look_up(&ANA).await;
    let token = app.card(&payer, crate::test_app::VISA).await;
    let order = app.order(&payer, &token, &[("visit", "64.10")]).await;
    let begun = app.ask(Call::post("/registrations").by(&payer)).await.is(201).json();
    let registration = format!("/registrations/{}", begun["id"].as_str().unwrap());
    let draft = json!({ "shares": [{ "bill": "visit", "part": "10.00" }], "payer_name": "Ana O’Neill" });
    let calls = [
        Call::post("/payments").key(&new_key()).json(&order),
        Call::write("PUT", "/payment-draft").json(&draft),
        Call::write("PUT", &registration).json(&json!({ "first_name": "Ana" })),
        Call::post(&format!("{registration}/account")).json(&new_account(&ANA, ANAS)),
    ];
    let mut held = Vec::new();
    for call in calls {
        held.push(app.hold(call.by(&payer)).await);
    }
    app.ask(Call::write("DELETE", "/session").by(&payer)).await.is(204);
    let before = app.everything_but(&OF_REFUSALS).await;
    for call in held {
        call.finish().await.is_refused(401, "signed_out");
    }
    app.jobs().await;
    assert_eq!(app.everything_but(&OF_REFUSALS).await, before);
    app.assert_nothing_happened().await;
}
