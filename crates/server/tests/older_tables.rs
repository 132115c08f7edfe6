//! A database of an earlier version is brought up to date with everything that is in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use server::store::Store;
use sqlx::{
    Connection, Row,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use std::path::Path;

/// The last one before tables were made anew.
const BEFORE: i64 = 13;

async fn open(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn all(connection: &mut SqliteConnection, sql: &'static str) -> Vec<String> {
    let rows = sqlx::query(sql).fetch_all(connection).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

const ROWS: &str = "SELECT id || '|' || reference || '|' || session || '|' || total_cents || '|' || COALESCE(charge, '-') || '|' || \
    COALESCE(ask_at, 0) || '|' || look_at FROM payment ORDER BY id";
const LEDGER: &str = "SELECT ledger_entry.id || '|' || payment || '|' || reason || '|' || at || '|' || account || '|' || cents FROM ledger_entry \
    JOIN ledger_posting ON ledger_posting.entry = ledger_entry.id ORDER BY 1";

/// Indexes of later migrations, each after its name.
const LATER: [&str; 5] = [
    "deposit_of_membershipCREATE INDEX deposit_of_membership ON payment (membership, created_at) WHERE deposit_cents > 0",
    "paid_without_kindCREATE INDEX paid_without_kind ON payment (membership, created_at)\n    \
     WHERE state = 'paid' AND payer_membership IS NULL AND (bill_kind IS NULL OR bill_kind = 'mixed')",
    "payment_of_balance_partCREATE INDEX payment_of_balance_part ON payment (balance_part) WHERE balance_part IS NOT NULL",
    "payment_of_payer_membershipCREATE INDEX payment_of_payer_membership ON payment (payer_membership, created_at) \
     WHERE payer_membership IS NOT NULL",
    "payment_totalsCREATE INDEX payment_totals\n    \
     ON payment (membership, created_at, state, total_cents, fee_cents, bill_kind, payer_membership)",
];

const REFERENCES: [&str; 10] = [
    "credit_change ledger_entry",
    "credit_refund ledger_entry",
    "credit_refund payment",
    "ledger_entry payment",
    "ledger_posting ledger_entry",
    "payment_by_method payment",
    "payment_event payment",
    "payment_line payment",
    "payment_method payment",
    "payment_share payment",
];

#[tokio::test]
async fn tables_that_sqlite_makes_anew_keep_their_rows_their_indexes_and_what_refers_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("billing.db");
    let files = Migrator::new(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"))).await.unwrap();
    let migrations = files.iter().filter(|migration| migration.version <= BEFORE).cloned().collect();
    let mut older = open(&file).await;
    Migrator::with_migrations(migrations).run(&mut older).await.unwrap();
    for sql in [
        "INSERT INTO membership VALUES ('m', 'CA', 'x', '678', 'Ana', 'ana@example.org')",
        "INSERT INTO bill VALUES ('b', 'm', 'premium', 'Ana', '2026-10-01', '2026-11-01', 0, 0)",
        "INSERT INTO payment (id, reference, membership, session, idempotency_key, fingerprint, state, total_cents, fee_cents, method, \
         payer_name, locale, authorisation, authorisation_version, created_at, moved_by, charge, look_at) \
         VALUES ('p', 'KP-1', 'm', 's', 'k', '', 'paid', 100, 0, '{}', 'Ana', 'en', '', 1, 5, '[]', 'c', 7)",
        "INSERT INTO payment_share VALUES ('p', 0, 'b', 100, 0)",
        "INSERT INTO payment_event VALUES ('p', 0, 'paid', 5)",
        "INSERT INTO ledger_entry (id, payment, reason, at) VALUES ('p:paid', 'p', 'paid', 5)",
        "INSERT INTO ledger_posting VALUES ('p:paid', 'processor_clearing', 100), ('p:paid', 'receivable:m', -100)",
    ] {
        sqlx::query(sql).execute(&mut older).await.unwrap();
    }
    let indexes =
        "SELECT name || COALESCE(sql, '') FROM sqlite_master WHERE type = 'index' AND tbl_name = 'payment' ORDER BY 1";
    let before = [all(&mut older, ROWS).await, all(&mut older, LEDGER).await, all(&mut older, indexes).await];
    assert_eq!((before[0].len(), before[1].len()), (1, 2));
    older.close().await.unwrap();

    Store::open(&format!("sqlite://{}", file.display())).await.unwrap().close().await;
    let mut newer = open(&file).await;
    let without_if =
        |names: Vec<String>| -> Vec<String> { names.iter().map(|name| name.replace("IF NOT EXISTS ", "")).collect() };
    let [rows, ledger, mut made] = before;
    made.extend(LATER.map(str::to_owned));
    made.sort();
    assert_eq!((all(&mut newer, ROWS).await, all(&mut newer, LEDGER).await), (rows, ledger));
    assert_eq!(without_if(all(&mut newer, indexes).await), without_if(made));
    assert_eq!(all(&mut newer, "SELECT \"table\" FROM pragma_foreign_key_check").await, Vec::<String>::new());
    let refers = "SELECT m.name || ' ' || f.\"table\" FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f \
        WHERE f.\"table\" IN ('payment', 'ledger_entry') ORDER BY 1";
    assert_eq!(all(&mut newer, refers).await, REFERENCES);
    for sql in [
        "INSERT INTO payment (id, reference, membership, idempotency_key, fingerprint, state, total_cents, fee_cents, method, \
         payer_name, locale, authorisation, authorisation_version, created_at, moved_by) \
         VALUES ('q', 'KP-2', 'm', 'l', '', 'paid', 100, 0, '{}', 'Ana', 'en', '', 1, 5, '[]')",
        "INSERT INTO ledger_entry (id, source_kind, source, reason, at) VALUES ('deposit:d:paid', 'deposit', 'd', 'paid', 5)",
    ] {
        sqlx::query(sql).execute(&mut newer).await.unwrap();
    }
    let orphan = "INSERT INTO payment_event VALUES ('nobody', 0, 'paid', 5)";
    assert!(sqlx::query(orphan).execute(&mut newer).await.is_err(), "foreign keys are checked");
}
