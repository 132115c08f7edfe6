//! Links and codes that confirm a registration: how long each is valid, for which membership, and for how many tries.

use super::{ATTACKER_PASSWORD, ATTACKERS, MEIS, accounts, attacker, confirm};
use crate::test_app::{
    TestApp,
    seed::{ANA, MEI},
};
use server::jobs::clean_up;

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
