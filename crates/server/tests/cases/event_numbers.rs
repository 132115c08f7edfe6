//! The numbers of the processor's events: how far they were read, which of them are missing, and which nobody has to
//! believe.

use super::events::{kept, paid_visit, state};
use crate::test_app::{PAYS, TestApp, gateway::Fault, new_key, seed::ANA};
use serde_json::{Value, json};
use server::store::unmatched::Read;

async fn missing(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM event_missing").await
}

/// Ana's debit of the visit, answered by the processor with this number of an event.
async fn answered(app: &TestApp, number: i64, listed: impl IntoIterator<Item = Fault>) -> String {
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let charge = json!({ "id": "ch_n", "idempotency_key": "{key}", "amount_cents": 6410, "state": "processing", "sequence": number });
    let answer = Fault::json("POST /v1/charges", 201, charge);
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
    let listed = Fault::json("GET /v1/events?after=499", 200, json!([event(500, "ch_n", "processing")]));
    answered(&app, 500, [listed]).await;
    assert_eq!(app.number("SELECT event_sequence FROM payment").await, 500);
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_number_in_an_answer_that_the_processor_lists_no_such_event_for_makes_no_later_word_old() {
    let app = TestApp::open().await;
    let alarms = server::metrics::EVENTS_AHEAD.value();
    // Nothing, another charge's, another number.
    let others = json!([event(7, "ch_other", "paid"), event(8, "ch_n", "paid")]);
    let payment = answered(&app, 7, [Fault::json("GET /v1/events?after=6", 200, others)]).await;
    assert_eq!(app.number("SELECT event_sequence FROM payment").await, 0);
    assert!(server::metrics::EVENTS_AHEAD.value() > alarms);
    app.gateway.lists_events(json!([event(1, "ch_n", "paid")]));
    app.round().await;
    assert_eq!(app.text("SELECT state FROM payment").await, "paid", "{payment}");
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_number_in_an_answer_about_a_late_debit_is_looked_up_too() {
    let app = TestApp::open().await;
    let payment = answered(&app, 0, []).await;
    app.state.clock.move_on(14 * 86_400_000);
    let charge =
        json!({ "id": "ch_n", "idempotency_key": payment, "amount_cents": 6410, "state": "processing", "sequence": 9 });
    app.gateway.answers([Fault::json("GET /v1/charges", 200, charge)]);
    server::jobs::settle_payments::look_after(&app.state).await.unwrap();
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

#[tokio::test]
async fn an_event_with_a_number_far_ahead_makes_nobody_miss_those_between() {
    let app = TestApp::open().await;
    let payment = paid_visit(&app, "64.10").await;
    let charge: String = app.charge_id().await;
    let event_of = |sequence: i64, word: &str| json!({ "sequence": sequence, "charge": charge, "idempotency_key": payment, "state": word });
    app.gateway.lists_events(json!([{ "sequence": i64::MAX, "charge": "ch_unknown", "state": "paid" }]));
    app.round().await;
    app.round().await;
    assert_eq!((kept(&app, "unknown").await, app.state.store.mark("processor_events_read").await.unwrap()), (1, 0));
    app.gateway.lists_events(json!([event_of(2, "refunded")]));
    app.round().await;
    let read = app.state.store.mark("processor_events_read").await.unwrap();
    assert_eq!((state(&app, &payment).await.as_str(), read), ("refunded", 2));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn an_event_with_a_number_more_than_a_page_ahead_is_an_alarm_and_waits_for_those_below_it() {
    let app = TestApp::open().await;
    let payment = paid_visit(&app, "64.10").await;
    let charge: String = app.charge_id().await;
    let event_of = |sequence: i64, word: &str| json!({ "sequence": sequence, "charge": charge, "idempotency_key": payment, "state": word });
    let alarms = server::metrics::EVENTS_AHEAD.value();
    app.gateway.lists_events(json!([event_of(101, "paid")]));
    app.round().await;
    app.round().await;
    assert_eq!((kept(&app, "ahead").await, app.state.store.mark("processor_events_read").await.unwrap()), (1, 0));
    assert!(server::metrics::EVENTS_AHEAD.value() > alarms);
    app.gateway.lists_events(json!([event_of(1, "returned")]));
    app.round().await;
    let read = app.state.store.mark("processor_events_read").await.unwrap();
    assert_eq!((state(&app, &payment).await.as_str(), read), ("returned", 1));
    // Nothing is missing any more.
    app.state.clock.move_on(60_000);
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), kept(&app, "ahead").await), ("paid", 0));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn an_answer_with_a_number_far_ahead_makes_no_later_word_old() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let charge = r#"{"id":"ch_far","idempotency_key":"{key}","amount_cents":6410,"state":"processing","sequence":1000000000000000}"#;
    app.gateway.answers([Fault::json("POST /v1/charges", 201, charge)]);
    let alarms = server::metrics::EVENTS_AHEAD.value();
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing");
    assert_eq!(app.number("SELECT event_sequence FROM payment").await, 0);
    assert!(server::metrics::EVENTS_AHEAD.value() > alarms);
    let payment = app.text("SELECT id FROM payment").await;
    let paid = json!({ "sequence": 1, "charge": "ch_far", "idempotency_key": payment, "state": "paid" });
    app.gateway.lists_events(json!([paid]));
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), app.owes("visit").await), ("paid", (0, 0)));
    assert_eq!(app.number("SELECT COUNT(*) FROM event_unmatched").await, 0);
    app.assert_books_balance().await;
}

#[tokio::test]
async fn an_event_older_than_a_number_that_nobody_has_reached_is_kept() {
    let app = TestApp::open().await;
    let payment = paid_visit(&app, "64.10").await;
    let reaches = async |number: i64| {
        let sql = "UPDATE payment SET event_sequence = $1";
        sqlx::query(sql).bind(number).execute(&app.state.store.write).await.unwrap();
    };
    // As a server of an earlier version took it from an answer.
    reaches(1_000_000_000_000_000).await;
    app.becomes(&payment, "refunded").await;
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), kept(&app, "ahead").await), ("paid", 1));
    assert_eq!(app.state.store.mark("processor_events_read").await.unwrap(), 1);
    reaches(0).await;
    app.state.clock.move_on(60_000);
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), kept(&app, "ahead").await), ("refunded", 0));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn an_event_that_is_listed_after_a_later_one_is_read_all_the_same() {
    let app = TestApp::open().await;
    let payment = paid_visit(&app, "64.10").await;
    let charge = app.charge_id().await;
    let event_of = |sequence: i64, word: &str| json!({ "sequence": sequence, "charge": charge, "idempotency_key": payment, "state": word });
    let unknown = json!({ "sequence": 3, "charge": "ch_unknown", "state": "paid" });
    app.gateway.answers([
        Fault::json("GET /v1/events?after=0", 200, json!([event_of(1, "returned"), unknown])),
        Fault::json("GET /v1/events", 200, json!([unknown])),
    ]);
    app.round().await;
    // The later one waits for none.
    assert_eq!((app.state.store.mark("processor_events_read").await.unwrap(), kept(&app, "unknown").await), (3, 1));
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), missing(&app).await), ("returned", 1));
    app.state.clock.move_on(1_000);
    app.gateway.answers([
        Fault::json("GET /v1/events?after=1", 200, json!([event_of(2, "paid"), unknown])),
        Fault::json("GET /v1/events", 200, json!([])),
    ]);
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), missing(&app).await), ("paid", 0));
    assert_eq!(app.number("SELECT COUNT(*) FROM payment_event WHERE state = 'paid'").await, 2);
    app.assert_books_balance().await;
}

#[tokio::test]
async fn every_number_that_is_missing_is_asked_for_however_many_events_are_between() {
    let app = TestApp::open().await;
    let payment = paid_visit(&app, "64.10").await;
    let charge = app.charge_id().await;
    let event_of = |sequence: i64, word: &str| json!({ "sequence": sequence, "charge": charge, "idempotency_key": payment, "state": word });
    let read: Vec<_> =
        (6..=105).map(|sequence| json!({ "sequence": sequence, "charge": "ch_unknown", "state": "paid" })).collect();
    let until = async |sequence: i64, mark: i64| {
        app.state.store.event_read(Read { sequence, mark }, app.state.clock.now()).await.unwrap();
    };
    until(105, 0).await;
    let gap = "DELETE FROM event_missing WHERE sequence > 5";
    sqlx::query(gap).execute(&app.state.store.write).await.unwrap();
    until(201, 199).await;
    assert_eq!(missing(&app).await, 6);
    app.gateway.answers([
        Fault::json("GET /v1/events?after=0", 200, json!(read)),
        Fault::json("GET /v1/events?after=199", 200, json!([event_of(200, "refunded"), event_of(201, "refunded")])),
        Fault::json("GET /v1/events", 200, json!([])),
    ]);
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), missing(&app).await), ("refunded", 5));
    assert_eq!(app.number("SELECT COUNT(*) FROM event_unmatched").await, 0, "what was read is not read again");
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_number_that_stays_missing_is_an_alarm_and_not_asked_for_any_more() {
    let app = TestApp::open().await;
    let payment = paid_visit(&app, "64.10").await;
    app.becomes(&payment, "refunded").await;
    app.at_the_processor("UPDATE event SET sequence = 3").await;
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), missing(&app).await), ("refunded", 2));
    let alarms = server::metrics::EVENTS_MISSING.value();
    // A processor that does not answer says nothing about it.
    app.state.clock.move_on(301_000);
    app.gateway.answers([Fault::silent("GET /v1/events")]);
    app.round().await;
    assert_eq!(missing(&app).await, 2);
    app.gateway.is_well();
    app.round().await;
    assert_eq!(missing(&app).await, 0);
    assert!(server::metrics::EVENTS_MISSING.value() >= alarms + 2);
    assert!(server::metrics::text().contains("\nkppay_events_missing_total "));
}
