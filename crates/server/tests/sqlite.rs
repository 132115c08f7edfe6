//! Every case on SQLite, the embedded default.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cases;
mod house;

const KIND: house::database::Kind = house::database::Kind::Sqlite;
