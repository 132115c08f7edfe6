//! A try to send an e-mail that does not end as it should: it panics, its server dies of it, or the database is away
//! when its end is written.

use super::{
    FROM, carry,
    refusals::{given_up, queue},
    waiting,
};
use crate::test_app::{TestApp, mail_server::MailServer};
use server::{
    jobs::send_mail::{self, Mailer},
    metrics,
    store::outbox::{Delivery, Emails},
};
use std::time::Duration;

const MINUTE: i64 = 60_000;

#[tokio::test]
async fn an_email_that_takes_its_server_with_it_is_given_up_in_the_end() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    queue(&app, "poisoned").await;
    let before = metrics::EMAILS_GIVEN_UP.value();
    for _ in 0..send_mail::MOST_TRIES + 1 {
        let now = app.state.clock.now();
        let taken = app.state.store.claim_emails(Emails::All, 1, now, now.plus_millis(MINUTE)).await.unwrap();
        assert_eq!(taken.len(), 1, "it is due, and whoever takes it dies");
        app.state.clock.move_on(MINUTE);
    }
    queue(&app, "good").await;
    carry(&app, &post).await;
    assert_eq!((post.received().len(), waiting(&app).await, given_up(&app).await), (1, 0, 1));
    assert_eq!(app.text("SELECT id FROM outbox WHERE given_up_at IS NOT NULL").await, "poisoned");
    assert!(metrics::EMAILS_GIVEN_UP.value() > before);
}

#[tokio::test]
async fn an_email_whose_try_panics_is_tried_later_each_time_and_given_up_after_five_days() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    let mailer = Mailer::new(&post.url, FROM).unwrap();
    queue(&app, "poisoned").await;
    let round =
        async || send_mail::round_of(&app.state, &mailer, |_, _, _| async { panic!("each time") }).await.unwrap();
    let next_try = async || app.number("SELECT next_try_at FROM outbox").await - app.state.clock.now().millis();
    let mut last = 0;
    for tries in 1..=6 {
        round().await;
        assert_eq!(app.number("SELECT tries FROM outbox").await, tries);
        let wait = next_try().await;
        assert!(wait > last.min(1_700_000), "{tries}: {wait} ms after {last}");
        last = wait;
        app.state.clock.move_on(wait);
    }
    assert_eq!((waiting(&app).await, given_up(&app).await), (1, 0));
    app.state.clock.move_on(5 * 24 * 60 * MINUTE);
    round().await;
    assert_eq!((waiting(&app).await, given_up(&app).await, app.number("SELECT tries FROM outbox").await), (0, 1, 7));
}

#[tokio::test]
async fn an_email_that_is_retried_for_five_days_is_not_taken_for_one_that_kills() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    queue(&app, "waits").await;
    let mailer = Mailer::new("smtp://127.0.0.1:1", FROM).unwrap();
    let (began, days) = (app.state.clock.now().millis(), 5 * 24 * 60 * MINUTE);
    loop {
        send_mail::round(&app.state, &mailer).await.unwrap();
        let wait =
            app.number("SELECT COALESCE(MAX(next_try_at), 0) FROM outbox").await - app.state.clock.now().millis();
        assert_eq!((waiting(&app).await, given_up(&app).await), (1, 0));
        if app.state.clock.now().millis() + wait - began > days {
            break;
        }
        app.state.clock.move_on(wait);
    }
    assert!(app.number("SELECT tries FROM outbox").await > 100);
    app.state.clock.move_on(60 * MINUTE);
    carry(&app, &post).await;
    assert_eq!((post.received().len(), waiting(&app).await), (1, 0));
}

#[tokio::test]
async fn an_email_that_was_taken_is_written_down_once_the_database_is_back() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    let mailer = Mailer::new(&post.url, FROM).unwrap();
    queue(&app, "taken").await;
    let sent = send_mail::round_of(&app.state, &mailer, |app, _, _| async move {
        let away = sqlx::query("ALTER TABLE outbox RENAME COLUMN sent_at TO away");
        away.execute(&app.store.write).await.unwrap();
        Delivery::Sent
    });
    let back = async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        let back = sqlx::query("ALTER TABLE outbox RENAME COLUMN away TO sent_at");
        back.execute(&app.state.store.write).await.unwrap();
    };
    let (ended, ()) = tokio::join!(sent, back);
    ended.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE sent_at IS NOT NULL AND tries = 1").await, 1);
    app.state.clock.move_on(60 * MINUTE);
    carry(&app, &post).await;
    assert_eq!((post.received().len(), waiting(&app).await), (0, 0));
}
