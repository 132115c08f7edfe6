//! Payments that the plan took itself, by mail or phone: each row that its billing system wrote becomes a payment once,
//! with its effect on the bill, and everything that tells of payments tells of it.

use crate::test_app::{
    PAYS, Payer, TestApp,
    call::Call,
    new_key,
    seed::{ANA, MEI},
};
use contract::Instant;
use serde_json::Value;
use server::{
    jobs::{periodic::Periodic, post_payments, reconcile::reconcile},
    state::App,
};
use std::time::Duration;

const ANAS: &str = "ana@example.org";

impl TestApp {
    /// As the plan's billing system writes it.
    pub async fn plan_took(&self, id: &str, bill: &str, cents: i64, method: &str, day: &str) {
        let sql = "INSERT INTO posted_payment (id, bill, cents, method, received_on) VALUES ($1, $2, $3, $4, $5)";
        let row = sqlx::query(sql).bind(id).bind(bill).bind(cents).bind(method).bind(day);
        row.execute(&self.state.store.write).await.unwrap();
    }
    pub async fn post(&self) {
        post_payments::round(&self.state).await.unwrap();
    }
    /// By the clock of Ana's region.
    pub fn day(&self, ago: i64) -> String {
        self.state.today(ANA.region.parse().unwrap()).plus_days(-ago).to_string()
    }
}

async fn ana(app: &TestApp) -> Payer {
    app.register(&ANA, ANAS).await;
    app.sign_in(ANAS).await
}

async fn history(app: &TestApp, member: &Payer, filter: &str) -> Vec<Value> {
    let page = app.ask(Call::get(&format!("/payments?limit=50{filter}")).by(member)).await.is(200).json();
    page["payments"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_check_that_the_plan_took_is_in_the_history_as_paid_and_the_bill_owes_less() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let day = app.day(4);
    // the proof is of the year of the service
    let year = &day[..4];
    let served = format!("UPDATE bill_line SET service_date = '{year}-01-01' WHERE bill = 'visit'");
    sqlx::query(sqlx::AssertSqlSafe(served)).execute(&app.state.store.write).await.unwrap();
    app.plan_took("check-1", "visit", 3_000, "check", &day).await;
    app.post().await;
    let rows = history(&app, &ana, "").await;
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(
        (&row["state"], &row["charged"], &row["method"]["kind"]),
        (&"paid".into(), &"30.00".into(), &"check".into())
    );
    let bill = app.ask(Call::get("/account/bills/visit").by(&ana)).await.is(200).json();
    assert_eq!((&bill["bill"]["balance"], &bill["payments"][0]["by"]), (&"34.10".into(), &"check".into()));
    assert_eq!(app.owes("visit").await, (3_410, 0));
    let lines = "SELECT CAST(SUM(you_owe_cents) AS BIGINT) FROM bill_line WHERE bill = 'visit'";
    assert_eq!(app.number(lines).await, 3_410);
    let taken = "SELECT cents FROM ledger_posting WHERE account = 'taken_by_plan'";
    assert_eq!(app.number(taken).await, 3_000);
    assert_eq!(app.number("SELECT COUNT(*) FROM ledger_posting WHERE account = 'processor_clearing'").await, 0);
    app.assert_books_balance().await;
    for (method, found) in [("check", 1), ("phone", 0), ("card", 0)] {
        assert_eq!(history(&app, &ana, &format!("&method={method}")).await.len(), found, "{method}");
    }
    let csv = app.ask(Call::get("/payments.csv").by(&ana)).await;
    assert!(
        csv.is(200).text.contains(&format!("{day},")) && csv.text.contains("30.00,30.00,mailed check"),
        "{}",
        csv.text
    );
    let proof = app.ask(Call::get(&format!("/receipts/{year}")).by(&ana)).await.is(200).json();
    assert_eq!(proof["counts"], "30.00");
    let id = row["id"].as_str().unwrap();
    let receipt = app.ask(Call::get(&format!("/payments/{id}/receipt.pdf?locale=en")).by(&ana)).await;
    let text = pdf_extract::extract_text_from_mem(&receipt.is(200).bytes).unwrap();
    assert!(text.contains("The plan took this payment itself"), "{text}");
    assert!(!text.contains("The authorization you gave"), "{text}");
    let other = app.look_up(&MEI).await;
    app.ask(Call::get(&format!("/payments/{id}")).by(&other)).await.is_refused(404, "not_found");
}

#[tokio::test]
async fn a_payment_by_phone_is_posted_once_however_often_and_by_whichever_server() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    app.plan_took("phone-1", "visit", 1_000, "phone", &app.day(0)).await;
    let (second, _) = app.second_server().await;
    let (first, other) = tokio::join!(post_payments::round(&app.state), post_payments::round(&second));
    first.and(other).unwrap();
    app.post().await;
    assert_eq!(history(&app, &ana, "&method=phone").await.len(), 1);
    assert_eq!(app.owes("visit").await, (5_410, 0));
    let again = sqlx::query(
        "INSERT INTO posted_payment (id, bill, cents, method, received_on) \
         VALUES ('phone-1', 'visit', 1000, 'phone', '2026-01-01')",
    );
    assert!(again.execute(&app.state.store.write).await.is_err(), "the plan's name for it is used once");
}

#[tokio::test]
async fn what_is_more_than_the_bill_takes_beside_a_debit_on_its_way_goes_to_the_balance() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "60.00")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing");
    app.plan_took("check-1", "visit", 3_000, "check", &app.day(1)).await;
    app.post().await;
    assert_eq!(app.owes("visit").await, (6_000, 6_000), "4.10 was free");
    let balance = app.ask(Call::get("/balance").by(&ana)).await.is(200).json();
    assert_eq!(balance["balance"], "25.90");
    let mut charged: Vec<String> = history(&app, &ana, "&method=check")
        .await
        .iter()
        .map(|row| row["charged"].as_str().unwrap().to_owned())
        .collect();
    charged.sort();
    assert_eq!(charged, ["25.90", "4.10"]);
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_row_that_cannot_be_understood_waits_for_people_and_keeps_no_other_from_being_posted() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    app.plan_took("a", "visit", 100, "pigeon", &app.day(1)).await;
    app.plan_took("b", "visit", 200, "check", &app.day(-1)).await;
    app.plan_took("c", "visit", 300, "check", "yesterday").await;
    app.plan_took("d", "visit", 400, "check", &app.day(1)).await;
    app.post().await;
    let amounts: Vec<Value> = history(&app, &ana, "").await.iter().map(|row| row["charged"].clone()).collect();
    assert_eq!(amounts, ["4.00"]);
    for (id, column) in [("a", "method"), ("b", "received_on"), ("c", "received_on")] {
        let sql = format!("SELECT problem FROM posted_payment WHERE id = '{id}' AND posted_at IS NULL");
        assert_eq!(app.text(&sql).await, column, "{id}");
    }
    sqlx::query("UPDATE posted_payment SET method = 'phone', problem = NULL WHERE id = 'a'")
        .execute(&app.state.store.write)
        .await
        .unwrap();
    app.post().await;
    assert_eq!(history(&app, &ana, "&method=phone").await.len(), 1, "once it was put right");
}

#[tokio::test]
async fn the_worker_posts_them_and_reconciliation_looks_for_no_charge_of_them() {
    let app = TestApp::open().await;
    ana(&app).await;
    app.plan_took("check-1", "visit", 3_000, "check", &app.day(2)).await;
    Periodic::PostPayments.work(App::clone(&app.state)).await.unwrap();
    assert_eq!(app.payments().await, 1);
    let differences = reconcile(&app.state, Instant::from_millis(0), Duration::ZERO).await.unwrap();
    assert_eq!(differences, []);
}
