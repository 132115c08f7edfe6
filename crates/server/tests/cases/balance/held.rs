//! What a payment holds of a balance ends with that payment, whichever version's server answers for it, and whatever
//! became of the balance meanwhile.

use super::*;
use crate::test_app::line::Cut;
use server::jobs::periodic::Periodic;

impl TestApp {
    pub(super) async fn write(&self, sql: &str) {
        sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&self.state.store.write).await.unwrap();
    }

    /// An order of 64.10 that holds this much of the balance, and whose card has no answer yet; gives its payment.
    async fn unanswered(&self, payer: &Payer, card: &str, part: &str) -> String {
        let token = self.card(payer, card).await;
        let order = self.order_from_balance(payer, &token, &[("visit", "64.10")], part).await;
        self.line.cut(Cut::Before);
        self.pay(payer, &new_key(), &order).await.is_refused(409, "key_in_use");
        self.text("SELECT id FROM payment WHERE balance_part IS NOT NULL").await
    }

    /// Neither in the books nor on the pages, whose statement has no line about it.
    async fn assert_nothing_is_there_or_owed(&self, payer: &Payer) {
        let balance = self.balance(payer).await;
        assert_eq!((&balance["balance"], &balance["owed"]), (&"0.00".into(), &"0.00".into()));
        assert!(balance["changes"].as_array().unwrap().iter().all(|change| change["amount"] != "0.00"), "{balance}");
        assert_eq!(self.number("SELECT cents + held_cents + owed_cents FROM credit").await, 0);
        self.assert_balance_is_explained().await;
    }

    /// As a server of the version before answers: it knows no parts.
    async fn answered_as_before(&self, payment: &str) {
        let part = self.text(&format!("SELECT balance_part FROM payment WHERE id = '{payment}'")).await;
        self.write(&format!("UPDATE payment SET balance_part = NULL WHERE id = '{payment}'")).await;
        self.recover().await;
        self.recover().await;
        self.write(&format!("UPDATE payment SET balance_part = '{part}' WHERE id = '{payment}'")).await;
    }
}

async fn watch(app: &server::state::App) {
    Periodic::WatchPayments.work(app.clone()).await.unwrap();
}

#[tokio::test]
async fn a_part_whose_payment_a_server_of_the_version_before_answered_for_is_settled_once_as_that_payment_was() {
    for (card, owes, balance) in [(VISA, (0, 0), "10.00"), (DECLINED, (6_410, 0), "40.00")] {
        let app = TestApp::open().await;
        let ana = app.ana_with("40.00").await;
        let id = app.unanswered(&ana, card, "30.00").await;
        watch(&app.state).await;
        assert_eq!(app.held().await, 3_000, "the card has no answer yet");
        app.answered_as_before(&id).await;
        let (second, _) = app.second_server().await;
        tokio::join!(watch(&app.state), watch(&second));
        assert_eq!((app.held().await, app.owes("visit").await), (0, owes), "{card}");
        assert_eq!(app.balance(&ana).await["balance"], balance);
        app.assert_balance_is_explained().await;
    }
}

#[tokio::test]
async fn what_is_held_and_was_taken_all_the_same_by_a_server_of_the_version_before_is_owed_and_the_order_is_paid() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    let deposit = app.deposit_by_card(&ana, "40.00").await["id"].as_str().unwrap().to_owned();
    let id = app.unanswered(&ana, VISA, "30.00").await;
    // That server knows of nothing that is held.
    app.write("UPDATE credit SET held_cents = 0").await;
    app.settled(&deposit, PaymentState::Returned).await;
    app.write("UPDATE credit SET held_cents = 3000").await;
    app.recover().await;
    app.recover().await;
    assert_eq!(app.text(&format!("SELECT state FROM payment WHERE id = '{id}'")).await, "paid");
    let balance = app.balance(&ana).await;
    assert_eq!((&balance["balance"], &balance["owed"]), (&"0.00".into(), &"30.00".into()));
    assert_eq!((app.owes("visit").await, app.held().await), ((0, 0), 0));
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn what_a_declined_order_held_of_a_deposit_that_went_back_pays_what_is_owed_of_it() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    let deposit = app.deposit_by_card(&ana, "50.00").await["id"].as_str().unwrap().to_owned();
    app.unanswered(&ana, DECLINED, "50.00").await;
    app.settled(&deposit, PaymentState::Returned).await;
    app.recover().await;
    app.recover().await;
    app.assert_nothing_is_there_or_owed(&ana).await;
}

#[tokio::test]
async fn what_a_server_of_the_version_before_gave_up_pays_what_is_owed_at_the_next_round() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    let deposit = app.deposit_by_card(&ana, "50.00").await["id"].as_str().unwrap().to_owned();
    app.write("UPDATE credit SET held_cents = 5000").await;
    app.settled(&deposit, PaymentState::Returned).await;
    app.write("UPDATE credit SET held_cents = 0").await;
    let (second, _) = app.second_server().await;
    tokio::join!(watch(&app.state), watch(&second));
    app.assert_nothing_is_there_or_owed(&ana).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM credit_change WHERE cents = 0").await, 1);
}

#[tokio::test]
async fn the_overview_shows_the_balance_without_what_is_held() {
    let app = TestApp::open().await;
    let ana = app.ana_with("40.00").await;
    app.unanswered(&ana, VISA, "30.00").await;
    let overview = app.ask(Call::get("/account/overview").by(&ana)).await.is(200).json();
    assert_eq!(overview["credit"], "10.00", "{overview}");
}

#[tokio::test]
async fn the_rest_of_an_order_from_a_balance_is_nothing_or_as_much_as_a_payment_is_at_least() {
    let app = TestApp::open().await;
    let ana = app.ana_with("70.00").await;
    let token = app.card(&ana, VISA).await;
    for part in ["64.09", "63.11"] {
        let order = app.order_from_balance(&ana, &token, &[("visit", "64.10")], part).await;
        let refused = app.pay(&ana, &new_key(), &order).await;
        refused.is_refused(422, "order_refused");
        assert_eq!(refused.json()["errors"], json!([{ "field": "from_balance", "problem": "too_large" }]));
    }
    assert_eq!((app.held().await, app.owes("visit").await), (0, (6_410, 0)));
    let order = app.order_from_balance(&ana, &token, &[("visit", "64.10")], "63.10").await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
    app.assert_balance_is_explained().await;
}
