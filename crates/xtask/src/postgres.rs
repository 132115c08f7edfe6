//! A PostgreSQL of our own: from the installed binaries, in a scratch directory, on a free port of this machine, gone
//! when dropped. PostgreSQL refuses to run as root, so root runs it as the user `postgres` that its package made.

use crate::child::{self, Running, Scratch};
use crate::{place, system, tools::step};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use xtask::failure::{Because, Failure, Result};

/// Tests don't mind losing everything in a power cut; a benchmark has to pay for each commit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Commits {
    Durable,
    Fast,
}

pub struct Postgres {
    binaries: PathBuf,
    port: u16,
    // Dropped in this order: the server, then its files.
    server: Running,
    _files: Scratch,
}

impl Postgres {
    pub fn start(commits: Commits) -> Result<Self> {
        let binaries = binaries()?;
        let files = Scratch::new("postgres")?;
        if system::is_root() {
            child::run("chown", Command::new("chown").arg("postgres").arg(files.path()))
                .map_err(|failure| failure.fix("the user postgres comes with the Debian package postgresql"))?;
        }
        let data = files.path().join("data");
        let mut initdb = as_owner(&binaries.join("initdb"));
        initdb.args(["-U", "kppay", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", "-D"]).arg(&data);
        let log = std::fs::File::create(files.path().join("initdb.log")).because("Writing a log")?;
        child::run("initdb", initdb.stdout(log))?;

        let port = place::free_port()?;
        let mut server = as_owner(&binaries.join("postgres"));
        server.arg("-D").arg(&data).arg("-k").arg(files.path());
        server.args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300"]);
        server.args(["-c", "shared_buffers=128MB", "-c", "log_min_messages=warning"]);
        if commits == Commits::Fast {
            server.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
        }
        let log = std::fs::File::create(files.path().join("postgres.log")).because("Writing a log")?;
        let log_too = log.try_clone().because("Writing a log")?;
        let mut server = Running::start("PostgreSQL", server.stdin(Stdio::null()).stdout(log).stderr(log_too))?;

        let deadline = Instant::now() + Duration::from_secs(30);
        let ready = binaries.join("pg_isready");
        while child::said(Command::new(&ready).args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()])).is_none() {
            if server.ended()?.is_some() || Instant::now() > deadline {
                let said = std::fs::read_to_string(files.path().join("postgres.log")).unwrap_or_default();
                return Err(Failure::new(format!("PostgreSQL did not come up. It said:\n{said}")));
            }
            child::pause(50);
        }
        let postgres = Self { binaries, port, server, _files: files };
        postgres.create("kppay")?;
        Ok(postgres)
    }

    /// Started by us; its processes are started by that.
    pub fn process(&self) -> u32 {
        self.server.id()
    }

    /// Another, empty database.
    pub fn create(&self, database: &str) -> Result<()> {
        child::run("createdb", self.client("createdb").arg(database))
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://kppay@127.0.0.1:{}/{database}", self.port)
    }

    /// `psql`, `pgbench` and the like, on their way to this server.
    pub fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.binaries.join(program));
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "kppay"]);
        command
    }
}

fn as_owner(program: &Path) -> Command {
    let mut command = if system::is_root() {
        let mut runuser = Command::new("runuser");
        runuser.args(["-u", "postgres", "--"]).arg(program);
        runuser
    } else {
        Command::new(program)
    };
    // The caller's directory may be closed to the user postgres.
    command.current_dir("/");
    command
}

/// Where `initdb` and `postgres` are: the newest of Debian's, or what `pg_config` names; by apt where that is allowed.
fn binaries() -> Result<PathBuf> {
    if let Some(found) = installed() {
        return Ok(found);
    }
    if system::may_install() {
        step("Installing PostgreSQL (Debian's package, about a minute, once)");
        system::install(&["postgresql"])?;
    }
    installed().ok_or_else(|| {
        Failure::new("No PostgreSQL was found, and half of the server's tests run on it.")
            .fix("apt-get install postgresql, or put its bin directory on PATH, or set KPPAY_TEST_POSTGRES_URL")
    })
}

fn installed() -> Option<PathBuf> {
    let debian =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let mut candidates: Vec<_> = debian.collect();
    candidates.sort_by_key(|path| major(path));
    candidates.reverse();
    candidates.extend(child::said(Command::new("pg_config").arg("--bindir")).map(PathBuf::from));
    candidates
        .into_iter()
        .find(|bin| ["initdb", "postgres", "pg_isready"].iter().all(|program| bin.join(program).is_file()))
}

/// `/usr/lib/postgresql/15/bin` → 15.
fn major(bin: &Path) -> u32 {
    bin.parent()
        .and_then(Path::file_name)
        .and_then(|name| name.to_str())
        .and_then(|name| name.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_in_debians_path() {
        assert_eq!(major(Path::new("/usr/lib/postgresql/15/bin")), 15);
        assert_eq!(major(Path::new("/opt/pg/bin")), 0);
    }
}
