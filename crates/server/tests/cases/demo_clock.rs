//! The demo's clock, with more than one server over one database: it is moved for all of them and for the processor, or
//! for none.

use crate::test_app::{
    ORIGIN, TestApp, ask_outside,
    call::Call,
    database::{Database, Kind},
    now, profile,
};
use contract::portal::Capture;
use serde_json::json;
use server::{
    billing::processor::Sandbox,
    clock::Clock,
    demo,
    state::{App, State},
    store::{Store, owner},
};
use std::{sync::Arc, time::Duration};

const HOUR: i64 = 3_600;

#[tokio::test]
async fn the_demo_answers_only_who_asks_for_this_machine_by_its_name() {
    let app = demo_app().await;
    let figures = |app: &TestApp, host: &str| {
        ask_outside(server::http::figures(&app.state.settings), Call::get("/metrics").header("host", host))
    };
    for path in ["/demo/mail", "/demo/members", "/api/v1/portal", "/healthz"] {
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "pay.localhost"] {
            app.ask_outside(Call::get(path).header("host", host)).await.is(200);
            figures(&app, host).await.is(200);
        }
        for host in
            ["pay.example.org", "127.0.0.1.example.org:8080", "localhost.example.org", "192.0.2.1:8080", "", "?"]
        {
            app.ask_outside(Call::get(path).header("host", host)).await.is(421);
            figures(&app, host).await.is(421);
        }
    }
    let deployed = TestApp::open().await;
    deployed.ask_outside(Call::get("/healthz").header("host", "pay.example.org")).await.is(200);
    figures(&deployed, "pay.example.org").await.is(200);
}

async fn demo_app() -> TestApp {
    TestApp::open_with(&["--public-origin", ORIGIN, "--demo"]).await
}

fn moves(seconds: i64) -> Call {
    Call::post("/demo/clock").json(&json!({ "seconds": seconds }))
}

/// Another server over the same database, with nobody where its processor should be.
async fn without_processor(app: &TestApp) -> App {
    let settings = app.state.settings.clone();
    let store = Store::open(&settings.database_url).await.unwrap();
    let nobody = Sandbox::new("http://127.0.0.1:1".to_owned(), "secret".to_owned(), Duration::from_secs(1)).unwrap();
    State::new(settings, profile(), store, Clock::starting_at(now::now()), Arc::new(nobody))
}

fn hours_moved(state: &State) -> i64 {
    (state.clock.now().millis() - state.clock.unmoved().millis() + 1_000) / 3_600_000
}

#[tokio::test]
async fn of_two_servers_that_move_the_clock_at_once_neither_is_forgotten() {
    let app = demo_app().await;
    let (other, router) = app.second_server().await;
    let both = tokio::join!(app.ask_outside(moves(HOUR)), ask_outside(router, moves(2 * HOUR)));
    both.0.is(200);
    both.1.is(200);
    assert_eq!(app.number("SELECT value FROM mark WHERE name = 'demo_clock_ahead'").await, 3 * HOUR * 1_000);
    for state in [&app.state, &other] {
        demo::follow_clock(state).await.unwrap();
        assert_eq!(hours_moved(state), 3);
    }
    let off = app.processor_now().millis() - app.state.clock.now().millis();
    assert!(off.abs() < 10_000, "the processor is {off} ms off");
    other.store.close().await;
}

#[tokio::test]
async fn a_clock_that_the_processor_does_not_follow_is_not_moved() {
    let app = demo_app().await;
    let other = without_processor(&app).await;
    let refused = ask_outside(server::http::service(&other).unwrap(), moves(HOUR)).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (503, &json!("unavailable")));
    let too_far = app.ask_outside(moves(i64::from(u32::MAX))).await;
    assert_eq!((too_far.status.as_u16(), &too_far.json()["code"]), (422, &json!("invalid")));
    assert_eq!(app.number("SELECT COUNT(*) FROM mark WHERE name = 'demo_clock_ahead'").await, 0);
    assert_eq!((hours_moved(&app.state), hours_moved(&other)), (0, 0));
    other.store.close().await;
}

#[tokio::test]
async fn a_demo_has_a_database_with_no_rows_or_its_own_and_nobody_else_has_that() {
    let suits = async |url: &str| (owner::suits(url, true).await.unwrap(), owner::suits(url, false).await.unwrap());
    let app = TestApp::open().await;
    assert_eq!(suits(&app.database_url).await, (false, true), "somebody's rows");
    let folder = tempfile::tempdir().unwrap();
    let database = Database::make(crate::KIND, folder.path()).await;
    assert_eq!(suits(&database.url).await, (true, true), "no tables");
    let store = Store::open(&database.url).await.unwrap();
    assert_eq!(suits(&database.url).await, (true, true), "tables without rows");
    let portal = profile().portal(Capture { url: String::new(), origin: String::new() }, true);
    demo::seed(&store, &portal, now::now()).await.unwrap();
    assert_eq!(suits(&database.url).await, (true, false), "a demo's");
    store.close().await;
}

#[tokio::test]
async fn of_a_demo_and_a_deployment_that_start_at_once_one_has_the_database() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::make(crate::KIND, folder.path()).await;
        let store = Store::open(&database.url).await.unwrap();
        let (demo, deployment) = tokio::join!(owner::claim(&store, true), owner::claim(&store, false));
        let (demo, deployment) = (demo.unwrap(), deployment.unwrap());
        assert!(demo != deployment);
        assert_eq!(
            (owner::claim(&store, true).await.unwrap(), owner::claim(&store, false).await.unwrap()),
            (demo, deployment)
        );
        // A demo that ended before it wrote anything else finds its database again, and so does a deployment.
        let suits =
            (owner::suits(&database.url, true).await.unwrap(), owner::suits(&database.url, false).await.unwrap());
        assert_eq!(suits, (demo, deployment));
        store.close().await;
    }
}

#[tokio::test]
async fn whose_a_database_is_depends_on_no_search_path_and_is_not_waited_for() {
    if crate::KIND == Kind::Sqlite {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let [seeded, used] =
        [Database::make(crate::KIND, folder.path()).await, Database::make(crate::KIND, folder.path()).await];
    let elsewhere = |url: &str| format!("{url}?options=-c%20search_path%3Delsewhere");
    let store = Store::open(&seeded.url).await.unwrap();
    assert!(owner::claim(&store, true).await.unwrap());
    store.close().await;
    assert!(!owner::suits(&elsewhere(&seeded.url), false).await.unwrap(), "a demo's, whoever looks");
    assert!(owner::suits(&elsewhere(&seeded.url), true).await.unwrap());
    let mut somebody = <sqlx::AnyConnection as sqlx::Connection>::connect(&used.url).await.unwrap();
    let rows = "CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.mark AS SELECT 1 AS name";
    sqlx::raw_sql(rows).execute(&mut somebody).await.unwrap();
    for url in [used.url.clone(), elsewhere(&used.url)] {
        assert_eq!((owner::suits(&url, true).await.unwrap(), owner::suits(&url, false).await.unwrap()), (false, true));
    }
    let locks = "BEGIN; LOCK TABLE elsewhere.mark IN ACCESS EXCLUSIVE MODE";
    sqlx::raw_sql(locks).execute(&mut somebody).await.unwrap();
    let looked = tokio::time::timeout(std::time::Duration::from_secs(20), owner::suits(&used.url, true)).await;
    assert!(looked.expect("a lock is not waited for without end").is_err());
}
