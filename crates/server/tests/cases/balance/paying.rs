//! Paying from the balance: all of it, or first the balance and the rest by another method; never more than is there.

use super::*;
use crate::test_app::line::Cut;

impl TestApp {
    /// The order that the app would send: of these bills, so much from the balance, and the rest by what the token
    /// stands for, if there is any.
    pub async fn order_from_balance(&self, payer: &Payer, token: &str, shares: &[(&str, &str)], part: &str) -> Value {
        let part = Amount::parse(part).unwrap().money();
        let total = Money::sum(shares.iter().map(|(_, amount)| Amount::parse(amount).unwrap().money())).unwrap();
        let rest = total.minus(part).unwrap();
        let method = if token.is_empty() {
            Method::Balance
        } else {
            self.state.processor.method(token, &payer.binding).await.unwrap()
        };
        let (total, from_balance) = if token.is_empty() { (total, Money::ZERO) } else { (rest, part) };
        let (portal, region, today) = (&self.state.portal, payer.region, self.state.today(payer.region));
        let debit_day = self.state.debit_day(region, self.state.clock.now());
        let terms =
            Terms { portal, region, today, debit_day, method: &method, total, from_balance, bills: shares.len() };
        let shares: Vec<_> = shares.iter().map(|(bill, amount)| json!({ "bill": bill, "amount": amount })).collect();
        json!({
            "shares": shares, "token": token, "payer_name": payer.name, "email": "ana@example.org", "fee": terms.fee(),
            "authorisation": terms.authorisation(payer.name, Locale::En).unwrap(), "locale": "en", "from_balance": part,
            "pay_again": true,
        })
    }

    /// A member with so much on the account.
    pub(super) async fn ana_with(&self, balance: &str) -> Payer {
        let ana = self.ana().await;
        self.deposit_by_card(&ana, balance).await;
        ana
    }

    pub(super) async fn held(&self) -> i64 {
        self.number("SELECT CAST(COALESCE(SUM(held_cents), 0) AS BIGINT) FROM credit").await
    }
}

#[tokio::test]
async fn the_balance_alone_pays_at_once_without_the_processor_and_once_for_each_key() {
    let app = TestApp::open().await;
    let ana = app.ana_with("100.00").await;
    let (key, order) = (new_key(), app.order_from_balance(&ana, "", &[("visit", "64.10")], "64.10").await);
    let paid = app.pay(&ana, &key, &order).await.is_payment(201, "paid").json();
    assert_eq!((&paid["method"], &paid["charged"]), (&json!({ "kind": "balance" }), &"64.10".into()));
    assert!(app.pay(&ana, &key, &order).await.is_payment(201, "paid").is_replayed());
    let mut other = order.clone();
    other["from_balance"] = "64.09".into();
    app.pay(&ana, &key, &other).await.is_refused(422, "key_reused");
    assert_eq!((app.charges().await, app.owes("visit").await, app.held().await), (1, (0, 0), 0));
    let balance = app.balance(&ana).await;
    assert_eq!(balance["balance"], "35.90");
    assert_eq!(statement(&balance)[0], row("applied", false, "64.10", "35.90"));
    assert_eq!(balance["changes"][0]["bills"][0]["bill"], "visit");
    let csv = app.ask(Call::get("/payments.csv?method=balance").by(&ana)).await.is(200).text.clone();
    assert!(csv.contains(",64.10,64.10,balance") && csv.lines().count() == 2, "{csv}");
    let id = paid["id"].as_str().unwrap();
    app.ask(Call::get(&format!("/payments/{id}/receipt.pdf")).by(&ana)).await.is(200);
    let emails = app.state.store.emails(50).await.unwrap();
    let receipts: Vec<_> = emails.iter().filter(|email| email.subject.contains("Your payment receipt")).collect();
    assert!(receipts.len() == 1 && receipts[0].text.contains("balance of your account"), "{receipts:#?}");
    app.assert_balance_is_explained().await;
    // Neither the books nor the processor miss a charge of it.
    assert_eq!(app.number("SELECT COUNT(*) FROM payment WHERE charge IS NULL").await, 1);
}

#[tokio::test]
async fn the_balance_pays_first_and_a_card_the_rest_of_several_bills_to_the_cent() {
    let app = TestApp::open().await;
    let ana = app.ana_with("100.00").await;
    let token = app.card(&ana, VISA).await;
    let shares = [("visit", "64.10"), ("surgery", "100.00")];
    let order = app.order_from_balance(&ana, &token, &shares, "100.00").await;
    let paid = app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid").json();
    assert_eq!((&paid["total"], &paid["charged"]), (&"64.10".into(), &"64.10".into()));
    assert_eq!(paid["shares"].as_array().unwrap().len(), 1, "the balance paid all of the first bill");
    assert_eq!((&paid["shares"][0]["bill"], &paid["shares"][0]["amount"]), (&"surgery".into(), &"64.10".into()));
    let part = &paid["other_part"];
    assert_eq!((&part["charged"], &part["state"]), (&"100.00".into(), &"paid".into()));
    let id = part["payment"].as_str().unwrap();
    let part = app.ask(Call::get(&format!("/payments/{id}")).by(&ana)).await.is(200).json();
    let amounts: Vec<_> = part["shares"].as_array().unwrap().iter().map(|share| &share["amount"]).collect();
    assert_eq!(amounts, ["64.10", "35.90"]);
    assert_eq!((app.charged_cents().await, app.owes("visit").await), (10_000 + 6_410, (0, 0)));
    assert_eq!((&app.balance(&ana).await["balance"], app.held().await), (&"0.00".into(), 0));
    let emails = app.state.store.emails(50).await.unwrap();
    let receipts: Vec<_> = emails.iter().filter(|email| email.subject.contains("Your payment receipt")).collect();
    assert!(
        receipts.len() == 1 && receipts[0].text.contains("Balance of your account: $100.00. Paid."),
        "{receipts:#?}"
    );
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn a_declined_card_leaves_the_balance_as_it_was() {
    let app = TestApp::open().await;
    let ana = app.ana_with("40.00").await;
    let before = app.balance(&ana).await;
    let token = app.card(&ana, DECLINED).await;
    let order = app.order_from_balance(&ana, &token, &[("visit", "64.10")], "40.00").await;
    let failed = app.pay(&ana, &new_key(), &order).await.is_payment(201, "failed").json();
    assert_eq!(failed["other_part"]["state"], "cancelled");
    let after = app.balance(&ana).await;
    assert_eq!((&after["balance"], &after["changes"]), (&before["balance"], &before["changes"]));
    assert_eq!((app.owes("visit").await, app.held().await), ((6_410, 0), 0));
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn a_debit_that_comes_back_takes_its_own_part_and_the_balance_s_stays_paid() {
    let app = TestApp::open().await;
    let ana = app.ana_with("40.00").await;
    let token = app.bank(&ana, RETURNS).await;
    let order = app.order_from_balance(&ana, &token, &[("visit", "64.10")], "40.00").await;
    let sent = app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing").json();
    assert_eq!(sent["other_part"]["state"], "paid");
    assert_eq!(app.owes("visit").await, (2_410, 2_410));
    app.assert_balance_is_explained().await;
    app.move_clock(TWO_WEEKS).await;
    app.recover().await;
    let ana = app.sign_in(ANAS).await;
    let history = app.ask(Call::get("/payments").by(&ana)).await.is(200).json();
    let rows: Vec<_> =
        history["payments"].as_array().unwrap().iter().map(|row| [&row["state"], &row["charged"]]).collect();
    assert_eq!(rows, [["returned", "24.10"], ["paid", "40.00"], ["paid", "40.00"]]);
    assert_eq!((app.owes("visit").await, &app.balance(&ana).await["balance"]), ((2_410, 0), &"0.00".into()));
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn a_debit_that_went_back_after_it_was_paid_and_comes_again_moves_its_own_part_only() {
    let app = TestApp::open().await;
    let ana = app.ana_with("40.00").await;
    let token = app.bank(&ana, PAYS).await;
    let order = app.order_from_balance(&ana, &token, &[("visit", "64.10")], "40.00").await;
    let sent = app.pay(&ana, &new_key(), &order).await.is_payment(201, "processing").json();
    let id = sent["id"].as_str().unwrap();
    for (state, owed) in [
        (PaymentState::Paid, 0),
        (PaymentState::Returned, 2_410),
        (PaymentState::Paid, 0),
        (PaymentState::Refunded, 2_410),
    ] {
        app.settled(id, state).await;
        assert_eq!(app.owes("visit").await, (owed, 0), "{state:?}");
        assert_eq!(app.balance(&ana).await["balance"], "0.00");
        app.assert_balance_is_explained().await;
    }
}

#[tokio::test]
async fn of_two_orders_at_once_on_two_servers_that_each_ask_for_the_whole_balance_one_is_paid() {
    for with_card in [false, true] {
        let app = TestApp::open().await;
        let ana = app.ana_with("60.00").await;
        let other = app.beside().await;
        let mut orders = Vec::new();
        for bill in ["visit", "surgery"] {
            let token = if with_card { app.card(&ana, VISA).await } else { String::new() };
            let sum = if with_card { "61.00" } else { "60.00" };
            let order = app.order_from_balance(&ana, &token, &[(bill, sum)], "60.00").await;
            orders.push(Call::post("/payments").by(&ana).key(&new_key()).json(&order));
        }
        let (second, first) = (orders.pop().unwrap(), orders.pop().unwrap());
        let (first, second) = tokio::join!(app.ask(first), other.ask(second));
        let (paid, refused) = if first.status == 201 { (first, second) } else { (second, first) };
        paid.is_payment(201, "paid");
        refused.is_refused(422, "order_refused");
        assert_eq!(refused.json()["errors"], json!([{ "field": "from_balance", "problem": "outdated" }]));
        assert_eq!((&app.balance(&ana).await["balance"], app.held().await), (&"0.00".into(), 0));
        assert_eq!(app.charged_cents().await, if with_card { 6_100 } else { 6_000 });
        app.assert_balance_is_explained().await;
    }
}

#[tokio::test]
async fn what_a_payment_without_an_answer_holds_nobody_else_uses_and_it_is_taken_once() {
    for cut in [Cut::Before, Cut::After, Cut::Panic] {
        let app = TestApp::open().await;
        let ana = app.ana_with("40.00").await;
        let token = app.card(&ana, VISA).await;
        let (key, order) = (new_key(), app.order_from_balance(&ana, &token, &[("visit", "64.10")], "40.00").await);
        app.line.cut(cut);
        let status = app.pay(&ana, &key, &order).await.status;
        assert!(status == 409 || status == 500, "{status}");
        assert_eq!((&app.balance(&ana).await["balance"], app.held().await), (&"0.00".into(), 4_000));
        let again = app.order_from_balance(&ana, "", &[("surgery", "1.00")], "1.00").await;
        app.pay(&ana, &new_key(), &again).await.is_refused(422, "order_refused");
        assert!(app.send_back(ANA.name, 1).await.is_err(), "held");
        app.recover().await;
        app.recover().await;
        app.by_key(&ana, &key).await.is_payment(200, "paid");
        assert_eq!((app.owes("visit").await, app.held().await), ((0, 0), 0));
        assert_eq!(app.charged_cents().await, 4_000 + 2_410);
        app.assert_balance_is_explained().await;
    }
}

#[tokio::test]
async fn a_deposit_that_goes_back_while_a_payment_holds_it_is_owed_and_the_payment_stays_paid() {
    let app = TestApp::open().await;
    let ana = app.ana().await;
    let deposit = app.deposit_by_card(&ana, "40.00").await["id"].as_str().unwrap().to_owned();
    let token = app.card(&ana, VISA).await;
    let (key, order) = (new_key(), app.order_from_balance(&ana, &token, &[("visit", "64.10")], "30.00").await);
    app.line.cut(Cut::Before);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    app.settled(&deposit, PaymentState::Returned).await;
    app.recover().await;
    app.by_key(&ana, &key).await.is_payment(200, "paid");
    let balance = app.balance(&ana).await;
    assert_eq!((&balance["balance"], &balance["owed"]), (&"0.00".into(), &"30.00".into()));
    assert_eq!((app.owes("visit").await, app.held().await), ((0, 0), 0));
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn an_order_from_a_balance_is_a_member_s_and_no_more_than_what_is_to_be_paid() {
    let app = TestApp::open().await;
    let ana = app.ana_with("100.00").await;
    let right = app.order_from_balance(&ana, "", &[("visit", "64.10")], "64.10").await;
    for (field, wrong, status) in [
        ("from_balance", json!("64.11"), 422),
        ("from_balance", json!("0.00"), 422),
        ("from_balance", json!("-1"), 422),
        ("from_balance", json!(1), 400),
        ("token", json!("tok"), 422),
        ("saved_method", json!("m"), 422),
        ("save_method", json!(true), 422),
        ("fee", json!("0.01"), 422),
        ("authorisation", json!("Anything"), 422),
    ] {
        let mut order = right.clone();
        order[field] = wrong;
        app.pay(&ana, &new_key(), &order).await.is(status);
    }
    let mut more = right.clone();
    more["from_balance"] = "64.11".into();
    let refused = app.pay(&ana, &new_key(), &more).await;
    assert_eq!(refused.json()["errors"], json!([{ "field": "from_balance", "problem": "too_large" }]));
    // Anyone who holds the statement has no balance, and neither has another member.
    let payer = app.look_up(&ANA).await;
    app.pay(&payer, &new_key(), &right).await.is_refused(401, "signed_out");
    app.register(&MEI, "mei@example.org").await;
    let mei = app.sign_in("mei@example.org").await;
    app.pay(&mei, &new_key(), &right).await.is(422);
    assert_eq!((app.payments().await, &app.balance(&ana).await["balance"]), (1, &"100.00".into()));
    assert_eq!(app.ask(Call::get("/bills").by(&ana)).await.json()["balance"], "100.00");
    for other in [&payer, &mei] {
        assert_eq!(app.ask(Call::get("/bills").by(other)).await.json()["balance"], Value::Null);
    }
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn a_bill_says_all_that_an_order_of_minutes_ago_paid_by_the_balance_and_another_method() {
    let app = TestApp::open().await;
    let ana = app.ana_with("20.00").await;
    let token = app.card(&ana, VISA).await;
    let shares = [("visit", "10.00"), ("surgery", "25.00")];
    let order = app.order_from_balance(&ana, &token, &shares, "20.00").await;
    app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
    let just = async |bill: &str| app.ask(Call::get(&format!("/bills/{bill}")).by(&ana)).await.is(200).json();
    assert_eq!(just("visit").await["just_paid"]["amount"], "10.00");
    assert_eq!(just("surgery").await["just_paid"]["amount"], "25.00");
    app.state.clock.move_on(1_000);
    let mut newer = app.order(&ana, &app.card(&ana, VISA).await, &[("surgery", "3.00")]).await;
    newer["pay_again"] = true.into();
    app.pay(&ana, &new_key(), &newer).await.is_payment(201, "paid");
    assert_eq!(just("surgery").await["just_paid"]["amount"], "3.00", "the newest order alone");
}

#[tokio::test]
async fn what_credit_of_a_health_account_s_card_pays_was_claimed_already_and_it_is_used_first() {
    let app = TestApp::open().await;
    let ana = app.ana_with("30.00").await;
    let claimed = async || {
        let proof = app.ask(Call::get("/receipts/2026").by(&ana)).await.is(200).json();
        let lines = proof["counted"].as_array().unwrap().iter();
        lines.filter(|line| line["is_by_health_account"] == true).map(|line| cents_of(&line["paid"])).sum::<i64>()
    };
    // It is said to have taken nothing, somebody else pays the bill, and then it was taken after all.
    let token = app.card(&ana, HSA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    app.line.cut(Cut::Before);
    app.pay(&ana, &new_key(), &order).await.is_refused(409, "key_in_use");
    let id = app.text("SELECT id FROM payment WHERE ask_at IS NOT NULL").await;
    charging::settle(&app.state, &id, &Verdict::never()).await.unwrap();
    app.line.cut(Cut::Nowhere);
    app.pay_by_card(&ana, &[("visit", "64.10")]).await.is_payment(201, "paid");
    let charge = Some("ch_late".to_owned());
    let taken = Verdict { charge, state: PaymentState::Paid, failure: None, cents: None, sequence: None };
    charging::settle(&app.state, &id, &taken).await.unwrap();
    assert_eq!((&app.balance(&ana).await["balance"], claimed().await), (&"94.10".into(), 0));
    for (pays, so_far) in [("50.00", 5_000), ("20.00", 7_000), ("24.10", 7_000)] {
        let order = app.order_from_balance(&ana, "", &[("surgery", pays)], pays).await;
        app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
        assert_eq!(claimed().await, so_far, "{pays}: 64.10 of it is the health account's");
    }
    app.assert_balance_is_explained().await;
}

fn cents_of(value: &Value) -> i64 {
    Money::parse(value.as_str().unwrap()).unwrap().cents()
}
