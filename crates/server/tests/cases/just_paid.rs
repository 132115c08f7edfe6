//! Paying twice by mistake: a bill paid minutes ago, by anyone of the household, asks first.

use crate::house::{DECLINED, House, PAYS, VISA, new_key, seed::ANA};
use serde_json::json;

#[tokio::test]
async fn a_bill_paid_minutes_ago_asks_first_and_pay_again_goes_on() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    house.pay_by_card(&ana, &[("visit", "20.00")]).await.is_payment(201, "paid");
    // Somebody else with the same statement.
    let other = house.look_up(&ANA).await;
    let token = house.card(&other, VISA).await;
    let mut order = house.order(&other, &token, &[("surgery", "5.00"), ("visit", "20.00")]).await;
    house.pay(&other, &new_key(), &order).await.is_refused(409, "just_paid").blames("shares.1.bill", "duplicate");
    assert_eq!((house.payments().await, house.charges().await), (1, 1));
    assert_eq!((house.owes("visit").await, house.owes("surgery").await), ((4_410, 0), (115_000, 0)));
    order["pay_again"] = json!(true);
    house.pay(&other, &new_key(), &order).await.is_payment(201, "paid");
    assert_eq!((house.payments().await, house.charges().await), (2, 2));
    assert_eq!(house.owes("visit").await, (2_410, 0));
    house.books_are_right().await;
}

#[tokio::test]
async fn a_debit_on_its_way_asks_too_and_a_failure_or_an_old_payment_does_not() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let declined = house.card(&ana, DECLINED).await;
    let order = house.order(&ana, &declined, &[("surgery", "10.00")]).await;
    house.pay(&ana, &new_key(), &order).await.is_payment(201, "failed");
    house.pay_by_card(&ana, &[("surgery", "10.00")]).await.is_payment(201, "paid");
    let account = house.bank(&ana, PAYS).await;
    let order = house.order(&ana, &account, &[("visit", "10.00")]).await;
    house.pay(&ana, &new_key(), &order).await.is_payment(201, "processing");
    house.pay_by_card(&ana, &[("visit", "10.00")]).await.is_refused(409, "just_paid");
    house.move_clock(11 * 60).await;
    house.pay_by_card(&ana, &[("visit", "10.00")]).await.is_payment(201, "paid");
    house.books_are_right().await;
}

#[tokio::test]
async fn a_bill_says_that_it_was_just_paid() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    house.pay_by_card(&ana, &[("visit", "20.00")]).await.is_payment(201, "paid");
    let get = || crate::house::call::Call::get("/bills/visit").by(&ana);
    let bill = house.ask(get()).await.is(200).json();
    assert_eq!((&bill["just_paid"]["amount"], &bill["balance"]), (&"20.00".into(), &"44.10".into()));
    house.app.clock.move_on(11 * 60_000);
    assert!(house.ask(get()).await.is(200).json()["just_paid"].is_null());
}
