//! Access to the operating system: its clock, environment variables, descriptors, and the signals that end the program.

use rustix::process::{Resource, getrlimit, setrlimit};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::signal::unix::{SignalKind, signal};

/// Milliseconds since 1970 by the machine's clock: for the clock of each program, which everybody else asks.
#[expect(clippy::disallowed_methods, reason = "the servers' clocks stand on it")]
pub fn machine_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    i64::try_from(since).unwrap_or(i64::MAX)
}

/// Nothing where it is not set: for settings that no command line may hold.
#[expect(clippy::disallowed_methods, reason = "the servers' settings stand on it")]
pub fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// Raises the limit on open files to the hard one: many systems start a service with 1,024 and allow it far more. Says
/// how many there are now; `None` is without a limit.
pub fn raise_descriptors() -> Option<u64> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Without a right to it the old limit stays, and that is what we go by.
    _ = setrlimit(Resource::Nofile, limit);
    getrlimit(Resource::Nofile).current
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT, from a terminal: somebody waits.
    Interrupt,
    /// SIGTERM, from a service manager.
    Terminate,
}

/// The next of the two.
pub async fn stopped() -> Signal {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        tracing::error!("signals can't be received: only SIGKILL ends this process");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => Signal::Interrupt,
        _ = terminate.recv() => Signal::Terminate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::Rlimit;

    #[test]
    fn descriptors_are_raised_to_the_hard_limit() {
        let hard = getrlimit(Resource::Nofile).maximum;
        let fewer = hard.map_or(1_024, |all| all / 2);
        setrlimit(Resource::Nofile, Rlimit { current: Some(fewer), maximum: hard }).unwrap();
        assert_eq!(raise_descriptors(), hard);
    }
}
