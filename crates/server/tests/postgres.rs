//! Every case on PostgreSQL: the server that `KPPAY_TEST_POSTGRES_URL` names. `cargo xtask test` starts one of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cases;
mod house;

const KIND: house::database::Kind = house::database::Kind::Postgres;
