//! Letters reach a real mail server: each once it was queued, none that was not, and none lost on the way.

use crate::house::{
    DECLINED, House, new_key,
    post_office::{PostOffice, Verdict},
    seed::ANA,
};
use serde_json::json;
use server::jobs::send_mail::{self, Mailer};
use std::time::Duration;

const FROM: &str = "Health plan <bills@plan.example>";

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
    let asked = crate::house::call::Call::post(&path).by(&ana).json(&json!({"email": "otra@example.org"}));
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
    carry(&house, &post).await;
    assert_eq!((post.received().len(), house.number("SELECT COUNT(*) FROM outbox").await), (0, 0));
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
