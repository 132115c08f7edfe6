//! Credit that a server of the version before books: it knows no balances, and writes no change of one.

use super::*;
use server::jobs::periodic::Periodic;

impl TestApp {
    /// As that server books money that came for bills which somebody else had paid, or takes it back.
    async fn book_as_before(&self, payment: &str, reason: &str, cents: i64) {
        let entry = format!("{payment}:{reason}");
        for sql in [
            format!(
                "INSERT INTO ledger_entry (id, payment, source_kind, source, reason, at) \
                 VALUES ('{entry}', '{payment}', 'payment', '{payment}', '{reason}', {})",
                self.state.clock.now().millis()
            ),
            format!(
                "INSERT INTO ledger_posting (entry, account, cents) \
                 VALUES ('{entry}', 'processor_clearing', {cents}), ('{entry}', 'credit:{}', {})",
                ANA.name, -cents
            ),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&self.state.store.write).await.unwrap();
        }
    }
}

async fn watch(app: &server::state::App) {
    Periodic::WatchPayments.work(app.clone()).await.unwrap();
}

#[tokio::test]
async fn what_a_server_of_the_version_before_booked_is_in_the_balance_once_whichever_servers_catch_up() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    let id = app.pay_by_card(&ana, &[("visit", "1.00")]).await.is_payment(201, "paid").json()["id"].clone();
    let id = id.as_str().unwrap();
    app.book_as_before(id, "paid:2", 6_410).await;
    app.deposit_by_card(&ana, "40.00").await;
    assert_eq!(app.balance(&ana).await["balance"], "40.00");
    let (second, _) = app.second_server().await;
    tokio::join!(watch(&app.state), watch(&second), watch(&app.state));
    let balance = app.balance(&ana).await;
    assert_eq!(balance["balance"], "104.10");
    assert_eq!(statement(&balance)[0], row("credit", true, "64.10", "104.10"));
    app.assert_balance_is_explained().await;
    watch(&app.state).await;
    assert_eq!(app.balance(&ana).await["balance"], "104.10");
}

#[tokio::test]
async fn what_that_server_took_back_and_was_not_there_any_more_is_owed() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    let id = app.pay_by_card(&ana, &[("visit", "1.00")]).await.is_payment(201, "paid").json()["id"].clone();
    let id = id.as_str().unwrap();
    for (reason, cents, balance, owed) in [
        ("paid:2", 3_000, "30.00", "0.00"),
        ("returned", -5_000, "0.00", "20.00"),
        ("returned:2", -500, "0.00", "25.00"),
        ("paid:3", 4_000, "15.00", "0.00"),
    ] {
        app.book_as_before(id, reason, cents).await;
        watch(&app.state).await;
        let read = app.balance(&ana).await;
        assert_eq!((&read["balance"], &read["owed"]), (&balance.into(), &owed.into()), "{reason}");
        app.assert_balance_is_explained().await;
    }
}

#[tokio::test]
async fn entries_that_can_not_be_caught_up_with_keep_no_other() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    let id = app.pay_by_card(&ana, &[("visit", "1.00")]).await.is_payment(201, "paid").json()["id"].clone();
    let id = id.as_str().unwrap();
    // More than one page of them, all of one moment.
    for bad in 2..=122 {
        app.book_as_before(id, &format!("paid:{bad}"), 1_000).await;
    }
    for sql in [
        "UPDATE ledger_posting SET account = 'credit:nobody' WHERE account LIKE 'credit:%'",
        "UPDATE ledger_entry SET at = 5 WHERE reason LIKE 'paid:%'",
    ] {
        sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
    }
    app.book_as_before(id, "paid:123", 4_000).await;
    watch(&app.state).await;
    assert_eq!(app.balance(&ana).await["balance"], "40.00");
}
