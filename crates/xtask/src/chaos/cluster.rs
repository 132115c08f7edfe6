//! The programs of a chaos run: the processor behind its faulty line, and the servers that share one database. It kills
//! them, freezes them and starts them again. It knows nothing of what they hold.

use super::books::Findings;
use super::dice::Dice;
use super::line::Line;
use crate::child::Running;
use crate::place;
use crate::stack::{self, StackConfig};
use std::path::{Path, PathBuf};
use std::time::Duration;
use xtask::failure::{Because, Failure, Result};

/// Longer than a server holds a lock, shorter than a client's patience.
const FROZEN: Duration = Duration::from_secs(3);

pub struct Cluster {
    plan: StackConfig,
    /// Of the servers, in turn.
    programs: Vec<PathBuf>,
    secret: String,
    line_url: String,
    ports: Vec<u16>,
    servers: Vec<Option<Running>>,
    processor: Option<Running>,
    pub origin: String,
    pub processor_authority: String,
}

impl Cluster {
    /// The programs are those of `plan`; every second server is one of `beside`, if another version shall run beside
    /// them.
    pub fn open(plan: StackConfig, beside: Option<PathBuf>, servers: usize, line: &Line) -> Result<Self> {
        let more = ["--lookups", "1000000"].map(str::to_owned).to_vec();
        let plan = StackConfig { api_only: true, more, ..plan };
        let mut ports = vec![plan.port];
        for _ in 1..servers {
            ports.push(place::free_port()?);
        }
        line.leads_to(plan.processor_port);
        let programs = [Some(plan.profile.binary("kppay-server")), beside].into_iter().flatten().collect();
        let mut cluster = Self {
            programs,
            secret: stack::secret()?,
            line_url: line.url(),
            servers: ports.iter().map(|_| None).collect(),
            processor: None,
            origin: plan.origin(),
            processor_authority: plan.processor_authority(),
            ports,
            plan,
        };
        cluster.heal()?;
        Ok(cluster)
    }

    /// Everything runs and answers.
    pub fn heal(&mut self) -> Result<()> {
        if self.processor.is_none() {
            let mut processor = stack::start_processor(&self.plan, &self.secret)?;
            stack::ready(&mut processor, &self.processor_authority, "/healthz", &self.plan)?;
            self.processor = Some(processor);
        }
        for (at, (port, place)) in self.ports.iter().zip(&mut self.servers).enumerate() {
            if place.is_none() {
                let program = &self.programs[at % self.programs.len()];
                let mut server = stack::start_server(&self.plan, program, *port, &self.line_url, &self.secret)?;
                stack::ready(&mut server, &format!("127.0.0.1:{port}"), "/healthz", &self.plan)?;
                *place = Some(server);
            }
        }
        Ok(())
    }

    /// Kills a server, or the processor, or freezes a server for a while; what was killed is started again at once.
    pub fn inject_fault(&mut self, dice: &mut Dice, findings: &mut Findings) -> Result<()> {
        let at = dice.below(self.servers.len() as u64) as usize;
        let server = self.servers.get_mut(at).ok_or_else(|| Failure::new("There is no server."))?;
        match dice.below(6) {
            0 => {
                self.processor.take().into_iter().for_each(Running::kill);
                findings.count("kills of the processor", 1);
            }
            1 => {
                let frozen = server.as_ref().ok_or_else(|| Failure::new("There is no server to freeze."))?;
                frozen.suspend();
                std::thread::sleep(FROZEN);
                frozen.resume();
                findings.count("freezes of a server", 1);
            }
            _ => {
                server.take().into_iter().for_each(Running::kill);
                findings.count("kills of a server", 1);
            }
        }
        self.heal()
    }

    /// Whether our own reconciliation finds what the run's checks find.
    pub fn reconcile(&self, findings: &mut Findings) -> Result<()> {
        let agrees = stack::reconcile(&self.plan, &self.secret)?;
        let found = (!agrees).then(|| "it did not end with 0: see billing.log".to_owned());
        findings.check("kppay-server reconcile finds no difference", found);
        Ok(())
    }

    /// As the load generator takes them.
    pub fn servers_as_text(&self) -> String {
        self.ports.iter().map(|port| format!("127.0.0.1:{port}")).collect::<Vec<_>>().join(",")
    }

    /// Databases and logs of a run in which something was found.
    pub fn keep_logs(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder).because("Keeping the logs")?;
        for file in std::fs::read_dir(&self.plan.data).because("Keeping the logs")?.flatten() {
            if file.path().is_file() {
                std::fs::copy(file.path(), folder.join(file.file_name())).because("Keeping the logs")?;
            }
        }
        println!("    logs and databases are kept in {}", folder.display());
        Ok(())
    }
}
