//! How the database reads what is listed to a member: by the indexes that are named beside the queries, and never a
//! whole table that grows with the members.

use super::{household::pays_for, statements::statements_of};
use crate::test_app::{
    Payer, TestApp,
    call::Call,
    database::Kind,
    seed::{ANA, MEI},
};
use regex::Regex;
use server::store::Tx;
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeSet;

const ANAS: &str = "ana@example.org";

/// Those that grow with the members, and what a statement calls one of them.
const TABLES: [&str; 12] = [
    "membership",
    "bill",
    "bill_line",
    "payment",
    "payment_share",
    "payment_line",
    "payment_event",
    "ledger_entry",
    "ledger_posting",
    "credit_change",
    "later",
    "earlier",
];

/// As many as a plan has after a while: 600 members with ten payments each, and Ana with 300.
const MANY: [&str; 11] = [
    "WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < 600) \
     INSERT INTO membership (id, region, identifiers, ending, name, email) \
     SELECT 'm' || n, 'CA', 'i' || n, '678', 'Member ' || n, 'a@example.org' FROM copy",
    "WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < 6300) \
     INSERT INTO bill (id, membership, kind, patient, issued, due, balance_cents, pending_cents) \
     SELECT 'b' || n, CASE WHEN n > 6000 THEN 'Ana O’Neill' ELSE 'm' || (n % 600 + 1) END, 'professional', 'Somebody', \
     '2026-01-20', '2026-02-20', 0, 0 FROM copy",
    "WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < 6300) \
     INSERT INTO bill_line (bill, position, service_date, provider, description, billed_cents, discount_cents, \
     plan_paid_cents, you_paid_cents, you_owe_cents, pending_cents) \
     SELECT 'b' || n, 0, '2026-01-12', 'Leila Haddad, MD', 'Office visit', 100, 0, 0, 100, 0, 0 FROM copy",
    "WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < 6300) \
     INSERT INTO payment (id, reference, membership, session, idempotency_key, fingerprint, state, total_cents, fee_cents, \
     method, payer_name, locale, authorisation, authorisation_version, created_at, moved_by) \
     SELECT 'p' || n, 'p' || n, CASE WHEN n > 6000 THEN 'Ana O’Neill' ELSE 'm' || (n % 600 + 1) END, 'x', 'k' || n, '', \
     'paid', 100, 0, '{\"kind\":\"balance\"}', 'A', 'en', '', 1, 1768000000000 + n, '[]' FROM copy",
    "WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < 6300) \
     INSERT INTO payment_share (payment, position, bill, amount_cents, leaves_cents) SELECT 'p' || n, 0, 'b' || n, 100, 0 FROM copy",
    "WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < 6300) \
     INSERT INTO payment_line (payment, bill, line, after_insurance_cents, paid_cents) SELECT 'p' || n, 'b' || n, 0, 100, 100 FROM copy",
    "WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < 6300) \
     INSERT INTO payment_event (payment, position, state, at) SELECT 'p' || n, 0, 'paid', 1768000000000 + n FROM copy",
    "WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < 6300) \
     INSERT INTO ledger_entry (id, payment, reason, at, source_kind, source) \
     SELECT 'e' || n, 'p' || n, 'paid', 1768000000000 + n, 'payment', 'p' || n FROM copy",
    "INSERT INTO ledger_posting (entry, account, cents) SELECT id, 'bills', 100 FROM ledger_entry WHERE source_kind = 'payment' \
     UNION ALL SELECT id, 'processor', -100 FROM ledger_entry WHERE source_kind = 'payment'",
    "INSERT INTO credit (membership, cents, owed_cents, changes) SELECT id, 0, 0, 0 FROM membership \
     WHERE id NOT IN (SELECT membership FROM credit)",
    "INSERT INTO credit_change (membership, position, entry, cents, after_cents, owed_after_cents) \
     SELECT payment.membership, payment.created_at, ledger_entry.id, 100, 100, 0 FROM payment \
     JOIN ledger_entry ON ledger_entry.payment = payment.id",
];

/// Every list, and the history with each filter and order.
const LISTS: [&str; 17] = [
    "/payments?totals=true",
    "/payments?totals=true&sort=oldest",
    "/payments?totals=true&from=2026-01-01&to=2026-12-31",
    "/payments?totals=true&kind=hospital",
    "/payments?totals=true&kind=deposit",
    "/payments?totals=true&state=returned",
    "/payments?totals=true&method=card",
    "/payments?totals=true&person=own",
    "/payments?totals=true&person={link}",
    "/payments?totals=true&q=haddad",
    "/account/overview",
    "/account/bills",
    "/account/bills?year=2026",
    "/balance",
    "/receipts/2026",
    "/spending",
    "/bills?household={link}",
];

async fn with_many() -> (TestApp, Payer, String) {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let link = pays_for(&app, &ana, &MEI).await;
    for sql in MANY {
        sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
    }
    (app, ana, link)
}

/// The statements that read, of all lists.
async fn reads(app: &TestApp, ana: &Payer, link: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for list in LISTS {
        let call = Call::get(&list.replace("{link}", link)).by(ana);
        let statements = statements_of(async { _ = app.ask(call).await.is(200) }).await;
        all.extend(statements.into_iter().filter(|sql| sql.starts_with("SELECT ") || sql.starts_with("WITH ")));
    }
    all
}

/// A line a step. On PostgreSQL whatever is bound.
async fn plan(tx: &mut Tx, sql: &str) -> String {
    if crate::KIND == Kind::Postgres {
        return super::statements::plan(tx, sql).await;
    }
    let rows = sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(&mut **tx).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>("detail") + "\n").collect()
}

/// The tables of which a plan reads every row, or every entry of an index.
fn scanned(plan: &str) -> Vec<&'static str> {
    let whole = |table: &&str| {
        let scan = Regex::new(&format!(r"(?m)(?:Seq Scan on|^SCAN) {table}\b")).unwrap();
        scan.is_match(plan)
    };
    TABLES.into_iter().filter(whole).collect()
}

async fn planned(app: &TestApp, statements: &BTreeSet<String>) -> Vec<(String, String)> {
    let mut tx = app.state.store.begin().await.unwrap();
    sqlx::raw_sql("ANALYZE").execute(&mut *tx).await.unwrap();
    if crate::KIND == Kind::Postgres {
        sqlx::raw_sql("SET LOCAL plan_cache_mode = force_generic_plan").execute(&mut *tx).await.unwrap();
    }
    let mut plans = Vec::new();
    for sql in statements {
        plans.push((sql.clone(), plan(&mut tx, sql).await));
    }
    plans
}

#[tokio::test]
async fn every_list_is_read_by_its_index_and_no_table_that_grows_is_read_whole() {
    let (app, ana, link) = with_many().await;
    let statements = reads(&app, &ana, &link).await;
    assert!(statements.len() > 15, "{statements:#?}");
    let mut of_history = 0;
    for (sql, plan) in planned(&app, &statements).await {
        assert_eq!(scanned(&plan), Vec::<&str>::new(), "{sql}\n{plan}");
        if sql.starts_with("WITH own AS ") || sql.contains("AS listed GROUP BY") {
            let own = plan.contains("payment_of_membership") || plan.contains("payment_totals");
            assert!(own && plan.contains("payment_of_payer_membership"), "{sql}\n{plan}");
            of_history += 1;
        }
        if sql.contains("FROM bill WHERE bill.membership = $1") {
            assert!(plan.contains("bill_of_membership"), "{sql}\n{plan}");
        }
        if sql.starts_with("SELECT listed.state") && !sql.contains("EXISTS") && crate::KIND == Kind::Sqlite {
            assert!(plan.contains("USING COVERING INDEX payment_totals"), "{plan}");
        }
    }
    assert_eq!(of_history, 4, "newest and oldest first, and the totals, by the index alone and with a narrower filter");
    // What the test looks for is there without an index.
    sqlx::raw_sql("DROP INDEX bill_of_membership").execute(&app.state.store.write).await.unwrap();
    let plans = planned(&app, &statements).await;
    assert!(plans.iter().any(|(_, plan)| scanned(plan).contains(&"bill")), "{plans:#?}");
}
