//! An order says until when it may begin. Until then nobody says that nothing came of it, and anyone who is told so is
//! told the truth: the key is closed, however long the order waits for a lock or its commit takes, and whatever another
//! server's clock says.

use crate::test_app::{
    self, Payer, TestApp, VISA,
    call::{Call, Response},
    database::Kind,
    new_key,
    seed::{ANA, RUTH},
};
use contract::Instant;
use serde_json::{Value, json};
use server::jobs::clean_up;
use std::{sync::atomic::Ordering, time::Duration};

const FIFTEEN_SECONDS: i64 = 15_000;

pub(super) fn is_postgres() -> bool {
    crate::KIND == Kind::Postgres
}

/// Ana's order of the visit, good for another fifteen seconds.
pub(super) async fn order_until(app: &TestApp, ana: &Payer) -> (Value, Instant) {
    let token = app.card(ana, VISA).await;
    let mut order = app.order(ana, &token, &[("visit", "64.10")]).await;
    let until = app.state.clock.now().plus_millis(FIFTEEN_SECONDS);
    order["begin_by"] = json!(until);
    (order, until)
}

/// Sends it while somebody else holds the bill, does `meanwhile` once it waits, and lets the bill go.
pub(super) async fn held_up(
    app: &TestApp,
    ana: &Payer,
    key: &str,
    order: &Value,
    meanwhile: impl AsyncFnOnce(),
) -> Response {
    let mut other = app.state.store.begin().await.unwrap();
    sqlx::query("UPDATE bill SET due = due WHERE id = 'visit'").execute(&mut *other).await.unwrap();
    let released = async {
        waits_for_a_lock(app).await;
        meanwhile().await;
        other.rollback().await.unwrap();
    };
    tokio::join!(app.pay(ana, key, order), released).0
}

pub(super) async fn waits_for_a_lock(app: &TestApp) {
    // Over SQLite it waits for the writer before that, to count the question about its token.
    let waits = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while is_postgres() && app.number(waits).await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
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
    app.assert_nothing_happened().await;
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
    app.assert_nothing_happened().await;
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
    app.assert_books_balance().await;
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
    app.assert_nothing_happened().await;
    // Closed is closed, whatever moment an order names. Who presses Pay again does it with another key.
    let mut again = order.clone();
    again["begin_by"] = json!(until.plus_millis(3_600_000));
    app.pay(&ana, &key, &again).await.is_refused(409, "too_late");
    let key = new_key();
    app.pay(&ana, &key, &again).await.is_payment(201, "paid");
    app.pay(&ana, &key, &again).await.is_payment(201, "paid");
    app.by_key_until(&ana, &key, until).await.is_payment(200, "paid");
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
    app.assert_books_balance().await;
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
    app.assert_nothing_happened().await;
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
    app.assert_nothing_happened().await;
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
    app.assert_books_balance().await;
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
        clean_up::until(&app.state, app.state.clock.now().plus_millis(days * day)).await.unwrap();
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
    app.assert_nothing_happened().await;
}
