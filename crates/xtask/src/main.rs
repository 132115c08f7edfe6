//! `cargo xtask`: each command does its own set-up first and its job then.
//!
//! Reading order: `start` and `suites` are the two commands of the README; `build`, `stack`, `postgres` and `system`
//! are what they stand on; `tools` fetches, `child` starts and ends programs, `place` has the paths.

mod arguments;
mod audit;
mod bench;
mod build;
mod chaos;
mod child;
mod chunks;
mod conformance;
mod days;
mod end2end;
mod imports;
mod place;
mod postgres;
mod sheets;
mod size;
mod split;
mod stack;
mod start;
mod suites;
mod system;
mod tally;
mod tools;

use std::process::ExitCode;
use xtask::failure::{Failure, Result};

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    match child::stop_children_on_exit().and_then(|()| obey(&given)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}

/// Whether it went well; a command that measures or tests can do its job and find fault.
fn obey(given: &[String]) -> Result<bool> {
    let (command, rest) = given.split_first().map_or(("help", &[][..]), |(command, rest)| (command.as_str(), rest));
    match command {
        "start" => start::start(rest)?,
        "test" => return suites::test(rest),
        "gallery" => nothing_more(rest).and_then(|()| end2end::gallery())?,
        "split" => nothing_more(rest).and_then(|()| split::split())?,
        "size" => nothing_more(rest).and_then(|()| size::size())?,
        "bench" => bench::bench(rest)?,
        "chaos" => return chaos::chaos(rest),
        "audit" => return audit::audit(rest),
        "help" | "--help" | "-h" => print!("{}", usage()),
        other => {
            return Err(
                Failure::new(format!("There is no command {other}.")).fix(format!("these there are\n{}", usage()))
            );
        }
    }
    Ok(true)
}

fn nothing_more(rest: &[String]) -> Result<()> {
    arguments::Arguments::parse(rest, &[], &[]).map(drop)
}

fn usage() -> String {
    format!(
        "cargo xtask {}\n    builds everything and serves it with demo data\n\
         cargo xtask {}\n    runs every test, or the suites named\n\
         cargo xtask gallery\n    takes a picture of every page and state into target/gallery\n\
         cargo xtask size\n    weighs what the first page loads against size-budget.json\n\
         cargo xtask {}\n    measures payments and reads a second, on SQLite and on PostgreSQL, and reads while members sign in\n\
         cargo xtask {}\n    checks licences, sources, bans and advisories of every dependency, and writes the SBOM\n\
         cargo xtask {}\n    kills servers and breaks the line to the processor while clients pay, and compares the books\n",
        start::USAGE,
        suites::USAGE,
        bench::USAGE,
        audit::USAGE,
        chaos::USAGE
    )
}
