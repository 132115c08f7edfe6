//! The tools that turn Rust into the web app, at exactly the versions this repository was measured with. What the
//! machine has at the right version is used; the rest is fetched once into a cache that every clone shares
//! (`KPPAY_TOOLS`, or `$XDG_CACHE_HOME/kppay/tools`, or `~/.cache/kppay/tools`).

use crate::child::{self, Running};
use crate::place;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use xtask::failure::{Because, Failure, Result};

const TRUNK: &str = "0.21.14";
/// Cuts the wasm into the chunks of `src/app/chunks.rs`; the helper crate that leptos has says which versions go with
/// it.
const WASM_SPLIT_PACKAGE: &str = "wasm_split_cli_support";
const WASM_SPLIT: &str = "0.2.4";
/// Brought by npm packages, which `crates/xtask/npm/package-lock.json` pins with their integrity: the version of each
/// program. wasm-opt comes with `binaryen`.
const FROM_NPM: [(&str, &str); 2] = [("wasm-opt", "132"), ("terser", "5.51.4")];
/// What npm reads: with the lock file, `npm ci` installs nothing whose integrity differs.
const NPM_FILES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];
const CARGO_DENY: &str = "0.20.2";
const CARGO_CYCLONEDX: &str = "0.5.9";
const CARGO_MACHETE: &str = "0.9.2";
const TARGET: &str = "wasm32-unknown-unknown";
/// Tools run for seconds, and are compiled for minutes: by their own profiles (Trunk: LTO over everything in one unit)
/// a newcomer waits ten minutes more.
const QUICKLY_BUILT: [&str; 4] = [
    "profile.release.lto=\"off\"",
    "profile.release.codegen-units=16",
    "profile.release.opt-level=0",
    "profile.release.debug=false",
];
/// Their own crates read and write megabytes of wasm at each build: these are optimised.
const WASM_BINDGEN_BUILT: [&str; 4] = [
    "--no-default-features",
    "--config=profile.release.package.walrus.opt-level=1",
    "--config=profile.release.package.wasmparser.opt-level=1",
    "--config=profile.release.package.wasm-bindgen-cli-support.opt-level=1",
];
const WASM_SPLIT_BUILT: [&str; 3] = [
    "--features=build-binary",
    "--config=profile.release.package.wasmparser.opt-level=1",
    "--config=profile.release.package.wasm_split_cli_support.opt-level=1",
];

pub struct Tools {
    cache: PathBuf,
    path: OsString,
}

impl Tools {
    /// Everything the wasm build needs, fetched if it is not there.
    pub fn ready() -> Result<Self> {
        let tools = Self::found()?;
        let fetched = tools.npm_programs()?;
        wasm_target()?;
        // Neither asks whether there is a newer one, nor fetches anything: what they need is on their `PATH`.
        tools.cargo_tool("trunk", "trunk", TRUNK, &["--no-default-features"])?;
        let wasm_bindgen = place::locked_version("wasm-bindgen")?;
        tools.cargo_tool("wasm-bindgen", "wasm-bindgen-cli", &wasm_bindgen, &WASM_BINDGEN_BUILT)?;
        tools.wasm_split()?;
        tools.delete_build_files();
        if let Some(mut fetched) = fetched {
            fetched.succeed().map_err(|failure| failure.fix("Node 20 with npm must be on PATH"))?;
        }
        Ok(tools)
    }

    /// What there is, without a look at it.
    pub fn found() -> Result<Self> {
        let cache = cache_directory()?;
        let mut directories = vec![cache.join("bin"), cache.join("node_modules/.bin")];
        directories.extend(std::env::split_paths(&place::variable("PATH").unwrap_or_default()));
        let path = std::env::join_paths(directories).because("Putting the tool cache on PATH")?;
        Ok(Self { cache, path })
    }

    /// A command that finds the tools on its `PATH`.
    pub fn command(&self, program: &str) -> Command {
        let mut command = place::command(program);
        command.env("PATH", &self.path);
        command
    }

    /// The programs of `cargo xtask audit`.
    pub fn for_audit() -> Result<Self> {
        let tools = Self::found()?;
        let programs =
            [("cargo-machete", CARGO_MACHETE), ("cargo-deny", CARGO_DENY), ("cargo-cyclonedx", CARGO_CYCLONEDX)];
        for (package, version) in programs {
            if !tools.is_installed(package, version) {
                tools.install(package, version, &[])?;
            }
        }
        tools.delete_build_files();
        Ok(tools)
    }

    fn version_of(&self, program: &str) -> Option<String> {
        // Resolved by hand: std looks a bare name up on our own PATH, not on the one given to the child.
        let found =
            std::env::split_paths(&self.path).map(|directory| directory.join(program)).find(|file| file.is_file())?;
        let mut command = Command::new(found);
        version_word(&child::said(command.arg("--version").env("PATH", &self.path))?)
    }

    fn cargo_tool(&self, program: &str, package: &str, version: &str, more: &[&str]) -> Result<()> {
        if self.version_of(program).as_deref() == Some(version) {
            println!("    {program} {version} is there.");
            return Ok(());
        }
        self.install(package, version, more)
    }

    /// For programs that don't say their version: what cargo has installed into the cache.
    fn is_installed(&self, package: &str, version: &str) -> bool {
        let installed = std::fs::read_to_string(self.cache.join(".crates.toml")).unwrap_or_default();
        installed.contains(&format!("\"{package} {version} "))
    }

    fn wasm_split(&self) -> Result<()> {
        if self.is_installed(WASM_SPLIT_PACKAGE, WASM_SPLIT) {
            println!("    wasm-split {WASM_SPLIT} is there.");
            return Ok(());
        }
        self.install(WASM_SPLIT_PACKAGE, WASM_SPLIT, &WASM_SPLIT_BUILT)
    }

    /// All are compiled in one place, so that what several of them need is compiled once.
    fn install(&self, package: &str, version: &str, more: &[&str]) -> Result<()> {
        step(&format!(
            "Installing {package} {version} into {} (a minute or two on two cores, once)",
            self.cache.display()
        ));
        let mut install = place::cargo();
        install.args(["install", package, "--version", version, "--locked", "--force"]).args(more);
        install.args(QUICKLY_BUILT.iter().flat_map(|setting| ["--config", setting]));
        install.arg("--target-dir").arg(self.compiled());
        child::run(&format!("cargo install {package}"), install.arg("--root").arg(&self.cache))
            .map_err(|failure| failure.fix("look at the message above; a C compiler and a network are needed"))
    }

    fn compiled(&self) -> PathBuf {
        self.cache.join("compiled")
    }

    /// Half a gigabyte of build files, not needed once the programs are built.
    fn delete_build_files(&self) {
        _ = std::fs::remove_dir_all(self.compiled());
    }

    /// Fetched beside whatever else is done, if they are not there.
    fn npm_programs(&self) -> Result<Option<Running>> {
        let is_there = |&(program, version): &(&str, &str)| self.version_of(program).as_deref() == Some(version);
        let named = FROM_NPM.map(|(program, version)| format!("{program} {version}")).join(", ");
        if FROM_NPM.iter().all(is_there) {
            println!("    {named} are there.");
            return Ok(None);
        }
        step(&format!("Fetching {named} (npm, some 30 MB, once)"));
        std::fs::create_dir_all(&self.cache).because("Making the tool cache")?;
        for file in NPM_FILES {
            let from = place::root().join("crates/xtask/npm").join(file);
            std::fs::copy(&from, self.cache.join(file)).because(&from.display().to_string())?;
        }
        let mut install = place::command("npm");
        install.args(["ci", "--no-audit", "--no-fund"]).current_dir(&self.cache).stdin(Stdio::null());
        Running::start("npm ci", &mut install).map(Some)
    }
}

fn cache_directory() -> Result<PathBuf> {
    let variable = |name| place::variable(name).map(PathBuf::from);
    variable("KPPAY_TOOLS")
        .or_else(|| variable("XDG_CACHE_HOME").map(|cache| cache.join("kppay/tools")))
        .or_else(|| variable("HOME").map(|home| home.join(".cache/kppay/tools")))
        .ok_or_else(|| {
            Failure::new("There is no place for tools.").fix("set KPPAY_TOOLS to a directory that can be written")
        })
}

fn wasm_target() -> Result<()> {
    let sysroot = child::said(place::command("rustc").args(["--print", "sysroot"])).unwrap_or_default();
    if PathBuf::from(sysroot).join("lib/rustlib").join(TARGET).is_dir() {
        println!("    Rust's {TARGET} is there.");
        return Ok(());
    }
    step(&format!("Adding Rust's {TARGET} (some 20 MB, once)"));
    child::run("rustup target add", place::command("rustup").args(["target", "add", TARGET]))
        .map_err(|failure| failure.fix("install Rust with rustup, or your distribution's std for wasm32"))
}

/// `trunk 0.21.14` → `0.21.14`; `wasm-opt version 132 (version_132)` → `132`.
fn version_word(text: &str) -> Option<String> {
    let starts_with_digit = |word: &&str| word.starts_with(|letter: char| letter.is_ascii_digit());
    text.split_whitespace().find(starts_with_digit).map(str::to_owned)
}

/// A line before something that takes a while.
pub fn step(what: &str) {
    println!("==> {what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_first_word_that_starts_with_a_digit() {
        assert_eq!(version_word("trunk 0.21.14").as_deref(), Some("0.21.14"));
        assert_eq!(version_word("wasm-opt version 132 (version_132)").as_deref(), Some("132"));
        assert_eq!(version_word("wasm-bindgen 0.2.128\n").as_deref(), Some("0.2.128"));
        assert_eq!(version_word("nothing here"), None);
    }
}
