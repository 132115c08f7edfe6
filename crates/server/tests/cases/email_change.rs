//! Another e-mail address for an account: asked for with the password, in effect once the new address is confirmed,
//! told to the present one, and silent about addresses that others have.

use crate::test_app::{
    PASSWORD, Payer, TestApp,
    call::{Call, Response},
    seed::{ANA, MEI},
};
use contract::account::NEW_EMAIL;
use serde_json::{Value, json};

const ANAS: &str = "ana@example.org";
const NEW: &str = "ana@new.example.org";
const MEIS: &str = "mei@example.org";
const OTHER_PASSWORD: &str = "seven lanterns on a copper river";

async fn ana(app: &TestApp) -> Payer {
    app.register(&ANA, ANAS).await;
    app.sign_in(ANAS).await
}

async fn asks(app: &TestApp, member: &Payer, email: &str) -> Response {
    let change = json!({ "email": email, "password": PASSWORD });
    app.ask(Call::write("PUT", "/profile/email").by(member).json(&change)).await
}

async fn subjects(app: &TestApp, to: &str) -> Vec<String> {
    let emails = app.state.store.emails(50).await.unwrap();
    emails.into_iter().filter(|email| email.to.to_string() == to).map(|email| email.subject).collect()
}

async fn told(app: &TestApp, to: &str, words: &str) -> usize {
    subjects(app, to).await.iter().filter(|subject| subject.contains(words)).count()
}

async fn signs_in(app: &TestApp, email: &str) -> Response {
    app.ask(Call::post("/session").json(&json!({ "user_id": email, "password": PASSWORD }))).await
}

#[tokio::test]
async fn a_new_address_counts_once_it_is_confirmed_and_the_old_one_is_told_twice() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let asked = asks(&app, &ana, NEW).await.is(200).json();
    assert_eq!((&asked["email"], &asked["new_email"]), (&json!(ANAS), &json!(NEW)));
    assert_eq!(told(&app, ANAS, "Somebody asked for a new e-mail address").await, 1);
    signs_in(&app, NEW).await.is_refused(422, "wrong_credentials");
    let link = app.link(NEW).await;
    assert!(link.starts_with(NEW_EMAIL), "{link}");
    app.confirm(&link, "").await.is(204);
    assert_eq!(told(&app, ANAS, "Your e-mail address was changed").await, 1);
    let profile = app.ask(Call::get("/profile").by(&ana)).await.is(200).json();
    assert_eq!((&profile["email"], &profile["new_email"]), (&json!(NEW), &Value::Null), "the session goes on");
    assert_eq!(app.text("SELECT user_id FROM account").await, NEW);
    signs_in(&app, NEW).await.is(200);
    signs_in(&app, ANAS).await.is_refused(422, "wrong_credentials");
    app.confirm(&link, "").await.is_refused(422, "link_refused");
}

#[tokio::test]
async fn it_takes_the_password_to_ask_and_again_to_confirm() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let wrong = json!({ "email": NEW, "password": OTHER_PASSWORD });
    let refused = app.ask(Call::write("PUT", "/profile/email").by(&ana).json(&wrong)).await;
    refused.is_refused(422, "wrong_credentials").has_field_problem("password", "unknown");
    assert_eq!((app.number("SELECT COUNT(*) FROM link").await, told(&app, ANAS, "asked for").await), (0, 0));
    asks(&app, &ana, NEW).await.is(200);
    let link = app.link(NEW).await;
    let shown = json!({ "token": link, "password": OTHER_PASSWORD });
    let refused = app.ask(Call::post("/email-confirmations").json(&shown)).await;
    refused.is_refused(422, "wrong_credentials").has_field_problem("password", "unknown");
    assert_eq!(app.text("SELECT email FROM account").await, ANAS);
    app.confirm(&link, "").await.is(204);
}

#[tokio::test]
async fn the_answer_does_not_tell_whether_somebody_else_has_the_address() {
    let app = TestApp::open().await;
    app.register(&MEI, MEIS).await;
    let ana = ana(&app).await;
    let free = asks(&app, &ana, NEW).await.is(200).json();
    let taken = asks(&app, &ana, "MEI@example.org").await.is(200).json();
    let mut expected = free;
    expected["new_email"] = json!("MEI@example.org");
    assert_eq!(taken, expected);
    assert_eq!(app.ask(Call::get("/profile").by(&ana)).await.json(), expected);
    assert_eq!(told(&app, "MEI@example.org", "Your e-mail address is in use").await, 1);
    assert_eq!(told(&app, ANAS, "asked for").await, 2, "as often as for any other");
    let texts = app.state.store.emails(50).await.unwrap();
    let mei = texts.iter().find(|email| email.subject.contains("is in use")).unwrap();
    assert!(!mei.text.contains('#'), "nothing there confirms it: {}", mei.text);
}

#[tokio::test]
async fn of_two_accounts_that_want_one_address_the_first_that_confirms_has_it() {
    let app = TestApp::open().await;
    app.register(&MEI, MEIS).await;
    let ana = ana(&app).await;
    let mei = app.sign_in(MEIS).await;
    asks(&app, &ana, NEW).await.is(200);
    let anas = app.link(NEW).await;
    asks(&app, &mei, "ANA@new.example.org").await.is(200);
    let meis = app.link("ANA@new.example.org").await;
    app.confirm(&meis, "").await.is(204);
    app.confirm(&anas, "").await.is_refused(422, "link_refused");
    assert_eq!(app.number("SELECT COUNT(*) FROM account WHERE user_id = 'ana@new.example.org'").await, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM account WHERE email = 'ana@example.org'").await, 1);
}

#[tokio::test]
async fn a_link_that_was_followed_by_another_or_called_off_or_is_a_day_old_changes_nothing() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    asks(&app, &ana, NEW).await.is(200);
    let first = app.link(NEW).await;
    asks(&app, &ana, "ana@third.example.org").await.is(200);
    app.confirm(&first, "").await.is_refused(422, "link_refused");
    let second = app.link("ana@third.example.org").await;
    let kept = app.ask(Call::write("DELETE", "/profile/email").by(&ana)).await.is(200).json();
    assert_eq!(kept["new_email"], Value::Null);
    app.confirm(&second, "").await.is_refused(422, "link_refused");
    asks(&app, &ana, NEW).await.is(200);
    let third = app.link(NEW).await;
    let password = json!({ "current": PASSWORD, "password": OTHER_PASSWORD });
    app.ask(Call::write("PUT", "/profile/password").by(&ana).json(&password)).await.is(200);
    app.confirm(&third, "").await.is_refused(422, "link_refused");
    let ana = app.sign_in_with(ANAS, OTHER_PASSWORD, None).await;
    let change = json!({ "email": NEW, "password": OTHER_PASSWORD });
    app.ask(Call::write("PUT", "/profile/email").by(&ana).json(&change)).await.is(200);
    let last = app.link(NEW).await;
    app.move_clock(24 * 3_600).await;
    let shown = json!({ "token": last, "password": OTHER_PASSWORD });
    app.ask(Call::post("/email-confirmations").json(&shown)).await.is_refused(422, "link_refused");
    assert_eq!(app.text("SELECT email FROM account").await, ANAS);
}

#[tokio::test]
async fn what_is_no_new_address_is_refused_and_nobody_fills_a_mailbox() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    asks(&app, &ana, ANAS).await.is_refused(422, "invalid").has_field_problem("email", "duplicate");
    asks(&app, &ana, "ana").await.is_refused(422, "invalid").has_field_problem("email", "malformed");
    asks(&app, &ana, "ana@ｅxample.org").await.is_refused(422, "invalid").has_field_problem("email", "malformed");
    for _ in 0..4 {
        asks(&app, &ana, NEW).await.is(200);
    }
    asks(&app, &ana, NEW).await.is_refused(429, "too_many");
    assert_eq!((told(&app, NEW, "Confirm").await, told(&app, ANAS, "asked for").await), (4, 4));
}

#[tokio::test]
async fn nobody_but_the_member_asks_for_another_address_or_calls_it_off() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    asks(&app, &ana, NEW).await.is(200);
    let payer = app.look_up(&ANA).await;
    asks(&app, &payer, "eve@example.org").await.is_refused(401, "signed_out");
    app.ask(Call::write("DELETE", "/profile/email").by(&payer)).await.is_refused(401, "signed_out");
    app.register(&MEI, MEIS).await;
    let mei = app.sign_in(MEIS).await;
    app.ask(Call::write("DELETE", "/profile/email").by(&mei)).await.is(200);
    assert_eq!(app.ask(Call::get("/profile").by(&ana)).await.json()["new_email"], json!(NEW));
}

async fn sends_again(app: &TestApp, member: &Payer) -> Response {
    app.ask(Call::post("/profile/email/link").by(member)).await
}

#[tokio::test]
async fn the_link_is_sent_again_to_the_address_that_waits_and_the_one_before_is_void() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    sends_again(&app, &ana).await.is_refused(404, "not_found");
    asks(&app, &ana, NEW).await.is(200);
    let first = app.link(NEW).await;
    let again = sends_again(&app, &ana).await.is(200).json();
    assert_eq!((&again["email"], &again["new_email"]), (&json!(ANAS), &json!(NEW)));
    let second = app.link(NEW).await;
    assert_ne!(first, second);
    assert_eq!(told(&app, ANAS, "Somebody asked for a new e-mail address").await, 1, "told once");
    app.confirm(&first, "").await.is_refused(422, "link_refused");
    app.confirm(&second, "").await.is(204);
    sends_again(&app, &ana).await.is_refused(404, "not_found");
}

#[tokio::test]
async fn a_link_is_sent_again_a_few_times_an_hour_and_says_nothing_of_addresses_that_others_have() {
    let app = TestApp::open().await;
    app.register(&MEI, MEIS).await;
    let ana = ana(&app).await;
    asks(&app, &ana, MEIS).await.is(200);
    for _ in 0..3 {
        assert_eq!(sends_again(&app, &ana).await.is(200).json()["new_email"], MEIS);
    }
    sends_again(&app, &ana).await.is_refused(429, "too_many");
    assert_eq!(told(&app, MEIS, "Your e-mail address is in use").await, 4);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE is_secret = 1 AND to_address = 'mei@example.org' AND subject LIKE '%new e-mail%'").await, 0);
}

#[tokio::test]
async fn a_link_that_is_sent_again_is_good_no_longer_than_the_one_that_the_password_was_typed_for() {
    let app = TestApp::open().await;
    let first = ana(&app).await;
    asks(&app, &first, NEW).await.is(200);
    app.move_clock(23 * 3_600).await;
    let ana = app.sign_in(ANAS).await;
    sends_again(&app, &ana).await.is(200);
    let link = app.link(NEW).await;
    app.move_clock(2 * 3_600).await;
    app.confirm(&link, "").await.is_refused(422, "link_refused");
    assert_eq!(app.text("SELECT email FROM account").await, ANAS);
}
