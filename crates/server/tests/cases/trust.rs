//! Who becomes the member: what whoever merely holds a statement, or merely reads a mailbox, can and can't do.

use crate::house::{
    House, ORIGIN, PASSWORD, Payer,
    call::{Answer, Call},
    cookie, new_account,
    seed::{ANA, MEI, Member, ON_FILE},
};
use serde_json::{Value, json};
use server::jobs::clean_up;

const MEIS: &str = "mei@example.org";
const THIEFS: &str = "thief@example.org";
const THIEFS_PASSWORD: &str = "another lantern on the river";

/// Registers with a statement and a password of their own.
async fn thief(house: &House, member: &'static Member, email: &str) -> Payer {
    thief_at("198.51.100.7", house, member, email).await
}

async fn thief_at(address: &str, house: &House, member: &'static Member, email: &str) -> Payer {
    let payer = house.look_up(member).await;
    let begun = house.ask(Call::post("/registrations").by(&payer)).await.is(201).json();
    let mut account = new_account(member, email);
    account["password"] = json!(THIEFS_PASSWORD);
    let path = format!("/registrations/{}/account", begun["id"].as_str().unwrap());
    house.ask(Call::post(&path).by(&payer).header("x-forwarded-for", address).json(&account)).await.is(202);
    house.jobs().await;
    payer
}

async fn confirm(house: &House, token: &str, password: &str, code: &str) -> Answer {
    let body = json!({ "token": token, "password": password, "code": code });
    house.ask(Call::post("/email-confirmations").json(&body)).await
}

async fn try_in(house: &House, user_id: &str, password: &str) -> Answer {
    house.ask(Call::post("/session").json(&json!({ "user_id": user_id, "password": password }))).await
}

async fn accounts(house: &House) -> i64 {
    house.number("SELECT COUNT(*) FROM account").await
}

#[tokio::test]
async fn whoever_holds_a_statement_sees_what_it_shows_and_nothing_of_others() {
    let house = House::open().await;
    let guest = house.look_up(&MEI).await;
    let paid = house.pay_by_card(&guest, &[("meis", "9.00")]).await.is_payment(201, "paid").json();
    let payer = thief(&house, &MEI, THIEFS).await;
    for (user_id, password) in [(THIEFS, THIEFS_PASSWORD), (THIEFS, PASSWORD)] {
        try_in(&house, user_id, password).await.is_refused(422, "wrong_credentials");
    }
    // The session that registered is a payer's, as before.
    house.ask(Call::get("/bills").by(&payer)).await.is(200);
    house.ask(Call::get("/payments").by(&payer)).await.is_refused(400, "malformed");
    house.ask(Call::get("/security").by(&payer)).await.is_refused(401, "signed_out");
    let path = format!("/payments/{}", paid["id"].as_str().unwrap());
    house.ask(Call::get(&path).by(&payer)).await.is_refused(404, "not_found");
    house.ask(Call::get(&format!("{path}/receipt.pdf")).by(&payer)).await.is_refused(404, "not_found");
    // Their own mailbox is not enough: the code is in the plan's.
    let token = house.link(THIEFS).await;
    confirm(&house, &token, THIEFS_PASSWORD, "").await.is_refused(422, "invalid").blames("code", "missing");
    for code in ["00000-00000", "x", "aaaaa-aaaaa"] {
        confirm(&house, &token, THIEFS_PASSWORD, code)
            .await
            .is_refused(422, "wrong_credentials")
            .blames("code", "unknown");
    }
    assert_eq!(accounts(&house).await, 0);
}

#[tokio::test]
async fn whoever_registered_first_keeps_the_owner_out_of_nothing() {
    let house = House::open().await;
    // All day long, until no e-mail is sent any more.
    for at in 0..24 {
        thief(&house, &MEI, &format!("thief{at}@example.org")).await;
        house.app.clock.move_on(1_800_000);
    }
    let stolen = house.link("thief11@example.org").await;
    // The owner registers anew, with another address than the plan has on file, or with that one.
    house.apply(&MEI, ON_FILE).await;
    house.confirm(&house.link(ON_FILE).await, "").await.is(204);
    let view = try_in(&house, ON_FILE, PASSWORD).await.is(200).json();
    assert_eq!(view["kind"], "member");
    // Every other registration has ended, even with a code that was sent.
    confirm(&house, &stolen, THIEFS_PASSWORD, &house.code().await).await.is_refused(422, "link_refused");
    assert_eq!((accounts(&house).await, house.number("SELECT COUNT(*) FROM pending_account").await), (1, 0));
}

#[tokio::test]
async fn whoever_names_the_address_on_file_uses_up_none_of_the_owners_links() {
    let house = House::open_with(&["--public-origin", ORIGIN, "--behind-proxy"]).await;
    let links = format!("SELECT COUNT(*) FROM outbox WHERE to_address = '{ON_FILE}' AND is_secret = 1");
    // From the addresses of one network, for some hours.
    for at in 0..16 {
        for _ in 0..if at == 0 { 6 } else { 2 } {
            thief_at(&format!("198.51.100.{at}"), &house, &MEI, ON_FILE).await;
        }
        if at == 0 {
            assert_eq!(house.number(&links).await, 4);
        }
        house.app.clock.move_on(600_000);
    }
    assert!((12..=13).contains(&house.number(&links).await));
    house.apply(&MEI, ON_FILE).await;
    house.confirm(&house.link(ON_FILE).await, "").await.is(204);
    try_in(&house, ON_FILE, PASSWORD).await.is(200);
}

#[tokio::test]
async fn from_many_networks_together_no_more_than_so_many_links_go_to_the_address_on_file() {
    let house = House::open_with(&["--public-origin", ORIGIN, "--behind-proxy"]).await;
    for at in 0..50 {
        thief_at(&format!("198.51.{at}.7"), &house, &MEI, ON_FILE).await;
    }
    let links = format!("SELECT COUNT(*) FROM outbox WHERE to_address = '{ON_FILE}' AND is_secret = 1");
    assert_eq!(house.number(&links).await, 48);
}

#[tokio::test]
async fn an_owner_whose_code_was_sent_by_a_strangers_registration_uses_it() {
    let house = House::open().await;
    for at in 0..4 {
        thief(&house, &MEI, &format!("thief{at}@example.org")).await;
    }
    let code = house.code().await;
    house.apply(&MEI, MEIS).await;
    assert_eq!(house.code().await, code, "no further e-mail in this hour");
    house.confirm(&house.link(MEIS).await, &code).await.is(204);
    house.sign_in(MEIS).await;
}

#[tokio::test]
async fn a_code_outlives_every_link_that_may_need_it() {
    let house = House::open().await;
    for hour in 0..3 {
        for at in 0..4 {
            thief(&house, &MEI, &format!("thief{hour}{at}@example.org")).await;
        }
        house.app.clock.move_on(3_600_001);
    }
    let code = house.code().await;
    // The owner registers as late as is possible without a code of their own, and confirms as late as their link lets them.
    house.app.clock.move_on(20 * 3_600_000);
    house.apply(&MEI, MEIS).await;
    assert_eq!(house.code().await, code, "no further e-mail on this day");
    house.app.clock.move_on(24 * 3_600_000 - 60_000);
    house.confirm(&house.link(MEIS).await, &code).await.is(204);
}

#[tokio::test]
async fn a_code_is_good_for_its_own_membership_only() {
    let house = House::open().await;
    house.apply(&MEI, MEIS).await;
    let code = house.code().await;
    house.apply(&ANA, "ana@example.org").await;
    let token = house.link("ana@example.org").await;
    house.confirm(&token, &code).await.is_refused(422, "wrong_credentials").blames("code", "unknown");
    house.confirm(&token, &house.code().await.to_uppercase().replace('-', " ")).await.is(204);
}

#[tokio::test]
async fn a_mailbox_that_somebody_mistyped_opens_nothing() {
    let house = House::open().await;
    // The address on file is mistyped in the same way: even then its reader knows no password, and none is reset.
    for email in ["terence@example.org", ON_FILE] {
        house.apply(&MEI, email).await;
        let token = house.link(email).await;
        let code = house.code().await;
        let reset = Call::post("/password-resets").json(&json!({ "email": email }));
        house.ask(reset).await.is(202);
        house.jobs().await;
        assert_eq!(house.number("SELECT COUNT(*) FROM outbox WHERE body_text LIKE '%reset-password#%'").await, 0);
        let guess = confirm(&house, &token, "wrong wrong wrong wrong", &code).await;
        guess.is_refused(422, "wrong_credentials").blames("password", "unknown");
    }
    assert_eq!(accounts(&house).await, 0);
}

#[tokio::test]
async fn whoever_confirms_what_somebody_else_registered_in_their_name_opens_nothing() {
    let house = House::open().await;
    // A stranger names the owner's own address, on file, with a password of theirs; the owner follows the link.
    thief(&house, &MEI, ON_FILE).await;
    house.confirm(&house.link(ON_FILE).await, "").await.is_refused(422, "wrong_credentials");
    try_in(&house, ON_FILE, THIEFS_PASSWORD).await.is_refused(422, "wrong_credentials");
    assert_eq!(accounts(&house).await, 0);
}

#[tokio::test]
async fn ten_tries_end_a_link_and_no_others() {
    let house = House::open().await;
    house.apply(&MEI, MEIS).await;
    thief(&house, &MEI, THIEFS).await;
    let (own, others) = (house.link(MEIS).await, house.link(THIEFS).await);
    let guesses = (0..14).map(|_| confirm(&house, &others, THIEFS_PASSWORD, "aaaaa-aaaaa"));
    let answers = futures_util::future::join_all(guesses).await;
    let heard = answers.iter().filter(|answer| answer.text.contains("wrong_credentials")).count();
    assert_eq!(heard, 10);
    confirm(&house, &others, THIEFS_PASSWORD, &house.code().await).await.is_refused(422, "link_refused");
    house.confirm(&own, &house.code().await).await.is(204);
}

#[tokio::test]
async fn without_an_address_on_file_nobody_opens_an_account_and_nobody_learns_why() {
    let house = House::open().await;
    sqlx::query("UPDATE membership SET email = '' WHERE id = 'Mei Tanaka'")
        .execute(&house.app.store.write)
        .await
        .unwrap();
    house.apply(&MEI, MEIS).await;
    let token = house.link(MEIS).await;
    house.confirm(&token, "").await.is_refused(422, "invalid").blames("code", "missing");
    house.confirm(&token, "aaaaa-aaaaa").await.is_refused(422, "wrong_credentials").blames("code", "unknown");
    let text = house.text("SELECT body_text FROM outbox WHERE to_address = 'mei@example.org'").await;
    assert!(text.contains("or there is none on file, call"), "{text}");
    // The plan puts one on file when the member calls.
    sqlx::query("UPDATE membership SET email = 'a@example.org'").execute(&house.app.store.write).await.unwrap();
    house.app.clock.move_on(3_600_000);
    house.apply(&MEI, MEIS).await;
    house.confirm(&house.link(MEIS).await, &house.code().await).await.is(204);
}

#[tokio::test]
async fn what_nobody_confirms_lapses_after_a_day_and_leaves_nothing() {
    let house = House::open().await;
    house.apply(&MEI, MEIS).await;
    let (token, code) = (house.link(MEIS).await, house.code().await);
    house.app.clock.move_on(24 * 3_600_000);
    house.confirm(&token, &code).await.is_refused(422, "link_refused");
    let now = house.app.clock.now();
    clean_up::until(&house.app, now).await;
    assert_eq!(house.number("SELECT COUNT(*) FROM pending_account").await, 0);
    clean_up::until(&house.app, now.plus_millis(24 * 3_600_000)).await;
    assert_eq!(house.number("SELECT COUNT(*) FROM membership_code").await, 0);
    // Membership and address are as free as they were.
    house.register(&ANA, MEIS).await;
}

#[tokio::test]
async fn an_old_code_opens_nothing_beside_a_new_one() {
    let house = House::open().await;
    house.apply(&MEI, MEIS).await;
    let old = house.code().await;
    house.app.clock.move_on(47 * 3_600_000);
    house.apply(&MEI, MEIS).await;
    let (token, new) = (house.link(MEIS).await, house.code().await);
    house.app.clock.move_on(3_600_000);
    house.confirm(&token, &old).await.is_refused(422, "wrong_credentials").blames("code", "unknown");
    house.confirm(&token, &new).await.is(204);
}

#[tokio::test]
async fn a_clock_that_was_moved_back_revives_no_registration() {
    let house = House::open().await;
    house.apply(&MEI, MEIS).await;
    let (token, code) = (house.link(MEIS).await, house.code().await);
    let later = "UPDATE pending_account SET expires_at = expires_at + 3600000";
    sqlx::query(later).execute(&house.app.store.write).await.unwrap();
    house.confirm(&token, &code).await.is_refused(422, "link_refused");
}

#[tokio::test]
async fn of_two_who_confirm_at_once_for_one_membership_one_is_the_member() {
    let house = House::open().await;
    house.apply(&MEI, MEIS).await;
    house.apply(&MEI, "tanaka@example.org").await;
    let code = house.code().await;
    let (one, other) = (house.link(MEIS).await, house.link("tanaka@example.org").await);
    let both = tokio::join!(house.confirm(&one, &code), house.confirm(&other, &code));
    let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!((statuses, accounts(&house).await), ([204, 422], 1));
    assert_eq!(house.number("SELECT COUNT(*) FROM pending_account").await, 0);
}

#[tokio::test]
async fn a_session_that_has_ended_asks_for_no_account() {
    let house = House::open().await;
    let mei = house.look_up(&MEI).await;
    let begun = house.ask(Call::post("/registrations").by(&mei)).await.is(201).json();
    house.ask(Call::write("DELETE", "/session").by(&mei)).await.is(204);
    let path = format!("/registrations/{}/account", begun["id"].as_str().unwrap());
    house.ask(Call::post(&path).by(&mei).json(&new_account(&MEI, MEIS))).await.is_refused(401, "signed_out");
    let id = begun["id"].as_str().unwrap();
    let session = house.text("SELECT id FROM session").await;
    let mut tx = house.app.store.begin().await.unwrap();
    let sent = server::store::registrations::send(&mut tx, id, &session, house.app.clock.now()).await.unwrap();
    assert!(!sent, "not even where the session was read before it ended");
    tx.rollback().await.unwrap();
    let typed = contract::account::RegistrationDraft { first_name: "Mei".to_owned(), ..Default::default() };
    assert!(!house.app.store.keep_registration(id, &session, &typed).await.unwrap(), "nor is anything typed kept");
}

#[tokio::test]
async fn what_an_earlier_version_opened_and_nobody_confirmed_is_no_account() {
    let house = House::open().await;
    house.register(&MEI, MEIS).await;
    let session = house.sign_in(MEIS).await;
    let id = house.text("SELECT id FROM session WHERE account IS NOT NULL").await;
    sqlx::query("UPDATE account SET email_confirmed_at = NULL").execute(&house.app.store.write).await.unwrap();
    try_in(&house, MEIS, PASSWORD).await.is_refused(422, "wrong_credentials");
    house.ask(Call::get("/security").by(&session)).await.is_refused(401, "signed_out");
    house.ask(Call::get("/payments").by(&session)).await.is_refused(400, "malformed");
    house.ask(Call::post("/password-resets").json(&json!({ "email": MEIS }))).await.is(202);
    house.jobs().await;
    assert_eq!(house.number("SELECT COUNT(*) FROM outbox WHERE body_text LIKE '%reset-password#%'").await, 0);
    // It keeps nobody from registering, and is forgotten with its sessions.
    house.app.clock.move_on(3_600_000);
    house.register(&MEI, MEIS).await;
    assert_eq!(accounts(&house).await, 1);
    assert_eq!(house.number("SELECT COUNT(*) FROM session WHERE account IS NOT NULL").await, 0);
    assert_eq!(house.number(&format!("SELECT COUNT(*) FROM session WHERE id = '{id}' AND ended_at IS NULL")).await, 0);
    sqlx::query("UPDATE account SET email_confirmed_at = NULL").execute(&house.app.store.write).await.unwrap();
    let day = server::identity::account_requests::CONFIRM_MILLIS;
    clean_up::until(&house.app, house.app.clock.now().plus_millis(day)).await;
    assert_eq!(accounts(&house).await, 0);
}

#[tokio::test]
async fn what_an_earlier_version_was_asked_for_is_done_as_today() {
    let house = House::open().await;
    let mei = house.look_up(&MEI).await;
    let begun = house.ask(Call::post("/registrations").by(&mei)).await.is(201).json();
    let mut opening = new_account(&MEI, MEIS);
    let hash = house.app.passwords.hash(&contract::Password::parse(PASSWORD).unwrap()).await.unwrap();
    opening["password"] = json!(hash);
    opening["membership"] = json!(MEI.name);
    opening["at"] = json!(house.app.clock.now());
    let open = json!({ "open": { "registration": begun["id"], "opening": opening } });
    let letter = json!({ "confirm": { "whose": { "registration": begun["id"] }, "email": null } });
    for detail in [open, letter] {
        super::jobs::old_errand(&house, &detail).await;
    }
    server::jobs::worker::look_after(&house.app).await.unwrap();
    house.jobs().await;
    assert_eq!(house.number("SELECT COUNT(*) FROM job").await, 0);
    house.confirm(&house.link(MEIS).await, &house.code().await).await.is(204);
}

#[tokio::test]
async fn an_attackers_letters_use_up_none_of_the_owners() {
    let house = House::open().await;
    house.register(&MEI, MEIS).await;
    for _ in 0..8 {
        thief(&house, &MEI, THIEFS).await;
        house.ask(Call::post("/password-resets").json(&json!({ "email": MEIS }))).await.is(202);
        house.jobs().await;
        house.app.clock.move_on(60_000);
    }
    let mut statement: Value = MEI.lookup();
    statement["locale"] = json!("en");
    house.ask(Call::post("/user-id-reminders").json(&statement)).await.is(202);
    house.jobs().await;
    let count = |with: &str| format!("SELECT COUNT(*) FROM outbox WHERE to_address = '{MEIS}' AND {with}");
    assert_eq!(house.number(&count("subject LIKE '%already%'")).await, 4);
    assert_eq!(house.number(&count("body_text LIKE '%reset-password#%'")).await, 4);
    assert_eq!(house.number(&count("body_text LIKE '%Your user ID is%'")).await, 1);
}

#[tokio::test]
async fn reminders_for_a_statement_without_an_account_are_counted_too() {
    let house = House::open().await;
    let mut statement: Value = MEI.lookup();
    statement["locale"] = json!("en");
    for _ in 0..10 {
        house.ask(Call::post("/user-id-reminders").json(&statement)).await.is(202);
    }
    house.jobs().await;
    assert_eq!(house.number("SELECT COUNT(*) FROM outbox WHERE to_address = 'a@example.org'").await, 4);
}

#[tokio::test]
async fn an_open_page_of_somebody_who_registered_is_no_way_to_their_account() {
    let house = House::open().await;
    let mei = house.apply(&MEI, MEIS).await;
    // Fifteen minutes at the machine: the session's cookie, and no password.
    let turn = json!({ "email": THIEFS, "password": THIEFS_PASSWORD });
    house.ask(Call::post("/confirmation-emails").by(&mei).json(&turn)).await.is_refused(422, "wrong_credentials");
    house.jobs().await;
    assert_eq!(house.number("SELECT COUNT(*) FROM outbox WHERE to_address = 'thief@example.org'").await, 0);
    house.confirm(&house.link(MEIS).await, &house.code().await).await.is(204);
    let again = house.ask(Call::get("/session").by(&mei)).await;
    assert_eq!(again.json()["kind"], "payer", "{}", cookie_or_none(&again));
}

fn cookie_or_none(answer: &Answer) -> String {
    if answer.header("set-cookie").is_empty() { String::new() } else { cookie(answer) }
}
