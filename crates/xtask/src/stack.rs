//! The stack: the processor and the billing API, running over their databases. The only file that knows the two
//! programs' flags.
//! `start` keeps one open for people; the tests and the benchmark open their own.

use crate::child::{self, Running};
use crate::place::Profile;
use crate::{build, place};
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use xtask::failure::{Because, Failure, Result};
use xtask::http;

pub struct StackConfig {
    pub port: u16,
    pub processor_port: u16,
    /// Where both databases are unless `database_url` says another for billing.
    pub data: PathBuf,
    pub database_url: Option<String>,
    /// Delete what is in `data` first.
    pub fresh: bool,
    /// The API without the web app, for `trunk serve`.
    pub api_only: bool,
    /// Logs go into `data` and not to the terminal.
    pub quiet: bool,
    /// When both programs' clocks start, instead of now.
    pub clock: Option<String>,
    /// More of the server's flags.
    pub more: Vec<String>,
    /// One machine plays everybody: nothing is limited by address.
    pub is_crowd: bool,
    pub profile: Profile,
}

impl StackConfig {
    /// On two free ports, over fresh databases, saying nothing.
    pub fn private(data: &Path) -> Result<Self> {
        Ok(Self {
            port: place::free_port()?,
            processor_port: place::free_port()?,
            data: data.to_owned(),
            database_url: None,
            fresh: true,
            api_only: false,
            quiet: true,
            clock: None,
            more: Vec::new(),
            is_crowd: true,
            profile: Profile::Deployed,
        })
    }

    /// Of the page that will talk to the API: writes from any other are refused. By name, for passkeys are of names.
    pub fn origin(&self) -> String {
        if self.api_only { TRUNK_SERVE.to_owned() } else { format!("http://localhost:{}", self.port) }
    }

    fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
    pub fn processor_authority(&self) -> String {
        format!("127.0.0.1:{}", self.processor_port)
    }
    fn processor_url(&self) -> String {
        format!("http://{}", self.processor_authority())
    }
}

pub struct Stack {
    /// As browsers know it.
    pub origin: String,
    pub authority: String,
    pub processor_authority: String,
    server: Running,
    processor: Running,
}

/// The origin of `trunk serve`, whose page talks to us through Trunk's proxy.
const TRUNK_SERVE: &str = "http://127.0.0.1:8082";

impl Stack {
    pub fn open(plan: &StackConfig) -> Result<Self> {
        is_free(plan.port, "--port")?;
        is_free(plan.processor_port, "--processor-port")?;
        if plan.fresh {
            forget(&plan.data)?;
        }
        std::fs::create_dir_all(&plan.data).because("Making the data directory")?;
        let secret = secret()?;
        let mut processor = start_processor(plan, &secret)?;
        ready(&mut processor, &plan.processor_authority(), "/healthz", plan)?;
        let program = plan.profile.binary("kppay-server");
        let mut server = start_server(plan, &program, plan.port, &plan.processor_url(), &secret)?;
        ready(&mut server, &plan.authority(), "/readyz", plan)?;
        Ok(Self {
            origin: plan.origin(),
            authority: plan.authority(),
            processor_authority: plan.processor_authority(),
            server,
            processor,
        })
    }

    /// Until one of the two ends, which neither does by itself.
    pub fn stay(&mut self) -> Result<()> {
        loop {
            for (name, program) in [("The billing API", &mut self.server), ("The processor", &mut self.processor)] {
                if let Some(status) = program.ended()? {
                    return Err(Failure::new(format!("{name} ended with {status}.")));
                }
            }
            child::pause(500);
        }
    }

    /// `NAME=PROCESS` of each program.
    pub fn processes(&self) -> [String; 2] {
        [format!("billing API={}", self.server.id()), format!("processor={}", self.processor.id())]
    }

    /// Of the billing API: resident now and at its highest, in kilobytes.
    pub fn resident(&self) -> Option<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id())).ok()?;
        Some((kilobytes(&status, "VmRSS:")?, kilobytes(&status, "VmHWM:")?))
    }
}

/// Not ready yet: the caller waits for it.
pub fn start_processor(plan: &StackConfig, secret: &str) -> Result<Running> {
    let mut processor = Command::new(plan.profile.binary("kppay-processor"));
    processor.args(["--listen", &plan.processor_authority(), "--parent-origin", &plan.origin()]);
    processor.arg("--database").arg(plan.data.join("processor.db")).arg("--frame").arg(build::frame());
    processor.args(clock(plan));
    if plan.is_crowd {
        processor.args(["--tokens", "1000000000", "--connections-by-address", "1000000"]);
    }
    start("The processor", &mut processor, plan, secret)
}

/// One of the servers that share the plan's database and its origin; not ready yet.
pub fn start_server(
    plan: &StackConfig,
    program: &Path,
    port: u16,
    processor_url: &str,
    secret: &str,
) -> Result<Running> {
    start("The billing API", &mut server(plan, program, port, processor_url), plan, secret)
}

/// Whether `kppay-server reconcile`, with the settings of the servers, finds that payments and charges agree. It writes
/// into their log.
pub fn reconcile(plan: &StackConfig, secret: &str) -> Result<bool> {
    let processor_url = format!("http://{}", plan.processor_authority());
    let mut command = server(plan, &plan.profile.binary("kppay-server"), plan.port, &processor_url);
    Ok(start("The billing API", command.arg("reconcile"), plan, secret)?.wait()?.success())
}

fn server(plan: &StackConfig, program: &Path, port: u16, processor_url: &str) -> Command {
    let database =
        plan.database_url.clone().unwrap_or_else(|| format!("sqlite://{}", plan.data.join("billing.db").display()));
    let mut server = Command::new(program);
    server.args([
        "--port",
        &port.to_string(),
        "--public-origin",
        &plan.origin(),
        "--database-url",
        &database,
        "--demo",
    ]);
    let processor_origin = format!("http://localhost:{}", plan.processor_port);
    server.args(["--processor-url", processor_url, "--processor-public-url", &processor_origin]);
    server.args(clock(plan));
    if plan.is_crowd {
        server.args(["--connections-by-address", "1000000"]);
    }
    if !plan.api_only {
        server.arg("--dist").arg(build::dist());
    }
    server.args(&plan.more);
    server
}

fn clock(plan: &StackConfig) -> impl Iterator<Item = &str> {
    plan.clock.iter().flat_map(|moment| ["--clock", moment])
}

fn kilobytes(status: &str, name: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

fn start(name: &str, command: &mut Command, plan: &StackConfig, secret: &str) -> Result<Running> {
    command.env("KPPAY_PROCESSOR_SECRET", secret).stdin(Stdio::null());
    if plan.quiet {
        let log = File::options().create(true).append(true).open(log_file(name, plan)).because("Writing a log")?;
        command.stdout(log.try_clone().because("Writing a log")?).stderr(log);
    }
    Running::start(name, command)
}

fn log_file(name: &str, plan: &StackConfig) -> PathBuf {
    plan.data.join(if name.ends_with("processor") { "processor.log" } else { "billing.log" })
}

/// Waits until it answers.
pub fn ready(running: &mut Running, authority: &str, path: &str, plan: &StackConfig) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        if http::fetch(authority, path).is_ok_and(|answer| answer.status == 200) {
            return Ok(());
        }
        let ended = running.ended()?;
        if ended.is_none() && Instant::now() < deadline {
            child::pause(50);
            continue;
        }
        let name = running.name().to_owned();
        let why = ended.map_or("is not ready after two minutes".to_owned(), |status| format!("ended with {status}"));
        let said = std::fs::read_to_string(log_file(&name, plan)).unwrap_or_default();
        let failure = Failure::new(format!("{name} {why}.\n{said}"));
        return Err(failure.fix("its message is above; `cargo xtask start --fresh` starts over with new demo data"));
    }
}

fn is_free(port: u16, flag: &str) -> Result<()> {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::new(format!("Port {port} of this machine can't be had: {error}."))
            .fix(format!("stop what listens there, or choose another with {flag}"))),
    }
}

/// Billing and the processor refer to each other's payments, so both go.
fn forget(data: &Path) -> Result<()> {
    for name in ["billing.db", "processor.db"] {
        for suffix in ["", "-wal", "-shm"] {
            let file = data.join(format!("{name}{suffix}"));
            if file.exists() {
                std::fs::remove_file(&file).because(&file.display().to_string())?;
            }
        }
    }
    Ok(())
}

/// Known to the two programs of this start only.
pub fn secret() -> Result<String> {
    use std::io::Read;
    let mut bytes = [0; 24];
    File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes)).because("Reading /dev/urandom")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_said_with_the_flag_that_chooses_another() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let failure = is_free(taken.local_addr().unwrap().port(), "--processor-port").unwrap_err().to_string();
        assert!(failure.contains("--processor-port"), "{failure}");
    }

    #[test]
    fn every_start_has_a_secret_of_its_own() {
        let (one, other) = (secret().unwrap(), secret().unwrap());
        assert_eq!(one.len(), 48);
        assert_ne!(one, other);
    }

    #[test]
    fn resident_memory_is_read_from_the_status_file() {
        assert_eq!(kilobytes("VmPeak:\t  9 kB\nVmRSS:\t   5120 kB\n", "VmRSS:"), Some(5120));
        assert_eq!(kilobytes("", "VmRSS:"), None);
    }
}
