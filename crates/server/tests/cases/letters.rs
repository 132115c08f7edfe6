//! Letters reach a real mail server: each once it was queued, none that was not, and none lost on the way.

use crate::house::{
    DECLINED, House, PAYS,
    call::Call,
    line::Cut,
    new_key,
    post_office::{PostOffice, Verdict},
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
    metrics,
    store::settle::{self, Settled},
};
use std::time::Duration;

const FROM: &str = "Health plan <bills@plan.example>";
const SHORT_OF_MONEY: &str = "4000000000009995";

async fn pays(house: &House) -> String {
    let ana = house.look_up(&ANA).await;
    let paid = house.pay_by_card(&ana, &[("visit", "64.10")]).await;
    paid.is_payment(201, "paid").json()["id"].as_str().unwrap().to_owned()
}

pub async fn carry(house: &House, post: &PostOffice) {
    carry_to(house, &post.url).await;
}
async fn carry_to(house: &House, url: &str) {
    send_mail::round(&house.app, &Mailer::new(url, FROM).unwrap()).await.unwrap();
}

async fn waiting(house: &House) -> i64 {
    house.number("SELECT COUNT(*) FROM outbox WHERE next_try_at IS NOT NULL").await
}

#[tokio::test]
async fn a_receipt_is_handed_over_once_as_text_and_as_html() {
    let (house, post) = (House::open().await, PostOffice::open().await);
    let payment = pays(&house).await;
    carry(&house, &post).await;
    house.app.clock.move_on(86_400_000);
    carry(&house, &post).await;
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
    for not in ["4242", "Neill", "Haddad", "visit", "<img", "<script"] {
        assert!(!data.contains(not), "{not} is in {data}");
    }
    assert_eq!(house.number("SELECT COUNT(*) FROM outbox WHERE sent_at IS NOT NULL AND tries = 1").await, 1);
}

#[tokio::test]
async fn a_letter_is_in_the_language_of_the_payment() {
    let (house, post) = (House::open().await, PostOffice::open().await);
    let ana = house.look_up(&ANA).await;
    let payment = house.pay_by_card(&ana, &[("visit", "64.10")]).await.is_payment(201, "paid").json();
    sqlx::query("UPDATE payment SET locale = 'es'").execute(&house.app.store.write).await.unwrap();
    let path = format!("/payments/{}/receipt-emails", payment["id"].as_str().unwrap());
    let asked = Call::post(&path).by(&ana).json(&json!({"email": "otra@example.org"}));
    house.ask(asked).await.is(202);
    carry(&house, &post).await;
    let spanish = post.received().into_iter().find(|letter| letter.to == "otra@example.org").unwrap();
    assert!(spanish.data.contains("Su recibo de pago") || spanish.data.contains("=?utf-8?"), "{}", spanish.data);
    assert!(spanish.data.contains("<html lang=3D\"es\">"), "{}", spanish.data);
}

#[tokio::test]
async fn what_is_not_taken_now_is_tried_again_later_and_arrives_once() {
    let (house, post) = (House::open().await, PostOffice::open().await);
    pays(&house).await;
    post.will([Verdict::NotNow, Verdict::NotNow]);
    carry(&house, &post).await;
    carry(&house, &post).await; // too early: nothing is tried
    assert_eq!(house.number("SELECT tries FROM outbox").await, 1);
    house.app.clock.move_on(5_000);
    carry(&house, &post).await;
    house.app.clock.move_on(5_000);
    carry(&house, &post).await; // the second wait is longer
    assert_eq!((house.number("SELECT tries FROM outbox").await, post.received().len()), (2, 0));
    house.app.clock.move_on(15_000);
    carry(&house, &post).await;
    assert_eq!((post.received().len(), waiting(&house).await), (1, 0));
}

#[tokio::test]
async fn a_mail_server_that_is_away_costs_no_letter() {
    let house = House::open().await;
    pays(&house).await;
    carry_to(&house, "smtp://127.0.0.1:1").await;
    assert_eq!(waiting(&house).await, 1);
    house.app.clock.move_on(5_000);
    let post = PostOffice::open().await;
    carry(&house, &post).await;
    assert_eq!((post.received().len(), waiting(&house).await), (1, 0));
}

#[tokio::test]
async fn what_is_refused_for_good_or_is_old_news_is_given_up() {
    let (house, post) = (House::open().await, PostOffice::open().await);
    pays(&house).await;
    post.will([Verdict::Never]);
    carry(&house, &post).await;
    assert_eq!((post.received().len(), waiting(&house).await), (0, 0));
    assert_eq!(house.number("SELECT COUNT(*) FROM outbox WHERE given_up_at IS NOT NULL AND sent_at IS NULL").await, 1);

    let house = House::open().await;
    pays(&house).await;
    house.app.clock.move_on(6 * 86_400_000);
    post.will([Verdict::NotNow]);
    carry(&house, &post).await;
    assert_eq!(house.number("SELECT COUNT(*) FROM outbox WHERE given_up_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn a_mail_server_that_refuses_us_costs_no_letter() {
    let (house, post) = (House::open().await, PostOffice::open().await);
    house.register(&ANA, "ana@example.org").await;
    house.ask(Call::post("/password-resets").json(&json!({ "email": "ana@example.org" }))).await.is(202);
    house.jobs().await;
    let all = house.number("SELECT COUNT(*) FROM outbox").await;
    let empty = "SELECT COUNT(*) FROM outbox WHERE body_text = '' OR given_up_at IS NOT NULL";
    let url = post.url.replace("smtp://", "smtp://kppay:a%20password@");
    for refusal in [
        ("", "554 5.3.2 no service here"),
        ("EHLO", "550 5.7.1 not you"),
        ("AUTH", "535 5.7.8 authentication failed"),
        ("MAIL", "530 5.7.0 authentication required"),
        ("MAIL", "550 no such sender"),
        ("MAIL", "553 5.7.1 the sender is not yours"),
        ("RCPT", "554 5.7.1 relay access denied"),
        ("RCPT", "530 authentication required"),
        ("DATA", "530 authentication required"),
    ] {
        post.refuses(Some(refusal));
        carry_to(&house, &url).await;
        assert_eq!((waiting(&house).await, house.number(empty).await), (all, 0), "{refusal:?}");
        house.app.clock.move_on(3_600_000);
    }
    post.refuses(None);
    carry_to(&house, &url).await;
    assert_eq!((waiting(&house).await, i64::try_from(post.received().len()).unwrap()), (0, all));
    assert!(house.number(empty).await > 0, "the link is wiped once it was sent");
}

#[tokio::test]
async fn a_letter_that_is_given_up_is_counted() {
    for refusal in [
        Some(("RCPT", "550 5.1.1 no such mailbox")),
        Some(("RCPT", "553 no such mailbox")),
        Some(("DATA", "554 no valid recipients")),
        None,
    ] {
        let (house, post) = (House::open().await, PostOffice::open().await);
        pays(&house).await;
        let before = metrics::LETTERS_GIVEN_UP.value();
        post.refuses(refusal);
        post.will([Verdict::Never]);
        carry(&house, &post).await;
        let given_up = "SELECT COUNT(*) FROM outbox WHERE given_up_at IS NOT NULL AND tries = 1";
        assert_eq!((house.number(given_up).await, waiting(&house).await), (1, 0), "{refusal:?}");
        assert!(metrics::LETTERS_GIVEN_UP.value() > before, "{refusal:?}");
        assert!(metrics::text().contains("# TYPE kppay_letters_given_up_total counter\n"));
    }
}

#[tokio::test]
async fn after_a_crash_a_letter_comes_again_under_the_same_name() {
    let (house, post) = (House::open().await, PostOffice::open().await);
    pays(&house).await;
    // taken from the outbox by a server that is gone before it could send
    let now = house.app.clock.now();
    assert!(!house.app.store.take_letters(now, now.plus_millis(60_000), 1).await.unwrap().is_empty());
    carry(&house, &post).await;
    assert_eq!(post.received().len(), 0, "the one who took it may still be sending");
    house.app.clock.move_on(60_000);
    post.will([Verdict::TakenUnheard]);
    carry(&house, &post).await;
    house.app.clock.move_on(3_600_000);
    carry(&house, &post).await;
    let received = post.received();
    let name = |at: usize| received[at].data.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned();
    assert_eq!((received.len(), name(0)), (2, name(1)));
    assert_eq!(waiting(&house).await, 0);
}

#[tokio::test]
async fn two_servers_send_a_letter_once() {
    let (house, post) = (House::open().await, PostOffice::open().await);
    pays(&house).await;
    tokio::join!(carry(&house, &post), carry(&house, &post), carry(&house, &post));
    assert_eq!(post.received().len(), 1);
}

#[tokio::test]
async fn what_did_not_happen_is_told_to_nobody() {
    let (house, post) = (House::open().await, PostOffice::open().await);
    let ana = house.look_up(&ANA).await;
    house.pay_by_card(&ana, &[("visit", "9999.00")]).await.is_refused(422, "over_balance");
    let token = house.card(&ana, DECLINED).await;
    let order = house.order(&ana, &token, &[("visit", "64.10")]).await;
    house.pay(&ana, &new_key(), &order).await.is_payment(201, "failed");
    // The page has said so; the processor's event and the next question say it again.
    house.round().await;
    house.recover().await;
    carry(&house, &post).await;
    assert_eq!((post.received().len(), house.number("SELECT COUNT(*) FROM outbox").await), (0, 0));
}

/// The letters about a payment's state: subject and text of each.
async fn letters_of(house: &House, payment: &str, state: &str) -> Vec<String> {
    let sql = "SELECT subject || ' ' || body_text FROM outbox WHERE cause = $1 AND id LIKE $2 AND to_address = 'ana@example.org'";
    let letters = sqlx::query_scalar(sql).bind(payment).bind(format!("{payment}:{state}%"));
    letters.fetch_all(&house.app.store.read).await.unwrap()
}

/// A debit of the visit whose payer was told that it is on its way.
async fn sent(house: &House, locale: &str) -> String {
    let ana = house.look_up(&ANA).await;
    let token = house.bank(&ana, PAYS).await;
    let order = house.order(&ana, &token, &[("visit", "64.10")]).await;
    let sent = house.pay(&ana, &new_key(), &order).await.is_payment(201, "processing").json();
    sqlx::query("UPDATE payment SET locale = $1").bind(locale).execute(&house.app.store.write).await.unwrap();
    sent["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_debit_that_was_sent_and_ends_without_money_is_told_once() {
    for (state, locale, said) in [
        ("failed", "en", ["did not go through", "no money was taken. You still owe this amount."]),
        ("failed", "es", ["no se realizó", "no se tomó dinero. Todavía debe este importe."]),
        ("cancelled", "en", ["was canceled", "no money was taken. You still owe this amount."]),
        ("cancelled", "es", ["fue cancelado", "no se tomó dinero. Todavía debe este importe."]),
    ] {
        let house = House::open().await;
        let payment = sent(&house, locale).await;
        assert_eq!(letters_of(&house, &payment, "processing").await.len(), 1);
        house.becomes(&payment, state).await;
        house.round().await;
        house.becomes(&payment, state).await;
        house.round().await;
        assert_eq!(house.text("SELECT state FROM payment").await, state);
        let letters = letters_of(&house, &payment, state).await;
        assert_eq!(letters.len(), 1, "{state} {locale}");
        for part in said {
            assert!(letters[0].contains(part), "{part} is not in {}", letters[0]);
        }
        assert_eq!(house.number("SELECT COUNT(*) FROM outbox").await, 2);
        house.books_are_right().await;
    }
}

#[tokio::test]
async fn a_debit_that_comes_back_twice_is_told_twice() {
    let house = House::open().await;
    let payment = sent(&house, "en").await;
    for state in ["returned", "processing", "returned"] {
        house.becomes(&payment, state).await;
        house.round().await;
    }
    assert_eq!(letters_of(&house, &payment, "returned").await.len(), 2);
    house.books_are_right().await;
}

/// Whoever pressed Pay may have left by then.
#[tokio::test]
async fn an_order_whose_call_ended_without_an_answer_is_told_of_when_it_fails() {
    // Without an answer, or with a server that died; found by the next question, or by the processor's event.
    for (cut, is_event) in [(Cut::After, false), (Cut::After, true), (Cut::Panic, false), (Cut::Panic, true)] {
        let house = House::open().await;
        let ana = house.look_up(&ANA).await;
        let token = house.card(&ana, SHORT_OF_MONEY).await;
        let order = house.order(&ana, &token, &[("visit", "64.10")]).await;
        house.line.cut(cut);
        let answer = house.pay(&ana, &new_key(), &order).await;
        assert!([409, 500].contains(&answer.status.as_u16()));
        assert_eq!(house.number("SELECT COUNT(*) FROM outbox").await, 0);
        if is_event {
            let its_time = if matches!(cut, Cut::Panic) { 30_000 } else { 0 };
            house.app.clock.move_on(its_time);
            house.becomes(&house.text("SELECT id FROM payment").await, "failed").await;
            processor_events::read(&house.app).await.unwrap();
            assert_eq!(house.text("SELECT state FROM payment").await, "failed");
        }
        house.recover().await;
        house.recover().await;
        let payment = house.text("SELECT id FROM payment WHERE state = 'failed'").await;
        let letters = letters_of(&house, &payment, "failed").await;
        assert_eq!((letters.len(), house.number("SELECT COUNT(*) FROM outbox").await), (1, 1));
        assert!(letters[0].contains("no money was taken"), "{}", letters[0]);
        // Not that there was not enough: somebody who tries cards would read it, too.
        assert!(is_event || letters[0].contains("The bank declined the payment."), "{}", letters[0]);
    }
}

#[tokio::test]
async fn an_order_that_a_killed_server_left_is_told_of_when_the_event_overtakes_the_question() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let token = house.card(&ana, DECLINED).await;
    let order = house.order(&ana, &token, &[("visit", "64.10")]).await;
    house.line.cut(Cut::Panic);
    house.pay(&ana, &new_key(), &order).await.is_refused(500, "fault");
    house.line.cut(Cut::Nowhere);
    house.app.clock.move_on(30_000);
    let now = house.app.clock.now();
    let asked = house.app.store.to_ask(now, now.plus_millis(45_000), 1).await.unwrap();
    house.becomes(&asked[0].id, "failed").await;
    processor_events::read(&house.app).await.unwrap();
    charging::ask_again(&house.app, &asked[0]).await.unwrap();
    assert_eq!(letters_of(&house, &asked[0].id, "failed").await.len(), 1);
}

#[tokio::test]
async fn a_card_that_is_declined_while_its_call_waits_is_told_on_the_page() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let token = house.card(&ana, DECLINED).await;
    let order = house.order(&ana, &token, &[("visit", "64.10")]).await;
    house.line.cut(Cut::Charges);
    let call = house.start(Call::post("/payments").by(&ana).key(&new_key()).json(&order));
    while house.asked() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // The processor's event is here before its answer.
    let payment = house.text("SELECT id FROM payment").await;
    let failure = Some(Failure::Declined);
    let verdict = settle::Verdict {
        charge: Some("ch".into()),
        state: PaymentState::Failed,
        failure,
        cents: None,
        sequence: Some(1),
    };
    assert_eq!(charging::settle(&house.app, &payment, &verdict).await.unwrap(), Settled::Changed);
    assert_eq!(charging::settle(&house.app, &payment, &verdict).await.unwrap(), Settled::Same);
    assert_eq!(house.number("SELECT COUNT(*) FROM outbox").await, 0);
    call.abort();
}

/// So many receipts wait.
async fn receipts_wait(house: &House, count: i64) {
    let now = house.app.clock.now().millis();
    for at in 0..count {
        let sql = "INSERT INTO outbox (id, cause, to_address, subject, body_text, body_html, created_at, next_try_at, is_secret) \
                   VALUES ($1, 'x', 'many@example.org', 'Receipt', $2, '', $3, $3, 0)";
        let body = "Thank you for your payment.\n".repeat(40);
        let insert = sqlx::query(sql).bind(format!("receipt-{at:05}")).bind(body).bind(now - count + at);
        insert.execute(&house.app.store.write).await.unwrap();
    }
}

#[tokio::test]
async fn a_reset_is_handed_over_before_the_receipts_that_wait() {
    let (house, post) = (House::open().await, PostOffice::open().await);
    receipts_wait(&house, 200).await;
    let now = house.app.clock.now().millis();
    let sql = "INSERT INTO outbox (id, cause, to_address, subject, body_text, body_html, created_at, next_try_at, is_secret) \
               VALUES ('reset', 'x', 'ana@example.org', 'Reset', 'a#link', '', $1, $1, 1)";
    sqlx::query(sql).bind(now).execute(&house.app.store.write).await.unwrap();
    carry(&house, &post).await;
    let received = post.received();
    assert_eq!((received.len(), waiting(&house).await), (201, 0));
    // Eight are on their way at once, in no order among each other.
    let at = received.iter().position(|letter| letter.to == "ana@example.org").unwrap();
    assert!(at < 8, "{at} letters came before it");
    assert_eq!(
        house.number("SELECT COUNT(*) FROM outbox WHERE body_text = ''").await,
        1,
        "its link is wiped, and no other"
    );
}

#[tokio::test]
async fn a_letter_that_takes_long_keeps_no_other_waiting() {
    let (house, slow) = (House::open().await, PostOffice::open_slow(Duration::from_millis(200)).await);
    receipts_wait(&house, 40).await;
    let began = std::time::Instant::now();
    carry(&house, &slow).await;
    assert_eq!((slow.received().len(), waiting(&house).await), (40, 0));
    // One after the other they would take eight seconds.
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[tokio::test]
async fn the_age_of_the_oldest_letter_that_waits_is_known() {
    let house = House::open().await;
    assert_eq!(house.app.store.letters_waiting().await.unwrap(), (0, None));
    receipts_wait(&house, 3).await;
    let (letters, oldest) = house.app.store.letters_waiting().await.unwrap();
    let first = house.number("SELECT MIN(created_at) FROM outbox").await;
    assert_eq!((letters, oldest.unwrap().millis()), (3, first));
}

/// Not a promise: `cargo test -p server --test sqlite letters_a_second -- --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn letters_a_second() {
    for pause in [0, 20] {
        let (house, post) = (House::open().await, PostOffice::open_slow(Duration::from_millis(pause)).await);
        receipts_wait(&house, 600).await;
        let mailer = Mailer::new(&post.url, FROM).unwrap();
        let began = std::time::Instant::now();
        while waiting(&house).await > 0 {
            send_mail::round(&house.app, &mailer).await.unwrap();
        }
        println!("a pause of {pause} ms: {:.1} letters a second", 600.0 / began.elapsed().as_secs_f64());
    }
}
