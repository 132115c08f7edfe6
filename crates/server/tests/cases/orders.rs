//! Orders that can't be what a member agreed to, or can't be paid: refused before anything is begun.

use crate::test_app::{
    Payer, TestApp, VISA, new_key,
    seed::{ANA, RUTH},
};
use serde_json::{Value, json};

/// Ana's order of the visit, and what becomes of it after `change`.
async fn changed(app: &TestApp, ana: &Payer, change: impl FnOnce(&mut Value)) -> crate::test_app::call::Response {
    let token = app.card(ana, VISA).await;
    let mut order = app.order(ana, &token, &[("visit", "64.10")]).await;
    change(&mut order);
    app.pay(ana, &new_key(), &order).await
}

#[tokio::test]
async fn an_amount_that_is_no_amount_is_refused_with_the_field_and_the_reason() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    for (amount, problem) in [
        ("0", "zero"),
        ("0.00", "zero"),
        ("-5", "negative"),
        ("-0.01", "negative"),
        ("1.234", "too_precise"),
        ("99999999.00", "too_large"),
        ("1e3", "malformed"),
        ("NaN", "malformed"),
        ("", "missing"),
        ("ten", "malformed"),
        ("1,00,0", "malformed"),
        (&"9".repeat(10_000), "too_large"),
    ] {
        let answer = changed(&app, &ana, |order| order["shares"][0]["amount"] = json!(amount)).await;
        answer.is_refused(422, "invalid").has_field_problem("shares.0.amount", problem);
    }
    for (fee, problem) in [("-1.00", "negative"), ("0.001", "too_precise")] {
        let answer = changed(&app, &ana, |order| order["fee"] = json!(fee)).await;
        answer.is_refused(422, "invalid").has_field_problem("fee", problem);
    }
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn an_amount_that_is_not_even_text_is_malformed() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    for amount in [json!(64.10), json!(null), json!(["64.10"]), json!({ "cents": 6410 }), json!(true)] {
        let answer = changed(&app, &ana, |order| order["shares"][0]["amount"] = amount.clone()).await;
        answer.is_refused(400, "malformed");
    }
    changed(&app, &ana, |order| order["fee"] = json!(0)).await.is_refused(400, "malformed");
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn more_than_the_balance_is_refused_with_the_field_and_nothing_stays_reserved() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    for amount in ["64.11", "9999000.00"] {
        let answer = app.pay_by_card(&ana, &[("surgery", "10.00"), ("visit", amount)]).await;
        answer.is_refused(422, "over_balance").has_field_problem("shares.1.amount", "over_balance");
    }
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_total_that_is_more_than_money_can_be_is_refused() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let most = json!([{ "bill": "visit", "amount": "9999999.99" }, { "bill": "surgery", "amount": "9999999.99" }]);
    let answer = changed(&app, &ana, |order| order["shares"] = most).await;
    answer.is_refused(422, "order_refused").has_field_problem("shares", "too_large");
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn no_bill_the_same_bill_twice_and_too_many_bills_are_refused() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let none = changed(&app, &ana, |order| order["shares"] = json!([])).await;
    none.is_refused(422, "order_refused").has_field_problem("shares", "missing");
    let twice = json!([{ "bill": "visit", "amount": "10.00" }, { "bill": "visit", "amount": "10.00" }]);
    let twice = changed(&app, &ana, |order| order["shares"] = twice).await;
    twice.is_refused(422, "order_refused").has_field_problem("shares.1.bill", "duplicate");
    let many: Vec<_> = (0..51).map(|at| json!({ "bill": format!("bill{at}"), "amount": "1.00" })).collect();
    let many = changed(&app, &ana, |order| order["shares"] = json!(many)).await;
    many.is_refused(422, "order_refused").has_field_problem("shares", "too_long");
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_bill_of_somebody_else_is_as_unknown_as_one_that_is_not_there() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let mut bodies = Vec::new();
    for bill in ["meis", "unknown"] {
        let answer = app.pay_by_card(&ana, &[(bill, "10.00")]).await;
        answer.is_refused(422, "over_balance").has_field_problem("shares.0.bill", "no_such");
        bodies.push(answer.text);
        app.ask(crate::test_app::call::Call::get(&format!("/bills/{bill}")).by(&ana))
            .await
            .is_refused(404, "not_found");
    }
    assert_eq!(bodies[0], bodies[1]);
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_part_has_a_least_amount_but_what_is_left_of_a_bill_can_always_be_paid() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let small = app.pay_by_card(&ana, &[("visit", "0.99")]).await;
    small.is_refused(422, "over_balance").has_field_problem("shares.0.amount", "too_small");
    app.assert_nothing_happened().await;
    app.pay_by_card(&ana, &[("cents", "0.50")]).await.is_payment(201, "paid");
    assert_eq!(app.owes("cents").await, (0, 0));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_fee_that_is_not_the_one_that_applies_is_refused() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let answer = changed(&app, &ana, |order| order["fee"] = json!("0.96")).await;
    answer.is_refused(422, "terms_changed").has_field_problem("fee", "outdated");
    let ruth = app.look_up(&RUTH).await;
    let token = app.card(&ruth, VISA).await;
    let mut order = app.order(&ruth, &token, &[("ruths", "200.00")]).await;
    assert_eq!(order["fee"], "3.00");
    order["fee"] = json!("0.00");
    app.pay(&ruth, &new_key(), &order).await.is_refused(422, "terms_changed").has_field_problem("fee", "outdated");
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_fee_is_charged_and_earned_but_not_taken_from_the_bill() {
    let app = TestApp::open().await;
    let ruth = app.look_up(&RUTH).await;
    let paid = app.pay_by_card(&ruth, &[("ruths", "150.00")]).await;
    let payment = paid.is_payment(201, "paid").json();
    assert_eq!(
        (&payment["total"], &payment["fee"], &payment["charged"]),
        (&"150.00".into(), &"2.25".into(), &"152.25".into())
    );
    assert_eq!((app.charged_cents().await, app.owes("ruths").await), (15_225, (5_000, 0)));
    let fees = "SELECT CAST(SUM(cents) AS BIGINT) FROM ledger_posting WHERE account = 'card_fees'";
    assert_eq!(app.number(fees).await, -225);
    app.assert_books_balance().await;
    let debit = app.card(&ruth, "4000056655665556").await;
    let mut order = app.order(&ruth, &debit, &[("ruths", "50.00")]).await;
    assert_eq!(order["fee"], "0.00");
    order["pay_again"] = json!(true);
    app.pay(&ruth, &new_key(), &order).await.is_payment(201, "paid");
    app.assert_books_balance().await;
}

#[tokio::test]
async fn an_authorisation_that_is_not_word_for_word_what_applies_is_refused() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    for words in ["", "I agree.", "<script>alert(1)</script>"] {
        let answer = changed(&app, &ana, |order| order["authorisation"] = json!(words)).await;
        answer.is_refused(422, "terms_changed").has_field_problem("authorisation", "outdated");
    }
    // The hours are said by the clock of the region whose bills they are.
    for clock in ["", " Hawaii time"] {
        let another = |order: &mut Value| {
            let words = order["authorisation"].as_str().unwrap();
            assert!(words.contains(" Pacific time"));
            order["authorisation"] = json!(words.replace(" Pacific time", clock));
        };
        let answer = changed(&app, &ana, another).await;
        answer.is_refused(422, "terms_changed").has_field_problem("authorisation", "outdated");
    }
    let name = changed(&app, &ana, |order| order["payer_name"] = json!("Mei Tanaka")).await;
    name.is_refused(422, "terms_changed").has_field_problem("authorisation", "outdated");
    let amount = changed(&app, &ana, |order| order["shares"][0]["amount"] = json!("64.00")).await;
    amount.is_refused(422, "terms_changed").has_field_problem("authorisation", "outdated");
    let locale = changed(&app, &ana, |order| order["locale"] = json!("es")).await;
    locale.is_refused(422, "terms_changed").has_field_problem("authorisation", "outdated");
    app.assert_nothing_happened().await;
}
