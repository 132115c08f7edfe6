//! Two versions of the server over one database: tables that are expanded under a running server, and migrations that
//! wait.

use super::*;

/// What the next versions of this program may do to the tables while this one runs: columns are added. Each with a name
/// that another table has already: a name without its table would mean two things from then on.
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

async fn exercise_statements(app: &TestApp, router: &Router, ana: &Payer, member: &Payer) {
    let ask = |call| test_app::ask(router.clone(), call);
    ask(Call::get("/bills").by(ana)).await.is(200);
    ask(Call::get("/bills/surgery").by(ana)).await.is(200);
    let (key, order) = (new_key(), dollar(app, ana, "surgery").await);
    let paid = ask(Call::post("/payments").by(ana).key(&key).json(&order)).await;
    paid.is_payment(201, "paid");
    ask(Call::get(&format!("/payments?idempotency_key={key}")).by(ana)).await.is(200);
    let id = paid.json()["id"].as_str().unwrap().to_owned();
    ask(Call::get(&format!("/payments/{id}")).by(ana)).await.is(200);
    ask(Call::get("/payments").by(member)).await.is(200);
    ask(Call::get("/session").by(member)).await.is(200);
    ask(Call::get("/security").by(member)).await.is(200);
    ask(Call::post("/password-resets").json(&json!({ "email": "mei@example.org" }))).await.is(202);
    app.jobs().await;
    let path = format!("/payments/{id}/receipt-emails");
    ask(Call::post(&path).by(ana).json(&json!({ "email": "other@example.org" }))).await.is(202);
}

#[tokio::test]
async fn a_server_goes_on_while_the_tables_of_the_next_version_are_made() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    app.register(&MEI, "mei@example.org").await;
    let member = app.sign_in("mei@example.org").await;
    let (_, router) = app.second_server().await;
    let post = test_app::mail_server::MailServer::open().await;
    for _ in 0..3 {
        exercise_statements(&app, &router, &ana, &member).await;
        crate::cases::mail::carry(&app, &post).await;
    }
    let mut other = stranger(&app).await;
    add_columns_to_every_table(&mut other).await;
    run(&mut other, NEWER).await;
    for _ in 0..3 {
        exercise_statements(&app, &router, &ana, &member).await;
        crate::cases::mail::carry(&app, &post).await;
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL").await, 0);
    assert_eq!(post.received().len() as i64, app.number("SELECT COUNT(*) FROM outbox").await);
    assert_eq!(app.number("SELECT COUNT(*) FROM payment WHERE state = 'paid'").await, app.charges().await);
    // One that is started again, or back to this version, finds tables that are newer than it.
    let (again, _) = app.second_server().await;
    assert!(again.store.bill(ANA.name, "surgery", again.clock.now()).await.unwrap().is_some());
}

/// A migration that this version does not know.
const NEWER: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
    VALUES (9999, 'of the next version', TRUE, '', 0)";

#[tokio::test]
async fn an_honest_retry_is_answered_by_a_server_that_compares_orders_in_another_way() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (key, order) = (new_key(), dollar(&app, &ana, "surgery").await);
    let paid = app.pay(&ana, &key, &order).await;
    paid.is_payment(201, "paid");
    let newer = "UPDATE payment SET fingerprint = '9:' || fingerprint";
    sqlx::query(newer).execute(&app.state.store.write).await.unwrap();
    let again = app.pay(&ana, &key, &order).await;
    assert!(again.is_payment(201, "paid").is_replayed());
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
    let back = "UPDATE payment SET fingerprint = SUBSTR(fingerprint, 3)";
    sqlx::query(back).execute(&app.state.store.write).await.unwrap();
    let other = dollar(&app, &ana, "visit").await;
    app.pay(&ana, &key, &other).await.is_refused(422, "key_reused");
}

#[tokio::test]
async fn a_prepared_statement_that_is_older_than_its_table_costs_nothing_but_a_new_connection() {
    if !is_postgres() {
        return; // SQLite prepares again by itself
    }
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    for _ in 0..3 {
        pay_a_dollar(&app, &ana).await.is_payment(201, "paid");
    }
    let mut other = stranger(&app).await;
    run(&mut other, "ALTER TABLE bill_line ALTER COLUMN provider TYPE VARCHAR(200)").await;
    pay_a_dollar(&app, &ana).await.is_payment(201, "paid"); // done again
    run(&mut other, "ALTER TABLE bill ALTER COLUMN patient TYPE VARCHAR(200)").await;
    let read = app.ask(Call::get("/bills").by(&ana)).await;
    if read.status != 200 {
        is_unavailable(&read);
    }
    for _ in 0..5 {
        app.ask(Call::get("/bills").by(&ana)).await.is(200);
    }
    all_that_was_charged_is_written(&app).await;
}

#[tokio::test]
async fn a_server_does_not_start_on_older_tables_and_the_step_makes_them_new() {
    if !is_postgres() {
        return; // SQLite is one server's own: it migrates when it starts
    }
    let app = TestApp::open().await;
    let url = &app.state.settings.database_url;
    let mut other = stranger(&app).await;
    run(&mut other, "DROP INDEX outbox_by_urgency; DELETE FROM _sqlx_migrations WHERE version = 10").await;
    let refused = server::store::Store::open(url).await.unwrap_err().to_string();
    assert!(refused.contains("kppay-server migrate"), "{refused}");
    server::store::Store::migrate(url).await.unwrap();
    server::store::Store::migrate(url).await.unwrap();
    server::store::Store::open(url).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM pg_indexes WHERE indexname = 'outbox_by_urgency'").await, 1);
}

#[tokio::test]
async fn a_database_that_is_only_looked_at_gets_no_tables_and_no_newer_ones() {
    if !is_postgres() {
        return; // of SQLite: `tests/program/reconcile.rs`
    }
    let app = TestApp::open().await;
    let url = &app.state.settings.database_url;
    server::store::Store::open_as_it_is(url).await.unwrap();
    let mut other = stranger(&app).await;
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
    let app = TestApp::open().await;
    let url = &app.state.settings.database_url;
    let mut other = stranger(&app).await;
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
    let app = TestApp::open().await;
    let url = &app.state.settings.database_url;
    let mut other = stranger(&app).await;
    let lock = format!("SELECT pg_advisory_lock({})", server::store::migrations::LOCK);
    sqlx::raw_sql(AssertSqlSafe(lock)).execute(&mut other).await.unwrap();
    let opened = tokio::time::timeout(Duration::from_secs(2), server::store::Store::open(url)).await;
    opened.expect("it does not wait").unwrap();
    // One whose tables are older waits: what runs may be what it needs.
    run(&mut other, "DROP INDEX outbox_by_urgency; DELETE FROM _sqlx_migrations WHERE version = 10").await;
    let open = server::store::Store::open(url);
    assert!(tokio::time::timeout(Duration::from_millis(500), open).await.is_err());
}
