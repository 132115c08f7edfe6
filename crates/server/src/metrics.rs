//! Operational metrics: process-wide counters and gauges, printed in the Prometheus text format. Knows numbers and
//! their names, not what they count; no label ever holds a name, an address or an id of anybody.

use std::{
    fmt::Write,
    sync::atomic::{AtomicI64, Ordering},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows while the process lives.
    Counter,
    Gauge,
}

/// One number. A new one is a `static` of its own and a line in `ALL`.
#[derive(Debug)]
pub struct Metric {
    name: &'static str,
    help: &'static str,
    kind: Kind,
    value: AtomicI64,
}

impl Metric {
    pub const fn counter(name: &'static str, help: &'static str) -> Self {
        Self { name, help, kind: Kind::Counter, value: AtomicI64::new(0) }
    }
    pub const fn gauge(name: &'static str, help: &'static str) -> Self {
        Self { name, help, kind: Kind::Gauge, value: AtomicI64::new(0) }
    }
    pub fn add(&self, count: i64) {
        self.value.fetch_add(count, Ordering::Relaxed);
    }
    pub fn set(&self, value: i64) {
        self.value.store(value, Ordering::Relaxed);
    }
    pub fn value(&self) -> i64 {
        self.value.load(Ordering::Relaxed)
    }
}

pub static PANICS: Metric = Metric::counter("kppay_panics_total", "Handlers and background tasks that panicked.");

pub static DATABASE_ERRORS: Metric = Metric::counter("kppay_database_errors_total", "Errors of the database.");
pub static DATABASE_RETRIES: Metric =
    Metric::counter("kppay_database_retries_total", "Transactions that conflicted with another one and were retried.");
pub static JOBS_SET_ASIDE: Metric =
    Metric::gauge("kppay_jobs_set_aside", "Jobs that failed too often and were set aside for people.");
pub static PERIODIC_JOBS_FAILING: Metric = Metric::gauge(
    "kppay_periodic_jobs_failing",
    "Periodic jobs that failed three times in a row or more: see the log.",
);
pub static EMAILS_WAITING: Metric =
    Metric::gauge("kppay_emails_waiting", "E-mails that are neither sent nor given up.");
pub static OLDEST_EMAIL: Metric =
    Metric::gauge("kppay_emails_oldest_seconds", "How long the e-mail that waits longest has waited.");
pub static TEXTS_GIVEN_UP: Metric = Metric::counter(
    "kppay_texts_given_up_total",
    "Text messages that were refused for good, or that nobody took for a day, and are not sent any more.",
);
pub static EMAILS_GIVEN_UP: Metric = Metric::counter(
    "kppay_emails_given_up_total",
    "E-mails that were refused for good, or that nobody took for days, and are not sent any more.",
);
pub static PROCESSOR_UNANSWERED: Metric = Metric::counter(
    "kppay_processor_unanswered_total",
    "Questions to the processor without an answer of its own: silence, and what a gateway said instead.",
);
pub static PAYMENTS_UNANSWERED: Metric = Metric::gauge(
    "kppay_payments_unanswered",
    "Payments that the processor has not answered for minutes: whether they were charged is not known.",
);
pub static PAYMENTS_NOT_SEEN: Metric = Metric::counter(
    "kppay_payments_not_seen_total",
    "Payments that were not in the database after their commit, and so were not charged.",
);
pub static PAYMENTS_TAKEN_AFTER_ALL: Metric = Metric::counter(
    "kppay_payments_taken_after_all_total",
    "Payments said to have taken no money, or gone back, whose money came after all and needs people: see the log.",
);
pub static DEBITS_OVERDUE: Metric =
    Metric::gauge("kppay_payments_overdue", "Payments on their way for longer than they should be.");
pub static EVENTS_UNMATCHED: Metric = Metric::gauge(
    "kppay_events_unmatched",
    "Events of the processor that could not be applied to a payment, and that nobody has closed.",
);
pub static VERDICTS_UNFIT: Metric = Metric::counter(
    "kppay_verdicts_unfit_total",
    "What the processor said of a payment and fits neither its state nor its charge, and moved nothing: see the log.",
);
pub static EVENTS_AHEAD: Metric = Metric::counter(
    "kppay_events_ahead_total",
    "Events of the processor so far ahead that others must be missing, and answers with a number it does not list: see the log.",
);
pub static EVENTS_MISSING: Metric = Metric::counter(
    "kppay_events_missing_total",
    "Numbers between two events of the processor that did not come for minutes and are not asked for any more: see the log.",
);
pub static OTHER_AMOUNTS: Metric = Metric::counter(
    "kppay_processor_other_amounts_total",
    "What the processor said of another amount than the payment's, and was not applied: see the log.",
);
pub static RECONCILE_DIFFERENCES: Metric = Metric::gauge(
    "kppay_reconcile_differences",
    "Differences between our payments and the processor's charges, by the last reconciliation.",
);
pub static RECONCILED_AT: Metric = Metric::gauge(
    "kppay_reconcile_last_run_timestamp_seconds",
    "When the last reconciliation ended, in seconds since 1970; 0 before the first.",
);
pub static CHARACTERS_NOT_DRAWN: Metric = Metric::counter(
    "kppay_receipt_characters_not_drawn_total",
    "Characters of receipts that no font has, and that were drawn as boxes: see the log.",
);
pub static TASK_RESTARTS: Metric =
    Metric::counter("kppay_task_restarts_total", "Background tasks that ended or stood still and were started again.");
pub static TASK_ROUNDS: Metric =
    Metric::counter("kppay_task_rounds_total", "Steps of the rounds of all background tasks.");
pub static ROWS_UNREADABLE: Metric = Metric::counter(
    "kppay_rows_unreadable_total",
    "Rows of background work that could not be read and were left out: see the log.",
);
pub static LOG_LINES_LOST: Metric =
    Metric::gauge("kppay_log_lines_lost", "Log lines that could not be written since the start.");
pub static CLOCK_BEHIND: Metric = Metric::gauge(
    "kppay_clock_behind_seconds",
    "How far the machine's clock is behind this server's time, since it was set back.",
);
pub static NOT_READY: Metric =
    Metric::gauge("kppay_not_ready", "Checks of /readyz that failed when it was last asked.");

pub static SIGN_INS_DELAYED: Metric =
    Metric::counter("kppay_sign_ins_delayed_total", "Sign-ins put off because too many failed at their account.");

pub static LOOKUPS: Metric = Metric::counter("kppay_lookups_total", "Tried look-ups of statements.");
pub static LOOKUPS_FAILED: Metric = Metric::counter("kppay_lookups_failed_total", "Failed look-ups of statements.");
pub static LOOKUPS_ALARM: Metric = Metric::gauge(
    "kppay_lookups_alarm",
    "1 while too large a share of look-ups of statements fails, over all servers.",
);

pub static SIGN_INS: Metric = Metric::counter("kppay_sign_ins_total", "Tried sign-ins.");
pub static SIGN_INS_FAILED: Metric = Metric::counter("kppay_sign_ins_failed_total", "Failed sign-ins.");
pub static SIGN_INS_ALARM: Metric =
    Metric::gauge("kppay_sign_ins_alarm", "1 while too large a share of sign-ins fails, over all servers.");

pub static CODES: Metric = Metric::counter("kppay_codes_total", "Tried codes of a second factor.");
pub static CODES_FAILED: Metric = Metric::counter("kppay_codes_failed_total", "Failed codes of a second factor.");
pub static CODES_ALARM: Metric = Metric::gauge(
    "kppay_codes_alarm",
    "1 while too large a share of codes of a second factor fails, over all servers.",
);

pub static CHARGES: Metric = Metric::counter("kppay_charges_total", "Tried charges.");
pub static CHARGES_FAILED: Metric = Metric::counter("kppay_charges_failed_total", "Failed charges.");
pub static CHARGES_ALARM: Metric =
    Metric::gauge("kppay_charges_alarm", "1 while too large a share of charges fails, over all servers.");

/// Everything that is printed, in this order.
pub static ALL: &[&Metric] = &[
    &PANICS,
    &DATABASE_ERRORS,
    &DATABASE_RETRIES,
    &JOBS_SET_ASIDE,
    &PERIODIC_JOBS_FAILING,
    &EMAILS_WAITING,
    &OLDEST_EMAIL,
    &EMAILS_GIVEN_UP,
    &TEXTS_GIVEN_UP,
    &SIGN_INS_DELAYED,
    &LOOKUPS,
    &LOOKUPS_FAILED,
    &LOOKUPS_ALARM,
    &SIGN_INS,
    &SIGN_INS_FAILED,
    &SIGN_INS_ALARM,
    &CODES,
    &CODES_FAILED,
    &CODES_ALARM,
    &CHARGES,
    &CHARGES_FAILED,
    &CHARGES_ALARM,
    &PROCESSOR_UNANSWERED,
    &PAYMENTS_UNANSWERED,
    &PAYMENTS_NOT_SEEN,
    &PAYMENTS_TAKEN_AFTER_ALL,
    &DEBITS_OVERDUE,
    &EVENTS_UNMATCHED,
    &VERDICTS_UNFIT,
    &EVENTS_AHEAD,
    &EVENTS_MISSING,
    &OTHER_AMOUNTS,
    &RECONCILE_DIFFERENCES,
    &RECONCILED_AT,
    &CHARACTERS_NOT_DRAWN,
    &TASK_RESTARTS,
    &TASK_ROUNDS,
    &ROWS_UNREADABLE,
    &LOG_LINES_LOST,
    &CLOCK_BEHIND,
    &NOT_READY,
];

/// The Prometheus text format, version 0.0.4.
pub fn text() -> String {
    ALL.iter().fold(String::new(), |mut text, metric| {
        let kind = if metric.kind == Kind::Counter { "counter" } else { "gauge" };
        let Metric { name, help, .. } = metric;
        _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {}\n", metric.value());
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_has_a_name_of_its_own_and_says_what_it_is() {
        let mut names: Vec<_> = ALL.iter().map(|metric| metric.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
        assert!(text().contains("# TYPE kppay_panics_total counter\nkppay_panics_total "));
    }
}
