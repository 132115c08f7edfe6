//! The job worker: a queued job is done once, by one of several workers, and one that can't be done keeps no other
//! waiting.

use crate::test_app::{TestApp, profile, seed::ANA};
use contract::Instant;
use serde_json::{Value, json};
use server::{
    clock::Clock,
    error::Result,
    jobs::{clean_up, queued},
    state::{App, State},
    store::jobs::{Job, Kind, enqueue, finish},
};
use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::Semaphore;

/// On a busy machine.
const SOON: Duration = Duration::from_secs(20);

const ANAS: &str = "ana@example.org";
const HOUR: i64 = 3_600;

async fn queue(app: &TestApp, payload: &Value) {
    let mut tx = app.state.store.begin().await.unwrap();
    let now = app.state.clock.now();
    enqueue(&mut tx, Kind::AccountRequest, payload, (now, now)).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn queue_reset(app: &TestApp) {
    queue(app, &reset()).await;
}

fn reset() -> Value {
    json!({ "reset": { "email": ANAS } })
}

async fn claim(state: &App) -> Option<Job> {
    let now = state.clock.now();
    claim_of(state, Kind::AccountRequest.name(), now.plus_millis(60_000)).await
}

async fn claim_of(state: &App, kind: &str, until: Instant) -> Option<Job> {
    state.store.claim_jobs(kind, 1, state.clock.now(), until).await.unwrap().pop()
}

pub async fn resets(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM link WHERE purpose = 'reset'").await
}

async fn queued(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM job").await
}

#[tokio::test]
async fn a_job_is_there_if_and_only_if_its_cause_is() {
    let app = TestApp::open().await;
    let mut tx = app.state.store.begin().await.unwrap();
    let now = app.state.clock.now();
    enqueue(&mut tx, Kind::AccountRequest, &reset(), (now, now)).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(queued(&app).await, 0);
    queue(&app, &reset()).await;
    assert_eq!(queued(&app).await, 1);
}

#[tokio::test]
async fn a_job_that_fails_is_tried_later_each_time_and_set_aside_in_the_end_and_keeps_no_other_waiting() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    queue(&app, &json!({ "nothing_of_ours": {} })).await;
    queue(&app, &reset()).await;
    app.jobs().await;
    assert_eq!((resets(&app).await, queued(&app).await), (1, 1));
    assert_eq!(app.text("SELECT error FROM job").await, "Fault");
    let mut last = 0;
    for tries in 1..queued::MOST_TRIES {
        assert_eq!(app.number("SELECT tries FROM job").await, tries);
        let wait = app.number("SELECT due_at FROM job").await - app.state.clock.now().millis();
        assert!(wait > last.min(500_000), "{tries}: {wait} ms after {last}");
        last = wait / 2;
        app.jobs().await;
        assert_eq!(app.number("SELECT tries FROM job").await, tries, "it is not due yet");
        app.move_clock(wait / 1_000 + 1).await;
        app.jobs().await;
    }
    assert_eq!(app.state.store.jobs_set_aside().await.unwrap(), 1);
    app.move_clock(24 * HOUR).await;
    app.jobs().await;
    assert_eq!(app.number("SELECT tries FROM job").await, queued::MOST_TRIES, "nobody runs it any more");
    // It holds what somebody typed: it does not stay for ever.
    clean_up::until(&app.state, app.state.clock.now().plus_millis(31 * 24 * HOUR * 1_000)).await.unwrap();
    assert_eq!(queued(&app).await, 0);
}

#[tokio::test]
async fn a_panic_ends_its_job_and_nothing_else() {
    let app = TestApp::open().await;
    queue(&app, &json!("poisoned")).await;
    queue(&app, &json!("good")).await;
    run(&app.state, panics_if_poisoned).await;
    let left: Vec<String> = [app.text("SELECT payload FROM job").await, app.text("SELECT error FROM job").await].into();
    assert_eq!(left, ["\"poisoned\"", "panic"]);
    assert_eq!(app.number("SELECT tries FROM job").await, 1);
}

/// Everything that is due, by something else than what runs account requests.
async fn run<F>(state: &App, work: impl Fn(App, Job) -> F + Copy)
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    queued::round_of(state, Kind::AccountRequest, work).await.unwrap();
}

async fn panics_if_poisoned(state: App, job: Job) -> Result<()> {
    assert_ne!(job.payload, "\"poisoned\"");
    let mut tx = state.store.begin().await?;
    finish(&mut tx, &job).await?;
    Ok(tx.commit().await?)
}

/// Looks again until it holds. Fails if that takes as long as a step of a task may, or nearly.
async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let looks = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(tokio::time::timeout(SOON, looks).await.is_ok(), "never: {what}");
}

async fn hangs_if_stuck(state: App, job: Job) -> Result<()> {
    if job.payload == "\"stuck\"" {
        pending::<()>().await;
    }
    panics_if_poisoned(state, job).await
}

#[tokio::test]
async fn while_jobs_wait_another_that_is_due_is_done() {
    let app = TestApp::open().await;
    for _ in 0..3 {
        queue(&app, &json!("stuck")).await;
    }
    queue(&app, &json!("good")).await;
    let later = async {
        until("the one that was due with them", async || queued(&app).await == 3).await;
        // Nor does one that comes while they wait.
        queue(&app, &json!("good")).await;
        app.state.wake_worker();
        until("the one that came later", async || queued(&app).await == 3).await;
    };
    tokio::select! {
        () = run(&app.state, hangs_if_stuck) => panic!("it ended before what hangs"),
        () = later => {}
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM job WHERE tries = 1 AND error IS NULL").await, 3);
}

#[tokio::test]
async fn each_job_has_a_time_limit_of_its_own_and_what_hangs_fails_by_it() {
    let app = TestApp::open().await;
    let mut settings = app.state.settings.clone();
    // Longer than a panic takes that prints where it was.
    settings.limits.step_time = Duration::from_secs(4);
    let clock = Clock::starting_at(app.state.clock.now());
    let state = State::new(settings, profile(), app.state.store.clone(), clock, app.line.clone());
    for payload in ["stuck", "stuck", "poisoned", "good"] {
        queue(&app, &json!(payload)).await;
    }
    assert!(tokio::time::timeout(SOON, run(&state, hangs_if_stuck)).await.is_ok(), "it never ends");
    assert_eq!(app.number("SELECT COUNT(*) FROM job WHERE error = 'time-out' AND tries = 1").await, 2);
    // Tried again while the others hang.
    assert_eq!(app.number("SELECT COUNT(*) FROM job WHERE error = 'panic' AND tries > 1").await, 1);
    assert_eq!(queued(&app).await, 3);
}

#[tokio::test]
async fn four_jobs_run_at_once_and_no_more() {
    let app = TestApp::open().await;
    for _ in 0..9 {
        queue(&app, &json!("good")).await;
    }
    let (running, most, gate) =
        (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let work = |state: App, job: Job| {
        let (running, most, gate) = (running.clone(), most.clone(), gate.clone());
        async move {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            drop(gate.acquire().await);
            running.fetch_sub(1, Ordering::SeqCst);
            panics_if_poisoned(state, job).await
        }
    };
    let opened = async {
        until("four run", async || running.load(Ordering::SeqCst) >= 4).await;
        assert_eq!(app.number("SELECT COUNT(*) FROM job WHERE tries > 0").await, 4, "claimed, and not run yet");
        gate.add_permits(9);
    };
    tokio::join!(run(&app.state, work), opened);
    assert_eq!((most.load(Ordering::SeqCst), queued(&app).await), (4, 0));
}

#[tokio::test]
async fn a_job_whose_server_died_is_done_by_another_and_once() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    queue(&app, &reset()).await;
    let dead = claim(&app.state).await.expect("it is due");
    app.jobs().await;
    assert_eq!((resets(&app).await, queued(&app).await), (0, 1), "somebody else has it");
    app.move_clock(61).await;
    app.jobs().await;
    assert_eq!((resets(&app).await, queued(&app).await), (1, 0));
    // Not dead but slow: its claim has lapsed, and it finishes nothing.
    queue(&app, &reset()).await;
    let slow = claim(&app.state).await.expect("it is due");
    app.move_clock(61).await;
    let other = claim(&app.state).await.expect("its claim has lapsed");
    let mut tx = app.state.store.begin().await.unwrap();
    for job in [&dead, &slow] {
        assert!(!finish(&mut tx, job).await.unwrap());
    }
    assert!(finish(&mut tx, &other).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_job_that_takes_its_server_with_it_is_set_aside_in_the_end() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    queue(&app, &reset()).await;
    for _ in 0..queued::MOST_TRIES {
        claim(&app.state).await.expect("it is due, and whoever claims it dies");
        app.move_clock(61).await;
    }
    app.jobs().await;
    assert_eq!((resets(&app).await, app.state.store.jobs_set_aside().await.unwrap()), (0, 1));
    assert_eq!(app.text("SELECT error FROM job").await, "no try came to an end");
}

#[tokio::test]
async fn a_job_is_not_begun_before_it_is_due() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let now = app.state.clock.now();
    let mut tx = app.state.store.begin().await.unwrap();
    enqueue(&mut tx, Kind::AccountRequest, &reset(), (now, now.plus_millis(HOUR * 1_000))).await.unwrap();
    tx.commit().await.unwrap();
    app.jobs().await;
    assert_eq!((resets(&app).await, queued(&app).await), (0, 1));
    app.move_clock(HOUR).await;
    app.jobs().await;
    assert_eq!((resets(&app).await, queued(&app).await), (1, 0));
}

#[tokio::test]
async fn at_a_shutdown_jobs_that_run_are_done_and_no_other_is_begun() {
    let app = TestApp::open().await;
    for _ in 0..5 {
        queue(&app, &json!("good")).await;
    }
    let (running, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let work = |state: App, job: Job| {
        let (running, gate) = (running.clone(), gate.clone());
        async move {
            running.fetch_add(1, Ordering::SeqCst);
            drop(gate.acquire().await);
            panics_if_poisoned(state, job).await
        }
    };
    let stopped = async {
        until("four run", async || running.load(Ordering::SeqCst) == 4).await;
        app.state.tasks.end(SOON).await;
        gate.add_permits(5);
    };
    tokio::join!(run(&app.state, work), stopped);
    assert_eq!((running.load(Ordering::SeqCst), app.number("SELECT COUNT(*) FROM job WHERE tries = 0").await), (4, 1));
    assert_eq!(queued(&app).await, 1);
}

#[tokio::test]
async fn of_many_workers_that_look_at_once_each_claims_another_job() {
    let app = TestApp::open().await;
    let (second, _) = app.second_server().await;
    for _ in 0..4 {
        queue(&app, &reset()).await;
    }
    let claims = tokio::join!(claim(&app.state), claim(&second), claim(&app.state), claim(&second), claim(&second));
    let mut claimed: Vec<String> =
        [claims.0, claims.1, claims.2, claims.3, claims.4].into_iter().flatten().map(|job| job.id).collect();
    // Over PostgreSQL one that is just being claimed is passed over, so somebody may find nothing; nobody finds
    // another's.
    let found = claimed.len();
    claimed.sort();
    claimed.dedup();
    assert!(found == claimed.len() && (1..=4).contains(&found), "{claimed:?}");
}

#[tokio::test]
async fn a_job_of_a_kind_that_only_a_later_version_knows_waits_for_its_servers() {
    let app = TestApp::open().await;
    queue(&app, &reset()).await;
    sqlx::query("UPDATE job SET kind = 'autopay'").execute(&app.state.store.write).await.unwrap();
    app.jobs().await;
    assert_eq!((queued(&app).await, app.number("SELECT tries FROM job").await), (1, 0));
    let now = app.state.clock.now();
    let claimed = claim_of(&app.state, "autopay", now.plus_millis(1)).await;
    assert_eq!(claimed.expect("a later version knows it").kind, "autopay");
}

#[tokio::test]
async fn what_an_earlier_version_queued_is_done_by_this_one_once() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    old_job(&app, &reset()).await;
    app.jobs().await;
    assert_eq!(resets(&app).await, 0, "the server that wrote it comes first");
    let look = || clean_up::adopt_old_jobs(&app.state);
    let (one, other) = tokio::join!(look(), look());
    one.and(other).unwrap();
    app.jobs().await;
    assert_eq!((resets(&app).await, queued(&app).await), (1, 0));
    assert_eq!(app.number("SELECT COUNT(*) FROM errand").await, 0);
}

/// As a server of the version before wrote it.
pub async fn old_job(app: &TestApp, detail: &Value) {
    let sql = "INSERT INTO errand (id, detail, created_at, next_try_at) VALUES ($1, $2, $3, $3)";
    let id = id_at(app.state.clock.now(), app.number("SELECT COUNT(*) FROM errand").await);
    let insert = sqlx::query(sql).bind(id).bind(detail.to_string()).bind(app.state.clock.now().millis());
    insert.execute(&app.state.store.write).await.unwrap();
}

fn id_at(now: Instant, number: i64) -> String {
    format!("{:012x}-{number:04}", now.millis())
}
