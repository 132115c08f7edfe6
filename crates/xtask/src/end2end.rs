//! The Node side: the packages of `end2end/`, its journeys and its gallery. They are configured by environment
//! variables.

use crate::place::Profile;
use crate::system::Browser;
use crate::tools::step;
use crate::{build, child, place};
use std::path::PathBuf;
use std::process::Command;
use xtask::failure::{Because, Result};

fn directory() -> PathBuf {
    place::root().join("end2end")
}

/// `npm ci`, unless what is installed is what the lock file says.
pub fn packages() -> Result<()> {
    let lock = std::fs::read(directory().join("package-lock.json")).because("Reading end2end/package-lock.json")?;
    let mark = directory().join("node_modules/.kppay-lock");
    if std::fs::read(&mark).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    step("Installing the npm packages of end2end/ (seconds)");
    let mut npm = place::command("npm");
    child::run("npm ci", npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(directory()))
        .map_err(|failure| failure.fix("Node 20 with npm must be on PATH"))?;
    std::fs::write(mark, lock).because("Marking the npm packages as installed")
}

/// `npm` in `end2end/`, with where the programs, the app and the browser are.
pub fn npm(browser: &Browser) -> Command {
    let mut npm = place::command("npm");
    npm.current_dir(directory());
    npm.env("KPPAY_SERVER_BIN", Profile::Quick.binary("kppay-server"));
    npm.env("KPPAY_PROCESSOR_BIN", Profile::Quick.binary("kppay-processor"));
    npm.env("KPPAY_DIST", build::dist()).env("KPPAY_FRAME", build::frame());
    npm.env("CHROMIUM", &browser.chromium);
    npm
}

/// `cargo xtask gallery`: a picture of every page and state into `target/gallery/`.
pub fn gallery() -> Result<()> {
    let browser = Browser::ready()?;
    build::everything(Profile::Quick)?;
    packages()?;
    let out = place::target().join("gallery");
    step(&format!("Taking the pictures into {}", out.display()));
    child::run("npm run gallery", npm(&browser).args(["run", "--silent", "gallery"]).env("KPPAY_GALLERY", &out))?;
    println!("\nOpen {}", out.join("index.html").display());
    Ok(())
}
