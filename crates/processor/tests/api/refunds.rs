//! Refunds: a part of a charge goes back once a key, and never more than was charged.

use crate::sandbox::{SECRET, Sandbox};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

impl Sandbox {
    async fn refund(&self, key: &str, charge: &str, cents: i64) -> (StatusCode, Value) {
        let request = Request::post(format!("/v1/charges/{charge}/refunds"))
            .header("authorization", format!("Bearer {SECRET}"))
            .header("idempotency-key", key);
        let said = self.ask(request.body(Body::from(json!({ "amount_cents": cents }).to_string())).unwrap()).await;
        (said.status, said.json())
    }
}

#[tokio::test]
async fn a_part_of_a_charge_goes_back_once_a_key_and_no_more_than_was_charged() {
    let sandbox = Sandbox::open().await;
    let token = sandbox.card("4242424242424242").await;
    let charge = sandbox.charge("one", &token, 5_000).await.json()["id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        let (status, said) = sandbox.refund("first", &charge, 3_000).await;
        assert_eq!((status, &said["is_refused"]), (StatusCode::CREATED, &json!(false)));
    }
    assert_eq!(sandbox.refund("first", &charge, 3_001).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, said) = sandbox.refund("second", &charge, 2_001).await;
    assert_eq!(said["is_refused"], true, "more than is left");
    assert_eq!(sandbox.refund("third", &charge, 2_000).await.1["is_refused"], false);
    let known = sandbox.bill("/v1/charges?idempotency_key=one").await.json();
    assert_eq!((&known["state"], &known["amount_cents"]), (&json!("paid"), &json!(5_000)), "the charge stays");
    assert_eq!(sandbox.refund("fourth", &charge, 0).await.0, StatusCode::BAD_REQUEST);
    let bare = Request::post(format!("/v1/charges/{charge}/refunds")).body(Body::from("{}")).unwrap();
    assert_eq!(sandbox.ask(bare).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn nothing_goes_back_of_what_is_not_paid_and_a_refused_key_stays_refused() {
    let sandbox = Sandbox::open().await;
    let account = sandbox.account("000123456789").await;
    let charge = sandbox.charge("one", &account, 5_000).await.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(sandbox.refund("first", &charge, 1_000).await.1["is_refused"], true);
    assert_eq!(sandbox.refund("none", "ch_none", 1_000).await.1["is_refused"], true);
    let far = contract::Instant::from_millis(sandbox.app.now().millis() + 20 * 86_400_000);
    sandbox.moves_to(far).await;
    sandbox.app.store.end_debits(far).await.unwrap();
    assert_eq!(sandbox.refund("first", &charge, 1_000).await.1["is_refused"], true, "as it was said");
    assert_eq!(sandbox.refund("second", &charge, 1_000).await.1["is_refused"], false);
}
