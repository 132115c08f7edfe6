//! A batch of writes, none of which reads what another one writes: over PostgreSQL one statement and so one round trip (data-modifying CTEs,
//! which all see the same moment), over SQLite, where a statement is a call in this process, one after the other. Each is written once, with
//! `$1` as its own first value.

use super::Tx;
use sqlx::{Any, AssertSqlSafe, Row, any::AnyArguments, query::Query};

/// What is bound in the place of a `$1`.
pub enum Value {
    Text(Option<String>),
    Number(Option<i64>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}
impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

struct Write {
    sql: String,
    values: Vec<Value>,
}

#[derive(Default)]
pub struct Batch {
    writes: Vec<Write>,
}

type Asked<'a> = Query<'a, Any, AnyArguments>;

impl Batch {
    /// An INSERT, UPDATE or DELETE without RETURNING. No two write the same row.
    pub fn add(&mut self, sql: impl Into<String>, values: impl IntoIterator<Item = Value>) {
        self.writes.push(Write { sql: sql.into(), values: values.into_iter().collect() });
    }

    /// An INSERT of rows, up to `VALUES`; of none nothing is written.
    pub fn add_rows<const COLUMNS: usize>(&mut self, insert: &str, rows: impl IntoIterator<Item = [Value; COLUMNS]>) {
        let rows: Vec<_> = rows.into_iter().collect();
        if !rows.is_empty() {
            self.add(format!("{insert} {}", places::<COLUMNS>(rows.len())), rows.into_iter().flatten());
        }
    }

    /// Gives how many rows each of them wrote.
    pub async fn run(self, tx: &mut Tx) -> Result<Vec<u64>, sqlx::Error> {
        if self.writes.is_empty() {
            return Ok(Vec::new());
        }
        if tx.is_postgres() {
            return self.run_as_one(tx).await;
        }
        let mut written = Vec::new();
        for Write { sql, values } in self.writes {
            let done = bound(sqlx::query(AssertSqlSafe(sql)), values).execute(&mut **tx).await?;
            written.push(done.rows_affected());
        }
        Ok(written)
    }

    async fn run_as_one(self, tx: &mut Tx) -> Result<Vec<u64>, sqlx::Error> {
        let (mut parts, mut counts, mut all) = (Vec::new(), Vec::new(), Vec::new());
        for (at, Write { sql, values }) in self.writes.into_iter().enumerate() {
            parts.push(format!("write_{at} AS ({} RETURNING 1)", renumbered(&sql, all.len())));
            counts.push(format!("(SELECT COUNT(*) FROM write_{at})"));
            all.extend(values);
        }
        let sql = format!("WITH {} SELECT {}", parts.join(", "), counts.join(", "));
        let row = bound(sqlx::query(AssertSqlSafe(sql)), all).fetch_one(&mut **tx).await?;
        (0..counts.len()).map(|at| Ok(row.try_get::<i64, _>(at)?.unsigned_abs())).collect()
    }
}

/// `VALUES ($1, $2), ($3, $4)`
pub fn places<const COLUMNS: usize>(rows: usize) -> String {
    let row = |row| (1..=COLUMNS).map(|column| format!("${}", row * COLUMNS + column)).collect::<Vec<_>>().join(", ");
    let rows = (0..rows).map(|at| format!("({})", row(at))).collect::<Vec<_>>().join(", ");
    format!("VALUES {rows}")
}

fn bound(query: Asked<'_>, values: Vec<Value>) -> Asked<'_> {
    values.into_iter().fold(query, |query, value| match value {
        Value::Text(text) => query.bind(text),
        Value::Number(number) => query.bind(number),
    })
}

/// `$1` becomes `$4` behind three other values.
fn renumbered(sql: &str, before: usize) -> String {
    let mut parts = sql.split('$');
    let mut renumbered = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|next: char| next.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        let number = number.parse::<usize>().map_or_else(|_| number.to_owned(), |number| (number + before).to_string());
        renumbered.push_str(&format!("${number}{rest}"));
    }
    renumbered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_a_write_are_numbered_behind_those_before_it() {
        assert_eq!(
            renumbered("UPDATE a SET b = $2, c = $10 WHERE d = $1", 3),
            "UPDATE a SET b = $5, c = $13 WHERE d = $4"
        );
        assert_eq!(renumbered("DELETE FROM a", 3), "DELETE FROM a");
    }

    #[test]
    fn every_value_of_every_row_has_a_place() {
        assert_eq!(places::<2>(2), "VALUES ($1, $2), ($3, $4)");
    }
}
