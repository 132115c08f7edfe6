//! Credit that a member asks back: to the deposits that it came from, once, and never more than is free or was put in.

use super::*;
use crate::test_app::line::Cut;
use server::jobs::queued;

impl TestApp {
    pub(super) async fn ask_back(&self, payer: &Payer, key: &str, amount: &str) -> Response {
        self.ask(Call::post("/balance/refunds").by(payer).key(key).json(&json!({ "amount": amount }))).await
    }

    /// The processor is asked for all that waits.
    pub(super) async fn send_refunds(&self) {
        self.line.cut(Cut::Nowhere);
        self.state.clock.move_on(61_000);
        queued::round(&self.state).await.unwrap();
    }
}

#[tokio::test]
async fn credit_goes_back_to_the_newest_deposits_once_a_key_and_the_statement_says_that_it_is_on_its_way() {
    let app = TestApp::open().await;
    let ana = app.ana_with("30.00").await;
    app.state.clock.move_on(1_000);
    app.deposit_by_card(&ana, "20.00").await;
    let key = new_key();
    let answer = app.ask_back(&ana, &key, "35.00").await.is(201).json();
    assert_eq!((&answer["balance"], &answer["refundable"]), (&"15.00".into(), &"15.00".into()));
    assert_eq!(
        statement(&answer)[..2],
        [row("refunded", false, "15.00", "15.00"), row("refunded", false, "20.00", "30.00")]
    );
    assert_eq!(answer["changes"][0]["is_on_its_way"], true);
    let given_back = "SELECT id FROM payment WHERE deposit_cents = 2000";
    let deposit =
        app.ask(Call::get(&format!("/payments/{}", app.text(given_back).await)).by(&ana)).await.is(200).json();
    assert_eq!((&deposit["charged"], &deposit["given_back"]), (&"20.00".into(), &"20.00".into()));
    app.ask_back(&ana, &key, "35.00").await.is(201);
    app.ask_back(&ana, &key, "15.00").await.is_refused(422, "key_reused");
    app.send_refunds().await;
    assert_eq!(app.refunds_there().await, [(1_500, false), (2_000, false)]);
    let balance = app.balance(&ana).await;
    assert_eq!((&balance["balance"], &balance["changes"][0]["is_on_its_way"]), (&"15.00".into(), &false.into()));
    let emails = app.state.store.emails(50).await.unwrap();
    let told: Vec<_> = emails.iter().filter(|email| email.subject.contains("We sent money back to you")).collect();
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|email| email.text.contains("ending in 4242")), "{told:#?}");
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn no_more_goes_back_than_is_free_or_than_was_put_in_also_at_the_same_moment_on_two_servers() {
    let app = TestApp::open().await;
    let ana = app.ana_with("50.00").await;
    let too_much = json!([{ "field": "amount", "problem": "too_large" }]);
    let refused = app.ask_back(&ana, &new_key(), "50.01").await;
    assert_eq!(refused.is_refused(422, "order_refused").json()["errors"], too_much);
    for wrong in [json!({ "amount": "0.00" }), json!({ "amount": "-1.00" }), json!({})] {
        let call = Call::post("/balance/refunds").by(&ana).key(&new_key()).json(&wrong);
        assert!([400, 422].contains(&app.ask(call).await.status.as_u16()), "{wrong}");
    }
    let other = app.beside().await;
    let order =
        |amount: &str| Call::post("/balance/refunds").by(&ana).key(&new_key()).json(&json!({ "amount": amount }));
    let (first, second) = tokio::join!(app.ask(order("30.00")), other.ask(order("30.00")));
    assert!((first.status == 201) != (second.status == 201), "{} {}", first.text, second.text);
    assert_eq!(app.balance(&ana).await["balance"], "20.00");
    // What a payment holds is not free.
    let token = app.card(&ana, VISA).await;
    let held = app.order_from_balance(&ana, &token, &[("visit", "64.10")], "15.00").await;
    app.line.cut(Cut::Before);
    app.pay(&ana, &new_key(), &held).await.is_refused(409, "key_in_use");
    app.ask_back(&ana, &new_key(), "5.01").await.is_refused(422, "order_refused");
    app.ask_back(&ana, &new_key(), "5.00").await.is(201);
    app.send_refunds().await;
    assert_eq!(app.refunds_there().await, [(500, false), (3_000, false)]);
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_asked_for_again_and_goes_back_once() {
    for cut in [Cut::Before, Cut::After] {
        let app = TestApp::open().await;
        let ana = app.ana_with("50.00").await;
        app.ask_back(&ana, &new_key(), "20.00").await.is(201);
        app.line.cut(cut);
        for _ in 0..20 {
            app.state.clock.move_on(61_000);
            queued::round(&app.state).await.unwrap();
        }
        let ana = app.sign_in(ANAS).await;
        assert_eq!(app.balance(&ana).await["changes"][0]["is_on_its_way"], true, "and it is not given up");
        app.send_refunds().await;
        let balance = app.balance(&ana).await;
        assert_eq!((&balance["balance"], &balance["changes"][0]["is_on_its_way"]), (&"30.00".into(), &false.into()));
        assert_eq!(app.refunds_there().await, [(2_000, false)]);
        app.assert_balance_is_explained().await;
    }
}

#[tokio::test]
async fn what_the_processor_refuses_to_give_back_is_in_the_balance_again_where_it_pays_what_is_owed() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    let deposit = app.deposit_by_card(&ana, "50.00").await["id"].as_str().unwrap().to_owned();
    app.ask_back(&ana, &new_key(), "20.00").await.is(201);
    app.becomes(&deposit, "returned").await;
    app.round().await;
    let balance = app.balance(&ana).await;
    assert_eq!((&balance["balance"], &balance["owed"]), (&"0.00".into(), &"20.00".into()));
    app.send_refunds().await;
    let balance = app.balance(&ana).await;
    assert_eq!((&balance["balance"], &balance["owed"]), (&"0.00".into(), &"0.00".into()));
    assert_eq!(balance["changes"][0]["why"], "not_refunded");
    assert_eq!(app.refunds_there().await, [(2_000, true)]);
    let emails = app.state.store.emails(50).await.unwrap();
    assert!(emails.iter().any(|email| email.subject.contains("We could not send money back to you")));
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn a_deposit_that_the_plan_refunds_takes_only_what_the_member_did_not_ask_back_before() {
    let app = TestApp::open().await;
    let ana = app.ana_with("10.00").await;
    let deposit = app.deposit_by_card(&ana, "50.00").await["id"].as_str().unwrap().to_owned();
    app.write("UPDATE payment SET created_at = created_at + 1 WHERE deposit_cents = 5000").await;
    app.ask_back(&ana, &new_key(), "20.00").await.is(201);
    app.send_refunds().await;
    app.settled(&deposit, PaymentState::Refunded).await;
    let balance = app.balance(&ana).await;
    assert_eq!((&balance["balance"], &balance["owed"]), (&"10.00".into(), &"0.00".into()));
    app.assert_balance_is_explained().await;
}
