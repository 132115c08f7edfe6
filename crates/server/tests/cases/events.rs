//! The processor's events: applied, or stored until they can be, and never dropped.

use crate::test_app::{DECLINED, PAYS, TestApp, gateway::Fault, line::Cut, new_key, seed::ANA};
use serde_json::json;

const TWO_WEEKS: i64 = 14 * 86_400;

pub(super) async fn paid_visit(app: &TestApp, amount: &str) -> String {
    let ana = app.look_up(&ANA).await;
    let paid = app.pay_by_card(&ana, &[("visit", amount)]).await;
    paid.is_payment(201, "paid").json()["id"].as_str().unwrap().to_owned()
}

pub(super) async fn state(app: &TestApp, payment: &str) -> String {
    app.text(&format!("SELECT state FROM payment WHERE id = '{payment}'")).await
}

pub(super) async fn kept(app: &TestApp, why: &str) -> i64 {
    app.number(&format!("SELECT COUNT(*) FROM event_unmatched WHERE matched_at IS NULL AND why = '{why}'")).await
}

#[tokio::test]
async fn a_refund_is_booked_told_by_email_and_opens_the_bill_again() {
    let app = TestApp::open().await;
    let payment = paid_visit(&app, "64.10").await;
    app.becomes(&payment, "refunded").await;
    app.round().await;
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), app.owes("visit").await), ("refunded", (6_410, 0)));
    assert_eq!(app.number("SELECT COUNT(*) FROM ledger_entry WHERE reason = 'refunded'").await, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE id LIKE '%:refunded'").await, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM event_unmatched").await, 0);
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_debit_presented_again_is_booked_each_time() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "30.00")]).await;
    let sent = app.pay(&ana, &new_key(), &order).await;
    let payment = sent.is_payment(201, "processing").json()["id"].as_str().unwrap().to_owned();
    app.move_clock(TWO_WEEKS).await;
    app.round().await;
    for (word, owes) in [
        ("returned", (6_410, 0)),
        ("processing", (6_410, 3_000)),
        ("paid", (3_410, 0)),
        ("returned", (6_410, 0)),
        ("paid", (3_410, 0)),
    ] {
        app.becomes(&payment, word).await;
        app.round().await;
        assert_eq!((state(&app, &payment).await.as_str(), app.owes("visit").await), (word, owes));
        app.assert_books_balance().await;
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM ledger_entry").await, 5);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE id LIKE '%:paid%'").await, 3);
    assert_eq!(app.number("SELECT COUNT(*) FROM event_unmatched").await, 0);
}

#[tokio::test]
async fn money_that_comes_after_somebody_else_has_paid_is_the_members_credit() {
    let app = TestApp::open().await;
    let payment = paid_visit(&app, "64.10").await;
    app.becomes(&payment, "returned").await;
    app.round().await;
    paid_visit(&app, "50.00").await;
    app.becomes(&payment, "paid").await;
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), app.owes("visit").await), ("paid", (1_410, 0)));
    let credit = "SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM ledger_posting WHERE account LIKE 'credit:%'";
    assert_eq!(app.number(credit).await, -6_410);
    app.assert_books_balance().await;
    app.becomes(&payment, "refunded").await;
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), app.owes("visit").await), ("refunded", (1_410, 0)));
    assert_eq!(app.number(credit).await, 0);
    app.assert_books_balance().await;
}

#[tokio::test]
async fn paid_after_failed_is_booked() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, DECLINED).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let failed = app.pay(&ana, &new_key(), &order).await;
    let payment = failed.is_payment(201, "failed").json()["id"].as_str().unwrap().to_owned();
    app.becomes(&payment, "paid").await;
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), app.owes("visit").await), ("paid", (0, 0)));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn an_event_before_the_charges_own_answer_is_found_by_its_key() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    app.line.cut(Cut::After);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    app.move_clock(TWO_WEEKS).await;
    app.gateway.answers([Fault::silent("POST /v1/charges"), Fault::silent("GET /v1/charges")]);
    app.recover().await;
    let ana = app.look_up(&ANA).await;
    app.by_key(&ana, &key).await.is_payment(200, "paid");
    assert_eq!(app.owes("visit").await, (0, 0));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn an_event_of_a_charge_that_is_not_known_yet_is_kept_and_matched_once_it_is() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    app.line.cut(Cut::After);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    let charge: String = app.charge_id().await;
    // A processor that does not say the key, and whose events come first.
    let events = json!([
        { "sequence": 1, "charge": charge, "state": "paid", "failure": null },
        { "sequence": 2, "charge": charge, "state": "returned", "failure": "stopped" },
    ]);
    let listed = Fault::json("GET /v1/events?after=0", 200, events);
    app.gateway.answers([Fault::silent("POST /v1/charges"), Fault::silent("GET /v1/charges"), listed]);
    app.recover().await;
    assert_eq!(kept(&app, "unknown").await, 2);
    assert_eq!(app.number("SELECT value FROM mark WHERE name = 'processor_events_read'").await, 2);
    app.by_key(&ana, &key).await.is_refused(409, "key_in_use");
    app.gateway.is_well();
    app.recover().await;
    app.recover().await;
    app.by_key(&ana, &key).await.is_payment(200, "returned");
    assert_eq!(app.number("SELECT COUNT(*) FROM event_unmatched WHERE matched_at IS NULL").await, 0);
    assert_eq!((app.owes("visit").await, app.number("SELECT COUNT(*) FROM ledger_entry").await), ((6_410, 0), 2));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn an_event_that_can_not_be_read_is_kept_as_it_came_and_stops_no_later_one() {
    let app = TestApp::open().await;
    let payment = paid_visit(&app, "64.10").await;
    let charge: String = app.charge_id().await;
    let events = json!([
        "nonsense",
        { "sequence": 1, "charge": charge, "idempotency_key": payment, "state": "in_orbit" },
        { "sequence": 2, "charge": 5, "state": "paid" },
        { "sequence": 3, "charge": "ch\u{0}", "idempotency_key": "p\u{0}", "state": "paid" },
        { "sequence": 4, "charge": charge, "idempotency_key": payment, "state": "refunded" },
    ]);
    app.gateway.lists_events(events);
    app.round().await;
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), kept(&app, "unreadable").await), ("refunded", 4));
    assert_eq!(app.text("SELECT body FROM event_unmatched WHERE sequence = 0").await, "\"nonsense\"");
    assert_eq!(app.number("SELECT value FROM mark WHERE name = 'processor_events_read'").await, 4);
    app.assert_books_balance().await;
}

#[tokio::test]
async fn what_our_books_know_no_step_for_is_kept_for_people_and_moves_nothing() {
    let app = TestApp::open().await;
    let payment = paid_visit(&app, "64.10").await;
    for word in ["cancelled", "failed", "processing", "scheduled"] {
        app.becomes(&payment, word).await;
    }
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), kept(&app, "unfit").await), ("paid", 4));
    assert_eq!((app.owes("visit").await, app.number("SELECT COUNT(*) FROM ledger_entry").await), ((0, 0), 1));
    // What comes after it is taken all the same.
    app.becomes(&payment, "refunded").await;
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), app.owes("visit").await), ("refunded", (6_410, 0)));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn an_event_of_somebody_elses_charge_is_kept_and_changes_nothing() {
    let app = TestApp::open().await;
    let payment = paid_visit(&app, "64.10").await;
    app.at_the_processor("UPDATE charge SET idempotency_key = 'another', id = 'ch_another'").await;
    app.becomes("another", "refunded").await;
    app.round().await;
    assert_eq!((state(&app, &payment).await.as_str(), kept(&app, "unknown").await), ("paid", 1));
}

#[tokio::test]
async fn events_read_twice_change_nothing() {
    let app = TestApp::open().await;
    let payment = paid_visit(&app, "64.10").await;
    for word in ["returned", "paid", "returned"] {
        app.becomes(&payment, word).await;
    }
    app.round().await;
    let entries = app.number("SELECT COUNT(*) FROM ledger_entry").await;
    sqlx::query("UPDATE mark SET value = 0").execute(&app.state.store.write).await.unwrap();
    app.round().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM ledger_entry").await, entries);
    assert_eq!((state(&app, &payment).await.as_str(), app.owes("visit").await), ("returned", (6_410, 0)));
    assert_eq!(app.number("SELECT COUNT(*) FROM event_unmatched").await, 0);
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_debit_on_its_way_for_days_after_it_was_expected_is_asked_about() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    app.pay(&ana, &key, &order).await.is_payment(201, "processing");
    // Its event never comes.
    app.move_clock(TWO_WEEKS).await;
    app.at_the_processor("DELETE FROM event").await;
    app.round().await;
    assert_eq!(app.text("SELECT state FROM payment").await, "processing");
    server::jobs::settle_payments::look_after(&app.state).await.unwrap();
    assert_eq!((app.text("SELECT state FROM payment").await.as_str(), app.owes("visit").await), ("paid", (0, 0)));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_debit_asked_about_whose_answer_fits_no_step_is_counted_and_moves_nothing() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing");
    app.move_clock(TWO_WEEKS).await;
    // The key has another charge now.
    app.at_the_processor("DELETE FROM event").await;
    app.at_the_processor("UPDATE charge SET id = 'ch_another'").await;
    let unfit = server::metrics::VERDICTS_UNFIT.value();
    server::jobs::settle_payments::look_after(&app.state).await.unwrap();
    assert!(server::metrics::VERDICTS_UNFIT.value() > unfit);
    assert_eq!(
        (app.text("SELECT state FROM payment").await.as_str(), app.owes("visit").await.1),
        ("processing", 6_410)
    );
}
