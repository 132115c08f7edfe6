//! What both databases hold after a chaos run, compared: payments with the processor's charges, the ledger with the
//! bills, e-mail with what it reports, and all of it with the outcome that each client got. Every check is one line of
//! the table at the end.

use super::ClientReports;
use crate::bench::{INTO_SQLITE, MEMBERS};
use crate::child;
use crate::place;
use crate::postgres::Postgres;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use xtask::failure::{Because, Failure, Result};

/// Rows that must not be there, at any moment.
const NEVER: [(&str, &str); 4] = [
    ("every ledger entry sums to zero", "SELECT entry FROM ledger_posting GROUP BY entry HAVING SUM(cents) <> 0"),
    (
        "every bill is the sum of its lines",
        "SELECT id FROM bill WHERE balance_cents <> (SELECT SUM(you_owe_cents) FROM bill_line WHERE bill = bill.id)",
    ),
    (
        "no more is reserved than is owed",
        "SELECT id FROM bill WHERE pending_cents < 0 OR pending_cents > balance_cents",
    ),
    (
        "every reservation has its payment",
        "SELECT bill.id FROM bill LEFT JOIN (SELECT bill, SUM(amount_cents) AS cents FROM payment_share \
         JOIN payment ON payment.id = payment_share.payment WHERE state IN ('processing', 'scheduled') GROUP BY bill) AS waits \
         ON waits.bill = bill.id WHERE bill.pending_cents <> COALESCE(waits.cents, 0)",
    ),
];

/// Every row of `ROWS` in Python's SQLite, a line each, its columns separated by tabs.
const ROWS: &str = "import sqlite3, sys\n\
    base = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True, timeout=20)\n\
    for row in base.execute(sys.argv[2]): print('\\t'.join('' if value is None else str(value) for value in row))";

pub struct Books<'a> {
    data: PathBuf,
    postgres: Option<&'a Postgres>,
}

/// What a run showed: how often what was done, and which checks held.
#[derive(Default)]
pub struct Findings {
    counts: BTreeMap<String, u64>,
    /// The check, how often it was made, and the first things it found.
    checks: BTreeMap<String, (u64, Vec<String>)>,
}

impl Findings {
    pub fn count(&mut self, what: &str, times: u64) {
        *self.counts.entry(what.to_owned()).or_default() += times;
    }

    pub fn check(&mut self, what: &str, found: impl IntoIterator<Item = String>) {
        let (times, all) = self.checks.entry(what.to_owned()).or_default();
        *times += 1;
        all.extend(found);
    }

    pub fn held(&self) -> usize {
        self.checks.values().filter(|(_, found)| found.is_empty()).count()
    }
    pub fn broken(&self) -> usize {
        self.checks.len() - self.held()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in &self.counts {
            writeln!(f, "  {count:>8}  {what}")?;
        }
        for (what, (times, found)) in &self.checks {
            let state = if found.is_empty() { "held".to_owned() } else { format!("BROKEN {}", found.len()) };
            writeln!(f, "  {state:>8}  {what} (looked {times} times)")?;
            for one in found.iter().take(5) {
                writeln!(f, "            {one}")?;
            }
        }
        Ok(())
    }
}

/// Sums from before the run: what was there already is not the run's.
pub struct Totals {
    owed: i64,
    charges: BTreeSet<String>,
}

struct Payment {
    id: String,
    key: String,
    state: String,
    total: i64,
    fee: i64,
    charge: String,
}

struct Charge {
    id: String,
    payment: String,
    cents: i64,
    state: String,
}

impl<'a> Books<'a> {
    pub fn of(data: &Path, postgres: Option<&'a Postgres>) -> Self {
        Self { data: data.to_owned(), postgres }
    }

    pub fn add_payers(&self) -> Result<()> {
        let mut add = match self.postgres {
            Some(postgres) => {
                let mut psql = postgres.client("psql");
                psql.args(["-q", "-v", "ON_ERROR_STOP=1", "-d", "kppay", "-c", MEMBERS]);
                psql
            }
            None => {
                let mut python = place::command("python3");
                python.args(["-c", INTO_SQLITE]).arg(self.data.join("billing.db")).arg(MEMBERS);
                python
            }
        };
        child::run("Adding payers", &mut add)
    }

    /// The checks that hold at every moment, each read at one moment.
    pub fn look(&self, findings: &mut Findings) -> Result<()> {
        for (what, sql) in NEVER {
            let found = self.billing(sql)?;
            findings.check(what, found.into_iter().map(|row| row.join(" ")));
        }
        Ok(())
    }

    pub fn totals(&self) -> Result<Totals> {
        let charges = self.charges()?.into_iter().map(|charge| charge.id).collect();
        Ok(Totals { owed: self.owed()?, charges })
    }

    /// Until no payment waits for the processor's answer.
    pub fn wait_until_settled(&self, patience: Duration, findings: &mut Findings) -> Result<()> {
        let since = Instant::now();
        loop {
            let waiting = self.billing("SELECT id, state FROM payment WHERE ask_at IS NOT NULL")?;
            if waiting.is_empty() || since.elapsed() > patience {
                findings.count("seconds until everything was settled", since.elapsed().as_secs());
                let left = waiting.into_iter().map(|row| row.join(" "));
                findings.check("every payment has its answer", left);
                return Ok(());
            }
            child::pause(500);
        }
    }

    /// After the run, when everything is settled.
    pub fn compare(&self, before: &Totals, reports: &ClientReports, findings: &mut Findings) -> Result<()> {
        self.look(findings)?;
        let charges = self.charges()?.into_iter().filter(|charge| !before.charges.contains(&charge.id));
        let charges: BTreeMap<String, Charge> = charges.map(|charge| (charge.payment.clone(), charge)).collect();
        let payments = self.payments()?;
        let ours: Vec<_> = payments.iter().filter(|payment| reports.contains_key(&payment.key)).collect();
        findings.count("orders sent", reports.len() as u64);
        findings.count("payments", ours.len() as u64);
        findings.count("charges", charges.len() as u64);
        let asked = reports.values().filter(|value| value["asked"].as_u64().is_some_and(|asked| asked > 0));
        findings.count("orders whose answer was lost and asked for", asked.count() as u64);
        with_charges(&ours, &charges, findings);
        with_clients(&payments, reports, findings);
        self.with_ledger(before, &ours, findings)?;
        self.with_email(&ours, findings)
    }

    fn with_ledger(&self, before: &Totals, ours: &[&Payment], findings: &mut Findings) -> Result<()> {
        let paid: i64 = ours.iter().filter(|payment| payment.state == "paid").map(|payment| payment.total).sum();
        let (owed, expected) = (self.owed()?, before.owed - paid);
        let differs = (owed != expected).then(|| format!("{owed} cents are owed, {expected} should be"));
        findings.check("what is owed is less by what was paid", differs);
        Ok(())
    }

    fn with_email(&self, ours: &[&Payment], findings: &mut Findings) -> Result<()> {
        let mut queued: BTreeMap<String, u64> = BTreeMap::new();
        for row in self.billing("SELECT cause FROM outbox")? {
            *queued.entry(row.concat()).or_default() += 1;
        }
        let wrong = ours.iter().filter_map(|payment| {
            let count = queued.get(&payment.id).copied().unwrap_or(0);
            (payment.state == "paid" && count != 1).then(|| format!("{}: {count}", payment.id))
        });
        findings.check("every payment made has one e-mail", wrong);
        Ok(())
    }

    fn owed(&self) -> Result<i64> {
        let rows = self.billing("SELECT SUM(balance_cents) FROM bill")?;
        number(rows.first().and_then(|row| row.first()))
    }

    fn payments(&self) -> Result<Vec<Payment>> {
        let sql = "SELECT id, idempotency_key, state, total_cents, fee_cents, charge FROM payment";
        let rows = self.billing(sql)?;
        rows.into_iter()
            .map(|row| {
                let text = |at: usize| row.get(at).cloned().unwrap_or_default();
                let (total, fee) = (number(row.get(3))?, number(row.get(4))?);
                Ok(Payment { id: text(0), key: text(1), state: text(2), total, fee, charge: text(5) })
            })
            .collect()
    }

    fn charges(&self) -> Result<Vec<Charge>> {
        let sql = "SELECT id, idempotency_key, amount_cents, state FROM charge";
        let rows = sqlite(&self.data.join("processor.db"), sql)?;
        rows.into_iter()
            .map(|row| {
                let text = |at: usize| row.get(at).cloned().unwrap_or_default();
                let state = text(3).trim_matches('"').to_owned();
                Ok(Charge { id: text(0), payment: text(1), cents: number(row.get(2))?, state })
            })
            .collect()
    }

    fn billing(&self, sql: &str) -> Result<Vec<Vec<String>>> {
        match self.postgres {
            Some(postgres) => {
                let mut psql = postgres.client("psql");
                rows(psql.args(["-X", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", "kppay", "-c", sql]))
            }
            None => sqlite(&self.data.join("billing.db"), sql),
        }
    }
}

fn with_charges(ours: &[&Payment], charges: &BTreeMap<String, Charge>, findings: &mut Findings) {
    let known: BTreeMap<&str, &&Payment> = ours.iter().map(|payment| (payment.id.as_str(), payment)).collect();
    let lost = charges.values().filter(|charge| !known.contains_key(charge.payment.as_str()));
    findings.check("every charge has its payment", lost.map(|charge| format!("{} of {}", charge.id, charge.payment)));
    let differing = charges.values().filter_map(|charge| {
        let payment = known.get(charge.payment.as_str())?;
        let is_same = payment.total + payment.fee == charge.cents
            && payment.state == charge.state
            && (payment.charge == charge.id || payment.state == "failed");
        (!is_same).then(|| format!("{}: {} here, {} at the processor", payment.id, payment.state, charge.state))
    });
    findings.check("payment and charge agree on state and amount", differing);
    let uncharged = ours.iter().filter(|payment| payment.state == "paid" && !charges.contains_key(&payment.id));
    findings.check("every payment made has its charge", uncharged.map(|payment| payment.id.clone()));
}

/// Checks that the outcome that each client was given is true.
fn with_clients(payments: &[Payment], reports: &ClientReports, findings: &mut Findings) {
    let by_key: BTreeMap<&str, &Payment> = payments.iter().map(|payment| (payment.key.as_str(), payment)).collect();
    let (mut wrong, mut silent) = (Vec::new(), Vec::new());
    for (key, value) in reports {
        let (what, detail) =
            (value["outcome"].as_str().unwrap_or_default(), value["detail"].as_str().unwrap_or_default());
        let state = by_key.get(key.as_str()).map(|payment| payment.state.as_str());
        let is_so = match what {
            "state" => state == Some(detail) || (detail == "processing" && state.is_some()),
            "never" | "refused" => state.is_none(),
            _ => {
                silent.push(format!("{key}: it is {}", state.unwrap_or("nowhere")));
                continue;
            }
        };
        if !is_so {
            wrong.push(format!("{key}: got {what} {detail}, it is {}", state.unwrap_or("nowhere")));
        }
    }
    findings.check("what a client got is so", wrong);
    findings.check("every client got an outcome", silent);
}

fn sqlite(file: &Path, sql: &str) -> Result<Vec<Vec<String>>> {
    let mut python = place::command("python3");
    rows(python.args(["-S", "-E", "-c", ROWS]).arg(file).arg(sql))
}

fn rows(command: &mut std::process::Command) -> Result<Vec<Vec<String>>> {
    let output = command.output().because("Reading a database")?;
    if !output.status.success() {
        return Err(Failure::new(format!("A database can't be read: {}", String::from_utf8_lossy(&output.stderr))));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

fn number(text: Option<&String>) -> Result<i64> {
    text.map_or("", String::as_str).parse().because("Reading a number")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn payment(state: &str, total: i64, charge: &str) -> Payment {
        let (id, key) = ("p1".to_owned(), "k1".to_owned());
        Payment { id, key, state: state.to_owned(), total, fee: 0, charge: charge.to_owned() }
    }

    fn charges(state: &str, cents: i64) -> BTreeMap<String, Charge> {
        let charge = Charge { id: "c1".to_owned(), payment: "p1".to_owned(), cents, state: state.to_owned() };
        BTreeMap::from([("p1".to_owned(), charge)])
    }

    fn broken(check: impl FnOnce(&mut Findings)) -> usize {
        let mut findings = Findings::default();
        check(&mut findings);
        findings.broken()
    }

    #[test]
    fn a_payment_and_its_charge_that_agree_are_no_finding() {
        assert_eq!(broken(|findings| with_charges(&[&payment("paid", 100, "c1")], &charges("paid", 100), findings)), 0);
    }

    #[test]
    fn a_charge_without_a_payment_a_payment_without_a_charge_and_another_amount_or_state_are_found() {
        assert_eq!(broken(|findings| with_charges(&[], &charges("paid", 100), findings)), 1);
        assert_eq!(broken(|findings| with_charges(&[&payment("paid", 100, "c1")], &BTreeMap::new(), findings)), 1);
        assert_eq!(broken(|findings| with_charges(&[&payment("paid", 100, "c1")], &charges("paid", 99), findings)), 1);
        assert_eq!(broken(|findings| with_charges(&[&payment("failed", 100, "")], &charges("paid", 100), findings)), 1);
    }

    #[test]
    fn a_client_that_got_a_wrong_outcome_or_none_is_found() {
        let got = |what: &str, detail: &str| {
            ClientReports::from([("k1".to_owned(), json!({"outcome": what, "detail": detail}))])
        };
        let paid = [payment("paid", 100, "c1")];
        assert_eq!(broken(|findings| with_clients(&paid, &got("state", "paid"), findings)), 0);
        assert_eq!(broken(|findings| with_clients(&[], &got("never", ""), findings)), 0);
        assert_eq!(broken(|findings| with_clients(&paid, &got("never", ""), findings)), 1);
        assert_eq!(broken(|findings| with_clients(&paid, &got("state", "failed"), findings)), 1);
        assert_eq!(broken(|findings| with_clients(&[], &got("nothing", ""), findings)), 1);
    }
}
