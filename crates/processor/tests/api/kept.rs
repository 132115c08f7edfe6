//! Kept tokens: charged again and again by their owner, made once of what was typed, and good for nobody else.

use crate::sandbox::{BINDING, SECRET, Sandbox};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use contract::Instant;
use serde_json::{Value, json};

const OWNER: &str = "anasaccount";

impl Sandbox {
    async fn keep(&self, token: &str, binding: &str, owner: &str) -> crate::sandbox::Response {
        let request =
            Request::post(format!("/v1/tokens/{token}/keep")).header("authorization", format!("Bearer {SECRET}"));
        self.ask(request.body(Body::from(json!({ "binding": binding, "owner": owner }).to_string())).unwrap()).await
    }
    async fn kept(&self, token: &str) -> String {
        let kept = self.keep(token, BINDING, OWNER).await;
        assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.text);
        kept.json()["token"].as_str().unwrap().to_owned()
    }
}

fn order(token: &str, binding: &str, cents: i64) -> Value {
    json!({ "token": token, "binding": binding, "amount_cents": cents, "reference": "pay_1" })
}

#[tokio::test]
async fn a_kept_card_is_charged_again_and_again_and_one_key_is_one_charge() {
    let sandbox = Sandbox::open().await;
    let typed = sandbox.card("4242424242424242").await;
    let kept = sandbox.kept(&typed).await;
    let far = Instant::from_millis(sandbox.app.now().millis() + 400 * 86_400_000);
    let first = sandbox.charge_as("one", order(&kept, OWNER, 100)).await;
    sandbox.moves_to(far).await;
    sandbox.app.store.sweep_tokens(far).await.unwrap();
    let second = sandbox.charge_as("two", order(&kept, OWNER, 250)).await;
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED), "{}", second.text);
    assert_ne!(first.json()["id"], second.json()["id"]);
    assert_eq!(sandbox.charge_as("one", order(&kept, OWNER, 100)).await.json(), first.json(), "its key says the same");
    let other = sandbox.card("4242424242424242").await;
    let other = sandbox.charge_as("one", order(&other, BINDING, 100)).await;
    assert_eq!((other.status, other.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "key_reused"));
    assert_eq!(sandbox.charge("three", &typed, 100).await.status, StatusCode::NOT_FOUND, "what was typed expires");
}

#[tokio::test]
async fn what_was_typed_is_kept_once_and_can_still_be_charged() {
    let sandbox = Sandbox::open().await;
    let typed = sandbox.account("000123456789").await;
    let kept = sandbox.kept(&typed).await;
    assert_eq!(sandbox.kept(&typed).await, kept, "asked for again");
    assert_eq!(sandbox.charge("key", &typed, 100).await.status, StatusCode::CREATED);
    assert_eq!(sandbox.kept(&typed).await, kept, "asked for again after it was charged");
    let other = sandbox.keep(&typed, BINDING, "another").await;
    assert_eq!((other.status, other.code().as_str()), (StatusCode::CONFLICT, "token_used"));
}

#[tokio::test]
async fn a_kept_token_is_its_owner_s_and_nobody_keeps_what_another_typed() {
    let sandbox = Sandbox::open().await;
    let typed = sandbox.card("4242424242424242").await;
    assert_eq!(sandbox.keep(&typed, "fedcba9876543210", OWNER).await.status, StatusCode::NOT_FOUND);
    assert_eq!(sandbox.keep("tok_none", BINDING, OWNER).await.status, StatusCode::NOT_FOUND);
    assert_eq!(sandbox.keep(&typed, BINDING, "").await.status, StatusCode::BAD_REQUEST);
    let kept = sandbox.kept(&typed).await;
    assert_eq!(sandbox.charge("key", &kept, 100).await.status, StatusCode::NOT_FOUND, "not by the session's binding");
    assert_eq!(
        sandbox.keep(&kept, OWNER, "another").await.status,
        StatusCode::NOT_FOUND,
        "nothing is made of a kept one"
    );
    let known = sandbox.bill(&format!("/v1/tokens/{kept}?binding={OWNER}")).await.json();
    assert_eq!((&known["usable"], &known["method"]["last4"]), (&json!(true), &json!("4242")));
    let bare = Request::post(format!("/v1/tokens/{typed}/keep")).body(Body::from("{}")).unwrap();
    assert_eq!(sandbox.ask(bare).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_forgotten_token_is_charged_no_more_and_its_charges_stay() {
    let sandbox = Sandbox::open().await;
    let typed = sandbox.card("4242424242424242").await;
    let kept = sandbox.kept(&typed).await;
    let charge = sandbox.charge_as("one", order(&kept, OWNER, 100)).await;
    let forget = async |owner: &str| {
        let request =
            Request::post(format!("/v1/tokens/{kept}/forget")).header("authorization", format!("Bearer {SECRET}"));
        sandbox.ask(request.body(Body::from(json!({ "owner": owner }).to_string())).unwrap()).await
    };
    assert_eq!(forget("another").await.status, StatusCode::OK);
    assert_eq!(sandbox.charge_as("two", order(&kept, OWNER, 100)).await.status, StatusCode::CREATED, "not its owner");
    for _ in 0..2 {
        let forgotten = forget(OWNER).await;
        assert_eq!((forgotten.status, &forgotten.json()["forgotten"]), (StatusCode::OK, &json!(kept)));
    }
    assert_eq!(sandbox.charge_as("three", order(&kept, OWNER, 100)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(sandbox.charge_as("one", order(&kept, OWNER, 100)).await.json(), charge.json(), "its key says the same");
    let without = Request::post(format!("/v1/tokens/{kept}/forget")).body(Body::from("{}")).unwrap();
    assert_eq!(sandbox.ask(without).await.status, StatusCode::UNAUTHORIZED);
}
