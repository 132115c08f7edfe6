//! Many rows of one table in few statements: ten thousand payments are a hundred thousand rows, and one statement a row would take
//! a minute.

use crate::store::Tx;
use sqlx::AssertSqlSafe;

/// Values a statement. More are allowed, and slower: SQLite looks each `$n` up among the ones before it.
const VALUES: usize = 600;

/// A value of a row. An absent one keeps its type: PostgreSQL asks for it.
pub enum Cell {
    Text(Option<String>),
    Number(i64),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}
impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}
impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}
impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

/// Rows waiting for a table.
pub struct Rows<const N: usize> {
    table: &'static str,
    columns: [&'static str; N],
    rows: Vec<[Cell; N]>,
}

impl<const N: usize> Rows<N> {
    pub fn of(table: &'static str, columns: [&'static str; N]) -> Self {
        Self { table, columns, rows: Vec::new() }
    }

    pub fn push(&mut self, row: [Cell; N]) {
        self.rows.push(row);
    }

    pub async fn insert(self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let mut rows = self.rows.into_iter().peekable();
        while rows.peek().is_some() {
            let chunk: Vec<[Cell; N]> = rows.by_ref().take(VALUES / N).collect();
            let sql = statement(self.table, &self.columns, chunk.len());
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for cell in chunk.into_iter().flatten() {
                query = match cell {
                    Cell::Text(text) => query.bind(text),
                    Cell::Number(number) => query.bind(number),
                };
            }
            query.execute(&mut **tx).await?;
        }
        Ok(())
    }
}

/// Made of names in this program's own text only.
fn statement(table: &str, columns: &[&str], rows: usize) -> String {
    let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns.len() {
            let separator = if column == 0 { "" } else { ", " };
            sql.push_str(&format!("{separator}${}", row * columns.len() + column + 1));
        }
        sql.push(')');
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_own_number() {
        assert_eq!(statement("t", &["a", "b"], 2), "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4)");
    }
}
