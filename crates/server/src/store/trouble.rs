//! Classification of database errors: retry at once, retry in a few seconds, or an internal fault.

use sqlx::{error::DatabaseError, postgres::PgDatabaseError, sqlite::SqliteError};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Given up for the sake of another transaction.
    Conflict,
    /// A prepared statement is older than its tables.
    Stale,
    /// It can't be reached, or can't do this now: locked, full, read-only, shutting down, too slow.
    Away,
    /// Wrong SQL, or a row that is not what it must be.
    Fault,
}

impl Trouble {
    pub fn of(error: &sqlx::Error) -> Self {
        use sqlx::Error as Kind;
        match error {
            Kind::PoolTimedOut | Kind::PoolClosed | Kind::WorkerCrashed | Kind::BeginFailed => Self::Away,
            Kind::Io(_) | Kind::Tls(_) | Kind::Protocol(_) => Self::Away,
            Kind::Database(refused) => Self::of_code(refused.as_ref()),
            _ => Self::Fault,
        }
    }

    fn of_code(refused: &(dyn DatabaseError + 'static)) -> Self {
        if let Some(refused) = refused.try_downcast_ref::<PgDatabaseError>() {
            return Self::of_sqlstate(refused.code());
        }
        let is_sqlite = refused.try_downcast_ref::<SqliteError>().is_some();
        let code = refused.code().and_then(|code| code.parse().ok());
        code.filter(|_| is_sqlite).map_or(Self::Fault, Self::of_result_code)
    }

    /// PostgreSQL's SQLSTATE.
    fn of_sqlstate(code: &str) -> Self {
        match code {
            "40001" | "40P01" => Self::Conflict, // serialization failure, deadlock
            "0A000" => Self::Stale,              // cached plan must not change result type
            // Canceled by statement_timeout, shutting down, read-only, lock_timeout, idle in transaction for too long.
            "57014" | "57P01" | "57P02" | "57P03" | "57P05" | "25006" | "55P03" | "25P03" => Self::Away,
            // Connection exception, no such login, insufficient resources, system error.
            _ if ["08", "28", "53", "58"].iter().any(|class| code.starts_with(class)) => Self::Away,
            _ => Self::Fault,
        }
    }

    /// SQLite's, with what it says beyond the primary one.
    fn of_result_code(extended: u32) -> Self {
        match extended & 0xff {
            5..=8 | 10 | 13 | 14 => Self::Away, // BUSY, LOCKED, NOMEM, READONLY; IOERR; FULL; CANTOPEN
            _ => Self::Fault,
        }
    }

    /// The same transaction, begun again, can be expected to pass.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Conflict | Self::Stale)
    }
}

/// Classifies the error, and marks connections with stale statements for closing: sqlx prepares a statement once in a
/// connection's life.
pub fn classify(error: &sqlx::Error) -> Trouble {
    let trouble = Trouble::of(error);
    if trouble == Trouble::Stale {
        super::connect::distrust_all();
    }
    trouble
}

/// Writes an error to the log: its kind and its code. Its text can hold values.
pub fn log(error: &sqlx::Error) {
    let (kind, code) = match error {
        sqlx::Error::Database(refused) => ("database", refused.code().map(|code| code.into_owned())),
        sqlx::Error::PoolTimedOut => ("pool timed out", None),
        sqlx::Error::Io(error) => ("io", Some(error.kind().to_string())),
        sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => ("decode", None),
        _ => ("other", None),
    };
    crate::metrics::DATABASE_ERRORS.add(1);
    tracing::error!(kind, code, trouble = ?Trouble::of(error), "the database failed");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_that_passes_is_no_fault() {
        for code in ["08006", "25006", "28P01", "53100", "53300", "55P03", "57014", "57P01", "57P03", "58030"] {
            assert_eq!(Trouble::of_sqlstate(code), Trouble::Away, "{code}");
        }
        for code in ["23505", "23514", "42P01", "42703", "22003", "XX000", ""] {
            assert_eq!(Trouble::of_sqlstate(code), Trouble::Fault, "{code}");
        }
        // BUSY, BUSY_SNAPSHOT, LOCKED, READONLY_DBMOVED, IOERR_FSYNC, IOERR_WRITE, FULL, CANTOPEN
        for code in [5, 517, 6, 1032, 1034, 778, 13, 14] {
            assert_eq!(Trouble::of_result_code(code), Trouble::Away, "{code}");
        }
        for code in [1, 11, 19, 275, 2067] {
            assert_eq!(Trouble::of_result_code(code), Trouble::Fault, "{code}");
        }
        assert_eq!(Trouble::of(&sqlx::Error::PoolTimedOut), Trouble::Away);
        assert_eq!(Trouble::of(&sqlx::Error::RowNotFound), Trouble::Fault);
    }

    #[test]
    fn conflicts_and_old_plans_are_tried_again() {
        for code in ["40001", "40P01", "0A000"] {
            assert!(Trouble::of_sqlstate(code).is_transient(), "{code}");
        }
        assert!(!Trouble::Away.is_transient());
    }
}
