//! A database that is full, locked, read-only or gone: it is said so that the one who asked can ask again, nothing is
//! half done, and once the trouble is over all is as before.

mod versions;

use crate::test_app::{
    self, PASSWORD, Payer, TestApp, VISA,
    call::{Call, Response},
    database::Kind,
    new_key,
    seed::{ANA, MEI},
};
use axum::Router;
use serde_json::{Value, json};
use server::store::payment_pages::Page;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};
use std::time::{Duration, Instant};

/// Above what one statement may take (of those that wait for one row each waits for the one before it, too, ten seconds
/// in all), and well below the patience of a request.
const SOON: Duration = Duration::from_secs(15);

fn is_postgres() -> bool {
    crate::KIND == Kind::Postgres
}

/// The table that a job goes to can't be written: what it is of is not, either.
#[tokio::test]
async fn a_confirmation_email_that_can_not_be_queued_changes_no_address() {
    let app = TestApp::open().await;
    let ana = app.apply(&ANA, "anna@example.org").await;
    let (link, code) = (app.link("anna@example.org").await, app.code().await);
    let elsewhere = json!({ "email": "ana@example.org", "password": PASSWORD });
    let asked = || Call::post("/confirmation-emails").by(&ana).json(&elsewhere);
    let pending = "SELECT opening || ' ' || COALESCE(token_hash, 'void') || ' ' || changes FROM pending_account";
    let before = app.text(pending).await;
    let rename = async |sql: &'static str| _ = sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
    rename("ALTER TABLE job RENAME TO gone").await;
    let answer = app.ask(asked()).await;
    assert!(answer.status.is_server_error(), "{}", answer.text);
    rename("ALTER TABLE gone RENAME TO job").await;
    assert_eq!((app.text(pending).await, app.number("SELECT COUNT(*) FROM job").await), (before, 0));
    // Asked again it comes whole: the link of before is void, and the other address has one.
    app.ask(asked()).await.is(202);
    app.jobs().await;
    app.confirm(&link, &code).await.is_refused(422, "link_refused");
    app.confirm(&app.link("ana@example.org").await, &code).await.is(204);
}

async fn dollar(app: &TestApp, ana: &Payer, bill: &str) -> Value {
    let token = app.card(ana, VISA).await;
    let mut order = app.order(ana, &token, &[(bill, "1.00")]).await;
    order["pay_again"] = json!(true);
    order
}

async fn pay_a_dollar(app: &TestApp, ana: &Payer) -> Response {
    app.pay(ana, &new_key(), &dollar(app, ana, "surgery").await).await
}

/// Of somebody who knows nothing of our limits.
async fn stranger(app: &TestApp) -> AnyConnection {
    AnyConnection::connect(&app.state.settings.database_url).await.unwrap()
}

async fn run(connection: &mut AnyConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(connection).await.unwrap();
}

fn is_unavailable(answer: &Response) {
    answer.is_refused(503, "unavailable");
    assert_eq!((answer.header("retry-after"), &answer.json()["retry_after"]), ("5", &json!(5)));
}

/// Pays until the writing connection may not make its file any longer. Gives how many were charged whose answer could
/// not be written: none if it was full before the processor was asked. Nobody is told that such a payment failed.
async fn pay_until_it_is_full(app: &TestApp, ana: &Payer) -> i64 {
    let write = &app.state.store.write;
    sqlx::query("PRAGMA max_page_count = 1").execute(write).await.unwrap(); // as many as there are
    for _ in 0..100 {
        let answer = pay_a_dollar(app, ana).await;
        match answer.status.as_u16() {
            201 => {}
            409 => {
                answer.is_refused(409, "key_in_use");
                return 1;
            }
            _ => {
                is_unavailable(&answer);
                return 0;
            }
        }
    }
    panic!("a hundred payments went into no new page");
}

/// What is paid was charged, once, and other connections see it.
async fn all_that_was_charged_is_written(app: &TestApp) {
    assert_eq!(app.payments().await, app.charges().await);
    assert_eq!(app.number("SELECT COUNT(*) FROM payment WHERE state = 'paid'").await, app.charges().await);
    app.assert_books_balance().await;
}

#[tokio::test]
async fn after_a_full_disk_and_a_rejection_every_payment_is_charged_and_written() {
    if is_postgres() {
        return; // what a full disk does to its transactions is its own to get right
    }
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let unknown = pay_until_it_is_full(&app, &ana).await;
    let running = app.number("SELECT COUNT(*) FROM payment WHERE ask_at IS NOT NULL").await;
    assert_eq!((app.payments().await, running), (app.charges().await, unknown));
    sqlx::query("PRAGMA max_page_count = 1000000").execute(&app.state.store.write).await.unwrap();
    app.recover().await;
    all_that_was_charged_is_written(&app).await;
    pay_a_dollar(&app, &ana).await.is_payment(201, "paid");
    app.pay_by_card(&ana, &[("visit", "9999.00")]).await.is_refused(422, "over_balance");
    for _ in 0..3 {
        pay_a_dollar(&app, &ana).await.is_payment(201, "paid");
    }
    all_that_was_charged_is_written(&app).await;
}

#[tokio::test]
async fn a_transaction_that_was_left_alone_is_rolled_back_and_the_next_one_is_written() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    for _ in 0..30 {
        let begun = app.state.store.begin();
        // Given up at some point of it: before BEGIN is asked for, before it is answered, or after.
        if let Ok(Ok(mut tx)) = tokio::time::timeout(Duration::from_micros(50), begun).await {
            sqlx::query("UPDATE bill SET patient = 'nobody'").execute(&mut *tx).await.unwrap();
        }
    }
    pay_a_dollar(&app, &ana).await.is_payment(201, "paid");
    assert_eq!(app.number("SELECT COUNT(*) FROM bill WHERE patient = 'nobody'").await, 0);
    all_that_was_charged_is_written(&app).await;
}

#[tokio::test]
async fn a_database_that_can_not_be_written_is_unavailable_and_no_fault() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let mut other = stranger(&app).await;
    run(&mut other, if is_postgres() { "BEGIN; LOCK TABLE payment IN SHARE MODE" } else { "BEGIN IMMEDIATE" }).await;
    let began = Instant::now();
    is_unavailable(&pay_a_dollar(&app, &ana).await);
    assert!(began.elapsed() < SOON);
    run(&mut other, "ROLLBACK").await;
    app.assert_nothing_happened().await;
    pay_a_dollar(&app, &ana).await.is_payment(201, "paid");
    all_that_was_charged_is_written(&app).await;
}

#[tokio::test]
async fn a_database_that_was_started_again_is_there_again() {
    if !is_postgres() {
        return;
    }
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let mut other = stranger(&app).await;
    run(&mut other, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").await;
    // Each connection that is gone costs one answer at most.
    for _ in 0..24 {
        let bills = app.ask(Call::get("/bills").by(&ana)).await;
        if bills.status == 200 {
            break;
        }
        is_unavailable(&bills);
    }
    app.ask(Call::get("/bills").by(&ana)).await.is(200);
    pay_a_dollar(&app, &ana).await.is_payment(201, "paid");
    all_that_was_charged_is_written(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_holds_a_bill_for_ever_keeps_nobody_waiting_for_long() {
    if !is_postgres() {
        return; // there is one writer: the case above
    }
    let app = TestApp::open().await;
    let (ana, mei) = (app.look_up(&ANA).await, app.look_up(&MEI).await);
    let mut holder = stranger(&app).await;
    run(&mut holder, "BEGIN; UPDATE bill SET patient = patient WHERE id = 'surgery'").await;
    let mut orders = Vec::new();
    for _ in 0..12 {
        orders.push(dollar(&app, &ana, "surgery").await);
    }
    let meis = dollar(&app, &mei, "meis").await;
    let keys: Vec<String> = orders.iter().map(|_| new_key()).collect();
    let began = Instant::now();
    let waiting = orders.iter().zip(&keys).map(|(order, key)| app.pay(&ana, key, order));
    let key = new_key();
    let (waited, others) = tokio::join!(futures_util::future::join_all(waiting), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let paid = app.pay(&mei, &key, &meis).await;
        (paid, began.elapsed())
    });
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    waited.iter().for_each(is_unavailable);
    others.0.is_payment(201, "paid");
    assert!(others.1 < Duration::from_secs(4), "{:?}: as if nobody waited", others.1);
    run(&mut holder, "ROLLBACK").await;
    pay_a_dollar(&app, &ana).await.is_payment(201, "paid");
    all_that_was_charged_is_written(&app).await;
}

#[tokio::test]
async fn a_server_that_falls_silent_in_a_transaction_loses_its_locks() {
    if !is_postgres() {
        return;
    }
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (gone, _) = app.second_server().await;
    let mut tx = gone.store.begin().await.unwrap();
    let lock = "UPDATE bill SET patient = 'nobody' WHERE id = 'surgery'";
    sqlx::query(lock).execute(&mut *tx).await.unwrap();
    let began = Instant::now();
    // Its connection is open, and nothing comes of it any more.
    while pay_a_dollar(&app, &ana).await.status != 201 {
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    }
    assert!(tx.commit().await.is_err());
    assert_eq!(app.number("SELECT COUNT(*) FROM bill WHERE patient = 'nobody'").await, 0);
    all_that_was_charged_is_written(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn isolation_is_ours_whatever_the_database_has_by_default() {
    if !is_postgres() {
        return;
    }
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let mut other = stranger(&app).await;
    let name: String = sqlx::query_scalar("SELECT current_database()::text").fetch_one(&mut other).await.unwrap();
    let sql = format!("ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut other).await.unwrap();
    let servers = [app.second_server().await.1, app.second_server().await.1];
    let mut orders = Vec::new();
    for at in 0..16 {
        let order = dollar(&app, &ana, "surgery").await;
        let call = Call::post("/payments").by(&ana).key(&new_key()).json(&order);
        orders.push(test_app::ask(servers[at % 2].clone(), call));
    }
    for answer in futures_util::future::join_all(orders).await {
        answer.is_payment(201, "paid");
    }
    assert_eq!(app.payments().await, 16);
    all_that_was_charged_is_written(&app).await;
}

/// The first two writes of a table fail, as if they had met somebody else's.
async fn conflicts(app: &TestApp, table: &str, code: &str) {
    let sql = format!(
        "CREATE SEQUENCE met_{table}; CREATE FUNCTION meet_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF nextval('met_{table}') <= 2 THEN RAISE EXCEPTION 'met' USING ERRCODE = '{code}'; END IF; RETURN NEW; END $$; \
         CREATE TRIGGER meet BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION meet_{table}()"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&app.state.store.write).await.unwrap();
}

#[tokio::test]
async fn what_met_another_transaction_is_done_again() {
    if !is_postgres() {
        return; // there is one writer: nobody is met
    }
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    conflicts(&app, "payment_share", "40001").await; // begin_payment
    conflicts(&app, "ledger_entry", "40P01").await; // settle
    let answer = pay_a_dollar(&app, &ana).await;
    assert_eq!(app.number("SELECT last_value FROM met_ledger_entry").await, 3);
    answer.is_payment(201, "paid");
    all_that_was_charged_is_written(&app).await;
    conflicts(&app, "outbox", "40P01").await; // a job, whose e-mail is needed to register
    app.register(&MEI, "mei@example.org").await;
}

fn lines_sum_to_their_bill(bills: &Value) {
    for bill in bills["bills"].as_array().unwrap() {
        let cents = |money: &Value| (money.as_str().unwrap().parse::<f64>().unwrap() * 100.0).round() as i64;
        let lines: i64 = bill["lines"].as_array().unwrap().iter().map(|line| cents(&line["you_owe"])).sum();
        assert_eq!(cents(&bill["balance"]), lines, "{bill}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_answer_is_of_one_moment_while_others_pay() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let mut orders = Vec::new();
    for _ in 0..40 {
        orders.push((new_key(), dollar(&app, &ana, "surgery").await));
    }
    let is_paying = std::sync::atomic::AtomicBool::new(true);
    let pay = async {
        for (key, order) in &orders {
            app.pay(&ana, key, order).await.is_payment(201, "paid");
        }
        is_paying.store(false, std::sync::atomic::Ordering::SeqCst);
    };
    let read = async {
        let mut answers = 0;
        while is_paying.load(std::sync::atomic::Ordering::SeqCst) {
            lines_sum_to_their_bill(&app.ask(Call::get("/bills").by(&ana)).await.is(200).json());
            let page =
                app.state.store.page_of_payments(ANA.name, &Page { limit: 20, ..Page::default() }).await.unwrap();
            assert!(page.payments.iter().all(|row| row.bills[0].amount == row.charged), "{page:?}");
            answers += 1;
        }
        answers
    };
    let ((), answers) = tokio::join!(pay, read);
    assert!(answers > 10, "{answers} answers");
}
