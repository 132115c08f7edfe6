//! How many statements one call sends to the database, and how many transactions it commits: exact numbers, so that
//! none is added unseen. Each statement is a round trip over PostgreSQL. Heard from the log of the database driver,
//! BEGIN and COMMIT among them.

use crate::test_app::{Payer, TestApp, VISA, call::Call, database::Kind, new_key, seed::ANA, wire::Wire};
use serde_json::json;
use server::store::{Store, Tx};
use sqlx::{AssertSqlSafe, Row};
use std::{
    collections::HashMap,
    fmt::Debug,
    sync::{LazyLock, Mutex, Once},
};
use tracing::{
    Event, Instrument, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    filter::filter_fn,
    layer::{Context, SubscriberExt},
    registry::{LookupSpan, Registry},
};

const SPAN: &str = "counted";

/// By span.
static RECORDED: LazyLock<Mutex<HashMap<u64, Vec<String>>>> = LazyLock::new(Mutex::default);

struct Statements;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let span = context.event_scope(event).and_then(|mut scope| scope.find(|span| span.name() == SPAN));
        let Some(span) = span else { return };
        let mut statement = Statement::default();
        event.record(&mut statement);
        RECORDED.lock().unwrap().entry(span.id().into_u64()).or_default().push(statement.text());
    }
}

/// The driver logs the first words, and the whole only if there is more.
#[derive(Default)]
struct Statement {
    summary: String,
    whole: String,
}

impl Statement {
    fn text(&self) -> String {
        let text = if self.whole.is_empty() { &self.summary } else { &self.whole };
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.whole),
            _ => {}
        }
    }
    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// What a call asks the database, in this order. It hears nothing any more once a case that runs later listens to the
/// log for itself (`receipt_links`, `worker`): its own cases are those whose names come between.
pub async fn statements_of(call: impl Future) -> Vec<String> {
    static LISTEN: Once = Once::new();
    LISTEN.call_once(|| {
        let recorded = filter_fn(|about| about.target() == "sqlx::query" || about.name() == SPAN);
        tracing::subscriber::set_global_default(Registry::default().with(Statements.with_filter(recorded))).unwrap();
    });
    let span = tracing::info_span!("counted");
    let id = span.id().unwrap().into_u64();
    call.instrument(span).await;
    let mut recorded = RECORDED.lock().unwrap().remove(&id).unwrap_or_default();
    // What a connection is told when it is opened.
    recorded.retain(|sql| !sql.starts_with("PRAGMA ") && !sql.starts_with("SET "));
    recorded
}

/// An order with a token whose method the processor has named, as the app sends it.
async fn pays(app: &TestApp, ana: &Payer, shares: &[(&str, &str)]) -> Vec<String> {
    let token = app.card(ana, VISA).await;
    let mut order = app.order(ana, &token, shares).await;
    order["pay_again"] = json!(true);
    app.ask(Call::post("/payment-methods").by(ana).json(&json!({ "token": token }))).await.is(200);
    let key = new_key();
    statements_of(async { _ = app.pay(ana, &key, &order).await.is_payment(201, "paid") }).await
}

fn by_database(postgres: usize, sqlite: usize) -> usize {
    if crate::KIND == Kind::Postgres { postgres } else { sqlite }
}

fn commits(statements: &[String]) -> usize {
    statements.iter().filter(|sql| *sql == "COMMIT").count()
}

#[tokio::test]
async fn a_payment_takes_so_many_statements() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let one_bill = pays(&app, &ana, &[("surgery", "1.00")]).await;
    assert_eq!((one_bill.len(), commits(&one_bill)), (by_database(18, 27), 2), "{one_bill:#?}");
    let two_bills = pays(&app, &ana, &[("surgery", "1149.00"), ("visit", "64.10")]).await;
    assert_eq!((two_bills.len(), commits(&two_bills)), (by_database(19, 28), 2), "{two_bills:#?}");
}

#[tokio::test]
async fn a_list_of_bills_takes_three_statements() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let statements = statements_of(async { _ = app.ask(Call::get("/bills").by(&ana)).await.is(200) }).await;
    assert_eq!(statements.len(), 3, "{statements:#?}");
}

#[tokio::test]
async fn an_overview_takes_five_statements_however_many_bills_and_payments_there_are() {
    let app = TestApp::open().await;
    app.register(&ANA, "ana@example.org").await;
    let ana = app.sign_in("ana@example.org").await;
    for shares in [&[][..], &[("surgery", "1.00")], &[("surgery", "1.00"), ("visit", "1.00")]] {
        if !shares.is_empty() {
            pays(&app, &ana, shares).await;
        }
        let asked = async { _ = app.ask(Call::get("/account/overview").by(&ana)).await.is(200) };
        let statements = statements_of(asked).await;
        assert_eq!(statements.len(), 5, "{statements:#?}");
    }
}

/// As many as a plan has after a while. The database has no statistics of them yet.
async fn add_many(app: &TestApp) {
    let copies = |table: &str, changed: &str, times: usize| {
        let row = format!("jsonb_populate_record({table}, jsonb_build_object({changed}))");
        format!("INSERT INTO {table} SELECT ({row}).* FROM {table}, generate_series(1, {times}) AS copy")
    };
    for sql in [
        copies("membership", "'id', 'm' || copy || id, 'identifiers', copy || identifiers", 500),
        copies("bill", "'id', 'b' || copy || id, 'membership', 'm' || copy || membership", 500),
        copies("bill_line", "'bill', 'b' || copy || bill", 500),
        copies(
            "payment",
            "'id', 'p' || copy || id, 'reference', copy, 'idempotency_key', copy || id, 'charge', copy || id",
            5_000,
        ),
        copies("payment_share", "'payment', 'p' || copy || payment", 5_000),
        copies("payment_line", "'payment', 'p' || copy || payment", 5_000),
        copies("payment_event", "'payment', 'p' || copy || payment", 5_000),
    ] {
        sqlx::query(AssertSqlSafe(sql)).execute(&app.state.store.write).await.unwrap();
    }
}

/// How PostgreSQL would run a statement, whatever is bound.
pub async fn plan(tx: &mut Tx, sql: &str) -> String {
    let places = regex::Regex::new(r"\$(\d+)").unwrap();
    let bound = places.captures_iter(sql).map(|place| place[1].parse::<usize>().unwrap()).max().unwrap_or(0);
    let values = if bound == 0 { String::new() } else { format!("({})", vec!["NULL"; bound].join(", ")) };
    let rows = format!("PREPARE asked AS {sql}; EXPLAIN EXECUTE asked{values}; DEALLOCATE asked");
    let rows = sqlx::raw_sql(AssertSqlSafe(rows)).fetch_all(&mut **tx).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0) + "\n").collect()
}

/// Those that grow with the members.
const TABLES: [&str; 7] =
    ["membership", "bill", "bill_line", "payment", "payment_share", "payment_line", "payment_event"];

#[tokio::test]
async fn whoever_pays_and_reads_is_not_read_all_that_others_owe() {
    if crate::KIND != Kind::Postgres {
        return;
    }
    let app = TestApp::open().await;
    // Statistics from before there are many rows would make a scan the cheaper way.
    for table in TABLES {
        let sql = format!("ALTER TABLE {table} SET (autovacuum_enabled = off)");
        sqlx::query(AssertSqlSafe(sql)).execute(&app.state.store.write).await.unwrap();
    }
    let ana = app.look_up(&ANA).await;
    let mut statements = pays(&app, &ana, &[("surgery", "1.00"), ("visit", "1.00")]).await;
    statements.extend(statements_of(async { _ = app.ask(Call::get("/bills").by(&ana)).await.is(200) }).await);
    add_many(&app).await;
    let mut tx = app.state.store.begin().await.unwrap();
    sqlx::raw_sql("SET LOCAL plan_cache_mode = force_generic_plan").execute(&mut *tx).await.unwrap();
    let is_planned =
        |sql: &&String| sql.starts_with("SELECT ") || sql.starts_with("WITH ") || sql.starts_with("UPDATE ");
    let mut planned = 0;
    for sql in statements.iter().filter(is_planned) {
        let plan = plan(&mut tx, sql).await;
        for table in TABLES {
            let all = regex::Regex::new(&format!(r"Seq Scan on {table}\b")).unwrap();
            assert!(!all.is_match(&plan), "{sql}\n{plan}");
        }
        planned += 1;
    }
    assert!(planned > 12, "{statements:#?}");
}

#[tokio::test]
async fn a_statement_is_one_round_trip() {
    if crate::KIND != Kind::Postgres {
        return;
    }
    let app = TestApp::open().await;
    let wire = Wire::before(&app.database_url).await;
    let store = Store::open(&wire.url).await.unwrap();
    assert!(store.is_ready().await); // prepares it
    let before = wire.asked();
    for _ in 0..3 {
        assert!(store.is_ready().await);
    }
    store.close().await;
    assert_eq!(wire.asked() - before, 3);
}

/// The statements of a text, with `?` for what is put in: `$1` here, `:name` or NULL in pgbench's script.
fn split(text: &str) -> Vec<String> {
    let places = regex::Regex::new(r"\$\d+|:[a-z]\w*|\bNULL\b").unwrap();
    let one_space = |sql: &str| sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let statements = text.split(';').map(|sql| one_space(&places.replace_all(&sql.replace("::", " AS "), "?")));
    statements.filter(|sql| !sql.is_empty()).collect()
}

#[tokio::test]
async fn pgbench_is_given_the_statements_of_a_payment() {
    if crate::KIND != Kind::Postgres {
        return;
    }
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let asked: Vec<String> = pays(&app, &ana, &[("surgery", "1.00")]).await.iter().flat_map(|sql| split(sql)).collect();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../xtask/src/load/payment.pgbench.sql");
    let script = std::fs::read_to_string(script).unwrap();
    let (_, script) = script.split_once("\\gset\n").expect("what is drawn comes first");
    for (script, asked) in split(script).iter().zip(&asked) {
        assert_eq!(script, asked);
    }
    assert_eq!(split(script).len(), asked.len());
}
