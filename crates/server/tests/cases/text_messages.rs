//! Text messages: only to a number that was confirmed by the code that went there, only what was turned on, and each
//! once, over the operator's gateway.

use crate::test_app::{
    ORIGIN, Payer, RETURNS, TestApp,
    call::{Call, Response},
    new_key,
    seed::ANA,
    text_gateway::FakeTextGateway,
};
use contract::{Locale, consent};
use serde_json::{Value, json};
use server::jobs::{bill_notices, clean_up, send_texts, text_gateway::TextGateway};

const ANAS: &str = "ana@example.org";
const PHONE: &str = "+15105550142";
const NUMBER: &str = "/notices/text-number";

/// A demo sends text messages, and here there is a gateway for them, too.
async fn open() -> (TestApp, FakeTextGateway, Payer) {
    let app = TestApp::open_with(&["--demo", "--public-origin", ORIGIN]).await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    (app, FakeTextGateway::open().await, ana)
}

async fn carry(app: &TestApp, gateway: &FakeTextGateway) {
    send_texts::round(&app.state, &TextGateway::new(&gateway.url, "a secret").unwrap()).await.unwrap();
}

fn agreed(app: &TestApp) -> Value {
    let portal = &app.state.portal;
    let text = consent::text_messages(&portal.brand.name, &portal.contacts.billing_phone, Locale::En);
    json!({ "phone": "(510) 555-0142", "consent": text, "locale": "en" })
}

async fn names(app: &TestApp, member: &Payer) -> Response {
    app.ask(Call::write("PUT", NUMBER).by(member).json(&agreed(app))).await
}

async fn types(app: &TestApp, member: &Payer, code: &str) -> Response {
    let path = format!("{NUMBER}/confirmation");
    app.ask(Call::post(&path).by(member).json(&json!({ "code": code }))).await
}

/// In the newest message.
fn code(gateway: &FakeTextGateway) -> String {
    let (_, text) = gateway.received().pop().unwrap();
    text.split(' ').find(|word| word.len() == 11 && word.as_bytes()[5] == b'-').unwrap().to_owned()
}

async fn chooses(app: &TestApp, member: &Payer, kind: &str, text: bool) {
    let choice = json!({ "notices": [{ "kind": kind, "email": true, "text": text }] });
    app.ask(Call::write("PUT", "/notices").by(member).json(&choice)).await.is(200);
}

/// A number is confirmed, and texts about payments are on.
async fn turns_on(app: &TestApp, gateway: &FakeTextGateway, member: &Payer) {
    names(app, member).await.is(200);
    carry(app, gateway).await;
    types(app, member, &code(gateway)).await.is(200);
    chooses(app, member, "payment", true).await;
}

async fn pays(app: &TestApp, payer: &Payer, bill: &str) {
    app.pay_by_card(payer, &[(bill, "5.00")]).await.is_payment(201, "paid");
}

#[tokio::test]
async fn a_number_is_used_once_its_code_was_typed_and_what_was_agreed_to_is_kept_word_for_word() {
    let (app, gateway, ana) = open().await;
    let named = names(&app, &ana).await.is(200).json();
    assert_eq!((&named["texts"]["phone"], &named["texts"]["is_confirmed"]), (&PHONE.into(), &false.into()));
    assert_eq!(named["texts"]["consent"]["text"], agreed(&app)["consent"]);
    chooses(&app, &ana, "payment", true).await;
    pays(&app, &ana, "visit").await;
    carry(&app, &gateway).await;
    let received = gateway.received();
    assert_eq!(received.len(), 1, "only the code goes to a number that is not confirmed: {received:?}");
    types(&app, &ana, "00000-00000").await.is_refused(422, "invalid").has_field_problem("code", "no_such");
    let on = types(&app, &ana, &code(&gateway)).await.is(200).json();
    assert_eq!(on["texts"]["is_confirmed"], true);
    pays(&app, &ana, "surgery").await;
    carry(&app, &gateway).await;
    let (to, text) = gateway.received().pop().unwrap();
    assert_eq!(to, PHONE);
    assert!(text.contains("/account/history") && text.contains("STOP"), "{text}");
    assert!(!text.contains("5.00") && !text.contains("Ana"), "{text}");
    types(&app, &ana, &code_of(&gateway, 0)).await.is_refused(422, "invalid");
    assert_eq!(
        app.number("SELECT COUNT(*) FROM outbox WHERE is_secret = 1 AND subject = '' AND body_text <> ''").await,
        0
    );
}

fn code_of(gateway: &FakeTextGateway, place: usize) -> String {
    let text = gateway.received()[place].1.clone();
    text.split(' ').find(|word| word.len() == 11 && word.as_bytes()[5] == b'-').unwrap().to_owned()
}

#[tokio::test]
async fn a_code_is_too_old_after_ten_minutes_and_one_that_waited_so_long_is_not_sent() {
    let (app, gateway, ana) = open().await;
    names(&app, &ana).await.is(200);
    carry(&app, &gateway).await;
    app.state.clock.move_on(600_001);
    types(&app, &ana, &code(&gateway)).await.is_refused(422, "invalid");
    names(&app, &ana).await.is(200);
    app.state.clock.move_on(600_001);
    carry(&app, &gateway).await;
    assert_eq!(gateway.received().len(), 1);
}

#[tokio::test]
async fn what_is_turned_off_while_it_waits_is_not_sent_and_the_e_mail_still_is() {
    let (app, gateway, ana) = open().await;
    turns_on(&app, &gateway, &ana).await;
    pays(&app, &ana, "visit").await;
    chooses(&app, &ana, "payment", false).await;
    carry(&app, &gateway).await;
    assert_eq!(gateway.received().len(), 1, "the code alone");
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE text_try_at IS NOT NULL").await, 0);
    let receipts =
        app.state.store.emails(50).await.unwrap().into_iter().filter(|email| email.subject.contains("receipt"));
    assert_eq!(receipts.count(), 1);
}

#[tokio::test]
async fn without_the_very_words_or_where_no_texts_are_sent_nothing_is_sent() {
    let (app, gateway, ana) = open().await;
    let mut other = agreed(&app);
    other["consent"] = "Anything".into();
    app.ask(Call::write("PUT", NUMBER).by(&ana).json(&other)).await.is_refused(422, "terms_changed");
    let mut wrong = agreed(&app);
    wrong["phone"] = "555".into();
    let refused = app.ask(Call::write("PUT", NUMBER).by(&ana).json(&wrong)).await;
    refused.is_refused(422, "invalid").has_field_problem("phone", "too_short");
    carry(&app, &gateway).await;
    assert_eq!((gateway.received(), app.number("SELECT COUNT(*) FROM consent").await), (Vec::new(), 0));

    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    assert_eq!(app.ask(Call::get("/notices").by(&ana)).await.json()["texts"], Value::Null);
    names(&app, &ana).await.is_refused(404, "not_found");
    types(&app, &ana, "00000-00000").await.is_refused(404, "not_found");
    app.ask(Call::write("DELETE", NUMBER).by(&ana)).await.is_refused(404, "not_found");
}

#[tokio::test]
async fn what_the_gateway_does_not_take_is_tried_again_later_and_comes_once() {
    let (app, gateway, ana) = open().await;
    names(&app, &ana).await.is(200);
    gateway.answers([503, 307, 401]);
    for wait in [0, 5_000, 20_000] {
        app.state.clock.move_on(wait);
        carry(&app, &gateway).await;
        carry(&app, &gateway).await; // too early
        assert_eq!(gateway.received(), Vec::new(), "and no redirect is followed");
    }
    app.state.clock.move_on(80_000);
    tokio::join!(carry(&app, &gateway), carry(&app, &gateway));
    assert_eq!(gateway.received().len(), 1);
    let (secret, key, id) = gateway.signed().pop().unwrap();
    assert_eq!((secret.as_str(), key), ("Bearer a secret", id));
    names(&app, &ana).await.is(200);
    gateway.answers([422]);
    carry(&app, &gateway).await;
    app.state.clock.move_on(86_400_000);
    carry(&app, &gateway).await;
    assert_eq!(gateway.received().len(), 1, "what is refused for good is not tried again");
}

#[tokio::test]
async fn a_number_whose_owner_wrote_stop_gets_no_more_and_the_consent_is_withdrawn() {
    let (app, gateway, ana) = open().await;
    turns_on(&app, &gateway, &ana).await;
    pays(&app, &ana, "visit").await;
    gateway.answers([410]);
    carry(&app, &gateway).await;
    pays(&app, &ana, "surgery").await;
    carry(&app, &gateway).await;
    assert_eq!(gateway.received().len(), 1, "the code alone");
    let settings = app.ask(Call::get("/notices").by(&ana)).await.json();
    assert_eq!(settings["texts"]["phone"], Value::Null);
    assert_eq!(app.number("SELECT COUNT(*) FROM consent WHERE withdrawn_at IS NULL").await, 0);
    assert_eq!(count_emails(&app, "Text messages are off").await, 1, "the owner is told");
}

async fn count_emails(app: &TestApp, subject: &str) -> usize {
    let emails = app.state.store.emails(50).await.unwrap();
    emails.iter().filter(|email| email.subject.contains(subject)).count()
}

#[tokio::test]
async fn stop_from_a_number_that_is_replaced_at_the_same_time_takes_nothing_of_the_new_one() {
    let (app, gateway, ana) = open().await;
    turns_on(&app, &gateway, &ana).await;
    pays(&app, &ana, "visit").await;
    gateway.answers([410]);
    let mut other = app.state.store.begin().await.unwrap();
    for sql in ["UPDATE account SET locale = locale", "UPDATE text_number SET phone = '+15105550143'"] {
        sqlx::query(sql).execute(&mut *other).await.unwrap();
    }
    let (state, sends) = (app.state.clone(), TextGateway::new(&gateway.url, "a secret").unwrap());
    let round = tokio::spawn(async move { send_texts::round(&state, &sends).await });
    app.until_it_waits(&round).await;
    other.commit().await.unwrap();
    round.await.unwrap().unwrap();
    assert_eq!(app.text("SELECT phone FROM text_number").await, "+15105550143");
    assert_eq!(app.number("SELECT COUNT(*) FROM consent WHERE withdrawn_at IS NULL").await, 1);
    assert_eq!(count_emails(&app, "Text messages are off").await, 0);
}

#[tokio::test]
async fn a_member_who_gave_a_payment_no_e_mail_address_is_told_by_text_message_all_the_same() {
    let (app, gateway, ana) = open().await;
    turns_on(&app, &gateway, &ana).await;
    chooses(&app, &ana, "not_paid", true).await;
    let token = app.bank(&ana, RETURNS).await;
    let mut order = app.order(&ana, &token, &[("visit", "20.00")]).await;
    order["email"] = Value::Null;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing");
    carry(&app, &gateway).await;
    assert_eq!(gateway.received().len(), 2, "the code, and that it is on its way");
    app.move_clock(1_209_600).await;
    app.recover().await;
    carry(&app, &gateway).await;
    assert_eq!(gateway.received().len(), 3, "and that it came back");
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE subject <> '' AND notice_kind IS NOT NULL").await, 0);
}

#[tokio::test]
async fn a_member_ends_texts_and_is_told_by_e_mail_when_they_begin_and_end() {
    let (app, gateway, ana) = open().await;
    turns_on(&app, &gateway, &ana).await;
    pays(&app, &ana, "visit").await;
    app.ask(Call::write("DELETE", NUMBER).by(&ana)).await.is(200);
    app.ask(Call::write("DELETE", NUMBER).by(&ana)).await.is(200);
    carry(&app, &gateway).await;
    assert_eq!(gateway.received().len(), 1, "what waited is not sent to a number that was taken away");
    for subject in ["Text messages are on", "Text messages are off"] {
        assert_eq!(count_emails(&app, subject).await, 1, "{subject}");
    }
}

#[tokio::test]
async fn nobody_fills_a_phone_with_codes_or_tries_them_all() {
    let (app, gateway, ana) = open().await;
    for _ in 0..4 {
        names(&app, &ana).await.is(200);
    }
    names(&app, &ana).await.is_refused(429, "too_many");
    carry(&app, &gateway).await;
    assert_eq!(gateway.received().len(), 4);
    for _ in 0..10 {
        types(&app, &ana, "00000-00000").await.is_refused(422, "invalid");
    }
    types(&app, &ana, &code(&gateway)).await.is_refused(429, "too_many");
}

#[tokio::test]
async fn a_demo_shows_text_messages_beside_its_mail() {
    let (app, _, ana) = open().await;
    names(&app, &ana).await.is(200);
    let shown = app.ask_outside(Call::get("/demo/texts").header("host", "localhost")).await.is(200).json();
    assert_eq!(shown[0]["to"], PHONE);
    assert!(shown[0]["text"].as_str().unwrap().contains("is your code"), "{shown}");
    app.ask_outside(Call::get("/demo/mail").header("host", "localhost")).await.is(200);
}

#[tokio::test]
async fn a_code_to_a_number_that_was_replaced_or_taken_away_is_not_sent() {
    let (app, gateway, ana) = open().await;
    names(&app, &ana).await.is(200);
    let mut other = agreed(&app);
    other["phone"] = "(510) 555-0143".into();
    app.ask(Call::write("PUT", NUMBER).by(&ana).json(&other)).await.is(200);
    carry(&app, &gateway).await;
    names(&app, &ana).await.is(200);
    app.ask(Call::write("DELETE", NUMBER).by(&ana)).await.is(200);
    carry(&app, &gateway).await;
    let to: Vec<_> = gateway.received().into_iter().map(|(to, _)| to).collect();
    assert_eq!(to, ["+15105550143"]);
}

#[tokio::test]
async fn a_code_that_nobody_sent_is_not_kept_once_it_is_too_old() {
    let (app, _, ana) = open().await;
    let kept = "SELECT COUNT(*) FROM outbox WHERE to_address = '+15105550142' AND body_text <> ''";
    names(&app, &ana).await.is(200);
    clean_up::round(&app.state).await.unwrap();
    assert_eq!(app.number(kept).await, 1);
    app.state.clock.move_on(600_001);
    clean_up::round(&app.state).await.unwrap();
    assert_eq!(app.number(kept).await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE text_try_at IS NOT NULL").await, 0);
}

#[tokio::test]
async fn the_id_of_a_message_about_a_bill_does_not_name_the_bill() {
    let (app, gateway, ana) = open().await;
    turns_on(&app, &gateway, &ana).await;
    chooses(&app, &ana, "bill_ready", true).await;
    let today = app.state.today(ANA.region.parse().unwrap()).to_string();
    let sql = "UPDATE bill SET issued = $1 WHERE id = 'visit'";
    sqlx::query(sql).bind(today).execute(&app.state.store.write).await.unwrap();
    bill_notices::round(&app.state).await.unwrap();
    carry(&app, &gateway).await;
    let ids: Vec<_> = gateway.signed().into_iter().map(|(.., id)| id).collect();
    assert!(ids.len() > 1 && ids.iter().all(|id| !id.contains("visit")), "{ids:?}");
}

#[tokio::test]
async fn the_owner_is_told_when_a_confirmed_number_is_replaced_or_e_mails_are_turned_off() {
    let (app, gateway, ana) = open().await;
    names(&app, &ana).await.is(200);
    turns_on(&app, &gateway, &ana).await;
    assert_eq!(count_emails(&app, "Text messages are off").await, 0, "the one before was not confirmed");
    names(&app, &ana).await.is(200);
    assert_eq!(count_emails(&app, "Text messages are off").await, 1);
    assert_eq!(count_emails(&app, "E-mail notices were turned off").await, 0, "only texts were chosen");
    let choice = json!({ "notices": [{ "kind": "payment", "email": false }] });
    for _ in 0..2 {
        app.ask(Call::write("PUT", "/notices").by(&ana).json(&choice)).await.is(200);
    }
    assert_eq!(count_emails(&app, "E-mail notices were turned off").await, 1, "once for one change");
}
