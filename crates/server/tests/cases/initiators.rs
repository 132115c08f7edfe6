//! Who or what makes a payment: a guest, a member, a schedule, a rule. None of the last two needs a session.

use crate::test_app::{
    DECLINED, PAYS, Payer, TestApp, VISA,
    call::Call,
    new_key,
    seed::{ANA, MEI},
};
use contract::payment::PaymentOrder;
use server::{
    billing::charging,
    store::{
        begin::{NewPayment, NotBegun},
        initiators::Initiator,
    },
};

const ANAS: &str = "ana@example.org";

/// What the order of a payment that nobody sits before would be, with a token of the member's.
async fn order(app: &TestApp, ana: &Payer, token: &str, amount: &str) -> PaymentOrder {
    serde_json::from_value(app.order(ana, token, &[("surgery", amount)]).await).unwrap()
}

/// Begins a payment of Ana's bills: its id, or why not.
async fn begin(
    app: &TestApp,
    ana: &Payer,
    initiator: &Initiator,
    key: &str,
    order: &PaymentOrder,
) -> Result<String, NotBegun> {
    let now = app.state.clock.now();
    let method = app.state.processor.method(&order.token, &ana.binding).await.unwrap();
    let new = NewPayment {
        id: new_key(),
        reference: charging::new_reference().unwrap(),
        membership: ANA.name,
        initiator,
        key: &key.parse().unwrap(),
        fingerprint: "1:",
        order,
        total: order.total().unwrap(),
        method: &method,
        binding: &ana.binding,
        created_at: now,
        sent_on: None,
        expected_on: None,
        moved_by: Vec::new(),
        just_since: now,
        least: contract::Money::ZERO,
        ask_at: now,
        clock: &app.state.clock,
    };
    app.state.store.begin_payment(&new).await.unwrap().map(|()| new.id)
}

async fn column(app: &TestApp, payment: &str, column: &str) -> String {
    app.text(&format!("SELECT COALESCE({column}, '-') FROM payment WHERE id = '{payment}'")).await
}

#[tokio::test]
async fn a_payment_of_a_schedule_or_a_rule_needs_no_session_and_is_charged_booked_and_seen_by_the_member() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let account = app.text("SELECT id FROM account").await;
    let schedule = Initiator::Schedule { schedule: "schedule-1".to_owned(), account: account.clone() };
    let autopay = Initiator::Autopay { rule: "rule-1".to_owned(), account: account.clone() };
    for (initiator, kind, id) in [(schedule, "schedule", "schedule-1"), (autopay, "autopay", "rule-1")] {
        let token = app.card(&ana, VISA).await;
        let order = order(&app, &ana, &token, "10.00").await;
        let payment = begin(&app, &ana, &initiator, &new_key(), &order).await.unwrap();
        app.round().await;
        let seen = app.ask(Call::get(&format!("/payments/{payment}")).by(&ana)).await;
        assert_eq!(seen.is_payment(200, "paid").json()["total"], "10.00");
        assert_eq!(column(&app, &payment, "initiator_kind").await, kind);
        assert_eq!(column(&app, &payment, "initiator").await, id);
        assert_eq!(
            (column(&app, &payment, "session").await, column(&app, &payment, "account").await),
            ("-".to_owned(), account.clone())
        );
        assert_eq!(app.state.store.made_by(&payment).await.unwrap().unwrap().initiator, initiator);
    }
    assert_eq!((app.charges().await, app.owes("surgery").await), (2, (113_000, 0)));
    app.books_are_right().await;
}

#[tokio::test]
async fn a_key_is_one_intents_whoever_makes_the_payment() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let account = app.text("SELECT id FROM account").await;
    let schedule = Initiator::Schedule { schedule: "schedule-1".to_owned(), account };
    let token = app.card(&ana, VISA).await;
    let mut order = order(&app, &ana, &token, "10.00").await;
    let (first, closed) = (new_key(), new_key());
    begin(&app, &ana, &schedule, &first, &order).await.unwrap();
    assert_eq!(begin(&app, &ana, &schedule, &first, &order).await, Err(NotBegun::KeyTaken));
    // Somebody was told that nothing came of an order with this key.
    let until = app.state.clock.now();
    order.begin_by = Some(until);
    assert!(app.state.store.close_key(ANA.name, &closed.parse().unwrap(), until).await.unwrap());
    assert_eq!(begin(&app, &ana, &schedule, &closed, &order).await, Err(NotBegun::TooLate));
    assert_eq!(app.payments().await, 1);
}

#[tokio::test]
async fn a_declined_payment_of_a_schedule_counts_for_the_account_that_made_it() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    let account = app.text("SELECT id FROM account").await;
    let schedule = Initiator::Schedule { schedule: "schedule-1".to_owned(), account };
    let limits = "SELECT COUNT(*) FROM attempt";
    let before = app.number(limits).await;
    let token = app.card(&ana, DECLINED).await;
    let order = order(&app, &ana, &token, "10.00").await;
    let payment = begin(&app, &ana, &schedule, &new_key(), &order).await.unwrap();
    app.round().await;
    assert_eq!(column(&app, &payment, "state").await, "failed");
    assert_eq!(app.number(limits).await, before + 1);
    // Nobody sat before it.
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE id LIKE '%:failed'").await, 1);
}

#[tokio::test]
async fn a_guest_and_a_member_are_written_as_who_made_the_payment() {
    let app = TestApp::open().await;
    let guest = app.look_up(&MEI).await;
    app.pay_by_card(&guest, &[("meis", "1.00")]).await.is_payment(201, "paid");
    let sql = "SELECT initiator_kind || ' ' || CAST(initiator = session AS TEXT) FROM payment WHERE membership = 'Mei Tanaka'";
    assert!(["session 1", "session true"].contains(&app.text(sql).await.as_str()));
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    app.pay_by_card(&ana, &[("visit", "1.00")]).await.is_payment(201, "paid");
    let sql = "SELECT initiator_kind || ' ' || CAST(initiator = account AS TEXT) FROM payment WHERE membership <> 'Mei Tanaka'";
    assert!(["member 1", "member true"].contains(&app.text(sql).await.as_str()));
}

#[tokio::test]
async fn a_payment_that_a_server_of_the_version_before_made_is_of_its_account_or_its_session() {
    let app = TestApp::open().await;
    let guest = app.look_up(&MEI).await;
    let token = app.bank(&guest, PAYS).await;
    let order = app.order(&guest, &token, &[("meis", "1.00")]).await;
    let paid = app.pay(&guest, &new_key(), &order).await.is_payment(201, "processing").json();
    let id = paid["id"].as_str().unwrap();
    let mut tx = app.state.store.begin().await.unwrap();
    sqlx::query("UPDATE payment SET initiator_kind = NULL, initiator = NULL").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let made_by = app.state.store.made_by(id).await.unwrap().unwrap();
    let session = column(&app, id, "session").await;
    assert_eq!((made_by.initiator, made_by.membership.as_str()), (Initiator::Guest { session }, MEI.name));
}
