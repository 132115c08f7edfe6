//! The numbers of the processor's events: how far they were read, which of them are missing, and which nobody has to
//! believe.

use crate::test_app::{PAYS, TestApp, gateway::Fault, new_key, seed::ANA};
use serde_json::{Value, json};
use server::store::unmatched::Read;

/// A page of the processor's events.
fn page(to: &'static str, events: Value) -> Fault {
    Fault { to, passes_on: false, status: 200, kind: "application/json", body: events.to_string() }
}

async fn missing(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM event_missing").await
}

/// Ana's debit of the visit, answered by the processor with this number of an event.
async fn answered(app: &TestApp, number: i64, listed: impl IntoIterator<Item = Fault>) -> String {
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let charge = json!({ "id": "ch_n", "idempotency_key": "{key}", "amount_cents": 6410, "state": "processing", "sequence": number });
    let (to, kind) = ("POST /v1/charges", "application/json");
    let answer = Fault { to, passes_on: false, status: 201, kind, body: charge.to_string() };
    app.gateway.answers(listed.into_iter().chain([answer]).collect::<Vec<_>>());
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing");
    app.text("SELECT id FROM payment").await
}

fn event(number: i64, charge: &str, word: &str) -> Value {
    json!({ "sequence": number, "charge": charge, "state": word })
}

#[tokio::test]
async fn a_number_in_an_answer_is_believed_however_far_ahead_if_the_processor_lists_its_event() {
    let app = TestApp::open().await;
    let listed = page("GET /v1/events?after=499", json!([event(500, "ch_n", "processing")]));
    answered(&app, 500, [listed]).await;
    assert_eq!(app.number("SELECT event_sequence FROM payment").await, 500);
    app.books_are_right().await;
}

#[tokio::test]
async fn a_number_in_an_answer_that_the_processor_lists_no_such_event_for_makes_no_later_word_old() {
    let app = TestApp::open().await;
    let alarms = server::metrics::EVENTS_AHEAD.value();
    // Nothing, another charge's, another number.
    let others = json!([event(7, "ch_other", "paid"), event(8, "ch_n", "paid")]);
    let payment = answered(&app, 7, [page("GET /v1/events?after=6", others)]).await;
    assert_eq!(app.number("SELECT event_sequence FROM payment").await, 0);
    assert!(server::metrics::EVENTS_AHEAD.value() > alarms);
    app.gateway.answers([page("GET /v1/events", json!([event(1, "ch_n", "paid")]))]);
    app.round().await;
    assert_eq!(app.text("SELECT state FROM payment").await, "paid", "{payment}");
    app.books_are_right().await;
}

#[tokio::test]
async fn a_number_in_an_answer_about_a_late_debit_is_looked_up_too() {
    let app = TestApp::open().await;
    let payment = answered(&app, 0, []).await;
    app.state.clock.move_on(14 * 86_400_000);
    let charge =
        json!({ "id": "ch_n", "idempotency_key": payment, "amount_cents": 6410, "state": "processing", "sequence": 9 });
    app.gateway.answers([page("GET /v1/charges", charge)]);
    server::jobs::settle_payments::look_after(&app.state).await;
    assert_eq!(app.number("SELECT event_sequence FROM payment").await, 0);
}

#[tokio::test]
async fn the_mark_of_the_events_never_goes_back() {
    let app = TestApp::open().await;
    let now = app.state.clock.now();
    // As two servers do that read the same page at the same time.
    for sequence in [5, 3] {
        app.state.store.event_read(Read { sequence, mark: 0 }, now).await.unwrap();
    }
    assert_eq!(app.state.store.mark("processor_events_read").await.unwrap(), 5);
}

#[tokio::test]
async fn of_many_missing_numbers_a_hundred_are_asked_for_at_a_time_and_no_other_is_given_up() {
    let app = TestApp::open().await;
    let now = app.state.clock.now();
    for hundred in [0, 100] {
        app.state.store.event_read(Read { sequence: hundred + 100, mark: hundred }, now).await.unwrap();
    }
    assert_eq!((missing(&app).await, app.state.store.events_missing(now).await.unwrap().len()), (198, 100));
    app.state.clock.move_on(301_000);
    for left in [98, 0] {
        app.round().await;
        assert_eq!(missing(&app).await, left);
    }
}
