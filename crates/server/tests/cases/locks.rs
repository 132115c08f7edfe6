//! The order of row locks over PostgreSQL: two transactions that take them in two orders wait for each other.

use crate::test_app::{Payer, TestApp, VISA, database::Kind, line::Cut, new_key, seed::ANA};
use contract::payment::PaymentState::Paid;
use server::{
    billing::charging,
    store::settle::{SettleResult, Verdict},
};
use sqlx::AssertSqlSafe;
use std::time::Duration;

/// A payment that nobody has answered for.
async fn begun(app: &TestApp, ana: &Payer) -> String {
    app.line.cut(Cut::Before);
    let token = app.card(ana, VISA).await;
    let order = app.order(ana, &token, &[("surgery", "10.00"), ("visit", "1.00")]).await;
    app.pay(ana, &new_key(), &order).await.is_refused(409, "key_in_use");
    app.text("SELECT id FROM payment").await
}

#[tokio::test]
async fn a_settlement_that_waits_for_a_bill_holds_none_of_its_lines_and_no_session() {
    if crate::KIND != Kind::Postgres {
        return;
    }
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let payment = begun(&app, &ana).await;
    let mut other = app.state.store.begin().await.unwrap();
    sqlx::query("UPDATE bill SET due = due WHERE id = 'surgery'").execute(&mut *other).await.unwrap();
    let verdict = Verdict { charge: Some("ch".into()), state: Paid, failure: None, cents: None, sequence: None };
    let meanwhile = async {
        let waits =
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while app.number(waits).await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        for table in ["bill_line", "session", "method_token"] {
            let sql = format!("SELECT 1 FROM {table} FOR UPDATE NOWAIT");
            sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *other).await.expect(table);
        }
        other.rollback().await.unwrap();
    };
    let (settled, ()) = tokio::join!(charging::settle(&app.state, &payment, &verdict), meanwhile);
    assert_eq!(settled.unwrap(), SettleResult::Changed);
    assert_eq!((app.owes("surgery").await, app.owes("visit").await), ((114_000, 0), (6_310, 0)));
    app.assert_books_balance().await;
}
