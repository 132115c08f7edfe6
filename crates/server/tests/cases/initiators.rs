//! Who or what makes a payment: a guest, a member, a schedule, a rule. None of the last two needs a session.

use crate::test_app::{
    DECLINED, PAYS, TestApp, VISA,
    call::Call,
    line::Cut,
    new_key,
    seed::{ANA, MEI},
};
use contract::{
    payment::{PaymentOrder, PaymentState},
    problem_details::ErrorCode,
};
use server::{
    billing::{
        payer::Payer,
        payments::{self, Paid},
    },
    error::Result,
    store::{initiators::Initiator, memberships::Membership},
};

const ANAS: &str = "ana@example.org";
/// What was agreed to once, for a payment each month.
const AGREED: &str = "I, Ana O’Neill, authorize a charge of $10.00 on the 23rd of each month.";

/// What pays Ana's bills while nobody sits before it.
struct Standing<'a> {
    app: &'a TestApp,
    member: crate::test_app::Payer,
    membership: Membership,
    account: String,
}

impl<'a> Standing<'a> {
    async fn open(app: &'a TestApp) -> Self {
        app.register(&ANA, ANAS).await;
        let membership = app.state.store.membership(ANA.name).await.unwrap().unwrap();
        let account = app.text("SELECT id FROM account").await;
        Self { app, member: app.sign_in(ANAS).await, membership, account }
    }

    fn schedule(&self) -> Initiator {
        Initiator::Schedule { schedule: "schedule-1".to_owned(), account: self.account.clone() }
    }

    async fn order(&self, card: &str, amount: &str) -> PaymentOrder {
        let token = self.app.card(&self.member, card).await;
        let mut order = self.app.order(&self.member, &token, &[("surgery", amount)]).await;
        order["authorisation"] = AGREED.into();
        order["pay_again"] = true.into();
        serde_json::from_value(order).unwrap()
    }

    async fn pays(&self, initiator: &Initiator, key: &str, order: &PaymentOrder) -> Result<Paid> {
        let (membership, binding) = (&self.membership, self.member.binding.as_str());
        let payer = Payer { initiator: initiator.clone(), membership, binding, address: None };
        payments::pay(&self.app.state, &payer, &key.parse().unwrap(), order).await
    }

    async fn told(&self, payment: &str) -> Vec<String> {
        let sql = format!("SELECT id FROM outbox WHERE id LIKE '{payment}:%' ORDER BY id");
        let rows = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&self.app.state.store.read).await;
        rows.unwrap()
    }
}

async fn column(app: &TestApp, payment: &str, column: &str) -> String {
    app.text(&format!("SELECT COALESCE({column}, '-') FROM payment WHERE id = '{payment}'")).await
}

#[tokio::test]
async fn a_payment_of_a_schedule_or_a_rule_needs_no_session_and_is_charged_booked_told_and_seen_by_the_member() {
    let app = TestApp::open().await;
    let ana = Standing::open(&app).await;
    let autopay = Initiator::Autopay { rule: "rule-1".to_owned(), account: ana.account.clone() };
    for (initiator, kind, id) in [(ana.schedule(), "schedule", "schedule-1"), (autopay, "autopay", "rule-1")] {
        let (key, order) = (new_key(), ana.order(VISA, "10.00").await);
        let paid = ana.pays(&initiator, &key, &order).await.unwrap();
        assert_eq!((paid.payment.state, paid.is_replayed), (PaymentState::Paid, false));
        let payment = paid.payment.id;
        assert_eq!(ana.told(&payment).await, [format!("{payment}:paid")]);
        let seen = app.ask(Call::get(&format!("/payments/{payment}")).by(&ana.member)).await;
        let seen = seen.is_payment(200, "paid").json();
        assert_eq!((&seen["total"], &seen["authorisation"]), (&"10.00".into(), &AGREED.into()));
        for (of, value) in
            [("initiator_kind", kind), ("initiator", id), ("session", "-"), ("account", ana.account.as_str())]
        {
            assert_eq!(column(&app, &payment, of).await, value, "{of}");
        }
        assert_eq!(app.state.store.made_by(&payment).await.unwrap().unwrap().initiator, initiator);
        // A job that was killed before it could write that comes again.
        let again = ana.pays(&initiator, &key, &order).await.unwrap();
        assert_eq!((again.payment.id, again.is_replayed), (payment, true));
    }
    assert_eq!((app.charges().await, app.owes("surgery").await), (2, (113_000, 0)));
    assert_eq!(app.number("SELECT COUNT(*) FROM ledger_entry").await, 2);
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_payment_of_a_schedule_whose_answer_is_lost_is_settled_once_and_told() {
    let app = TestApp::open().await;
    let ana = Standing::open(&app).await;
    let (key, order) = (new_key(), ana.order(VISA, "10.00").await);
    app.line.cut(Cut::After);
    assert_eq!(ana.pays(&ana.schedule(), &key, &order).await.unwrap_err().code, ErrorCode::KeyInUse);
    app.recover().await;
    let paid = ana.pays(&ana.schedule(), &key, &order).await.unwrap();
    assert_eq!((paid.payment.state, paid.is_replayed, app.charges().await), (PaymentState::Paid, true, 1));
    assert_eq!(ana.told(&paid.payment.id).await, [format!("{}:paid", paid.payment.id)]);
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_key_is_one_intents_whoever_makes_the_payment() {
    let app = TestApp::open().await;
    let ana = Standing::open(&app).await;
    let (key, closed) = (new_key(), new_key());
    let order = ana.order(VISA, "10.00").await;
    ana.pays(&ana.schedule(), &key, &order).await.unwrap();
    let other = ana.order(VISA, "11.00").await;
    assert_eq!(ana.pays(&ana.schedule(), &key, &other).await.unwrap_err().code, ErrorCode::KeyReused);
    // Somebody was told that nothing came of an order with this key.
    assert!(app.state.store.close_key(ANA.name, &closed.parse().unwrap(), app.state.clock.now()).await.unwrap());
    assert_eq!(ana.pays(&ana.schedule(), &closed, &other).await.unwrap_err().code, ErrorCode::TooLate);
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
}

#[tokio::test]
async fn what_a_schedule_may_not_pay_is_refused_and_its_key_is_closed() {
    let app = TestApp::open().await;
    let ana = Standing::open(&app).await;
    let right = ana.order(VISA, "10.00").await;
    let fee = PaymentOrder { fee: "0.01".parse().unwrap(), ..right.clone() };
    let much = ana.order(VISA, "1150.01").await;
    let token = PaymentOrder { token: "tok_0".to_owned(), ..right.clone() };
    for (order, code) in
        [(fee, ErrorCode::TermsChanged), (much, ErrorCode::OverBalance), (token, ErrorCode::TokenRefused)]
    {
        let key = new_key();
        assert_eq!(ana.pays(&ana.schedule(), &key, &order).await.unwrap_err().code, code);
        assert_eq!(ana.pays(&ana.schedule(), &key, &right).await.unwrap_err().code, ErrorCode::TooLate);
    }
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_declined_payment_of_a_schedule_is_told_and_counts_for_the_account_that_made_it() {
    let app = TestApp::open().await;
    let ana = Standing::open(&app).await;
    let limits = "SELECT COUNT(*) FROM attempt";
    let before = app.number(limits).await;
    let order = ana.order(DECLINED, "10.00").await;
    let failed = ana.pays(&ana.schedule(), &new_key(), &order).await.unwrap().payment;
    assert_eq!(failed.state, PaymentState::Failed);
    assert_eq!(app.number(limits).await, before + 1);
    // Nobody sat before it.
    assert_eq!(ana.told(&failed.id).await, [format!("{}:failed", failed.id)]);
    for _ in 1..10 {
        let order = ana.order(DECLINED, "10.00").await;
        ana.pays(&ana.schedule(), &new_key(), &order).await.unwrap();
    }
    let order = ana.order(DECLINED, "10.00").await;
    assert_eq!(ana.pays(&ana.schedule(), &new_key(), &order).await.unwrap_err().code, ErrorCode::TooMany);
    app.assert_books_balance().await;
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

#[tokio::test]
async fn of_the_rows_that_a_payment_needs_only_a_missing_account_says_that_one_was_signed_out() {
    let app = TestApp::open().await;
    let mut ana = Standing::open(&app).await;
    let order = ana.order(VISA, "10.00").await;
    let closed = Initiator::Schedule { schedule: "schedule-1".to_owned(), account: "closed".to_owned() };
    assert_eq!(ana.pays(&closed, &new_key(), &order).await.unwrap_err().code, ErrorCode::SignedOut);
    ana.membership.id = "nobody".to_owned();
    assert_eq!(ana.pays(&ana.schedule(), &new_key(), &order).await.unwrap_err().code, ErrorCode::Fault);
    app.assert_nothing_happened().await;
}
