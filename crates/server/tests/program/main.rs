//! The program itself, as an operator runs it: a shutdown is announced, figures are on a listener of their own, and
//! what is unsafe does not start.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod demo;
mod log;
mod reconcile;

use sqlx::Connection;
use std::{
    fs::File,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
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
fn figures_are_on_a_listener_of_their_own() {
    let program = Program::start(Stdio::null(), &[]);
    let figures = ask(program.metrics, "/metrics").unwrap();
    assert!(figures.contains("text/plain; version=0.0.4") && figures.contains("kppay_not_ready 0\n"), "{figures}");
    assert!(program.says("/metrics").is_some_and(|answer| answer.starts_with("HTTP/1.1 404")));
    assert!(ask(program.metrics, "/api/v1/portal").is_some_and(|answer| answer.starts_with("HTTP/1.1 404")));
}

/// A pipe whose reader ended.
fn closed_pipe() -> Stdio {
    let mut reader = Command::new("true").stdin(Stdio::piped()).spawn().unwrap();
    let pipe = reader.stdin.take().unwrap();
    reader.wait().unwrap();
    pipe.into()
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
