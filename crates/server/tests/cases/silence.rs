//! The processor does not respond, or the server dies between the charge and its booking: the payment is settled later,
//! once.

use crate::test_app::{DECLINED, PAYS, TestApp, VISA, line::Cut, new_key, seed::ANA};

#[tokio::test]
async fn a_processor_that_does_not_answer_leaves_the_key_in_use_until_recovery_has_asked_again() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    app.line.cut(Cut::Before);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    app.by_key(&ana, &key).await.is_refused(409, "key_in_use");
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    assert_eq!((app.payments().await, app.charges().await), (1, 0));
    assert_eq!(app.owes("visit").await, (6_410, 6_410));
    app.assert_books_balance().await;
    app.recover().await;
    app.recover().await;
    app.by_key(&ana, &key).await.is_payment(200, "paid");
    assert!(app.pay(&ana, &key, &order).await.is_payment(201, "paid").is_replayed());
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
    assert_eq!(app.owes("visit").await, (0, 0));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_charge_whose_answer_was_lost_is_settled_without_a_second_one() {
    for (cut, status, code) in [(Cut::After, 409, "key_in_use"), (Cut::Panic, 500, "fault")] {
        let app = TestApp::open().await;
        let ana = app.look_up(&ANA).await;
        let token = app.card(&ana, VISA).await;
        let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
        let key = new_key();
        app.line.cut(cut);
        app.pay(&ana, &key, &order).await.is_refused(status, code);
        assert_eq!((app.payments().await, app.charges().await), (1, 1));
        assert_eq!(app.number("SELECT COUNT(*) FROM ledger_entry").await, 0);
        app.recover().await;
        app.by_key(&ana, &key).await.is_payment(200, "paid");
        assert_eq!((app.payments().await, app.charges().await, app.asked()), (1, 1, 1));
        assert_eq!((app.owes("visit").await, app.charged_cents().await), ((0, 0), 6_410));
        app.assert_books_balance().await;
    }
}

#[tokio::test]
async fn a_lost_answer_that_was_no_gives_the_reserved_cents_back() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, DECLINED).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    app.line.cut(Cut::After);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    assert_eq!(app.owes("visit").await, (6_410, 6_410));
    app.recover().await;
    app.by_key(&ana, &key).await.is_payment(200, "failed");
    assert_eq!(app.owes("visit").await, (6_410, 0));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_token_that_ran_out_while_nobody_answered_fails_the_payment_and_takes_no_money() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    app.line.cut(Cut::Before);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    app.move_clock(31 * 60).await;
    app.recover().await;
    let ana = app.look_up(&ANA).await;
    app.by_key(&ana, &key).await.is_payment(200, "failed");
    assert_eq!((app.charges().await, app.owes("visit").await), (0, (6_410, 0)));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_debit_whose_answer_was_lost_is_debited_once_and_paid_on_its_day() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    app.line.cut(Cut::After);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    app.recover().await;
    app.by_key(&ana, &key).await.is_payment(200, "processing");
    app.move_clock(14 * 86_400).await;
    app.recover().await;
    let ana = app.look_up(&ANA).await;
    app.by_key(&ana, &key).await.is_payment(200, "paid");
    assert_eq!((app.payments().await, app.charges().await, app.owes("visit").await), (1, 1, (0, 0)));
    app.assert_books_balance().await;
}
