//! Every case on PostgreSQL, and what only happens with more than one server over one database: the server that `KPPAY_TEST_POSTGRES_URL` names. `cargo xtask test` starts one of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cases;
mod house;

const KIND: house::database::Kind = house::database::Kind::Postgres;

use contract::portal::Capture;
use server::{billing::processor::Sandbox, clock::Clock, demo, settings::Settings, state::State, store::Store};
use std::{sync::Arc, time::Duration};

#[tokio::test]
async fn of_two_servers_that_start_at_once_over_an_empty_database_one_seeds_the_demo() {
    let folder = tempfile::tempdir().unwrap();
    let database = house::database::Database::make(KIND, folder.path()).await;
    let mut servers = Vec::new();
    for _ in 0..2 {
        let settings = Settings::parse(["--demo".to_owned()], house::secrets()).unwrap();
        let nobody =
            Sandbox::new("http://127.0.0.1:1".to_owned(), "secret".to_owned(), Duration::from_secs(1)).unwrap();
        let store = Store::open(&database.url).await.unwrap();
        servers.push(State::new(
            settings,
            house::profile(),
            store,
            Clock::starting_at(house::now::now()),
            Arc::new(nobody),
        ));
    }
    let start = async |app: &server::state::App| {
        let portal = house::profile().portal(Capture { url: String::new(), origin: String::new() }, true);
        demo::seed(&app.store, &portal, app.clock.now()).await.unwrap();
        demo::seed_accounts(app).await.unwrap();
    };
    tokio::join!(start(&servers[0]), start(&servers[1]));
    for (table, rows) in [("membership", 12_i64), ("account", 8)] {
        let count = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}")));
        assert_eq!(count.fetch_one(&servers[0].store.read).await.ok(), Some(rows), "{table}");
    }
    for app in servers {
        app.store.close().await;
    }
}
