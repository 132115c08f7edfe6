//! Forgotten user IDs and passwords: the same answer whatever is true, links that work once and not for long.

use crate::test_app::{
    ORIGIN, PASSWORD, TestApp, VISA,
    call::Call,
    new_key,
    seed::{ANA, MEI, Member, ON_FILE},
};
use serde_json::json;
use std::time::Duration;

const ANAS: &str = "ana@example.org";
const NEW: &str = "seven lanterns on a copper river";

fn remind(member: &Member) -> Call {
    let mut body = member.lookup();
    body["locale"] = json!("es");
    Call::post("/user-id-reminders").json(&body)
}

fn forgot(email: &str) -> Call {
    Call::post("/password-resets").json(&json!({ "email": email }))
}

fn set(token: &str, password: &str) -> Call {
    Call::write("PUT", "/password-resets").json(&json!({ "token": token, "password": password }))
}

async fn emails_to(app: &TestApp, to: &str) -> Vec<String> {
    let emails = app.state.store.emails(50).await.unwrap();
    emails.into_iter().filter(|email| email.to.to_string() == to).map(|email| email.text).collect()
}

#[tokio::test]
async fn a_reminder_goes_to_the_address_on_file_and_the_page_learns_nothing() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let mut nobody = ANA.lookup();
    nobody["identifiers"]["hrn"] = json!("012345679");
    nobody["locale"] = json!("en");
    let answers = [
        app.ask(remind(&ANA)).await,
        app.ask(remind(&MEI)).await,
        app.ask(Call::post("/user-id-reminders").json(&nobody)).await,
    ];
    app.jobs().await;
    for answer in &answers {
        assert_eq!((answer.is(202).text.as_str(), answer.header("set-cookie")), ("", ""));
    }
    assert!(emails_to(&app, ANAS).await[0].contains("Your user ID is ana@example.org"));
    assert!(emails_to(&app, ON_FILE).await.iter().any(|text| text.contains("todavía no tiene una cuenta")));
}

#[tokio::test]
async fn a_new_password_by_a_link_ends_every_session_and_is_told() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let there = app.sign_in(ANAS).await;
    let (known, unknown) = (app.ask(forgot("ANA@example.org")).await, app.ask(forgot("nobody@example.org")).await);
    assert_eq!((known.is(202).text.as_str(), &known.text), ("", &unknown.is(202).text));
    app.jobs().await;
    assert_eq!(emails_to(&app, "nobody@example.org").await.len(), 0);
    let token = app.link(ANAS).await;
    app.ask(set(&token, "short")).await.is_refused(422, "invalid").has_field_problem("password", "too_short");
    app.ask(set(&token, "passwordpassword")).await.is_refused(422, "invalid").has_field_problem("password", "common");
    app.ask(set(&token, NEW)).await.is(204);
    app.ask(Call::get("/bills").by(&there)).await.is_refused(401, "signed_out");
    app.ask(set(&token, "yet another password here")).await.is_refused(422, "link_refused");
    app.ask(Call::post("/session").json(&json!({ "user_id": ANAS, "password": PASSWORD })))
        .await
        .is_refused(422, "wrong_credentials");
    assert!(emails_to(&app, ANAS).await[0].contains("was changed"));
    app.sign_in_with(ANAS, NEW, None).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM account WHERE email_confirmed_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn a_link_works_for_half_an_hour_and_only_the_last_one() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    app.ask(forgot(ANAS)).await.is(202);
    app.jobs().await;
    let first = app.link(ANAS).await;
    app.state.clock.move_on(1_000);
    app.ask(forgot(ANAS)).await.is(202);
    app.jobs().await;
    let second = app.link(ANAS).await;
    app.ask(set(&first, NEW)).await.is_refused(422, "link_refused");
    app.state.clock.move_on(30 * 60_000);
    app.ask(set(&second, NEW)).await.is_refused(422, "link_refused");
    for token in ["", "x", &"a".repeat(5_000), "\u{0}"] {
        app.ask(set(token, NEW)).await.is_refused(422, "link_refused");
    }
    app.confirm(&second, "").await.is_refused(422, "link_refused");
    app.sign_in(ANAS).await;
}

#[tokio::test]
async fn a_reset_link_is_asked_about_without_being_used_up_and_not_for_ever() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    app.ask(forgot(ANAS)).await.is(202);
    app.jobs().await;
    let token = app.link(ANAS).await;
    let asks = |token: &str| Call::post("/password-resets/check").json(&json!({ "token": token }));
    // Who has a good one uses up nothing, of the link or of the limit.
    for _ in 0..40 {
        assert_eq!(app.ask(asks(&token)).await.is(200).json(), json!({ "user_id": ANAS }));
    }
    app.ask(set(&token, NEW)).await.is(204);
    app.ask(asks(&token)).await.is_refused(422, "link_refused");
    app.ask(forgot(ANAS)).await.is(202);
    app.jobs().await;
    let old = app.link(ANAS).await;
    app.state.clock.move_on(30 * 60_000);
    for dead in [old.as_str(), "", "\u{0}", &"a".repeat(5_000)] {
        app.ask(asks(dead)).await.is_refused(422, "link_refused");
    }
    for _ in 0..26 {
        app.ask(asks("guess")).await.is_refused(422, "link_refused");
    }
    app.ask(asks("guess")).await.is_refused(429, "too_many");
}

#[tokio::test]
async fn of_two_who_use_one_link_at_once_one_does() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    app.ask(forgot(ANAS)).await.is(202);
    app.jobs().await;
    let token = app.link(ANAS).await;
    let both = tokio::join!(app.ask(set(&token, NEW)), app.ask(set(&token, "a second one for the lantern")));
    let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 422]);
}

#[tokio::test]
async fn a_clock_that_was_moved_back_revives_no_link() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    app.ask(forgot(ANAS)).await.is(202);
    app.jobs().await;
    let token = app.link(ANAS).await;
    let later = "UPDATE link SET created_at = created_at + 3600000, expires_at = expires_at + 3600000";
    sqlx::query(later).execute(&app.state.store.write).await.unwrap();
    app.ask(set(&token, NEW)).await.is_refused(422, "link_refused");
}

#[tokio::test]
async fn nobody_is_flooded_with_emails() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    for _ in 0..9 {
        app.ask(forgot(ANAS)).await.is(202);
        app.jobs().await;
        app.state.clock.move_on(20_000);
    }
    assert_eq!(emails_to(&app, ANAS).await.iter().filter(|text| text.contains("reset-password#")).count(), 4);
    for _ in 0..20 {
        app.ask(forgot("nobody@example.org")).await;
    }
    app.ask(forgot(ANAS)).await.is_refused(429, "too_many");
}

#[tokio::test]
async fn the_text_of_an_email_with_a_link_is_gone_once_it_was_sent() {
    use crate::test_app::mail_server::MailServer;
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    app.register(&ANA, ANAS).await;
    let token = app.link(ANAS).await;
    super::mail::carry(&app, &post).await;
    let sent = post.received();
    assert!(
        sent.iter()
            .any(|email| email.to == ANAS && email.data.replace("=\r\n", "").replace("=\n", "").contains(&token))
    );
    assert_eq!(app.number(&format!("SELECT COUNT(*) FROM outbox WHERE body_text LIKE '%{token}%'")).await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE is_secret = 0 AND body_text = ''").await, 0);
}

#[tokio::test]
async fn whoever_has_chosen_a_new_password_is_not_made_to_wait_for_the_tries_before() {
    let app = TestApp::open().await;
    app.register(&ANA, "ana@example.org").await;
    for _ in 0..6 {
        let wrong = json!({ "user_id": "ana@example.org", "password": "wrong wrong wrong wrong" });
        let wait = app.ask(Call::post("/session").json(&wrong)).await.json()["retry_after"].as_i64().unwrap_or(0);
        app.state.clock.move_on(wait * 1_000);
    }
    app.ask(Call::post("/session").json(&json!({ "user_id": "ana@example.org", "password": "wrong" }))).await;
    app.ask(Call::post("/password-resets").json(&json!({ "email": "ana@example.org" }))).await.is(202);
    app.jobs().await;
    let token = app.link("ana@example.org").await;
    let password = "seven lanterns on a copper river";
    let reset = json!({ "token": token, "password": password });
    app.ask(Call::write("PUT", "/password-resets").json(&reset)).await.is(204);
    app.sign_in_with("ana@example.org", password, None).await;
}

#[tokio::test]
async fn a_link_that_nobody_was_sent_does_not_wait_for_the_writer() {
    let app = TestApp::open().await;
    let tx = app.state.store.begin().await.unwrap();
    let refused = tokio::time::timeout(Duration::from_secs(3), app.confirm(&"x".repeat(43), "")).await;
    refused.expect("nothing to write").is_refused(422, "link_refused");
    drop(tx);
}

#[tokio::test]
async fn every_link_leads_below_the_path_of_the_pages() {
    let app = TestApp::open_with(&["--public-origin", ORIGIN, "--pages-below", "/billing"]).await;
    app.register(&ANA, "ana@example.org").await;
    app.apply(&ANA, "ana@example.org").await;
    app.ask(Call::post("/password-resets").json(&json!({ "email": "ana@example.org" }))).await.is(202);
    app.jobs().await;
    let ana = app.sign_in("ana@example.org").await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "1.00")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
    let mut links = 0;
    for email in app.state.store.emails(50).await.unwrap() {
        for (at, _) in email.text.match_indices(ORIGIN) {
            assert!(email.text[at..].starts_with(&format!("{ORIGIN}/billing")), "{}", email.text);
            links += 1;
        }
    }
    assert!(links > 4, "{links}");
}
