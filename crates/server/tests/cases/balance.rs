//! A member's balance: deposits that count, that don't yet, and that go back; and what explains each cent.

mod agreement;
mod catch_up;
mod held;
mod orders;
mod paying;
mod refunds;
mod settings;

use crate::test_app::{
    DECLINED, HSA, PAYS, Payer, RETURNS, TestApp, VISA,
    call::{Call, Response},
    new_key,
    seed::{ANA, MEI, RUTH},
};
use contract::{
    Amount, Locale, Money,
    payment::{Failure, Method, PaymentState, Terms},
};
use serde_json::{Value, json};
use server::{
    billing::charging,
    store::{
        batch::Batch,
        ledger::{self, Account, Posting, Reason, Source, SourceKind},
        settle::Verdict,
    },
};

const ANAS: &str = "ana@example.org";
const TWO_WEEKS: i64 = 14 * 86_400;

impl TestApp {
    async fn ana(&self) -> Payer {
        self.register(&ANA, ANAS).await;
        self.sign_in(ANAS).await
    }

    /// The order that the app would send to add money.
    async fn deposit_order(&self, payer: &Payer, token: &str, amount: &str) -> Value {
        let method = self.state.processor.method(token, &payer.binding).await.unwrap();
        self.deposit_order_with(payer, token, &method, amount)
    }

    fn deposit_order_with(&self, payer: &Payer, token: &str, method: &Method, amount: &str) -> Value {
        let total = Amount::parse(amount).unwrap().money();
        let (portal, region, today) = (&self.state.portal, payer.region, self.state.today(payer.region));
        let debit_day = self.state.debit_day(region, self.state.clock.now());
        let terms = Terms { portal, region, today, debit_day, method, total, from_balance: Money::ZERO, bills: 0 };
        json!({
            "amount": amount, "token": token, "payer_name": payer.name, "email": "ana@example.org", "fee": terms.fee(),
            "authorisation": terms.authorisation(payer.name, Locale::En).unwrap(), "locale": "en",
        })
    }

    async fn deposit(&self, payer: &Payer, key: &str, order: &Value) -> Response {
        self.ask(Call::post("/deposits").by(payer).key(key).json(order)).await
    }

    pub async fn deposit_by_card(&self, payer: &Payer, amount: &str) -> Value {
        let token = self.card(payer, VISA).await;
        let order = self.deposit_order(payer, &token, amount).await;
        self.deposit(payer, &new_key(), &order).await.is_payment(201, "paid").json()
    }

    async fn balance(&self, payer: &Payer) -> Value {
        self.ask(Call::get("/balance").by(payer)).await.is(200).json()
    }

    /// Credit that the plan sent back, as an entry of the ledger.
    async fn send_back(&self, membership: &str, cents: i64) -> Result<(), sqlx::Error> {
        let mut tx = self.state.store.begin().await?;
        let mut writes = Batch::default();
        let postings = [
            Posting { account: Account::Credit(membership.to_owned()), cents },
            Posting { account: Account::ProcessorClearing, cents: -cents },
        ];
        let id = self.text("SELECT id FROM payment ORDER BY created_at LIMIT 1").await;
        let source = Source { kind: SourceKind::Refund, id: &id };
        ledger::enter(&mut tx, &mut writes, source, Reason::Refunded, &postings, self.state.clock.now()).await?;
        writes.run(&mut tx).await?;
        tx.commit().await
    }

    /// As events of the processor say it.
    async fn settled(&self, payment: &str, state: PaymentState) {
        let failure = (state == PaymentState::Returned).then_some(Failure::NotAuthorised);
        let verdict = Verdict { charge: None, state, failure, cents: None, sequence: None };
        charging::settle(&self.state, payment, &verdict).await.unwrap();
    }

    /// The balance is what its statement adds up to, and what the ledger says.
    async fn assert_balance_is_explained(&self) {
        self.assert_books_balance().await;
        for (what, wrong) in [
            (
                "balances that are not the sum of their changes",
                "credit WHERE cents - owed_cents <> (SELECT COALESCE(SUM(credit_change.cents), 0) FROM credit_change \
                 WHERE credit_change.membership = credit.membership)",
            ),
            (
                "balances that are not the ledger's",
                "credit WHERE cents <> (SELECT -COALESCE(SUM(ledger_posting.cents), 0) FROM ledger_posting \
                 WHERE account = 'credit:' || membership) OR owed_cents <> (SELECT COALESCE(SUM(ledger_posting.cents), 0) \
                 FROM ledger_posting WHERE account = 'credit_owed:' || membership)",
            ),
            (
                "changes that do not follow from the one before",
                "credit_change WHERE after_cents - owed_after_cents <> credit_change.cents + COALESCE((SELECT b.after_cents - b.owed_after_cents \
                 FROM credit_change AS b WHERE b.membership = credit_change.membership AND b.position = credit_change.position - 1), 0)",
            ),
            ("balances of which something is there and owed", "credit WHERE cents > 0 AND owed_cents > 0"),
        ] {
            assert_eq!(self.number(&format!("SELECT COUNT(*) FROM {wrong}")).await, 0, "{what}");
        }
    }
}

/// Why, whether it came in, how much, and what was there after it; the newest first.
fn statement(balance: &Value) -> Vec<(String, bool, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let changes = balance["changes"].as_array().unwrap().iter();
    changes
        .map(|row| (text(&row["why"]), row["is_in"].as_bool().unwrap(), text(&row["amount"]), text(&row["after"])))
        .collect()
}

fn row(why: &str, is_in: bool, amount: &str, after: &str) -> (String, bool, String, String) {
    (why.to_owned(), is_in, amount.to_owned(), after.to_owned())
}

#[tokio::test]
async fn a_deposit_by_card_counts_at_once_and_one_by_bank_when_it_clears() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    assert_eq!(app.balance(&ana).await["balance"], "0.00");
    let paid = app.deposit_by_card(&ana, "40.00").await;
    assert_eq!((&paid["deposit"], &paid["shares"], &paid["charged"]), (&"40.00".into(), &json!([]), &"40.00".into()));
    let token = app.bank(&ana, PAYS).await;
    let order = app.deposit_order(&ana, &token, "200.00").await;
    let sent = app.deposit(&ana, &new_key(), &order).await.is_payment(201, "processing").json();
    assert_eq!((&sent["owed_now"], &sent["owed_if_cleared"]), (&"1214.60".into(), &"1214.60".into()));
    let balance = app.balance(&ana).await;
    assert_eq!((&balance["balance"], balance["on_their_way"].as_array().unwrap().len()), (&"40.00".into(), 1));
    assert_eq!(balance["on_their_way"][0]["deposit"], "200.00");
    app.move_clock(TWO_WEEKS).await;
    app.recover().await;
    app.recover().await;
    let balance = app.balance(&app.sign_in(ANAS).await).await;
    assert_eq!((&balance["balance"], &balance["on_their_way"]), (&"240.00".into(), &json!([])));
    assert_eq!(statement(&balance), [row("deposit", true, "200.00", "240.00"), row("deposit", true, "40.00", "40.00")]);
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn one_key_makes_one_deposit_and_its_history_and_receipt_show_it() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    let (token, key) = (app.card(&ana, VISA).await, new_key());
    let order = app.deposit_order(&ana, &token, "40.00").await;
    let first = app.deposit(&ana, &key, &order).await.is_payment(201, "paid").json();
    assert_eq!(app.deposit(&ana, &key, &order).await.is(201).json()["id"], first["id"]);
    let mut other = order.clone();
    other["amount"] = "41.00".into();
    app.deposit(&ana, &key, &other).await.is_refused(422, "key_reused");
    assert_eq!((app.charges().await, &app.balance(&ana).await["balance"]), (1, &"40.00".into()));
    let history = app.ask(Call::get("/payments").by(&ana)).await.is(200).json();
    assert_eq!((&history["payments"][0]["deposit"], &history["payments"][0]["bills"]), (&"40.00".into(), &json!([])));
    let csv = app.ask(Call::get("/payments.csv").by(&ana)).await.is(200).text.clone();
    assert!(csv.contains(",deposit,,40.00,40.00,"), "{csv}");
    let receipt =
        app.ask(Call::get(&format!("/payments/{}/receipt.pdf", first["id"].as_str().unwrap())).by(&ana)).await;
    receipt.is(200);
    let emails = app.state.store.emails(50).await.unwrap();
    let email = emails.iter().find(|email| email.subject.contains("deposit")).unwrap();
    assert!(
        email.text.contains("Your deposit of $40.00 is in your balance.") && !email.text.contains("owe"),
        "{}",
        email.text
    );
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn a_deposit_that_is_declined_or_that_the_bank_never_pays_changes_nothing() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    let token = app.card(&ana, DECLINED).await;
    let order = app.deposit_order(&ana, &token, "40.00").await;
    app.deposit(&ana, &new_key(), &order).await.is_payment(201, "failed");
    let token = app.bank(&ana, RETURNS).await;
    let order = app.deposit_order(&ana, &token, "40.00").await;
    app.deposit(&ana, &new_key(), &order).await.is_payment(201, "processing");
    app.move_clock(TWO_WEEKS).await;
    app.recover().await;
    let ana = app.sign_in(ANAS).await;
    let balance = app.balance(&ana).await;
    assert_eq!(
        (&balance["balance"], &balance["changes"], &balance["on_their_way"]),
        (&"0.00".into(), &json!([]), &json!([]))
    );
    let history = app.ask(Call::get("/payments").by(&ana)).await.is(200).json();
    let states: Vec<_> = history["payments"].as_array().unwrap().iter().map(|payment| &payment["state"]).collect();
    assert_eq!(states, ["returned", "failed"]);
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn a_deposit_that_goes_back_is_taken_once_and_each_time_it_comes_again_given() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    let id = app.deposit_by_card(&ana, "40.00").await["id"].as_str().unwrap().to_owned();
    app.deposit_by_card(&ana, "10.00").await;
    for (state, balance) in [
        (PaymentState::Returned, "10.00"),
        (PaymentState::Returned, "10.00"),
        (PaymentState::Processing, "10.00"),
        (PaymentState::Paid, "50.00"),
        (PaymentState::Refunded, "10.00"),
    ] {
        app.settled(&id, state).await;
        assert_eq!(app.balance(&ana).await["balance"], balance, "{state:?}");
        app.assert_balance_is_explained().await;
    }
    assert_eq!(
        statement(&app.balance(&ana).await)[..3],
        [
            row("refunded", false, "40.00", "10.00"),
            row("deposit", true, "40.00", "50.00"),
            row("returned", false, "40.00", "10.00"),
        ]
    );
}

#[tokio::test]
async fn of_two_returns_at_once_on_two_servers_each_takes_its_own_and_the_balance_is_never_below_nothing() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    let mut ids = Vec::new();
    for amount in ["40.00", "30.00", "20.00"] {
        ids.push(app.deposit_by_card(&ana, amount).await["id"].as_str().unwrap().to_owned());
    }
    // Some of it was used.
    app.send_back(ANA.name, 5_000).await.unwrap();
    tokio::join!(
        app.settled(&ids[0], PaymentState::Returned),
        app.settled(&ids[1], PaymentState::Returned),
        app.settled(&ids[0], PaymentState::Returned)
    );
    let balance = app.balance(&ana).await;
    assert_eq!((&balance["balance"], &balance["owed"]), (&"0.00".into(), &"30.00".into()));
    app.assert_balance_is_explained().await;
    app.deposit_by_card(&ana, "50.00").await;
    let balance = app.balance(&ana).await;
    assert_eq!((&balance["balance"], &balance["owed"]), (&"20.00".into(), &"0.00".into()));
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn a_deposit_is_as_much_as_the_plan_takes_and_of_no_health_account() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    let token = app.card(&ana, VISA).await;
    for (amount, problem) in [("4.99", "too_small"), ("2000.01", "too_large")] {
        let order = app.deposit_order(&ana, &token, amount).await;
        let refused = app.deposit(&ana, &new_key(), &order).await;
        refused.is_refused(422, "order_refused");
        assert_eq!(refused.json()["errors"], json!([{ "field": "amount", "problem": problem }]));
    }
    let right = app.deposit_order(&ana, &token, "40.00").await;
    for (field, wrong, status) in [
        ("amount", json!("0.00"), 422),
        ("amount", json!("-5"), 422),
        ("amount", json!(5), 400),
        ("shares", json!([]), 400),
    ] {
        let mut order = right.clone();
        order[field] = wrong;
        app.deposit(&ana, &new_key(), &order).await.is(status);
    }
    let mut order = right.clone();
    order["authorisation"] = "Anything".into();
    app.deposit(&ana, &new_key(), &order).await.is_refused(422, "terms_changed");
    app.ask(Call::post("/deposits").by(&ana).json(&right)).await.is_refused(400, "key_missing");
    let health = app.card(&ana, HSA).await;
    let order = app.deposit_order(&ana, &health, "40.00").await;
    app.deposit(&ana, &new_key(), &order).await.is_refused(422, "token_refused");
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_deposit_by_credit_card_has_the_region_s_fee_and_the_balance_is_without_it() {
    let app = TestApp::open().await;
    app.register(&RUTH, "ruth@example.org").await;
    let ruth = Payer { name: "Ruth Okoro", ..app.sign_in("ruth@example.org").await };
    let paid = app.deposit_by_card(&ruth, "100.00").await;
    assert_eq!((&paid["fee"], &paid["charged"]), (&"1.50".into(), &"101.50".into()));
    assert_eq!(app.balance(&ruth).await["balance"], "100.00");
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn a_balance_is_its_member_s_and_nobody_else_s() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    app.deposit_by_card(&ana, "40.00").await;
    app.register(&MEI, "mei@example.org").await;
    let mei = app.sign_in("mei@example.org").await;
    let balance = app.balance(&mei).await;
    assert_eq!((&balance["balance"], &balance["changes"]), (&"0.00".into(), &json!([])));
    let payer = app.look_up(&ANA).await;
    app.ask(Call::get("/balance").by(&payer)).await.is_refused(401, "signed_out");
    app.ask(Call::get("/balance")).await.is_refused(401, "signed_out");
    let token = app.card(&payer, VISA).await;
    let order = app.deposit_order(&payer, &token, "40.00").await;
    app.deposit(&payer, &new_key(), &order).await.is_refused(401, "signed_out");
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
}

#[tokio::test]
async fn a_statement_comes_a_page_at_a_time_and_none_twice() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    for amount in ["10.00", "20.00", "30.00"] {
        app.deposit_by_card(&ana, amount).await;
    }
    let first = app.ask(Call::get("/balance?limit=2").by(&ana)).await.is(200).json();
    app.deposit_by_card(&ana, "40.00").await;
    let next = first["next"].as_str().unwrap();
    let second = app.ask(Call::get(&format!("/balance?limit=2&cursor={next}")).by(&ana)).await.is(200).json();
    let amounts: Vec<String> = [&first, &second].into_iter().flat_map(statement).map(|row| row.2).collect();
    assert_eq!((amounts, &second["next"]), (["30.00", "20.00", "10.00"].map(str::to_owned).to_vec(), &Value::Null));
    assert_eq!(second["balance"], "100.00");
    for query in ["limit=0", "limit=201", "cursor=x", "cursor=-1", "q=1"] {
        app.ask(Call::get(&format!("/balance?{query}")).by(&ana)).await.is_refused(400, "malformed");
    }
}

#[tokio::test]
async fn of_two_that_take_the_same_credit_at_once_one_does_and_nothing_is_taken_that_is_not_there() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    app.deposit_by_card(&ana, "40.00").await;
    let (first, second) = tokio::join!(app.send_back(ANA.name, 3_000), app.send_back(ANA.name, 3_000));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    assert_eq!(app.balance(&ana).await["balance"], "10.00");
    assert!(app.send_back(ANA.name, 1_001).await.is_err());
    app.assert_balance_is_explained().await;
}
