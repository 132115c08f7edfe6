//! Payments by mail or phone that came back: what the payment did is undone once, wherever payments are told of, and
//! its member hears of it once.

use super::member_data::data;
use crate::test_app::{Payer, TestApp, call::Call, new_key, seed::ANA};
use serde_json::Value;
use server::jobs::post_payments;

const ANAS: &str = "ana@example.org";

impl TestApp {
    /// As the plan's billing system writes it.
    pub async fn came_back(&self, id: &str, of: &str, cents: i64, day: &str) {
        let sql = "INSERT INTO posted_reversal (id, posted_payment, cents, returned_on, reason) \
                   VALUES ($1, $2, $3, $4, 'insufficient_funds')";
        let row = sqlx::query(sql).bind(id).bind(of).bind(cents).bind(day);
        row.execute(&self.state.store.write).await.unwrap();
    }
}

async fn ana(app: &TestApp) -> Payer {
    app.register(&ANA, ANAS).await;
    app.sign_in(ANAS).await
}

async fn history(app: &TestApp, member: &Payer) -> Vec<Value> {
    let page = app.ask(Call::get("/payments?limit=50").by(member)).await.is(200).json();
    page["payments"].as_array().unwrap().clone()
}

async fn told(app: &TestApp) -> Vec<String> {
    let emails = app.state.store.emails(50).await.unwrap();
    emails.into_iter().filter(|email| email.subject.contains("came back")).map(|email| email.text).collect()
}

async fn problem(app: &TestApp, id: &str) -> String {
    app.text(&format!("SELECT COALESCE(problem, '-') FROM posted_reversal WHERE id = '{id}'")).await
}

#[tokio::test]
async fn a_check_that_bounced_is_undone_wherever_payments_are_told_of_and_its_member_hears_of_it_once() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let (received, returned) = (app.day(4), app.day(1));
    let year = &received[..4];
    let served = format!("UPDATE bill_line SET service_date = '{year}-01-01' WHERE bill = 'visit'");
    sqlx::query(sqlx::AssertSqlSafe(served)).execute(&app.state.store.write).await.unwrap();
    app.plan_took("check-1", "visit", 3_000, "check", &received).await;
    app.post().await;
    assert_eq!(app.owes("visit").await, (3_410, 0));
    app.came_back("bounced-1", "check-1", 3_000, &returned).await;
    let (second, _) = app.second_server().await;
    let (first, other) = tokio::join!(post_payments::round(&app.state), post_payments::round(&second));
    first.and(other).unwrap();
    app.post().await;

    assert_eq!(app.owes("visit").await, (6_410, 0), "the bill is owed again");
    let lines = "SELECT CAST(SUM(you_owe_cents) AS BIGINT) FROM bill_line WHERE bill = 'visit'";
    assert_eq!(app.number(lines).await, 6_410);
    for account in ["taken_by_plan".to_owned(), format!("receivable:{}", ANA.name)] {
        let sql = format!("SELECT CAST(SUM(cents) AS BIGINT) FROM ledger_posting WHERE account = '{account}'");
        assert_eq!(app.number(&sql).await, 0, "{account}");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM ledger_posting WHERE account = 'processor_clearing'").await, 0);
    app.assert_books_balance().await;

    let rows = history(&app, &ana).await;
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((&row["state"], &row["failure"]), (&"returned".into(), &"insufficient_funds".into()));
    let id = row["id"].as_str().unwrap();
    let payment = app.ask(Call::get(&format!("/payments/{id}")).by(&ana)).await.is(200).json();
    let states: Vec<&Value> = payment["events"].as_array().unwrap().iter().map(|event| &event["state"]).collect();
    assert_eq!(states, ["paid", "returned"]);
    assert_eq!(payment["owed_now"], app.ask(Call::get("/bills").by(&ana)).await.is(200).json()["owed"]);
    let bill = app.ask(Call::get("/account/bills/visit").by(&ana)).await.is(200).json();
    assert_eq!((&bill["bill"]["balance"], &bill["payments"][0]["state"]), (&"64.10".into(), &"returned".into()));
    let csv = app.ask(Call::get("/payments.csv").by(&ana)).await;
    let text = &csv.is(200).text;
    assert!(text.contains(&format!(",returned,{returned},")) && text.contains("30.00,0.00,mailed check"), "{text}");
    let spending = app.ask(Call::get("/spending").by(&ana)).await.is(200).text.clone();
    assert!(!spending.contains("30.00"), "{spending}");
    let proof = app.ask(Call::get(&format!("/receipts/{year}")).by(&ana)).await.is(200).json();
    assert_eq!((&proof["counts"], &proof["left_out"][0]["why"]), (&"0.00".into(), &"went_back".into()));
    assert_eq!(proof["left_out"][0]["came_back_on"], returned.as_str());
    let file = app.ask(Call::get(&format!("/payments/{id}/receipt.pdf?locale=en")).by(&ana)).await;
    let receipt = pdf_extract::extract_text_from_mem(&file.is(200).bytes).unwrap();
    assert!(receipt.contains("not a receipt") && receipt.contains("Returned by your bank"), "{receipt}");
    let (data, _) = data(&app, &ana, "").await;
    assert_eq!(data["payments"][0]["state"], "returned");

    let told = told(&app).await;
    let [email] = told.as_slice() else { panic!("{told:?}") };
    for said in ["a payment of $30.00", "There was not enough money", "You owe again: $30.00", id] {
        assert!(email.contains(said), "{said}: {email}");
    }
    let token = app.card(&ana, crate::test_app::VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
}

#[tokio::test]
async fn what_went_to_the_balance_is_taken_from_there_and_what_was_used_of_it_is_owed() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    app.plan_took("check-1", "visit", 8_000, "check", &app.day(1)).await;
    app.post().await;
    let balance = || async { app.ask(Call::get("/balance").by(&ana)).await.is(200).json() };
    assert_eq!(balance().await["balance"], "15.90");
    let order = app.order_from_balance(&ana, "", &[("surgery", "10.00")], "10.00").await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
    app.came_back("bounced-1", "check-1", 8_000, &app.day(0)).await;
    app.post().await;
    assert_eq!(app.owes("visit").await, (6_410, 0));
    let after = balance().await;
    assert_eq!((&after["balance"], &after["owed"]), (&"0.00".into(), &"10.00".into()));
    let states: Vec<(Value, Value)> =
        history(&app, &ana).await.iter().map(|row| (row["charged"].clone(), row["state"].clone())).collect();
    let is_there = |charged: &str, state: &str| states.contains(&(charged.into(), state.into()));
    assert!(is_there("64.10", "returned") && is_there("15.90", "returned") && is_there("10.00", "paid"), "{states:?}");
    let told = told(&app).await;
    let [email] = told.as_slice() else { panic!("{told:?}") };
    for said in ["a payment of $80.00", "You owe again: $64.10", "Taken from your balance: $15.90"] {
        assert!(email.contains(said), "{said}: {email}");
    }
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_reversal_of_nothing_of_another_sum_or_the_second_of_one_payment_waits_for_people_and_stops_no_other() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    app.plan_took("check-1", "visit", 1_000, "check", &app.day(2)).await;
    app.plan_took("check-2", "visit", 2_000, "phone", &app.day(2)).await;
    app.plan_took("waits", "visit", 300, "pigeon", &app.day(2)).await;
    app.post().await;
    app.came_back("a", "nothing", 1_000, &app.day(1)).await;
    app.came_back("b", "check-1", 1_001, &app.day(1)).await;
    app.came_back("c", "check-1", 999, &app.day(1)).await;
    app.came_back("d", "check-1", 1_000, &app.day(3)).await;
    app.came_back("e", "check-1", 1_000, &app.day(-1)).await;
    app.came_back("f", "waits", 300, &app.day(1)).await;
    app.came_back("g", "check-2", 2_000, &app.day(1)).await;
    app.came_back("h", "check-2", 2_000, &app.day(1)).await;
    app.post().await;
    assert_eq!(app.owes("visit").await, (5_410, 0), "check-1 stays, check-2 came back");
    for (id, why) in [
        ("a", "posted_payment: there is none"),
        ("b", "cents: not those of the payment"),
        ("c", "cents: not those of the payment"),
        ("d", "returned_on"),
        ("e", "returned_on"),
        ("f", "-"),
        ("g", "-"),
        ("h", "posted_payment: it came back before"),
    ] {
        assert_eq!(problem(&app, id).await, why, "{id}");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM posted_reversal WHERE posted_at IS NOT NULL").await, 1);
    assert_eq!(told(&app).await.len(), 1);
    let again = sqlx::query(
        "INSERT INTO posted_reversal (id, posted_payment, cents, returned_on) VALUES ('g', 'check-1', 1000, '2026-01-01')",
    );
    assert!(again.execute(&app.state.store.write).await.is_err(), "the plan's name for it is used once");
    for sql in [
        "UPDATE posted_payment SET method = 'phone', problem = NULL WHERE id = 'waits'",
        "UPDATE posted_reversal SET cents = 1000, problem = NULL WHERE id = 'c'",
    ] {
        sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
    }
    app.post().await;
    assert_eq!(app.owes("visit").await, (6_410, 0), "once it was put right, and once its payment was posted");
    assert!(history(&app, &ana).await.iter().all(|row| row["state"] == "returned"));
    app.assert_books_balance().await;
}
