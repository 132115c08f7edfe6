//! A database that is full, locked, read-only or gone: it is said so that whoever asked can ask again, nothing is half done, and once the
//! trouble is over all is as before.

use crate::house::{
    self, House, Payer, VISA,
    call::{Answer, Call},
    database::Kind,
    new_key,
    seed::{ANA, MEI},
};
use axum::Router;
use serde_json::{Value, json};
use server::store::payment_pages::Page;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};
use std::time::{Duration, Instant};

/// Above what one statement may take (of those that wait for one row each waits for the one before it, too, ten seconds in all), and well
/// below the patience of a request.
const SOON: Duration = Duration::from_secs(15);

fn is_postgres() -> bool {
    crate::KIND == Kind::Postgres
}

async fn dollar(house: &House, ana: &Payer, bill: &str) -> Value {
    let token = house.card(ana, VISA).await;
    let mut order = house.order(ana, &token, &[(bill, "1.00")]).await;
    order["pay_again"] = json!(true);
    order
}

async fn pay_a_dollar(house: &House, ana: &Payer) -> Answer {
    house.pay(ana, &new_key(), &dollar(house, ana, "surgery").await).await
}

/// Of somebody who knows nothing of our limits.
async fn stranger(house: &House) -> AnyConnection {
    AnyConnection::connect(&house.app.settings.database_url).await.unwrap()
}

async fn run(connection: &mut AnyConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(connection).await.unwrap();
}

fn is_unavailable(answer: &Answer) {
    answer.is_refused(503, "unavailable");
    assert_eq!((answer.header("retry-after"), &answer.json()["retry_after"]), ("5", &json!(5)));
}

/// Pays until the writing connection may not make its file any longer. Gives how many were charged whose answer could not be written:
/// none if it was full before the processor was asked. Nobody is told that such a payment failed.
async fn pay_until_it_is_full(house: &House, ana: &Payer) -> i64 {
    let write = &house.app.store.write;
    sqlx::query("PRAGMA max_page_count = 1").execute(write).await.unwrap(); // as many as there are
    for _ in 0..100 {
        let answer = pay_a_dollar(house, ana).await;
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
async fn all_that_was_charged_is_written(house: &House) {
    assert_eq!(house.payments().await, house.charges().await);
    assert_eq!(house.number("SELECT COUNT(*) FROM payment WHERE state = 'paid'").await, house.charges().await);
    house.books_are_right().await;
}

#[tokio::test]
async fn after_a_full_disk_and_a_refusal_every_payment_is_charged_and_written() {
    if is_postgres() {
        return; // what a full disk does to its transactions is its own to get right
    }
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let unknown = pay_until_it_is_full(&house, &ana).await;
    let running = house.number("SELECT COUNT(*) FROM payment WHERE ask_at IS NOT NULL").await;
    assert_eq!((house.payments().await, running), (house.charges().await, unknown));
    sqlx::query("PRAGMA max_page_count = 1000000").execute(&house.app.store.write).await.unwrap();
    house.recover().await;
    all_that_was_charged_is_written(&house).await;
    pay_a_dollar(&house, &ana).await.is_payment(201, "paid");
    house.pay_by_card(&ana, &[("visit", "9999.00")]).await.is_refused(422, "over_balance");
    for _ in 0..3 {
        pay_a_dollar(&house, &ana).await.is_payment(201, "paid");
    }
    all_that_was_charged_is_written(&house).await;
}

#[tokio::test]
async fn a_transaction_that_was_left_alone_is_rolled_back_and_the_next_one_is_written() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    for _ in 0..30 {
        let begun = house.app.store.begin();
        // Given up at some point of it: before BEGIN is asked for, before it is answered, or after.
        if let Ok(Ok(mut tx)) = tokio::time::timeout(Duration::from_micros(50), begun).await {
            sqlx::query("UPDATE bill SET patient = 'nobody'").execute(&mut *tx).await.unwrap();
        }
    }
    pay_a_dollar(&house, &ana).await.is_payment(201, "paid");
    assert_eq!(house.number("SELECT COUNT(*) FROM bill WHERE patient = 'nobody'").await, 0);
    all_that_was_charged_is_written(&house).await;
}

#[tokio::test]
async fn a_database_that_can_not_be_written_is_unavailable_and_no_fault() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let mut other = stranger(&house).await;
    run(&mut other, if is_postgres() { "BEGIN; LOCK TABLE payment IN SHARE MODE" } else { "BEGIN IMMEDIATE" }).await;
    let began = Instant::now();
    is_unavailable(&pay_a_dollar(&house, &ana).await);
    assert!(began.elapsed() < SOON);
    run(&mut other, "ROLLBACK").await;
    house.nothing_happened().await;
    pay_a_dollar(&house, &ana).await.is_payment(201, "paid");
    all_that_was_charged_is_written(&house).await;
}

#[tokio::test]
async fn a_database_that_was_started_again_is_there_again() {
    if !is_postgres() {
        return;
    }
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let mut other = stranger(&house).await;
    run(&mut other, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").await;
    // Each connection that is gone costs one answer at most.
    for _ in 0..24 {
        let bills = house.ask(Call::get("/bills").by(&ana)).await;
        if bills.status == 200 {
            break;
        }
        is_unavailable(&bills);
    }
    house.ask(Call::get("/bills").by(&ana)).await.is(200);
    pay_a_dollar(&house, &ana).await.is_payment(201, "paid");
    all_that_was_charged_is_written(&house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_holds_a_bill_for_ever_keeps_nobody_waiting_for_long() {
    if !is_postgres() {
        return; // there is one writer: the case above
    }
    let house = House::open().await;
    let (ana, mei) = (house.look_up(&ANA).await, house.look_up(&MEI).await);
    let mut holder = stranger(&house).await;
    run(&mut holder, "BEGIN; UPDATE bill SET patient = patient WHERE id = 'surgery'").await;
    let mut orders = Vec::new();
    for _ in 0..12 {
        orders.push(dollar(&house, &ana, "surgery").await);
    }
    let meis = dollar(&house, &mei, "meis").await;
    let keys: Vec<String> = orders.iter().map(|_| new_key()).collect();
    let began = Instant::now();
    let waiting = orders.iter().zip(&keys).map(|(order, key)| house.pay(&ana, key, order));
    let key = new_key();
    let (waited, others) = tokio::join!(futures_util::future::join_all(waiting), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let paid = house.pay(&mei, &key, &meis).await;
        (paid, began.elapsed())
    });
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    waited.iter().for_each(is_unavailable);
    others.0.is_payment(201, "paid");
    assert!(others.1 < Duration::from_secs(4), "{:?}: as if nobody waited", others.1);
    run(&mut holder, "ROLLBACK").await;
    pay_a_dollar(&house, &ana).await.is_payment(201, "paid");
    all_that_was_charged_is_written(&house).await;
}

#[tokio::test]
async fn a_server_that_falls_silent_in_a_transaction_loses_its_locks() {
    if !is_postgres() {
        return;
    }
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let (gone, _) = house.second_server().await;
    let mut tx = gone.store.begin().await.unwrap();
    let lock = "UPDATE bill SET patient = 'nobody' WHERE id = 'surgery'";
    sqlx::query(lock).execute(&mut *tx).await.unwrap();
    let began = Instant::now();
    // Its connection is open, and nothing comes of it any more.
    while pay_a_dollar(&house, &ana).await.status != 201 {
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    }
    assert!(tx.commit().await.is_err());
    assert_eq!(house.number("SELECT COUNT(*) FROM bill WHERE patient = 'nobody'").await, 0);
    all_that_was_charged_is_written(&house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn isolation_is_ours_whatever_the_database_has_by_default() {
    if !is_postgres() {
        return;
    }
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let mut other = stranger(&house).await;
    let name: String = sqlx::query_scalar("SELECT current_database()::text").fetch_one(&mut other).await.unwrap();
    let sql = format!("ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut other).await.unwrap();
    let servers = [house.second_server().await.1, house.second_server().await.1];
    let mut orders = Vec::new();
    for at in 0..16 {
        let order = dollar(&house, &ana, "surgery").await;
        let call = Call::post("/payments").by(&ana).key(&new_key()).json(&order);
        orders.push(house::ask(servers[at % 2].clone(), call));
    }
    for answer in futures_util::future::join_all(orders).await {
        answer.is_payment(201, "paid");
    }
    assert_eq!(house.payments().await, 16);
    all_that_was_charged_is_written(&house).await;
}

/// The first two writes of a table fail, as if they had met somebody else's.
async fn conflicts(house: &House, table: &str, code: &str) {
    let sql = format!(
        "CREATE SEQUENCE met_{table}; CREATE FUNCTION meet_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF nextval('met_{table}') <= 2 THEN RAISE EXCEPTION 'met' USING ERRCODE = '{code}'; END IF; RETURN NEW; END $$; \
         CREATE TRIGGER meet BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION meet_{table}()"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&house.app.store.write).await.unwrap();
}

#[tokio::test]
async fn what_met_another_transaction_is_done_again() {
    if !is_postgres() {
        return; // there is one writer: nobody is met
    }
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    conflicts(&house, "payment_share", "40001").await; // begin_payment
    conflicts(&house, "ledger_entry", "40P01").await; // settle
    let answer = pay_a_dollar(&house, &ana).await;
    assert_eq!(house.number("SELECT last_value FROM met_ledger_entry").await, 3);
    answer.is_payment(201, "paid");
    all_that_was_charged_is_written(&house).await;
    conflicts(&house, "outbox", "40P01").await; // an errand, whose letter is needed to register
    house.register(&MEI, "mei@example.org").await;
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
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let mut orders = Vec::new();
    for _ in 0..40 {
        orders.push((new_key(), dollar(&house, &ana, "surgery").await));
    }
    let is_paying = std::sync::atomic::AtomicBool::new(true);
    let pay = async {
        for (key, order) in &orders {
            house.pay(&ana, key, order).await.is_payment(201, "paid");
        }
        is_paying.store(false, std::sync::atomic::Ordering::SeqCst);
    };
    let read = async {
        let mut answers = 0;
        while is_paying.load(std::sync::atomic::Ordering::SeqCst) {
            lines_sum_to_their_bill(&house.ask(Call::get("/bills").by(&ana)).await.is(200).json());
            let page = house.app.store.page_of_payments(ANA.name, &Page { before: None, limit: 20 }).await.unwrap();
            assert!(page.payments.iter().all(|row| row.bills[0].amount == row.charged), "{page:?}");
            answers += 1;
        }
        answers
    };
    let ((), answers) = tokio::join!(pay, read);
    assert!(answers > 10, "{answers} answers");
}

/// What the next versions of this program may do to the tables while this one runs: columns are added. Each with a name that another
/// table has already: a name without its table would mean two things from then on.
async fn add_columns_to_every_table(connection: &mut AnyConnection) {
    let sql = if is_postgres() {
        "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public' \
         AND table_name NOT LIKE '!_%' ESCAPE '!'"
    } else {
        "SELECT m.name, c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c \
         WHERE m.type = 'table' AND m.name NOT LIKE '!_%' ESCAPE '!' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    };
    let rows = sqlx::raw_sql(sql).fetch_all(&mut *connection).await.unwrap();
    let columns: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let tables: std::collections::BTreeSet<_> = columns.iter().map(|(table, _)| table.clone()).collect();
    let names: std::collections::BTreeSet<_> = columns.iter().map(|(_, name)| name.clone()).collect();
    assert!(tables.len() > 15 && names.len() > 50, "{tables:?}");
    for table in &tables {
        for name in names.iter().filter(|name| !columns.contains(&(table.clone(), (*name).clone()))) {
            let sql = format!("ALTER TABLE {table} ADD COLUMN \"{name}\" TEXT");
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await.unwrap();
        }
    }
}

async fn a_bit_of_everything(house: &House, router: &Router, ana: &Payer, member: &Payer) {
    let ask = |call| house::ask(router.clone(), call);
    ask(Call::get("/bills").by(ana)).await.is(200);
    ask(Call::get("/bills/surgery").by(ana)).await.is(200);
    let (key, order) = (new_key(), dollar(house, ana, "surgery").await);
    let paid = ask(Call::post("/payments").by(ana).key(&key).json(&order)).await;
    paid.is_payment(201, "paid");
    ask(Call::get(&format!("/payments?idempotency_key={key}")).by(ana)).await.is(200);
    let id = paid.json()["id"].as_str().unwrap().to_owned();
    ask(Call::get(&format!("/payments/{id}")).by(ana)).await.is(200);
    ask(Call::get("/payments").by(member)).await.is(200);
    ask(Call::get("/session").by(member)).await.is(200);
    ask(Call::get("/security").by(member)).await.is(200);
    ask(Call::post("/password-resets").json(&json!({ "email": "mei@example.org" }))).await.is(202);
    house.jobs().await;
    let path = format!("/payments/{id}/receipt-emails");
    ask(Call::post(&path).by(ana).json(&json!({ "email": "other@example.org" }))).await.is(202);
}

#[tokio::test]
async fn a_server_goes_on_while_the_tables_of_the_next_version_are_made() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    house.register(&MEI, "mei@example.org").await;
    let member = house.sign_in("mei@example.org").await;
    let (_, router) = house.second_server().await;
    let post = house::post_office::PostOffice::open().await;
    for _ in 0..3 {
        a_bit_of_everything(&house, &router, &ana, &member).await;
        super::letters::carry(&house, &post).await;
    }
    let mut other = stranger(&house).await;
    add_columns_to_every_table(&mut other).await;
    run(&mut other, NEWER).await;
    for _ in 0..3 {
        a_bit_of_everything(&house, &router, &ana, &member).await;
        super::letters::carry(&house, &post).await;
    }
    assert_eq!(house.number("SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL").await, 0);
    assert_eq!(post.received().len() as i64, house.number("SELECT COUNT(*) FROM outbox").await);
    assert_eq!(house.number("SELECT COUNT(*) FROM payment WHERE state = 'paid'").await, house.charges().await);
    // One that is started again, or back to this version, finds tables that are newer than it.
    let (again, _) = house.second_server().await;
    assert!(again.store.bill(ANA.name, "surgery", again.clock.now()).await.unwrap().is_some());
}

/// A migration that this version does not know.
const NEWER: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
    VALUES (9999, 'of the next version', TRUE, '', 0)";

#[tokio::test]
async fn an_honest_retry_is_answered_by_a_server_that_compares_orders_in_another_way() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let (key, order) = (new_key(), dollar(&house, &ana, "surgery").await);
    let paid = house.pay(&ana, &key, &order).await;
    paid.is_payment(201, "paid");
    let newer = "UPDATE payment SET fingerprint = '9:' || fingerprint";
    sqlx::query(newer).execute(&house.app.store.write).await.unwrap();
    let again = house.pay(&ana, &key, &order).await;
    assert!(again.is_payment(201, "paid").is_replayed());
    assert_eq!((house.payments().await, house.charges().await), (1, 1));
    let back = "UPDATE payment SET fingerprint = SUBSTR(fingerprint, 3)";
    sqlx::query(back).execute(&house.app.store.write).await.unwrap();
    let other = dollar(&house, &ana, "visit").await;
    house.pay(&ana, &key, &other).await.is_refused(422, "key_reused");
}

#[tokio::test]
async fn a_prepared_statement_that_is_older_than_its_table_costs_nothing_but_a_new_connection() {
    if !is_postgres() {
        return; // SQLite prepares again by itself
    }
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    for _ in 0..3 {
        pay_a_dollar(&house, &ana).await.is_payment(201, "paid");
    }
    let mut other = stranger(&house).await;
    run(&mut other, "ALTER TABLE bill_line ALTER COLUMN provider TYPE VARCHAR(200)").await;
    pay_a_dollar(&house, &ana).await.is_payment(201, "paid"); // done again
    run(&mut other, "ALTER TABLE bill ALTER COLUMN patient TYPE VARCHAR(200)").await;
    let read = house.ask(Call::get("/bills").by(&ana)).await;
    if read.status != 200 {
        is_unavailable(&read);
    }
    for _ in 0..5 {
        house.ask(Call::get("/bills").by(&ana)).await.is(200);
    }
    all_that_was_charged_is_written(&house).await;
}

#[tokio::test]
async fn a_server_does_not_start_on_older_tables_and_the_step_makes_them_new() {
    if !is_postgres() {
        return; // SQLite is one server's own: it migrates when it starts
    }
    let house = House::open().await;
    let url = &house.app.settings.database_url;
    let mut other = stranger(&house).await;
    run(&mut other, "DROP INDEX outbox_by_urgency; DELETE FROM _sqlx_migrations WHERE version = 10").await;
    let refused = server::store::Store::open(url).await.unwrap_err().to_string();
    assert!(refused.contains("kppay-server migrate"), "{refused}");
    server::store::Store::migrate(url).await.unwrap();
    server::store::Store::migrate(url).await.unwrap();
    server::store::Store::open(url).await.unwrap();
    assert_eq!(house.number("SELECT COUNT(*) FROM pg_indexes WHERE indexname = 'outbox_by_urgency'").await, 1);
}

#[tokio::test]
async fn a_database_that_is_only_looked_at_gets_no_tables_and_no_newer_ones() {
    if !is_postgres() {
        return; // of SQLite: `tests/program.rs`
    }
    let house = House::open().await;
    let url = &house.app.settings.database_url;
    server::store::Store::open_as_it_is(url).await.unwrap();
    let mut other = stranger(&house).await;
    run(&mut other, "DROP INDEX outbox_by_urgency; DELETE FROM _sqlx_migrations WHERE version = 10").await;
    let refused = server::store::Store::open_as_it_is(url).await.unwrap_err().to_string();
    assert!(refused.contains("kppay-server migrate"), "{refused}");
    run(&mut other, "DROP SCHEMA public CASCADE; CREATE SCHEMA public").await;
    let refused = server::store::Store::open_as_it_is(url).await.unwrap_err().to_string();
    assert!(refused.contains("there are no tables") && refused.contains("--database-url"), "{refused}");
    let sql = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut other).await.unwrap(), 0);
}

#[tokio::test]
async fn a_migration_that_waits_for_a_table_gives_up_before_it_stops_the_servers() {
    if !is_postgres() {
        return;
    }
    let house = House::open().await;
    let url = &house.app.settings.database_url;
    let mut other = stranger(&house).await;
    run(&mut other, "DROP INDEX outbox_by_urgency; DELETE FROM _sqlx_migrations WHERE version = 10").await;
    run(&mut other, "BEGIN; INSERT INTO mark (name, value) VALUES ('x', 1); LOCK TABLE outbox IN ROW EXCLUSIVE MODE")
        .await;
    let began = Instant::now();
    assert!(server::store::Store::migrate(url).await.is_err());
    assert!(began.elapsed() < SOON);
    run(&mut other, "ROLLBACK").await;
    server::store::Store::migrate(url).await.unwrap();
}

#[tokio::test]
async fn a_server_that_has_nothing_to_migrate_waits_for_no_migration() {
    if !is_postgres() {
        return;
    }
    let house = House::open().await;
    let url = &house.app.settings.database_url;
    let mut other = stranger(&house).await;
    let lock = format!("SELECT pg_advisory_lock({})", server::store::migrations::LOCK);
    sqlx::raw_sql(AssertSqlSafe(lock)).execute(&mut other).await.unwrap();
    let opened = tokio::time::timeout(Duration::from_secs(2), server::store::Store::open(url)).await;
    opened.expect("it does not wait").unwrap();
    // One whose tables are older waits: what runs may be what it needs.
    run(&mut other, "DROP INDEX outbox_by_urgency; DELETE FROM _sqlx_migrations WHERE version = 10").await;
    let open = server::store::Store::open(url);
    assert!(tokio::time::timeout(Duration::from_millis(500), open).await.is_err());
}
