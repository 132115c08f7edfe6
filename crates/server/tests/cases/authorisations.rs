//! Authorisations to keep a card or bank account: kept word for word, shown to their member, and revoked with what they
//! are for. And the notice that a saved card expires.

use super::mail::carry;
use crate::test_app::{
    PAYS, Payer, TestApp, VISA,
    call::{Call, Response},
    mail_server::MailServer,
    new_key,
    seed::{ANA, MEI},
};
use contract::{Date, payment::Method};
use serde_json::{Value, json};
use server::jobs::saved_methods;

const ANAS: &str = "ana@example.org";
const MEIS: &str = "mei@example.org";

async fn ana(app: &TestApp) -> Payer {
    app.register(&ANA, ANAS).await;
    app.sign_in(ANAS).await
}

async fn save(app: &TestApp, member: &Payer, token: &str) -> Value {
    let saved = app.ask(Call::post("/payment-methods/saved").by(member).json(&app.to_keep(token))).await;
    saved.is(200).json()["methods"][0].clone()
}

async fn standing(app: &TestApp, member: &Payer) -> Vec<Value> {
    let page = app.ask(Call::get("/authorisations").by(member)).await.is(200).json();
    page["standing"].as_array().unwrap().clone()
}

async fn revoke(app: &TestApp, member: &Payer, id: &Value) -> Response {
    app.ask(Call::write("DELETE", &format!("/authorisations/{}", id.as_str().unwrap())).by(member)).await
}

#[tokio::test]
async fn what_is_agreed_to_when_a_method_is_saved_is_kept_word_for_word_and_without_it_nothing_is_saved() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let token = app.card(&ana, VISA).await;
    let mut other = app.to_keep(&token);
    other["consent"]["locale"] = json!("es");
    for body in [json!({ "token": token }), other] {
        app.ask(Call::post("/payment-methods/saved").by(&ana).json(&body)).await.is_refused(422, "terms_changed");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM payment_method").await, 0);
    save(&app, &ana, &token).await;
    let [given] = &standing(&app, &ana).await[..] else { panic!("one") };
    assert_eq!((&given["given"]["text"], &given["given"]["version"]), (&json!(app.text_to_keep()), &json!(1)));
    assert_eq!((&given["method"]["last4"], &given["revoked_at"]), (&json!("4242"), &Value::Null));
}

#[tokio::test]
async fn an_authorisation_that_is_revoked_takes_its_method_away_and_its_owner_is_told() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let id = save(&app, &ana, &app.card(&ana, VISA).await).await["id"].as_str().unwrap().to_owned();
    let given = standing(&app, &ana).await[0]["id"].clone();
    let after = revoke(&app, &ana, &given).await.is(200).json();
    assert!(after["standing"][0]["revoked_at"].is_string(), "{after}");
    assert_eq!(app.number("SELECT COUNT(*) FROM payment_method").await, 0);
    let method: Method = serde_json::from_value(after["standing"][0]["method"].clone()).unwrap();
    let mut order = app.order_with(&ana, "", &method, &[("visit", "64.10")]);
    order["saved_method"] = json!(id);
    app.pay(&ana, &new_key(), &order).await.is_refused(422, "token_refused");
    revoke(&app, &ana, &given).await.is_refused(404, "not_found");
    let emails = app.state.store.emails(50).await.unwrap();
    let told: Vec<_> = emails.iter().filter(|email| email.subject.contains("revoked an authorization")).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].text.contains("4242"), "{}", told[0].text);
    assert_eq!(app.number("SELECT COUNT(*) FROM consent WHERE withdrawn_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn a_debit_on_its_way_goes_on_when_the_authorisation_to_keep_its_account_is_revoked() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let saved = save(&app, &ana, &app.bank(&ana, PAYS).await).await;
    let method: Method = serde_json::from_value(saved["method"].clone()).unwrap();
    let mut order = app.order_with(&ana, "", &method, &[("visit", "64.10")]);
    order["saved_method"] = saved["id"].clone();
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing");
    let given = standing(&app, &ana).await[0]["id"].clone();
    revoke(&app, &ana, &given).await.is(200);
    assert_eq!(app.number("SELECT COUNT(*) FROM payment_method").await, 0);
    assert_eq!(app.text("SELECT state FROM payment").await, "processing");
}

#[tokio::test]
async fn one_that_is_removed_or_replaced_is_no_authorisation_that_holds() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let id = save(&app, &ana, &app.card(&ana, VISA).await).await["id"].as_str().unwrap().to_owned();
    let path = format!("/payment-methods/{id}");
    let bank = app.to_keep(&app.bank(&ana, PAYS).await);
    app.ask(Call::write("PUT", &path).by(&ana).json(&bank)).await.is(200);
    let holds = async || {
        let all = standing(&app, &ana).await;
        all.iter().map(|one| (one["method"]["kind"].clone(), one["revoked_at"].is_null())).collect::<Vec<_>>()
    };
    assert_eq!(holds().await, [(json!("bank"), true), (json!("card"), false)]);
    app.ask(Call::write("DELETE", &path).by(&ana)).await.is(200);
    assert!(holds().await.iter().all(|(_, holds)| !holds));
}

#[tokio::test]
async fn what_is_saved_while_paying_is_kept_with_what_was_agreed_to_and_nobody_else_revokes_it() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let token = app.card(&ana, VISA).await;
    let mut order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    order["save_method"] = json!(true);
    order["save_consent"] = json!("I agree to something else");
    app.pay(&ana, &new_key(), &order).await.is_refused(422, "terms_changed");
    order["save_consent"] = json!(app.text_to_keep());
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
    let given = standing(&app, &ana).await;
    assert_eq!((given.len(), &given[0]["given"]["text"]), (1, &json!(app.text_to_keep())));
    app.register(&MEI, MEIS).await;
    let mei = app.sign_in(MEIS).await;
    assert!(standing(&app, &mei).await.is_empty());
    revoke(&app, &mei, &given[0]["id"]).await.is_refused(404, "not_found");
    assert_eq!(standing(&app, &ana).await.len(), 1);
}

#[tokio::test]
async fn a_page_of_the_version_before_pays_and_saves_nothing_since_nobody_agreed_to_it() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let token = app.card(&ana, VISA).await;
    let mut order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    order["save_method"] = json!(true);
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
    assert_eq!(app.number("SELECT COUNT(*) FROM payment_method").await, 0);
}

/// The subjects of what was sent about saved cards.
async fn warned(app: &TestApp) -> Vec<String> {
    saved_methods::round(&app.state).await.unwrap();
    saved_methods::round(&app.state).await.unwrap();
    let emails = app.state.store.emails(50).await.unwrap();
    emails.into_iter().map(|email| email.subject).filter(|subject| subject.contains("expires")).collect()
}

async fn expires(app: &TestApp, months: u16) {
    let month = app.state.today(ANA.region.parse().unwrap()).plus_months_keeping(1, months);
    let expiry = contract::Expiry::in_month_of(month);
    let method = json!({ "kind": "card", "brand": "visa", "last4": "4242", "expiry": expiry, "funding": "credit" });
    let update = sqlx::query("UPDATE payment_method SET method = $1").bind(method.to_string());
    update.execute(&app.state.store.write).await.unwrap();
}

#[tokio::test]
async fn a_member_is_told_once_in_the_month_before_a_saved_card_s_last() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    save(&app, &ana, &app.card(&ana, VISA).await).await;
    for (months, told) in [(2, 0), (0, 0), (1, 1), (1, 1)] {
        expires(&app, months).await;
        assert_eq!(warned(&app).await.len(), told, "in {months} months");
    }
    let today: Date = app.state.today(ANA.region.parse().unwrap());
    let days = today.plus_months_keeping(1, 1).days() - today.days();
    app.move_clock(days * 86_400).await;
    expires(&app, 1).await;
    assert_eq!(warned(&app).await.len(), 2, "another month, another e-mail");
}

#[tokio::test]
async fn a_notice_of_saved_methods_that_is_turned_off_is_not_sent() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    let ana = ana(&app).await;
    save(&app, &ana, &app.card(&ana, VISA).await).await;
    let off = json!({ "notices": [{ "kind": "saved_method", "email": false }] });
    app.ask(Call::write("PUT", "/notices").by(&ana).json(&off)).await.is(200);
    carry(&app, &post).await;
    expires(&app, 1).await;
    saved_methods::round(&app.state).await.unwrap();
    let before = post.received().len();
    carry(&app, &post).await;
    assert_eq!(post.received().len(), before);
}
