//! Background jobs: everything that runs without a request, all of it by one worker (`worker`). Its kinds of work:
//!
//! * `queued`: jobs that were queued with their cause, in the table `job`;
//! * `periodic`: jobs with a row of their own in that table: `processor_events`, `clean_up`, `reconcile`,
//!   `bill_notices`, `post_payments`, `saved_methods`, and the watch over old payments;
//! * `settle_payments`: payments without an answer are jobs in the table `payment`;
//! * `send_mail`: e-mails are jobs in the table `outbox`, delivered over SMTP (`smtp`);
//! * `send_texts`: text messages are such jobs, too, delivered over the operator's gateway (`text_gateway`).
//!
//! No jobs but loops on every server are `figures` and the demo's clock: they belong to a process.
//!
//! Each is supervised as a task (`serve::tasks`): one that panics, ends or stands still is started again and named by
//! `/readyz`.

pub mod bill_notices;
pub mod clean_up;
pub mod figures;
pub mod periodic;
pub mod post_payments;
pub mod processor_events;
pub mod queued;
pub mod reconcile;
pub mod saved_methods;
pub mod send_mail;
pub mod send_texts;
pub mod settle_payments;
mod smtp;
pub mod text_gateway;
pub mod worker;

use crate::{demo, state::App, store::jobs::Kind};
use periodic::Periodic;
use send_mail::Mailer;
use std::time::Duration;
use text_gateway::TextGateway;

/// How much later than the server that was asked the others move a demo's clock, at most.
const CLOCK_EVERY: Duration = Duration::from_secs(1);

/// Starts all of them, until `app.tasks.stop()`. Without a mailer e-mails wait, and without a gateway text messages.
pub fn supervise(app: &App, mailer: Option<Mailer>, gateway: Option<TextGateway>) {
    for kind in Kind::ALL {
        start(app, kind.name(), move |app| queued::run(app, kind));
    }
    for periodic in Periodic::ALL {
        start(app, periodic.name(), move |app| periodic::run(app, periodic));
    }
    start(app, settle_payments::TASK, settle_payments::run);
    if let Some(mailer) = mailer {
        for emails in send_mail::QUEUES {
            let mailer = mailer.clone();
            start(app, send_mail::name(emails), move |app| send_mail::run(app, mailer.clone(), emails));
        }
    }
    if let Some(gateway) = gateway {
        start(app, send_texts::TASK, move |app| send_texts::run(app, gateway.clone()));
    }
    start(app, figures::TASK, figures::run);
    if app.settings.demo {
        start(app, "demo_clock", |app| async move {
            let follow = || app.step("demo_clock", demo::follow_clock(&app));
            worker::repeat(&app, "demo_clock", CLOCK_EVERY, follow).await;
        });
    }
}

fn start<F>(app: &App, name: &'static str, run: impl Fn(App) -> F + Send + 'static)
where
    F: Future<Output = ()> + Send + 'static,
{
    let own = app.clone();
    app.tasks.supervise(name, move || run(own.clone()));
}
