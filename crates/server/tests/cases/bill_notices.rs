//! Members are told of a new bill and of one that is due soon: once each, whichever servers do it, and not if they
//! turned it off or owe nothing of it.

use super::{mail::carry, unreadable::spoil};
use crate::test_app::{Payer, TestApp, call::Call, mail_server::MailServer, seed::ANA};
use contract::Date;
use serde_json::json;
use server::{
    jobs::{
        bill_notices,
        periodic::{self, Periodic},
    },
    store::closing,
};

const ANAS: &str = "ana@example.org";

async fn ana(app: &TestApp) -> Payer {
    app.register(&ANA, ANAS).await;
    app.sign_in(ANAS).await
}

fn today(app: &TestApp) -> Date {
    app.state.today(ANA.region.parse().unwrap())
}

/// Of all that are seeded, this one alone is news.
async fn dated(app: &TestApp, bill: &str, issued: Date, due: Date) {
    for (sql, values) in [
        ("UPDATE bill SET issued = $1, due = $2", ["2020-01-01".to_owned(), "2020-02-01".to_owned(), String::new()]),
        ("UPDATE bill SET issued = $1, due = $2 WHERE id = $3", [issued.to_string(), due.to_string(), bill.to_owned()]),
    ] {
        let query = sqlx::query(sql).bind(values[0].clone()).bind(values[1].clone());
        let query = if values[2].is_empty() { query } else { query.bind(values[2].clone()) };
        query.execute(&app.state.store.write).await.unwrap();
    }
}

async fn told(app: &TestApp) -> Vec<String> {
    let emails = app.state.store.emails(50).await.unwrap();
    let of_bills = emails.into_iter().filter(|email| email.text.contains("/account/bills/"));
    of_bills.map(|email| email.text.lines().next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_member_is_told_once_of_a_new_bill_and_once_before_it_is_due() {
    let app = TestApp::open().await;
    ana(&app).await;
    let day = today(&app);
    dated(&app, "visit", day, day.plus_days(6)).await;
    bill_notices::round(&app.state).await.unwrap();
    bill_notices::round(&app.state).await.unwrap();
    assert_eq!(told(&app).await, ["There is a new bill in your account."]);
    app.state.clock.move_on(86_400_000);
    for _ in 0..6 {
        bill_notices::round(&app.state).await.unwrap();
        app.state.clock.move_on(86_400_000);
    }
    assert_eq!(told(&app).await, ["A bill in your account is due soon.", "There is a new bill in your account."]);
    let emails = app.state.store.emails(50).await.unwrap();
    let email = emails.iter().find(|email| email.subject.contains("due soon")).unwrap();
    assert!(email.text.contains("$64.10") && !email.text.contains("Mateo"), "{}", email.text);
}

#[tokio::test]
async fn what_is_paid_or_on_its_way_or_long_there_is_no_news() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let day = today(&app);
    dated(&app, "visit", day.plus_days(-4), day.plus_days(6)).await;
    bill_notices::round(&app.state).await.unwrap();
    assert_eq!(told(&app).await, Vec::<String>::new(), "four days old, and not due soon");
    dated(&app, "visit", day, day.plus_days(2)).await;
    app.pay_by_card(&ana, &[("visit", "64.10")]).await.is_payment(201, "paid");
    bill_notices::round(&app.state).await.unwrap();
    assert_eq!(told(&app).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_bill_that_cannot_be_read_keeps_no_other_from_being_told_of() {
    let app = TestApp::open().await;
    ana(&app).await;
    let day = today(&app);
    dated(&app, "visit", day, day.plus_days(2)).await;
    // By its id it comes before the other.
    let sql = "UPDATE bill SET issued = (SELECT issued FROM bill WHERE id = 'visit') WHERE id = 'surgery'";
    sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
    spoil(&app, "bill", "due", "surgery").await;
    for _ in 0..2 {
        bill_notices::round(&app.state).await.unwrap();
    }
    assert_eq!(told(&app).await.len(), 2, "that the other is new, and that it is due soon");
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE id LIKE 'bill:visit:%'").await, 2);
}

#[tokio::test]
async fn two_servers_tell_of_a_bill_once() {
    let app = TestApp::open().await;
    ana(&app).await;
    let day = today(&app);
    dated(&app, "visit", day, day.plus_days(2)).await;
    let (second, _) = app.second_server().await;
    // As the worker does it, and with both at it at once.
    let work = |state| async move { bill_notices::round(&state).await };
    let round = |state| periodic::round_of(state, Periodic::TellOfBills, work);
    let (first, other) = tokio::join!(round(&app.state), round(&second));
    first.and(other).unwrap();
    let (first, other) = tokio::join!(bill_notices::round(&app.state), bill_notices::round(&second));
    first.and(other).unwrap();
    assert_eq!(told(&app).await.len(), 2, "that it is new, and that it is due soon");
}

#[tokio::test]
async fn a_member_whose_account_is_closed_at_the_same_time_is_told_of_no_bill() {
    let app = TestApp::open().await;
    ana(&app).await;
    let day = today(&app);
    dated(&app, "visit", day, day.plus_days(2)).await;
    let account = app.text("SELECT id FROM account").await;
    let mut other = app.state.store.begin().await.unwrap();
    closing::lock(&mut other, &account).await.unwrap();
    let state = app.state.clone();
    let round = tokio::spawn(async move { bill_notices::round(&state).await });
    app.until_it_waits(&round).await;
    closing::close(&mut other, &account, app.state.clock.now()).await.unwrap();
    other.commit().await.unwrap();
    round.await.unwrap().unwrap();
    assert_eq!(told(&app).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_notice_of_bills_that_is_turned_off_is_not_sent_and_not_sent_later_either() {
    let (app, post) = (TestApp::open().await, MailServer::open().await);
    let ana = ana(&app).await;
    let day = today(&app);
    dated(&app, "visit", day, day.plus_days(2)).await;
    let choose = |is_on: bool| json!({ "notices": [{ "kind": "bill_ready", "email": is_on }] });
    app.ask(Call::write("PUT", "/notices").by(&ana).json(&choose(false))).await.is(200);
    bill_notices::round(&app.state).await.unwrap();
    carry(&app, &post).await;
    app.ask(Call::write("PUT", "/notices").by(&ana).json(&choose(true))).await.is(200);
    bill_notices::round(&app.state).await.unwrap();
    carry(&app, &post).await;
    let of = |words: &str| post.received().iter().filter(|email| email.data.contains(words)).count();
    assert_eq!((of("You have a new bill"), of("A bill is due soon")), (0, 1));
}
