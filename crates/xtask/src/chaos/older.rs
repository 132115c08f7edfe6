//! A server of an earlier version, built from this repository's history, to run beside the present one on one database.
//! Knows only how it is built: quickly, in a target directory of its own, since two trees in one confuse cargo.

use crate::{child, place, tools::step};
use std::path::PathBuf;
use xtask::failure::{Because, Failure, Result};

/// The program itself, or the revision (as `git` takes one) to build it from.
pub fn server(given: &str) -> Result<PathBuf> {
    let program = place::root().join(given);
    if program.is_file() {
        return Ok(program);
    }
    step(&format!("Building the servers of {given}"));
    let folder = place::target().join("older");
    let source = folder.join("source");
    if source.exists() {
        std::fs::remove_dir_all(&source).because("Emptying target/older/source")?;
    }
    std::fs::create_dir_all(&source).because("Making target/older/source")?;
    let archive = folder.join("source.tar");
    let mut git = place::command("git");
    git.args(["archive", "--format=tar", "--output"]).arg(&archive).arg(given);
    child::run("git archive", &mut git)
        .map_err(|failure| failure.fix("is that a revision, and is it in this clone?"))?;
    // With the time of now: by that of the commit cargo takes what it has of another revision for this one's.
    child::run("tar", place::command("tar").arg("xmf").arg(&archive).arg("-C").arg(&source))?;
    let mut cargo = place::cargo();
    cargo
        .current_dir(&source)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .args(["build", "--locked", "-p", "server"]);
    child::run("cargo build", &mut cargo)?;
    let built = folder.join("target/debug/kppay-server");
    if built.is_file() { Ok(built) } else { Err(Failure::new(format!("{given} builds no kppay-server."))) }
}
