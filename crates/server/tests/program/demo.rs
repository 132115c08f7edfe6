//! The demo's database: nothing else opens it, and the demo opens no other.

use crate::{Program, command, database_in, free_address};
use std::{process::Stdio, sync::Arc};
use tempfile::TempDir;

/// Runs to its end, which is to be with this status, and gives what it says.
fn says_with(folder: &TempDir, arguments: &[&str], status: i32) -> String {
    let mut command = command();
    command.args(arguments).args(["--listen", &free_address().to_string(), "--database-url", &database_in(folder)]);
    let ended = command.args(["--processor-url", "http://127.0.0.1:1"]).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(status), "{arguments:?}: {said}");
    said
}

#[test]
fn a_demo_begins_with_no_rows_and_nobody_else_has_its_database() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    says_with(&folder, &["migrate"], 0);
    for _ in 0..2 {
        let mut demo = Program::start_in(&folder, command(), Stdio::null(), &["--demo"]);
        assert!(demo.says("/demo/mail").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")));
        demo.terminate();
        assert!(demo.ends());
    }
    for (arguments, status) in [(&[][..], 1), (&["migrate"], 1), (&["reconcile"], 2)] {
        let said = says_with(&folder, arguments, status);
        assert!(
            said.contains("is a demo's") && said.contains("--database-url") && said.contains("add --demo"),
            "{said}"
        );
    }
    says_with(&folder, &["migrate", "--demo"], 0);
}

#[test]
fn a_demo_leaves_a_database_that_is_not_its_own_as_it_is() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    says_with(&folder, &["migrate"], 0);
    let deployed = Program::start_in(&folder, command(), Stdio::null(), &[]);
    deployed.execute(
        "INSERT INTO outbox (id, cause, to_address, subject, body_text, body_html, created_at, next_try_at) \
         VALUES ('seven', 'reset', 'ana@example.org', 'A link', '/reset#token', '', 0, 9000000000000000)",
    );
    drop(deployed);
    for arguments in [&["--demo"][..], &["--demo", "migrate"], &["--demo", "reconcile"]] {
        let said = says_with(&folder, arguments, if arguments.ends_with(&["reconcile"]) { 2 } else { 1 });
        for word in ["--demo", "no demo's", "--database-url", "an empty database"] {
            assert!(said.contains(word), "{word} is missing: {said}");
        }
    }
    let deployed = Program::start_in(&folder, command(), Stdio::null(), &[]);
    let rows = |sql| deployed.beside(async |connection| sqlx::query_scalar::<_, i64>(sql).fetch_one(connection).await);
    assert_eq!(rows("SELECT COUNT(*) FROM outbox"), 1);
    assert_eq!(rows("SELECT (SELECT COUNT(*) FROM membership) + (SELECT COUNT(*) FROM account)"), 0);
}
