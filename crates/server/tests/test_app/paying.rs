//! Paying: tokens as the capture frame asks for them, orders as the app sends them, and questions about a key.

use super::{
    PROCESSOR, Payer, TestApp, VISA, answer,
    call::{Call, Response},
    new_key, now,
};
use axum::{body::Body, extract::connect_info::MockConnectInfo, http::Request};
use contract::{
    Amount, Instant, Locale, Money,
    payment::{Method, Terms},
};
use serde_json::{Value, json};
use std::net::SocketAddr;

impl TestApp {
    /// What the app sends to keep what a token stands for.
    pub fn to_keep(&self, token: &str) -> Value {
        json!({ "token": token, "consent": { "text": self.text_to_keep(), "locale": "en" } })
    }

    pub fn text_to_keep(&self) -> String {
        let portal = &self.state.portal;
        contract::consent::saved_method(&portal.brand.name, &portal.contacts.billing_phone, contract::Locale::En)
    }

    /// As the capture frame would: straight to the processor.
    async fn capture(&self, typed: Value) -> String {
        let body = Body::from(typed.to_string());
        let request = Request::post("/capture/tokens").header("origin", PROCESSOR).body(body).unwrap();
        let peer = MockConnectInfo(SocketAddr::from(([192, 0, 2, 1], 1234)));
        let made = answer(processor::router(self.processor.clone()).layer(peer), request).await;
        made.is(201).json()["token"].as_str().unwrap().to_owned()
    }

    pub async fn card(&self, payer: &Payer, number: &str) -> String {
        let typed = json!({
            "kind": "card", "binding": payer.binding, "number": number, "expiry": now::expiry(), "code": "123",
        });
        self.capture(typed).await
    }

    pub async fn bank(&self, payer: &Payer, account: &str) -> String {
        self.capture(json!({
            "kind": "bank", "binding": payer.binding, "routing": "021000021", "account": account, "account_kind": "checking",
        }))
        .await
    }

    /// What the server says that a token stands for.
    pub async fn method(&self, payer: &Payer, token: &str) -> Response {
        self.ask(Call::post("/payment-methods").by(payer).json(&json!({ "token": token }))).await
    }

    /// The order that the app would send for these bills; cases change it.
    pub async fn order(&self, payer: &Payer, token: &str, shares: &[(&str, &str)]) -> Value {
        let method = self.state.processor.method(token, &payer.binding).await.unwrap();
        self.order_with(payer, token, &method, shares)
    }

    pub fn order_with(&self, payer: &Payer, token: &str, method: &Method, shares: &[(&str, &str)]) -> Value {
        let amounts = shares.iter().map(|(_, amount)| Amount::parse(amount).unwrap().money());
        let total = Money::sum(amounts).unwrap();
        let (portal, region, today) = (&self.state.portal, payer.region, self.state.today(payer.region));
        let debit_day = self.state.debit_day(region, self.state.clock.now());
        let terms =
            Terms { portal, region, today, debit_day, method, total, from_balance: Money::ZERO, bills: shares.len() };
        let authorisation = terms.authorisation(payer.name, Locale::En);
        let shares: Vec<_> = shares.iter().map(|(bill, amount)| json!({ "bill": bill, "amount": amount })).collect();
        json!({
            "shares": shares, "token": token, "payer_name": payer.name, "email": "ana@example.org", "fee": terms.fee(),
            "authorisation": authorisation.unwrap_or_default(), "locale": "en",
        })
    }

    pub async fn pay(&self, payer: &Payer, key: &str, order: &Value) -> Response {
        self.ask(Call::post("/payments").by(payer).key(key).json(order)).await
    }

    /// Pays these bills by card, with a token and a key of their own.
    pub async fn pay_by_card(&self, payer: &Payer, shares: &[(&str, &str)]) -> Response {
        let token = self.card(payer, VISA).await;
        let order = self.order(payer, &token, shares).await;
        self.pay(payer, &new_key(), &order).await
    }

    /// What the key says, and then what the payment says that it named.
    pub async fn by_key(&self, payer: &Payer, key: &str) -> Response {
        self.by_query(payer, &format!("idempotency_key={key}")).await
    }

    /// The question a page asks after an order that might have begun until then.
    pub async fn by_key_until(&self, payer: &Payer, key: &str, begin_by: Instant) -> Response {
        self.by_query(payer, &format!("idempotency_key={key}&begin_by={begin_by}")).await
    }

    async fn by_query(&self, payer: &Payer, query: &str) -> Response {
        let found = self.ask(Call::get(&format!("/payments?{query}")).by(payer)).await;
        if found.status != 200 {
            return found;
        }
        let page = found.json();
        assert_eq!((page["payments"].as_array().unwrap().len(), &page["next"]), (1, &Value::Null));
        let row = &page["payments"][0];
        let payment = self.ask(Call::get(&format!("/payments/{}", row["id"].as_str().unwrap())).by(payer)).await;
        assert_eq!(row["state"], payment.json()["state"]);
        payment
    }
}
