//! `cargo xtask test`: every test there is, in six suites, at one moment whatever day it is (`days`). A suite that
//! can't run is a failure with its way out, never a skip.

use crate::place::Profile;
use crate::postgres::{Commits, Postgres};
use crate::stack::{Stack, StackConfig};
use crate::system::Browser;
use crate::tally::Tally;
use crate::tools::{Tools, step};
use crate::{arguments::Arguments, build, child, conformance, days, end2end, place};
use std::process::Command;
use std::time::Instant;
use xtask::failure::{Failure, Result};

pub const USAGE: &str = "test [--at 2028-02-29T12:00:00Z] [native] [server] [browser] [api] [end2end] [day | days]";

/// A name, what it is, and how it runs at another moment than the usual one.
type Suite = (&'static str, &'static str, fn(Option<&str>) -> Result<Tally>);

const SUITES: [Suite; 6] = [
    ("native", "contract, capture, the commands, the app's native tests and the tree's own rules", native),
    ("server", "the processor, and the billing API on SQLite and on PostgreSQL", server),
    ("browser", "the app's pieces in Chromium (wasm-bindgen-test)", browser),
    ("api", "schemathesis against the OpenAPI document", api),
    ("end2end", "journeys in Chromium against the real servers (Playwright)", journeys),
    ("day", "what knows dates, at a moment chosen by the day", days::one),
];
/// Only when asked for: `day` at every moment there is, or those from one on.
const EVERY_DAY: Suite = ("days", "what knows dates, at every moment of the list", days::all);

/// Whether everything passed. The last line printed is `N passed, N failed`.
pub fn test(given: &[String]) -> Result<bool> {
    let arguments = Arguments::parse(given, &["--at"], &[])?;
    let (wanted, at) = (&arguments.words, arguments.text("--at"));
    let known: Vec<_> = SUITES.iter().chain([&EVERY_DAY]).map(|(name, ..)| *name).collect();
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(
            Failure::new(format!("There is no suite {unknown}.")).fix(format!("the suites are {}", known.join(", ")))
        );
    }
    let mut total = Tally::default();
    let mut report = String::new();
    let is_wanted = |name: &str| wanted.iter().any(|want| want == name);
    let run_now = SUITES.iter().filter(|(name, ..)| wanted.is_empty() || is_wanted(name));
    for (name, what, run) in run_now.chain([&EVERY_DAY].into_iter().filter(|(name, ..)| is_wanted(name))) {
        step(&format!("{name}: {what}"));
        let since = Instant::now();
        let (tally, note) = match run(at) {
            Ok(tally) if tally == Tally::default() => (Tally { passed: 0, failed: 1 }, "ran no test at all".to_owned()),
            Ok(tally) => (tally, String::new()),
            Err(failure) => (Tally { passed: 0, failed: 1 }, format!("could not run. {failure}")),
        };
        report.push_str(&format!("  {name:9}{tally}  ({} s) {note}\n", since.elapsed().as_secs()));
        total += tally;
    }
    println!("\n{report}{total}");
    Ok(total.failed == 0)
}

fn native(at: Option<&str>) -> Result<Tally> {
    let mut tally = Tally::default();
    let crates = ["-p", "contract", "-p", "capture", "-p", "xtask", "--features", "xtask/load"];
    cargo_test(&mut tally, cargo_at(at).args(["test", "--no-fail-fast"]).args(crates))?;
    cargo_test(&mut tally, cargo_at(at).args(["test", "--no-fail-fast", "-p", "kppay", "--features", "ssr"]))?;
    Ok(tally)
}

fn server(at: Option<&str>) -> Result<Tally> {
    let (_ours, url) = match place::variable("KPPAY_TEST_POSTGRES_URL") {
        Some(url) => (None, url),
        None => {
            step("Starting a PostgreSQL in a scratch directory");
            let postgres = Postgres::start(Commits::Fast)?;
            let url = postgres.url("kppay");
            (Some(postgres), url.into())
        }
    };
    let mut tally = Tally::default();
    let mut cargo = cargo_at(at);
    cargo.args(["test", "--no-fail-fast"]).args(build::TESTED).env("KPPAY_TEST_POSTGRES_URL", url);
    cargo_test(&mut tally, &mut cargo)?;
    Ok(tally)
}

/// The components' tests get the time.
fn browser(_: Option<&str>) -> Result<Tally> {
    let browser = Browser::ready()?;
    let tools = Tools::ready()?;
    let mut cargo = tools.command("cargo");
    cargo.args(["test", "--no-fail-fast", "-p", "kppay", "--features", "csr", "--target", "wasm32-unknown-unknown"]);
    cargo.args(["--test", "browser"]);
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
    cargo.env("CHROMEDRIVER", &browser.driver).env("WASM_BINDGEN_TEST_ONLY_WEB", "1");
    let mut tally = Tally::default();
    cargo_test(&mut tally, &mut cargo)?;
    Ok(tally)
}

fn api(at: Option<&str>) -> Result<Tally> {
    let schemathesis = conformance::ready()?;
    build::everything(Profile::Tested)?;
    let files = child::Scratch::new("api")?;
    // It looks bills up far more often than a person may.
    let more = ["--lookups", "1000000"].map(str::to_owned).to_vec();
    let clock = at.map(str::to_owned).or_else(|| place::variable(days::VARIABLE)?.into_string().ok());
    let profile = Profile::Tested;
    let stack = Stack::open(&StackConfig { more, clock, profile, ..StackConfig::private(files.path())? })?;
    conformance::run(&schemathesis, &stack)
}

fn journeys(at: Option<&str>) -> Result<Tally> {
    let browser = Browser::ready()?;
    build::everything(Profile::Tested)?;
    end2end::packages()?;
    let mut tally = Tally::default();
    let mut npm = end2end::npm(&browser);
    npm.args(["test", "--silent"]).envs(at.map(|at| (days::VARIABLE, at)));
    let status = child::run_and_read("npm test", &mut npm, |line| tally.read(line))?;
    settle(tally, status.success(), "npm test")
}

fn cargo_at(at: Option<&str>) -> Command {
    let mut cargo = place::cargo();
    cargo.envs(at.map(|at| (days::VARIABLE, at)));
    cargo
}

/// One `cargo test`, added up. Nothing failed but cargo did: then it could not build, or a test binary died.
pub fn cargo_test(tally: &mut Tally, cargo: &mut Command) -> Result<()> {
    let mut own = Tally::default();
    let status = child::run_and_read("cargo test", cargo, |line| own.read(line))?;
    *tally += settle(own, status.success(), "cargo test")?;
    Ok(())
}

fn settle(tally: Tally, succeeded: bool, what: &str) -> Result<Tally> {
    if succeeded || tally.failed > 0 {
        return Ok(tally);
    }
    Err(Failure::new(format!("{what} failed, though no test of it did ({tally}).")).fix("its message is above"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runner_that_failed_without_a_failed_test_did_not_run() {
        assert!(settle(Tally { passed: 3, failed: 0 }, false, "cargo test").is_err());
        assert_eq!(settle(Tally { passed: 3, failed: 1 }, false, "cargo test"), Ok(Tally { passed: 3, failed: 1 }));
    }

    #[test]
    fn an_unknown_suite_is_refused_before_anything_runs() {
        assert!(test(&["natives".to_owned()]).unwrap_err().to_string().contains("native, server"));
    }
}
