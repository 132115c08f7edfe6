//! Schema migrations. SQLite belongs to one server, which does it when it starts. Over PostgreSQL other servers run
//! meanwhile, so it is a step of its own (`kppay-server migrate`), before the first server of the new version: a server
//! that finds older tables does not start, one that finds newer tables does, and only an empty database gets its tables
//! at the start.
//!
//! What a migration may do is in ARCHITECTURE.md ("Migrations"); `tests/sql.rs` reads them. Most are written once for
//! both databases; what only one of them can say is in its folder, under one number in each.

use super::connections::Connections;
use sqlx::{
    AnyConnection, AssertSqlSafe, ConnectOptions, Connection, SqlStr,
    migrate::{Migration, MigrationType, Migrator},
    sqlite::SqliteConnectOptions,
};

/// A migration's number, name and text. `sqlx::migrate!` would read the folders by itself, and compile SQLite,
/// PostgreSQL's client and TLS a second time for it.
type File = (i64, &'static str, &'static str);

const COMMON: &[File] = &[
    (1, "billing", include_str!("../../migrations/0001_billing.sql")),
    (2, "mail", include_str!("../../migrations/0002_mail.sql")),
    (3, "accounts", include_str!("../../migrations/0003_accounts.sql")),
    (4, "factors", include_str!("../../migrations/0004_factors.sql")),
    (5, "money", include_str!("../../migrations/0005_money.sql")),
    (6, "sessions", include_str!("../../migrations/0006_sessions.sql")),
    (7, "trust", include_str!("../../migrations/0007_trust.sql")),
    (8, "limits", include_str!("../../migrations/0008_limits.sql")),
    (9, "readiness", include_str!("../../migrations/0009_readiness.sql")),
    (10, "mail", include_str!("../../migrations/0010_mail.sql")),
    (11, "closed keys", include_str!("../../migrations/0011_closed_keys.sql")),
    (12, "jobs", include_str!("../../migrations/0012_jobs.sql")),
    (13, "keys", include_str!("../../migrations/0013_keys.sql")),
    (14, "initiators", include_str!("../../migrations/0014_initiators.sql")),
    (16, "ledger", include_str!("../../migrations/0016_ledger.sql")),
    (17, "recipients", include_str!("../../migrations/0017_recipients.sql")),
    (18, "events", include_str!("../../migrations/0018_events.sql")),
    (20, "receipt links", include_str!("../../migrations/0020_receipt_links.sql")),
    (21, "periodic jobs", include_str!("../../migrations/0021_periodic_jobs.sql")),
    (22, "payment methods", include_str!("../../migrations/0022_payment_methods.sql")),
    (23, "balance", include_str!("../../migrations/0023_balance.sql")),
    (24, "pay from balance", include_str!("../../migrations/0024_pay_from_balance.sql")),
    (25, "closed accounts", include_str!("../../migrations/0025_closed_accounts.sql")),
    (26, "questions", include_str!("../../migrations/0026_questions.sql")),
    (27, "notices", include_str!("../../migrations/0027_notices.sql")),
    (29, "verifications", include_str!("../../migrations/0029_verifications.sql")),
    (30, "household", include_str!("../../migrations/0030_household.sql")),
    (31, "posted payments", include_str!("../../migrations/0031_posted_payments.sql")),
    (32, "balance settings", include_str!("../../migrations/0032_balance_settings.sql")),
    (33, "posted reversals", include_str!("../../migrations/0033_posted_reversals.sql")),
    (34, "history", include_str!("../../migrations/0034_history.sql")),
];
const SQLITE: &[File] = &[
    (15, "optional", include_str!("../../migrations/sqlite/0015_optional.sql")),
    (19, "keys of nobody", include_str!("../../migrations/sqlite/0019_keys_of_nobody.sql")),
    (28, "credit", include_str!("../../migrations/sqlite/0028_credit.sql")),
];
const POSTGRES: &[File] = &[
    (15, "optional", include_str!("../../migrations/postgres/0015_optional.sql")),
    (19, "keys of nobody", include_str!("../../migrations/postgres/0019_keys_of_nobody.sql")),
    (28, "credit", include_str!("../../migrations/postgres/0028_credit.sql")),
];

/// Any number but the one sqlx takes for the migrations themselves: under this lock it is looked again what there is to
/// do.
pub const LOCK: i64 = 0x6b70_7061_7901;

/// No statement time-out: making an index takes as long as it takes. But the wait for a table that is in use is
/// limited, because other statements queue behind the migration.
const SETTINGS: &str =
    "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '60s'";
const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version";
const LOCK_TIMEOUT: &str = "SET lock_timeout = '5s'";

enum Dialect {
    Sqlite,
    Postgres,
}

fn migrator(dialect: Dialect) -> Migrator {
    let own = match dialect {
        Dialect::Sqlite => SQLITE,
        Dialect::Postgres => POSTGRES,
    };
    let migration = |&(version, name, sql): &File| {
        let is_outside_transaction = sql.starts_with("-- no-transaction");
        Migration::new(version, name.into(), MigrationType::Simple, SqlStr::from_static(sql), is_outside_transaction)
    };
    let mut migrator = Migrator::with_migrations(COMMON.iter().chain(own).map(migration).collect());
    // A database of a newer version has migrations that are not known here.
    migrator.set_ignore_missing(true);
    migrator
}

pub async fn sqlite(write: &Connections) -> Result<(), sqlx::Error> {
    let mut connection = write.acquire().await?;
    Ok(migrator(Dialect::Sqlite).run(&mut *connection).await?)
}

/// An error if not: by a connection that changes nothing, not even how the file is written to.
pub async fn sqlite_has_its_tables(options: &SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = options.connect().await?;
    let sql = "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
    let is_there: i64 = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
    let applied =
        if is_there == 0 { Vec::new() } else { sqlx::query_scalar(APPLIED).fetch_all(&mut connection).await? };
    connection.close().await?;
    if !is_behind(&migrator(Dialect::Sqlite), &applied) {
        return Ok(());
    }
    let file = options.get_filename().display();
    let message = if applied.is_empty() {
        format!("there are no tables in {file}: set --database-url to the database of the servers")
    } else {
        format!(
            "the tables in {file} are older than this program: run `kppay-server migrate` with the same --database-url first"
        )
    };
    Err(sqlx::Error::Configuration(message.into()))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Migrate {
    /// For a command that only reads the database.
    Never,
    /// For a server that starts.
    IfEmpty,
    /// For `kppay-server migrate`.
    IfOlder,
}

pub async fn postgres(url: &str, migrate: Migrate) -> Result<(), sqlx::Error> {
    let mut connection = AnyConnection::connect(url).await?;
    sqlx::raw_sql(SETTINGS).execute(&mut connection).await?;
    let migrator = migrator(Dialect::Postgres);
    if !is_behind(&migrator, &applied(&mut connection).await?) {
        // Nothing to do, so nobody to wait for: a migration of the next version may be running for an hour.
        return connection.close().await;
    }
    // Of two servers that start at the same moment the second waits, and finds everything done.
    sqlx::raw_sql(AssertSqlSafe(format!("SELECT pg_advisory_lock({LOCK})"))).execute(&mut connection).await?;
    sqlx::raw_sql(LOCK_TIMEOUT).execute(&mut connection).await?;
    let applied = applied(&mut connection).await?;
    let is_behind = is_behind(&migrator, &applied);
    if is_behind && applied.is_empty() && migrate == Migrate::Never {
        let message = "there are no tables in it: set --database-url to the database of the servers";
        return Err(sqlx::Error::Configuration(message.into()));
    } else if is_behind && (applied.is_empty() || migrate == Migrate::IfOlder) {
        migrator.run(&mut connection).await?;
    } else if is_behind {
        let message =
            "its tables are older than this server: run `kppay-server migrate` with the same --database-url first";
        return Err(sqlx::Error::Configuration(message.into()));
    }
    connection.close().await
}

fn is_behind(migrator: &Migrator, applied: &[i64]) -> bool {
    migrator.iter().any(|migration| !applied.contains(&migration.version))
}

async fn applied(connection: &mut AnyConnection) -> Result<Vec<i64>, sqlx::Error> {
    let is_there: bool =
        sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(&mut *connection).await?;
    if !is_there {
        return Ok(Vec::new());
    }
    sqlx::query_scalar(APPLIED).fetch_all(connection).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// With their checksums: sqlx refuses a database in which one was applied that reads otherwise.
    #[tokio::test]
    async fn every_file_of_the_folders_is_a_migration_and_reads_as_sqlx_reads_it() {
        let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        for (dialect, own) in [(Dialect::Sqlite, "sqlite"), (Dialect::Postgres, "postgres")] {
            let (common, own) = (Migrator::new(all.as_path()).await, Migrator::new(all.join(own)).await);
            let mut read: Vec<Migration> = common.unwrap().iter().chain(own.unwrap().iter()).cloned().collect();
            read.sort();
            let said = |migration: &Migration| {
                (migration.version, migration.description.clone(), migration.checksum.clone(), migration.no_tx)
            };
            let ours: Vec<_> = migrator(dialect).iter().map(said).collect();
            assert_eq!(ours, read.iter().map(said).collect::<Vec<_>>());
        }
    }
}
