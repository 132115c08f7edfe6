//! Every case on SQLite, the embedded default.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cases;
mod test_app;

const KIND: test_app::database::Kind = test_app::database::Kind::Sqlite;
