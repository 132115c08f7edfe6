//! schemathesis: requests made up from the OpenAPI document, sent to a running server, every answer held against the
//! document.

use crate::stack::Stack;
use crate::tally::Tally;
use crate::tools::step;
use crate::{child, place, system};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;
use xtask::failure::{Because, Failure, Result};
use xtask::http::{self, Connection};

const VERSION: &str = "4.32.5";

/// The program, in a virtual environment under `target/`.
pub fn ready() -> Result<PathBuf> {
    let home = place::target().join(format!("schemathesis-{VERSION}"));
    let program = home.join("bin/schemathesis");
    if child::said(Command::new(&program).arg("--version")).is_some() {
        return Ok(program);
    }
    step(&format!("Installing schemathesis {VERSION} into {} (under a minute, once)", home.display()));
    let make = || child::run("python3 -m venv", place::command("python3").args(["-m", "venv", "--clear"]).arg(&home));
    if let Err(failure) = make() {
        // Debian keeps the module in a package of its own.
        if !system::may_install() {
            return Err(failure.fix("apt-get install python3-venv"));
        }
        system::install(&["python3-venv"])?;
        make()?;
    }
    let mut pip = Command::new(home.join("bin/pip"));
    child::run("pip", pip.args(["install", "--quiet", &format!("schemathesis=={VERSION}")]))
        .map_err(|failure| failure.fix("Python 3 with pip, and a network, are needed"))?;
    Ok(program)
}

/// Against a stack of its own, as a signed-in member.
pub fn run(program: &PathBuf, stack: &Stack) -> Result<Tally> {
    let origin = &stack.origin;
    let cookie = member(stack)?;
    let report = place::target().join("schemathesis.xml");
    let mut schemathesis = place::command(program);
    // It leaves its own notes in the directory it runs in.
    schemathesis.current_dir(place::target());
    let settings = place::root().join("crates/server/schemathesis.toml");
    schemathesis.arg("--config-file").arg(settings);
    schemathesis.arg("run").arg(format!("{origin}/api/v1/openapi.json"));
    let session = cookie.split_once('=').map_or("", |(_, token)| token);
    schemathesis.env("KPPAY_SESSION", session).args(["--header", &format!("Origin: {origin}")]);
    // The same cases on every machine: a red run can be run again.
    schemathesis.args(["--seed", "1", "--max-examples", "40", "--request-timeout", "10", "--no-color"]);
    schemathesis.args(["--report", "junit", "--report-junit-path"]).arg(&report);
    let status = child::run_and_read("schemathesis", &mut schemathesis, |_| {})?;
    let text = std::fs::read_to_string(&report).because("Reading schemathesis's report")?;
    match Tally::of_junit(&text) {
        Some(tally) if status.success() || tally.failed > 0 => Ok(tally),
        _ => Err(Failure::new(format!("schemathesis ended with {status}.")).fix("its message is above")),
    }
}

/// The cookie of a session, as a browser sends it back: signed in, and the password typed again, so that every call is
/// open.
fn member(stack: &Stack) -> Result<String> {
    let asking = "Signing a demo member in";
    let members = http::fetch(&stack.authority, "/demo/members").and_then(|answer| answer.json()).because(asking)?;
    let (email, password) = (&members[0]["email"], &members[0]["password"]);
    let signed_in = cookie(stack, "POST", "/session", "", &json!({"user_id": email, "password": password}))?;
    cookie(stack, "PUT", "/session/reauthentication", &signed_in, &json!({"password": password}))
}

/// The cookie that a call sets.
fn cookie(stack: &Stack, method: &str, path: &str, before: &str, body: &Value) -> Result<String> {
    let path = format!("/api/v1{path}");
    let headers = [("Content-Type", "application/json"), ("Origin", stack.origin.as_str()), ("Cookie", before)];
    let answer = Connection::open(&stack.authority)
        .and_then(|mut connection| connection.send(method, &path, &headers, body.to_string().as_bytes()))
        .because(&path)?;
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
    cookie.map(str::to_owned).ok_or_else(|| Failure::new(format!("{path}: {} {}", answer.status, answer.text())))
}
