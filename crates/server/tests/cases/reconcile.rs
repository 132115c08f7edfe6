//! Reconciliation finds what differs between charges and payments, both ways, and nothing else.

use crate::test_app::{DECLINED, PAYS, PROFILE, TestApp, VISA, gateway::Fault, line::Cut, new_key, seed::ANA};
use contract::Instant;
use serde_json::json;
use server::{
    billing::processor::{ChargeOrder, Processor},
    jobs::reconcile::{self, CouldNotRun, Difference, reconcile},
};
use std::time::Duration;

async fn found(app: &TestApp) -> Vec<Difference> {
    reconcile(&app.state, Instant::from_millis(0), Duration::ZERO).await.unwrap()
}

/// One paid, one failed, one on its way.
async fn busy() -> (TestApp, String) {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let paid = app.pay_by_card(&ana, &[("visit", "64.10")]).await;
    let payment = paid.is_payment(201, "paid").json()["id"].as_str().unwrap().to_owned();
    let declined = app.card(&ana, DECLINED).await;
    let order = app.order(&ana, &declined, &[("surgery", "10.00")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "failed");
    let debit = app.bank(&ana, PAYS).await;
    let order = app.order(&ana, &debit, &[("surgery", "20.00")]).await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing");
    (app, payment)
}

#[tokio::test]
async fn books_that_agree_have_no_differences() {
    let (app, _) = busy().await;
    assert_eq!(found(&app).await, []);
    let last = app.state.store.last_reconciliation().await.unwrap();
    assert_eq!((last.differences, last.ended_at > 0), (0, true));
}

#[tokio::test]
async fn a_charge_without_a_payment_is_found() {
    let (app, _) = busy().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = ChargeOrder {
        payment: "11111111-2222-3333-4444-555555555555",
        token: &token,
        binding: &ana.binding,
        amount: "5.00".parse().unwrap(),
        reference: "KP-0000-0000",
        send_on: None,
    };
    let charge = app.line.charge(&order).await.unwrap().charge.unwrap();
    let key = order.payment.to_owned();
    assert_eq!(found(&app).await, [Difference::ChargeWithoutPayment { charge, key }]);
    assert_eq!(app.state.store.last_reconciliation().await.unwrap().differences, 1);
}

#[tokio::test]
async fn a_paid_payment_without_a_charge_is_found() {
    let (app, payment) = busy().await;
    app.at_the_processor(&format!("DELETE FROM charge WHERE idempotency_key = '{payment}'")).await;
    assert_eq!(found(&app).await, [Difference::PaymentWithoutCharge { payment }]);
}

#[tokio::test]
async fn another_amount_another_state_and_another_charge_are_found() {
    let (app, payment) = busy().await;
    let charge = app.text(&format!("SELECT charge FROM payment WHERE id = '{payment}'")).await;
    let names = || (payment.clone(), charge.clone());
    let at = |sql: &str| format!("UPDATE charge SET {sql} WHERE idempotency_key = '{payment}'");
    app.at_the_processor(&at("amount_cents = amount_cents + 1")).await;
    let (payment_, charge_) = names();
    assert_eq!(found(&app).await, [Difference::Amount { payment: payment_, charge: charge_ }]);
    app.at_the_processor(&at("amount_cents = amount_cents - 1, state = '\"refunded\"'")).await;
    let (payment_, charge_) = names();
    assert_eq!(found(&app).await, [Difference::State { payment: payment_, charge: charge_ }]);
    app.at_the_processor(&at("state = '\"paid\"', id = 'ch_other'")).await;
    let (payment_, _) = names();
    assert_eq!(found(&app).await, [Difference::Charge { payment: payment_, charge: "ch_other".into() }]);
}

/// Asked by the key, the processor says the first.
#[tokio::test]
async fn another_amount_of_a_charge_that_is_not_listed_is_found() {
    let (app, payment) = busy().await;
    let charge = app.text(&format!("SELECT charge FROM payment WHERE id = '{payment}'")).await;
    let sql = format!("UPDATE charge SET amount_cents = amount_cents + 1 WHERE idempotency_key = '{payment}'");
    app.at_the_processor(&sql).await;
    app.gateway.answers([Fault::json("GET /v1/charges?since=0", 200, "[]")]);
    assert_eq!(found(&app).await, [Difference::Amount { payment, charge }]);
}

#[tokio::test]
async fn a_key_that_was_charged_twice_is_found() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    app.pay_by_card(&ana, &[("visit", "64.10")]).await.is_payment(201, "paid");
    let (payment, charge) = (app.text("SELECT id FROM payment").await, app.charge_id().await);
    let (cents, made_at) = (app.charged_cents().await, app.state.clock.now());
    let entry = |id: &str| json!({ "id": id, "idempotency_key": payment, "amount_cents": cents, "state": "paid", "made_at": made_at });
    let both = json!([entry(&charge), entry("ch_second")]);
    let end = || Fault::json("GET /v1/charges?since=0&after=ch_second", 200, json!([]));
    let twice = Difference::ChargedTwice { key: payment.clone(), charges: [charge.clone(), "ch_second".to_owned()] };
    app.gateway.answers([end(), Fault::json("GET /v1/charges?since=0", 200, both.clone())]);
    assert_eq!(found(&app).await, std::slice::from_ref(&twice));
    assert_eq!(app.state.store.last_reconciliation().await.unwrap().differences, 1);
    // The first was made too long ago to be listed.
    app.gateway.answers([end(), Fault::json("GET /v1/charges?since=0", 200, json!([entry("ch_second")]))]);
    assert_eq!(found(&app).await, std::slice::from_ref(&twice));
    // One of them is on two pages.
    let second_page = Fault::json("GET /v1/charges?since=0&after=", 200, both);
    app.gateway.answers([end(), second_page, Fault::json("GET /v1/charges?since=0", 200, json!([entry(&charge)]))]);
    assert_eq!(found(&app).await, [twice]);
}

#[tokio::test]
async fn of_two_charges_under_a_key_of_nobody_each_is_found() {
    let app = TestApp::open().await;
    let made_at = app.state.clock.now();
    let entry = |id: &str| json!({ "id": id, "idempotency_key": "nobody", "amount_cents": 1, "state": "paid", "made_at": made_at });
    app.gateway.answers([
        Fault::json("GET /v1/charges?since=0&after=ch_b", 200, json!([])),
        Fault::json("GET /v1/charges?since=0", 200, json!([entry("ch_a"), entry("ch_b")])),
        Fault::json("GET /v1/charges?idempotency_key=nobody", 200, entry("ch_a")),
    ]);
    let (key, of) = ("nobody".to_owned(), |id: &str| id.to_owned());
    let first = Difference::ChargeWithoutPayment { charge: of("ch_a"), key: key.clone() };
    assert_eq!(found(&app).await, [first, Difference::ChargedTwice { key, charges: [of("ch_a"), of("ch_b")] }]);
}

#[tokio::test]
async fn a_payment_in_the_middle_is_no_difference_and_one_without_an_answer_for_minutes_is() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    app.line.cut(Cut::After);
    app.pay(&ana, &new_key(), &order).await.is_refused(409, "key_in_use");
    assert_eq!(found(&app).await, []);
    app.state.clock.move_on(6 * 60_000);
    let payment = app.text("SELECT id FROM payment").await;
    let charge = app.charge_id().await;
    assert_eq!(found(&app).await, [Difference::State { payment, charge }]);
}

#[tokio::test]
async fn a_payment_that_the_processor_never_heard_of_is_no_agreement_once_it_is_old() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    app.line.cut(Cut::Before);
    app.pay(&ana, &new_key(), &order).await.is_refused(409, "key_in_use");
    app.line.cut(Cut::Nowhere);
    assert_eq!(found(&app).await, []);
    app.state.clock.move_on(6 * 60_000);
    let payment = app.text("SELECT id FROM payment").await;
    assert_eq!(found(&app).await, [Difference::PaymentWithoutCharge { payment }]);
}

#[tokio::test]
async fn a_processor_that_does_not_answer_is_no_agreement() {
    let (app, _) = busy().await;
    app.line.cut(Cut::Before);
    let could_not = reconcile(&app.state, Instant::from_millis(0), Duration::ZERO).await;
    assert!(matches!(could_not, Err(CouldNotRun::Processor)));
    assert_eq!(app.state.store.last_reconciliation().await.unwrap().ended_at, 0);
}

#[tokio::test]
async fn a_list_of_charges_that_goes_in_a_circle_ends() {
    let (app, _) = busy().await;
    let page = |to, id: &str| {
        let made_at = app.state.clock.now();
        let body = format!(
            r#"[{{"id":"{id}","idempotency_key":"key-{id}","amount_cents":1,"state":"paid","made_at":"{made_at}"}}]"#
        );
        Fault::json(to, 200, body)
    };
    app.gateway.answers([
        page("GET /v1/charges?since=0&after=ch_a", "ch_b"),
        page("GET /v1/charges?since=0&after=ch_b", "ch_a"),
        page("GET /v1/charges?since=0", "ch_a"),
    ]);
    let run = reconcile(&app.state, Instant::from_millis(0), Duration::ZERO);
    let ended = tokio::time::timeout(Duration::from_secs(10), run).await.expect("it ends");
    assert!(matches!(ended, Err(CouldNotRun::Processor)));
    assert_eq!(app.state.store.last_reconciliation().await.unwrap().ended_at, 0);
}

#[tokio::test]
async fn one_of_several_servers_reconciles_once_a_day() {
    let app = TestApp::open().await;
    const HOUR: i64 = 3_600_000;
    const DAY: i64 = 24 * HOUR;
    let now = app.state.clock.now();
    let claim =
        async |millis: i64| app.state.store.claim_reconciliation(now.plus_millis(millis), DAY, HOUR).await.unwrap();
    let claims = futures_util::future::join_all((0..6).map(|_| claim(0))).await;
    assert_eq!(claims.into_iter().filter(|claimed| *claimed).count(), 1);
    // The one who took it may have been killed.
    assert!(!claim(HOUR - 1).await);
    assert!(claim(HOUR).await);
    app.state.clock.move_on(2 * HOUR);
    reconcile::if_due(&app.state).await.unwrap();
    assert!(app.state.store.last_reconciliation().await.unwrap().ended_at > 0);
    assert!(!claim(3 * HOUR + 60_000).await, "it has ended");
    assert!(!claim(DAY + 2 * HOUR - 60_000).await);
    assert!(claim(DAY + 2 * HOUR + 60_000).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_says_by_its_status_whether_books_agree() {
    let (app, payment) = busy().await;
    let run = |url: &str| {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_kppay-server"));
        command.args(["reconcile", "--database-url", &app.database_url, "--processor-url", url]);
        let server::settings::Secrets { processor, pepper, .. } = crate::test_app::secrets();
        command
            .env("KPPAY_PROCESSOR_SECRET", processor)
            .env("KPPAY_PEPPER", pepper)
            .env("KPPAY_PROFILE", PROFILE)
            .output()
    };
    let agrees = run(&app.processor_url).await.unwrap();
    assert_eq!(agrees.status.code(), Some(0), "{agrees:?}");
    let silent = run("http://127.0.0.1:1").await.unwrap();
    assert_eq!(silent.status.code(), Some(2), "{silent:?}");
    app.at_the_processor(&format!("DELETE FROM charge WHERE idempotency_key = '{payment}'")).await;
    let differs = run(&app.processor_url).await.unwrap();
    assert_eq!(differs.status.code(), Some(1), "{differs:?}");
    let log = String::from_utf8(differs.stderr).unwrap();
    assert!(log.contains(&payment) && !log.contains("O’Neill"), "{log}");
}
