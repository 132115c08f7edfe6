//! `cargo xtask bench`: payments and reads at a constant arrival rate, on SQLite and on PostgreSQL, and PostgreSQL by
//! itself (`pgbench`) with a transaction of the same shape beside it; what a member with ten thousand payments waits
//! for; and what reads on SQLite take while members sign in. It prints a table and judges nothing: a busy machine is no
//! bug.

use crate::arguments::Arguments;
use crate::child::{self, Scratch};
use crate::place::Profile;
use crate::postgres::{Commits, Postgres};
use crate::stack::{Stack, StackConfig};
use crate::tools::step;
use crate::{build, place};
use serde_json::Value;
use std::process::Command;
use xtask::failure::{Because, Failure, Result};

pub const USAGE: &str =
    "bench [payments] [account] [sign-ins] [--rate 250] [--read-rate 500] [--seconds 20] [--connections 32]";

/// One payment as PostgreSQL sees it, without a server in between.
const PGBENCH: &str = include_str!("load/payment.pgbench.sql");
/// The payers of the load generator, put into a database that the demo has filled.
pub const MEMBERS: &str = include_str!("load/members.sql");
/// Python brings SQLite, and is needed anyway.
pub const INTO_SQLITE: &str =
    "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=10).executescript(sys.argv[2])";

pub fn bench(given: &[String]) -> Result<()> {
    let arguments = Arguments::parse(given, &["--rate", "--read-rate", "--seconds", "--connections"], &[])?;
    let asked = BenchOptions {
        rate: arguments.number("--rate", 250.0)?,
        read_rate: arguments.number("--read-rate", 500.0)?,
        seconds: arguments.number("--seconds", 20.0)?,
        connections: arguments.number("--connections", 32)?,
    };
    let known = ["payments", "account", "sign-ins"];
    if let Some(unknown) = arguments.words.iter().find(|word| !known.contains(&word.as_str())) {
        return Err(Failure::new(format!("{unknown} is not measured.")).fix(format!("these are: {}", known.join(", "))));
    }
    let wants = |what: &str| arguments.words.is_empty() || arguments.words.iter().any(|word| word == what);
    build::servers(Profile::Deployed)?;
    build::load(Profile::Deployed)?;

    let mut table = Table::default();
    let mut floor = None;
    if wants("payments") {
        asked.measure_on_sqlite("payments", &mut table)?;
        let postgres = asked.measure_on_postgres("payments", &mut table)?;
        floor = Some(asked.pgbench(&postgres)?);
    }
    if wants("account") {
        // one member reads as fifty would, while few pay
        let asked = BenchOptions { rate: asked.rate / 10.0, read_rate: asked.read_rate / 10.0, ..asked };
        asked.measure_on_sqlite("account", &mut table)?;
        asked.measure_on_postgres("account", &mut table)?;
    }
    if wants("sign-ins") {
        asked.measure_on_sqlite("sign-ins", &mut table)?;
    }
    println!("\n{}\n{}", table.rows, table.cores);
    if let Some(floor) = floor {
        println!("PostgreSQL alone (pgbench, the same writes): {floor:.0} payments a second.");
    }
    Ok(())
}

struct BenchOptions {
    rate: f64,
    read_rate: f64,
    seconds: f64,
    connections: u32,
}

impl BenchOptions {
    fn measure_on_sqlite(&self, what: &str, table: &mut Table) -> Result<()> {
        let files = Scratch::new("bench-sqlite")?;
        let file = files.path().join("billing.db");
        let mut python = place::command("python3");
        python.args(["-c", INTO_SQLITE]).arg(file).arg(MEMBERS);
        self.measure("SQLite", what, StackConfig::private(files.path())?, &mut python, None, table)
    }

    /// The database, which goes on.
    fn measure_on_postgres(&self, what: &str, table: &mut Table) -> Result<Postgres> {
        let postgres = Postgres::start(Commits::Durable)?;
        let files = Scratch::new("bench-postgres")?;
        let plan = StackConfig { database_url: Some(postgres.url("kppay")), ..StackConfig::private(files.path())? };
        let mut psql = postgres.client("psql");
        psql.args(["-q", "-v", "ON_ERROR_STOP=1", "-d", "kppay", "-c", MEMBERS]);
        self.measure("PostgreSQL", what, plan, &mut psql, Some(&postgres), table)?;
        Ok(postgres)
    }

    fn measure(
        &self,
        database: &str,
        what: &str,
        plan: StackConfig,
        add_members: &mut Command,
        postgres: Option<&Postgres>,
        table: &mut Table,
    ) -> Result<()> {
        step(&format!("Measuring {what} on {database}"));
        let more = ["--lookups", "1000000"].map(str::to_owned).to_vec();
        let plan = StackConfig { api_only: true, more, ..plan };
        let stack = Stack::open(&plan)?;
        child::run("Adding payers", add_members)?;
        let mut load = place::command(Profile::Deployed.binary("load"));
        load.args([what, &stack.authority, &stack.processor_authority, &plan.origin()]);
        load.args([self.rate, self.read_rate, self.seconds].map(|number| number.to_string()));
        load.arg(self.connections.to_string());
        let of_database = postgres.map(|postgres| format!("{database}={}", postgres.process()));
        load.arg(stack.processes().into_iter().chain(of_database).collect::<Vec<_>>().join(","));
        let mut rows = Vec::new();
        let status = child::run_and_read("the load generator", &mut load, |line| {
            rows.extend(serde_json::from_str::<Value>(line))
        })?;
        if !status.success() {
            return Err(Failure::new(format!("The load generator ended with {status}.")));
        }
        let (now, peak) = stack.resident().unwrap_or_default();
        rows.iter().for_each(|row| table.add(database, row));
        table.note(&format!("{database}: the billing API holds {} MB, {} MB at its highest.", now / 1024, peak / 1024));
        Ok(())
    }

    /// Payments a second that PostgreSQL itself manages.
    fn pgbench(&self, postgres: &Postgres) -> Result<f64> {
        step("Measuring PostgreSQL alone (pgbench)");
        let files = Scratch::new("pgbench")?;
        let script = files.path().join("payment.sql");
        std::fs::write(&script, PGBENCH).because("Writing pgbench's script")?;
        let mut pgbench = postgres.client("pgbench");
        pgbench.args([
            "-n",
            "-M",
            "prepared",
            "-j",
            "2",
            "-c",
            &self.connections.to_string(),
            "-T",
            &format!("{:.0}", self.seconds),
            "-f",
        ]);
        let output = pgbench.arg(script).arg("kppay").output().because("Starting pgbench")?;
        tps(&String::from_utf8_lossy(&output.stdout)).ok_or_else(|| {
            Failure::new(format!("pgbench said: {}", String::from_utf8_lossy(&output.stderr)))
                .fix("pgbench comes with postgresql's packages")
        })
    }
}

/// `tps = 812.4 (without initial connection time)`
fn tps(said: &str) -> Option<f64> {
    said.lines().find_map(|line| line.strip_prefix("tps = "))?.split(' ').next()?.parse().ok()
}

struct Table {
    rows: String,
    /// The CPU time behind some of them.
    cores: String,
}

/// Programs by their names in the load generator's rows: whose core time a request takes.
const PROGRAMS: [&str; 4] = ["load generator", "billing API", "processor", "PostgreSQL"];

impl Default for Table {
    fn default() -> Self {
        let rows = "| database | what | a second | p50 ms | p99 ms | max ms | errors |\n| --- | --- | ---: | ---: | ---: | ---: | ---: |\n";
        let programs = PROGRAMS.join(" | ");
        let cores = format!(
            "Milliseconds of a core for each request, and how busy all cores were with them:\n\n\
             | database | what | {programs} | busy |\n| --- | --- | ---: | ---: | ---: | ---: | ---: |\n"
        );
        Self { rows: rows.to_owned(), cores }
    }
}

impl Table {
    fn add(&mut self, database: &str, row: &Value) {
        let number = |name: &str| row[name].as_f64().map_or("–".to_owned(), |number| format!("{number:.1}"));
        let what = row["what"].as_str().unwrap_or_default();
        self.rows.push_str(&format!(
            "| {database} | {what} | {} | {} | {} | {} | {} |\n",
            number("per_second"),
            number("p50"),
            number("p99"),
            number("max"),
            row["errors"]
        ));
        if let Some(spent) = row["core_ms"].as_object() {
            let each = |program: &&str| spent.get(*program).and_then(Value::as_f64);
            let each = PROGRAMS.iter().map(each).map(|each| each.map_or("–".to_owned(), |each| format!("{each:.2}")));
            let busy = row["cores"].as_f64().unwrap_or_default() * 100.0;
            let each = each.collect::<Vec<_>>().join(" | ");
            self.cores.push_str(&format!("| {database} | {what} | {each} | {busy:.0} % |\n"));
        }
        if let Some(error) = row["first_error"].as_str() {
            self.note(&format!("{database}, {what}: the first error is {error}"));
        }
    }
    fn note(&mut self, text: &str) {
        println!("    {text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pgbenchs_rate_is_read_from_its_last_lines() {
        assert_eq!(tps("latency average = 4 ms\ntps = 812.400000 (without initial connection time)\n"), Some(812.4));
        assert_eq!(tps("nothing"), None);
    }

    #[test]
    fn a_row_of_the_table_shows_what_could_not_be_measured_as_a_dash() {
        let mut table = Table::default();
        let row = serde_json::json!({"what": "reads", "per_second": 500.04, "p50": 1.0, "p99": null, "max": 9.96, "errors": 0});
        table.add("SQLite", &row);
        assert_eq!(table.rows.lines().last().unwrap(), "| SQLite | reads | 500.0 | 1.0 | – | 10.0 | 0 |");
    }

    #[test]
    fn whose_core_time_a_request_takes_stands_in_a_table_of_its_own() {
        let mut table = Table::default();
        let spent = serde_json::json!({"load generator": 0.3, "processor": 0.614, "billing API": 1.2});
        table.add("SQLite", &serde_json::json!({"what": "payments", "core_ms": spent, "cores": 0.256}));
        assert_eq!(table.cores.lines().last().unwrap(), "| SQLite | payments | 0.30 | 1.20 | 0.61 | – | 26 % |");
    }
}
