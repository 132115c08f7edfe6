//! `cargo xtask audit`: the supply chain. cargo-machete finds the dependencies that no code names, cargo-deny holds
//! every crate against `deny.toml` (licences, sources, bans, advisories), every npm package must be locked with its
//! integrity, and cargo-cyclonedx writes the SBOM into `target/sbom/`.
//!
//! The advisory database is a git repository that not every machine reaches. Where it can't be fetched, that is said,
//! and it is a failure only with `--advisories`.

use crate::tools::{Tools, step};
use crate::{arguments::Arguments, child, place};
use serde_json::Value;
use std::path::{Path, PathBuf};
use xtask::failure::{Because, Failure, Result};

pub const USAGE: &str = "audit [--advisories]";

/// Every lock file that `npm ci` reads.
const NPM_LOCKS: [&str; 2] = ["end2end/package-lock.json", "crates/xtask/npm/package-lock.json"];
/// What is delivered: one SBOM each.
const SHIPPED: [&str; 3] = ["kppay", "server", "processor"];

/// Whether nothing was found.
pub fn audit(given: &[String]) -> Result<bool> {
    let needs_advisories = Arguments::parse(given, &[], &["--advisories"])?.has("--advisories");
    let mut is_clean = true;
    for lock in NPM_LOCKS {
        for package in without_integrity(&place::root().join(lock))? {
            println!("{lock}: {package} has no integrity");
            is_clean = false;
        }
    }
    let tools = Tools::for_audit()?;
    step("Dependencies that no code names");
    is_clean &= child::run_and_read("cargo-machete", tools.command("cargo-machete").arg("."), |_| {})?.success();
    step("Licences, sources and bans of every crate (deny.toml)");
    is_clean &= deny(&tools, &["check", "bans", "licenses", "sources"])?;
    step("Advisories");
    if deny(&tools, &["fetch", "db"])? {
        is_clean &= deny(&tools, &["--offline", "check", "advisories"])?;
    } else {
        println!("    NOT CHECKED: the advisory database can't be reached from this machine.");
        is_clean &= !needs_advisories;
    }
    sbom(&tools)?;
    Ok(is_clean)
}

fn deny(tools: &Tools, arguments: &[&str]) -> Result<bool> {
    let mut deny = tools.command("cargo-deny");
    deny.args(["--all-features", "--locked", "--color", "never", "--log-level", "error"]).args(arguments);
    Ok(child::run_and_read("cargo-deny", &mut deny, |_| {})?.success())
}

/// CycloneDX, a file for each program that is delivered.
fn sbom(tools: &Tools) -> Result<()> {
    let folder = place::target().join("sbom");
    step(&format!("Writing the SBOM into {}", folder.display()));
    std::fs::create_dir_all(&folder).because("Making target/sbom")?;
    let mut cyclonedx = tools.command("cargo-cyclonedx");
    cyclonedx.args(["cyclonedx", "--format", "json", "--all-features", "--spec-version", "1.5", "--quiet"]);
    // The files of one run are the same as those of the next: no time of day in them.
    cyclonedx.env("SOURCE_DATE_EPOCH", "0");
    child::run("cargo-cyclonedx", &mut cyclonedx)?;
    for manifest in manifests()? {
        let Some((name, made)) = sbom_beside(&manifest)? else { continue };
        if SHIPPED.contains(&name.as_str()) {
            std::fs::copy(&made, folder.join(format!("{name}.cdx.json"))).because("Keeping an SBOM")?;
        }
        std::fs::remove_file(&made).because("Tidying an SBOM away")?;
    }
    let missing: Vec<_> =
        SHIPPED.iter().filter(|name| !folder.join(format!("{name}.cdx.json")).is_file()).copied().collect();
    if missing.is_empty() { Ok(()) } else { Err(Failure::new(format!("There is no SBOM of {}.", missing.join(", ")))) }
}

/// The folders of the workspace's packages: cargo-cyclonedx writes beside each manifest.
fn manifests() -> Result<Vec<PathBuf>> {
    let crates = std::fs::read_dir(place::root().join("crates")).because("Reading crates/")?;
    let mut folders: Vec<_> = crates.flatten().map(|entry| entry.path()).collect();
    folders.push(place::root());
    Ok(folders)
}

fn sbom_beside(folder: &Path) -> Result<Option<(String, PathBuf)>> {
    let files = std::fs::read_dir(folder).because(&folder.display().to_string())?;
    let mut names = files.flatten().map(|entry| entry.path());
    Ok(names.find_map(|file| {
        let name = file.file_name()?.to_str()?.strip_suffix(".cdx.json")?.to_owned();
        Some((name, file))
    }))
}

/// The packages of a lock file that `npm ci` would install unchecked.
fn without_integrity(lock: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(lock).because(&lock.display().to_string())?;
    let lock: Value = serde_json::from_str(&text).because(&lock.display().to_string())?;
    Ok(unchecked(&lock))
}

fn unchecked(lock: &Value) -> Vec<String> {
    let packages = lock["packages"].as_object().into_iter().flatten().filter(|(name, _)| !name.is_empty());
    let is_checked = |package: &Value| package["integrity"].as_str().is_some_and(|hash| hash.starts_with("sha512-"));
    packages.filter(|(_, package)| !is_checked(package)).map(|(name, _)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_is_locked_without_integrity_is_named() {
        let lock = serde_json::json!({ "packages": {
            "": { "name": "kppay" },
            "node_modules/a": { "version": "1.0.0", "integrity": "sha512-AAAA" },
            "node_modules/b": { "version": "1.0.0" },
            "node_modules/c": { "version": "1.0.0", "integrity": "sha1-AAAA" },
        }});
        assert_eq!(unchecked(&lock), ["node_modules/b", "node_modules/c"]);
    }

    #[test]
    fn every_npm_package_of_ours_is_locked_with_its_integrity() {
        for lock in NPM_LOCKS {
            let lock = place::root().join(lock);
            assert_eq!(without_integrity(&lock).unwrap(), Vec::<String>::new(), "{}", lock.display());
        }
    }
}
