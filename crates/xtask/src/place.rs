//! Paths: the repository, build outputs, and ports; and the versions that `Cargo.lock` has.

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use xtask::failure::{Because, Failure, Result};

/// An environment variable that says something.
#[expect(clippy::disallowed_methods, reason = "the commands are set by the environment; everybody else asks here")]
pub fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The repository's root. `cargo xtask` says where our manifest is; a copied binary falls back on where it was built.
pub fn root() -> PathBuf {
    let manifest = variable("CARGO_MANIFEST_DIR").unwrap_or_else(|| OsString::from(env!("CARGO_MANIFEST_DIR")));
    let manifest = PathBuf::from(manifest);
    manifest.ancestors().nth(2).map_or(manifest.clone(), Path::to_path_buf)
}

/// Cargo's target directory, which a machine may have moved.
pub fn target() -> PathBuf {
    match variable("CARGO_TARGET_DIR") {
        Some(moved) => root().join(moved),
        None => root().join("target"),
    }
}

/// Where the servers are if somebody else has built them: `KPPAY_SERVERS`, for a look at another build or profile.
pub fn built_servers() -> Option<PathBuf> {
    variable("KPPAY_SERVERS").map(|folder| root().join(folder))
}

/// How the servers are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Without optimisation, soon there: for anyone who tries them.
    Quick,
    /// The same with the features that the tests' own dependencies add: what `cargo test` compiled is taken, and
    /// nothing compiled twice.
    Tested,
    /// As they are deployed: for figures.
    Deployed,
}

impl Profile {
    /// As cargo calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick | Self::Tested => "dev",
            Self::Deployed => "server",
        }
    }

    /// `kppay-server`, `kppay-processor` or `load`.
    pub fn binary(self, name: &str) -> PathBuf {
        let folder = match self {
            Self::Quick | Self::Tested => "debug",
            Self::Deployed => "server",
        };
        built_servers().unwrap_or_else(|| target().join(folder)).join(name)
    }
}

/// A command in the repository's root.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    command(variable("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

pub fn locked_version(package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).because("Reading Cargo.lock")?;
    version_in(&lock, package).ok_or_else(|| Failure::new(format!("Cargo.lock holds no {package}.")))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| line.trim() != name);
    let version = lines.nth(1)?.trim().strip_prefix("version = \"")?;
    version.strip_suffix('"').map(str::to_owned)
}

/// A free port of this machine.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").because("Looking for a free port")?;
    Ok(listener.local_addr().because("Looking for a free port")?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"wasm-bindgen-shared\"\nversion = \"0.2.9\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.128\"\nsource = \"registry\"\n";

    #[test]
    fn a_version_is_read_from_the_lock_file_by_the_whole_name() {
        assert_eq!(version_in(LOCK, "wasm-bindgen").as_deref(), Some("0.2.128"));
        assert_eq!(version_in(LOCK, "bindgen"), None);
    }

    #[test]
    fn our_own_lock_file_pins_wasm_bindgen() {
        assert_eq!(locked_version("wasm-bindgen").unwrap().split('.').count(), 3);
    }
}
