//! An order says until when it may begin. Until then nobody says that nothing came of it, and whoever is told so is told the truth: the
//! key is closed, however long the order waits for a lock or its commit takes, and whatever another server's clock says.

use crate::test_app::{
    self, PASSWORD, Payer, TestApp, VISA,
    call::{Call, Response},
    cookie,
    database::Kind,
    new_key,
    seed::{ANA, RUTH},
};
use contract::{Instant, problem_details::ErrorCode};
use serde_json::{Value, json};
use server::jobs::clean_up;
use std::{sync::atomic::Ordering, time::Duration};

const ANAS: &str = "ana@example.org";
const FIFTEEN_SECONDS: i64 = 15_000;

fn is_postgres() -> bool {
    crate::KIND == Kind::Postgres
}

/// Ana's order of the visit, good for another fifteen seconds.
async fn order_until(app: &TestApp, ana: &Payer) -> (Value, Instant) {
    let token = app.card(ana, VISA).await;
    let mut order = app.order(ana, &token, &[("visit", "64.10")]).await;
    let until = app.state.clock.now().plus_millis(FIFTEEN_SECONDS);
    order["begin_by"] = json!(until);
    (order, until)
}

/// Sends it while somebody else holds the bill, does `meanwhile` once it waits, and lets the bill go.
async fn held_up(app: &TestApp, ana: &Payer, key: &str, order: &Value, meanwhile: impl AsyncFnOnce()) -> Response {
    let mut other = app.state.store.begin().await.unwrap();
    sqlx::query("UPDATE bill SET due = due WHERE id = 'visit'").execute(&mut *other).await.unwrap();
    let released = async {
        // Over SQLite it waits for the writer before that, to count the question about its token.
        let waits =
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while is_postgres() && app.number(waits).await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        meanwhile().await;
        other.rollback().await.unwrap();
    };
    tokio::join!(app.pay(ana, key, order), released).0
}

#[tokio::test]
async fn an_order_in_time_begins_and_its_moment_is_not_part_of_the_intent() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (mut order, _) = order_until(&app, &ana).await;
    let key = new_key();
    app.pay(&ana, &key, &order).await.is_payment(201, "paid");
    app.state.clock.move_on(FIFTEEN_SECONDS + 1);
    // The same order again, late, and with a later moment: the payment there is.
    assert!(app.pay(&ana, &key, &order).await.is_payment(201, "paid").is_replayed());
    order["begin_by"] = json!(app.state.clock.now().plus_millis(FIFTEEN_SECONDS));
    assert!(app.pay(&ana, &key, &order).await.is_payment(201, "paid").is_replayed());
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
}

#[tokio::test]
async fn an_order_that_comes_too_late_never_begins() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (order, _) = order_until(&app, &ana).await;
    app.state.clock.move_on(FIFTEEN_SECONDS + 1);
    app.pay(&ana, &new_key(), &order).await.is_refused(409, "too_late");
    app.nothing_happened().await;
}

#[tokio::test]
async fn an_order_that_waited_for_a_lock_until_it_was_too_late_never_begins() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (order, until) = order_until(&app, &ana).await;
    let key = new_key();
    let answer = held_up(&app, &ana, &key, &order, async || {
        app.by_key_until(&ana, &key, until).await.is_refused(409, "key_in_use");
        app.state.clock.move_on(FIFTEEN_SECONDS + 6_000);
        if is_postgres() {
            // Over SQLite it is the writer who waits.
            app.by_key_until(&ana, &key, until).await.is_refused(404, "not_found");
        }
    })
    .await;
    answer.is_refused(409, "too_late");
    app.by_key_until(&ana, &key, until).await.is_refused(404, "not_found");
    app.nothing_happened().await;
}

#[tokio::test]
async fn an_order_that_waited_for_a_lock_and_is_still_in_time_is_paid() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (order, until) = order_until(&app, &ana).await;
    let key = new_key();
    let answer = held_up(&app, &ana, &key, &order, async || {
        app.state.clock.move_on(5_000);
        app.by_key_until(&ana, &key, until).await.is_refused(409, "key_in_use");
    })
    .await;
    answer.is_payment(201, "paid");
    app.by_key_until(&ana, &key, until).await.is_payment(200, "paid");
    app.books_are_right().await;
}

#[tokio::test]
async fn nobody_is_told_that_an_order_never_came_before_it_can_no_longer_begin() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (key, until) = (new_key(), app.state.clock.now().plus_millis(FIFTEEN_SECONDS));
    let early = app.by_key_until(&ana, &key, until).await;
    early.is_refused(409, "key_in_use");
    assert!(!early.header("retry-after").is_empty());
    // Its moment is over, and a commit may still be on its way.
    app.state.clock.move_on(FIFTEEN_SECONDS + 1_000);
    app.by_key_until(&ana, &key, until).await.is_refused(409, "key_in_use");
    app.state.clock.move_on(5_000);
    app.by_key_until(&ana, &key, until).await.is_refused(404, "not_found");
    for nonsense in ["soon", "1767225600", "2026-13-01T00:00:00Z"] {
        let call = Call::get(&format!("/payments?idempotency_key={key}&begin_by={nonsense}")).by(&ana);
        app.ask(call).await.is_refused(400, "malformed");
    }
}

#[tokio::test]
async fn what_one_server_said_never_came_begins_at_no_other_whatever_its_clock_says() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (order, until) = order_until(&app, &ana).await;
    let (fast, router) = app.second_server().await;
    fast.clock.move_on(FIFTEEN_SECONDS + 6_000);
    let key = new_key();
    let asks = Call::get(&format!("/payments?idempotency_key={key}&begin_by={until}")).by(&ana);
    test_app::ask(router, asks).await.is_refused(404, "not_found");
    app.pay(&ana, &key, &order).await.is_refused(409, "too_late");
    let mut endless = order.clone();
    endless.as_object_mut().unwrap().remove("begin_by");
    app.pay(&ana, &key, &endless).await.is_refused(409, "too_late");
    app.nothing_happened().await;
    // Closed is closed, whatever moment an order names. Who presses Pay again does it with another key.
    let mut again = order.clone();
    again["begin_by"] = json!(until.plus_millis(3_600_000));
    app.pay(&ana, &key, &again).await.is_refused(409, "too_late");
    let key = new_key();
    app.pay(&ana, &key, &again).await.is_payment(201, "paid");
    app.pay(&ana, &key, &again).await.is_payment(201, "paid");
    app.by_key_until(&ana, &key, until).await.is_payment(200, "paid");
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
    app.books_are_right().await;
}

#[tokio::test]
async fn whoever_found_another_bill_meanwhile_is_not_told_that_an_order_of_before_never_came() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let ruth = app.look_up(&RUTH).await;
    let (order, until) = order_until(&app, &ana).await;
    let key = new_key();
    app.pay(&ana, &key, &order).await.is_payment(201, "paid");
    // One browser, another bill: the question of the first page goes with the cookie of the second.
    app.by_key_until(&ruth, &key, until).await.is_refused(409, "key_elsewhere");
    app.state.clock.move_on(FIFTEEN_SECONDS + 6_000);
    app.by_key_until(&ruth, &key, until).await.is_refused(409, "key_elsewhere");
    app.ask(Call::get(&format!("/payments?idempotency_key={key}")).by(&ruth)).await.is_refused(409, "key_elsewhere");
    app.pay(&ruth, &key, &order).await.is_refused(409, "key_elsewhere");
    app.by_key_until(&ana, &key, until).await.is_payment(200, "paid");
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
}

/// After a reload the page asks with a moment of its own, told by another server's clock, which may be behind.
#[tokio::test]
async fn what_never_came_by_a_moment_before_the_orders_own_never_begins() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (order, until) = order_until(&app, &ana).await;
    let key = new_key();
    let asked = until.plus_millis(-FIFTEEN_SECONDS - 6_000);
    app.by_key_until(&ana, &key, asked).await.is_refused(404, "not_found");
    app.pay(&ana, &key, &order).await.is_refused(409, "too_late");
    app.nothing_happened().await;
}

/// Sends the order twice: the first waits for the bill, the second is refused meanwhile. What the second is told is so of both.
async fn refused_while_the_same_order_waits(
    app: &TestApp,
    ana: &Payer,
    second: impl AsyncFn(&str, &Value) -> Response,
) {
    let (order, until) = order_until(app, ana).await;
    let key = new_key();
    let first = held_up(app, ana, &key, &order, async || {
        if is_postgres() {
            // Over SQLite it waits for the writer, as the first does.
            second(&key, &order).await;
        }
    })
    .await;
    if is_postgres() {
        first.is_refused(409, "too_late");
        app.by_key_until(ana, &key, until).await;
        assert_eq!((app.payments().await, app.charges().await), (0, 0));
    }
    app.books_are_right().await;
}

#[tokio::test]
async fn an_order_that_is_refused_begins_nowhere_though_it_was_sent_twice() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    refused_while_the_same_order_waits(&app, &ana, async |key, order| {
        let mut other_words = order.clone();
        other_words["authorisation"] = json!("I authorize");
        let refused = app.pay(&ana, key, &other_words).await;
        refused.is_refused(422, "terms_changed");
        refused
    })
    .await;
}

#[tokio::test]
async fn too_many_tries_are_told_only_of_an_order_that_begins_nowhere() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    refused_while_the_same_order_waits(&app, &ana, async |key, order| {
        let now = app.state.clock.now();
        let bucket = app.state.limits.bucket(&server::limits::rules::CHARGES_BY_MEMBERSHIP, ANA.name);
        for _ in 0..200 {
            app.state.store.count(std::slice::from_ref(&bucket), now).await.unwrap();
        }
        let refused = app.pay(&ana, key, order).await;
        refused.is_refused(429, "too_many");
        refused
    })
    .await;
}

#[tokio::test]
async fn an_order_that_was_refused_for_its_cookie_begins_in_no_session() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let (order, _) = order_until(&app, &ana).await;
    let (key, again) = (new_key(), Call::write("PUT", "/session/reauthentication").by(&ana));
    // The session goes on, under another token.
    let renewed = app.ask(again.json(&json!({ "password": PASSWORD }))).await;
    let renewed = Payer { cookie: cookie(renewed.is(200)), binding: ana.binding.clone(), ..ana };
    app.pay(&ana, &key, &order).await.is_refused(401, "signed_out");
    app.pay(&renewed, &key, &order).await.is_refused(409, "too_late");
    app.nothing_happened().await;
    app.pay(&renewed, &new_key(), &order).await.is_payment(201, "paid");
}

#[tokio::test]
async fn an_order_that_waits_in_a_session_is_not_paid_after_its_repetition_was_refused_for_its_cookie() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    refused_while_the_same_order_waits(&app, &ana, async |key, order| {
        let again = Call::write("PUT", "/session/reauthentication").by(&ana);
        app.ask(again.json(&json!({ "password": PASSWORD }))).await.is(200);
        let refused = app.pay(&ana, key, order).await;
        refused.is_refused(401, "signed_out");
        refused
    })
    .await;
}

/// Makes a call out of an order that a server says no to before it has read it.
type Spoil = fn(Call, Value) -> Call;

#[tokio::test]
async fn whatever_is_said_of_an_order_by_a_code_that_ends_it_its_key_is_closed() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let spoilt: [(&str, Spoil); 7] = [
        ("no origin", |call, order| call.json(&order).without("origin")),
        ("another origin", |call, order| call.json(&order).header("origin", "https://old.example.org")),
        ("not said to be JSON", |call, order| call.json(&order).header("content-type", "text/plain")),
        ("no JSON", |call, _| call.text("{")),
        ("too large", |call, _| call.text(&format!("{{\"a\":\"{}\"}}", "a".repeat(100_000)))),
        ("a field of a later version", |call, mut order| {
            order["later"] = json!(1);
            call.json(&order)
        }),
        ("a name that is none", |call, mut order| {
            order["payer_name"] = json!("");
            call.json(&order)
        }),
    ];
    for (what, spoil) in spoilt {
        let token = app.card(&ana, VISA).await;
        let mut order = app.order(&ana, &token, &[("surgery", "1.00")]).await;
        order["pay_again"] = json!(true);
        let key = new_key();
        let refused = app.ask(spoil(Call::post("/payments").by(&ana).key(&key), order.clone())).await;
        assert!(refused.status.is_client_error(), "{what}");
        let code: ErrorCode = serde_json::from_value(refused.json()["code"].clone()).unwrap();
        let whole = app.pay(&ana, &key, &order).await;
        assert_eq!(whole.status.is_success(), !code.ends_an_order(), "{what}: {code:?}, then {}", whole.status);
    }
}

#[tokio::test]
async fn whoever_is_signed_out_is_not_told_so_of_an_order_that_was_begun_before() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (order, _) = order_until(&app, &ana).await;
    let key = new_key();
    app.pay(&ana, &key, &order).await.is_payment(201, "paid");
    app.ask(Call::write("DELETE", "/session").by(&ana)).await.is(204);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    app.pay(&ana, &new_key(), &order).await.is_refused(401, "signed_out");
}

#[tokio::test]
async fn whoever_has_no_session_and_asks_for_too_many_keys_is_told_nothing_and_takes_no_turn_of_the_writer() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (order, _) = order_until(&app, &ana).await;
    let nobodys = async || app.ask(Call::post("/payments").key(&new_key()).json(&order)).await;
    for _ in 0..30 {
        nobodys().await.is_refused(401, "signed_out");
    }
    nobodys().await.is_refused(409, "key_in_use");
    // Refused from memory from now on: SQLite's one writer is free for others.
    let writer = app.state.store.write.acquire().await.unwrap();
    nobodys().await.is_refused(409, "key_in_use");
    drop(writer);
    assert_eq!(app.payments().await, 0);
}

#[tokio::test]
async fn whoever_closes_too_many_keys_is_told_nothing_about_the_next_order() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (mut order, _) = order_until(&app, &ana).await;
    order["authorisation"] = json!("I authorize");
    let bucket =
        app.state.limits.bucket(&server::limits::rules::KEYS_BY_SESSION, &app.text("SELECT id FROM session").await);
    for _ in 0..60 {
        app.state.store.count(std::slice::from_ref(&bucket), app.state.clock.now()).await.unwrap();
    }
    app.pay(&ana, &new_key(), &order).await.is_refused(409, "key_in_use");
    assert_eq!(app.number("SELECT COUNT(*) FROM closed_key").await, 0);
}

#[tokio::test]
async fn what_never_came_by_one_session_begins_in_no_other() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let ruth = app.look_up(&RUTH).await;
    let (order, until) = order_until(&app, &ana).await;
    let (fast, router) = app.second_server().await;
    fast.clock.move_on(FIFTEEN_SECONDS + 6_000);
    let key = new_key();
    let asks = Call::get(&format!("/payments?idempotency_key={key}&begin_by={until}")).by(&ruth);
    test_app::ask(router, asks).await.is_refused(404, "not_found");
    app.pay(&ana, &key, &order).await.is_refused(409, "too_late");
    app.nothing_happened().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_told_that_an_order_never_came_while_its_commit_takes_long() {
    if !is_postgres() {
        return; // a commit of SQLite is the writer's, and closing a key waits for the writer
    }
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (order, until) = order_until(&app, &ana).await;
    let slow = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(2); RETURN NULL; END'; \
                CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON payment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()";
    sqlx::raw_sql(slow).execute(&app.state.store.write).await.unwrap();
    let key = new_key();
    let is_committing = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND query = 'COMMIT' AND state = 'active'";
    let asks = async {
        while app.number(is_committing).await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        app.state.clock.move_on(FIFTEEN_SECONDS + 6_000);
        app.by_key_until(&ana, &key, until).await.is_refused(409, "key_in_use");
    };
    let (paid, ()) = tokio::join!(app.pay(&ana, &key, &order), asks);
    paid.is_payment(201, "paid");
    app.by_key_until(&ana, &key, until).await.is_payment(200, "paid");
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
    app.books_are_right().await;
}

#[tokio::test]
async fn a_closed_key_is_forgotten_after_a_month() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let until = app.state.clock.now();
    app.state.clock.move_on(6_000);
    app.by_key_until(&ana, &new_key(), until).await.is_refused(404, "not_found");
    let day = 24 * 3_600_000;
    for (days, left) in [(29, 1), (31, 0)] {
        clean_up::until(&app.state, app.state.clock.now().plus_millis(days * day)).await;
        assert_eq!(app.number("SELECT COUNT(*) FROM closed_key").await, left, "{days} days later");
    }
}

#[tokio::test]
async fn an_order_whose_session_was_ended_while_it_was_on_its_way_is_not_begun() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let (order, _) = order_until(&app, &ana).await;
    let key = new_key();
    let sql = "UPDATE session SET ended_at = 1 WHERE ended_at IS NULL";
    let mut other = app.state.store.begin().await.unwrap();
    sqlx::query("UPDATE bill SET due = due WHERE id = 'visit'").execute(&mut *other).await.unwrap();
    let before = app.line.methods_asked.load(Ordering::SeqCst);
    let signs_out = async {
        while is_postgres() && app.line.methods_asked.load(Ordering::SeqCst) == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        sqlx::query(sql).execute(&mut *other).await.unwrap();
        other.commit().await.unwrap();
    };
    let (answer, ()) = tokio::join!(app.pay(&ana, &key, &order), signs_out);
    answer.is_refused(401, "signed_out");
    app.nothing_happened().await;
}

#[tokio::test]
async fn an_order_whose_fee_makes_it_more_than_money_can_be_is_refused() {
    let app = TestApp::open().await;
    let ruth = app.look_up(&RUTH).await;
    let token = app.card(&ruth, VISA).await;
    let mut order = app.order(&ruth, &token, &[("ruths", "200.00")]).await;
    order["shares"][0]["amount"] = json!("9999999.99");
    app.pay(&ruth, &new_key(), &order).await.is_refused(422, "order_refused").blames("shares", "too_large");
    app.nothing_happened().await;
}
