//! Every case on PostgreSQL, and what only happens with more than one server over one database: the server that
//! `KPPAY_TEST_POSTGRES_URL` names. `cargo xtask test` starts one of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cases;
mod test_app;

const KIND: test_app::database::Kind = test_app::database::Kind::Postgres;

use contract::portal::Capture;
use server::{billing::processor::Sandbox, clock::Clock, demo, settings::Settings, state::State, store::Store};
use std::{sync::Arc, time::Duration};

#[tokio::test]
async fn of_two_servers_that_start_at_once_over_an_empty_database_one_seeds_the_demo() {
    let folder = tempfile::tempdir().unwrap();
    let database = test_app::database::Database::make(KIND, folder.path()).await;
    let mut servers = Vec::new();
    for _ in 0..2 {
        let settings = Settings::parse(["--demo".to_owned()], test_app::secrets()).unwrap();
        let nobody =
            Sandbox::new("http://127.0.0.1:1".to_owned(), "secret".to_owned(), Duration::from_secs(1)).unwrap();
        let store = Store::open(&database.url).await.unwrap();
        servers.push(State::new(
            settings,
            test_app::profile(),
            store,
            Clock::starting_at(test_app::now::now()),
            Arc::new(nobody),
        ));
    }
    let start = async |state: &server::state::App| {
        let portal = test_app::profile().portal(Capture { url: String::new(), origin: String::new() }, true);
        demo::seed(&state.store, &portal, state.clock.now()).await.unwrap();
        demo::seed_accounts(state).await.unwrap();
    };
    tokio::join!(start(&servers[0]), start(&servers[1]));
    for (table, rows) in [("membership", 13_i64), ("account", 9)] {
        let count = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}")));
        assert_eq!(count.fetch_one(&servers[0].store.read).await.ok(), Some(rows), "{table}");
    }
    for state in servers {
        state.store.close().await;
    }
}
