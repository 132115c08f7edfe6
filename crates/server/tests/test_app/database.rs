//! A database for one case: a file in a scratch folder, or a database of a random name on the PostgreSQL of the tests,
//! dropped when the case is over.

use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use std::path::Path;

// Each test binary has one of the two.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Kind {
    Sqlite,
    Postgres,
}

pub struct Database {
    pub url: String,
    /// PostgreSQL: where it was made, and its name.
    made: Option<(String, String)>,
}

impl Database {
    #[expect(clippy::disallowed_methods, reason = "where the run has its PostgreSQL")]
    pub async fn make(kind: Kind, folder: &Path) -> Self {
        if kind == Kind::Sqlite {
            return Self { url: format!("sqlite://{}/billing.db", folder.display()), made: None };
        }
        let Ok(server) = std::env::var("KPPAY_TEST_POSTGRES_URL") else {
            panic!(
                "KPPAY_TEST_POSTGRES_URL is not set: set it to a PostgreSQL whose user may create databases, such as \
                 postgres://kppay@127.0.0.1:5432/kppay, or run `cargo xtask test server`, which starts one."
            );
        };
        let name = format!("kppay_test_{}", uuid::Uuid::new_v4().simple());
        run(&server, format!("CREATE DATABASE {name}")).await;
        let (address, query) =
            server.split_once('?').map_or((server.as_str(), None), |(url, query)| (url, Some(query)));
        let (host, _) = address.rsplit_once('/').expect("an address with a database");
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        Self { url: format!("{host}/{name}{query}"), made: Some((server.clone(), name)) }
    }
}

async fn run(server: &str, sql: String) {
    sqlx::any::install_default_drivers();
    let mut connection =
        AnyConnection::connect(server).await.expect("the PostgreSQL of KPPAY_TEST_POSTGRES_URL answers");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some((server, name)) = self.made.take() else { return };
        // A runtime of its own: the case's may be going away right now.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(run(&server, format!("DROP DATABASE {name} WITH (FORCE)")));
        });
        _ = dropped.join();
    }
}
