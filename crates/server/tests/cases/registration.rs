//! From a statement to an account: what is asked, what is kept, and what nobody learns.

use crate::test_app::{
    PASSWORD, Payer, TestApp,
    call::{Call, Response},
    new_account,
    seed::{ANA, MEI, ON_FILE},
};
use serde_json::{Value, json};

async fn begin(app: &TestApp, payer: &Payer) -> Value {
    app.ask(Call::post("/registrations").by(payer)).await.is(201).json()
}

async fn open(app: &TestApp, payer: &Payer, account: &Value) -> Response {
    let id = begin(app, payer).await["id"].as_str().unwrap().to_owned();
    app.ask(Call::post(&format!("/registrations/{id}/account")).by(payer).json(account)).await
}

#[tokio::test]
async fn what_was_typed_is_there_after_a_reload_and_what_the_statement_said_is_known() {
    let app = TestApp::open().await;
    app.ask(Call::post("/registrations")).await.is_refused(401, "signed_out");
    let ana = app.look_up(&ANA).await;
    let begun = begin(&app, &ana).await;
    assert_eq!((&begun["zip"], &begun["is_sent"]), (&json!("94612"), &json!(false)));
    let path = format!("/registrations/{}", begun["id"].as_str().unwrap());
    let draft = json!({ "terms_version": 1, "first_name": "Ana", "last_name": "", "email": "ana@" });
    app.ask(Call::write("PUT", &path).by(&ana).json(&draft)).await.is(204);
    let again = begin(&app, &ana).await;
    assert_eq!(again["id"], begun["id"]);
    assert_eq!((&again["draft"]["first_name"], &again["draft"]["email"]), (&json!("Ana"), &json!("ana@")));
    let mei = app.look_up(&MEI).await;
    app.ask(Call::write("PUT", &path).by(&mei).json(&draft)).await.is_refused(404, "not_found");
    for (field, text, problem) in [
        ("first_name", "4242 4242 4242 4242", "looks_like_card"),
        ("last_name", "123", "looks_like_card"),
        ("line1", "4242424242424242", "looks_like_card"),
        ("city", "a\u{202e}b", "not_allowed"),
        ("email", &"a".repeat(301), "too_long"),
    ] {
        let answer = app.ask(Call::write("PUT", &path).by(&ana).json(&json!({ field: text }))).await;
        answer.is_refused(422, "invalid").has_field_problem(field, problem);
    }
    assert_eq!(begin(&app, &ana).await["draft"], again["draft"]);
}

#[tokio::test]
async fn what_was_said_when_paying_is_not_asked_again_and_only_in_that_session() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let paid = app.pay_by_card(&ana, &[("visit", "64.10")]).await.is_payment(201, "paid").json();
    let draft = begin(&app, &ana).await["draft"].clone();
    assert_eq!((&draft["first_name"], &draft["last_name"]), (&json!("Ana"), &json!("O’Neill")));
    assert_eq!((&draft["email"], &draft["terms_version"]), (&paid["email"], &json!(null)));
    let other = app.look_up(&ANA).await;
    assert_eq!(begin(&app, &other).await["draft"]["last_name"], "");
}

#[tokio::test]
async fn an_account_is_opened_by_link_password_and_code_with_what_was_agreed_to() {
    let app = TestApp::open().await;
    app.apply(&ANA, "Ana.New@Example.org").await;
    assert_eq!(app.number("SELECT COUNT(*) FROM account").await, 0, "nothing is opened before it is confirmed");
    let (token, code) = (app.link("Ana.New@example.org").await, app.code().await);
    let at_rest =
        format!("SELECT COUNT(*) FROM pending_account WHERE token_hash = '{token}' OR opening LIKE '%copper%'");
    assert_eq!(app.number(&at_rest).await, 0, "hashed at rest");
    assert_eq!(app.number(&format!("SELECT COUNT(*) FROM membership_code WHERE code_hash = '{code}'")).await, 0);
    app.confirm(&token, &code).await.is(204);
    let row =
        "SELECT user_id || ' ' || email || ' ' || terms_version || ' ' || first_name || ' ' || locale FROM account";
    assert_eq!(app.text(row).await, "ana.new@example.org Ana.New@example.org 1 Ana en");
    assert_eq!(
        app.number("SELECT COUNT(*) FROM account WHERE terms_accepted_at > 0 AND email_confirmed_at > 0").await,
        1
    );
    assert_eq!(app.number("SELECT COUNT(*) FROM pending_account").await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM membership_code").await, 0);
    app.confirm(&token, &code).await.is_refused(422, "link_refused");
    // The reader of the address on file hears of the account.
    let told = "SELECT COUNT(*) FROM outbox WHERE to_address = 'a@example.org' AND subject LIKE '%account was opened%'";
    assert_eq!(app.number(told).await, 1);
    app.sign_in("ana.new@example.org").await;
}

#[tokio::test]
async fn where_the_address_on_file_is_the_one_that_registers_no_code_is_asked_for() {
    let app = TestApp::open().await;
    app.apply(&ANA, "A@example.org").await;
    assert_eq!(app.code().await, "");
    app.confirm(&app.link("A@example.org").await, "").await.is(204);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox").await, 1, "one mailbox, one e-mail");
    app.sign_in(ON_FILE).await;
}

#[tokio::test]
async fn an_account_that_is_there_already_is_told_of_by_mail_and_nowhere_else() {
    let app = TestApp::open().await;
    app.register(&ANA, "ana@example.org").await;
    let fresh = app.look_up(&MEI).await;
    let new = open(&app, &fresh, &new_account(&MEI, "mei@example.org")).await;
    app.jobs().await;
    let hash = app.text("SELECT password FROM account").await;
    for (member, email) in [(&ANA, "thief@example.org"), (&MEI, "ANA@example.org"), (&ANA, "ana@example.org")] {
        let payer = app.look_up(member).await;
        let before = begin(&app, &payer).await;
        let mut account = new_account(member, email);
        account["password"] = json!("another lantern on the river");
        let again = open(&app, &payer, &account).await;
        assert_eq!((again.status, &again.text), (new.status, &new.text));
        app.jobs().await;
        let after = begin(&app, &payer).await;
        assert_eq!((&before["is_sent"], &after["is_sent"]), (&json!(false), &json!(true)));
        app.ask(Call::post("/session").json(&json!({ "user_id": email, "password": "another lantern on the river" })))
            .await
            .is_refused(422, "wrong_credentials");
    }
    // Anyone who has the statement only gets the e-mail that they get where there is no account, and the page says the
    // same.
    let texts = "SELECT COUNT(*) FROM outbox WHERE to_address IN ('thief@example.org', 'mei@example.org')";
    assert_eq!(app.number(texts).await, 2);
    let length = |to: &str| format!("SELECT LENGTH(body_text) FROM outbox WHERE to_address = '{to}'");
    assert_eq!(app.number(&length("thief@example.org")).await, app.number(&length("mei@example.org")).await);
    let body = json!({ "token": app.link("thief@example.org").await, "password": "another lantern on the river" });
    app.ask(Call::post("/email-confirmations").json(&body))
        .await
        .is_refused(422, "invalid")
        .has_field_problem("code", "missing");
    assert_eq!(app.number("SELECT COUNT(*) FROM account").await, 1);
    assert_eq!(app.text("SELECT email || password FROM account").await, format!("ana@example.org{hash}"));
    for to in ["ana@example.org", ON_FILE] {
        let told = format!("SELECT COUNT(*) FROM outbox WHERE to_address = '{to}' AND subject LIKE '%already%'");
        assert!(app.number(&told).await > 0, "{to}");
    }
}

#[tokio::test]
async fn an_account_without_consent_or_with_a_password_that_is_easy_to_guess_is_refused() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    for (field, value, code, problem) in [
        ("password", json!("short"), "invalid", "too_short"),
        ("password", json!("passwordpassword"), "invalid", "common"),
        ("password", json!("I pay with kppay each month"), "invalid", "names_service"),
        ("password", json!("ana.oneill@example.org!"), "invalid", "names_owner"),
        ("password", json!("x".repeat(257)), "invalid", "too_long"),
        ("email", json!("ana@"), "invalid", "malformed"),
        ("first_name", json!(""), "invalid", "missing"),
        ("phone", json!("12"), "invalid", "too_short"),
        ("terms_version", json!(99), "terms_changed", "unknown"),
    ] {
        let mut account = new_account(&ANA, "ana.oneill@example.org");
        account[field] = value.clone();
        let answer = open(&app, &ana, &account).await;
        answer.is_refused(422, code).has_field_problem(field, problem);
        assert!(!answer.text.contains("kppay each"), "a password is not told back");
    }
    let mut elsewhere = new_account(&ANA, "ana@example.org");
    elsewhere["address"]["zip"] = json!("10001");
    open(&app, &ana, &elsewhere).await.is_refused(422, "invalid").has_field_problem("address.zip", "malformed");
    let mut lacking = new_account(&ANA, "ana@example.org");
    lacking.as_object_mut().unwrap().remove("terms_version");
    open(&app, &ana, &lacking).await.is_refused(400, "malformed");
    app.jobs().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM account").await, 0);
}

#[tokio::test]
async fn the_link_comes_again_and_to_another_address_for_the_password_only() {
    let app = TestApp::open().await;
    let ana = app.apply(&ANA, "anna@example.org").await;
    let (first, code) = (app.link("anna@example.org").await, app.code().await);
    let again = |body: Value| Call::post("/confirmation-emails").by(&ana).json(&body);
    let elsewhere = json!({ "email": "ana@example.org" });
    app.ask(again(elsewhere)).await.is_refused(422, "invalid").has_field_problem("password", "missing");
    let guessed = json!({ "email": "ana@example.org", "password": "wrong wrong wrong wrong" });
    app.ask(again(guessed)).await.is_refused(422, "wrong_credentials").has_field_problem("password", "unknown");
    app.jobs().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE to_address = 'ana@example.org'").await, 0);
    let known = json!({ "email": "ana@example.org", "password": PASSWORD });
    app.ask(again(known)).await.is(202);
    app.confirm(&first, &code).await.is_refused(422, "link_refused");
    app.jobs().await;
    let second = app.link("ana@example.org").await;
    let told = "SELECT COUNT(*) FROM outbox WHERE to_address = 'anna@example.org' AND subject LIKE '%elsewhere%'";
    assert_eq!(app.number(told).await, 1, "the address of before hears of it");
    app.ask(again(json!({}))).await.is(202);
    app.jobs().await;
    app.confirm(&second, &code).await.is_refused(422, "link_refused");
    let third = app.link("ana@example.org").await;
    app.confirm(&third, &code).await.is(204);
    // It is confirmed: there is nothing to send any more.
    app.state.clock.move_on(300_000);
    let before = app.number("SELECT COUNT(*) FROM outbox").await;
    app.ask(again(json!({}))).await.is(202);
    app.jobs().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox").await, before);
    assert_eq!(app.text("SELECT user_id FROM account").await, "ana@example.org");
}

#[tokio::test]
async fn a_registration_changes_its_address_three_times_and_no_more() {
    let app = TestApp::open().await;
    let ana = app.apply(&ANA, "ana0@example.org").await;
    let change = |to: String| {
        let body = json!({ "email": to, "password": PASSWORD });
        Call::post("/confirmation-emails").by(&ana).json(&body)
    };
    for at in 1..=3 {
        app.ask(change(format!("ana{at}@example.org"))).await.is(202);
        app.jobs().await;
        app.state.clock.move_on(200_000);
    }
    app.ask(change("stranger@example.org".to_owned())).await.is_refused(429, "too_many");
    app.jobs().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE to_address = 'stranger@example.org'").await, 0);
    app.confirm(&app.link("ana3@example.org").await, &app.code().await).await.is(204);
}

#[tokio::test]
async fn nothing_is_lost_when_the_server_dies_between_response_and_job() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    open(&app, &ana, &new_account(&ANA, "ana@example.org")).await.is(202);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox").await, 0);
    // Another process finds it, and two that find it do it once.
    tokio::join!(app.jobs(), app.jobs(), app.jobs());
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE is_secret = 1").await, 2, "a link and a code");
    assert_eq!(app.number("SELECT COUNT(*) FROM job").await, 0);
    app.confirm(&app.link("ana@example.org").await, &app.code().await).await.is(204);
}

#[tokio::test]
async fn a_registration_that_can_not_be_written_down_whole_is_not_written_down_at_all() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let path = format!("/registrations/{}", begin(&app, &ana).await["id"].as_str().unwrap());
    app.ask(Call::write("PUT", &path).by(&ana).json(&json!({ "city": "Oakland" }))).await.is(204);
    for table in ["job", "pending_account"] {
        let rename = |from: &str, to: &str| sqlx::AssertSqlSafe(format!("ALTER TABLE {from} RENAME TO {to}"));
        sqlx::query(rename(table, "gone")).execute(&app.state.store.write).await.unwrap();
        let asked = open(&app, &ana, &new_account(&ANA, "ana@example.org")).await;
        assert!(asked.status.is_server_error(), "{}", asked.text);
        sqlx::query(rename("gone", table)).execute(&app.state.store.write).await.unwrap();
        let begun = begin(&app, &ana).await;
        assert_eq!((&begun["is_sent"], &begun["draft"]["city"]), (&json!(false), &json!("Oakland")), "{table}");
        assert_eq!(app.number("SELECT COUNT(*) FROM pending_account").await, 0, "{table}");
    }
    // Asked again it comes whole.
    open(&app, &ana, &new_account(&ANA, "ana@example.org")).await.is(202);
    app.jobs().await;
    app.confirm(&app.link("ana@example.org").await, &app.code().await).await.is(204);
}

#[tokio::test]
async fn whoever_holds_a_statement_floods_nobody_with_emails() {
    let app = TestApp::open().await;
    app.register(&ANA, "ana@example.org").await;
    for at in 0..30 {
        let mei = app.look_up(&MEI).await;
        open(&app, &mei, &new_account(&MEI, &format!("stranger{at}@example.org"))).await.is(202);
        let mei = app.look_up(&MEI).await;
        open(&app, &mei, &new_account(&MEI, "ana@example.org")).await.is(202);
        app.jobs().await;
        app.state.clock.move_on(60_000);
    }
    let count = |what: &str| format!("SELECT COUNT(*) FROM outbox WHERE {what}");
    assert_eq!(app.number(&count("to_address LIKE 'stranger%'")).await, 20);
    assert_eq!(app.number(&count("to_address = 'ana@example.org' AND subject LIKE '%already%'")).await, 4);
    assert_eq!(app.number(&count("to_address = 'a@example.org' AND cause = 'code Mei Tanaka'")).await, 4);
}

#[tokio::test]
async fn an_address_is_one_address_in_capitals_of_any_script_and_of_an_older_server() {
    let app = TestApp::open().await;
    let ask = async |to: &str| {
        let mei = app.look_up(&MEI).await;
        open(&app, &mei, &new_account(&MEI, to)).await.is(202);
        app.jobs().await;
        app.state.clock.move_on(60_000);
    };
    let links = "SELECT COUNT(*) FROM outbox WHERE cause LIKE 'link %'";
    for _ in 0..3 {
        ask("ÉLODIE@example.org").await;
        ask("élodie@example.org").await;
    }
    assert_eq!(app.number(links).await, 4);
    for _ in 0..4 {
        ask("Owner@example.org").await;
    }
    sqlx::query("UPDATE outbox SET recipient = NULL").execute(&app.state.store.write).await.unwrap();
    ask("owner@EXAMPLE.org").await;
    assert_eq!(app.number(links).await, 8);
}

#[tokio::test]
async fn asked_again_because_the_answer_was_lost_it_was_asked_for_once() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let begun = begin(&app, &ana).await;
    let path = format!("/registrations/{}/account", begun["id"].as_str().unwrap());
    for password in [PASSWORD, "passwordpassword"] {
        let mut account = crate::test_app::new_account(&ANA, "ana@example.org");
        account["password"] = json!(password);
        // The second answer comes before anything that takes long: not even its password is looked at.
        app.ask(Call::post(&path).by(&ana).json(&account)).await.is(202);
    }
    app.jobs().await;
    let both = "SELECT COUNT(*) FROM outbox WHERE to_address IN ('ana@example.org', 'a@example.org')";
    assert_eq!((app.number("SELECT COUNT(*) FROM pending_account").await, app.number(both).await), (1, 2));
    let mei = app.look_up(&MEI).await;
    let account = crate::test_app::new_account(&MEI, "mei@example.org");
    app.ask(Call::post(&path).by(&mei).json(&account)).await.is_refused(404, "not_found");
}

#[tokio::test]
async fn whoever_shows_the_same_statement_again_goes_on_with_what_was_typed() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let begun = begin(&app, &ana).await;
    let path = format!("/registrations/{}", begun["id"].as_str().unwrap());
    app.ask(Call::write("PUT", &path).by(&ana).json(&json!({ "terms_version": 1, "city": "Oakland" }))).await.is(204);
    let again = app.ask(Call::post("/bill-lookups").by(&ana).json(&ANA.lookup())).await;
    again.is(201);
    let again = crate::test_app::Payer { cookie: crate::test_app::cookie(&again), ..ana };
    assert_eq!(begin(&app, &again).await["draft"]["city"], "Oakland");
    // Somebody else's statement begins anew, and so does another browser.
    let other = app.look_up(&ANA).await;
    assert_eq!(begin(&app, &other).await["draft"]["city"], "");
    let mei = app.ask(Call::post("/bill-lookups").by(&again).json(&MEI.lookup())).await;
    let mei = crate::test_app::Payer { cookie: crate::test_app::cookie(mei.is(201)), ..again };
    assert_eq!(begin(&app, &mei).await["draft"]["city"], "");
}
