//! Bills by e-mail instead of by post: agreed to word for word, told to the owner, withdrawn as easily, and the e-mails
//! about new bills come as long as it holds.

use crate::test_app::{
    Payer, TestApp,
    call::{Call, Response},
    seed::ANA,
};
use contract::{Locale, consent};
use serde_json::{Value, json};

const ANAS: &str = "ana@example.org";
const PAPERLESS: &str = "/profile/paperless";

async fn ana(app: &TestApp) -> Payer {
    app.register(&ANA, ANAS).await;
    app.sign_in(ANAS).await
}

fn text(app: &TestApp, locale: Locale) -> String {
    consent::paperless(&app.state.portal.contacts.billing_phone, locale)
}

async fn agrees(app: &TestApp, member: &Payer, text: &str, locale: &str) -> Response {
    app.ask(Call::write("PUT", PAPERLESS).by(member).json(&json!({ "text": text, "locale": locale }))).await
}

async fn withdraws(app: &TestApp, member: &Payer) -> Response {
    app.ask(Call::write("DELETE", PAPERLESS).by(member)).await
}

async fn told(app: &TestApp, words: &str) -> usize {
    let emails = app.state.store.emails(50).await.unwrap();
    emails.iter().filter(|email| email.to.to_string() == ANAS && email.text.contains(words)).count()
}

async fn turns_off(app: &TestApp, member: &Payer, kind: &str) -> Response {
    let choice = json!({ "notices": [{ "kind": kind, "email": false, "text": false }] });
    app.ask(Call::write("PUT", "/notices").by(member).json(&choice)).await
}

fn new_bills_come(settings: &Value) -> bool {
    let all = settings["notices"].as_array().unwrap();
    all.iter().any(|choice| choice["kind"] == "bill_ready" && choice["email"] == true)
}

#[tokio::test]
async fn what_was_agreed_to_is_kept_word_for_word_with_its_language_and_the_owner_gets_a_copy() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let spanish = text(&app, Locale::Es);
    let profile = agrees(&app, &ana, &spanish, "es").await.is(200).json();
    let [entry] = profile["consents"].as_array().unwrap().as_slice() else { panic!("{profile}") };
    assert_eq!((&entry["purpose"], &entry["withdrawn_at"]), (&"paperless".into(), &Value::Null));
    assert_eq!((&entry["given"]["text"], &entry["given"]["locale"]), (&spanish.clone().into(), &"es".into()));
    assert_eq!(entry["given"]["version"], 1);
    let kept = "SELECT text || '|' || locale || '|' || version FROM consent WHERE purpose = 'paperless'";
    assert_eq!(app.text(kept).await, format!("{spanish}|es|1"));
    assert_eq!(told(&app, "Acepto recibir mis facturas").await, 1);
    // as an app of the version before names it
    let before = json!({ "consent": spanish, "locale": "es" });
    app.ask(Call::write("PUT", PAPERLESS).by(&ana).json(&before)).await.is(200);
    assert_eq!(app.number("SELECT COUNT(*) FROM consent").await, 1, "agreed to once");
    assert_eq!(told(&app, "Acepto recibir mis facturas").await, 1);
}

#[tokio::test]
async fn another_text_than_the_one_of_today_is_not_agreed_to() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    agrees(&app, &ana, "I agree to everything.", "en").await.is_refused(422, "terms_changed");
    agrees(&app, &ana, &text(&app, Locale::En), "es").await.is_refused(422, "terms_changed");
    assert_eq!(app.number("SELECT COUNT(*) FROM consent").await, 0);
}

#[tokio::test]
async fn it_is_withdrawn_at_once_stays_in_the_list_with_its_end_and_can_be_given_again() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let english = text(&app, Locale::En);
    agrees(&app, &ana, &english, "en").await.is(200);
    let ended = withdraws(&app, &ana).await.is(200).json();
    assert!(ended["consents"][0]["withdrawn_at"].is_string(), "{ended}");
    assert_eq!(told(&app, "Your bills come by mail again").await, 1);
    withdraws(&app, &ana).await.is(200);
    assert_eq!(told(&app, "Your bills come by mail again").await, 1, "told once");
    let again = agrees(&app, &ana, &english, "en").await.is(200).json();
    let ends: Vec<bool> =
        again["consents"].as_array().unwrap().iter().map(|entry| entry["withdrawn_at"].is_null()).collect();
    assert_eq!(ends, [true, false], "the one that holds first");
}

#[tokio::test]
async fn e_mails_about_new_bills_come_as_long_as_there_is_no_paper() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    turns_off(&app, &ana, "bill_ready").await.is(200);
    agrees(&app, &ana, &text(&app, Locale::En), "en").await.is(200);
    let settings = app.ask(Call::get("/notices").by(&ana)).await.is(200).json();
    assert_eq!((new_bills_come(&settings), &settings["is_paperless"]), (true, &true.into()));
    turns_off(&app, &ana, "bill_ready").await.is_refused(422, "invalid").has_field_problem("notices.0", "not_allowed");
    turns_off(&app, &ana, "due_soon").await.is(200);
    withdraws(&app, &ana).await.is(200);
    turns_off(&app, &ana, "bill_ready").await.is(200);
}

#[tokio::test]
async fn without_a_confirmed_address_nobody_agrees() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    sqlx::query("UPDATE account SET email_confirmed_at = NULL").execute(&app.state.store.write).await.unwrap();
    agrees(&app, &ana, &text(&app, Locale::En), "en").await.is_refused(401, "signed_out");
    assert_eq!(app.number("SELECT COUNT(*) FROM consent").await, 0);
}

#[tokio::test]
async fn a_sample_bill_is_seen_before_it_is_agreed_to_marked_as_one_and_of_nobody() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    for (query, marks) in
        [("", ["This is a sample.", "You owe: $45.00"]), ("?locale=es", ["Esto es un ejemplo.", "Usted debe: $45.00"])]
    {
        let file = app.ask(Call::get(&format!("{PAPERLESS}/sample.pdf{query}")).by(&ana)).await;
        assert_eq!(file.is(200).header("content-disposition"), "attachment; filename=\"sample-bill.pdf\"");
        let text = pdf_extract::extract_text_from_mem(&file.bytes).unwrap();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for mark in marks {
            let (label, sum) = mark.split_once(": ").unwrap_or((mark, ""));
            assert!(text.contains(label) && text.contains(sum), "{mark}: {text}");
        }
        assert!(!text.contains("Neill") && !text.contains("64.10"), "{text}");
        assert!(!text.contains("do not match"), "its charges add up");
    }
    app.ask(Call::get(&format!("{PAPERLESS}/sample.pdf?bill=visit")).by(&ana)).await.is_refused(400, "malformed");
    assert_eq!(app.number("SELECT COUNT(*) FROM consent").await, 0, "nothing was agreed to by looking");
}
