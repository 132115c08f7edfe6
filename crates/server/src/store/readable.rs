//! Rows of background work, each read by itself: one that can't be read is logged, counted and left out, and stops no
//! other.

use crate::metrics;
use sqlx::{Row, any::AnyRow};

/// Gives what could be read, and the ids of the rows that could not: `id` is the column that names a row.
pub fn each<T>(
    table: &'static str,
    id: &str,
    rows: &[AnyRow],
    read: impl Fn(&AnyRow) -> Result<T, sqlx::Error>,
) -> (Vec<T>, Vec<String>) {
    let (mut all, mut unreadable) = (Vec::new(), Vec::new());
    for row in rows {
        match read(row) {
            Ok(value) => all.push(value),
            Err(error) => {
                let id: String = row.try_get(id).unwrap_or_default();
                metrics::ROWS_UNREADABLE.add(1);
                tracing::error!(table, id, column = column(&error), "alarm: a row can't be read and is left out");
                unreadable.push(id);
            }
        }
    }
    (all, unreadable)
}

/// The error's text can hold values.
fn column(error: &sqlx::Error) -> &str {
    if let sqlx::Error::ColumnDecode { index, .. } = error { index } else { "another" }
}
