//! What the SQL of both servers must be so that two versions of them can run side by side over one database
//! (ARCHITECTURE.md, "Migrations"): read from their files.
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
fn wildcard_selects(text: &str) -> Vec<String> {
    let star = Regex::new(r"(?i)\b(?:SELECT|RETURNING)\s+(?:\w+\.)?\*|\b[a-z_]+\.\*(?:,|\s+FROM)").unwrap();
    star.find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

#[test]
fn every_statement_names_its_columns() {
    assert_eq!(wildcard_selects("SELECT * FROM a").len(), 1);
    assert_eq!(wildcard_selects("SELECT a.id, b.* FROM a").len(), 1);
    assert_eq!(wildcard_selects("INSERT INTO a (b) VALUES ($1) RETURNING *").len(), 1);
    assert!(wildcard_selects("SELECT COUNT(*) FROM a WHERE b = $1").is_empty());
    let sources = files(&folder("src")).into_iter().chain(files(&folder("../processor/src")));
    for file in sources.filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
        let found = wildcard_selects(&fs::read_to_string(&file).unwrap());
        assert!(found.is_empty(), "{}: {found:?}: a column that is added would break it while it runs", file.display());
    }
}

/// Constraints on a table that is there: each was compared with all that the versions before write.
const NO_VERSION_BREAKS: [&str; 1] = [
    // What is held is only given up by the payment that held it.
    "ALTER TABLE CREDIT ADD CONSTRAINT CREDIT_HELD_CENTS_CHECK CHECK (HELD_CENTS >= 0) NOT VALID",
];

/// The earlier migration whose replacement this one brings to an end, named in its first line: by then no server that
/// runs uses what it drops.
fn contracts(sql: &str, number: u32) -> bool {
    let first = Regex::new(r"^-- Contracts (\d{4}):").unwrap();
    first.captures(sql).is_some_and(|found| found[1].parse::<u32>().unwrap() < number)
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
    // Older servers write no value: none is needed, and none is refused. One action, or the next one could be any.
    let may_have = r"(?: NOT NULL| NULL| DEFAULT (?:-?\d+|'(?:[^']|'')*'|NULL))*";
    let column = Regex::new(&format!(r"^ALTER TABLE \w+ ADD COLUMN \w+ (?:TEXT|BIGINT)({may_have})$")).unwrap();
    if let Some(added) = column.captures(sql) {
        return !added[1].contains(" NOT NULL") || Regex::new(r" DEFAULT [-\d']").unwrap().is_match(&added[1]);
    }
    // Older servers go on writing a value; a row without one is for those that know what it means.
    if Regex::new(r"^ALTER TABLE \w+ ALTER COLUMN \w+ DROP NOT NULL$").unwrap().is_match(sql) {
        return true;
    }
    // Older servers go on writing what it allowed, and read what it refused.
    if Regex::new(r"^ALTER TABLE \w+ DROP CONSTRAINT (IF EXISTS )?\w+_CHECK$").unwrap().is_match(sql) {
        return true;
    }
    if NO_VERSION_BREAKS.contains(&sql) {
        return true;
    }
    // Older servers go on referring to rows that are there.
    if Regex::new(r"^ALTER TABLE \w+ DROP CONSTRAINT (IF EXISTS )?\w+_FKEY$").unwrap().is_match(sql) {
        return true;
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
        "ALTER TABLE a ADD COLUMN b TEXT NOT NULL DEFAULT NULL",
        "ALTER TABLE a ADD COLUMN b TEXT UNIQUE",
        "ALTER TABLE a ADD COLUMN b TEXT CHECK (b <> '')",
        "ALTER TABLE a ADD COLUMN b TEXT REFERENCES c (id)",
        "ALTER TABLE a ADD COLUMN b TEXT NOT NULL DEFAULT '' CHECK (LENGTH(b) < 2)",
        "ALTER TABLE a ADD COLUMN b BIGINT NOT NULL DEFAULT 0, ALTER COLUMN c SET NOT NULL",
        "ALTER TABLE a ADD COLUMN b BIGINT GENERATED ALWAYS AS (c + 1) STORED",
        "ALTER TABLE a ADD COLUMN b TEXT, DROP COLUMN c",
        "CREATE UNIQUE INDEX c ON a (b)",
        "ALTER TABLE a DROP CONSTRAINT a_pkey",
        "ALTER TABLE a ADD CONSTRAINT a_b_check CHECK (b >= 0) NOT VALID",
        "DELETE FROM a",
    ] {
        assert_eq!(breaks(&format!("-- why\n{wrong};")).len(), 1, "{wrong}");
    }
    for right in [
        "CREATE TABLE a (b TEXT NOT NULL); ALTER TABLE a ADD COLUMN c BIGINT NOT NULL DEFAULT 0;",
        "ALTER TABLE a ADD COLUMN b TEXT; ALTER TABLE a ADD COLUMN c TEXT NULL DEFAULT NULL;",
        "ALTER TABLE a ADD COLUMN b BIGINT DEFAULT -1; ALTER TABLE a ADD COLUMN c TEXT DEFAULT 'it''s, so' NOT NULL;",
        "ALTER TABLE a ALTER COLUMN b DROP NOT NULL; ALTER TABLE a DROP CONSTRAINT a_b_fkey;",
        "ALTER TABLE a DROP CONSTRAINT IF EXISTS a_b_check;",
    ] {
        assert!(breaks(right).is_empty(), "{right}");
    }
    let contracting = "-- Contracts 0014: `b` is in `c` since.\nALTER TABLE a DROP COLUMN b;";
    assert!(
        contracts(contracting, 15) && !contracts(contracting, 14) && !contracts("ALTER TABLE a DROP COLUMN b;", 15)
    );
    let mut read = 0;
    // SQLite belongs to one server: what only it can't say may take a table's place.
    for file in files(&folder("migrations")).into_iter().filter(|file| !file.starts_with(folder("migrations/sqlite"))) {
        let number: u32 = file.file_name().unwrap().to_str().unwrap().split('_').next().unwrap().parse().unwrap();
        if number >= FIRST_SIDE_BY_SIDE {
            let sql = fs::read_to_string(&file).unwrap();
            let found = breaks(&sql);
            assert!(found.is_empty() || contracts(&sql, number), "{}: {found:?}", file.display());
            read += 1;
        }
    }
    assert!(read > 0);
}

#[test]
fn a_migration_that_the_two_databases_say_differently_has_one_number_in_both() {
    let numbers = |path: &str| -> Vec<String> {
        let names = files(&folder(path)).into_iter().map(|file| file.file_name().unwrap().to_str().unwrap().to_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    };
    assert!(!numbers("migrations/sqlite").is_empty());
    assert_eq!(numbers("migrations/sqlite"), numbers("migrations/postgres"));
}
