//! The program itself, as an operator runs it: a log that can't be written ends nothing, a shutdown is announced,
//! figures are on a listener of their own, and what is unsafe does not start.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use sqlx::Connection;
use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);
const LONG: &str = "9f86d081884c7d659a2feaa0c55ad015";
const PROFILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/profile.toml");
const OTHER: &str = "c2a6d0818f4c7d659a2feaa0c55b8e11";

/// Looks again until it is so; what it saw last is why it fails.
fn until<T>(mut look: impl FnMut() -> Result<T, String>) -> T {
    let began = Instant::now();
    loop {
        match look() {
            Ok(found) => return found,
            Err(why) => assert!(began.elapsed() < PATIENCE, "{why}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

struct Program {
    child: Child,
    address: SocketAddr,
    metrics: SocketAddr,
    database: String,
    _folder: Arc<TempDir>,
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn database_in(folder: &TempDir) -> String {
    format!("sqlite://{}/billing.db", folder.path().display())
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kppay-server"));
    command.env("KPPAY_PROCESSOR_SECRET", LONG).env("KPPAY_PEPPER", OTHER).env_remove("KPPAY_LOG");
    command.env("KPPAY_PROFILE", PROFILE).stdin(Stdio::null()).stdout(Stdio::null());
    command
}

impl Program {
    /// Over a fresh database, with a processor that nobody answers for: recovery says so twice a second.
    fn start(stderr: impl Into<Stdio>, more: &[&str]) -> Self {
        Self::start_by(command(), stderr, more)
    }
    fn start_by(command: Command, stderr: impl Into<Stdio>, more: &[&str]) -> Self {
        Self::start_in(&Arc::new(tempfile::tempdir().unwrap()), command, stderr, more)
    }
    fn start_in(folder: &Arc<TempDir>, mut command: Command, stderr: impl Into<Stdio>, more: &[&str]) -> Self {
        let (address, metrics) = (free_address(), free_address());
        let database = database_in(folder);
        command.args([
            "--listen",
            &address.to_string(),
            "--metrics",
            &metrics.to_string(),
            "--database-url",
            &database,
        ]);
        command.args(["--processor-url", "http://127.0.0.1:1"]).args(more);
        let child = command.stderr(stderr).spawn().unwrap();
        let mut program = Self { child, address, metrics, database, _folder: folder.clone() };
        until(|| {
            assert_eq!(program.child.try_wait().unwrap(), None, "it ended");
            let answer = program.says("/readyz");
            if answer.as_ref().is_some_and(|answer| answer.starts_with("HTTP/1.1 200")) {
                return Ok(());
            }
            Err(format!("it is not ready: {answer:?}"))
        });
        program
    }
    fn says(&self, path: &str) -> Option<String> {
        ask(self.address, path)
    }
    /// Asks its database something beside it.
    fn beside<T>(&self, ask: impl AsyncFnOnce(&mut sqlx::AnyConnection) -> Result<T, sqlx::Error>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            sqlx::any::install_default_drivers();
            let mut connection = sqlx::AnyConnection::connect(&self.database).await.unwrap();
            let answer = ask(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            answer
        })
    }
    /// Does something to its database beside it.
    fn execute(&self, sql: &'static str) {
        self.beside(async |connection| sqlx::query(sql).execute(connection).await);
    }
    fn figure(&self, name: &str) -> i64 {
        let text = ask(self.metrics, "/metrics").expect("the figures");
        let line = text.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')));
        line.unwrap_or_else(|| panic!("{name}: {text}")).rsplit(' ').next().unwrap().parse().unwrap()
    }
    fn terminate(&self) {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }
    fn ends(&mut self) -> bool {
        until(|| self.child.try_wait().unwrap().ok_or("it does not end".into())).success()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// One answer, head and body; nothing if there is nobody.
fn ask(address: SocketAddr, path: &str) -> Option<String> {
    ask_with(address, path, "")
}

fn ask_with(address: SocketAddr, path: &str, headers: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}connection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok().filter(|_| !answer.is_empty())?;
    Some(answer)
}

/// What becomes of a program whose log can't be written: it answers, and its background tasks go on by themselves.
fn survives_without_a_log(stderr: impl Into<Stdio>) {
    let program = Program::start(stderr, &[]);
    let began = Instant::now();
    // Each request is a line, and each round of recovery is one.
    let mut lost = 0;
    while lost < 50 {
        assert!(program.says("/healthz").is_some_and(|answer| answer.ends_with("ok")));
        assert!(program.says("/api/v1/portal").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")));
        lost = program.figure("kppay_log_lines_lost");
        assert!(began.elapsed() < PATIENCE);
    }
    let before = program.figure("kppay_task_rounds_total");
    until(|| {
        let went_on = program.figure("kppay_task_rounds_total") >= before + 10;
        went_on.then_some(()).ok_or("background tasks stand still".into())
    });
    assert_eq!(program.figure("kppay_task_restarts_total"), 0);
    assert_eq!(program.figure("kppay_panics_total"), 0);
}

#[test]
fn a_pipe_whose_reader_ended_ends_nothing() {
    survives_without_a_log(closed_pipe());
}

#[test]
fn a_log_on_a_full_disk_ends_nothing() {
    survives_without_a_log(OpenOptions::new().write(true).open("/dev/full").unwrap());
}

#[test]
fn a_shutdown_is_announced_before_the_listener_closes() {
    let mut program = Program::start(Stdio::null(), &["--drain-seconds", "2"]);
    program.terminate();
    let began = Instant::now();
    let mut announced = false;
    until(|| {
        let Some(answer) = program.says("/readyz") else { return Ok(()) };
        announced |= answer.starts_with("HTTP/1.1 503") && answer.contains("stopping");
        if announced {
            assert!(program.says("/healthz").is_none_or(|answer| answer.ends_with("ok")), "it still serves");
        }
        Err(answer)
    });
    assert!(announced);
    assert!(began.elapsed() >= Duration::from_millis(1_900), "{:?}", began.elapsed());
    assert!(program.ends());
}

#[test]
fn without_a_wait_a_shutdown_is_over_at_once_and_its_log_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let mut program = Program::start(File::create(&file).unwrap(), &["--drain-seconds", "0"]);
    // A connection that says nothing is nobody to wait for.
    let _silent = TcpStream::connect(program.address).unwrap();
    assert!(program.says("/healthz").is_some());
    let began = Instant::now();
    program.terminate();
    assert!(program.ends());
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    let log = std::fs::read_to_string(&file).unwrap();
    assert!(log.contains("/healthz") && log.contains("stopping"), "{log}");
}

#[test]
fn every_line_of_the_log_is_one_json_object_with_its_moment_in_utc() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let mut program = Program::start(File::create(&file).unwrap(), &["--drain-seconds", "0"]);
    for path in ["/forged%0A%7B%22level%22:%22ERROR%22%7D", "/api/v1/bills/forged%0Aline", "/healthz?forged=%22%0A"] {
        assert!(program.says(path).is_some(), "{path}");
    }
    program.terminate();
    assert!(program.ends());
    let log = std::fs::read_to_string(&file).unwrap();
    assert!(log.lines().count() > 3, "{log}");
    for line in log.lines() {
        let entry: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let moment = entry["timestamp"].as_str().unwrap();
        assert!(moment.len() >= 20 && &moment[10..11] == "T" && moment.ends_with('Z'), "{line}");
        assert!(entry["level"].is_string() && entry["target"].is_string(), "{line}");
    }
    assert!(!log.contains("forged"), "{log}");
}

/// The spans of the first line of the log that says `message` in a span of this name.
fn spans_of(log: &Path, message: &str, name: &str) -> Vec<Value> {
    until(|| {
        let text = std::fs::read_to_string(log).unwrap();
        // The last one may be half written.
        let mut lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let found = lines.find_map(|line| {
            let spans = line["spans"].as_array()?;
            (line["fields"]["message"] == message && spans.iter().any(|span| span["name"] == name))
                .then(|| spans.clone())
        });
        found.ok_or_else(|| format!("no {message:?} in a {name}: {text}"))
    })
}

/// With errors only, of all modules or of one: what they belong to is no matter of the filter.
fn with_errors_in(log: &Path, filter: &str) -> Program {
    let mut command = command();
    command.env("KPPAY_LOG", filter);
    Program::start_by(command, File::create(log).unwrap(), &[])
}

#[test]
fn what_is_logged_in_the_store_names_its_request() {
    for filter in ["error", "off,server::store=error"] {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let program = with_errors_in(&log, filter);
        program.execute("DROP TABLE session");
        let answer = ask_with(program.address, "/api/v1/session?forged", "cookie: kppay_session=forged\r\n").unwrap();
        assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
        let id = answer.split_once("x-request-id: ").unwrap().1.lines().next().unwrap();
        let request = json!({ "name": "request", "id": id, "method": "GET", "route": "/api/v1/session" });
        assert_eq!(spans_of(&log, "the database failed", "request"), [request], "{filter}");
    }
}

#[test]
fn what_is_logged_in_a_job_names_it_its_kind_and_its_try() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let program = with_errors_in(&log, "error");
    program.execute(
        "INSERT INTO job (id, kind, payload, created_at, due_at) VALUES ('seven', 'account_request', 'forged', 0, 0)",
    );
    let job = json!({ "name": "job", "kind": "account_request", "id": "seven", "tries": 1 });
    // One is of what it does, the other of what became of it.
    for message in ["a fault", "a job failed"] {
        assert_eq!(
            spans_of(&log, message, "job"),
            [json!({ "name": "task", "task": "account_request" }), job.clone()],
            "{message}"
        );
    }
}

#[test]
fn figures_are_on_a_listener_of_their_own() {
    let program = Program::start(Stdio::null(), &[]);
    let figures = ask(program.metrics, "/metrics").unwrap();
    assert!(figures.contains("text/plain; version=0.0.4") && figures.contains("kppay_not_ready 0\n"), "{figures}");
    assert!(program.says("/metrics").is_some_and(|answer| answer.starts_with("HTTP/1.1 404")));
    assert!(ask(program.metrics, "/api/v1/portal").is_some_and(|answer| answer.starts_with("HTTP/1.1 404")));
}

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

/// A pipe whose reader ended.
fn closed_pipe() -> Stdio {
    let mut reader = Command::new("true").stdin(Stdio::piped()).spawn().unwrap();
    let pipe = reader.stdin.take().unwrap();
    reader.wait().unwrap();
    pipe.into()
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

#[test]
fn a_profile_that_is_wrong_starts_nothing_and_the_line_and_the_key_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("plan.toml");
    std::fs::write(&profile, std::fs::read_to_string(PROFILE).unwrap().replace("closes = 17", "closes = 7")).unwrap();
    let database = format!("sqlite://{}/billing.db", folder.path().display());
    let mut command = command();
    command.args(["--listen", &free_address().to_string(), "--database-url", &database]);
    let refused = command.arg("--profile").arg(&profile).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    for word in ["plan.toml, line ", "contacts.closes", "closing after opening"] {
        assert!(said.contains(word), "{word} is missing: {said}");
    }
    assert!(!folder.path().join("billing.db").exists(), "nothing was begun");
}

#[test]
fn what_is_unsafe_ends_with_a_sentence_and_help_ends_well() {
    let refused = command().env_remove("KPPAY_PEPPER").stderr(Stdio::piped()).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("KPPAY_PEPPER is not set") && said.contains("openssl rand -hex 32"), "{said}");
    assert!(!said.contains(LONG) && !said.contains(OTHER));
    let help = command().arg("--help").stdout(Stdio::piped()).output().unwrap();
    assert!(help.status.success());
    assert!(String::from_utf8(help.stdout).unwrap().contains("--trusted-network"));
}

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
