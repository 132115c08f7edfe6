//! One intent, one payment, one charge, no matter who sends it how often.

use crate::test_app::{DECLINED, TestApp, VISA, call::Call, new_key, seed::ANA};
use serde_json::json;

#[tokio::test]
async fn the_same_key_twice_charges_once_and_says_that_it_was_replayed() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    let first = app.pay(&ana, &key, &order).await;
    assert!(!first.is_payment(201, "paid").is_replayed());
    let second = app.pay(&ana, &key, &order).await;
    assert!(second.is_payment(201, "paid").is_replayed());
    assert_eq!(first.json(), second.json());
    assert_eq!((app.payments().await, app.charges().await, app.asked()), (1, 1, 1));
    assert_eq!(app.owes("visit").await, (0, 0));
    assert_eq!(app.charged_cents().await, 6_410);
    app.assert_books_balance().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_requests_at_once_with_one_key_make_one_payment() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10"), ("surgery", "1150.00")]).await;
    let key = new_key();
    let answers = futures_util::future::join_all((0..10).map(|_| app.pay(&ana, &key, &order))).await;
    let first = answers.iter().filter(|answer| answer.status == 201 && !answer.is_replayed()).count();
    assert_eq!(first, 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.is_refused(409, "key_in_use");
        assert!(!answer.header("retry-after").is_empty());
    }
    assert_eq!((app.payments().await, app.charges().await, app.asked()), (1, 1, 1));
    app.assert_books_balance().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_keys_at_once_cannot_pay_more_than_there_is() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let mut orders = Vec::new();
    for _ in 0..10 {
        let token = app.card(&ana, VISA).await;
        let mut order = app.order(&ana, &token, &[("visit", "30.00"), ("surgery", "400.00")]).await;
        order["pay_again"] = json!(true);
        orders.push((new_key(), order));
    }
    // Half of them name the bills the other way round.
    for (_, order) in orders.iter_mut().step_by(2) {
        order["shares"].as_array_mut().unwrap().reverse();
    }
    let answers = futures_util::future::join_all(orders.iter().map(|(key, order)| app.pay(&ana, key, order))).await;
    let paid = answers.iter().filter(|answer| answer.status == 201).count();
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.is_refused(422, "over_balance");
    }
    assert_eq!((paid, app.payments().await, app.charges().await), (2, 2, 2));
    assert_eq!((app.owes("visit").await, app.owes("surgery").await), ((410, 0), (35_000, 0)));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn the_same_key_with_another_payload_is_refused() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    app.pay(&ana, &key, &order).await.is_payment(201, "paid");
    let mut other = order.clone();
    other["shares"][0]["amount"] = json!("10.00");
    app.pay(&ana, &key, &other).await.is_refused(422, "key_reused");
    let mut again = order.clone();
    again["pay_again"] = json!(true);
    app.pay(&ana, &key, &again).await.is_refused(422, "key_reused");
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
}

#[tokio::test]
async fn a_key_that_is_missing_malformed_or_said_twice_is_refused() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let call = || Call::post("/payments").by(&ana).json(&order);
    app.ask(call()).await.is_refused(400, "key_missing");
    for key in ["", "1", "not-a-key", "'; DROP TABLE payment; --", &"a".repeat(500)] {
        app.ask(call().key(key)).await.is_refused(400, "key_missing");
    }
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_key_is_the_same_in_capitals() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    app.pay(&ana, &key, &order).await.is_payment(201, "paid");
    assert!(app.pay(&ana, &key.to_uppercase(), &order).await.is(201).is_replayed());
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
}

#[tokio::test]
async fn a_failure_is_replayed_too_and_leaves_the_bill_open() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, DECLINED).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    let first = app.pay(&ana, &key, &order).await;
    assert_eq!(first.is_payment(201, "failed").json()["failure"], "declined");
    assert_eq!(first.json()["can_retry"], true);
    let second = app.pay(&ana, &key, &order).await;
    assert!(second.is_payment(201, "failed").is_replayed());
    assert_eq!((app.payments().await, app.asked(), app.owes("visit").await), (1, 1, (6_410, 0)));
    assert_eq!(app.number("SELECT COUNT(*) FROM ledger_entry").await, 0);
    app.assert_books_balance().await;
    // And the bill can be paid at once, without being asked whether it was meant.
    app.pay_by_card(&ana, &[("visit", "64.10")]).await.is_payment(201, "paid");
}
