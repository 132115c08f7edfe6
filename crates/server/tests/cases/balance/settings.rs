//! How a member uses the balance: the notice that it is low, told once each time it falls below what the member chose;
//! and whether paying bills begins with it.

use super::*;

impl TestApp {
    async fn choose(&self, payer: &Payer, settings: &Value) -> Response {
        self.ask(Call::write("PUT", "/balance/settings").by(payer).json(settings)).await
    }

    /// How often the member was told until now.
    async fn low_notices(&self) -> usize {
        self.jobs().await;
        let emails = self.state.store.emails(200).await.unwrap();
        emails.iter().filter(|email| email.subject.contains("Your balance is low")).count()
    }

    async fn uses(&self, payer: &Payer, amount: &str) {
        let mut order = self.order_from_balance(payer, "", &[("surgery", amount)], amount).await;
        order["pay_again"] = true.into();
        self.pay(payer, &new_key(), &order).await.is_payment(201, "paid");
    }
}

#[tokio::test]
async fn a_member_is_told_once_each_time_the_balance_falls_below_the_amount_that_was_chosen() {
    let app = TestApp::open().await;
    let ana = app.ana_with("60.00").await;
    app.uses(&ana, "5.00").await;
    assert_eq!(app.low_notices().await, 0, "off at first");
    let chosen = app.choose(&ana, &json!({ "low": "50.00", "is_first": false })).await.is(200).json();
    assert_eq!(chosen["settings"], json!({ "low": "50.00", "is_first": false }));
    app.uses(&ana, "5.00").await;
    assert_eq!(app.low_notices().await, 0, "50.00 is not below 50.00");
    app.uses(&ana, "1.00").await;
    app.uses(&ana, "10.00").await;
    assert_eq!(app.low_notices().await, 1, "once");
    let email = app.state.store.emails(200).await.unwrap();
    let email = email.iter().find(|email| email.subject.contains("Your balance is low")).unwrap();
    assert!(email.text.contains("fell below $50.00") && email.text.contains("Balance: $49.00"), "{}", email.text);
    app.deposit_by_card(&ana, "5.00").await;
    app.uses(&ana, "5.00").await;
    assert_eq!(app.low_notices().await, 1, "it was never there again");
    app.deposit_by_card(&ana, "20.00").await;
    app.uses(&ana, "20.00").await;
    assert_eq!(app.low_notices().await, 2, "it was, and fell again");
    app.choose(&ana, &json!({ "low": null, "is_first": false })).await.is(200);
    app.deposit_by_card(&ana, "50.00").await;
    app.uses(&ana, "50.00").await;
    assert_eq!(app.low_notices().await, 2, "turned off");
    app.assert_balance_is_explained().await;
}

#[tokio::test]
async fn a_refund_a_returned_deposit_and_a_part_of_an_order_tell_of_a_low_balance_and_one_that_is_only_held_does_not() {
    for how in ["refund", "returned", "part", "declined"] {
        let app = TestApp::open().await;
        let ana = app.ana().await;
        let deposit = app.deposit_by_card(&ana, "60.00").await["id"].as_str().unwrap().to_owned();
        app.choose(&ana, &json!({ "low": "50.00", "is_first": false })).await.is(200);
        let order = async |card| {
            let token = app.card(&ana, card).await;
            let order = app.order_from_balance(&ana, &token, &[("surgery", "40.00")], "20.00").await;
            app.pay(&ana, &new_key(), &order).await.is(201);
        };
        match how {
            "refund" => {
                let order = json!({ "amount": "20.00" });
                app.ask(Call::post("/balance/refunds").by(&ana).key(&new_key()).json(&order)).await.is(201);
            }
            "returned" => app.settled(&deposit, PaymentState::Returned).await,
            "part" => order(VISA).await,
            _ => order(DECLINED).await,
        }
        assert_eq!(app.low_notices().await, usize::from(how != "declined"), "{how}");
    }
}

#[tokio::test]
async fn of_two_that_take_the_balance_below_the_amount_at_once_on_two_servers_one_tells() {
    let app = TestApp::open().await;
    let ana = app.ana_with("60.00").await;
    app.choose(&ana, &json!({ "low": "50.00", "is_first": false })).await.is(200);
    let other = app.beside().await;
    let mut orders = Vec::new();
    for bill in ["visit", "surgery"] {
        let order = app.order_from_balance(&ana, "", &[(bill, "20.00")], "20.00").await;
        orders.push(Call::post("/payments").by(&ana).key(&new_key()).json(&order));
    }
    let (second, first) = (orders.pop().unwrap(), orders.pop().unwrap());
    let (first, second) = tokio::join!(app.ask(first), other.ask(second));
    first.is_payment(201, "paid");
    second.is_payment(201, "paid");
    assert_eq!((app.low_notices().await, app.balance(&ana).await["balance"].clone()), (1, json!("20.00")));
}

#[tokio::test]
async fn a_notice_of_a_low_balance_that_is_turned_off_is_not_sent() {
    let app = TestApp::open().await;
    let ana = app.ana_with("60.00").await;
    app.choose(&ana, &json!({ "low": "50.00", "is_first": false })).await.is(200);
    let off = json!({ "notices": [{ "kind": "low_balance", "email": false }] });
    let notices = app.ask(Call::write("PUT", "/notices").by(&ana).json(&off)).await.is(200).json();
    let kinds: Vec<_> = notices["notices"].as_array().unwrap().iter().map(|notice| &notice["kind"]).collect();
    assert!(kinds.contains(&&json!("low_balance")), "{kinds:?}");
    app.uses(&ana, "20.00").await;
    app.jobs().await;
    let id = app.text("SELECT id FROM outbox WHERE notice_kind = 'low_balance'").await;
    assert!(!app.state.store.is_wanted(&id).await.unwrap());
}

#[tokio::test]
async fn an_amount_that_is_none_or_out_of_its_limits_is_refused_and_changes_nothing() {
    let app = TestApp::open().await;
    let ana = app.ana_with("60.00").await;
    app.choose(&ana, &json!({ "low": "25.00", "is_first": true })).await.is(200);
    for (low, status) in [
        (json!("0.99"), 422),
        (json!("0.00"), 422),
        (json!("10000.01"), 422),
        (json!("-5.00"), 422),
        (json!("NaN"), 422),
        (json!("1e3"), 422),
        (json!("4242424242424242"), 422),
        (json!(25), 400),
    ] {
        let refused = app.choose(&ana, &json!({ "low": low, "is_first": false })).await;
        assert_eq!(refused.status.as_u16(), status, "{low}: {}", refused.text);
    }
    let refused = app.choose(&ana, &json!({ "low": "0.99", "is_first": false })).await;
    refused.is_refused(422, "invalid").has_field_problem("low", "too_small");
    let refused = app.choose(&ana, &json!({ "low": "10000.01", "is_first": false })).await;
    refused.is_refused(422, "invalid").has_field_problem("low", "too_large");
    app.choose(&ana, &json!({ "low": null, "is_first": false, "account": "x" })).await.is(400);
    assert_eq!(app.balance(&ana).await["settings"], json!({ "low": "25.00", "is_first": true }));
    app.register(&MEI, "mei@example.org").await;
    let mei = app.sign_in("mei@example.org").await;
    assert_eq!(app.balance(&mei).await["settings"], json!({ "low": null, "is_first": false }));
    app.choose(&mei, &json!({ "low": null, "is_first": false })).await.is(200);
    assert_eq!(app.balance(&ana).await["settings"], json!({ "low": "25.00", "is_first": true }), "each their own");
}

#[tokio::test]
async fn the_bills_say_whether_paying_begins_with_the_balance_as_the_member_chose() {
    let app = TestApp::open().await;
    let ana = app.ana_with("60.00").await;
    let first = async || app.ask(Call::get("/bills").by(&ana)).await.is(200).json()["balance_first"].clone();
    assert_eq!(first().await, Value::Null, "asked each time");
    app.choose(&ana, &json!({ "low": null, "is_first": true })).await.is(200);
    assert_eq!(first().await, json!(true));
    let payer = app.look_up(&ANA).await;
    assert_eq!(app.ask(Call::get("/bills").by(&payer)).await.json()["balance_first"], Value::Null);
}
