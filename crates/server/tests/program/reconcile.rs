//! `kppay-server reconcile`: exit statuses, and what it does not create.

use crate::{LONG, closed_pipe, command};
use std::{fs::OpenOptions, process::Stdio};
use tempfile::TempDir;

/// A processor without a charge, as long as the runtime lives.
fn processor(folder: &TempDir) -> (tokio::runtime::Runtime, String) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let arguments = ["--database", folder.path().join("processor.db").to_str().unwrap()].map(str::to_owned);
    let settings = processor::settings::Settings::parse(arguments, processor::settings::Secrets::new(LONG)).unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = runtime.block_on(processor::Processor::open(settings)).unwrap();
    runtime.spawn(processor::serve(app, listener, std::future::pending()));
    (runtime, url)
}

#[test]
fn a_line_that_cannot_be_written_changes_no_exit_status() {
    let folder = tempfile::tempdir().unwrap();
    let (_runtime, url) = processor(&folder);
    let database = format!("sqlite://{}/billing.db", folder.path().display());
    assert!(command().args(["migrate", "--database-url", &database]).status().unwrap().success());
    let full = || Stdio::from(OpenOptions::new().write(true).open("/dev/full").unwrap());
    let reconcile = |url: &str, stdout: Stdio, stderr: Stdio| {
        let mut command = command();
        command.args(["reconcile", "--database-url", &database, "--processor-url", url]);
        command.stdout(stdout).stderr(stderr).output().unwrap()
    };
    let read = reconcile(&url, Stdio::piped(), Stdio::piped());
    assert_eq!(read.status.code(), Some(0), "{read:?}");
    assert_eq!(String::from_utf8(read.stdout).unwrap(), "0 differences between payments and charges\n");
    for sink in [full, closed_pipe] {
        assert_eq!(reconcile(&url, sink(), Stdio::null()).status.code(), Some(0));
        assert_eq!(reconcile(&url, Stdio::null(), sink()).status.code(), Some(0));
        assert_eq!(reconcile("http://127.0.0.1:1", sink(), sink()).status.code(), Some(2), "nobody could look");
        let help = command().arg("--help").stdout(sink()).stderr(Stdio::null()).status().unwrap();
        assert!(help.success(), "{help}");
    }
}

#[test]
fn reconcile_makes_no_database_and_no_tables() {
    let folder = tempfile::tempdir().unwrap();
    let (_runtime, url) = processor(&folder);
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("empty.db"), "").unwrap();
    let long = "?mode=rwc".to_owned();
    for (name, query, says) in [
        ("mistyped.db", "", "there is no database"),
        ("mistyped.db", long.as_str(), "there is no database"),
        ("empty.db", "", "no tables"),
    ] {
        let database = format!("sqlite://{}{query}", file(name).display());
        let mut command = command();
        command.args(["reconcile", "--database-url", &database, "--processor-url", &url]);
        let refused = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2), "{said}");
        assert_eq!(String::from_utf8(refused.stdout).unwrap(), "", "nothing was compared");
        for word in [says, name, "--database-url"] {
            assert!(said.contains(word), "{word} is missing: {said}");
        }
    }
    assert!(!file("mistyped.db").exists());
    assert_eq!(std::fs::metadata(file("empty.db")).unwrap().len(), 0);
}
