//! A row that can't be read: it is set aside and counted, and what is due with it is done.

use super::{
    jobs::{queue_reset, resets},
    mail::carry,
    periodic::counts,
};
use crate::test_app::{TestApp, database::Kind, mail_server::MailServer, seed::ANA};
use server::{
    jobs::periodic::{self, Periodic},
    metrics,
};
use std::sync::atomic::{AtomicUsize, Ordering};

/// SQLite stores any type in any column. PostgreSQL does not: there the value is missing.
pub(super) async fn spoil(app: &TestApp, table: &str, column: &str, id: &str) {
    let nullable = format!("ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL");
    let (before, value) =
        if crate::KIND == Kind::Postgres { (nullable.as_str(), "NULL") } else { ("SELECT 1", "x'00'") };
    let spoil = format!("UPDATE {table} SET {column} = {value} WHERE id = '{id}'");
    for sql in [before, &spoil] {
        sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&app.state.store.write).await.unwrap();
    }
}

#[tokio::test]
async fn a_job_that_cannot_be_read_is_set_aside_and_the_others_are_done() {
    let app = TestApp::open().await;
    app.register(&ANA, "ana@example.org").await;
    for _ in 0..3 {
        queue_reset(&app).await;
    }
    let spoiled = app.text("SELECT MIN(id) FROM job").await;
    spoil(&app, "job", "payload", &spoiled).await;
    let before = metrics::ROWS_UNREADABLE.value();
    app.jobs().await;
    assert!(resets(&app).await > 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM job").await, 1);
    assert_eq!(app.text("SELECT error FROM job WHERE set_aside_at IS NOT NULL").await, "unreadable");
    assert!(metrics::ROWS_UNREADABLE.value() > before);
}

/// Nobody looks at what is in it: the next round is done, and writes when the one after it is due.
#[tokio::test]
async fn a_periodic_job_whose_payload_cannot_be_read_is_done_all_the_same() {
    let app = TestApp::open().await;
    let done = AtomicUsize::new(0);
    let work = counts(&done);
    for rounds in 1..=2 {
        periodic::round_of(&app.state, Periodic::CleanUp, work).await.unwrap();
        assert_eq!(done.load(Ordering::SeqCst), rounds);
        spoil(&app, "job", "payload", "clean_up").await;
        app.state.clock.move_on(60_000);
    }
    assert_eq!(app.number("SELECT tries FROM job WHERE id = 'clean_up'").await, 0);
}

#[tokio::test]
async fn an_email_that_cannot_be_read_is_given_up_and_the_others_are_sent() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    for id in ["first", "second", "third"] {
        super::mail::refusals::queue(&app, id).await;
    }
    spoil(&app, "outbox", "subject", "first").await;
    let before = metrics::EMAILS_GIVEN_UP.value();
    carry(&app, &post).await;
    assert_eq!(post.received().len(), 2);
    assert_eq!(app.text("SELECT id FROM outbox WHERE given_up_at IS NOT NULL").await, "first");
    assert!(metrics::EMAILS_GIVEN_UP.value() > before);
}

#[tokio::test]
async fn an_unmatched_event_that_cannot_be_read_stays_for_people_and_the_others_are_matched() {
    let app = TestApp::open().await;
    let payment = super::events::paid_visit(&app, "64.10").await;
    let sql = "INSERT INTO event_unmatched (id, sequence, body, why, kept_at, try_at) VALUES ('spoiled', 0, '', 'unknown', 0, 0)";
    sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
    spoil(&app, "event_unmatched", "body", "spoiled").await;
    app.becomes(&payment, "refunded").await;
    app.round().await;
    assert_eq!(super::events::state(&app, &payment).await, "refunded");
    assert_eq!(
        (super::events::kept(&app, "unreadable").await, app.state.store.count_unmatched().await.unwrap()),
        (1, 1)
    );
    let due = app.state.store.to_match(app.state.clock.now().plus_millis(86_400_000)).await.unwrap();
    assert!(due.is_empty(), "{due:?}");
}

#[tokio::test]
async fn a_draft_that_cannot_be_read_is_wiped_with_the_others() {
    // PostgreSQL lets no such draft in.
    if crate::KIND == Kind::Postgres {
        return;
    }
    let app = TestApp::open().await;
    for _ in 0..2 {
        app.look_up(&ANA).await;
    }
    let drafts = "UPDATE session SET seen_at = 0, draft = '{\"payer_name\": \"Ana\"}'";
    let spoiled = "UPDATE session SET draft = x'00' WHERE id = (SELECT MIN(id) FROM session)";
    for sql in [drafts, spoiled] {
        sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
    }
    assert!(!app.state.store.wipe_drafts(app.state.clock.now()).await.unwrap());
    assert_eq!(app.number("SELECT COUNT(*) FROM session WHERE is_wiped = 1 AND draft LIKE '%Ana%'").await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM session WHERE is_wiped = 1").await, 2);
}
