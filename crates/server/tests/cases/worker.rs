//! The job worker and the database: claims that fail or take long, and a clean-up that is held up.

use crate::test_app::{TestApp, captured_log::CapturedLog, gateway::Fault, profile};
use contract::problem_details::ErrorCode;
use server::{
    clock::Clock,
    error::Error,
    jobs::{
        clean_up,
        periodic::{self, Periodic},
        processor_events,
        worker::{self, Claim, Queue},
    },
    state::{App, State},
};
use std::{
    future::pending,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tracing::{Level, subscriber::DefaultGuard};

/// On a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// What is logged on this thread, until the guard is dropped.
fn listen(level: Level) -> (CapturedLog, DefaultGuard) {
    let log = CapturedLog::default();
    let own = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(level).with_ansi(false).with_writer(move || own.clone());
    (log, tracing::subscriber::set_default(subscriber.finish()))
}

#[tokio::test]
async fn a_claim_that_fails_is_logged_while_other_jobs_run() {
    let app = TestApp::open().await;
    let (log, _listening) = listen(Level::WARN);
    let queue = Queue { name: "many", slots: 2, every: Duration::from_millis(5), limit: SOON, is_woken: false };
    let claims = AtomicUsize::new(0);
    let take = |_| {
        let is_first = claims.fetch_add(1, Ordering::SeqCst) == 0;
        async move { if is_first { Ok([pending::<()>()]) } else { Err(Error::new(ErrorCode::Unavailable)) } }
    };
    let logged = async {
        while !log.text().contains("jobs that are due could not be claimed") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let logged = tokio::time::timeout(SOON, logged);
    tokio::select! {
        ended = worker::round(&app.state, queue, take) => panic!("its job never ends: {ended:?}"),
        logged = logged => assert!(logged.is_ok(), "{}", log.text()),
    }
    assert!(log.text().contains("queue=\"many\"") && log.text().contains("code=Unavailable"), "{}", log.text());
}

#[tokio::test]
async fn a_job_whose_claim_took_long_ends_before_another_server_claims_it() {
    let limit = Duration::from_millis(50);
    let claim = Claim::new(contract::Instant::from_millis(0), limit);
    // The database is slow.
    tokio::time::sleep(2 * limit).await;
    let work = async move {
        tokio::time::sleep(limit / 2).await;
        Ok(())
    };
    assert_eq!(worker::failure(claim.deadline, work).await.as_deref(), Some("time-out"));
}

/// Another server over the same database, that gives a step less time.
fn impatient(app: &TestApp, step_time: Duration) -> App {
    let mut settings = app.state.settings.clone();
    settings.limits.step_time = step_time;
    let clock = Clock::starting_at(app.state.clock.now());
    State::new(settings, profile(), app.state.store.clone(), clock, app.line.clone())
}

#[tokio::test]
async fn jobs_set_aside_are_reported_before_anything_that_may_take_long_and_each_step_has_its_share() {
    let app = TestApp::open().await;
    let sql = "INSERT INTO job (id, kind, payload, created_at, due_at, set_aside_at) VALUES ('a', 'x', '', 0, 0, $1)";
    sqlx::query(sql).bind(app.state.clock.now().millis()).execute(&app.state.store.write).await.unwrap();
    app.look_up(&crate::test_app::seed::ANA).await;
    let old = "UPDATE session SET seen_at = 0, draft = '{}'";
    sqlx::query(old).execute(&app.state.store.write).await.unwrap();
    // Somebody holds what the first steps want to write.
    let mut holder = app.state.store.begin().await.unwrap();
    sqlx::query(old).execute(&mut *holder).await.unwrap();
    let (log, _listening) = listen(Level::ERROR);
    let step = Duration::from_millis(500);
    let state = impatient(&app, step);
    assert!(clean_up::round(&state).await.is_err());
    holder.rollback().await.unwrap();
    let log = log.text();
    let reported = log.find("wait in the table job").expect(&log);
    let failed = log.find("clean-up failed").expect(&log);
    assert!(reported < failed, "{log}");
    // It was given up by its share, and not by the limit of a step.
    assert!(!log.contains("a step of a background task took too long"), "{log}");
}

#[tokio::test]
async fn a_round_in_which_the_processor_lists_no_events_is_a_failed_one() {
    let app = TestApp::open().await;
    let (to, kind) = ("GET /v1/events", "text/html");
    app.gateway.answers([Fault { to, passes_on: false, status: 502, kind, body: String::new() }]);
    let read = |app: App| async move { processor_events::read(&app).await };
    let round = async || periodic::round_of(&app.state, Periodic::ReadEvents, read).await.unwrap();
    let row = async |column: &str| {
        app.text(&format!("SELECT CAST(COALESCE({column}, '-') AS TEXT) FROM job WHERE id = 'read_events'")).await
    };
    for tries in 1..=4 {
        round().await;
        let due = app.number("SELECT due_at FROM job WHERE id = 'read_events'").await - app.state.clock.now().millis();
        assert!((0..=10_000).contains(&due), "once it answers again, events are read soon: {due}");
        assert_eq!(
            (app.number("SELECT tries FROM job WHERE id = 'read_events'").await, row("error").await),
            (tries, "Unavailable".to_owned())
        );
        app.state.clock.move_on(due);
    }
    assert_eq!(app.state.store.periodic_jobs_failing().await.unwrap(), 1);
    app.gateway.is_well();
    round().await;
    assert_eq!((app.state.store.periodic_jobs_failing().await.unwrap(), row("error").await), (0, "-".to_owned()));
}
