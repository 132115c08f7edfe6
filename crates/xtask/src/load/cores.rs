//! The CPU time that each program takes during a measurement, as Linux counts it in `/proc`: the load generator shares
//! the machine's cores with what it measures, so its own share is told apart.

use std::collections::HashMap;
use std::fs;
use std::time::Instant;

/// Linux counts in these, on every machine.
const TICKS_A_SECOND: f64 = 100.0;

/// A program by its process, with all processes that it started.
struct Program {
    name: String,
    process: u32,
}

pub struct Cores(Vec<Program>);

/// Of one measurement.
pub struct Spent {
    /// Seconds of a core, by program.
    pub seconds: Vec<(String, f64)>,
    /// Of the time of all cores, by all of these programs; at most 1.
    pub share: f64,
}

impl Cores {
    /// This program, and others: `billing API=12,processor=13`.
    pub fn of(others: &str) -> Self {
        let own = Program { name: "load generator".to_owned(), process: std::process::id() };
        let others = others.split(',').filter_map(|program| {
            let (name, process) = program.split_once('=')?;
            Some(Program { name: name.to_owned(), process: process.parse().ok()? })
        });
        Self(std::iter::once(own).chain(others).collect())
    }

    pub fn during<Done>(&self, work: impl FnOnce() -> Done) -> (Done, Spent) {
        let (before, began) = (self.ticks(), Instant::now());
        let done = work();
        let (after, seconds) = (self.ticks(), began.elapsed().as_secs_f64());
        let spent =
            after.iter().zip(before).map(|(after, before)| after.saturating_sub(before) as f64 / TICKS_A_SECOND);
        let spent: Vec<f64> = spent.collect();
        let cores = std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64);
        let share = spent.iter().sum::<f64>() / (seconds * cores);
        (done, Spent { seconds: self.0.iter().map(|program| program.name.clone()).zip(spent).collect(), share })
    }

    fn ticks(&self) -> Vec<u64> {
        let all: HashMap<u32, Process> = fs::read_dir("/proc")
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| {
                let process = entry.file_name().to_str()?.parse().ok()?;
                Some((process, Process::parse(&fs::read_to_string(entry.path().join("stat")).ok()?)?))
            })
            .collect();
        self.0.iter().map(|program| ticks_of(&all, program.process)).collect()
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Process {
    parent: u32,
    /// With those of its children that have ended.
    ticks: u64,
}

impl Process {
    /// `/proc/PID/stat`: the name, in brackets, may have anything in it.
    fn parse(stat: &str) -> Option<Self> {
        let (_, fields) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = fields.split(' ').collect();
        let ticks = fields.get(11..15)?.iter().map(|ticks| ticks.parse::<u64>());
        Some(Self { parent: fields.get(1)?.parse().ok()?, ticks: ticks.sum::<Result<_, _>>().ok()? })
    }
}

fn ticks_of(all: &HashMap<u32, Process>, process: u32) -> u64 {
    let own = all.get(&process).map_or(0, |process| process.ticks);
    let children = all.iter().filter(|(_, child)| child.parent == process).map(|(child, _)| ticks_of(all, *child));
    own + children.sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_whatever_its_name_is() {
        let stat = "12 (a ) b) S 7 12 12 0 -1 4194304 1 2 3 4 100 20 3 0 20 0 24 0 5";
        assert_eq!(Process::parse(stat), Some(Process { parent: 7, ticks: 123 }));
        assert_eq!(Process::parse("12 (a)"), None);
    }

    #[test]
    fn what_a_program_started_counts_with_it() {
        let process = |parent, ticks| Process { parent, ticks };
        let all =
            HashMap::from([(1, process(0, 1)), (2, process(1, 20)), (3, process(2, 300)), (4, process(9, 4_000))]);
        assert_eq!((ticks_of(&all, 1), ticks_of(&all, 3), ticks_of(&all, 5)), (321, 300, 0));
    }

    #[test]
    fn the_load_generator_is_among_its_programs() {
        let (sum, spent) = Cores::of("nobody=0,,wrong").during(|| 1 + 1);
        let names: Vec<_> = spent.seconds.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((sum, names), (2, vec!["load generator", "nobody"]));
    }
}
