//! The server's error type, for requests and jobs. An internal fault is logged here, once, and its details are not
//! exposed. Knows no HTTP (`http::problem` turns an error into a problem document).

use crate::store::{
    Tx,
    trouble::{self, Trouble},
};
use contract::{
    FieldProblem,
    problem_details::{ErrorCode, FieldError},
};

#[derive(Debug)]
pub struct Error {
    pub code: ErrorCode,
    pub errors: Vec<FieldError>,
    pub retry_after: Option<u32>,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A fault is logged with the place it was made at: its answer says nothing.
    #[track_caller]
    pub fn new(code: ErrorCode) -> Self {
        if code == ErrorCode::Fault {
            tracing::error!(at = %std::panic::Location::caller(), "a fault");
        }
        Self { code, errors: Vec::new(), retry_after: None }
    }
    #[track_caller]
    pub fn fault() -> Self {
        Self::new(ErrorCode::Fault)
    }
    pub fn field(code: ErrorCode, field: impl Into<String>, problem: FieldProblem) -> Self {
        Self { code, errors: vec![FieldError { field: field.into(), problem }], retry_after: None }
    }
    pub fn later(code: ErrorCode, seconds: u32) -> Self {
        Self { code, errors: Vec::new(), retry_after: Some(seconds) }
    }
    /// Nothing was done, and it says nothing about what was asked.
    pub fn is_trouble(&self) -> bool {
        matches!(self.code, ErrorCode::Unavailable | ErrorCode::Fault)
    }
}

/// Rolls the transaction back and refuses. A transaction that is only dropped is rolled back later, and keeps its rows
/// locked until then.
pub async fn refused<T>(tx: Tx, error: Error) -> Result<T> {
    tx.rollback().await?;
    Err(error)
}

/// Seconds after which a database in trouble is worth another try.
const DATABASE_RETRY_AFTER: u32 = 5;

/// A transient database error is no fault: the client can retry. Logged here, where it becomes a response.
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        trouble::log(&error);
        match trouble::classify(&error) {
            Trouble::Fault => Self { code: ErrorCode::Fault, errors: Vec::new(), retry_after: None },
            Trouble::Conflict | Trouble::Stale | Trouble::Away => {
                Self::later(ErrorCode::Unavailable, DATABASE_RETRY_AFTER)
            }
        }
    }
}

/// The system has no random bytes.
impl From<getrandom::Error> for Error {
    #[track_caller]
    fn from(_: getrandom::Error) -> Self {
        Self::fault()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    #[derive(Clone, Default)]
    struct LogBuffer(Arc<Mutex<Vec<u8>>>);

    impl Write for LogBuffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged while something is done.
    pub(crate) fn logged<T>(work: impl FnOnce() -> T) -> (T, String) {
        let kept = LogBuffer::default();
        let own = kept.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || own.clone()).finish();
        let done = tracing::subscriber::with_default(subscriber, work);
        let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        (done, log)
    }

    #[test]
    fn a_fault_is_logged_once_with_the_place_it_was_made_at() {
        let (answer, log) = logged(|| Error::new(ErrorCode::Fault));
        assert_eq!(answer.code, ErrorCode::Fault);
        assert_eq!(log.lines().count(), 1, "{log}");
        assert!(log.contains("\"level\":\"ERROR\"") && log.contains("error.rs:"), "{log}");
        let (_, log) = logged(|| Error::new(ErrorCode::NotFound));
        assert!(log.is_empty(), "{log}");
    }

    #[test]
    fn an_error_of_the_database_is_logged_once_and_without_its_text() {
        let (error, log) = logged(|| Error::from(sqlx::Error::Protocol("copper river".into())));
        assert_eq!(log.lines().count(), 1, "{log}");
        assert!(log.contains("\"level\":\"ERROR\"") && log.contains("the database failed"), "{log}");
        assert!(!log.contains("copper") && error.errors.is_empty());
    }
}
