//! Paying twice by mistake: a bill paid minutes ago, by anyone of the household, asks first.

use crate::test_app::{DECLINED, PAYS, TestApp, VISA, new_key, seed::ANA};
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
    let get = || crate::test_app::call::Call::get("/bills/visit").by(&ana);
    let bill = app.ask(get()).await.is(200).json();
    assert_eq!((&bill["just_paid"]["amount"], &bill["balance"]), (&"20.00".into(), &"44.10".into()));
    app.state.clock.move_on(11 * 60_000);
    assert!(app.ask(get()).await.is(200).json()["just_paid"].is_null());
}
