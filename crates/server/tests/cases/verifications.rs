//! Bank accounts that are verified by two small deposits: sent once, right in any order, wrong three times, and known
//! to the bank and the processor alone.

use crate::test_app::{
    PAYS, Payer, TestApp, VISA,
    call::{Call, Response},
    line::Cut,
    seed::{ANA, MEI},
};
use contract::demo::DemoDeposit;
use serde_json::{Value, json};
use server::jobs::saved_methods;

const ANAS: &str = "ana@example.org";
const MEIS: &str = "mei@example.org";
const WEEK: i64 = 7 * 86_400;

/// Ana with a saved bank account, and its id.
async fn ana(app: &TestApp) -> (Payer, String) {
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let id = saved(app, &ana, &app.bank(&ana, PAYS).await).await;
    (ana, id)
}

async fn saved(app: &TestApp, member: &Payer, token: &str) -> String {
    let saved = app.ask(Call::post("/payment-methods/saved").by(member).json(&app.to_keep(token))).await;
    saved.is(200).json()["methods"][0]["id"].as_str().unwrap().to_owned()
}

async fn start(app: &TestApp, member: &Payer, id: &str) -> Response {
    app.ask(Call::post(&format!("/payment-methods/{id}/verification")).by(member)).await
}

async fn amounts(app: &TestApp, member: &Payer, id: &str, amounts: [&str; 2]) -> Response {
    let body = json!({ "first": amounts[0], "second": amounts[1] });
    app.ask(Call::post(&format!("/payment-methods/{id}/verification/amounts")).by(member).json(&body)).await
}

/// How far the one account is, as the list says.
async fn state(app: &TestApp, member: &Payer) -> Value {
    app.ask(Call::get("/payment-methods").by(member)).await.is(200).json()["methods"][0]["verification"].clone()
}

async fn statement(app: &TestApp) -> Vec<DemoDeposit> {
    app.state.processor.bank_statements().await.unwrap()
}

/// Asks for the deposits and waits until they are there. Gives a new session of Ana's, the right amounts, and three
/// pairs that are not.
async fn arrived(app: &TestApp, member: &Payer, id: &str) -> (Payer, Vec<String>, Vec<Vec<String>>) {
    start(app, member, id).await.is(200);
    app.move_clock(WEEK).await;
    let right = statement(app).await[0].amounts;
    let other = |number: u8| {
        let cents = (right[0].cents() + number - 1) % 99 + 1;
        vec![format!("0.{cents:02}"), right[1].to_string()]
    };
    let wrong: Vec<_> = (1..99).map(other).filter(|pair| pair[0] != right[1].to_string()).take(3).collect();
    (app.sign_in(ANAS).await, right.map(|amount| amount.to_string()).to_vec(), wrong)
}

fn pair(texts: &[String]) -> [&str; 2] {
    [&texts[0], &texts[1]]
}

#[tokio::test]
async fn an_account_is_verified_by_the_amounts_of_two_deposits_in_any_order() {
    let app = TestApp::open().await;
    let (ana, id) = ana(&app).await;
    assert_eq!(state(&app, &ana).await, json!({ "state": "unverified" }));
    let asked = start(&app, &ana, &id).await.is(200).json();
    let day = asked["methods"][0]["verification"]["arrive_on"].as_str().unwrap().to_owned();
    assert!(day > app.state.today(ana.region).to_string(), "{day}");
    assert_eq!(state(&app, &ana).await, json!({ "state": "on_their_way", "arrive_on": day }));
    amounts(&app, &ana, &id, ["0.10", "0.20"])
        .await
        .is_refused(422, "invalid")
        .has_field_problem("first", "not_allowed");
    let (ana, right, _) = arrived(&app, &ana, &id).await;
    assert_eq!(state(&app, &ana).await, json!({ "state": "arrived", "tries_left": 3 }));
    let checked = amounts(&app, &ana, &id, [&right[1], &right[0]]).await;
    assert_eq!(checked.is(200).json()["methods"][0]["verification"], json!({ "state": "verified" }));
    assert_eq!(app.number("SELECT COUNT(*) FROM method_verification WHERE state = 'verified'").await, 1);
    assert_eq!((app.payments().await, app.charges().await), (0, 0), "nothing was paid");
}

#[tokio::test]
async fn three_wrong_tries_fail_an_account_until_it_is_added_again() {
    let app = TestApp::open().await;
    let (ana, id) = ana(&app).await;
    let (ana, right, wrong) = arrived(&app, &ana, &id).await;
    for (tries_left, pair_of) in [2, 1].into_iter().zip(&wrong) {
        for _ in 0..2 {
            amounts(&app, &ana, &id, pair(pair_of)).await.is(200);
            assert_eq!(state(&app, &ana).await, json!({ "state": "arrived", "tries_left": tries_left }), "once");
        }
    }
    amounts(&app, &ana, &id, pair(&wrong[2])).await.is(200);
    assert_eq!(state(&app, &ana).await, json!({ "state": "failed" }));
    amounts(&app, &ana, &id, pair(&right)).await.is(200);
    start(&app, &ana, &id).await.is(200);
    assert_eq!(state(&app, &ana).await, json!({ "state": "failed" }), "it stays so");
    let again = app.to_keep(&app.bank(&ana, PAYS).await);
    app.ask(Call::write("PUT", &format!("/payment-methods/{id}")).by(&ana).json(&again)).await.is(200);
    assert_eq!(state(&app, &ana).await, json!({ "state": "unverified" }));
    let (ana, right, _) = arrived(&app, &ana, &id).await;
    amounts(&app, &ana, &id, pair(&right)).await.is(200);
    assert_eq!(state(&app, &ana).await, json!({ "state": "verified" }));
}

#[tokio::test]
async fn deposits_that_the_processor_did_not_answer_about_are_asked_for_again_and_sent_once() {
    let app = TestApp::open().await;
    let (ana, id) = ana(&app).await;
    for cut in [Cut::Before, Cut::After] {
        app.line.cut(cut);
        start(&app, &ana, &id).await.is(200);
        assert_eq!(state(&app, &ana).await, json!({ "state": "on_their_way", "arrive_on": null }));
        assert!(saved_methods::round(&app.state).await.is_err(), "the round is tried again");
    }
    app.line.cut(Cut::Nowhere);
    saved_methods::round(&app.state).await.unwrap();
    assert!(state(&app, &ana).await["arrive_on"].is_string());
    app.move_clock(WEEK).await;
    assert_eq!(statement(&app).await.len(), 1);
}

#[tokio::test]
async fn amounts_whose_answer_was_lost_may_be_typed_again_and_are_one_try() {
    let app = TestApp::open().await;
    let (ana, id) = ana(&app).await;
    let (ana, right, wrong) = arrived(&app, &ana, &id).await;
    for cut in [Cut::Before, Cut::After] {
        app.line.cut(cut);
        amounts(&app, &ana, &id, pair(&wrong[0])).await.is_refused(503, "unavailable");
        assert_eq!(state(&app, &ana).await, json!({ "state": "arrived", "tries_left": 3 }));
    }
    app.line.cut(Cut::Nowhere);
    amounts(&app, &ana, &id, pair(&wrong[0])).await.is(200);
    assert_eq!(state(&app, &ana).await, json!({ "state": "arrived", "tries_left": 2 }));
    app.line.cut(Cut::After);
    amounts(&app, &ana, &id, pair(&right)).await.is_refused(503, "unavailable");
    app.line.cut(Cut::Nowhere);
    amounts(&app, &ana, &id, pair(&right)).await.is(200);
    assert_eq!(state(&app, &ana).await, json!({ "state": "verified" }));
}

#[tokio::test]
async fn the_member_is_told_once_that_deposits_have_arrived_unless_it_is_turned_off() {
    let app = TestApp::open().await;
    let (ana, id) = ana(&app).await;
    let told = async || {
        saved_methods::round(&app.state).await.unwrap();
        saved_methods::round(&app.state).await.unwrap();
        let emails = app.state.store.emails(50).await.unwrap();
        emails.into_iter().filter(|email| email.subject.contains("small deposits")).collect::<Vec<_>>()
    };
    start(&app, &ana, &id).await.is(200);
    assert!(told().await.is_empty(), "not yet");
    app.move_clock(WEEK).await;
    let emails = told().await;
    let [email] = &emails[..] else { panic!("{emails:?}") };
    assert!(email.text.contains("6789") && email.text.contains("/account/methods"), "{}", email.text);
    let amounts = statement(&app).await[0].amounts;
    assert!(amounts.iter().all(|amount| !email.text.contains(&amount.to_string())), "{}", email.text);
    let kind = app.text("SELECT notice_kind FROM outbox WHERE subject LIKE '%small deposits%'").await;
    assert_eq!(kind, "saved_method", "which its member may turn off");
}

#[tokio::test]
async fn a_card_or_another_s_account_is_not_verified_and_no_amount_is_more_than_cents() {
    let app = TestApp::open().await;
    let (ana, id) = ana(&app).await;
    app.register(&MEI, MEIS).await;
    let mei = app.sign_in(MEIS).await;
    let card = saved(&app, &mei, &app.card(&mei, VISA).await).await;
    for (who, id) in [(&mei, &id), (&mei, &card), (&ana, &"unknown".to_owned())] {
        start(&app, who, id).await.is_refused(404, "not_found");
        amounts(&app, who, id, ["0.10", "0.20"]).await.is_refused(404, "not_found");
    }
    assert_eq!(state(&app, &mei).await, Value::Null, "a card needs none");
    for wrong in ["1.00", "0.00", "-0.10", "x", ""] {
        amounts(&app, &ana, &id, [wrong, "0.10"]).await.is_refused(422, "invalid");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM method_verification").await, 0);
}

#[tokio::test]
async fn what_is_removed_takes_its_verification_with_it() {
    let app = TestApp::open().await;
    let (ana, id) = ana(&app).await;
    start(&app, &ana, &id).await.is(200);
    app.ask(Call::write("DELETE", &format!("/payment-methods/{id}")).by(&ana)).await.is(200);
    assert_eq!(app.number("SELECT COUNT(*) FROM method_verification").await, 0);
}
