//! `/readyz` says within a second what can't be done, and nothing that is secret; `/healthz` says only that the process
//! lives.

use crate::{
    KIND,
    test_app::{PROFILE, TestApp, call::Response, database::Kind, profile, secrets},
};
use axum::{Router, body::Body, http::Request};
use serde_json::json;
use server::{
    clock::Clock,
    settings::Settings,
    state::{App, State},
    store,
};
use sqlx::{AnyConnection, Connection};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tower::ServiceExt;

async fn ask(state: &App, path: &str) -> Response {
    let router: Router = server::http::service(state).unwrap();
    let answer = router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    let text = String::from_utf8(axum::body::to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
    Response { status: parts.status, headers: parts.headers, bytes: text.clone().into(), text }
}

/// Asked until it says so; each answer comes within a second, and a little for a busy machine.
async fn assert_readiness(state: &App, status: u16, failed: &[&str]) {
    let began = Instant::now();
    loop {
        let asked = Instant::now();
        let answer = ask(state, "/readyz").await;
        assert!(asked.elapsed() < Duration::from_millis(1_900), "{:?}", asked.elapsed());
        let expected = json!({ "ready": status == 200, "failed": failed });
        if answer.status.as_u16() == status && answer.json() == expected {
            assert_eq!(answer.header("cache-control"), "no-store");
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{} {}", answer.status, answer.text);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The same server, whose database is said to be elsewhere.
fn over(app: &TestApp, database_url: &str) -> App {
    let settings =
        Settings::parse(["--database-url", database_url, "--profile", PROFILE].map(str::to_owned), secrets()).unwrap();
    State::new(
        settings,
        profile(),
        app.state.store.clone(),
        Clock::starting_at(app.state.clock.now()),
        app.line.clone(),
    )
}

#[tokio::test]
async fn ready_means_that_something_was_written_and_read() {
    let app = TestApp::open().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM readiness").await, 0);
    let days_ago = app.state.clock.now().millis() - 2 * 86_400_000;
    store::readiness::write(&app.state.store.write, "a server that is long gone", days_ago).await.unwrap();
    assert_readiness(&app.state, 200, &[]).await;
    assert_readiness(&app.state, 200, &[]).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM readiness").await, 1);
    let now = app.state.clock.now().millis();
    assert!(now - app.number("SELECT written_at FROM readiness").await < 60_000);
}

#[tokio::test]
async fn a_database_that_takes_no_writes_is_told_and_is_ready_again_afterwards() {
    let app = TestApp::open().await;
    let mut other = AnyConnection::connect(&app.state.settings.database_url).await.unwrap();
    let lock = match KIND {
        Kind::Sqlite => "BEGIN IMMEDIATE",
        Kind::Postgres => "BEGIN; LOCK TABLE readiness IN SHARE MODE",
    };
    sqlx::raw_sql(lock).execute(&mut other).await.unwrap();
    assert_readiness(&app.state, 503, &["database_write"]).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(ask(&app.state, "/readyz").await.status, 503, "and is told for as long as it is so");
    assert_eq!(ask(&app.state, "/healthz").await.text, "ok");
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    assert_readiness(&app.state, 200, &[]).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM readiness").await, 1);
}

#[tokio::test]
async fn a_database_that_is_away_or_silent_is_told_within_a_second_whatever_the_pools_do() {
    let app = TestApp::open().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_url = format!("postgres://kppay:hunter2@{}/kppay", silent.local_addr().unwrap());
    for url in ["postgres://kppay:hunter2@127.0.0.1:1/kppay", &silent_url] {
        let state = over(&app, url);
        assert_readiness(&state, 503, &["database"]).await;
        assert_eq!(ask(&state, "/healthz").await.text, "ok");
    }
}

#[tokio::test]
async fn a_shutdown_is_told_before_the_listener_closes() {
    let app = TestApp::open().await;
    assert_readiness(&app.state, 200, &[]).await;
    app.state.readiness.drain();
    assert_readiness(&app.state, 503, &["stopping"]).await;
    assert_eq!(ask(&app.state, "/healthz").await.status, 200);
    assert_eq!(ask(&app.state, "/api/v1/portal").await.status, 200, "it still serves");
}

/// How many connections were made to a database that never answers: each look makes one.
async fn looks(silent: tokio::net::TcpListener) -> Arc<AtomicUsize> {
    let looks = Arc::new(AtomicUsize::new(0));
    let counted = looks.clone();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = silent.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            held.push(stream);
        }
    });
    looks
}

#[tokio::test]
async fn many_who_ask_at_once_or_one_after_another_cost_one_look() {
    let app = Arc::new(TestApp::open().await);
    assert_readiness(&app.state, 200, &[]).await;
    let asked = (0..200).map(|_| {
        let app = app.clone();
        tokio::spawn(async move { app.state.readiness.failed(&app.state).await })
    });
    for failed in asked.collect::<Vec<_>>() {
        assert_eq!(failed.await.unwrap(), [""; 0]);
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM readiness").await, 1);

    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let state = over(&app, &format!("postgres://kppay@{}/kppay", silent.local_addr().unwrap()));
    let looks = looks(silent).await;
    let asked = (0..200).map(|_| {
        let state = state.clone();
        tokio::spawn(async move { state.readiness.failed(&state).await })
    });
    let asked = asked.collect::<Vec<_>>();
    for failed in asked {
        assert_eq!(failed.await.unwrap(), ["database"]);
    }
    for _ in 0..20 {
        assert_eq!(state.readiness.failed(&state).await, ["database"]);
    }
    assert_eq!(looks.load(Ordering::SeqCst), 1);
}
