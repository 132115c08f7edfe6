//! The overview of an account: what is owed, what came since the last visit, the credit and the last payments.

use super::factors::{password, reauthenticated, with_app};
use crate::test_app::{
    PAYS, Payer, TestApp,
    call::Call,
    new_key,
    seed::{ANA, MEI},
};
use serde_json::{Value, json};

const ANAS: &str = "ana@example.org";
const DAY: i64 = 86_400;

async fn overview(app: &TestApp, member: &Payer) -> Value {
    app.ask(Call::get("/account/overview").by(member)).await.is(200).json()
}

#[tokio::test]
async fn one_call_says_what_is_owed_what_is_on_its_way_the_credit_and_the_last_payments() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = app.sign_in(ANAS).await;
    let account = app.bank(&member, PAYS).await;
    let order = app.order(&member, &account, &[("visit", "14.10")]).await;
    app.pay(&member, &new_key(), &order).await.is_payment(201, "processing");
    for _ in 0..5 {
        app.move_clock(11 * 60).await;
        app.pay_by_card(&member, &[("surgery", "10.00")]).await.is_payment(201, "paid");
    }
    let shown = overview(&app, &member).await;
    assert_eq!(
        [&shown["owed"], &shown["pending"], &shown["credit"]],
        [&json!("1164.60"), &json!("14.10"), &json!("0.00")]
    );
    let ids: Vec<_> = shown["bills"].as_array().unwrap().iter().map(|bill| bill["id"].clone()).collect();
    assert_eq!(ids, ["cents", "surgery", "visit"], "by due date");
    let states: Vec<_> = shown["payments"].as_array().unwrap().iter().map(|payment| payment["state"].clone()).collect();
    assert_eq!(states, ["paid"; 5], "the last five");
    assert_eq!(app.owes("surgery").await, (110_000, 0));
}

#[tokio::test]
async fn a_bill_is_new_if_it_came_since_the_visit_before_this_one() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let first = app.sign_in(ANAS).await;
    let shown = overview(&app, &first).await;
    assert_eq!((&shown["last_visit"], &shown["new_bills"]), (&Value::Null, &json!([])), "nobody was here before");
    app.move_clock(3 * DAY).await;
    let today = app.state.today(ANA.region.parse().unwrap()).to_string();
    let mut tx = app.state.store.begin().await.unwrap();
    let sql = "UPDATE bill SET issued = $1 WHERE id = 'surgery'";
    sqlx::query(sql).bind(&today).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    for _ in 0..2 {
        // of a day's hours a bill says nothing: one of that day may have come after the visit
        let second = app.sign_in(ANAS).await;
        let shown = overview(&app, &second).await;
        assert_eq!(shown["new_bills"], json!(["surgery"]));
        let bills = app.ask(Call::get("/account/bills").by(&second)).await.is(200).json();
        assert_eq!(bills["new_bills"], json!(["surgery"]), "as on the page of bills");
        assert_eq!(overview(&app, &second).await["new_bills"], json!(["surgery"]), "loaded again, the same visit");
    }
    app.move_clock(DAY).await;
    app.sign_in(ANAS).await;
    app.move_clock(60).await;
    let last = app.sign_in(ANAS).await;
    assert_eq!(overview(&app, &last).await["new_bills"], json!([]), "it was there at the visit before");
}

#[tokio::test]
async fn a_password_without_its_second_factor_is_no_visit() {
    let app = TestApp::open().await;
    app.register(&MEI, "mei@example.org").await;
    with_app(&app, &reauthenticated(&app, "mei@example.org").await).await;
    let visited = "SELECT COALESCE(MAX(visited_at), 0) FROM account";
    let before = app.number(visited).await;
    assert!(before > 0);
    app.move_clock(DAY).await;
    let half_in = password(&app, "mei@example.org").await.0;
    app.ask(Call::get("/account/overview").by(&half_in)).await.is_refused(401, "signed_out");
    assert_eq!(app.number(visited).await, before);
}
