//! The link of an e-mail that opens one receipt: for months, without a session, that receipt only; told, counted and
//! ended.

mod openings;

use crate::test_app::{
    PAYS, Payer, RETURNS, TestApp,
    call::{Call, Response},
    captured_log::CapturedLog,
    mail_server::MailServer,
    new_key,
    seed::{ANA, MEI},
};
use serde_json::{Value, json};
use server::{clock::Clock, jobs::clean_up, store::connections::Connections};
use sqlx::any::AnyConnectOptions;
use std::str::FromStr;

const DAY: i64 = 86_400_000;
const ANAS: &str = "ana@example.org";

async fn pays(app: &TestApp) -> (Payer, Value) {
    let ana = app.look_up(&ANA).await;
    let paid = app.pay_by_card(&ana, &[("visit", "64.10")]).await.is_payment(201, "paid").json();
    (ana, paid)
}

fn opens(secret: &str) -> Call {
    Call::post("/receipt-links/open").json(&json!({ "secret": secret })).header("user-agent", "Firefox/140 Windows")
}

fn ends(secret: &str) -> Call {
    Call::post("/receipt-links/revoke").json(&json!({ "secret": secret }))
}

fn file(payment: &Value, cookie: &str) -> Call {
    let path = format!("/receipt-links/{}/receipt.pdf", payment["id"].as_str().unwrap());
    Call::get(&path).header("cookie", cookie)
}

fn cookie(opened: &Response) -> String {
    opened.set_cookie("kppay_receipt").unwrap().to_owned()
}

async fn told(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM outbox WHERE cause LIKE 'receipt opened %'").await
}

async fn opened_times(app: &TestApp) -> i64 {
    app.number("SELECT CAST(SUM(link_opened) AS BIGINT) FROM outbox WHERE receipt_link IS NOT NULL").await
}

#[tokio::test]
async fn a_link_opens_its_receipt_and_the_file_months_later_without_a_session() {
    let app = TestApp::open().await;
    let (_, paid) = pays(&app).await;
    let secret = app.link(ANAS).await;
    app.state.clock.move_on(400 * DAY);
    let opened = app.ask(opens(&secret)).await;
    let receipt = opened.is(200).json();
    for same in ["id", "reference", "state", "charged", "shares", "method", "payer_name", "authorisation", "events"] {
        assert_eq!(receipt[same], paid[same], "{same}");
    }
    let pdf = app.ask(file(&paid, &cookie(&opened))).await;
    assert!(pdf.is(200).text.starts_with("%PDF-1.7"));
    assert!(pdf.header("content-disposition").contains(paid["reference"].as_str().unwrap()));
    let line = opened.header("set-cookie");
    for part in ["; HttpOnly", "; SameSite=Strict", "; Path=/", "; Max-Age=15552000"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    app.state.clock.move_on(149 * DAY);
    app.ask(opens(&secret)).await.is_refused(422, "link_refused");
}

#[tokio::test]
async fn what_a_link_opens_says_nothing_of_other_bills_and_is_no_way_to_the_payment_itself() {
    let app = TestApp::open().await;
    let (_, paid) = pays(&app).await;
    let opened = app.ask(opens(&app.link(ANAS).await)).await;
    let receipt = opened.is(200).json();
    assert_ne!(paid["owed_now"], "0.00");
    assert_eq!((&receipt["owed_now"], &receipt["owed_if_cleared"]), (&json!("0.00"), &json!("0.00")));
    assert_eq!(receipt["email"], Value::Null);
    assert!(!opened.text.contains(paid["key"].as_str().unwrap()));
    let pdf = app.ask(file(&paid, &cookie(&opened))).await;
    let own = app.state.store.payment(paid["id"].as_str().unwrap()).await.unwrap().unwrap();
    assert!(own.owed_now.cents() > 0 && pdf.text.len() > 1_000);
    // The cookie is no session.
    let path = format!("/payments/{}", paid["id"].as_str().unwrap());
    for call in [Call::get(&path), Call::get(&format!("{path}/receipt.pdf")), Call::get("/bills")] {
        app.ask(call.header("cookie", &cookie(&opened))).await.is_refused(401, "signed_out");
    }
}

#[tokio::test]
async fn a_browser_gets_the_file_of_what_it_opened_and_for_a_quarter_of_an_hour() {
    let app = TestApp::open().await;
    let (ana, paid) = pays(&app).await;
    let first = app.link(ANAS).await;
    app.state.clock.move_on(1_000);
    let other = app.pay_by_card(&ana, &[("cents", "0.50")]).await.is_payment(201, "paid").json();
    let opened = app.ask(opens(&first)).await;
    app.ask(file(&other, &cookie(&opened))).await.is_refused(404, "not_found");
    app.ask(file(&paid, "kppay_receipt=guessed")).await.is_refused(404, "not_found");
    app.ask(file(&paid, "")).await.is_refused(404, "not_found");
    app.state.clock.move_on(14 * 60_000);
    app.ask(file(&paid, &cookie(&opened))).await.is(200);
    app.state.clock.move_on(60_000);
    app.ask(file(&paid, &cookie(&opened))).await.is_refused(404, "not_found");
    // Opened again it is there again, under a token that is new; another receipt beside it takes nothing away.
    let again = app.ask(opens(&first).header("cookie", &cookie(&opened))).await;
    assert_ne!(cookie(&again), cookie(&opened));
    let both = app.ask(opens(&app.link(ANAS).await).header("cookie", &cookie(&again))).await;
    assert_eq!(both.is(200).json()["id"], other["id"]);
    for payment in [&paid, &other] {
        app.ask(file(payment, &cookie(&both))).await.is(200);
        app.ask(file(payment, &cookie(&opened))).await.is_refused(404, "not_found");
    }
}

#[tokio::test]
async fn whoever_paid_is_told_once_of_each_browser_that_is_new() {
    let app = TestApp::open().await;
    let (ana, paid) = pays(&app).await;
    let secret = app.link(ANAS).await;
    // In the browser that paid.
    app.ask(opens(&secret).by(&ana)).await.is(200);
    assert_eq!((told(&app).await, opened_times(&app).await), (0, 1));
    let opened = app.ask(opens(&secret)).await;
    assert_eq!(told(&app).await, 1);
    let again = app.ask(opens(&secret).header("cookie", &cookie(&opened))).await;
    again.is(200);
    app.state.clock.move_on(30 * DAY);
    app.ask(opens(&secret).header("cookie", &cookie(&again))).await.is(200);
    assert_eq!((told(&app).await, opened_times(&app).await), (1, 4));
    let text = app.text("SELECT body_text FROM outbox WHERE cause LIKE 'receipt opened %'").await;
    let to = app.text("SELECT to_address FROM outbox WHERE cause LIKE 'receipt opened %'").await;
    assert_eq!(to, ANAS);
    for says in ["Firefox, Windows", " Pacific", paid["reference"].as_str().unwrap(), "End this link"] {
        assert!(text.contains(says), "{says}: {text}");
    }
    assert!(!text.contains(&secret) && !text.contains("Haddad"), "{text}");
    // Anyone who opens it everywhere does not fill an inbox.
    for _ in 0..30 {
        app.ask(opens(&secret)).await.is(200);
        app.state.clock.move_on(600_000);
    }
    assert!((5..=13).contains(&told(&app).await), "{}", told(&app).await);
}

#[tokio::test]
async fn an_opening_needs_one_connection_to_the_database_at_a_time() {
    let app = TestApp::open().await;
    pays(&app).await;
    let secret = app.link(ANAS).await;
    let options = AnyConnectOptions::from_str(&app.database_url).unwrap();
    let one = Connections::open(options, "SELECT 1", 1).await.unwrap();
    let mut store = app.state.store.clone();
    (store.read, store.write) = (one.clone(), one);
    let server = app.server(store, Clock::starting_at(app.state.clock.now()));
    server.ask(opens(&secret)).await.is(200);
    assert_eq!((told(&app).await, opened_times(&app).await), (1, 1));
}

#[tokio::test]
async fn a_link_is_opened_sixty_times_an_hour_at_most_and_another_one_is_counted_by_itself() {
    let app = TestApp::open().await;
    let (ana, paid) = pays(&app).await;
    let first = app.link(ANAS).await;
    let path = format!("/payments/{}/receipt-emails", paid["id"].as_str().unwrap());
    app.ask(Call::post(&path).by(&ana).json(&json!({ "email": "plan@example.org" }))).await.is(202);
    let other = app.link("plan@example.org").await;
    for _ in 0..60 {
        app.ask(opens(&first)).await.is(200);
    }
    app.ask(opens(&first)).await.is_refused(429, "too_many");
    let readers = "SELECT COUNT(*) FROM receipt_reader";
    assert_eq!((app.number(readers).await, opened_times(&app).await), (60, 60));
    app.ask(opens(&other)).await.is(200);
    // It can still be ended.
    app.ask(ends(&first)).await.is(204);
    app.state.clock.move_on(61_000);
    app.ask(opens(&first)).await.is_refused(422, "link_refused");
    assert_eq!(app.number(readers).await, 61);
}

#[tokio::test]
async fn the_file_is_drawn_so_often_for_a_payment_however_many_browsers_open_its_link() {
    let app = TestApp::open().await;
    let (ana, paid) = pays(&app).await;
    let secret = app.link(ANAS).await;
    for _ in 0..30 {
        let opened = app.ask(opens(&secret)).await;
        app.ask(file(&paid, &cookie(&opened))).await.is(200);
    }
    let opened = app.ask(opens(&secret)).await;
    app.ask(file(&paid, &cookie(&opened))).await.is_refused(429, "too_many");
    // The payer's own are counted by their session.
    let path = format!("/payments/{}/receipt.pdf", paid["id"].as_str().unwrap());
    app.ask(Call::get(&path).by(&ana)).await.is(200);
    app.state.clock.move_on(121_000);
    app.ask(file(&paid, &cookie(&opened))).await.is(200);
}

#[tokio::test]
async fn a_link_ends_by_its_secret_and_all_of_them_by_whoever_may_see_the_payment() {
    let app = TestApp::open().await;
    let (ana, paid) = pays(&app).await;
    let path = format!("/payments/{}", paid["id"].as_str().unwrap());
    let first = app.link(ANAS).await;
    let asked = Call::post(&format!("{path}/receipt-emails")).by(&ana).json(&json!({ "email": "plan@example.org" }));
    app.ask(asked).await.is(202);
    let other = app.link("plan@example.org").await;
    assert_ne!(first, other);
    let opened = app.ask(opens(&other)).await;
    app.ask(ends(&other)).await.is(204);
    app.ask(opens(&other)).await.is_refused(422, "link_refused");
    app.ask(ends(&other)).await.is_refused(422, "link_refused");
    app.ask(file(&paid, &cookie(&opened))).await.is_refused(404, "not_found");
    app.ask(opens(&first)).await.is(200);

    let revoke = Call::post(&format!("{path}/receipt-links/revoke"));
    let mei = app.look_up(&MEI).await;
    app.ask(Call::post(&format!("{path}/receipt-links/revoke")).by(&mei)).await.is_refused(404, "not_found");
    app.ask(Call::post(&format!("{path}/receipt-links/revoke"))).await.is_refused(401, "signed_out");
    app.ask(opens(&first)).await.is(200);
    app.ask(revoke.by(&ana)).await.is(204);
    app.ask(opens(&first)).await.is_refused(422, "link_refused");
    let ended = "SELECT COUNT(*) FROM outbox WHERE receipt_link IS NOT NULL AND link_ended_at IS NOT NULL";
    assert_eq!(app.number(ended).await, 2);
    app.ask(Call::get(&path).by(&ana)).await.is(200);
}

#[tokio::test]
async fn a_secret_is_not_guessed_and_its_hash_is_none() {
    let app = TestApp::open().await;
    pays(&app).await;
    let (secret, hash) = (app.link(ANAS).await, app.text("SELECT receipt_link FROM outbox").await);
    assert_eq!(secret.len(), 64);
    for wrong in ["", &hash, &secret[1..], &secret.to_uppercase(), "\u{0}", &"a".repeat(5_000)] {
        app.ask(opens(wrong)).await.is_refused(422, "link_refused");
    }
    for _ in 0..24 {
        app.ask(opens("guess")).await.is_refused(422, "link_refused");
    }
    app.ask(opens(&secret)).await.is_refused(429, "too_many");
    app.state.clock.move_on(60_000);
    // Anyone who is right uses up nothing.
    for _ in 0..40 {
        app.ask(opens(&secret)).await.is(200);
    }
}

#[tokio::test]
async fn a_payment_that_took_nothing_or_came_back_has_no_link_but_a_way_to_pay_again() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, RETURNS).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing");
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE receipt_link IS NOT NULL").await, 1);
    let sent = app.link(ANAS).await;
    app.move_clock(10 * 86_400).await;
    app.round().await;
    assert_eq!(app.text("SELECT state FROM payment").await, "returned");
    let email = &app.state.store.emails(1).await.unwrap()[0];
    assert!(email.subject.contains("Your bank returned your payment"), "{}", email.subject);
    assert!(
        email.text.contains("Pay again:\nhttp://pay.localhost/pay\n") && !email.text.contains('#'),
        "{}",
        email.text
    );
    // The link of the e-mail before shows what became of it.
    let opened = app.ask(opens(&sent)).await.is(200).json();
    assert_eq!((&opened["state"], &opened["owed_now"]), (&json!("returned"), &json!("64.10")));
}

#[tokio::test]
async fn the_secret_of_a_link_is_in_no_row_once_its_email_was_sent_and_in_no_line_of_the_log() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    let log = CapturedLog::default();
    let own = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(move || own.clone());
    let _listening = tracing::subscriber::set_default(subscriber.finish());
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let paid = app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing").json();
    let secret = app.link(ANAS).await;
    super::mail::carry(&app, &post).await;
    let sent = post.received();
    assert!(sent[0].data.replace("=\n", "").contains(&secret));
    let opened = app.ask(opens(&secret)).await;
    app.ask(file(&paid, &cookie(&opened))).await.is(200);
    super::mail::carry(&app, &post).await;
    let given = cookie(&opened).split('=').nth(1).unwrap().to_owned();
    let everything = app.everything().await;
    let log = log.text();
    assert!(log.contains("/api/v1/payments"), "{log}");
    for secret in [&secret, &given] {
        assert!(!everything.contains(secret), "a row has it");
        assert!(!log.contains(secret), "the log has it");
    }
    assert!(everything.contains(&server::token::hash(&secret)));
}

#[tokio::test]
async fn what_a_server_of_the_version_before_sent_is_wiped_soon_after() {
    let app = TestApp::open().await;
    pays(&app).await;
    let secret = app.link(ANAS).await;
    // It knows nothing of such links.
    let sent = "UPDATE outbox SET next_try_at = NULL, sent_at = created_at";
    sqlx::query(sent).execute(&app.state.store.write).await.unwrap();
    clean_up::until(&app.state, app.state.clock.now()).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE body_text <> '' OR body_html <> ''").await, 0);
    app.ask(opens(&secret)).await.is(200);
    // A browser is forgotten after half a year.
    clean_up::until(&app.state, app.state.clock.now().plus_millis(181 * DAY)).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM receipt_reader").await, 0);
}
