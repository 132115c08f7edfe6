//! Bringing the tables up to date. SQLite belongs to one server, which does it when it starts. Over PostgreSQL other servers run
//! meanwhile, so it is a step of its own (`kppay-server migrate`), before the first server of the new version: a server that finds
//! older tables does not start, one that finds newer tables does, and only an empty database gets its tables at the start.
//!
//! What a migration may do is in ARCHITECTURE.md ("Migrations"); `tests/sql.rs` reads them. Most are written once for both databases; what
//! only one of them can say is in its folder, under one number in each.

use super::connections::Connections;
use sqlx::{
    AnyConnection, AssertSqlSafe, ConnectOptions, Connection,
    migrate::{Migration, Migrator},
    sqlite::SqliteConnectOptions,
};

/// Any number but the one sqlx takes for the migrations themselves: under this lock it is looked again what there is to do.
pub const LOCK: i64 = 0x6b70_7061_7901;

/// No time-out of ours: making an index takes as long as it takes. But a table that is in use is waited for only so long, because
/// whoever comes after waits behind the migration.
const SETTINGS: &str =
    "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '60s'";
const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version";
const LOCK_TIMEOUT: &str = "SET lock_timeout = '5s'";

enum Dialect {
    Sqlite,
    Postgres,
}

fn migrator(dialect: Dialect) -> Migrator {
    let (common, own) = match dialect {
        Dialect::Sqlite => (sqlx::migrate!(), sqlx::migrate!("migrations/sqlite")),
        Dialect::Postgres => (sqlx::migrate!(), sqlx::migrate!("migrations/postgres")),
    };
    let mut all: Vec<Migration> = common.iter().chain(own.iter()).cloned().collect();
    all.sort_by_key(|migration| migration.version);
    let mut migrator = Migrator::with_migrations(all);
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
pub enum Which {
    /// As a command that looks at a database.
    None,
    /// As a server that starts.
    OnlyIfEmpty,
    /// As the step of its own.
    Older,
}

pub async fn postgres(url: &str, which: Which) -> Result<(), sqlx::Error> {
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
    if is_behind && applied.is_empty() && which == Which::None {
        let message = "there are no tables in it: set --database-url to the database of the servers";
        return Err(sqlx::Error::Configuration(message.into()));
    } else if is_behind && (applied.is_empty() || which == Which::Older) {
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
