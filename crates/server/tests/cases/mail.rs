//! E-mails reach a real mail server: each once it was queued, none that was not, and none lost on the way.

mod poisoned;
pub(super) mod refusals;
mod slots;

use crate::test_app::{
    DECLINED, PAYS, TestApp,
    call::Call,
    line::Cut,
    mail_server::{MailServer, SmtpReply},
    new_key,
    seed::ANA,
};
use contract::payment::{Failure, PaymentState};
use serde_json::json;
use server::{
    billing::charging,
    jobs::{
        processor_events,
        send_mail::{self, Mailer},
    },
    store::{
        outbox::Emails,
        settle::{self, SettleResult},
    },
};
use std::time::Duration;

const FROM: &str = "Health plan <bills@plan.example>";
const INSUFFICIENT_FUNDS: &str = "4000000000009995";

async fn pays(app: &TestApp) -> String {
    let ana = app.look_up(&ANA).await;
    let paid = app.pay_by_card(&ana, &[("visit", "64.10")]).await;
    paid.is_payment(201, "paid").json()["id"].as_str().unwrap().to_owned()
}

pub async fn carry(app: &TestApp, post: &MailServer) {
    carry_to(app, &post.url).await;
}
async fn carry_to(app: &TestApp, url: &str) {
    send_mail::round(&app.state, &Mailer::new(url, FROM).unwrap()).await.unwrap();
}

async fn waiting(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM outbox WHERE next_try_at IS NOT NULL").await
}

#[tokio::test]
async fn a_receipt_is_handed_over_once_as_text_and_as_html() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    let payment = pays(&app).await;
    carry(&app, &post).await;
    app.state.clock.move_on(86_400_000);
    carry(&app, &post).await;
    let received = post.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].to, "ana@example.org");
    let data = &received[0].data;
    for part in [
        "From: \"Health plan\" <bills@plan.example>",
        "To: ana@example.org",
        "Subject: kppay: Your payment receipt (KP-",
        &format!("Message-ID: <{payment}.paid@plan.example>"),
        "Content-Type: multipart/alternative",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
        "Your payment of $64.10 is paid.",
        "<html lang=3D\"en\">",
    ] {
        assert!(data.contains(part), "{part} is not in {data}");
    }
    // At most the last four of a card; the payer's name is in the authorization, of which they get a copy.
    let whole = data.replace("=\n", "");
    assert!(whole.contains("Visa card ending in 4242") && whole.contains("authorize one charge of $64.10"));
    for not in ["424242", "Haddad", "visit", "<img", "<script"] {
        assert!(!whole.contains(not), "{not} is in {whole}");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE sent_at IS NOT NULL AND tries = 1").await, 1);
}

#[tokio::test]
async fn an_email_is_in_the_language_of_the_payment() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    let ana = app.look_up(&ANA).await;
    let payment = app.pay_by_card(&ana, &[("visit", "64.10")]).await.is_payment(201, "paid").json();
    sqlx::query("UPDATE payment SET locale = 'es'").execute(&app.state.store.write).await.unwrap();
    let path = format!("/payments/{}/receipt-emails", payment["id"].as_str().unwrap());
    let asked = Call::post(&path).by(&ana).json(&json!({"email": "otra@example.org"}));
    app.ask(asked).await.is(202);
    carry(&app, &post).await;
    let spanish = post.received().into_iter().find(|email| email.to == "otra@example.org").unwrap();
    assert!(spanish.data.contains("Su recibo de pago") || spanish.data.contains("=?utf-8?"), "{}", spanish.data);
    assert!(spanish.data.contains("<html lang=3D\"es\">"), "{}", spanish.data);
}

#[tokio::test]
async fn mail_to_a_domain_with_letters_of_any_script_reaches_a_mail_server_that_knows_ascii_only() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    let ana = app.look_up(&ANA).await;
    let payment = app.pay_by_card(&ana, &[("visit", "64.10")]).await.is_payment(201, "paid").json();
    let path = format!("/payments/{}/receipt-emails", payment["id"].as_str().unwrap());
    app.ask(Call::post(&path).by(&ana).json(&json!({"email": "Ana@b\u{fc}cher.example"}))).await.is(202);
    carry(&app, &post).await;
    let to: Vec<_> = post.received().into_iter().map(|email| email.to).collect();
    assert!(to.contains(&"Ana@xn--bcher-kva.example".to_owned()), "{to:?}");
    assert_eq!(waiting(&app).await, 0);
}

#[tokio::test]
async fn what_is_not_taken_now_is_tried_again_later_and_arrives_once() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    pays(&app).await;
    post.will([SmtpReply::NotNow, SmtpReply::NotNow]);
    carry(&app, &post).await;
    carry(&app, &post).await; // too early: nothing is tried
    assert_eq!(app.number("SELECT tries FROM outbox").await, 1);
    app.state.clock.move_on(5_000);
    carry(&app, &post).await;
    app.state.clock.move_on(5_000);
    carry(&app, &post).await; // the second wait is longer
    assert_eq!((app.number("SELECT tries FROM outbox").await, post.received().len()), (2, 0));
    app.state.clock.move_on(15_000);
    carry(&app, &post).await;
    assert_eq!((post.received().len(), waiting(&app).await), (1, 0));
}

#[tokio::test]
async fn a_mail_server_that_is_away_costs_no_email() {
    let app = TestApp::open().await;
    pays(&app).await;
    carry_to(&app, "smtp://127.0.0.1:1").await;
    assert_eq!(waiting(&app).await, 1);
    app.state.clock.move_on(5_000);
    let post = MailServer::open().await;
    carry(&app, &post).await;
    assert_eq!((post.received().len(), waiting(&app).await), (1, 0));
}

#[tokio::test]
async fn after_a_crash_an_email_comes_again_under_the_same_name() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    pays(&app).await;
    // taken from the outbox by a server that is gone before it could send
    let now = app.state.clock.now();
    assert!(!app.state.store.claim_emails(Emails::All, 1, now, now.plus_millis(60_000)).await.unwrap().is_empty());
    carry(&app, &post).await;
    assert_eq!(post.received().len(), 0, "the one who took it may still be sending");
    app.state.clock.move_on(60_000);
    post.will([SmtpReply::TakenUnheard]);
    carry(&app, &post).await;
    app.state.clock.move_on(3_600_000);
    carry(&app, &post).await;
    let received = post.received();
    let name = |at: usize| received[at].data.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned();
    assert_eq!((received.len(), name(0)), (2, name(1)));
    assert_eq!(waiting(&app).await, 0);
}

#[tokio::test]
async fn two_servers_send_an_email_once() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    pays(&app).await;
    tokio::join!(carry(&app, &post), carry(&app, &post), carry(&app, &post));
    assert_eq!(post.received().len(), 1);
}

#[tokio::test]
async fn what_did_not_happen_is_told_to_nobody() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    let ana = app.look_up(&ANA).await;
    app.pay_by_card(&ana, &[("visit", "9999.00")]).await.is_refused(422, "over_balance");
    let token = app.card(&ana, DECLINED).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "failed");
    // The page has said so; the processor's event and the next question say it again.
    app.round().await;
    app.recover().await;
    carry(&app, &post).await;
    assert_eq!((post.received().len(), app.number("SELECT COUNT(*) FROM outbox").await), (0, 0));
}

/// The e-mails about a payment's state: subject and text of each.
async fn emails_of(app: &TestApp, payment: &str, state: &str) -> Vec<String> {
    let sql = "SELECT subject || ' ' || body_text FROM outbox WHERE cause = $1 AND id LIKE $2 AND to_address = 'ana@example.org'";
    let emails = sqlx::query_scalar(sql).bind(payment).bind(format!("{payment}:{state}%"));
    emails.fetch_all(&app.state.store.read).await.unwrap()
}

/// A debit of the visit whose payer was told that it is on its way.
async fn sent(app: &TestApp, locale: &str) -> String {
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let sent = app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing").json();
    sqlx::query("UPDATE payment SET locale = $1").bind(locale).execute(&app.state.store.write).await.unwrap();
    sent["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_debit_that_was_sent_and_ends_without_money_is_told_once() {
    for (state, locale, said) in [
        ("failed", "en", ["did not go through", "no money was taken. You still owe this amount."]),
        ("failed", "es", ["no se realizó", "no se cobró nada. Todavía debe este importe."]),
        ("cancelled", "en", ["was canceled", "no money was taken. You still owe this amount."]),
        ("cancelled", "es", ["fue cancelado", "no se cobró nada. Todavía debe este importe."]),
    ] {
        let app = TestApp::open().await;
        let payment = sent(&app, locale).await;
        assert_eq!(emails_of(&app, &payment, "processing").await.len(), 1);
        app.becomes(&payment, state).await;
        app.round().await;
        app.becomes(&payment, state).await;
        app.round().await;
        assert_eq!(app.text("SELECT state FROM payment").await, state);
        let emails = emails_of(&app, &payment, state).await;
        assert_eq!(emails.len(), 1, "{state} {locale}");
        for part in said {
            assert!(emails[0].contains(part), "{part} is not in {}", emails[0]);
        }
        assert_eq!(app.number("SELECT COUNT(*) FROM outbox").await, 2);
        app.assert_books_balance().await;
    }
}

#[tokio::test]
async fn a_debit_that_comes_back_twice_is_told_twice() {
    let app = TestApp::open().await;
    let payment = sent(&app, "en").await;
    for state in ["returned", "processing", "returned"] {
        app.becomes(&payment, state).await;
        app.round().await;
    }
    assert_eq!(emails_of(&app, &payment, "returned").await.len(), 2);
    app.assert_books_balance().await;
}

/// The one who pressed Pay may have left by then.
#[tokio::test]
async fn an_order_whose_call_ended_without_an_answer_is_told_of_when_it_fails() {
    // Without an answer, or with a server that died; found by the next question, or by the processor's event.
    for (cut, is_event) in [(Cut::After, false), (Cut::After, true), (Cut::Panic, false), (Cut::Panic, true)] {
        let app = TestApp::open().await;
        let ana = app.look_up(&ANA).await;
        let token = app.card(&ana, INSUFFICIENT_FUNDS).await;
        let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
        app.line.cut(cut);
        let answer = app.pay(&ana, &new_key(), &order).await;
        assert!([409, 500].contains(&answer.status.as_u16()));
        assert_eq!(app.number("SELECT COUNT(*) FROM outbox").await, 0);
        if is_event {
            let its_time = if matches!(cut, Cut::Panic) { 30_000 } else { 0 };
            app.state.clock.move_on(its_time);
            app.becomes(&app.text("SELECT id FROM payment").await, "failed").await;
            processor_events::read(&app.state).await.unwrap();
            assert_eq!(app.text("SELECT state FROM payment").await, "failed");
        }
        app.recover().await;
        app.recover().await;
        let payment = app.text("SELECT id FROM payment WHERE state = 'failed'").await;
        let emails = emails_of(&app, &payment, "failed").await;
        assert_eq!((emails.len(), app.number("SELECT COUNT(*) FROM outbox").await), (1, 1));
        assert!(emails[0].contains("no money was taken"), "{}", emails[0]);
        // Not that there was not enough: somebody who tries cards would read it, too.
        assert!(is_event || emails[0].contains("The bank declined the payment."), "{}", emails[0]);
    }
}

#[tokio::test]
async fn an_order_that_a_killed_server_left_is_told_of_when_the_event_overtakes_the_question() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, DECLINED).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    app.line.cut(Cut::Panic);
    app.pay(&ana, &new_key(), &order).await.is_refused(500, "fault");
    app.line.cut(Cut::Nowhere);
    app.state.clock.move_on(30_000);
    let now = app.state.clock.now();
    let asked = app.state.store.to_ask(now, now.plus_millis(45_000), 1).await.unwrap();
    app.becomes(&asked[0].id, "failed").await;
    processor_events::read(&app.state).await.unwrap();
    charging::ask_again(&app.state, &asked[0]).await.unwrap();
    assert_eq!(emails_of(&app, &asked[0].id, "failed").await.len(), 1);
}

#[tokio::test]
async fn a_card_that_is_declined_while_its_call_waits_is_told_on_the_page() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, DECLINED).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    app.line.cut(Cut::Charges);
    let call = app.start(Call::post("/payments").by(&ana).key(&new_key()).json(&order));
    while app.asked() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // The processor's event is here before its answer.
    let payment = app.text("SELECT id FROM payment").await;
    let failure = Some(Failure::Declined);
    let verdict = settle::Verdict {
        charge: Some("ch".into()),
        state: PaymentState::Failed,
        failure,
        cents: None,
        sequence: Some(1),
    };
    assert_eq!(charging::settle(&app.state, &payment, &verdict).await.unwrap(), SettleResult::Changed);
    assert_eq!(charging::settle(&app.state, &payment, &verdict).await.unwrap(), SettleResult::Same);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox").await, 0);
    call.abort();
}
