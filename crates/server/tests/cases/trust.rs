//! Account takeover by registration: what an attacker with only a statement, or only a mailbox, can and can't do.

mod codes;

use crate::test_app::{
    ORIGIN, PASSWORD, Payer, TestApp,
    call::{Call, Response},
    cookie, new_account,
    seed::{MEI, Member, ON_FILE},
};
use serde_json::{Value, json};
use server::jobs::clean_up;

const MEIS: &str = "mei@example.org";
const ATTACKERS: &str = "thief@example.org";
const ATTACKER_PASSWORD: &str = "another lantern on the river";

/// Registers with a statement and a password of their own.
async fn attacker(app: &TestApp, member: &'static Member, email: &str) -> Payer {
    attacker_at("198.51.100.7", app, member, email).await
}

async fn attacker_at(address: &str, app: &TestApp, member: &'static Member, email: &str) -> Payer {
    let payer = app.look_up(member).await;
    let begun = app.ask(Call::post("/registrations").by(&payer)).await.is(201).json();
    let mut account = new_account(member, email);
    account["password"] = json!(ATTACKER_PASSWORD);
    let path = format!("/registrations/{}/account", begun["id"].as_str().unwrap());
    app.ask(Call::post(&path).by(&payer).header("x-forwarded-for", address).json(&account)).await.is(202);
    app.jobs().await;
    payer
}

async fn confirm(app: &TestApp, token: &str, password: &str, code: &str) -> Response {
    let body = json!({ "token": token, "password": password, "code": code });
    app.ask(Call::post("/email-confirmations").json(&body)).await
}

async fn try_in(app: &TestApp, user_id: &str, password: &str) -> Response {
    app.ask(Call::post("/session").json(&json!({ "user_id": user_id, "password": password }))).await
}

async fn accounts(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM account").await
}

#[tokio::test]
async fn whoever_holds_a_statement_sees_what_it_shows_and_nothing_of_others() {
    let app = TestApp::open().await;
    let guest = app.look_up(&MEI).await;
    let paid = app.pay_by_card(&guest, &[("meis", "9.00")]).await.is_payment(201, "paid").json();
    let payer = attacker(&app, &MEI, ATTACKERS).await;
    for (user_id, password) in [(ATTACKERS, ATTACKER_PASSWORD), (ATTACKERS, PASSWORD)] {
        try_in(&app, user_id, password).await.is_refused(422, "wrong_credentials");
    }
    // The session that registered is a payer's, as before.
    app.ask(Call::get("/bills").by(&payer)).await.is(200);
    app.ask(Call::get("/payments").by(&payer)).await.is_refused(400, "malformed");
    app.ask(Call::get("/security").by(&payer)).await.is_refused(401, "signed_out");
    let path = format!("/payments/{}", paid["id"].as_str().unwrap());
    app.ask(Call::get(&path).by(&payer)).await.is_refused(404, "not_found");
    app.ask(Call::get(&format!("{path}/receipt.pdf")).by(&payer)).await.is_refused(404, "not_found");
    // Their own mailbox is not enough: the code is in the plan's.
    let token = app.link(ATTACKERS).await;
    confirm(&app, &token, ATTACKER_PASSWORD, "").await.is_refused(422, "invalid").has_field_problem("code", "missing");
    for code in ["00000-00000", "x", "aaaaa-aaaaa"] {
        confirm(&app, &token, ATTACKER_PASSWORD, code)
            .await
            .is_refused(422, "wrong_credentials")
            .has_field_problem("code", "unknown");
    }
    assert_eq!(accounts(&app).await, 0);
}

#[tokio::test]
async fn whoever_registered_first_keeps_the_owner_out_of_nothing() {
    let app = TestApp::open().await;
    // All day long, until no e-mail is sent any more.
    for at in 0..24 {
        attacker(&app, &MEI, &format!("thief{at}@example.org")).await;
        app.state.clock.move_on(1_800_000);
    }
    let stolen = app.link("thief11@example.org").await;
    // The owner registers anew, with another address than the plan has on file, or with that one.
    app.apply(&MEI, ON_FILE).await;
    app.confirm(&app.link(ON_FILE).await, "").await.is(204);
    let view = try_in(&app, ON_FILE, PASSWORD).await.is(200).json();
    assert_eq!(view["kind"], "member");
    // Every other registration has ended, even with a code that was sent.
    confirm(&app, &stolen, ATTACKER_PASSWORD, &app.code().await).await.is_refused(422, "link_refused");
    assert_eq!((accounts(&app).await, app.number("SELECT COUNT(*) FROM pending_account").await), (1, 0));
}

#[tokio::test]
async fn whoever_names_the_address_on_file_uses_up_none_of_the_owners_links() {
    let app = TestApp::open_with(&["--public-origin", ORIGIN, "--behind-proxy"]).await;
    let links = format!("SELECT COUNT(*) FROM outbox WHERE to_address = '{ON_FILE}' AND is_secret = 1");
    // From the addresses of one network, for some hours.
    for at in 0..16 {
        for _ in 0..if at == 0 { 6 } else { 2 } {
            attacker_at(&format!("198.51.100.{at}"), &app, &MEI, ON_FILE).await;
        }
        if at == 0 {
            assert_eq!(app.number(&links).await, 4);
        }
        app.state.clock.move_on(600_000);
    }
    assert!((12..=13).contains(&app.number(&links).await));
    app.apply(&MEI, ON_FILE).await;
    app.confirm(&app.link(ON_FILE).await, "").await.is(204);
    try_in(&app, ON_FILE, PASSWORD).await.is(200);
}

#[tokio::test]
async fn from_many_networks_together_no_more_than_so_many_links_go_to_the_address_on_file() {
    let app = TestApp::open_with(&["--public-origin", ORIGIN, "--behind-proxy"]).await;
    for at in 0..50 {
        attacker_at(&format!("198.51.{at}.7"), &app, &MEI, ON_FILE).await;
    }
    let links = format!("SELECT COUNT(*) FROM outbox WHERE to_address = '{ON_FILE}' AND is_secret = 1");
    assert_eq!(app.number(&links).await, 48);
}

#[tokio::test]
async fn a_mailbox_that_somebody_mistyped_opens_nothing() {
    let app = TestApp::open().await;
    // The address on file is mistyped in the same way: even then its reader knows no password, and none is reset.
    for email in ["terence@example.org", ON_FILE] {
        app.apply(&MEI, email).await;
        let token = app.link(email).await;
        let code = app.code().await;
        let reset = Call::post("/password-resets").json(&json!({ "email": email }));
        app.ask(reset).await.is(202);
        app.jobs().await;
        assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE body_text LIKE '%reset-password#%'").await, 0);
        let guess = confirm(&app, &token, "wrong wrong wrong wrong", &code).await;
        guess.is_refused(422, "wrong_credentials").has_field_problem("password", "unknown");
    }
    assert_eq!(accounts(&app).await, 0);
}

#[tokio::test]
async fn whoever_confirms_what_somebody_else_registered_in_their_name_opens_nothing() {
    let app = TestApp::open().await;
    // A stranger names the owner's own address, on file, with a password of theirs; the owner follows the link.
    attacker(&app, &MEI, ON_FILE).await;
    app.confirm(&app.link(ON_FILE).await, "").await.is_refused(422, "wrong_credentials");
    try_in(&app, ON_FILE, ATTACKER_PASSWORD).await.is_refused(422, "wrong_credentials");
    assert_eq!(accounts(&app).await, 0);
}

#[tokio::test]
async fn a_session_that_has_ended_asks_for_no_account() {
    let app = TestApp::open().await;
    let mei = app.look_up(&MEI).await;
    let begun = app.ask(Call::post("/registrations").by(&mei)).await.is(201).json();
    app.ask(Call::write("DELETE", "/session").by(&mei)).await.is(204);
    let path = format!("/registrations/{}/account", begun["id"].as_str().unwrap());
    app.ask(Call::post(&path).by(&mei).json(&new_account(&MEI, MEIS))).await.is_refused(401, "signed_out");
    let id = begun["id"].as_str().unwrap();
    let session = app.text("SELECT id FROM session").await;
    let mut tx = app.state.store.begin().await.unwrap();
    let sent = server::store::registrations::send(&mut tx, id, &session, app.state.clock.now()).await.unwrap();
    assert!(!sent, "not even where the session was read before it ended");
    tx.rollback().await.unwrap();
    let typed = contract::account::RegistrationDraft { first_name: "Mei".to_owned(), ..Default::default() };
    assert!(!app.state.store.keep_registration(id, &session, &typed).await.unwrap(), "nor is anything typed kept");
}

#[tokio::test]
async fn what_an_earlier_version_opened_and_nobody_confirmed_is_no_account() {
    let app = TestApp::open().await;
    app.register(&MEI, MEIS).await;
    let session = app.sign_in(MEIS).await;
    let id = app.text("SELECT id FROM session WHERE account IS NOT NULL").await;
    sqlx::query("UPDATE account SET email_confirmed_at = NULL").execute(&app.state.store.write).await.unwrap();
    try_in(&app, MEIS, PASSWORD).await.is_refused(422, "wrong_credentials");
    app.ask(Call::get("/security").by(&session)).await.is_refused(401, "signed_out");
    app.ask(Call::get("/payments").by(&session)).await.is_refused(400, "malformed");
    app.ask(Call::post("/password-resets").json(&json!({ "email": MEIS }))).await.is(202);
    app.jobs().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE body_text LIKE '%reset-password#%'").await, 0);
    // It keeps nobody from registering, and is forgotten with its sessions.
    app.state.clock.move_on(3_600_000);
    app.register(&MEI, MEIS).await;
    assert_eq!(accounts(&app).await, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM session WHERE account IS NOT NULL").await, 0);
    assert_eq!(app.number(&format!("SELECT COUNT(*) FROM session WHERE id = '{id}' AND ended_at IS NULL")).await, 0);
    sqlx::query("UPDATE account SET email_confirmed_at = NULL").execute(&app.state.store.write).await.unwrap();
    let day = server::identity::account_requests::CONFIRM_MILLIS;
    clean_up::until(&app.state, app.state.clock.now().plus_millis(day)).await.unwrap();
    assert_eq!(accounts(&app).await, 0);
}

#[tokio::test]
async fn what_an_earlier_version_was_asked_for_is_done_as_today() {
    let app = TestApp::open().await;
    let mei = app.look_up(&MEI).await;
    let begun = app.ask(Call::post("/registrations").by(&mei)).await.is(201).json();
    let mut opening = new_account(&MEI, MEIS);
    let hash = app.state.passwords.hash(&contract::Password::parse(PASSWORD).unwrap()).await.unwrap();
    opening["password"] = json!(hash);
    opening["membership"] = json!(MEI.name);
    opening["at"] = json!(app.state.clock.now());
    let open = json!({ "open": { "registration": begun["id"], "opening": opening } });
    let email = json!({ "confirm": { "whose": { "registration": begun["id"] }, "email": null } });
    for detail in [open, email] {
        super::jobs::old_job(&app, &detail).await;
    }
    server::jobs::clean_up::adopt_old_jobs(&app.state).await.unwrap();
    app.jobs().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM job").await, 0);
    app.confirm(&app.link(MEIS).await, &app.code().await).await.is(204);
}

#[tokio::test]
async fn an_attackers_emails_use_up_none_of_the_owners() {
    let app = TestApp::open().await;
    app.register(&MEI, MEIS).await;
    for _ in 0..8 {
        attacker(&app, &MEI, ATTACKERS).await;
        app.ask(Call::post("/password-resets").json(&json!({ "email": MEIS }))).await.is(202);
        app.jobs().await;
        app.state.clock.move_on(60_000);
    }
    let mut statement: Value = MEI.lookup();
    statement["locale"] = json!("en");
    app.ask(Call::post("/user-id-reminders").json(&statement)).await.is(202);
    app.jobs().await;
    let count = |with: &str| format!("SELECT COUNT(*) FROM outbox WHERE to_address = '{MEIS}' AND {with}");
    assert_eq!(app.number(&count("subject LIKE '%already%'")).await, 4);
    assert_eq!(app.number(&count("body_text LIKE '%reset-password#%'")).await, 4);
    assert_eq!(app.number(&count("body_text LIKE '%Your user ID is%'")).await, 1);
}

#[tokio::test]
async fn reminders_for_a_statement_without_an_account_are_counted_too() {
    let app = TestApp::open().await;
    let mut statement: Value = MEI.lookup();
    statement["locale"] = json!("en");
    for _ in 0..10 {
        app.ask(Call::post("/user-id-reminders").json(&statement)).await.is(202);
    }
    app.jobs().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE to_address = 'a@example.org'").await, 4);
}

#[tokio::test]
async fn an_open_page_of_somebody_who_registered_is_no_way_to_their_account() {
    let app = TestApp::open().await;
    let mei = app.apply(&MEI, MEIS).await;
    // Fifteen minutes at the machine: the session's cookie, and no password.
    let turn = json!({ "email": ATTACKERS, "password": ATTACKER_PASSWORD });
    app.ask(Call::post("/confirmation-emails").by(&mei).json(&turn)).await.is_refused(422, "wrong_credentials");
    app.jobs().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE to_address = 'thief@example.org'").await, 0);
    app.confirm(&app.link(MEIS).await, &app.code().await).await.is(204);
    let again = app.ask(Call::get("/session").by(&mei)).await;
    assert_eq!(again.json()["kind"], "payer", "{}", cookie_or_none(&again));
}

fn cookie_or_none(answer: &Response) -> String {
    if answer.header("set-cookie").is_empty() { String::new() } else { cookie(answer) }
}
