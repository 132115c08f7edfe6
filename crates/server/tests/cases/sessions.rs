//! How long a session lasts, where one is signed in, and what is left when it is over.

use crate::test_app::{
    PASSWORD, TestApp,
    call::Call,
    cookie,
    seed::{ANA, MEI},
};
use serde_json::{Value, json};
use serve::clock::{Reading, SteadyClock};
use server::{clock::Clock, jobs::clean_up, store::clean_up::LEFTOVERS};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::SeqCst},
    },
    time::Duration,
};

const ANAS: &str = "ana@example.org";
const MINUTE: i64 = 60_000;

#[tokio::test]
async fn a_session_ends_when_idle_and_when_old_and_says_when() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let view = app.ask(Call::get("/session").by(&ana)).await.json();
    let millis = |field: &str| contract::Instant::parse(view[field].as_str().unwrap()).unwrap().millis();
    assert!((15 * MINUTE - (millis("expires_at") - millis("now"))).abs() < 5_000);
    assert!((480 * MINUTE - (millis("ends_at") - millis("now"))).abs() < 5_000);
    for _ in 0..34 {
        app.state.clock.move_on(14 * MINUTE);
        app.ask(Call::write("PATCH", "/session").by(&ana)).await.is(200);
    }
    app.state.clock.move_on(5 * MINUTE);
    app.ask(Call::write("PATCH", "/session").by(&ana)).await.is_refused(401, "signed_out");
    let other = app.sign_in(ANAS).await;
    app.state.clock.move_on(15 * MINUTE);
    app.ask(Call::get("/bills").by(&other)).await.is_refused(401, "signed_out");
}

#[tokio::test]
async fn a_clock_that_was_moved_back_makes_no_session_longer() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    app.ask(Call::get("/bills").by(&ana)).await.is(200);
    let later = "UPDATE session SET created_at = created_at + 7200000, seen_at = seen_at + 7200000";
    sqlx::query(later).execute(&app.state.store.write).await.unwrap();
    app.ask(Call::get("/bills").by(&ana)).await.is_refused(401, "signed_out");
}

#[tokio::test]
async fn under_a_clock_that_is_set_back_a_session_stays_and_still_ends_when_idle() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    // A machine with two clocks: the one on the wall, and the one that only measures.
    let (wall, steady) = (Arc::new(AtomicI64::new(app.state.clock.now().millis())), Arc::new(AtomicI64::new(0)));
    let (own_wall, own_steady) = (wall.clone(), steady.clone());
    let clock = Clock::by(SteadyClock::reading(move || Reading {
        wall_millis: own_wall.load(SeqCst),
        steady: Duration::from_millis(own_steady.load(SeqCst).unsigned_abs()),
    }));
    let passes = |millis: i64| _ = (wall.fetch_add(millis, SeqCst), steady.fetch_add(millis, SeqCst));
    let other = app.at_clock(clock);
    let bills = || other.ask(Call::get("/bills").by(&ana));
    bills().await.is(200);
    wall.fetch_sub(60 * MINUTE, SeqCst);
    bills().await.is(200);
    passes(14 * MINUTE);
    bills().await.is(200);
    // A tenth longer than by a clock that is right.
    passes(17 * MINUTE);
    bills().await.is_refused(401, "signed_out");
}

#[tokio::test]
async fn when_a_session_runs_out_bills_and_amounts_can_be_gone_on_with_and_nothing_private() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let draft = json!({
        "shares": [{ "bill": "visit", "part": "10.00" }], "payer_name": "Ana O’Neill", "email": "ana@example.org",
    });
    for is_swept in [false, true] {
        let payer = app.look_up(&ANA).await;
        app.ask(Call::write("PUT", "/payment-draft").by(&payer).json(&draft)).await.is(204);
        app.state.clock.move_on(15 * MINUTE);
        if is_swept {
            clean_up::until(&app.state, app.state.clock.now()).await.unwrap();
            assert_eq!(app.number("SELECT COUNT(*) FROM session WHERE draft LIKE '%Neill%'").await, 0);
        }
        app.ask(Call::get("/payment-draft").by(&payer)).await.is_refused(401, "signed_out");
        let found = app.ask(Call::post("/bill-lookups").by(&payer).json(&ANA.lookup())).await;
        let back = cookie(found.is(201));
        let kept = app.ask(Call::get("/payment-draft").header("cookie", &back)).await.json();
        assert_eq!((&kept["shares"], kept["payer_name"].as_str()), (&draft["shares"], Some("")));
        assert_ne!(found.json()["capture_binding"], payer.binding);
    }
    // In another browser, or for other bills, nothing is there.
    let elsewhere = app.look_up(&ANA).await;
    let kept = app.ask(Call::get("/payment-draft").by(&elsewhere)).await.json();
    assert_eq!(kept["shares"], json!([]));
    let member = app.sign_in(ANAS).await;
    app.ask(Call::write("PUT", "/payment-draft").by(&member).json(&draft)).await.is(204);
    let found = app.ask(Call::post("/bill-lookups").by(&member).json(&MEI.lookup())).await;
    let kept = app.ask(Call::get("/payment-draft").header("cookie", &cookie(&found))).await.json();
    assert_eq!(kept["shares"], json!([]));
}

#[tokio::test]
async fn signing_out_leaves_nothing() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let draft = json!({ "shares": [{ "bill": "visit", "part": null }], "payer_name": "Ana O’Neill" });
    app.ask(Call::write("PUT", "/payment-draft").by(&ana).json(&draft)).await.is(204);
    let out = app.ask(Call::write("DELETE", "/session").by(&ana)).await;
    assert!(out.is(204).header("set-cookie").contains("Max-Age=0"));
    // Not its storage: the key of a payment whose end nobody has seen is there.
    assert_eq!(out.header("clear-site-data"), "\"cache\"");
    assert_eq!(app.ask(Call::get("/session").by(&ana)).await.json()["kind"], "guest");
    for path in ["/bills", "/payments", "/security", "/payment-draft"] {
        app.ask(Call::get(path).by(&ana)).await.is_refused(401, "signed_out");
    }
    let again = app.sign_in_with(ANAS, PASSWORD, Some(&ana)).await;
    assert_eq!(app.ask(Call::get("/payment-draft").by(&again)).await.json()["shares"], json!([]));
}

#[tokio::test]
async fn a_member_sees_where_they_are_signed_in_and_signs_out_everywhere_else() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let agent = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Mobile Safari/537.36";
    let body = json!({ "user_id": ANAS, "password": PASSWORD });
    let phone = app.ask(Call::post("/session").json(&body).header("user-agent", agent)).await;
    let phone = cookie(phone.is(200));
    app.state.clock.move_on(MINUTE);
    let (here, third) = (app.sign_in(ANAS).await, app.sign_in(ANAS).await);
    let seen = |answer: Value| {
        let list = answer["sessions"].as_array().unwrap().clone();
        list.iter().map(|one| (one["device"].as_str().unwrap().to_owned(), one["is_this"] == true)).collect::<Vec<_>>()
    };
    let security = app.ask(Call::get("/security").by(&here)).await.is(200).json();
    let list = seen(security.clone());
    assert_eq!((list.len(), list.iter().filter(|(_, is_this)| *is_this).count()), (3, 1));
    assert!(list.contains(&("Chrome, Android".to_owned(), false)), "{list:?}");
    let id =
        security["sessions"].as_array().unwrap().iter().find(|one| one["device"] == "Chrome, Android").unwrap()["id"]
            .clone();
    let end = |id: &str| Call::write("DELETE", &format!("/sessions/{id}")).by(&here);
    app.ask(end(id.as_str().unwrap())).await.is(204);
    app.ask(end(id.as_str().unwrap())).await.is_refused(404, "not_found");
    app.ask(Call::get("/bills").header("cookie", &phone)).await.is_refused(401, "signed_out");
    app.ask(Call::get("/bills").by(&third)).await.is(200);
    app.ask(Call::write("DELETE", "/sessions").by(&here)).await.is(204);
    app.ask(Call::get("/bills").by(&third)).await.is_refused(401, "signed_out");
    assert_eq!(seen(app.ask(Call::get("/security").by(&here)).await.json()), [(String::new(), true)]);
}

#[tokio::test]
async fn changing_the_password_asks_for_the_old_one_and_gives_a_new_token() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let (here, there) = (app.sign_in(ANAS).await, app.sign_in(ANAS).await);
    let change = |current: &str, password: &str| {
        Call::write("PUT", "/profile/password").by(&here).json(&json!({ "current": current, "password": password }))
    };
    let new = "seven lanterns on a copper river";
    app.ask(change("wrong wrong wrong wrong", new))
        .await
        .is_refused(422, "wrong_credentials")
        .has_field_problem("current", "unknown");
    app.ask(change(PASSWORD, "passwordpassword"))
        .await
        .is_refused(422, "invalid")
        .has_field_problem("password", "common");
    let changed = app.ask(change(PASSWORD, new)).await;
    let token = cookie(changed.is(200));
    assert_ne!(token, here.cookie);
    for gone in [&here, &there] {
        app.ask(Call::get("/bills").by(gone)).await.is_refused(401, "signed_out");
    }
    app.ask(Call::get("/bills").header("cookie", &token)).await.is(200);
    app.sign_in_with(ANAS, new, None).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE subject LIKE '%was changed%'").await, 1);
}

#[tokio::test]
async fn what_old_sessions_left_is_cleaned_up_in_batches_that_keep_nobody_from_writing() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let copy = "INSERT INTO session (token_hash, id, kind, membership, capture_binding, created_at, seen_at, draft) \
                SELECT $1, $1, kind, membership, capture_binding, 0, 0, '{\"payer_name\": \"Ana\"}' FROM session LIMIT 1";
    let mut tx = app.state.store.begin().await.unwrap();
    for number in 0..700 {
        sqlx::query(copy).bind(format!("old {number}")).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    let left = async || app.number("SELECT COUNT(*) FROM session").await;
    let now = app.state.clock.now();
    assert!(app.state.store.delete(&LEFTOVERS[0], now).await.unwrap(), "there is more");
    assert_eq!(left().await, 201);
    clean_up::round(&app.state).await.unwrap();
    assert_eq!((left().await, app.number("SELECT COUNT(*) FROM session WHERE draft LIKE '%Ana%'").await), (1, 0));
    app.ask(Call::get("/bills").by(&ana)).await.is(200);
}

#[tokio::test]
async fn what_can_not_be_read_or_deleted_keeps_nothing_else_from_being_cleaned_up() {
    let app = TestApp::open().await;
    app.look_up(&MEI).await;
    let write = async |sql: &'static str| _ = sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
    write("UPDATE session SET seen_at = 0, draft = '{\"payer_name\": \"Mei'").await;
    app.look_up(&ANA).await;
    write("UPDATE session SET seen_at = 0, draft = '{\"payer_name\": \"Ana\"}' WHERE seen_at > 0").await;
    app.look_up(&ANA).await;
    write("UPDATE session SET created_at = 0, seen_at = 0 WHERE draft IS NULL").await;
    write("ALTER TABLE method_token RENAME TO gone").await;
    write("INSERT INTO closed_key (membership, idempotency_key, begin_by, closed_at) SELECT membership, 'old', 0, 0 FROM session LIMIT 1").await;
    assert!(clean_up::round(&app.state).await.is_err(), "it says that something failed");
    assert_eq!(app.number("SELECT COUNT(*) FROM session WHERE draft LIKE '%Mei%' OR draft LIKE '%Ana%'").await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM session WHERE is_wiped = 1").await, 2);
    assert_eq!(app.number("SELECT COUNT(*) FROM session").await, 2);
    assert_eq!(app.number("SELECT COUNT(*) FROM closed_key").await, 0);
}
