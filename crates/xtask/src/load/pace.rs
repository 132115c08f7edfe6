//! An open model: request number `n` is due at `n / rate`, whether or not earlier ones have been answered, and its
//! latency counts from then. A server that stalls for a second is charged with every request that was due in that
//! second, which a closed loop ("send the next one when the last one is back") would hide. It knows no HTTP.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// `rate` a second, or as fast as the connections can where it is `None`.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub rate: Option<f64>,
    pub seconds: f64,
}

impl Pace {
    fn due(&self, number: usize) -> Option<Duration> {
        self.rate.map(|rate| Duration::from_secs_f64(number as f64 / rate))
    }

    /// Requests of a paced run; an unpaced one makes at most `supply`.
    pub fn requests(&self, supply: usize) -> usize {
        self.rate.map_or(supply, |rate| ((rate * self.seconds) as usize).min(supply))
    }

    /// Runs it over one worker a connection; each call of a worker sends one request and says whether it went well.
    pub fn run<Worker>(&self, supply: usize, workers: Vec<Worker>) -> Measured
    where
        Worker: FnMut(usize) -> Result<(), String> + Send,
    {
        let requests = self.requests(supply);
        let next = AtomicUsize::new(0);
        let start = Instant::now() + Duration::from_millis(50);
        let end = start + Duration::from_secs_f64(self.seconds);
        let mut measured = Measured::default();
        std::thread::scope(|scope| {
            let all: Vec<_> = workers
                .into_iter()
                .map(|mut worker| {
                    let next = &next;
                    scope.spawn(move || {
                        let mut own = Measured::default();
                        loop {
                            let number = next.fetch_add(1, Ordering::Relaxed);
                            if number >= requests || (self.rate.is_none() && Instant::now() >= end) {
                                return own;
                            }
                            let due = start + self.due(number).unwrap_or_else(|| start.elapsed());
                            wait_until(due);
                            match worker(number) {
                                Ok(()) => own.micros.push(due.elapsed().as_micros() as u64),
                                Err(error) => own.errors.push(error),
                            }
                        }
                    })
                })
                .collect();
            for worker in all {
                match worker.join() {
                    Ok(own) => measured.take_in(own),
                    Err(_) => measured.errors.push("a worker panicked".to_owned()),
                }
            }
        });
        measured.elapsed = start.elapsed();
        measured.micros.sort_unstable();
        measured
    }
}

fn wait_until(due: Instant) {
    while let Some(left) = due.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        std::thread::park_timeout(left);
    }
}

#[derive(Debug, Default)]
pub struct Measured {
    /// Sorted once the run is over.
    pub micros: Vec<u64>,
    pub errors: Vec<String>,
    pub elapsed: Duration,
}

impl Measured {
    fn take_in(&mut self, other: Self) {
        self.micros.extend(other.micros);
        self.errors.extend(other.errors);
    }

    /// In milliseconds; `share` 0.99 is the latency that 99 in 100 stayed within.
    pub fn percentile(&self, share: f64) -> f64 {
        let rank = (share * self.micros.len() as f64).ceil() as usize;
        let at = rank.saturating_sub(1).min(self.micros.len().saturating_sub(1));
        self.micros.get(at).map_or(f64::NAN, |micros| *micros as f64 / 1000.0)
    }

    pub fn per_second(&self) -> f64 {
        self.micros.len() as f64 / self.elapsed.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_latency_that_so_many_stayed_within() {
        let measured = Measured { micros: (1..=100).map(|ms| ms * 1000).collect(), ..Measured::default() };
        assert_eq!(
            (measured.percentile(0.5), measured.percentile(0.99), measured.percentile(1.0)),
            (50.0, 99.0, 100.0)
        );
        assert!(Measured::default().percentile(0.5).is_nan());
    }

    #[test]
    fn every_request_is_sent_once_and_errors_are_no_latencies() {
        let pace = Pace { rate: Some(2000.0), seconds: 0.05 };
        let worker = |number: usize| if number == 7 { Err("no".to_owned()) } else { Ok(()) };
        let measured = pace.run(1000, vec![worker, worker]);
        assert_eq!((measured.micros.len(), measured.errors.len()), (99, 1));
    }

    #[test]
    fn a_stall_is_charged_to_the_requests_that_were_due_meanwhile() {
        let pace = Pace { rate: Some(1000.0), seconds: 0.1 };
        let stalls = |number: usize| {
            if number == 0 {
                wait_until(Instant::now() + Duration::from_millis(60));
            }
            Ok(())
        };
        let measured = pace.run(100, vec![stalls]);
        assert!(measured.percentile(0.5) > 5.0, "{}", measured.percentile(0.5));
    }

    #[test]
    fn a_run_without_a_rate_ends_with_its_supply() {
        let measured = Pace { rate: None, seconds: 60.0 }.run(50, vec![|_| Ok(())]);
        assert_eq!(measured.micros.len(), 50);
    }
}
