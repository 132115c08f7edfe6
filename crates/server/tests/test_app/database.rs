//! A database for one case: a file in a scratch folder, or a database of a random name on the PostgreSQL of the tests,
//! dropped when the case is over. With tables it is a copy of one that was migrated once: migrating each takes longer
//! than most cases.

use server::store::Store;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
};
use tokio::sync::OnceCell;

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
    /// Empty.
    pub async fn make(kind: Kind, folder: &Path) -> Self {
        match kind {
            Kind::Sqlite => Self { url: in_folder(folder), made: None },
            Kind::Postgres => Self::copy_of("template1").await,
        }
    }

    /// With every table, and nothing in them.
    pub async fn make_with_tables(kind: Kind, folder: &Path) -> Self {
        static FILE: OnceCell<Vec<u8>> = OnceCell::const_new();
        static DATABASE: OnceCell<String> = OnceCell::const_new();
        match kind {
            Kind::Sqlite => {
                let file = FILE.get_or_init(migrated_file).await;
                std::fs::write(folder.join("billing.db"), file).unwrap();
                Self { url: in_folder(folder), made: None }
            }
            Kind::Postgres => Self::copy_of(DATABASE.get_or_init(migrated_database).await).await,
        }
    }

    async fn copy_of(template: &str) -> Self {
        let server = server();
        let name = format!("kppay_test_{}", uuid::Uuid::new_v4().simple());
        run(&server, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Self { url: beside(&server, &name), made: Some((server, name)) }
    }
}

#[expect(clippy::disallowed_methods, reason = "where the run has its PostgreSQL")]
fn server() -> String {
    std::env::var("KPPAY_TEST_POSTGRES_URL").unwrap_or_else(|_| {
        panic!(
            "KPPAY_TEST_POSTGRES_URL is not set: set it to a PostgreSQL whose user may create databases, such as \
             postgres://kppay@127.0.0.1:5432/kppay, or run `cargo xtask test server`, which starts one."
        )
    })
}

/// Another database of the same server.
fn beside(server: &str, name: &str) -> String {
    let (address, query) = server.split_once('?').map_or((server, None), |(url, query)| (url, Some(query)));
    let (host, _) = address.rsplit_once('/').expect("an address with a database");
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{host}/{name}{query}")
}

fn in_folder(folder: &Path) -> String {
    format!("sqlite://{}/billing.db", folder.display())
}

async fn migrated_file() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let url = in_folder(folder.path());
    Store::open(&url).await.unwrap().close().await;
    // Whatever its log still has.
    let copy = folder.path().join("copy.db");
    run(&url, format!("VACUUM INTO '{}'", copy.display())).await;
    std::fs::read(copy).unwrap()
}

/// Named by its migrations, and kept: the next run has it already.
async fn migrated_database() -> String {
    const LOCK: i64 = 0x6b70_7061_7902;
    let server = server();
    let name = format!("kppay_tables_{:016x}", migrations());
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(&server).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("SELECT pg_advisory_lock({LOCK})"))).execute(&mut connection).await.unwrap();
    let known = sqlx::query_scalar("SELECT COUNT(*) FROM pg_database WHERE datname = $1").bind(&name);
    if known.fetch_one(&mut connection).await.map(|count: i64| count).unwrap() == 0 {
        // Renamed when it is done: one that was left half made has no case.
        let making = format!("{name}_making");
        run(&server, format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)")).await;
        run(&server, format!("CREATE DATABASE {making}")).await;
        Store::open(&beside(&server, &making)).await.unwrap().close().await;
        run(&server, format!("ALTER DATABASE {making} RENAME TO {name}")).await;
    }
    connection.close().await.unwrap();
    name
}

/// One number for all of their texts.
fn migrations() -> u64 {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let files = [all.clone(), all.join("postgres")].into_iter().flat_map(|folder| folder.read_dir().unwrap());
    let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    files.iter().for_each(|file| std::fs::read(file).unwrap().hash(&mut hasher));
    hasher.finish()
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
