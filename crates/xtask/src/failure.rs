//! A failure that says what to do about it. Every command ends in one of these or in success.

use std::fmt;

pub type Result<T, E = Failure> = std::result::Result<T, E>;

#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    what: String,
    fix: Option<String>,
}

impl Failure {
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), fix: None }
    }
    /// One sentence: what the reader can do.
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match &self.fix {
            Some(fix) => write!(f, "\n    To mend it: {fix}"),
            None => Ok(()),
        }
    }
}

/// `file.read().because("reading Cargo.lock")?`
pub trait Because<T> {
    fn because(self, doing: &str) -> Result<T>;
}

impl<T, E: fmt::Display> Because<T> for Result<T, E> {
    fn because(self, doing: &str) -> Result<T> {
        self.map_err(|error| Failure::new(format!("{doing}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_happened_and_then_what_to_do() {
        let failure = Failure::new("No Chromium was found.").fix("apt-get install chromium");
        assert_eq!(failure.to_string(), "No Chromium was found.\n    To mend it: apt-get install chromium");
    }

    #[test]
    fn a_reason_goes_before_the_error() {
        let answer: Result<(), _> = Err("not found");
        assert_eq!(answer.because("Reading Cargo.lock"), Err(Failure::new("Reading Cargo.lock: not found")));
    }
}
