//! Counting tests over runners that each have a summary of their own: Rust's libtest, Node's (TAP), and a JUnit report.

use std::fmt;
use std::ops::AddAssign;

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub passed: u32,
    pub failed: u32,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Tally {
    /// Takes in a line of any runner's output; lines that are no summary count nothing.
    pub fn read(&mut self, line: &str) {
        let line = line.trim();
        if let Some(summary) = line.strip_prefix("test result: ") {
            self.passed += number_before(summary, "passed");
            self.failed += number_before(summary, "failed");
        } else if let Some((word, count)) = node_summary(line) {
            match word {
                "pass" => self.passed += count,
                // A test that ran out of time or was not run to its end is no pass.
                "fail" | "cancelled" => self.failed += count,
                _ => {}
            }
        }
    }

    /// The counts of a JUnit report's outermost element.
    pub fn of_junit(report: &str) -> Option<Self> {
        let element = report.split("<testsuite").nth(1)?.split('>').next()?;
        let count = |name: &str| {
            let value = element.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
            value.parse::<u32>().ok()
        };
        let failed = count("failures").unwrap_or(0) + count("errors").unwrap_or(0);
        Some(Self { passed: count("tests")?.saturating_sub(failed), failed })
    }
}

/// `ok. 12 passed; 0 failed; …`: the number in front of a word.
fn number_before(text: &str, word: &str) -> u32 {
    let words: Vec<_> = text.split([' ', ';', '.']).filter(|part| !part.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

/// `# pass 12`.
fn node_summary(line: &str) -> Option<(&str, u32)> {
    let (word, count) = line.strip_prefix("# ")?.split_once(' ')?;
    Some((word, count.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(output: &str) -> Tally {
        let mut tally = Tally::default();
        output.lines().for_each(|line| tally.read(line));
        tally
    }

    #[test]
    fn rust_binaries_add_up() {
        let output = "running 3 tests\ntest a ... ok\n\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\ntest result: FAILED. 4 passed; 2 failed; 0 ignored; 0 filtered out";
        assert_eq!(tally(output), Tally { passed: 7, failed: 2 });
    }

    #[test]
    fn nodes_summary_is_read_and_what_was_not_run_to_its_end_is_no_pass() {
        assert_eq!(
            tally("# tests 6\n# suites 0\n# pass 4\n# fail 1\n# cancelled 1\n# duration_ms 12.5"),
            Tally { passed: 4, failed: 2 }
        );
    }

    #[test]
    fn ordinary_lines_count_nothing() {
        assert_eq!(tally("3 little bills\n# a heading\ntest result\nok 1 - pays once\n"), Tally::default());
    }

    #[test]
    fn a_junit_report_counts_failures_and_errors_once() {
        let report = r#"<?xml version="1.0" ?><testsuites disabled="0" errors="1" failures="2" tests="10" time="1.5"><testsuite tests="10"/></testsuites>"#;
        assert_eq!(Tally::of_junit(report), Some(Tally { passed: 7, failed: 3 }));
        assert_eq!(Tally::of_junit("<html>"), None);
    }

    #[test]
    fn the_last_line_is_the_one_scripts_read() {
        assert_eq!(Tally { passed: 12, failed: 0 }.to_string(), "12 passed, 0 failed");
    }
}
