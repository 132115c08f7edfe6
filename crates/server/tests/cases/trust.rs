//! Account takeover by registration: what an attacker with only a statement, or only a mailbox, can and can't do.

use crate::test_app::{
    ORIGIN, PASSWORD, Payer, TestApp,
    call::{Call, Response},
    cookie, new_account,
    seed::{ANA, MEI, Member, ON_FILE},
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
async fn an_owner_whose_code_was_sent_by_a_strangers_registration_uses_it() {
    let app = TestApp::open().await;
    for at in 0..4 {
        attacker(&app, &MEI, &format!("thief{at}@example.org")).await;
    }
    let code = app.code().await;
    app.apply(&MEI, MEIS).await;
    assert_eq!(app.code().await, code, "no further e-mail in this hour");
    app.confirm(&app.link(MEIS).await, &code).await.is(204);
    app.sign_in(MEIS).await;
}

#[tokio::test]
async fn a_code_outlives_every_link_that_may_need_it() {
    let app = TestApp::open().await;
    for hour in 0..3 {
        for at in 0..4 {
            attacker(&app, &MEI, &format!("thief{hour}{at}@example.org")).await;
        }
        app.state.clock.move_on(3_600_001);
    }
    let code = app.code().await;
    // The owner registers as late as is possible without a code of their own, and confirms as late as their link lets
    // them.
    app.state.clock.move_on(20 * 3_600_000);
    app.apply(&MEI, MEIS).await;
    assert_eq!(app.code().await, code, "no further e-mail on this day");
    app.state.clock.move_on(24 * 3_600_000 - 60_000);
    app.confirm(&app.link(MEIS).await, &code).await.is(204);
}

#[tokio::test]
async fn a_code_is_good_for_its_own_membership_only() {
    let app = TestApp::open().await;
    app.apply(&MEI, MEIS).await;
    let code = app.code().await;
    app.apply(&ANA, "ana@example.org").await;
    let token = app.link("ana@example.org").await;
    app.confirm(&token, &code).await.is_refused(422, "wrong_credentials").has_field_problem("code", "unknown");
    app.confirm(&token, &app.code().await.to_uppercase().replace('-', " ")).await.is(204);
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
async fn ten_tries_end_a_link_and_no_others() {
    let app = TestApp::open().await;
    app.apply(&MEI, MEIS).await;
    attacker(&app, &MEI, ATTACKERS).await;
    let (own, others) = (app.link(MEIS).await, app.link(ATTACKERS).await);
    let guesses = (0..14).map(|_| confirm(&app, &others, ATTACKER_PASSWORD, "aaaaa-aaaaa"));
    let answers = futures_util::future::join_all(guesses).await;
    let heard = answers.iter().filter(|answer| answer.text.contains("wrong_credentials")).count();
    assert_eq!(heard, 10);
    confirm(&app, &others, ATTACKER_PASSWORD, &app.code().await).await.is_refused(422, "link_refused");
    app.confirm(&own, &app.code().await).await.is(204);
}

#[tokio::test]
async fn without_an_address_on_file_nobody_opens_an_account_and_nobody_learns_why() {
    let app = TestApp::open().await;
    sqlx::query("UPDATE membership SET email = '' WHERE id = 'Mei Tanaka'")
        .execute(&app.state.store.write)
        .await
        .unwrap();
    app.apply(&MEI, MEIS).await;
    let token = app.link(MEIS).await;
    app.confirm(&token, "").await.is_refused(422, "invalid").has_field_problem("code", "missing");
    app.confirm(&token, "aaaaa-aaaaa").await.is_refused(422, "wrong_credentials").has_field_problem("code", "unknown");
    let text = app.text("SELECT body_text FROM outbox WHERE to_address = 'mei@example.org'").await;
    assert!(text.contains("or there is none on file, call"), "{text}");
    // The plan puts one on file when the member calls.
    sqlx::query("UPDATE membership SET email = 'a@example.org'").execute(&app.state.store.write).await.unwrap();
    app.state.clock.move_on(3_600_000);
    app.apply(&MEI, MEIS).await;
    app.confirm(&app.link(MEIS).await, &app.code().await).await.is(204);
}

#[tokio::test]
async fn what_nobody_confirms_lapses_after_a_day_and_leaves_nothing() {
    let app = TestApp::open().await;
    app.apply(&MEI, MEIS).await;
    let (token, code) = (app.link(MEIS).await, app.code().await);
    app.state.clock.move_on(24 * 3_600_000);
    app.confirm(&token, &code).await.is_refused(422, "link_refused");
    let now = app.state.clock.now();
    clean_up::until(&app.state, now).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM pending_account").await, 0);
    clean_up::until(&app.state, now.plus_millis(24 * 3_600_000)).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM membership_code").await, 0);
    // Membership and address are as free as they were.
    app.register(&ANA, MEIS).await;
}

#[tokio::test]
async fn an_old_code_opens_nothing_beside_a_new_one() {
    let app = TestApp::open().await;
    app.apply(&MEI, MEIS).await;
    let old = app.code().await;
    app.state.clock.move_on(47 * 3_600_000);
    app.apply(&MEI, MEIS).await;
    let (token, new) = (app.link(MEIS).await, app.code().await);
    app.state.clock.move_on(3_600_000);
    app.confirm(&token, &old).await.is_refused(422, "wrong_credentials").has_field_problem("code", "unknown");
    app.confirm(&token, &new).await.is(204);
}

#[tokio::test]
async fn a_clock_that_was_moved_back_revives_no_registration() {
    let app = TestApp::open().await;
    app.apply(&MEI, MEIS).await;
    let (token, code) = (app.link(MEIS).await, app.code().await);
    let later = "UPDATE pending_account SET expires_at = expires_at + 3600000";
    sqlx::query(later).execute(&app.state.store.write).await.unwrap();
    app.confirm(&token, &code).await.is_refused(422, "link_refused");
}

#[tokio::test]
async fn of_two_who_confirm_at_once_for_one_membership_one_is_the_member() {
    let app = TestApp::open().await;
    app.apply(&MEI, MEIS).await;
    app.apply(&MEI, "tanaka@example.org").await;
    let code = app.code().await;
    let (one, other) = (app.link(MEIS).await, app.link("tanaka@example.org").await);
    let both = tokio::join!(app.confirm(&one, &code), app.confirm(&other, &code));
    let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!((statuses, accounts(&app).await), ([204, 422], 1));
    assert_eq!(app.number("SELECT COUNT(*) FROM pending_account").await, 0);
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
