//! The line to PostgreSQL falls silent in the middle of what a background task asks. No client in this program gives up
//! by itself, so without a limit the task would wait for ever, and everybody else would be served meanwhile as if
//! nothing were wrong.

use crate::test_app::{
    ORIGIN, TestApp,
    call::Call,
    database::Kind,
    mail_server::MailServer,
    profile,
    seed::{ANA, MEI},
    wire::Wire,
};
use serde_json::json;
use server::{
    clock::Clock,
    demo,
    jobs::{self, reconcile, send_mail::Mailer},
    limits,
    state::{App, State},
    store::Store,
};
use std::time::{Duration, Instant};

/// What is given up after a second, and then done again on a busy machine.
const SOON: Duration = Duration::from_secs(40);

/// Another server over the same database, by way of the line, that gives each step a second.
async fn by(app: &TestApp, wire: &Wire) -> App {
    let mut settings = app.state.settings.clone();
    settings.database_url.clone_from(&wire.url);
    settings.limits.step_time = Duration::from_secs(1);
    let store = Store::open(&wire.url).await.unwrap();
    State::new(settings, profile(), store, Clock::starting_at(app.state.clock.now()), app.line.clone())
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < SOON, "never: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_background_task_waits_for_ever() {
    if crate::KIND != Kind::Postgres {
        return;
    }
    let app = TestApp::open_with(&["--public-origin", ORIGIN, "--demo"]).await;
    app.register(&ANA, "ana@example.org").await;
    let post = MailServer::open().await;
    let wire = Wire::before(&app.database_url).await;
    let state = by(&app, &wire).await;
    wire.stall_at([
        "UPDATE job SET due_at",                          // account_request, taking
        "INSERT INTO job",                                // a periodic job, taking
        "DELETE FROM pending_account",                    // clean_up
        demo::CLOCK_MARK,                                 // demo_clock
        "UPDATE payment SET ask_at",                      // settle_payments
        "processor_events_read",                          // read_events
        "SELECT COUNT(*) AS emails",                      // figures
        "WITH due (chosen)",                              // delivery, taking
        "UPDATE outbox SET next_try_at = NULL, sent_at ", // delivery, after the hand-over
        "FROM tally",                                     // figures, tallies
    ]);
    let mailer = Mailer::new(&post.url, "Plan <bills@example.org>").unwrap();
    jobs::supervise(&state, Some(mailer), None);
    until("each fell silent", async || wire.waits_for().is_empty()).await;

    state.limits.tallies.add(limits::tallies::Kind::Lookups, true);
    app.ask(Call::post("/password-resets").json(&json!({ "email": "ana@example.org" }))).await.is(202);
    app.ask_outside(Call::post("/demo/clock").json(&json!({ "seconds": 86_400 }))).await.is(200);
    app.look_up(&MEI).await;
    let requests = "SELECT COUNT(*) FROM job WHERE kind = 'account_request'";
    until("jobs are done", async || app.number(requests).await == 0).await;
    let ahead = || state.clock.now().millis() - state.clock.unmoved().millis();
    until("the clock is followed", async || ahead() >= 86_400_000).await;
    let unsent = "SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL";
    until("e-mails are sent", async || app.number(unsent).await == 0).await;
    until("tallies are written", async || app.number("SELECT COUNT(*) FROM tally WHERE kind = 'lookups'").await > 0)
        .await;
    let before = serve::tasks::steps();
    until("steps are made", async || serve::tasks::steps() > before + 10).await;
    state.tasks.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reconciliation_that_waited_for_an_answer_is_run_again() {
    if crate::KIND != Kind::Postgres {
        return;
    }
    let app = TestApp::open().await;
    let wire = Wire::before(&app.database_url).await;
    let state = by(&app, &wire).await;
    let ended_at = async || app.state.store.last_reconciliation().await.unwrap().ended_at;
    wire.stall_at(["AND fingerprint <> 'demo'"]);
    let run = tokio::time::timeout(SOON, reconcile::if_due(&state)).await.expect("it is given up");
    assert!(run.is_err());
    assert_eq!((wire.waits_for(), ended_at().await), (Vec::new(), 0));
    state.clock.move_on(16 * 60_000);
    reconcile::if_due(&state).await.unwrap();
    assert!(ended_at().await > 0);
}
