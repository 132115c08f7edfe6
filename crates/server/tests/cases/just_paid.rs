//! Paying twice by mistake: a bill paid minutes ago, by anyone of the household, asks first.

use crate::test_app::{DECLINED, PAYS, TestApp, VISA, call::Call, new_key, seed::ANA};
use serde_json::json;

#[tokio::test]
async fn a_bill_paid_minutes_ago_asks_first_and_pay_again_goes_on() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    app.pay_by_card(&ana, &[("visit", "20.00")]).await.is_payment(201, "paid");
    // Somebody else with the same statement.
    let other = app.look_up(&ANA).await;
    let token = app.card(&other, VISA).await;
    let mut order = app.order(&other, &token, &[("surgery", "5.00"), ("visit", "20.00")]).await;
    app.pay(&other, &new_key(), &order)
        .await
        .is_refused(409, "just_paid")
        .has_field_problem("shares.1.bill", "duplicate");
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
    assert_eq!((app.owes("visit").await, app.owes("surgery").await), ((4_410, 0), (115_000, 0)));
    order["pay_again"] = json!(true);
    app.pay(&other, &new_key(), &order).await.is_payment(201, "paid");
    assert_eq!((app.payments().await, app.charges().await), (2, 2));
    assert_eq!(app.owes("visit").await, (2_410, 0));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn whoever_means_to_pay_one_bill_again_is_asked_about_another_one_and_about_a_newer_payment() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    app.pay_by_card(&ana, &[("visit", "20.00")]).await.is_payment(201, "paid");
    let bill = app.ask(Call::get("/bills/visit").by(&ana)).await.json();
    let token = app.card(&ana, VISA).await;
    let mut order = app.order(&ana, &token, &[("surgery", "5.00"), ("visit", "10.00")]).await;
    order["shares"][1]["paid_before"] = bill["just_paid"]["at"].clone();
    // Meanwhile somebody pays on the other bill.
    app.state.clock.move_on(1_000);
    let other = app.look_up(&ANA).await;
    app.pay_by_card(&other, &[("surgery", "5.00")]).await.is_payment(201, "paid");
    let refused = app.pay(&ana, &new_key(), &order).await;
    refused.is_refused(409, "just_paid").has_field_problem("shares.0.bill", "duplicate");
    order["shares"][0]["paid_before"] =
        app.ask(Call::get("/bills/surgery").by(&ana)).await.json()["just_paid"]["at"].clone();
    // And once more on the one that was answered for.
    app.state.clock.move_on(1_000);
    let mut newer = app.order(&other, &app.card(&other, VISA).await, &[("visit", "1.00")]).await;
    newer["shares"][0]["paid_before"] = bill["just_paid"]["at"].clone();
    app.pay(&other, &new_key(), &newer).await.is_payment(201, "paid");
    let refused = app.pay(&ana, &new_key(), &order).await;
    refused.is_refused(409, "just_paid").has_field_problem("shares.1.bill", "duplicate");
    assert_eq!((app.payments().await, app.charges().await), (3, 3));
    order["shares"][1]["paid_before"] =
        app.ask(Call::get("/bills/visit").by(&ana)).await.json()["just_paid"]["at"].clone();
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
    assert_eq!((app.owes("visit").await, app.owes("surgery").await), ((3_310, 0), (114_000, 0)));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_debit_on_its_way_asks_too_and_a_failure_or_an_old_payment_does_not() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let declined = app.card(&ana, DECLINED).await;
    let order = app.order(&ana, &declined, &[("surgery", "10.00")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "failed");
    app.pay_by_card(&ana, &[("surgery", "10.00")]).await.is_payment(201, "paid");
    let account = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &account, &[("visit", "10.00")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing");
    app.pay_by_card(&ana, &[("visit", "10.00")]).await.is_refused(409, "just_paid");
    app.move_clock(11 * 60).await;
    app.pay_by_card(&ana, &[("visit", "10.00")]).await.is_payment(201, "paid");
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_bill_says_that_it_was_just_paid() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    app.pay_by_card(&ana, &[("visit", "20.00")]).await.is_payment(201, "paid");
    let get = || Call::get("/bills/visit").by(&ana);
    let bill = app.ask(get()).await.is(200).json();
    assert_eq!((&bill["just_paid"]["amount"], &bill["balance"]), (&"20.00".into(), &"44.10".into()));
    app.state.clock.move_on(11 * 60_000);
    assert!(app.ask(get()).await.is(200).json()["just_paid"].is_null());
}
