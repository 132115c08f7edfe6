//! Bank debits: on their way, paid on their day, or sent back; and the ledger of every one of them.

use crate::test_app::{PAYS, RETURNS, TestApp, new_key, seed::ANA};
use contract::payment::{Failure, PaymentState};
use server::{billing::charging, store::settle::Verdict};

const TWO_WEEKS: i64 = 14 * 86_400;

#[tokio::test]
async fn a_debit_is_on_its_way_until_the_banks_day_and_paid_then() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    let sent = app.pay(&ana, &key, &order).await;
    let payment = sent.is_payment(201, "processing").json();
    assert_eq!((&payment["owed_now"], &payment["owed_if_cleared"]), (&"1214.60".into(), &"1150.50".into()));
    assert!(payment["expected_on"].is_string() && payment["sent_on"].is_string());
    assert_eq!(app.owes("visit").await, (6_410, 6_410));
    assert_eq!(app.number("SELECT COUNT(*) FROM ledger_entry").await, 0);
    app.move_clock(TWO_WEEKS).await;
    app.recover().await;
    app.recover().await;
    let ana = app.look_up(&ANA).await;
    let payment = app.by_key(&ana, &key).await.is_payment(200, "paid").json();
    let states: Vec<_> = payment["events"].as_array().unwrap().iter().map(|event| event["state"].clone()).collect();
    assert_eq!(states, ["processing", "paid"]);
    assert_eq!((app.owes("visit").await, app.number("SELECT COUNT(*) FROM ledger_entry").await), ((0, 0), 1));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_debit_that_the_bank_sends_back_opens_the_bill_again() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, RETURNS).await;
    let order = app.order(&ana, &token, &[("visit", "20.00")]).await;
    let key = new_key();
    app.pay(&ana, &key, &order).await.is_payment(201, "processing");
    assert_eq!(app.owes("visit").await, (6_410, 2_000));
    app.move_clock(TWO_WEEKS).await;
    app.recover().await;
    let ana = app.look_up(&ANA).await;
    let payment = app.by_key(&ana, &key).await.is_payment(200, "returned").json();
    assert_eq!((&payment["failure"], &payment["can_retry"]), (&"insufficient_funds".into(), &true.into()));
    assert_eq!(app.owes("visit").await, (6_410, 0));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_return_after_it_was_paid_reverses_the_ledger_and_opens_the_bill_again() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "30.00"), ("surgery", "100.00")]).await;
    let key = new_key();
    app.pay(&ana, &key, &order).await.is_payment(201, "processing");
    app.move_clock(TWO_WEEKS).await;
    app.recover().await;
    assert_eq!((app.owes("visit").await, app.owes("surgery").await), ((3_410, 0), (105_000, 0)));
    let id = app.text("SELECT id FROM payment").await;
    let back = Verdict {
        charge: None,
        state: PaymentState::Returned,
        failure: Some(Failure::NotAuthorised),
        cents: None,
        sequence: None,
    };
    for _ in 0..2 {
        charging::settle(&app.state, &id, &back).await.unwrap();
        assert_eq!((app.owes("visit").await, app.owes("surgery").await), ((6_410, 0), (115_000, 0)));
        assert_eq!(app.number("SELECT COUNT(*) FROM ledger_entry").await, 2);
        for account in ["processor_clearing", "receivable:Ana O’Neill"] {
            let sum = "SELECT CAST(SUM(cents) AS BIGINT) FROM ledger_posting WHERE account = ";
            assert_eq!(app.number(&format!("{sum}'{account}'")).await, 0);
        }
        app.assert_books_balance().await;
    }
}

#[tokio::test]
async fn the_same_answer_twice_or_an_older_one_changes_nothing() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    app.pay_by_card(&ana, &[("visit", "64.10")]).await.is_payment(201, "paid");
    let id = app.text("SELECT id FROM payment").await;
    for state in [PaymentState::Paid, PaymentState::Processing, PaymentState::Failed] {
        let verdict = Verdict { charge: None, state, failure: None, cents: None, sequence: None };
        charging::settle(&app.state, &id, &verdict).await.unwrap();
        assert_eq!(app.text("SELECT state FROM payment").await, "paid");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM ledger_entry").await, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox").await, 1);
    app.assert_books_balance().await;
}
