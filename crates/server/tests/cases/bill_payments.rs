//! What was paid on bills lately, as the holder of their statement sees it: amount, time, state and kind of method.
//! Nothing private is among it.

use crate::test_app::{
    DECLINED, PAYS, Payer, RETURNS, TestApp,
    call::Call,
    new_key,
    seed::{ANA, MEI},
};
use serde_json::{Value, json};

async fn told(app: &TestApp, payer: &Payer) -> Vec<Value> {
    app.ask(Call::get("/bills").by(payer)).await.is(200).json()["payments"].as_array().unwrap().clone()
}

/// Bill, amount and state of each.
fn in_short(told: &[Value]) -> Vec<[&str; 3]> {
    told.iter().map(|payment| ["bill", "amount", "state"].map(|key| payment[key].as_str().unwrap())).collect()
}

#[tokio::test]
async fn a_statement_s_finder_sees_what_was_paid_and_nothing_private_of_who_paid_it() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let paid = app.pay_by_card(&ana, &[("visit", "20.00"), ("surgery", "5.00")]).await.is_payment(201, "paid").json();
    let other = app.look_up(&ANA).await;
    let seen = told(&app, &other).await;
    assert_eq!(in_short(&seen), [["surgery", "5.00", "paid"], ["visit", "20.00", "paid"]]);
    for payment in &seen {
        let known: Vec<&String> = payment.as_object().unwrap().keys().collect();
        assert_eq!(known, ["amount", "bill", "by", "due", "kind", "made_at", "receipt", "since", "state"]);
        assert_eq!((&payment["by"], &payment["receipt"]), (&json!("card"), &Value::Null));
        assert_eq!(payment["made_at"], paid["created_at"]);
    }
    let answer = app.ask(Call::get("/bills").by(&other)).await.json()["payments"].to_string();
    for private in ["id", "reference", "payer_name", "email"].map(|key| paid[key].as_str().unwrap_or("no such text")) {
        assert!(!answer.contains(private), "{private} in {answer}");
    }
    assert!(!answer.contains("4242"), "{answer}");
    // The payer who made it, and a member, are shown the way to the receipt.
    let receipt = json!({ "id": paid["id"], "reference": paid["reference"] });
    assert!(told(&app, &ana).await.iter().all(|payment| payment["receipt"] == receipt));
    app.register(&ANA, "ana@example.org").await;
    let member = app.sign_in("ana@example.org").await;
    assert!(told(&app, &member).await.iter().all(|payment| payment["receipt"] == receipt));
    assert!(told(&app, &app.look_up(&MEI).await).await.is_empty());
    assert_eq!((app.payments().await, app.owes("visit").await), (1, (4_410, 0)));
}

#[tokio::test]
async fn a_debit_is_told_on_its_way_then_as_gone_back_and_a_failure_never() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let declined = app.card(&ana, DECLINED).await;
    let order = app.order(&ana, &declined, &[("visit", "20.00")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "failed");
    let account = app.bank(&ana, RETURNS).await;
    let order = app.order(&ana, &account, &[("visit", "20.00")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing");
    let seen = told(&app, &ana).await;
    assert_eq!((in_short(&seen), &seen[0]["by"]), (vec![["visit", "20.00", "processing"]], &json!("bank")));
    assert_eq!(seen[0]["since"], seen[0]["made_at"]);
    app.move_clock(14 * 86_400).await;
    app.recover().await;
    let seen = told(&app, &app.look_up(&ANA).await).await;
    assert_eq!(in_short(&seen), [["visit", "20.00", "returned"]]);
    assert_ne!(seen[0]["since"], seen[0]["made_at"]);
    assert_eq!((app.payments().await, app.owes("visit").await), (2, (6_410, 0)));
}

#[tokio::test]
async fn a_bill_that_is_settled_is_gone_and_what_settled_it_is_told_for_ninety_days() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    app.pay_by_card(&ana, &[("visit", "64.10")]).await.is_payment(201, "paid");
    let list = app.ask(Call::get("/bills").by(&ana)).await.is(200).json();
    let open: Vec<&Value> = list["bills"].as_array().unwrap().iter().map(|bill| &bill["id"]).collect();
    assert_eq!(open, ["cents", "surgery"]);
    assert_eq!((&list["payments"][0]["bill"], &list["payments"][0]["due"]), (&json!("visit"), &json!("2026-12-04")));
    app.move_clock(89 * 86_400).await;
    assert_eq!(told(&app, &app.look_up(&ANA).await).await.len(), 1);
    app.move_clock(2 * 86_400).await;
    assert!(told(&app, &app.look_up(&ANA).await).await.is_empty());
    assert_eq!(app.owes("visit").await, (0, 0));
}

#[tokio::test]
async fn of_many_payments_on_a_bill_the_newest_five_are_told() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let account = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &account, &[("cents", "0.50")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing");
    for amount in ["1.00", "2.00", "3.00", "4.00", "5.00", "6.00"] {
        app.state.clock.move_on(11 * 60_000);
        app.pay_by_card(&ana, &[("surgery", amount)]).await.is_payment(201, "paid");
    }
    let seen = told(&app, &ana).await;
    let amounts: Vec<&str> = in_short(&seen).iter().map(|[_, amount, _]| *amount).collect();
    assert_eq!(amounts, ["6.00", "5.00", "4.00", "3.00", "2.00", "0.50"]);
    assert_eq!(app.payments().await, 7);
}
