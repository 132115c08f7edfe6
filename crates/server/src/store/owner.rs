//! The owner of a database: a demo, or a deployment. Everybody may read a demo's mail, and its members' passwords are
//! published. So a demo's database is its own from the first row on. `suits` checks that before anything is written,
//! tables included. Of two that start at once over an empty database, `claim` gives it to the first.

use super::{Store, connect};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, sqlite::SqliteConnectOptions};
use std::str::FromStr;

/// The mark of a database that was seeded: it is a demo's for ever.
pub const SEED_MARK: &str = "demo_seed";
/// The mark that says whose a database is.
const OWNER_MARK: &str = "owner";
const DEMO: i64 = 1;
const DEPLOYMENT: i64 = 2;

/// Whether it has nobody's rows or a demo's, for a demo; whether it is no demo's, for whatever else asks.
pub async fn suits(url: &str, is_demo: bool) -> Result<bool, sqlx::Error> {
    sqlx::any::install_default_drivers();
    let is_sqlite = url.starts_with("sqlite:");
    if is_sqlite && !SqliteConnectOptions::from_str(url)?.get_filename().is_file() {
        return Ok(true);
    }
    let mut connection = connect::to_look(url).await?;
    // In this order: another server may be seeding, and its rows come with the mark.
    let has_rows = is_demo && has_rows(&mut connection, is_sqlite).await?;
    let is_marked = is_marked(&mut connection, is_sqlite).await?;
    connection.close().await?;
    Ok(if is_demo { is_marked || !has_rows } else { !is_marked })
}

/// Takes the database, for ever, before the first row is written into it. False if it is the other's.
pub async fn claim(store: &Store, is_demo: bool) -> Result<bool, sqlx::Error> {
    let whose = if is_demo { DEMO } else { DEPLOYMENT };
    if store.mark(OWNER_MARK).await? == 0 {
        let first = "INSERT INTO mark (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        sqlx::query(first).bind(OWNER_MARK).bind(whose).execute(&store.write).await?;
    }
    Ok(store.mark(OWNER_MARK).await? == whose)
}

/// Anybody's: of tables that this server does not know, too, and of every schema: which of them a server sees is a
/// setting of its connection.
async fn has_rows(connection: &mut AnyConnection, is_sqlite: bool) -> Result<bool, sqlx::Error> {
    let tables = if is_sqlite {
        "SELECT '\"' || replace(name, '\"', '\"\"') || '\"' FROM sqlite_master \
         WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '_sqlx_migrations'"
    } else {
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT LIKE 'pg\\_%' \
         AND schemaname <> 'information_schema' AND tablename <> '_sqlx_migrations'"
    };
    has_row_in(connection, tables, "").await
}

async fn is_marked(connection: &mut AnyConnection, is_sqlite: bool) -> Result<bool, sqlx::Error> {
    let marks = if is_sqlite {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'mark'"
    } else {
        "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.columns WHERE table_name = 'mark' \
         AND (column_name = 'name' AND data_type = 'text' OR column_name = 'value' AND data_type = 'bigint') \
         GROUP BY table_schema, table_name HAVING COUNT(*) = 2"
    };
    let of_a_demo = format!("WHERE name = '{SEED_MARK}' OR name = '{OWNER_MARK}' AND value = {DEMO}");
    has_row_in(connection, marks, &of_a_demo).await
}

/// Whether one of the tables that `tables` gives, quoted, has a row that is as `which` says.
async fn has_row_in(connection: &mut AnyConnection, tables: &'static str, which: &str) -> Result<bool, sqlx::Error> {
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut *connection).await?;
    for table in tables {
        let one = sqlx::query(AssertSqlSafe(format!("SELECT 1 FROM {table} {which} LIMIT 1")));
        if one.fetch_optional(&mut *connection).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
