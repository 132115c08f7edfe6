//! A batch of writes, none of which names a table that another one writes: over PostgreSQL one statement and so one
//! round trip (data-modifying CTEs, which all see the same moment), over SQLite, where a statement is a call in this
//! process, one after the other. Each is written once, with `$1` as its own first value.

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

/// Values of a statement. More are allowed, and slower: SQLite looks each `$n` up among the ones before it.
const VALUES: usize = 600;

/// One statement: a write, or a portion of one with many rows.
struct Part {
    write: usize,
    sql: String,
    values: Vec<Value>,
}

#[derive(Default)]
pub struct Batch {
    parts: Vec<Part>,
    writes: usize,
    tables: Vec<Table>,
}

/// A table that a write names.
#[derive(Debug, PartialEq, Eq)]
struct Table {
    name: String,
    is_written: bool,
    write: usize,
}

type BoundQuery<'a> = Query<'a, Any, AnyArguments>;

impl Batch {
    /// An INSERT, UPDATE or DELETE without RETURNING, of a table that no other write of the batch names.
    pub fn add(&mut self, sql: impl Into<String>, values: impl IntoIterator<Item = Value>) {
        self.push(sql.into(), values.into_iter().collect());
        self.writes += 1;
    }

    /// An INSERT of rows, up to `VALUES`; of none nothing is written.
    pub fn add_rows<const COLUMNS: usize>(&mut self, insert: &str, rows: impl IntoIterator<Item = [Value; COLUMNS]>) {
        self.add_portions(rows, |rows| format!("{insert} {rows}"));
    }

    /// One write of many rows, which `sql` makes of the places of some of them; no two rows are about one row of the
    /// table.
    pub fn add_portions<const COLUMNS: usize>(
        &mut self,
        rows: impl IntoIterator<Item = [Value; COLUMNS]>,
        sql: impl Fn(&str) -> String,
    ) {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let portion: Vec<_> = rows.by_ref().take(VALUES / COLUMNS).collect();
            self.push(sql(&places::<COLUMNS>(portion.len())), portion.into_iter().flatten().collect());
        }
        self.writes += 1;
    }

    fn push(&mut self, sql: String, values: Vec<Value>) {
        let write = self.writes;
        self.tables.extend(tables(&sql).into_iter().map(|(name, is_written)| Table { name, is_written, write }));
        self.parts.push(Part { write, sql, values });
    }

    /// Whether no write changes a table that another one changes or reads.
    fn is_independent(&self) -> bool {
        let of_two = |a: &Table, b: &Table| a.write != b.write && a.name == b.name && a.is_written;
        !self.tables.iter().any(|a| self.tables.iter().any(|b| of_two(a, b)))
    }

    /// Gives how many rows each of them wrote. An error, and nothing done, if they depend on each other: the two
    /// databases would make different things of them.
    pub async fn run(self, tx: &mut Tx) -> Result<Vec<u64>, sqlx::Error> {
        if !self.is_independent() {
            return Err(sqlx::Error::Protocol("two writes of a batch name one table".to_owned()));
        }
        let mut written = vec![0; self.writes];
        let mut parts = self.parts.into_iter().peekable();
        while let Some(first) = parts.next() {
            let Part { write, sql, values } = first;
            if !tx.is_postgres() {
                written[write] +=
                    bound(sqlx::query(AssertSqlSafe(sql)), values).execute(&mut **tx).await?.rows_affected();
                continue;
            }
            let (mut count, mut together) = (values.len(), vec![Part { write, sql, values }]);
            while let Some(next) = parts.next_if(|next| count + next.values.len() <= VALUES) {
                count += next.values.len();
                together.push(next);
            }
            for (write, rows) in run_as_one(together, tx).await? {
                written[write] += rows;
            }
        }
        Ok(written)
    }
}

/// Gives the write of each, and how many rows it wrote.
async fn run_as_one(parts: Vec<Part>, tx: &mut Tx) -> Result<Vec<(usize, u64)>, sqlx::Error> {
    let (mut texts, mut counts, mut all, mut writes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (at, Part { write, sql, values }) in parts.into_iter().enumerate() {
        texts.push(format!("write_{at} AS ({} RETURNING 1)", renumbered(&sql, all.len())));
        counts.push(format!("(SELECT COUNT(*) FROM write_{at})"));
        all.extend(values);
        writes.push(write);
    }
    let sql = format!("WITH {} SELECT {}", texts.join(", "), counts.join(", "));
    let row = bound(sqlx::query(AssertSqlSafe(sql)), all).fetch_one(&mut **tx).await?;
    writes.into_iter().enumerate().map(|(at, write)| Ok((write, row.try_get::<i64, _>(at)?.unsigned_abs()))).collect()
}

/// The tables that a statement names, and whether it writes them. A table behind a comma is not seen: write JOIN.
fn tables(sql: &str) -> Vec<(String, bool)> {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let named = words.windows(2).enumerate().filter_map(|(at, pair)| {
        let is_written = match pair[0].trim_start_matches('(') {
            "INTO" | "UPDATE" => true,
            "FROM" => at > 0 && words[at - 1] == "DELETE",
            "JOIN" => false,
            _ => return None,
        };
        let name = pair[1].trim_end_matches([')', ',']);
        (!name.starts_with('(')).then(|| (name.to_owned(), is_written))
    });
    named.collect()
}

/// `VALUES ($1, $2), ($3, $4)`
fn places<const COLUMNS: usize>(rows: usize) -> String {
    let row = |row| (1..=COLUMNS).map(|column| format!("${}", row * COLUMNS + column)).collect::<Vec<_>>().join(", ");
    let rows = (0..rows).map(|at| format!("({})", row(at))).collect::<Vec<_>>().join(", ");
    format!("VALUES {rows}")
}

fn bound(query: BoundQuery<'_>, values: Vec<Value>) -> BoundQuery<'_> {
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

    #[test]
    fn a_table_that_one_write_changes_is_named_by_no_other() {
        let batch = |writes: &[&str]| {
            let mut batch = Batch::default();
            writes.iter().for_each(|sql| batch.add(*sql, []));
            batch.is_independent()
        };
        let line = "UPDATE line SET paid = part.paid FROM part WHERE part.line = line.id";
        let event = "INSERT INTO event (at) SELECT COUNT(*) FROM event WHERE NOT EXISTS (SELECT 1 FROM closed)";
        assert!(batch(&[line, event, "DELETE FROM token WHERE id = 'a'"]));
        assert!(batch(&[line, "UPDATE bill SET paid = part.paid FROM (VALUES (1)) AS part"]));
        assert!(batch(&[line, "UPDATE bill SET paid = part.paid FROM part"]), "both only read it");
        for depends in ["INSERT INTO part (paid) VALUES (1)", "DELETE FROM part", "UPDATE line SET paid = 0"] {
            assert!(!batch(&[line, depends]) && !batch(&[depends, line]), "{depends}");
        }
        assert!(!batch(&[event, "INSERT INTO closed (id) SELECT id FROM bill JOIN line ON line.bill = bill.id"]));
        let mut rows = Batch::default();
        rows.add_rows("INSERT INTO part (paid)", (0..1_300).map(|paid| [paid.into()]));
        assert!(rows.is_independent(), "portions of one write");
        assert_eq!((rows.parts.len(), rows.writes), (3, 1));
        assert!(rows.parts.iter().all(|part| part.values.len() <= VALUES));
    }
}
