//! Migrations of the sandbox's database.

use sqlx::{
    SqlStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// Each migration's number, name and text.
const MIGRATIONS: [(i64, &str, &str); 6] = [
    (1, "processor", include_str!("../../migrations/0001_processor.sql")),
    (2, "clock", include_str!("../../migrations/0002_clock.sql")),
    (3, "closed keys", include_str!("../../migrations/0003_closed_keys.sql")),
    (4, "kept tokens", include_str!("../../migrations/0004_kept_tokens.sql")),
    (5, "verifications", include_str!("../../migrations/0005_verifications.sql")),
    (6, "refunds", include_str!("../../migrations/0006_refunds.sql")),
];

pub fn migrator() -> Migrator {
    let migration = |(version, name, sql): (i64, &'static str, &'static str)| {
        let is_outside_transaction = sql.starts_with("-- no-transaction");
        Migration::new(version, name.into(), MigrationType::Simple, SqlStr::from_static(sql), is_outside_transaction)
    };
    Migrator::with_migrations(MIGRATIONS.map(migration).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// With their checksums: sqlx refuses a database in which one was applied that reads otherwise.
    #[tokio::test]
    async fn every_file_of_the_folder_is_a_migration_and_reads_as_sqlx_reads_it() {
        let read = Migrator::new(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"))).await.unwrap();
        let said = |migration: &Migration| {
            (migration.version, migration.description.clone(), migration.checksum.clone(), migration.no_tx)
        };
        assert_eq!(migrator().iter().map(said).collect::<Vec<_>>(), read.iter().map(said).collect::<Vec<_>>());
    }
}
