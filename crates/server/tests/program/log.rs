//! The log: lines of JSON that name the request or job they belong to. One that can't be written ends nothing.

use crate::{PATIENCE, Program, ask_with, closed_pipe, command, until};
use serde_json::{Value, json};
use std::{
    fs::{File, OpenOptions},
    path::Path,
    process::Stdio,
    time::Instant,
};

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

/// The spans of the first line of the log that says `message` in a span with this field.
fn spans_of(log: &Path, message: &str, (field, value): (&str, &str)) -> Vec<Value> {
    until(|| {
        let text = std::fs::read_to_string(log).unwrap();
        // The last one may be half written.
        let mut lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let found = lines.find_map(|line| {
            let spans = line["spans"].as_array()?;
            (line["fields"]["message"] == message && spans.iter().any(|span| span[field] == value))
                .then(|| spans.clone())
        });
        found.ok_or_else(|| format!("no {message:?} in a {value}: {text}"))
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
        assert_eq!(spans_of(&log, "the database failed", ("name", "request")), [request], "{filter}");
    }
}

/// One of each table: a queued job, a periodic one, a payment without an answer and an e-mail that can't be written.
#[test]
fn what_is_logged_in_a_job_names_it_its_kind_and_its_try() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut command = command();
    command.env("KPPAY_SMTP_URL", "smtp://127.0.0.1:1").env("KPPAY_MAIL_FROM", "Plan <bills@example.org>");
    let program = Program::start_by(command, File::create(&log).unwrap(), &[]);
    for sql in [
        "INSERT INTO job (id, kind, payload, created_at, due_at) VALUES ('seven', 'account_request', 'forged', 0, 0)",
        "INSERT INTO membership (id, region, identifiers, ending, name, email) VALUES ('m', '', '', '', '', '')",
        "INSERT INTO payment (id, reference, membership, idempotency_key, fingerprint, state, total_cents, fee_cents, \
         method, payer_name, locale, authorisation, authorisation_version, created_at, moved_by, token, binding, \
         ask_at) VALUES ('eight', 'r', 'm', 'k', '', 'processing', 100, 0, '', '', 'en', '', 1, 0, '', 't', 'b', 0)",
        "INSERT INTO outbox (id, cause, to_address, subject, body_text, created_at, next_try_at) \
         VALUES ('nine', 'x', 'nobody', '', '', 0, 0)",
    ] {
        program.execute(sql);
    }
    for (message, kind, id) in [
        // Of what it does, and of what became of it.
        ("a fault", "account_request", "seven"),
        ("a job failed", "account_request", "seven"),
        ("a periodic job failed", "read_events", "read_events"),
        ("asked the processor again", "settle_payments", "eight"),
        ("alarm: given up", "send_mail", "nine"),
    ] {
        let spans =
            [json!({ "name": "task", "task": kind }), json!({ "name": "job", "kind": kind, "id": id, "tries": 1 })];
        assert_eq!(spans_of(&log, message, ("task", kind)), spans, "{message}");
    }
}
