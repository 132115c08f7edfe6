//! Background jobs: everything that runs without a request. `worker` runs the jobs of the queue in the database, of the kinds listed
//! here; the others are periodic tasks that find their work in tables of their own:
//!
//! * `account_requests`: account requests whose result must not be observable in the response;
//! * `settle_payments`: payments that got no answer are asked about again, and `processor_events` are applied in their order;
//! * `send_mail`: the outbox is delivered over SMTP;
//! * `reconcile`: charges and payments are compared once a day;
//! * `clean_up`: what ran out is wiped and deleted.
//!
//! Each task is supervised (`serve::tasks`): one that panics, ends or stands still is started again and named by `/readyz`.

pub mod account_requests;
pub mod clean_up;
pub mod processor_events;
pub mod reconcile;
pub mod send_mail;
pub mod settle_payments;
pub mod worker;

use crate::{
    demo, limits,
    refusal::{Answer, Error},
    state::App,
    store::{Tx, jobs},
};
use contract::{Instant, refusal::RefusalCode};
use send_mail::Mailer;
use serde::Serialize;

/// Jobs of the queue, by the code that runs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    AccountRequest,
}

impl Kind {
    const ALL: [Self; 1] = [Self::AccountRequest];
    /// What this version's worker claims.
    pub const NAMES: [&str; 1] = [Self::AccountRequest.name()];

    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountRequest => "account_request",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Queues a job in the transaction of what it belongs to: it is there if and only if that is. Whoever commits calls `wake`.
pub async fn enqueue(tx: &mut Tx, kind: Kind, payload: &impl Serialize, now: Instant) -> Answer<()> {
    let payload = serde_json::to_string(payload).map_err(|_| Error::new(RefusalCode::Fault))?;
    Ok(jobs::add(tx, kind.name(), &payload, now).await?)
}

/// The worker looks at once, and not after a second.
pub fn wake(app: &App) {
    app.job_queued.notify_one();
}

/// Starts all of them, until `app.tasks.stop()`. Without a mailer e-mails wait.
pub fn supervise(app: &App, mailer: Option<Mailer>) {
    let own = app.clone();
    app.tasks.supervise("settle_payments", move || settle_payments::run(own.clone()));
    let own = app.clone();
    app.tasks.supervise("reconcile", move || reconcile::run(own.clone()));
    let own = app.clone();
    app.tasks.supervise("tallies", move || limits::tallies::run(own.clone()));
    let own = app.clone();
    app.tasks.supervise("jobs", move || worker::run(own.clone()));
    let own = app.clone();
    app.tasks.supervise("clean_up", move || clean_up::run(own.clone()));
    if app.settings.demo {
        let own = app.clone();
        app.tasks.supervise("demo_clock", move || demo::keep_clock(own.clone()));
    }
    if let Some(mailer) = mailer {
        let own = app.clone();
        app.tasks.supervise("send_mail", move || send_mail::run(own.clone(), mailer.clone()));
    }
}
