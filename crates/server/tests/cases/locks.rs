//! The order of row locks over PostgreSQL: two transactions that take them in two orders wait for each other.

use crate::test_app::{Payer, TestApp, VISA, database::Kind, line::Cut, new_key, seed::ANA};
use contract::payment::PaymentState::Paid;
use server::{
    billing::charging,
    store::{
        jobs::Kind as JobKind,
        outbox::Emails,
        pending_charges::Overdue,
        settle::{SettleResult, Verdict},
    },
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
        wait_for_a_lock(&app).await;
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

#[tokio::test]
async fn a_deposit_that_waits_for_the_session_of_a_payment_from_the_balance_holds_no_credit() {
    if crate::KIND != Kind::Postgres {
        return;
    }
    let app = TestApp::open().await;
    app.register(&ANA, "ana@example.org").await;
    let ana = app.sign_in("ana@example.org").await;
    let payment = begun(&app, &ana).await;
    for sql in [
        "UPDATE payment SET deposit_cents = total_cents",
        "DELETE FROM payment_line",
        "DELETE FROM payment_share",
        "UPDATE bill SET pending_cents = 0",
        "UPDATE bill_line SET pending_cents = 0",
        "INSERT INTO credit (membership, cents, owed_cents, changes) SELECT membership, 0, 0, 0 FROM payment",
        "UPDATE session SET draft = (SELECT '{\"key\":\"' || idempotency_key || '\"}' FROM payment)",
    ] {
        sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
    }
    let mut other = app.state.store.begin().await.unwrap();
    sqlx::query("SELECT 1 FROM session FOR NO KEY UPDATE").fetch_all(&mut *other).await.unwrap();
    let verdict = Verdict { charge: Some("ch".into()), state: Paid, failure: None, cents: None, sequence: None };
    let meanwhile = async {
        wait_for_a_lock(&app).await;
        sqlx::query("SELECT 1 FROM credit FOR UPDATE NOWAIT").fetch_all(&mut *other).await.expect("credit");
        other.rollback().await.unwrap();
    };
    let (settled, ()) = tokio::join!(charging::settle(&app.state, &payment, &verdict), meanwhile);
    assert_eq!(settled.unwrap(), SettleResult::Changed);
    assert_eq!(app.number("SELECT cents FROM credit").await, 1_100);
    app.assert_books_balance().await;
}

/// Until some other transaction waits for one.
async fn wait_for_a_lock(app: &TestApp) {
    let waits = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while app.number(waits).await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The first that is due is locked: gives what is claimed in one turn of each queue meanwhile.
async fn claimed_beside(app: &TestApp, table: &str, first: &str) -> Vec<String> {
    let mut other = app.state.store.begin().await.unwrap();
    let lock = format!("SELECT 1 FROM {table} WHERE id = '{first}' FOR UPDATE");
    assert_eq!(sqlx::query(AssertSqlSafe(lock)).fetch_all(&mut *other).await.unwrap().len(), 1);
    let (store, now) = (&app.state.store, app.state.clock.now());
    let until = now.plus_millis(60_000);
    let overdue = Overdue { now, expected_before: "2000-01-01".to_owned(), made_before: now };
    let claim = async {
        match table {
            "job" => {
                let jobs = store.claim_jobs(JobKind::AccountRequest.name(), 1, now, until).await.unwrap();
                jobs.into_iter().map(|job| job.id).collect()
            }
            "outbox" => {
                let emails = store.claim_emails(Emails::All, 1, now, until).await.unwrap();
                emails.into_iter().map(|email| email.id).collect()
            }
            _ => {
                let asked = store.to_ask(now, until, 1).await.unwrap();
                let overdue = store.claim_overdue(&overdue, until).await.unwrap();
                let mut ids: Vec<String> = asked.into_iter().map(|asked| asked.id).chain(overdue).collect();
                ids.sort();
                ids
            }
        }
    };
    // Well below what a statement may wait for a lock.
    let claimed = tokio::time::timeout(Duration::from_secs(3), claim).await;
    other.rollback().await.unwrap();
    claimed.unwrap_or_else(|_| panic!("it waits for a row of {table} that another server is at"))
}

#[tokio::test]
async fn a_claim_passes_over_a_row_that_another_server_holds_and_takes_the_next_at_once() {
    // SQLite has one writer: a claim there waits for the transaction of the other as a whole.
    if crate::KIND != Kind::Postgres {
        return;
    }
    let app = TestApp::open().await;
    for id in ["first", "second"] {
        let job = "INSERT INTO job (id, kind, payload, created_at, due_at) VALUES ($1, 'account_request', '{}', 0, 0)";
        sqlx::query(job).bind(id).execute(&app.state.store.write).await.unwrap();
        super::mail::refusals::queue(&app, id).await;
    }
    for table in ["job", "outbox"] {
        assert_eq!(claimed_beside(&app, table, "first").await, ["second"], "{table}");
    }
    let ana = app.look_up(&ANA).await;
    let first = begun(&app, &ana).await;
    let copy = async |id: &str, ask_at: &str| {
        let sql = format!(
            "INSERT INTO payment (id, reference, idempotency_key, ask_at, created_at, state, membership, session, \
             fingerprint, total_cents, fee_cents, method, payer_name, locale, authorisation, authorisation_version, \
             moved_by, token, binding) SELECT '{id}', '{id}', '{id}', {ask_at}, 0, 'processing', membership, session, \
             fingerprint, total_cents, fee_cents, method, payer_name, locale, authorisation, authorisation_version, \
             moved_by, token, binding FROM payment WHERE id = '{first}'"
        );
        sqlx::query(AssertSqlSafe(sql)).execute(&app.state.store.write).await.unwrap();
    };
    for (id, ask_at) in [("asked", "1"), ("asked too", "2"), ("overdue", "NULL"), ("overdue too", "NULL")] {
        copy(id, ask_at).await;
    }
    assert_eq!(claimed_beside(&app, "payment", "asked").await, ["asked too", "overdue", "overdue too"]);
    app.state.clock.move_on(120_000);
    assert_eq!(claimed_beside(&app, "payment", "overdue").await, ["asked", "overdue too"]);
}
