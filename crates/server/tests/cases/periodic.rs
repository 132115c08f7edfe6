//! Periodic jobs: one of several servers does each, and nothing that waits keeps another kind of work waiting.

use crate::test_app::{TestApp, VISA, call::Call, line::Cut, mail_server::MailServer, new_key, seed::ANA};
use serde_json::json;
use server::{
    error::Result,
    jobs::{
        self,
        periodic::{self, Periodic},
        send_mail::Mailer,
        worker::{self, Queue},
    },
    state::App,
};
use std::{
    future::{Ready, ready},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// On a busy machine.
const SOON: Duration = Duration::from_secs(30);

/// Work that only counts how often it was done.
pub fn counts(done: &AtomicUsize) -> impl Fn(App) -> Ready<Result<()>> + Copy {
    move |_| {
        done.fetch_add(1, Ordering::SeqCst);
        ready(Ok(()))
    }
}

async fn round<F>(state: &App, work: impl Fn(App) -> F + Copy)
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    periodic::round_of(state, Periodic::CleanUp, work).await.unwrap();
}

/// Tries in a row that failed, when it is due again from now, and the last error.
async fn row(app: &TestApp) -> (i64, i64, String) {
    let due = app.number("SELECT due_at FROM job WHERE id = 'clean_up'").await - app.state.clock.now().millis();
    let error = app.text("SELECT COALESCE(error, '') FROM job WHERE id = 'clean_up'").await;
    (app.number("SELECT tries FROM job WHERE id = 'clean_up'").await, due, error)
}

#[tokio::test]
async fn a_periodic_job_is_done_by_one_of_several_servers_each_time_it_is_due() {
    let app = TestApp::open().await;
    let (second, _) = app.second_server().await;
    let done = AtomicUsize::new(0);
    let work = counts(&done);
    for times in 1..=3 {
        tokio::join!(round(&app.state, work), round(&second, work), round(&app.state, work));
        assert_eq!(done.load(Ordering::SeqCst), times);
        let (tries, due, error) = row(&app).await;
        assert!(tries == 0 && (50_000..=60_000).contains(&due) && error.is_empty(), "{tries} {due} {error}");
        assert_eq!(app.number("SELECT COUNT(*) FROM job").await, 1);
        let ahead = second.clock.now().millis() - app.state.clock.now().millis();
        app.state.clock.move_on(60_000);
        second.clock.move_on(60_000 - ahead.min(0));
    }
}

#[tokio::test]
async fn a_periodic_job_that_fails_is_tried_again_and_one_whose_server_died_is_done_by_another() {
    let app = TestApp::open().await;
    for tries in 1..=20 {
        round(&app.state, |_| async { panic!("each time") }).await;
        let (counted, due, error) = row(&app).await;
        assert!(counted == tries && (0..=61_000).contains(&due) && error == "panic", "{counted} {due} {error}");
        app.state.clock.move_on(due);
    }
    assert_eq!(app.state.store.periodic_jobs_failing().await.unwrap(), 1, "it is told");
    round(&app.state, |_| async { Ok(()) }).await;
    let (tries, due, error) = row(&app).await;
    assert!(tries == 0 && due > 0 && error.is_empty(), "{tries} {due} {error}");
    // Claimed by a server that is gone.
    app.state.clock.move_on(due);
    let now = app.state.clock.now();
    let far = now.plus_millis(3_600_000);
    let claim = app.state.store.claim_periodic("clean_up", now, now.plus_millis(60_000), far).await.unwrap();
    assert_eq!(claim.map(|job| job.tries), Some(1));
    round(&app.state, |_| async { panic!("somebody else has it") }).await;
    app.state.clock.move_on(60_000);
    round(&app.state, |_| async { Ok(()) }).await;
    assert_eq!(row(&app).await.0, 0);
}

#[tokio::test]
async fn a_periodic_job_that_a_clock_far_ahead_put_off_is_done_all_the_same() {
    let app = TestApp::open().await;
    round(&app.state, |_| async { Ok(()) }).await;
    let a_year = "UPDATE job SET due_at = due_at + 31536000000";
    sqlx::query(a_year).execute(&app.state.store.write).await.unwrap();
    round(&app.state, |_| async { Ok(()) }).await;
    assert!(row(&app).await.1 <= 60_000);
}

/// As another version does, whose claims and intervals are longer than those of this one.
#[tokio::test]
async fn a_periodic_job_that_another_version_does_less_often_or_takes_longer_for_is_left_to_it() {
    let app = TestApp::open().await;
    let (hour, now) = (3_600_000, app.state.clock.now());
    let claim = async |at: i64, hours: i64| {
        let [now, until] = [at, at + hours * hour].map(|millis| now.plus_millis(millis));
        app.state.store.claim_periodic("clean_up", now, until, until).await.unwrap()
    };
    let done = AtomicUsize::new(0);
    let work = counts(&done);
    let claimed = claim(0, 10).await.expect("it is due");
    app.state.clock.move_on(9 * hour);
    round(&app.state, work).await;
    assert_eq!(done.load(Ordering::SeqCst), 0, "the other server has it");
    let ended = app.state.clock.now();
    app.state.store.put_periodic_off(&claimed, None, ended, ended.plus_millis(24 * hour)).await.unwrap();
    app.state.clock.move_on(23 * hour);
    round(&app.state, work).await;
    assert_eq!(done.load(Ordering::SeqCst), 0, "it is not due yet");
    app.state.clock.move_on(hour);
    round(&app.state, work).await;
    assert_eq!(done.load(Ordering::SeqCst), 1);
    assert!((50_000..=60_000).contains(&row(&app).await.1), "this version does it once a minute");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_that_never_answers_keeps_no_payment_and_no_request_waiting() {
    let (app, deaf) = (TestApp::open().await, MailServer::open_slow(Duration::from_secs(3_600)).await);
    app.register(&ANA, "ana@example.org").await;
    for at in 0..20 {
        let sql = "INSERT INTO outbox (id, cause, to_address, subject, body_text, body_html, created_at, next_try_at, is_secret) \
                   VALUES ($1, 'x', 'ana@example.org', 'Receipt', 'Thank you.', '', 0, 0, 1)";
        sqlx::query(sql).bind(format!("held-{at}")).execute(&app.state.store.write).await.unwrap();
    }
    jobs::supervise(&app.state, Some(Mailer::new(&deaf.url, "Plan <bills@example.org>").unwrap()), None);
    let tried = "SELECT COUNT(*) FROM outbox WHERE tries = 1";
    until("all that may wait for the mail server do", async || app.number(tried).await == 8).await;
    app.ask(Call::post("/password-resets").json(&json!({ "email": "ana@example.org" }))).await.is(202);
    let resets = "SELECT COUNT(*) FROM link WHERE purpose = 'reset'";
    until("the request is done", async || app.number(resets).await == 1).await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    app.line.cut(Cut::After);
    app.pay(&ana, &new_key(), &order).await.is_refused(409, "key_in_use");
    app.line.cut(Cut::Nowhere);
    until("the payment is settled", async || app.text("SELECT state FROM payment").await == "paid").await;
    assert_eq!(app.number(tried).await, 8);
    app.state.tasks.end(Duration::from_millis(100)).await;
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let looks = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(SOON, looks).await.is_ok(), "never: {what}");
}

#[tokio::test]
async fn a_queue_that_was_given_more_jobs_than_it_asked_for_does_them_all() {
    let app = TestApp::open().await;
    let done = Arc::new(AtomicUsize::new(0));
    let queue = Queue { name: "many", slots: 2, every: Duration::from_millis(5), limit: SOON, is_woken: false };
    let taken = AtomicUsize::new(0);
    let take = |_| {
        let many = if taken.fetch_add(1, Ordering::SeqCst) == 0 { 5 } else { 0 };
        let jobs: Vec<_> = (0..many).map(|_| done.clone()).collect();
        async move {
            Ok(jobs.into_iter().map(|done| async move {
                tokio::task::yield_now().await;
                done.fetch_add(1, Ordering::SeqCst);
            }))
        }
    };
    worker::round(&app.state, queue, take).await.unwrap();
    assert_eq!(done.load(Ordering::SeqCst), 5);
}
