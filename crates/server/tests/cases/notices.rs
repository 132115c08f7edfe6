//! Which notices a member gets: what is turned off is not sent, also when it waited already; security always is.

use super::{closing::close, mail::carry};
use crate::test_app::{
    Payer, TestApp, VISA,
    call::{Call, Response},
    mail_server::MailServer,
    new_key,
    seed::{ANA, MEI},
};
use serde_json::{Value, json};

const ANAS: &str = "ana@example.org";

async fn ana(app: &TestApp) -> Payer {
    app.register(&ANA, ANAS).await;
    app.sign_in(ANAS).await
}

async fn choose(app: &TestApp, member: &Payer, choices: Value) -> Response {
    app.ask(Call::write("PUT", "/notices").by(member).json(&json!({ "notices": choices }))).await
}

async fn chosen(app: &TestApp, member: &Payer) -> Vec<(String, bool)> {
    let settings = app.ask(Call::get("/notices").by(member)).await.is(200).json();
    let of = |choice: &Value| (choice["kind"].as_str().unwrap().to_owned(), choice["email"].as_bool().unwrap());
    settings["notices"].as_array().unwrap().iter().map(of).collect()
}

async fn pays(app: &TestApp, payer: &Payer) {
    app.pay_by_card(payer, &[("visit", "5.00")]).await.is_payment(201, "paid");
}

fn subjects(post: &MailServer) -> Vec<String> {
    let subject = |data: &str| data.lines().find_map(|line| line.strip_prefix("Subject: kppay: ")).map(str::to_owned);
    post.received().iter().filter_map(|email| subject(&email.data)).collect()
}

fn receipts(post: &MailServer) -> usize {
    subjects(post).iter().filter(|subject| subject.starts_with("Your payment receipt")).count()
}

#[tokio::test]
async fn every_notice_is_sent_until_it_is_turned_off_and_a_choice_is_its_member_s_own() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let at_first = [
        "bill_ready",
        "due_soon",
        "payment",
        "not_paid",
        "refund",
        "deposit",
        "low_balance",
        "saved_method",
        "security",
    ]
    .map(|kind| (kind.to_owned(), true));
    assert_eq!(chosen(&app, &ana).await, at_first);
    let off = json!([{ "kind": "refund", "email": false }, { "kind": "security", "email": true }]);
    choose(&app, &ana, off).await.is(200);
    let mut expected = at_first.clone();
    expected[4].1 = false;
    assert_eq!(chosen(&app, &ana).await, expected);
    app.register(&MEI, "mei@example.org").await;
    let mei = app.sign_in("mei@example.org").await;
    assert_eq!(chosen(&app, &mei).await, at_first);
    choose(&app, &ana, json!([{ "kind": "refund", "email": true }])).await.is(200);
    assert_eq!(chosen(&app, &ana).await, at_first);
}

#[tokio::test]
async fn a_notice_that_is_turned_off_while_it_waits_is_not_sent_and_the_next_is_once_it_is_on_again() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    let ana = ana(&app).await;
    carry(&app, &post).await;
    pays(&app, &ana).await;
    choose(&app, &ana, json!([{ "kind": "payment", "email": false }])).await.is(200);
    carry(&app, &post).await;
    app.state.clock.move_on(86_400_000);
    carry(&app, &post).await;
    assert_eq!(receipts(&post), 0, "{:?}", subjects(&post));
    let waits = "SELECT COUNT(*) FROM outbox WHERE next_try_at IS NOT NULL";
    assert_eq!(app.number(waits).await, 0, "it is over, and not tried for days");
    let ana = app.sign_in(ANAS).await;
    choose(&app, &ana, json!([{ "kind": "payment", "email": true }])).await.is(200);
    carry(&app, &post).await;
    assert_eq!(receipts(&post), 0, "what was not wanted then does not come later");
    pays(&app, &ana).await;
    carry(&app, &post).await;
    assert_eq!(receipts(&post), 1);
}

#[tokio::test]
async fn what_somebody_without_the_account_pays_is_told_whatever_its_member_chose() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    let ana = ana(&app).await;
    choose(&app, &ana, json!([{ "kind": "payment", "email": false }])).await.is(200);
    pays(&app, &app.look_up(&ANA).await).await;
    carry(&app, &post).await;
    assert_eq!(receipts(&post), 1);
}

#[tokio::test]
async fn a_receipt_to_an_address_that_was_typed_for_the_payment_is_sent_whatever_was_turned_off() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    let ana = ana(&app).await;
    choose(&app, &ana, json!([{ "kind": "payment", "email": false }])).await.is(200);
    for (typed, sent) in [("ANA@example.org", 0), ("spouse@example.org", 1)] {
        let token = app.card(&ana, VISA).await;
        let mut order = app.order(&ana, &token, &[("surgery", "5.00")]).await;
        (order["email"], order["pay_again"]) = (json!(typed), json!(true));
        app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
        carry(&app, &post).await;
        assert_eq!(receipts(&post), sent, "{typed}");
    }
}

#[tokio::test]
async fn a_receipt_that_is_asked_for_is_sent_whatever_was_turned_off() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    let ana = ana(&app).await;
    choose(&app, &ana, json!([{ "kind": "payment", "email": false }])).await.is(200);
    let paid = app.pay_by_card(&ana, &[("visit", "5.00")]).await.is_payment(201, "paid").json();
    let path = format!("/payments/{}/receipt-emails", paid["id"].as_str().unwrap());
    app.ask(Call::post(&path).by(&ana).json(&json!({ "email": ANAS }))).await.is(202);
    carry(&app, &post).await;
    assert_eq!(receipts(&post), 1);
}

#[tokio::test]
async fn notices_about_security_are_always_sent() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    let ana = ana(&app).await;
    let refused =
        choose(&app, &ana, json!([{ "kind": "refund", "email": false }, { "kind": "security", "email": false }]));
    refused.await.is_refused(422, "invalid").has_field_problem("notices.1", "not_allowed");
    assert!(chosen(&app, &ana).await.iter().all(|(_, is_on)| *is_on), "nothing of it was taken");
    let off: Vec<Value> =
        ["payment", "not_paid", "refund", "deposit"].map(|kind| json!({ "kind": kind, "email": false })).to_vec();
    choose(&app, &ana, json!(off)).await.is(200);
    carry(&app, &post).await;
    app.ask(Call::write("PATCH", "/profile").by(&ana).json(&json!({ "phone": "5105550142" }))).await.is(200);
    carry(&app, &post).await;
    assert!(subjects(&post).contains(&"Your profile was changed".to_owned()), "{:?}", subjects(&post));
}

#[tokio::test]
async fn a_kind_twice_or_of_no_notice_changes_nothing() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let refund = json!({ "kind": "refund", "email": false });
    let twice = choose(&app, &ana, json!([refund, { "kind": "refund", "email": true }])).await;
    twice.is_refused(422, "invalid").has_field_problem("notices.1", "duplicate");
    for wrong in [
        json!([refund, { "kind": "advertising", "email": true }]),
        json!([refund, { "kind": "payment" }]),
        json!([refund, { "kind": "payment", "email": true, "fax": true }]),
        json!([refund, { "kind": "payment", "email": "yes" }]),
        json!({ "refund": false }),
    ] {
        choose(&app, &ana, wrong).await.is_refused(400, "malformed");
    }
    assert!(chosen(&app, &ana).await.iter().all(|(_, is_on)| *is_on));
}

#[tokio::test]
async fn a_notice_to_a_member_leads_to_where_it_is_turned_off() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    pays(&app, &ana).await;
    app.ask(Call::write("PATCH", "/profile").by(&ana).json(&json!({ "phone": "5105550142" }))).await.is(200);
    let emails = app.state.store.emails(50).await.unwrap();
    for subject in ["Your payment receipt", "Your profile was changed", "New sign-in"] {
        let email = emails.iter().find(|email| email.subject.contains(subject)).unwrap();
        assert!(email.text.contains("/account/notices"), "{}", email.text);
    }
    // A demo shows what would have been sent.
    choose(&app, &ana, json!([{ "kind": "payment", "email": false }])).await.is(200);
    app.pay_by_card(&ana, &[("surgery", "5.00")]).await.is_payment(201, "paid");
    let shown = app.state.store.emails(50).await.unwrap();
    assert_eq!(shown.iter().filter(|email| email.subject.contains("payment receipt")).count(), 1);
}

#[tokio::test]
async fn what_was_turned_off_is_not_sent_once_the_account_is_closed_and_what_was_not_is() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    let ana = ana(&app).await;
    pays(&app, &ana).await;
    choose(&app, &ana, json!([{ "kind": "payment", "email": false }])).await.is(200);
    close(&app, &ana).await.is(204);
    carry(&app, &post).await;
    assert_eq!(receipts(&post), 0, "{:?}", subjects(&post));
    assert!(subjects(&post).iter().any(|subject| subject == "Your account is closed"), "{:?}", subjects(&post));
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE next_try_at IS NOT NULL").await, 0);
}
