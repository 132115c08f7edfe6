//! Child processes, none of which outlives the command: each runs in a process group of its own, and the whole group
//! ends when its guard is dropped, on Ctrl-C and on SIGTERM. Scratch directories are deleted in the same way.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};
use xtask::failure::{Because, Failure, Result};

#[derive(Default)]
struct Children {
    groups: BTreeSet<u32>,
    scratch: BTreeSet<PathBuf>,
}

static CHILDREN: Mutex<Children> = Mutex::new(Children { groups: BTreeSet::new(), scratch: BTreeSet::new() });

fn children() -> MutexGuard<'static, Children> {
    CHILDREN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Once, at the start of `main`.
pub fn stop_children_on_exit() -> Result<()> {
    ctrlc::set_handler(|| {
        eprintln!("\nStopping.");
        let left = std::mem::take(&mut *children());
        for group in &left.groups {
            signal("-TERM", *group);
        }
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline && left.groups.iter().any(|group| is_there(*group)) {
            pause(50);
        }
        for group in &left.groups {
            signal("-KILL", *group);
        }
        for directory in &left.scratch {
            let _ = std::fs::remove_dir_all(directory);
        }
        std::process::exit(130);
    })
    .because("Watching for Ctrl-C")
}

/// Waiting for another program to get somewhere, between two looks.
pub fn pause(millis: u64) {
    let until = Instant::now() + Duration::from_millis(millis);
    while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        std::thread::park_timeout(left);
    }
}

fn signal(kind: &str, group: u32) -> bool {
    let quiet = Command::new("kill")
        .args([kind, "--", &format!("-{group}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    quiet.is_ok_and(|status| status.success())
}

fn is_there(group: u32) -> bool {
    signal("-0", group)
}

/// A program that runs beside us until it is dropped.
pub struct Running {
    name: String,
    child: Child,
}

impl Running {
    pub fn start(name: &str, command: &mut Command) -> Result<Self> {
        let child = command.process_group(0).spawn().map_err(|error| not_started(name, &error))?;
        children().groups.insert(child.id());
        Ok(Self { name: name.to_owned(), child })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// As a power cut ends it: SIGKILL to the whole group.
    pub fn kill(mut self) {
        signal("-KILL", self.child.id());
        let _ = self.child.wait();
        children().groups.remove(&self.child.id());
    }

    /// SIGSTOP: it holds its connections and locks, and says nothing more until `thaw`.
    pub fn suspend(&self) {
        signal("-STOP", self.child.id());
    }
    pub fn resume(&self) {
        signal("-CONT", self.child.id());
    }

    pub fn wait(&mut self) -> Result<ExitStatus> {
        self.child.wait().because(&self.name)
    }

    /// Until it has ended; an exit code other than 0 is a failure.
    pub fn succeed(&mut self) -> Result<()> {
        let status = self.wait()?;
        if status.success() { Ok(()) } else { Err(Failure::new(format!("{} ended with {status}.", self.name))) }
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().because(&self.name)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = self.child.id();
        if !children().groups.remove(&group) {
            return;
        }
        signal("-TERM", group);
        let deadline = Instant::now() + Duration::from_secs(8);
        while Instant::now() < deadline && matches!(self.child.try_wait(), Ok(None)) {
            pause(20);
        }
        signal("-KILL", group);
        let _ = self.child.wait();
    }
}

fn not_started(name: &str, error: &std::io::Error) -> Failure {
    Failure::new(format!("{name} did not start: {error}"))
}

/// Runs to the end with our terminal; an exit code other than 0 is a failure.
pub fn run(name: &str, command: &mut Command) -> Result<()> {
    Running::start(name, command.stdin(Stdio::null()))?.succeed()
}

/// Runs to the end, passing its standard output on and each line of it to `see`.
pub fn run_and_read(name: &str, command: &mut Command, mut see: impl FnMut(&str)) -> Result<ExitStatus> {
    run_quietly(name, command, |line| {
        println!("{line}");
        see(line);
    })
}

/// Runs to the end; each line of its standard output goes to `see` and is not printed.
pub fn run_quietly(name: &str, command: &mut Command, mut see: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut running = Running::start(name, command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    if let Some(output) = running.child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line.because(name)?;
            see(&String::from_utf8_lossy(&line));
        }
    }
    running.wait()
}

/// What a short program says on its standard output, or nothing if there is no such program or it fails.
pub fn said(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A directory that goes when its guard does.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("kppay-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).because(&path.display().to_string())?;
        children().scratch.insert(path.clone());
        Ok(Self(path))
    }
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        children().scratch.remove(&self.0);
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_guard_ends_the_grandchildren_too() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "tail -f /dev/null & wait"]).stdout(Stdio::piped());
        let mut running = Running::start("a shell", &mut shell).unwrap();
        let mut output = running.child.stdout.take().unwrap();
        drop(running);
        // The pipe ends when nobody holds its other end any more, and the grandchild did.
        assert_eq!(std::io::Read::read_to_end(&mut output, &mut Vec::new()).unwrap(), 0);
    }

    #[test]
    fn every_line_is_seen_and_the_exit_code_kept() {
        let mut lines = Vec::new();
        let status = run_and_read("a shell", Command::new("sh").args(["-c", "echo one; echo two; exit 3"]), |line| {
            lines.push(line.to_owned());
        });
        assert_eq!(status.unwrap().code(), Some(3));
        assert_eq!(lines, ["one", "two"]);
    }

    #[test]
    fn a_program_that_does_not_exist_says_nothing() {
        assert_eq!(said(&mut Command::new("no-such-program-of-ours")), None);
    }
}
