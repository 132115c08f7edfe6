//! The job worker: a queued job is done once, by one of several workers, and one that can't be done keeps no other waiting.

use crate::house::{House, profile, seed::ANA};
use contract::Instant;
use serde_json::{Value, json};
use server::{
    clock::Clock,
    error::Result,
    jobs::{clean_up, worker},
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

async fn queue(house: &House, payload: &Value) {
    let mut tx = house.app.store.begin().await.unwrap();
    enqueue(&mut tx, Kind::AccountRequest, payload, house.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

fn reset() -> Value {
    json!({ "reset": { "email": ANAS } })
}

async fn claim(app: &App) -> Option<Job> {
    let now = app.clock.now();
    app.store.claim_job(&Kind::NAMES, now, now.plus_millis(60_000)).await.unwrap()
}

async fn resets(house: &House) -> i64 {
    house.number("SELECT COUNT(*) FROM link WHERE purpose = 'reset'").await
}

async fn queued(house: &House) -> i64 {
    house.number("SELECT COUNT(*) FROM job").await
}

#[tokio::test]
async fn a_job_is_there_if_and_only_if_its_cause_is() {
    let house = House::open().await;
    let mut tx = house.app.store.begin().await.unwrap();
    enqueue(&mut tx, Kind::AccountRequest, &reset(), house.app.clock.now()).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(queued(&house).await, 0);
    queue(&house, &reset()).await;
    assert_eq!(queued(&house).await, 1);
}

#[tokio::test]
async fn a_job_that_fails_is_tried_later_each_time_and_set_aside_in_the_end_and_keeps_no_other_waiting() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    queue(&house, &json!({ "nothing_of_ours": {} })).await;
    queue(&house, &reset()).await;
    house.jobs().await;
    assert_eq!((resets(&house).await, queued(&house).await), (1, 1));
    assert_eq!(house.text("SELECT error FROM job").await, "Fault");
    let mut last = 0;
    for tries in 1..worker::MOST_TRIES {
        assert_eq!(house.number("SELECT tries FROM job").await, tries);
        let wait = house.number("SELECT due_at FROM job").await - house.app.clock.now().millis();
        assert!(wait > last.min(500_000), "{tries}: {wait} ms after {last}");
        last = wait / 2;
        house.jobs().await;
        assert_eq!(house.number("SELECT tries FROM job").await, tries, "it is not due yet");
        house.move_clock(wait / 1_000 + 1).await;
        house.jobs().await;
    }
    assert_eq!(house.app.store.jobs_set_aside().await.unwrap(), 1);
    house.move_clock(24 * HOUR).await;
    house.jobs().await;
    assert_eq!(house.number("SELECT tries FROM job").await, worker::MOST_TRIES, "nobody runs it any more");
    // It holds what somebody typed: it does not stay for ever.
    clean_up::until(&house.app, house.app.clock.now().plus_millis(31 * 24 * HOUR * 1_000)).await;
    assert_eq!(queued(&house).await, 0);
}

#[tokio::test]
async fn a_panic_ends_its_job_and_nothing_else() {
    let house = House::open().await;
    queue(&house, &json!("poisoned")).await;
    queue(&house, &json!("good")).await;
    worker::round_of(&house.app, panics_if_poisoned).await;
    let left: Vec<String> =
        [house.text("SELECT payload FROM job").await, house.text("SELECT error FROM job").await].into();
    assert_eq!(left, ["\"poisoned\"", "panic"]);
    assert_eq!(house.number("SELECT tries FROM job").await, 1);
}

async fn panics_if_poisoned(app: App, job: Job) -> Result<()> {
    assert_ne!(job.payload, "\"poisoned\"");
    let mut tx = app.store.begin().await?;
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

async fn hangs_if_stuck(app: App, job: Job) -> Result<()> {
    if job.payload == "\"stuck\"" {
        pending::<()>().await;
    }
    panics_if_poisoned(app, job).await
}

#[tokio::test]
async fn while_jobs_wait_another_that_is_due_is_done() {
    let house = House::open().await;
    for _ in 0..3 {
        queue(&house, &json!("stuck")).await;
    }
    queue(&house, &json!("good")).await;
    let later = async {
        until("the one that was due with them", async || queued(&house).await == 3).await;
        // Nor does one that comes while they wait.
        queue(&house, &json!("good")).await;
        house.app.wake_worker();
        until("the one that came later", async || queued(&house).await == 3).await;
    };
    tokio::select! {
        () = worker::round_of(&house.app, hangs_if_stuck) => panic!("it ended before what hangs"),
        () = later => {}
    }
    assert_eq!(house.number("SELECT COUNT(*) FROM job WHERE tries = 1 AND error IS NULL").await, 3);
}

#[tokio::test]
async fn each_job_has_a_time_limit_of_its_own_and_what_hangs_fails_by_it() {
    let house = House::open().await;
    let mut settings = house.app.settings.clone();
    settings.limits.step_time = Duration::from_millis(500);
    let clock = Clock::starting_at(house.app.clock.now());
    let app = State::new(settings, profile(), house.app.store.clone(), clock, house.line.clone());
    for payload in ["stuck", "stuck", "poisoned", "good"] {
        queue(&house, &json!(payload)).await;
    }
    assert!(tokio::time::timeout(SOON, worker::round_of(&app, hangs_if_stuck)).await.is_ok(), "it never ends");
    assert_eq!(house.number("SELECT COUNT(*) FROM job WHERE error = 'time-out' AND tries = 1").await, 2);
    assert_eq!(house.number("SELECT COUNT(*) FROM job WHERE error = 'panic' AND tries = 1").await, 1);
    assert_eq!(queued(&house).await, 3);
}

#[tokio::test]
async fn four_jobs_run_at_once_and_no_more() {
    let house = House::open().await;
    for _ in 0..9 {
        queue(&house, &json!("good")).await;
    }
    let (running, most, gate) =
        (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let work = |app: App, job: Job| {
        let (running, most, gate) = (running.clone(), most.clone(), gate.clone());
        async move {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            drop(gate.acquire().await);
            running.fetch_sub(1, Ordering::SeqCst);
            panics_if_poisoned(app, job).await
        }
    };
    let opened = async {
        until("four run", async || running.load(Ordering::SeqCst) >= 4).await;
        assert_eq!(house.number("SELECT COUNT(*) FROM job WHERE tries > 0").await, 4, "claimed, and not run yet");
        gate.add_permits(9);
    };
    tokio::join!(worker::round_of(&house.app, work), opened);
    assert_eq!((most.load(Ordering::SeqCst), queued(&house).await), (4, 0));
}

#[tokio::test]
async fn a_job_whose_server_died_is_done_by_another_and_once() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    queue(&house, &reset()).await;
    let dead = claim(&house.app).await.expect("it is due");
    house.jobs().await;
    assert_eq!((resets(&house).await, queued(&house).await), (0, 1), "somebody else has it");
    house.move_clock(61).await;
    house.jobs().await;
    assert_eq!((resets(&house).await, queued(&house).await), (1, 0));
    // Not dead but slow: its claim has lapsed, and it finishes nothing.
    queue(&house, &reset()).await;
    let slow = claim(&house.app).await.expect("it is due");
    house.move_clock(61).await;
    let other = claim(&house.app).await.expect("its claim has lapsed");
    let mut tx = house.app.store.begin().await.unwrap();
    for job in [&dead, &slow] {
        assert!(!finish(&mut tx, job).await.unwrap());
    }
    assert!(finish(&mut tx, &other).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn of_many_workers_that_look_at_once_each_claims_another_job() {
    let house = House::open().await;
    let (second, _) = house.second_server().await;
    for _ in 0..4 {
        queue(&house, &reset()).await;
    }
    let claims = tokio::join!(claim(&house.app), claim(&second), claim(&house.app), claim(&second), claim(&second));
    let mut claimed: Vec<String> =
        [claims.0, claims.1, claims.2, claims.3, claims.4].into_iter().flatten().map(|job| job.id).collect();
    // Over PostgreSQL one that is just being claimed is passed over, so somebody may find nothing; nobody finds another's.
    let found = claimed.len();
    claimed.sort();
    claimed.dedup();
    assert!(found == claimed.len() && (1..=4).contains(&found), "{claimed:?}");
}

#[tokio::test]
async fn a_job_of_a_kind_that_only_a_later_version_knows_waits_for_its_servers() {
    let house = House::open().await;
    queue(&house, &reset()).await;
    sqlx::query("UPDATE job SET kind = 'autopay'").execute(&house.app.store.write).await.unwrap();
    house.jobs().await;
    assert_eq!((queued(&house).await, house.number("SELECT tries FROM job").await), (1, 0));
    let now = house.app.clock.now();
    let claimed = house.app.store.claim_job(&["account_request", "autopay"], now, now.plus_millis(1)).await.unwrap();
    assert_eq!(claimed.expect("a later version knows it").kind, "autopay");
}

#[tokio::test]
async fn what_an_earlier_version_queued_is_done_by_this_one_once() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    old_errand(&house, &reset()).await;
    house.jobs().await;
    assert_eq!(resets(&house).await, 0, "the server that wrote it comes first");
    let look = || worker::look_after(&house.app);
    let (one, other) = tokio::join!(look(), look());
    one.and(other).unwrap();
    house.jobs().await;
    assert_eq!((resets(&house).await, queued(&house).await), (1, 0));
    assert_eq!(house.number("SELECT COUNT(*) FROM errand").await, 0);
}

/// As a server of the version before wrote it.
pub async fn old_errand(house: &House, detail: &Value) {
    let sql = "INSERT INTO errand (id, detail, created_at, next_try_at) VALUES ($1, $2, $3, $3)";
    let id = id_at(house.app.clock.now(), house.number("SELECT COUNT(*) FROM errand").await);
    let insert = sqlx::query(sql).bind(id).bind(detail.to_string()).bind(house.app.clock.now().millis());
    insert.execute(&house.app.store.write).await.unwrap();
}

fn id_at(now: Instant, number: i64) -> String {
    format!("{:012x}-{number:04}", now.millis())
}
