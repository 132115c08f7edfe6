//! What the SQL of both servers must be so that two versions of them can run side by side over one database (ARCHITECTURE.md,
//! "Migrations"): read from their files.
#![allow(clippy::unwrap_used, clippy::panic)]

use regex::Regex;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Migrations before it came before the first release: no older server can be there that minds them.
const FIRST_SIDE_BY_SIDE: u32 = 5;

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Statements that take whatever columns there are.
fn stars(text: &str) -> Vec<String> {
    let star = Regex::new(r"(?i)\b(?:SELECT|RETURNING)\s+(?:\w+\.)?\*|\b[a-z_]+\.\*(?:,|\s+FROM)").unwrap();
    star.find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

#[test]
fn every_statement_names_its_columns() {
    assert_eq!(stars("SELECT * FROM a").len(), 1);
    assert_eq!(stars("SELECT a.id, b.* FROM a").len(), 1);
    assert_eq!(stars("INSERT INTO a (b) VALUES ($1) RETURNING *").len(), 1);
    assert!(stars("SELECT COUNT(*) FROM a WHERE b = $1").is_empty());
    let sources = files(&folder("src")).into_iter().chain(files(&folder("../processor/src")));
    for file in sources.filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
        let found = stars(&fs::read_to_string(&file).unwrap());
        assert!(found.is_empty(), "{}: {found:?}: a column that is added would break it while it runs", file.display());
    }
}

/// The statements of a migration that the servers of the version before it, which go on running, would mind.
fn breaks(sql: &str) -> Vec<String> {
    let without_comments = Regex::new(r"--[^\n]*").unwrap().replace_all(sql, "");
    let one_space = Regex::new(r"\s+").unwrap();
    let statements = without_comments.split(';').map(|sql| one_space.replace_all(sql.trim(), " ").to_uppercase());
    let statements: Vec<String> = statements.filter(|sql| !sql.is_empty()).collect();
    statements.iter().filter(|sql| !expands(sql, &statements)).cloned().collect()
}

fn expands(sql: &str, all: &[String]) -> bool {
    if Regex::new(r"^ALTER TABLE \w+ ADD COLUMN ").unwrap().is_match(sql) {
        return (!sql.contains("NOT NULL") || sql.contains(" DEFAULT ")) && !sql.contains("UNIQUE");
    }
    // On a table that is there already it would refuse what the older servers write.
    if let Some(unique) = Regex::new(r"^CREATE UNIQUE INDEX \w+ ON (\w+)").unwrap().captures(sql) {
        return all.iter().any(|other| other.starts_with(&format!("CREATE TABLE {} ", &unique[1])));
    }
    ["CREATE TABLE ", "CREATE INDEX ", "INSERT INTO ", "UPDATE "].iter().any(|start| sql.starts_with(start))
}

#[test]
fn migrations_leave_the_older_servers_what_they_use() {
    for wrong in [
        "DROP TABLE a",
        "ALTER TABLE a DROP COLUMN b",
        "ALTER TABLE a RENAME COLUMN b TO c",
        "ALTER TABLE a ALTER COLUMN b SET NOT NULL",
        "ALTER TABLE a ADD COLUMN b TEXT NOT NULL",
        "ALTER TABLE a ADD COLUMN b TEXT UNIQUE",
        "CREATE UNIQUE INDEX c ON a (b)",
        "DELETE FROM a",
    ] {
        assert_eq!(breaks(&format!("-- why\n{wrong};")).len(), 1, "{wrong}");
    }
    assert!(
        breaks("CREATE TABLE a (b TEXT NOT NULL); ALTER TABLE a ADD COLUMN c BIGINT NOT NULL DEFAULT 0;").is_empty()
    );
    let mut read = 0;
    for file in files(&folder("migrations")) {
        let number: u32 = file.file_name().unwrap().to_str().unwrap().split('_').next().unwrap().parse().unwrap();
        if number >= FIRST_SIDE_BY_SIDE {
            let found = breaks(&fs::read_to_string(&file).unwrap());
            assert!(found.is_empty(), "{}: {found:?}", file.display());
            read += 1;
        }
    }
    assert!(read > 0);
}
