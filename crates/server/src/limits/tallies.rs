//! Alarms on attacks: what share of look-ups, sign-ins, codes and charges fails, over all servers. Each server adds
//! what it counted to the database now and then; anyone who finds the share too high says so in the log and in a gauge.
//! Knows numbers, nobody's data.

use crate::{
    metrics::{self, Metric},
    state::App,
};
use std::sync::atomic::{AtomicI64, Ordering};

/// What the alarm looks at.
const MINUTES: i64 = 10;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Lookups,
    SignIns,
    Codes,
    Charges,
}

struct Watched {
    name: &'static str,
    tried: &'static Metric,
    failed: &'static Metric,
    alarm: &'static Metric,
    /// The share that is too high, in percent, and the number of failures from which on it counts.
    percent: i64,
    least_failed: i64,
}

const KINDS: [Kind; 4] = [Kind::Lookups, Kind::SignIns, Kind::Codes, Kind::Charges];

impl Kind {
    fn watched(self) -> Watched {
        let of = |name, [tried, failed, alarm]: [&'static Metric; 3], percent, least_failed| Watched {
            name,
            tried,
            failed,
            alarm,
            percent,
            least_failed,
        };
        match self {
            Self::Lookups => {
                of("lookups", [&metrics::LOOKUPS, &metrics::LOOKUPS_FAILED, &metrics::LOOKUPS_ALARM], 60, 100)
            }
            Self::SignIns => {
                of("sign-ins", [&metrics::SIGN_INS, &metrics::SIGN_INS_FAILED, &metrics::SIGN_INS_ALARM], 60, 100)
            }
            Self::Codes => of("codes", [&metrics::CODES, &metrics::CODES_FAILED, &metrics::CODES_ALARM], 60, 50),
            // Of honest charges one in ten or so is declined.
            Self::Charges => {
                of("charges", [&metrics::CHARGES, &metrics::CHARGES_FAILED, &metrics::CHARGES_ALARM], 30, 30)
            }
        }
    }
}

/// What this server counted since it last wrote to the database.
#[derive(Default)]
pub struct Tallies {
    untold: [(AtomicI64, AtomicI64); KINDS.len()],
}

impl Tallies {
    pub fn add(&self, kind: Kind, is_failed: bool) {
        let watched = kind.watched();
        let (tried, failed) = &self.untold[kind as usize];
        tried.fetch_add(1, Ordering::Relaxed);
        watched.tried.add(1);
        if is_failed {
            failed.fetch_add(1, Ordering::Relaxed);
            watched.failed.add(1);
        }
    }
}

/// Now and then, on every server. Also cleans up what limits have left.
pub async fn round(app: &App) -> Result<(), sqlx::Error> {
    let now = app.clock.now();
    for kind in KINDS {
        let untold = &app.limits.tallies.untold[kind as usize];
        let (tried, failed) = (untold.0.load(Ordering::Relaxed), untold.1.load(Ordering::Relaxed));
        if tried > 0 {
            app.store.add_tally(kind.watched().name, tried, failed, now).await?;
            // Only now: what could not be written, or was given up as a step, is written by the next round.
            untold.0.fetch_sub(tried, Ordering::Relaxed);
            untold.1.fetch_sub(failed, Ordering::Relaxed);
        }
    }
    for kind in KINDS {
        let watched = kind.watched();
        let (tried, failed) = app.store.tallied(watched.name, MINUTES, now).await?;
        let is_alarm = failed >= watched.least_failed && failed * 100 >= tried * watched.percent;
        if is_alarm && watched.alarm.value() == 0 {
            let kind = watched.name;
            tracing::error!(kind, tried, failed, minutes = MINUTES, "alarm: too many fail, which may be an attack");
        }
        watched.alarm.set(i64::from(is_alarm));
    }
    app.store.clean_up_tallies(now).await?;
    // Some at a time: what is left waits for the next round.
    app.store.clean_up_attempts(now).await?;
    Ok(())
}
