//! Orders that were read and refused: each begins nowhere, since its key is closed before the answer, and the answer
//! names the field.

use super::too_late::{held_up, is_postgres, order_until};
use crate::test_app::{
    PASSWORD, Payer, TestApp, VISA,
    call::{Call, Response},
    cookie, new_key,
    seed::{ANA, RUTH},
};
use contract::problem_details::ErrorCode;
use serde_json::{Value, json};

const ANAS: &str = "ana@example.org";
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
    let gone = app.order(&ana, &token, &[("surgery", "1.00"), ("unknown", "1.00")]).await;
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
        app.pay(&ana, &key, &order).await.is_refused(422, code).has_field_problem(field, problem);
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
    app.assert_nothing_happened().await;
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
    put(MISREAD).await.is_refused(422, "invalid").has_field_problem("email", "malformed");
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
    let unknown = || Call::post("/payments").json(&order);
    // "Signed out" would be read as "nothing came of it", and no key was closed.
    for call in [unknown().key(&new_key()).also("idempotency-key", &new_key()), unknown().key("seven")] {
        app.ask(call).await.is_refused(400, "key_missing");
    }
    app.ask(unknown()).await.is_refused(401, "signed_out");
    assert_eq!(app.number("SELECT COUNT(*) FROM closed_key").await, 0);
    app.assert_nothing_happened().await;
}

/// Sends the order twice: the first waits for the bill, the second is refused meanwhile. What the second is told is so
/// of both.
async fn refused_while_the_same_order_waits(
    app: &TestApp,
    ana: &Payer,
    second: impl AsyncFn(&str, &Value) -> Response,
) {
    let (order, until) = order_until(app, ana).await;
    let key = new_key();
    let first = held_up(app, ana, &key, &order, async || {
        if is_postgres() {
            // Over SQLite it waits for the writer, as the first does.
            second(&key, &order).await;
        }
    })
    .await;
    if is_postgres() {
        first.is_refused(409, "too_late");
        app.by_key_until(ana, &key, until).await;
        assert_eq!((app.payments().await, app.charges().await), (0, 0));
    }
    app.assert_books_balance().await;
}

#[tokio::test]
async fn an_order_that_is_refused_begins_nowhere_though_it_was_sent_twice() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    refused_while_the_same_order_waits(&app, &ana, async |key, order| {
        let mut other_words = order.clone();
        other_words["authorisation"] = json!("I authorize");
        let refused = app.pay(&ana, key, &other_words).await;
        refused.is_refused(422, "terms_changed");
        refused
    })
    .await;
}

#[tokio::test]
async fn too_many_tries_are_told_only_of_an_order_that_begins_nowhere() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    refused_while_the_same_order_waits(&app, &ana, async |key, order| {
        let now = app.state.clock.now();
        let bucket = app.state.limits.bucket(&server::limits::rules::CHARGES_BY_MEMBERSHIP, ANA.name);
        for _ in 0..200 {
            app.state.store.count(std::slice::from_ref(&bucket), now).await.unwrap();
        }
        let refused = app.pay(&ana, key, order).await;
        refused.is_refused(429, "too_many");
        refused
    })
    .await;
}

#[tokio::test]
async fn an_order_that_was_refused_for_its_cookie_begins_in_no_session() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let (order, _) = order_until(&app, &ana).await;
    let (key, again) = (new_key(), Call::write("PUT", "/session/reauthentication").by(&ana));
    // The session goes on, under another token.
    let renewed = app.ask(again.json(&json!({ "password": PASSWORD }))).await;
    let renewed = Payer { cookie: cookie(renewed.is(200)), binding: ana.binding.clone(), ..ana };
    app.pay(&ana, &key, &order).await.is_refused(401, "signed_out");
    app.pay(&renewed, &key, &order).await.is_refused(409, "too_late");
    app.assert_nothing_happened().await;
    app.pay(&renewed, &new_key(), &order).await.is_payment(201, "paid");
}

#[tokio::test]
async fn an_order_that_waits_in_a_session_is_not_paid_after_its_repetition_was_refused_for_its_cookie() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    refused_while_the_same_order_waits(&app, &ana, async |key, order| {
        let again = Call::write("PUT", "/session/reauthentication").by(&ana);
        app.ask(again.json(&json!({ "password": PASSWORD }))).await.is(200);
        let refused = app.pay(&ana, key, order).await;
        refused.is_refused(401, "signed_out");
        refused
    })
    .await;
}

/// Makes a call out of an order that a server says no to before it has read it.
type Corruption = fn(Call, Value) -> Call;

#[tokio::test]
async fn whatever_is_said_of_an_order_by_a_code_that_ends_it_its_key_is_closed() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let corrupted: [(&str, Corruption); 7] = [
        ("no origin", |call, order| call.json(&order).without("origin")),
        ("another origin", |call, order| call.json(&order).header("origin", "https://old.example.org")),
        ("not said to be JSON", |call, order| call.json(&order).header("content-type", "text/plain")),
        ("no JSON", |call, _| call.text("{")),
        ("too large", |call, _| call.text(&format!("{{\"a\":\"{}\"}}", "a".repeat(100_000)))),
        ("a field of a later version", |call, mut order| {
            order["later"] = json!(1);
            call.json(&order)
        }),
        ("a name that is none", |call, mut order| {
            order["payer_name"] = json!("");
            call.json(&order)
        }),
    ];
    for (what, spoil) in corrupted {
        let token = app.card(&ana, VISA).await;
        let mut order = app.order(&ana, &token, &[("surgery", "1.00")]).await;
        order["pay_again"] = json!(true);
        let key = new_key();
        let refused = app.ask(spoil(Call::post("/payments").by(&ana).key(&key), order.clone())).await;
        assert!(refused.status.is_client_error(), "{what}");
        let code: ErrorCode = serde_json::from_value(refused.json()["code"].clone()).unwrap();
        let whole = app.pay(&ana, &key, &order).await;
        assert_eq!(whole.status.is_success(), !code.ends_an_order(), "{what}: {code:?}, then {}", whole.status);
    }
}

#[tokio::test]
async fn whoever_is_signed_out_is_not_told_so_of_an_order_that_was_begun_before() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (order, _) = order_until(&app, &ana).await;
    let key = new_key();
    app.pay(&ana, &key, &order).await.is_payment(201, "paid");
    app.ask(Call::write("DELETE", "/session").by(&ana)).await.is(204);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    app.pay(&ana, &new_key(), &order).await.is_refused(401, "signed_out");
}

#[tokio::test]
async fn whoever_has_no_session_and_asks_for_too_many_keys_is_told_nothing_and_takes_no_turn_of_the_writer() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (order, _) = order_until(&app, &ana).await;
    let unknown = async || app.ask(Call::post("/payments").key(&new_key()).json(&order)).await;
    for _ in 0..30 {
        unknown().await.is_refused(401, "signed_out");
    }
    unknown().await.is_refused(409, "key_in_use");
    // Refused from memory from now on: SQLite's one writer is free for others.
    let writer = app.state.store.write.acquire().await.unwrap();
    unknown().await.is_refused(409, "key_in_use");
    drop(writer);
    assert_eq!(app.payments().await, 0);
}

#[tokio::test]
async fn whoever_closes_too_many_keys_is_told_nothing_about_the_next_order() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (mut order, _) = order_until(&app, &ana).await;
    order["authorisation"] = json!("I authorize");
    let bucket =
        app.state.limits.bucket(&server::limits::rules::KEYS_BY_SESSION, &app.text("SELECT id FROM session").await);
    for _ in 0..60 {
        app.state.store.count(std::slice::from_ref(&bucket), app.state.clock.now()).await.unwrap();
    }
    app.pay(&ana, &new_key(), &order).await.is_refused(409, "key_in_use");
    assert_eq!(app.number("SELECT COUNT(*) FROM closed_key").await, 0);
}

#[tokio::test]
async fn an_order_whose_fee_makes_it_more_than_money_can_be_is_refused() {
    let app = TestApp::open().await;
    let ruth = app.look_up(&RUTH).await;
    let token = app.card(&ruth, VISA).await;
    let mut order = app.order(&ruth, &token, &[("ruths", "200.00")]).await;
    order["shares"][0]["amount"] = json!("9999999.99");
    app.pay(&ruth, &new_key(), &order).await.is_refused(422, "order_refused").has_field_problem("shares", "too_large");
    app.assert_nothing_happened().await;
}
