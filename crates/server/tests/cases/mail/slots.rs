//! The slots in which e-mails are sent: several at once, and those with a secret first.

use super::{FROM, carry, waiting};
use crate::test_app::{TestApp, mail_server::MailServer};
use server::jobs::{self, send_mail::Mailer};
use std::time::Duration;

/// On a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// So many receipts wait.
async fn receipts_wait(app: &TestApp, count: i64) {
    let now = app.state.clock.now().millis();
    for at in 0..count {
        let sql = "INSERT INTO outbox (id, cause, to_address, subject, body_text, body_html, created_at, next_try_at, is_secret) \
                   VALUES ($1, 'x', 'many@example.org', 'Receipt', $2, '', $3, $3, 0)";
        let body = "Thank you for your payment.\n".repeat(40);
        let insert = sqlx::query(sql).bind(format!("receipt-{at:05}")).bind(body).bind(now - count + at);
        insert.execute(&app.state.store.write).await.unwrap();
    }
}

async fn reset_waits(app: &TestApp, id: &str) {
    let sql = "INSERT INTO outbox (id, cause, to_address, subject, body_text, body_html, created_at, next_try_at, is_secret) \
               VALUES ($1, 'x', 'ana@example.org', 'Reset', 'a#link', '', $2, $2, 1)";
    let now = app.state.clock.now().millis();
    sqlx::query(sql).bind(id).bind(now).execute(&app.state.store.write).await.unwrap();
}

#[tokio::test]
async fn a_reset_is_handed_over_before_the_receipts_that_wait() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    receipts_wait(&app, 200).await;
    reset_waits(&app, "reset").await;
    carry(&app, &post).await;
    let received = post.received();
    assert_eq!((received.len(), waiting(&app).await), (201, 0));
    // Eight are on their way at once, in no order among each other.
    let at = received.iter().position(|email| email.to == "ana@example.org").unwrap();
    assert!(at < 8, "{at} e-mails came before it");
    assert_eq!(
        app.number("SELECT COUNT(*) FROM outbox WHERE body_text = ''").await,
        1,
        "its link is wiped, and no other"
    );
}

#[tokio::test]
async fn an_email_that_takes_long_keeps_no_other_waiting() {
    let (app, slow) = (TestApp::open().await, MailServer::open_slow(Duration::from_millis(200)).await);
    receipts_wait(&app, 40).await;
    let began = std::time::Instant::now();
    carry(&app, &slow).await;
    assert_eq!((slow.received().len(), waiting(&app).await), (40, 0));
    // One after the other they would take eight seconds.
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[tokio::test]
async fn the_age_of_the_oldest_email_that_waits_is_known() {
    let app = TestApp::open().await;
    assert_eq!(app.state.store.emails_waiting().await.unwrap(), (0, None));
    receipts_wait(&app, 3).await;
    let (emails, oldest) = app.state.store.emails_waiting().await.unwrap();
    let first = app.number("SELECT MIN(created_at) FROM outbox").await;
    assert_eq!((emails, oldest.unwrap().millis()), (3, first));
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let looks = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(tokio::time::timeout(SOON, looks).await.is_ok(), "never: {what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resets_are_sent_while_receipts_hang() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    receipts_wait(&app, 20).await;
    post.hangs_for("many@example.org");
    jobs::supervise(&app.state, Some(Mailer::new(&post.url, FROM).unwrap()), None);
    let tried = "SELECT COUNT(*) FROM outbox WHERE tries = 1";
    until("receipts hang in all the slots that they may have", async || app.number(tried).await == 6).await;
    for id in ["first", "second", "third"] {
        reset_waits(&app, id).await;
    }
    until("the resets are sent", async || post.received().len() == 3).await;
    let sent = "SELECT COUNT(*) FROM outbox WHERE sent_at IS NOT NULL AND is_secret = 1";
    until("that is written", async || app.number(sent).await == 3).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE tries = 1 AND is_secret = 0").await, 6);
    app.state.tasks.end(Duration::from_millis(100)).await;
}
