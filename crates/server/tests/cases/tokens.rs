//! Tokens: good for one charge, for the payer they were made for, and for a brand that is accepted.

use crate::test_app::{
    TestApp, VISA,
    call::Call,
    new_key,
    seed::{ANA, MEI},
};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

#[tokio::test]
async fn a_token_made_for_another_payer_is_refused() {
    let app = TestApp::open().await;
    let (ana, mei) = (app.look_up(&ANA).await, app.look_up(&MEI).await);
    let meis = app.card(&mei, VISA).await;
    // Once before and once after Mei's own session has shown the token to the server.
    let order = app.order(&mei, &meis, &[("meis", "99.00")]).await;
    let method = json!({ "kind": "card", "brand": "visa", "last4": "4242", "expiry": "12/29", "funding": "credit" });
    let stolen = app.order_with(&ana, &meis, &serde_json::from_value(method).unwrap(), &[("visit", "64.10")]);
    app.pay(&ana, &new_key(), &stolen).await.is_refused(422, "token_refused").has_field_problem("token", "no_such");
    app.assert_nothing_happened().await;
    app.pay(&mei, &new_key(), &order).await.is_payment(201, "paid");
    app.pay(&ana, &new_key(), &stolen).await.is_refused(422, "token_refused");
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
}

#[tokio::test]
async fn a_token_is_good_for_one_payment() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let mut other = order.clone();
    other["shares"] = json!([{ "bill": "surgery", "amount": "64.10" }]);
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
    app.pay(&ana, &new_key(), &other).await.is_refused(422, "token_refused").has_field_problem("token", "no_such");
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
    assert_eq!(app.owes("surgery").await, (115_000, 0));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_card_whose_code_was_wrong_keeps_its_name_in_the_draft_and_is_no_token_of_an_order() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, "4000000000000127").await;
    app.method(&ana, &token).await.is(200);
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "failed");
    let kept = async |needs_code: bool| {
        let draft = json!({ "token": token, "needs_code": needs_code });
        app.ask(Call::write("PUT", "/payment-draft").by(&ana).json(&draft)).await.is(204);
        let draft = app.ask(Call::get("/payment-draft").by(&ana)).await.is(200).json();
        (draft["token"] == token.as_str(), draft["method"]["last4"].clone(), draft["needs_code"] == true)
    };
    assert_eq!(kept(true).await, (true, json!("0127"), true));
    assert_eq!(kept(false).await, (false, Value::Null, false));
    for _ in 0..3 {
        app.pay(&ana, &new_key(), &order).await.is_refused(422, "token_refused").has_field_problem("token", "no_such");
    }
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
    app.assert_books_balance().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_token_under_two_keys_at_once_is_charged_once() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let mut other = order.clone();
    other["shares"] = json!([{ "bill": "surgery", "amount": "64.10" }]);
    let (one_key, other_key) = (new_key(), new_key());
    let (one, two) = tokio::join!(app.pay(&ana, &one_key, &order), app.pay(&ana, &other_key, &other));
    let states = [&one, &two].map(|answer| answer.json()["state"].clone());
    assert_eq!(states.iter().filter(|state| **state == "paid").count(), 1, "{states:?}");
    assert_eq!((app.charges().await, app.charged_cents().await), (1, 6_410));
    assert_eq!(app.number("SELECT COUNT(*) FROM payment WHERE state = 'paid'").await, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM bill WHERE pending_cents > 0").await, 0);
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_token_that_is_none_is_refused() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    for token in
        ["", "tok_0", "../v1/clock", "a?binding=b", "4242424242424242", "%00", "\u{202e}tok", &"t".repeat(5_000)]
    {
        let mut other = order.clone();
        other["token"] = json!(token);
        app.pay(&ana, &new_key(), &other).await.is_refused(422, "token_refused");
    }
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_brand_that_is_not_accepted_is_refused() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let method = json!({ "kind": "card", "brand": "diners", "last4": "0004", "expiry": "12/29", "funding": "credit" });
    let sql = "INSERT INTO method_token (token, binding, method, known_at) VALUES ('tok_diners', $1, $2, 0)";
    let known = sqlx::query(sql).bind(&ana.binding).bind(method.to_string());
    known.execute(&app.state.store.write).await.unwrap();
    let order = app.order_with(&ana, "tok_diners", &serde_json::from_value(method).unwrap(), &[("visit", "64.10")]);
    let answer = app.pay(&ana, &new_key(), &order).await;
    answer.is_refused(422, "brand_not_accepted").has_field_problem("token", "brand_not_accepted");
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_browser_that_claims_another_method_for_a_token_gets_the_processor_s_back() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let claimed = json!({ "kind": "card", "brand": "amex", "last4": "0005", "expiry": "12/29", "funding": "debit" });
    let keep = |draft: Value| Call::write("PUT", "/payment-draft").by(&ana).json(&draft);
    let kept = async || app.ask(Call::get("/payment-draft").by(&ana)).await.is(200).json();
    let asked = app.line.methods_asked.load(Ordering::SeqCst);

    // A draft asks nobody: what was not named is not kept, whatever is claimed of it.
    app.ask(keep(json!({ "token": token, "method": claimed }))).await.is(204);
    assert_eq!((&kept().await["token"], &kept().await["method"]), (&Value::Null, &Value::Null));
    app.ask(keep(json!({ "method": claimed }))).await.is(204);
    assert_eq!(kept().await["method"], Value::Null);
    assert_eq!(app.line.methods_asked.load(Ordering::SeqCst), asked);

    let named = app.method(&ana, &token).await.is(200).json();
    assert_eq!((&named["brand"], &named["last4"]), (&json!("visa"), &json!("4242")));
    app.ask(keep(json!({ "token": token, "method": claimed }))).await.is(204);
    assert_eq!((&kept().await["token"], &kept().await["method"]), (&json!(token), &named));
    let row: String = sqlx::query_scalar("SELECT draft FROM session").fetch_one(&app.state.store.read).await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&row).unwrap()["method"], named);

    // A server of the version before keeps the claim: it is not given out.
    let old = json!({ "token": token, "method": claimed }).to_string();
    sqlx::query("UPDATE session SET draft = $1").bind(old).execute(&app.state.store.write).await.unwrap();
    assert_eq!(kept().await["method"], named);
    // Nor is it asked for again by any of this, or by the payment.
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let asked = app.line.methods_asked.load(Ordering::SeqCst);
    app.method(&ana, &token).await.is(200);
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
    assert_eq!(app.line.methods_asked.load(Ordering::SeqCst), asked);
}

#[tokio::test]
async fn a_method_is_named_to_the_payer_it_was_typed_by_and_to_nobody_else() {
    let app = TestApp::open().await;
    let (ana, mei) = (app.look_up(&ANA).await, app.look_up(&MEI).await);
    let token = app.card(&mei, VISA).await;
    app.method(&ana, &token).await.is_refused(422, "token_refused").has_field_problem("token", "no_such");
    app.method(&mei, &token).await.is(200);
    app.method(&ana, &token).await.is_refused(422, "token_refused").has_field_problem("token", "no_such");
    let draft = Call::write("PUT", "/payment-draft").by(&ana).json(&json!({ "token": token }));
    app.ask(draft).await.is(204);
    assert_eq!(app.ask(Call::get("/payment-draft").by(&ana)).await.json()["token"], Value::Null);
}

#[tokio::test]
async fn a_page_of_the_version_before_pays_though_nobody_named_its_method() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let method = json!({ "kind": "card", "brand": "visa", "last4": "4242", "expiry": "12/29", "funding": "credit" });
    let draft = json!({ "token": token, "method": method, "key": new_key(), "payer_name": "Ana O’Neill" });
    app.ask(Call::write("PUT", "/payment-draft").by(&ana).json(&draft)).await.is(204);
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
}
