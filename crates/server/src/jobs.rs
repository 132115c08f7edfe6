//! Background jobs: everything that runs without a request. `worker` runs the jobs of the queue in the database (`store::jobs`); the
//! others are periodic tasks that find their work in tables of their own:
//!
//! * `settle_payments`: payments that got no answer are asked about again, and `processor_events` are applied in their order;
//! * `send_mail`: the outbox is delivered over SMTP (`smtp`);
//! * `reconcile`: charges and payments are compared once a day;
//! * `clean_up`: what ran out is wiped and deleted.
//!
//! Each task is supervised (`serve::tasks`): one that panics, ends or stands still is started again and named by `/readyz`.

pub mod clean_up;
pub mod processor_events;
pub mod reconcile;
pub mod send_mail;
pub mod settle_payments;
mod smtp;
pub mod worker;

use crate::{demo, limits, state::App};
use send_mail::Mailer;

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
