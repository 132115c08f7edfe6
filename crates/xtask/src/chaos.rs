//! `cargo xtask chaos`: fault injection. 32 clients pay while servers and the processor are killed every few seconds
//! and the line to the processor loses, delays and replaces answers: two servers on one PostgreSQL, then one on SQLite.
//! While it runs the ledger is read every second; afterwards payments, charges, ledger, e-mail and what each client was
//! reports are compared (`books`).
//!
//! The dice are seeded: a run prints its seed. Timing is the machine's, so a seed repeats the kind of run and not the
//! run.

mod books;
mod cluster;
mod dice;
mod line;
mod older;

use crate::arguments::Arguments;
use crate::child::{self, Scratch};
use crate::place::Profile;
use crate::postgres::{Commits, Postgres};
use crate::stack;
use crate::tools::step;
use crate::{build, place};
use books::{Books, Findings};
use cluster::Cluster;
use dice::Dice;
use line::Line;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use xtask::failure::{Because, Failure, Result};

pub const USAGE: &str = "chaos [sqlite] [postgres] [--seconds 60] [--clients 32] [--every 4] [--seed N] [--deployed] [--beside SERVER|REVISION]";

/// How long unanswered payments and queued e-mail have, once everything is well again.
const TO_SETTLE: Duration = Duration::from_secs(150);

struct ChaosOptions {
    profile: Profile,
    /// The `kppay-server` of another version: every second server is one of it.
    beside: Option<PathBuf>,
    seconds: u64,
    clients: u32,
    every: u64,
    seed: u64,
}

/// Whether nothing was found. The last lines are a table, and `N passed, N failed`: a check is one of either.
pub fn chaos(given: &[String]) -> Result<bool> {
    let arguments =
        Arguments::parse(given, &["--seconds", "--clients", "--every", "--seed", "--beside"], &["--deployed"])?;
    let plan = ChaosOptions {
        beside: arguments.text("--beside").map(older::server).transpose()?,
        profile: if arguments.has("--deployed") { Profile::Deployed } else { Profile::Tested },
        seconds: arguments.number("--seconds", 60)?,
        clients: arguments.number("--clients", 32)?,
        every: arguments.number("--every", 4)?,
        seed: arguments.number("--seed", 1)?,
    };
    let known = ["sqlite", "postgres"];
    if let Some(unknown) = arguments.words.iter().find(|word| !known.contains(&word.as_str())) {
        return Err(
            Failure::new(format!("There is no {unknown} here.")).fix(format!("these are: {}", known.join(", ")))
        );
    }
    build::servers(plan.profile)?;
    build::load(plan.profile)?;
    let mut tally = (0, 0);
    for database in known.iter().filter(|name| arguments.words.is_empty() || arguments.words.iter().any(|w| w == *name))
    {
        let findings = plan.run(database)?;
        println!("\n{database}, seed {}, {} s, {} clients:\n{findings}", plan.seed, plan.seconds, plan.clients);
        tally = (tally.0 + findings.held(), tally.1 + findings.broken());
    }
    println!("{} passed, {} failed", tally.0, tally.1);
    Ok(tally.1 == 0)
}

impl ChaosOptions {
    fn run(&self, database: &str) -> Result<Findings> {
        step(&format!("{database}: {} clients for {} s, a kill every {} s", self.clients, self.seconds, self.every));
        let files = Scratch::new(&format!("chaos-{database}"))?;
        let postgres = (database == "postgres").then(|| Postgres::start(Commits::Durable)).transpose()?;
        let servers = if postgres.is_some() { 2 } else { 1 };
        let mut dice = Dice::new(self.seed);
        let line = Line::open(dice.fork())?;
        let own = stack::StackConfig {
            profile: self.profile,
            database_url: postgres.as_ref().map(|postgres| postgres.url("kppay")),
            ..stack::StackConfig::private(files.path())?
        };
        let mut cluster = Cluster::open(own, self.beside.clone(), servers, &line)?;
        let books = Books::of(files.path(), postgres.as_ref());
        books.add_payers()?;
        let before = books.totals()?;

        let mut clients = self.clients(&cluster)?;
        let until = Instant::now() + Duration::from_secs(self.seconds);
        let mut findings = Findings::default();
        let mut next_kill = Instant::now() + Duration::from_secs(self.every);
        line.misbehave(true);
        while Instant::now() < until {
            child::pause(1_000);
            books.look(&mut findings)?;
            if Instant::now() >= next_kill {
                cluster.inject_fault(&mut dice, &mut findings)?;
                next_kill = Instant::now() + Duration::from_secs(self.every);
            }
        }
        line.misbehave(false);
        cluster.heal()?;
        let reports = clients.collect()?;
        books.wait_until_settled(TO_SETTLE, &mut findings)?;
        findings.count("faults on the line", line.faults());
        books.compare(&before, &reports, &mut findings)?;
        cluster.reconcile(&mut findings)?;
        if findings.broken() > 0 {
            cluster.keep_logs(&place::target().join("chaos").join(database))?;
        }
        Ok(findings)
    }

    fn clients(&self, cluster: &Cluster) -> Result<Clients> {
        let mut load = place::command(self.profile.binary("load"));
        load.args(["chaos", &cluster.servers_as_text(), &cluster.processor_authority, &cluster.origin, "0", "0"]);
        load.args([self.seconds.to_string(), self.clients.to_string()]);
        Clients::start(load)
    }
}

/// The load generator, whose lines are read when it has ended.
struct Clients(Option<std::thread::JoinHandle<Result<ClientReports>>>);

/// The outcome that each key's client reports.
pub type ClientReports = BTreeMap<String, Value>;

impl Clients {
    fn start(mut load: std::process::Command) -> Result<Self> {
        let read = move || {
            let mut reports = ClientReports::new();
            let status = child::run_quietly("the clients", &mut load, |line| {
                if let Ok(value) = serde_json::from_str::<Value>(line)
                    && let Some(key) = value["key"].as_str()
                {
                    reports.insert(key.to_owned(), value.clone());
                }
            })?;
            if status.success() { Ok(reports) } else { Err(Failure::new(format!("The clients ended with {status}."))) }
        };
        let thread = std::thread::Builder::new().name("clients".to_owned()).spawn(read);
        Ok(Self(Some(thread.because("Starting the clients")?)))
    }

    fn collect(&mut self) -> Result<ClientReports> {
        let thread = self.0.take().ok_or_else(|| Failure::new("The clients were collected before."))?;
        thread.join().map_err(|_| Failure::new("Reading the clients panicked."))?
    }
}
