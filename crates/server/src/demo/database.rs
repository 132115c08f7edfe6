//! Which databases a demo may have, and which nobody but a demo. Everybody may read a demo's mail, and its members' passwords are
//! published: so its database is its own from the first row on. Looks before anything is written, tables included.

use super::seed::SEED_MARK;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, sqlite::SqliteConnectOptions};
use std::str::FromStr;

/// Whether it has nobody's rows or a demo's, for a demo; whether it is no demo's, for whatever else asks.
pub async fn suits(url: &str, is_demo: bool) -> Result<bool, sqlx::Error> {
    sqlx::any::install_default_drivers();
    let is_sqlite = url.starts_with("sqlite:");
    if is_sqlite && !SqliteConnectOptions::from_str(url)?.get_filename().is_file() {
        return Ok(true);
    }
    let mut connection = AnyConnection::connect(url).await?;
    // In this order: another server may be seeding, and its rows come with the mark.
    let has_rows = is_demo && has_rows(&mut connection, is_sqlite).await?;
    let is_marked = is_marked(&mut connection, is_sqlite).await?;
    connection.close().await?;
    Ok(if is_demo { is_marked || !has_rows } else { !is_marked })
}

/// Anybody's: of tables that are none of ours, too.
async fn has_rows(connection: &mut AnyConnection, is_sqlite: bool) -> Result<bool, sqlx::Error> {
    let tables = if is_sqlite {
        "SELECT '\"' || replace(name, '\"', '\"\"') || '\"' FROM sqlite_master \
         WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '_sqlx_migrations'"
    } else {
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables \
         WHERE schemaname = ANY(current_schemas(false)) AND tablename <> '_sqlx_migrations'"
    };
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut *connection).await?;
    for table in tables {
        let one = sqlx::query(AssertSqlSafe(format!("SELECT 1 FROM {table} LIMIT 1")));
        if one.fetch_optional(&mut *connection).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn is_marked(connection: &mut AnyConnection, is_sqlite: bool) -> Result<bool, sqlx::Error> {
    let marks = if is_sqlite {
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'mark'"
    } else {
        "SELECT COUNT(to_regclass('mark'))"
    };
    if sqlx::query_scalar::<_, i64>(marks).fetch_one(&mut *connection).await? == 0 {
        return Ok(false);
    }
    let mark = sqlx::query("SELECT 1 FROM mark WHERE name = $1").bind(SEED_MARK);
    Ok(mark.fetch_optional(connection).await?.is_some())
}
