//! What becomes of an e-mail that the mail server refuses: it is given up only for what is said of itself.

use super::{FROM, carry, carry_to, pays, waiting};
use crate::test_app::{
    TestApp,
    call::Call,
    mail_server::{MailServer, SmtpReply, TEXT},
    seed::ANA,
};
use serde_json::json;
use server::{
    jobs::send_mail::{self, Mailer},
    metrics,
    store::outbox::Delivery,
};
use std::time::Duration;

#[tokio::test]
async fn what_is_refused_for_good_or_is_old_news_is_given_up() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    pays(&app).await;
    post.will([SmtpReply::Never]);
    carry(&app, &post).await;
    assert_eq!((post.received().len(), waiting(&app).await), (0, 0));
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE given_up_at IS NOT NULL AND sent_at IS NULL").await, 1);

    let app = TestApp::open().await;
    pays(&app).await;
    app.state.clock.move_on(6 * 86_400_000);
    post.will([SmtpReply::NotNow]);
    carry(&app, &post).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE given_up_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn a_mail_server_that_refuses_us_costs_no_email() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    app.register(&ANA, "ana@example.org").await;
    app.ask(Call::post("/password-resets").json(&json!({ "email": "ana@example.org" }))).await.is(202);
    app.jobs().await;
    let all = app.number("SELECT COUNT(*) FROM outbox").await;
    let empty = "SELECT COUNT(*) FROM outbox WHERE body_text = '' OR given_up_at IS NOT NULL";
    let url = post.url.replace("smtp://", "smtp://kppay:a%20password@");
    for rejection in [
        ("", "554 5.3.2 no service here"),
        ("EHLO", "550 5.7.1 not you"),
        ("AUTH", "535 5.7.8 authentication failed"),
        ("MAIL", "530 5.7.0 authentication required"),
        ("MAIL", "550 no such sender"),
        ("MAIL", "553 5.7.1 the sender is not yours"),
        ("RCPT", "554 5.7.1 relay access denied"),
        ("RCPT", "550 5.1.8 bad outbound sender"),
        ("RCPT", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
        ("RCPT", "550 relay not permitted"),
        ("RCPT", "530 authentication required"),
        ("RCPT", "503 bad sequence of commands"),
        ("DATA", "530 authentication required"),
        ("DATA", "554 5.7.1 not from your address"),
        ("DATA", "521 no mail here"),
        (TEXT, "550 5.7.501 Access denied, spam abuse detected from 192.0.2.1"),
        (TEXT, "554 5.3.2 no mail is taken here"),
        (TEXT, "550 5.4.5 Daily user sending limit exceeded"),
        ("RCPT", "550 5.1.0 Address rejected"),
        (TEXT, "550 5.1.0 Address rejected"),
        (TEXT, "554 Message rejected: Email address is not verified."),
    ] {
        post.refuses(Some(rejection));
        carry_to(&app, &url).await;
        assert_eq!((waiting(&app).await, app.number(empty).await), (all, 0), "{rejection:?}");
        app.state.clock.move_on(3_600_000);
    }
    post.refuses(None);
    carry_to(&app, &url).await;
    assert_eq!((waiting(&app).await, i64::try_from(post.received().len()).unwrap()), (0, all));
    assert!(app.number(empty).await > 0, "the link is wiped once it was sent");
}

#[tokio::test]
async fn an_email_that_is_given_up_is_counted() {
    for rejection in [
        Some(("RCPT", "550 5.1.1 no such mailbox")),
        Some(("RCPT", "550 5.2.1 mailbox disabled")),
        Some(("DATA", "554 5.1.1 no valid recipients")),
        Some((TEXT, "550 5.6.0 this is not mail")),
        None,
    ] {
        let (app, post) = (TestApp::open().await, MailServer::open().await);
        pays(&app).await;
        let before = metrics::EMAILS_GIVEN_UP.value();
        post.refuses(rejection);
        post.will([SmtpReply::Never]);
        carry(&app, &post).await;
        let given_up = "SELECT COUNT(*) FROM outbox WHERE given_up_at IS NOT NULL AND tries = 1";
        assert_eq!((app.number(given_up).await, waiting(&app).await), (1, 0), "{rejection:?}");
        assert!(metrics::EMAILS_GIVEN_UP.value() > before, "{rejection:?}");
        assert!(metrics::text().contains("# TYPE kppay_emails_given_up_total counter\n"));
    }
}

pub async fn queue(app: &TestApp, id: &str) {
    let sql = "INSERT INTO outbox (id, cause, to_address, subject, body_text, body_html, created_at, next_try_at, is_secret) \
               VALUES ($1, 'x', 'ana@example.org', 'Receipt', 'Thank you.', '', $2, $2, 0)";
    let now = app.state.clock.now().millis();
    sqlx::query(sql).bind(id).bind(now).execute(&app.state.store.write).await.unwrap();
}

pub async fn given_up(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM outbox WHERE given_up_at IS NOT NULL").await
}

#[tokio::test]
async fn a_rejection_that_names_no_reason_ends_an_email_only_if_another_is_taken_an_hour_later() {
    for at in ["RCPT", "DATA", TEXT] {
        let (app, post) = (TestApp::open().await, MailServer::open().await);
        let mailer = Mailer::new(&post.url, FROM).unwrap();
        let round = async |rejection| {
            post.refuses(rejection);
            send_mail::round(&app.state, &mailer).await.unwrap();
            (post.received().len(), waiting(&app).await, given_up(&app).await)
        };
        let unsaid = Some((at, "550 relay not permitted"));
        queue(&app, "first").await;
        assert_eq!(round(None).await, (1, 0, 0), "{at}");
        queue(&app, "second").await;
        assert_eq!(round(unsaid).await, (1, 1, 0), "{at}: it may be about us, though another was just taken");
        queue(&app, "third").await;
        assert_eq!(round(None).await, (2, 1, 0), "{at}: the second is not due yet");
        app.state.clock.move_on(3_600_000);
        queue(&app, "fourth").await;
        assert_eq!(round(unsaid).await, (2, 2, 0), "{at}: none was taken since then");
        app.state.clock.move_on(5_000);
        assert_eq!(round(None).await, (3, 1, 0), "{at}: the fourth is due, the second is not");
        app.state.clock.move_on(3_600_000);
        queue(&app, "fifth").await;
        assert_eq!(round(unsaid).await, (3, 1, 1), "{at}: others are taken, so it is about the second");
        let second = "SELECT COUNT(*) FROM outbox WHERE id = 'second' AND given_up_at IS NOT NULL";
        assert_eq!(app.number(second).await, 1, "{at}");
    }
}

#[tokio::test]
async fn an_email_that_is_over_stays_so_whatever_a_slower_server_says() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    queue(&app, "late").await;
    let now = app.state.clock.now();
    for outcome in [Delivery::GivenUp, Delivery::TryAgain(now)] {
        app.state.store.end_try("late", outcome, now).await.unwrap();
    }
    carry(&app, &post).await;
    assert_eq!((waiting(&app).await, post.received().len()), (0, 0));
    queue(&app, "sent").await;
    for outcome in [Delivery::Sent, Delivery::GivenUp, Delivery::TryAgain(now)] {
        app.state.store.end_try("sent", outcome, now).await.unwrap();
    }
    assert_eq!((waiting(&app).await, given_up(&app).await), (0, 1));
}

#[tokio::test]
async fn an_email_that_filters_read_for_long_is_sent_once() {
    let (app, slow) = (TestApp::open().await, MailServer::open_slow(Duration::from_secs(8)).await);
    let mailer = Mailer::patient(&slow.url, FROM, Duration::from_secs(3)).unwrap();
    queue(&app, "held").await;
    let next_try = async || app.number("SELECT COALESCE(MAX(next_try_at), 0) FROM outbox").await;
    let changed = async |from: i64| {
        while next_try().await == from {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        next_try().await
    };
    let queued = next_try().await;
    let other = async {
        let first = changed(queued).await;
        assert!(changed(first).await > first, "it is still with the filters");
        app.state.clock.move_on((first - app.state.clock.now().millis()).max(0));
        carry(&app, &slow).await;
    };
    let (sent, ()) = tokio::join!(send_mail::round(&app.state, &mailer), other);
    sent.unwrap();
    assert_eq!((slow.received().len(), waiting(&app).await), (1, 0));
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE sent_at IS NOT NULL AND tries = 1").await, 1);
}
