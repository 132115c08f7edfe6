//! Orders that were read and refused: each begins nowhere, since its key is closed before the answer, and the answer names the field.

use crate::test_app::{TestApp, VISA, call::Call, new_key, seed::ANA};
use serde_json::{Value, json};

const MISREAD: &str = "ana@\u{ff45}xample.org";

#[tokio::test]
async fn an_order_that_was_read_and_is_refused_never_begins_and_its_field_is_named() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let right = app.order(&ana, &token, &[("surgery", "1.00")]).await;
    let with = |field: &str, value: Value| {
        let mut order = right.clone();
        order[field] = value;
        order
    };
    let share = |bill: &str, amount: &str| json!({ "bill": bill, "amount": amount });
    let twice = json!([share("visit", "1.00"), share("visit", "1.00")]);
    let too_much = json!([share("visit", "9999999.99"), share("surgery", "1.00")]);
    let gone = app.order(&ana, &token, &[("surgery", "1.00"), ("nobodys", "1.00")]).await;
    let small = app.order(&ana, &token, &[("surgery", "0.99")]).await;
    let mut keys = Vec::new();
    for (order, code, field, problem) in [
        (with("email", json!(MISREAD)), "order_refused", "email", "malformed"),
        (with("shares", json!([])), "order_refused", "shares", "missing"),
        (with("shares", twice), "order_refused", "shares.1.bill", "duplicate"),
        (with("shares", too_much), "order_refused", "shares", "too_large"),
        (gone, "over_balance", "shares.1.bill", "no_such"),
        (small, "over_balance", "shares.0.amount", "too_small"),
    ] {
        let key = new_key();
        app.pay(&ana, &key, &order).await.is_refused(422, code).blames(field, problem);
        app.pay(&ana, &key, &right).await.is_refused(409, "too_late");
        keys.push(key);
    }
    // A page that does not know the code asks by the key.
    let until = app.state.clock.now();
    app.state.clock.move_on(6_000);
    for key in &keys {
        app.by_key_until(&ana, key, until).await.is_refused(404, "not_found");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM closed_key").await, 6);
    app.nothing_happened().await;
    app.pay(&ana, &new_key(), &right).await.is_payment(201, "paid");
}

#[tokio::test]
async fn an_email_address_that_mail_servers_read_as_another_is_refused_with_the_draft() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let put = async |email: &str| {
        app.ask(Call::write("PUT", "/payment-draft").by(&ana).json(&json!({ "email": email }))).await
    };
    put("ana@example.org").await.is(204);
    put(MISREAD).await.is_refused(422, "invalid").blames("email", "malformed");
    let kept = app.ask(Call::get("/payment-draft").by(&ana)).await;
    assert_eq!(kept.is(200).json()["email"], "ana@example.org");
    // What is not whole yet is no address.
    put("ana@\u{ff45}").await.is(204);
}

#[tokio::test]
async fn whoever_has_no_session_and_a_key_that_can_not_be_read_is_told_of_the_key() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let nobodys = || Call::post("/payments").json(&order);
    // "Signed out" would be read as "nothing came of it", and no key was closed.
    for call in [nobodys().key(&new_key()).also("idempotency-key", &new_key()), nobodys().key("seven")] {
        app.ask(call).await.is_refused(400, "key_missing");
    }
    app.ask(nobodys()).await.is_refused(401, "signed_out");
    assert_eq!(app.number("SELECT COUNT(*) FROM closed_key").await, 0);
    app.nothing_happened().await;
}
