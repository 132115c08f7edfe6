//! Forgotten user IDs and passwords: the same answer whatever is true, links that work once and not for long.

use crate::house::{
    House, PASSWORD,
    call::Call,
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

async fn letters_to(house: &House, to: &str) -> Vec<String> {
    let letters = house.app.store.letters(50).await.unwrap();
    letters.into_iter().filter(|letter| letter.to.to_string() == to).map(|letter| letter.text).collect()
}

#[tokio::test]
async fn a_reminder_goes_to_the_address_on_file_and_the_page_learns_nothing() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    let mut nobody = ANA.lookup();
    nobody["identifiers"]["hrn"] = json!("012345679");
    nobody["locale"] = json!("en");
    let answers = [
        house.ask(remind(&ANA)).await,
        house.ask(remind(&MEI)).await,
        house.ask(Call::post("/user-id-reminders").json(&nobody)).await,
    ];
    house.jobs().await;
    for answer in &answers {
        assert_eq!((answer.is(202).text.as_str(), answer.header("set-cookie")), ("", ""));
    }
    assert!(letters_to(&house, ANAS).await[0].contains("Your user ID is ana@example.org"));
    assert!(letters_to(&house, ON_FILE).await.iter().any(|text| text.contains("aún no tiene una cuenta")));
}

#[tokio::test]
async fn a_new_password_by_a_link_ends_every_session_and_is_told() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    let there = house.sign_in(ANAS).await;
    let (known, unknown) = (house.ask(forgot("ANA@example.org")).await, house.ask(forgot("nobody@example.org")).await);
    assert_eq!((known.is(202).text.as_str(), &known.text), ("", &unknown.is(202).text));
    house.jobs().await;
    assert_eq!(letters_to(&house, "nobody@example.org").await.len(), 0);
    let token = house.link(ANAS).await;
    house.ask(set(&token, "short")).await.is_refused(422, "invalid").blames("password", "too_short");
    house.ask(set(&token, "passwordpassword")).await.is_refused(422, "invalid").blames("password", "common");
    house.ask(set(&token, NEW)).await.is(204);
    house.ask(Call::get("/bills").by(&there)).await.is_refused(401, "signed_out");
    house.ask(set(&token, "yet another password here")).await.is_refused(422, "link_refused");
    house
        .ask(Call::post("/session").json(&json!({ "user_id": ANAS, "password": PASSWORD })))
        .await
        .is_refused(422, "wrong_credentials");
    assert!(letters_to(&house, ANAS).await[0].contains("was changed"));
    house.sign_in_with(ANAS, NEW, None).await;
    assert_eq!(house.number("SELECT COUNT(*) FROM account WHERE email_confirmed_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn a_link_works_for_half_an_hour_and_only_the_last_one() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    house.ask(forgot(ANAS)).await.is(202);
    house.jobs().await;
    let first = house.link(ANAS).await;
    house.app.clock.move_on(1_000);
    house.ask(forgot(ANAS)).await.is(202);
    house.jobs().await;
    let second = house.link(ANAS).await;
    house.ask(set(&first, NEW)).await.is_refused(422, "link_refused");
    house.app.clock.move_on(30 * 60_000);
    house.ask(set(&second, NEW)).await.is_refused(422, "link_refused");
    for token in ["", "x", &"a".repeat(5_000), "\u{0}"] {
        house.ask(set(token, NEW)).await.is_refused(422, "link_refused");
    }
    house.confirm(&second, "").await.is_refused(422, "link_refused");
    house.sign_in(ANAS).await;
}

#[tokio::test]
async fn of_two_who_use_one_link_at_once_one_does() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    house.ask(forgot(ANAS)).await.is(202);
    house.jobs().await;
    let token = house.link(ANAS).await;
    let both = tokio::join!(house.ask(set(&token, NEW)), house.ask(set(&token, "a second one for the lantern")));
    let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 422]);
}

#[tokio::test]
async fn a_clock_that_was_moved_back_revives_no_link() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    house.ask(forgot(ANAS)).await.is(202);
    house.jobs().await;
    let token = house.link(ANAS).await;
    let later = "UPDATE link SET created_at = created_at + 3600000, expires_at = expires_at + 3600000";
    sqlx::query(later).execute(&house.app.store.write).await.unwrap();
    house.ask(set(&token, NEW)).await.is_refused(422, "link_refused");
}

#[tokio::test]
async fn nobody_is_flooded_with_letters() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    for _ in 0..9 {
        house.ask(forgot(ANAS)).await.is(202);
        house.jobs().await;
        house.app.clock.move_on(20_000);
    }
    assert_eq!(letters_to(&house, ANAS).await.iter().filter(|text| text.contains("reset-password#")).count(), 4);
    for _ in 0..20 {
        house.ask(forgot("nobody@example.org")).await;
    }
    house.ask(forgot(ANAS)).await.is_refused(429, "too_many");
}

#[tokio::test]
async fn the_text_of_a_letter_with_a_link_is_gone_once_it_was_sent() {
    use crate::house::post_office::PostOffice;
    let (house, post) = (House::open().await, PostOffice::open().await);
    house.register(&ANA, ANAS).await;
    let token = house.link(ANAS).await;
    super::letters::carry(&house, &post).await;
    let sent = post.received();
    assert!(
        sent.iter()
            .any(|letter| letter.to == ANAS && letter.data.replace("=\r\n", "").replace("=\n", "").contains(&token))
    );
    assert_eq!(house.number(&format!("SELECT COUNT(*) FROM outbox WHERE body_text LIKE '%{token}%'")).await, 0);
    assert_eq!(house.number("SELECT COUNT(*) FROM outbox WHERE is_secret = 0 AND body_text = ''").await, 0);
}

#[tokio::test]
async fn whoever_has_chosen_a_new_password_is_not_made_to_wait_for_the_tries_before() {
    let house = House::open().await;
    house.register(&ANA, "ana@example.org").await;
    for _ in 0..6 {
        let wrong = json!({ "user_id": "ana@example.org", "password": "wrong wrong wrong wrong" });
        let wait = house.ask(Call::post("/session").json(&wrong)).await.json()["retry_after"].as_i64().unwrap_or(0);
        house.app.clock.move_on(wait * 1_000);
    }
    house.ask(Call::post("/session").json(&json!({ "user_id": "ana@example.org", "password": "wrong" }))).await;
    house.ask(Call::post("/password-resets").json(&json!({ "email": "ana@example.org" }))).await.is(202);
    house.jobs().await;
    let token = house.link("ana@example.org").await;
    let password = "seven lanterns on a copper river";
    let reset = json!({ "token": token, "password": password });
    house.ask(Call::write("PUT", "/password-resets").json(&reset)).await.is(204);
    house.sign_in_with("ana@example.org", password, None).await;
}

#[tokio::test]
async fn a_link_that_nobody_was_sent_does_not_wait_for_the_writer() {
    let house = House::open().await;
    let tx = house.app.store.begin().await.unwrap();
    let refused = tokio::time::timeout(Duration::from_secs(3), house.confirm(&"x".repeat(43), "")).await;
    refused.expect("nothing to write").is_refused(422, "link_refused");
    drop(tx);
}
