//! What is an answer of the processor, and what is not: nothing but its own words about this very key fails a payment.

use crate::test_app::{PAYS, Payer, TestApp, VISA, gateway::Fault, line::Cut, new_key, seed::ANA};
use serde_json::{Value, json};
use server::{billing::charging, jobs::settle_payments, metrics, store::pending_charges::PendingCharge};

async fn visit(app: &TestApp) -> (Payer, Value, String) {
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    (ana, order, new_key())
}

/// What a gateway, a firewall, a wrong route or a cache may say: none of it is the processor's word about this key.
fn strangers() -> Vec<(u16, &'static str, &'static str)> {
    let mut all: Vec<_> =
        [400, 401, 403, 404, 409, 410, 422, 500, 502, 503].map(|status| (status, "text/html", "<h1>no</h1>")).into();
    all.extend([
        (200, "text/html", "<h1>hello</h1>"),
        (204, "text/plain", ""),
        (404, "application/json", "{}"),
        (404, "application/json", "<h1>no</h1>"),
        (404, "application/json", r#"{"code":"no_route"}"#),
        (404, "application/json", r#"{"code":"not_found"}"#),
        (404, "application/json", r#"{"code":"not_found","idempotency_key":"another"}"#),
        (404, "text/html", r#"{"code":"not_found","idempotency_key":"{key}"}"#),
        (503, "application/json", r#"{"code":"not_found","idempotency_key":"{key}"}"#),
        (409, "application/json", r#"{"code":"token_used"}"#),
        (201, "application/json", r#"{"id":"ch_1","idempotency_key":"another","state":"failed"}"#),
        (201, "application/json", r#"{"id":"ch_1","idempotency_key":"{key}","state":"in_orbit"}"#),
        (201, "application/json", r#"{"id":"ch_1","idempotency_key":"{key}","state":"failed""#),
    ]);
    all
}

#[tokio::test]
async fn a_charge_whose_answer_somebody_else_replaced_is_not_failed_and_is_found_again() {
    for (status, kind, body) in strangers() {
        let app = TestApp::open().await;
        let (ana, order, key) = visit(&app).await;
        let fault = Fault { to: "POST /v1/charges", passes_on: true, status, kind, body: body.to_owned() };
        app.gateway.answers([fault]);
        app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
        app.by_key(&ana, &key).await.is_refused(409, "key_in_use");
        assert_eq!((app.charges().await, app.owes("visit").await), (1, (6_410, 6_410)), "{status} {body}");
        // The answer to the second question is replaced, too.
        let again = |to| Fault { to, passes_on: true, status, kind, body: body.to_owned() };
        app.gateway.answers([again("POST /v1/charges"), again("GET /v1/charges"), again("POST /v1/keys")]);
        app.recover().await;
        app.by_key(&ana, &key).await.is_refused(409, "key_in_use");
        assert_eq!(app.text("SELECT state FROM payment").await, "processing", "{status} {body}");
        app.gateway.is_well();
        app.recover().await;
        app.by_key(&ana, &key).await.is_payment(200, "paid");
        assert_eq!((app.payments().await, app.charges().await, app.owes("visit").await), (1, 1, (0, 0)));
        app.assert_books_balance().await;
    }
}

#[tokio::test]
async fn a_rejection_in_the_processors_own_form_is_no_end_while_there_is_a_charge() {
    let app = TestApp::open().await;
    let (ana, order, key) = visit(&app).await;
    // A proxy sent the question twice: the first one charged, the second one's answer comes back.
    let body = r#"{"code":"token_used","idempotency_key":"{key}"}"#.to_owned();
    let fault = Fault { to: "POST /v1/charges", passes_on: true, status: 409, kind: "application/json", body };
    app.gateway.answers([fault]);
    app.pay(&ana, &key, &order).await.is_payment(201, "paid");
    assert_eq!((app.payments().await, app.charges().await, app.owes("visit").await), (1, 1, (0, 0)));
    app.assert_books_balance().await;
}

/// What a processor says of the charge of a payment, under another amount.
fn of_another_amount(to: &'static str, key: &str, form: &str) -> Fault {
    let charge = format!(r#"{{"id":"ch_1","idempotency_key":"{key}","amount_cents":999,"state":"paid"}}"#);
    let body = form.replace("{charge}", &charge).replace("{of}", key);
    Fault { to, passes_on: to.starts_with("POST"), status: 200, kind: "application/json", body }
}

#[tokio::test]
async fn an_answer_about_another_amount_is_none_whatever_was_asked() {
    let app = TestApp::open().await;
    let (ana, order, key) = visit(&app).await;
    let alarms = metrics::OTHER_AMOUNTS.value();
    app.gateway.answers([of_another_amount("POST /v1/charges", "{key}", "{charge}")]);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    let stands_still = async |what| {
        let word = app.text("SELECT state FROM payment WHERE charge IS NULL AND ask_at IS NOT NULL").await;
        let entries = app.number("SELECT COUNT(*) FROM ledger_entry").await;
        assert_eq!((word.as_str(), entries, app.owes("visit").await), ("processing", 0, (6_410, 6_410)), "{what}");
        app.by_key(&ana, &key).await.is_refused(409, "key_in_use");
    };
    stands_still("the answer to the charge").await;
    assert!(metrics::OTHER_AMOUNTS.value() > alarms);
    assert!(metrics::text().contains("\nkppay_processor_other_amounts_total "));
    let payment = app.text("SELECT id FROM payment").await;
    app.gateway.answers([of_another_amount("GET /v1/charges", &payment, "{charge}")]);
    app.recover().await;
    stands_still("what became of the key").await;
    app.gateway.answers([
        Fault::json("GET /v1/charges", 404, format!(r#"{{"code":"not_found","idempotency_key":"{payment}"}}"#)),
        Fault::json("POST /v1/charges", 409, r#"{"code":"token_used","idempotency_key":"{key}"}"#),
        of_another_amount("POST /v1/keys", &payment, r#"{"idempotency_key":"{of}","charge":{charge}}"#),
    ]);
    app.recover().await;
    stands_still("the closed key").await;
    // An answer that names no amount is not of the processor's form.
    let body = format!(r#"{{"id":"ch_1","idempotency_key":"{payment}","state":"paid"}}"#);
    app.gateway.answers([Fault::json("GET /v1/charges", 200, body)]);
    app.recover().await;
    stands_still("no amount").await;
    app.gateway.is_well();
    app.recover().await;
    app.by_key(&ana, &key).await.is_payment(200, "paid");
    assert_eq!((app.charges().await, app.owes("visit").await), (1, (0, 0)));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_late_debit_and_an_event_about_another_amount_settle_nothing() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let sent = app.pay(&ana, &new_key(), &order).await;
    let payment = sent.is_payment(201, "processing").json()["id"].as_str().unwrap().to_owned();
    let charge = app.charge_id().await;
    app.move_clock(14 * 86_400).await;
    let body = json!({ "id": charge, "idempotency_key": payment, "amount_cents": 999, "state": "paid" }).to_string();
    let event =
        json!([{ "sequence": 1, "charge": charge, "idempotency_key": payment, "amount_cents": 999, "state": "paid" }]);
    app.gateway.answers([Fault::json("GET /v1/charges", 200, body), Fault::json("GET /v1/events", 200, event)]);
    let alarms = metrics::OTHER_AMOUNTS.value();
    settle_payments::look_after(&app.state).await.unwrap();
    app.round().await;
    assert!(metrics::OTHER_AMOUNTS.value() >= alarms + 2);
    let (word, entries) =
        (app.text("SELECT state FROM payment").await, app.number("SELECT COUNT(*) FROM ledger_entry").await);
    assert_eq!((word.as_str(), entries, app.owes("visit").await), ("processing", 0, (6_410, 6_410)));
    let kept = "SELECT COUNT(*) FROM event_unmatched WHERE matched_at IS NULL AND why = 'unfit'";
    assert_eq!(app.number(kept).await, 1);
    // The processor's own event names the amount.
    app.gateway.is_well();
    app.at_the_processor("UPDATE event SET sequence = 2").await;
    app.round().await;
    assert_eq!((app.text("SELECT state FROM payment").await.as_str(), app.owes("visit").await), ("paid", (0, 0)));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_refused_charge_fails_the_payment_only_once_its_key_is_closed() {
    let app = TestApp::open().await;
    let (ana, order, key) = visit(&app).await;
    app.line.cut(Cut::Before);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    // The token runs out, and the key can't be closed.
    app.move_clock(31 * 60).await;
    let body = "<h1>no</h1>".to_owned();
    app.gateway.answers([Fault { to: "POST /v1/keys", passes_on: false, status: 404, kind: "text/html", body }]);
    app.recover().await;
    let ana = app.look_up(&ANA).await;
    app.by_key(&ana, &key).await.is_refused(409, "key_in_use");
    assert_eq!(app.owes("visit").await, (6_410, 6_410));
    app.gateway.is_well();
    app.recover().await;
    app.by_key(&ana, &key).await.is_payment(200, "failed");
    assert_eq!((app.charges().await, app.owes("visit").await), (0, (6_410, 0)));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn after_a_lost_answer_the_next_question_is_what_became_of_the_key() {
    let app = TestApp::open().await;
    let (ana, order, key) = visit(&app).await;
    app.line.cut(Cut::After);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    app.recover().await;
    app.by_key(&ana, &key).await.is_payment(200, "paid");
    assert_eq!(app.asked(), 1, "a charge that was made is not asked for again");
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_within_seconds_and_less_often_each_time() {
    let app = TestApp::open().await;
    let (ana, order, key) = visit(&app).await;
    app.line.cut(Cut::Before);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    let mut waits = Vec::new();
    for _ in 0..8 {
        let ask_at = app.number("SELECT ask_at FROM payment").await;
        let wait = ask_at - app.state.clock.now().millis();
        waits.push((wait + 999) / 1_000);
        app.state.clock.move_on(wait + 1);
        app.round().await;
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    app.line.cut(Cut::Nowhere);
    app.state.clock.move_on(61_000);
    app.round().await;
    app.by_key(&ana, &key).await.is_payment(200, "paid");
}

#[tokio::test]
async fn a_payment_that_is_not_in_the_database_is_not_charged() {
    let app = TestApp::open().await;
    let (ana, order, key) = visit(&app).await;
    let asked = PendingCharge {
        id: new_key(),
        token: order["token"].as_str().unwrap().to_owned(),
        binding: ana.binding.clone(),
        reference: "KP-0000-0000".to_owned(),
        charged: "64.10".parse().unwrap(),
        sent_on: None,
        asks: 0,
    };
    for refused in [charging::charge(&app.state, &asked).await, charging::ask_again(&app.state, &asked).await] {
        assert_eq!(refused.unwrap_err().code, contract::problem_details::ErrorCode::KeyInUse);
    }
    app.assert_nothing_happened().await;
    app.pay(&ana, &key, &order).await.is_payment(201, "paid");
}

#[tokio::test]
async fn one_payment_that_can_not_be_read_stops_no_other() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    app.line.cut(Cut::Before);
    let mut keys = Vec::new();
    for bill in [("visit", "10.00"), ("surgery", "10.00"), ("cents", "0.50")] {
        let token = app.card(&ana, VISA).await;
        let order = app.order(&ana, &token, &[bill]).await;
        keys.push(new_key());
        app.pay(&ana, keys.last().unwrap(), &order).await.is_refused(409, "key_in_use");
    }
    let spoil = "UPDATE payment SET fee_cents = 999999999999, ask_at = 1 WHERE idempotency_key = $1";
    sqlx::query(spoil).bind(&keys[0]).execute(&app.state.store.write).await.unwrap();
    app.recover().await;
    for key in &keys[1..] {
        app.by_key(&ana, key).await.is_payment(200, "paid");
    }
    assert_eq!(app.charges().await, 2);
}

#[tokio::test]
async fn payments_without_an_answer_for_minutes_are_counted() {
    let app = TestApp::open().await;
    let (ana, order, key) = visit(&app).await;
    app.line.cut(Cut::Before);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    let five_minutes = || app.state.clock.now().plus_millis(-300_000);
    assert_eq!(app.state.store.unanswered(five_minutes()).await.unwrap(), 0);
    app.state.clock.move_on(301_000);
    assert_eq!(app.state.store.unanswered(five_minutes()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_bare_status_says_nothing_of_a_token_either() {
    for status in [404, 409, 410, 422] {
        let app = TestApp::open().await;
        let (ana, order, key) = visit(&app).await;
        let body = "<h1>no</h1>".to_owned();
        app.gateway.answers([Fault { to: "GET /v1/tokens", passes_on: false, status, kind: "text/html", body }]);
        app.pay(&ana, &key, &order).await.is_refused(503, "unavailable");
        assert_eq!((app.payments().await, app.charges().await), (0, 0));
        app.gateway.is_well();
        let unknown = json!({ "token": "tok_unknown" });
        let mut other = order.clone();
        other["token"] = unknown["token"].clone();
        app.pay(&ana, &new_key(), &other).await.is_refused(422, "token_refused");
        app.pay(&ana, &key, &order).await.is_payment(201, "paid");
    }
}
