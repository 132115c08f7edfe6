//! The machine: the user, whether Debian's packages may be installed, and which browser is installed.

use crate::tools::step;
use crate::{child, place};
use std::path::{Path, PathBuf};
use std::process::Command;
use xtask::failure::{Failure, Result};

pub fn is_root() -> bool {
    child::said(Command::new("id").arg("-u")).as_deref() == Some("0")
}

/// As root, where there is apt: a fresh container, or a build machine.
pub fn may_install() -> bool {
    is_root() && on_path("apt-get").is_some()
}

pub fn install(packages: &[&str]) -> Result<()> {
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        child::run("apt-get", &mut command)
    };
    apt(&["update", "-q"])?;
    apt(&[&["install", "-q", "-y", "--no-install-recommends"], packages].concat())
}

/// Chromium and the ChromeDriver of the same release.
pub struct Browser {
    pub chromium: PathBuf,
    pub driver: PathBuf,
}

impl Browser {
    /// `CHROMIUM` and `CHROMEDRIVER` if they are set, then what is on `PATH`, then Debian's packages where we may
    /// install them.
    pub fn ready() -> Result<Self> {
        if let Some(browser) = Self::installed() {
            return Ok(browser);
        }
        if may_install() {
            step("Installing Chromium and ChromeDriver (Debian's packages, some 100 MB, once)");
            install(&["chromium", "chromium-driver"])?;
        }
        Self::installed().ok_or_else(|| {
            Failure::new("No Chromium with its ChromeDriver was found, and the browser's tests need both.")
                .fix("apt-get install chromium chromium-driver, or set CHROMIUM and CHROMEDRIVER to their paths")
        })
    }

    fn installed() -> Option<Self> {
        let chosen = |name| place::variable(name).map(PathBuf::from).filter(|path| path.is_file());
        let any = |names: &[&str]| names.iter().find_map(|name| on_path(name));
        Some(Self {
            chromium: chosen("CHROMIUM").or_else(|| any(&["chromium", "chromium-browser", "google-chrome"]))?,
            driver: chosen("CHROMEDRIVER").or_else(|| any(&["chromedriver"]))?,
        })
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = place::variable("PATH")?;
    std::env::split_paths(&path)
        .chain([Path::new("/usr/bin").to_path_buf()])
        .map(|at| at.join(program))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_the_path_is_found_and_what_is_not_is_not() {
        assert!(on_path("sh").is_some());
        assert!(on_path("no-such-program-of-ours").is_none());
    }
}
