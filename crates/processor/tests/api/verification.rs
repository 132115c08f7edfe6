//! Small deposits: sent once, right in any order, wrong three times, and told to nobody but the bank.

use crate::sandbox::{BINDING, Response, SECRET, Sandbox};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use contract::Instant;
use serde_json::{Value, json};

const OWNER: &str = "anasaccount";

impl Sandbox {
    async fn post(&self, path: &str, body: Value) -> Response {
        let request = Request::post(path).header("authorization", format!("Bearer {SECRET}"));
        self.ask(request.body(Body::from(body.to_string())).unwrap()).await
    }
    async fn kept_of(&self, typed: &str) -> String {
        let kept = self.post(&format!("/v1/tokens/{typed}/keep"), json!({ "binding": BINDING, "owner": OWNER })).await;
        kept.json()["token"].as_str().unwrap().to_owned()
    }
    async fn kept_account(&self) -> String {
        let typed = self.account("000123456789").await;
        self.kept_of(&typed).await
    }
    async fn start(&self, kept: &str) -> Response {
        self.post(&format!("/v1/tokens/{kept}/verification"), json!({ "owner": OWNER })).await
    }
    async fn try_amounts(&self, kept: &str, amounts: [&str; 2]) -> Response {
        let path = format!("/v1/tokens/{kept}/verification/tries");
        self.post(&path, json!({ "owner": OWNER, "amounts": amounts })).await
    }
    /// Starts it and waits for the bank. Gives the two amounts.
    async fn arrived(&self, kept: &str) -> [String; 2] {
        let started = self.start(kept).await.json();
        self.moves_to(serde_json::from_value::<Instant>(started["arrives_at"].clone()).unwrap()).await;
        let statement = self.bill("/v1/small-deposits").await.json();
        serde_json::from_value(statement[0]["amounts"].clone()).unwrap()
    }
}

/// Two amounts that are not these; another pair for each number.
fn wrong(right: &[String; 2], number: u8) -> [String; 2] {
    let taken: u8 = right[0][2..].parse().unwrap();
    let other = if taken + number > 99 { taken - number } else { taken + number };
    [format!("0.{other:02}"), right[1].clone()]
}

fn texts(amounts: &[String; 2]) -> [&str; 2] {
    [&amounts[0], &amounts[1]]
}

#[tokio::test]
async fn deposits_are_sent_once_and_their_amounts_are_right_in_any_order() {
    let sandbox = Sandbox::open().await;
    let kept = sandbox.kept_account().await;
    let started = sandbox.start(&kept).await;
    assert_eq!((started.status, &started.json()["state"]), (StatusCode::OK, &json!("sent")), "{}", started.text);
    assert!(!started.text.contains("cents") && !started.text.contains("amounts"), "{}", started.text);
    assert_eq!(sandbox.start(&kept).await.json(), started.json(), "asked again");
    let early = sandbox.try_amounts(&kept, ["0.10", "0.20"]).await;
    assert_eq!((early.status, early.code().as_str()), (StatusCode::CONFLICT, "too_early"));
    assert_eq!(sandbox.bill("/v1/small-deposits").await.json(), json!([]), "not in the account yet");
    let amounts = sandbox.arrived(&kept).await;
    assert_eq!(sandbox.bill("/v1/small-deposits").await.json().as_array().unwrap().len(), 1);
    let verified = sandbox.try_amounts(&kept, [&amounts[1], &amounts[0]]).await.json();
    assert_eq!((&verified["state"], &verified["tries_left"]), (&json!("verified"), &json!(3)));
    let other = wrong(&amounts, 1);
    assert_eq!(sandbox.try_amounts(&kept, texts(&other)).await.json(), verified, "it stays so");
}

#[tokio::test]
async fn three_wrong_tries_end_it_and_the_same_amounts_again_are_no_other_try() {
    let sandbox = Sandbox::open().await;
    let kept = sandbox.kept_account().await;
    let amounts = sandbox.arrived(&kept).await;
    for number in 1..=3 {
        let wrong = wrong(&amounts, number);
        for _ in 0..2 {
            let said = sandbox.try_amounts(&kept, texts(&wrong)).await.json();
            let state = if number == 3 { "failed" } else { "sent" };
            assert_eq!((&said["state"], &said["tries_left"]), (&json!(state), &json!(3 - number)));
        }
    }
    assert_eq!(sandbox.try_amounts(&kept, texts(&amounts)).await.json()["state"], "failed", "too late to be right");
    assert_eq!(sandbox.start(&kept).await.json()["state"], "failed");
}

#[tokio::test]
async fn nobody_but_the_owner_of_a_kept_bank_account_has_it_verified() {
    let sandbox = Sandbox::open().await;
    let typed = sandbox.card("4242424242424242").await;
    let card = sandbox.start(&sandbox.kept_of(&typed).await).await;
    assert_eq!((card.status, card.code().as_str()), (StatusCode::CONFLICT, "no_bank_account"));
    let kept = sandbox.kept_account().await;
    let path = format!("/v1/tokens/{kept}/verification");
    assert_eq!(sandbox.post(&path, json!({ "owner": "another" })).await.status, StatusCode::NOT_FOUND);
    assert_eq!(sandbox.start("kept_none").await.status, StatusCode::NOT_FOUND);
    sandbox.arrived(&kept).await;
    for amounts in [["0.00", "0.10"], ["1.00", "0.10"], ["-0.10", "0.10"], ["x", ""]] {
        assert_eq!(sandbox.try_amounts(&kept, amounts).await.status, StatusCode::BAD_REQUEST, "{amounts:?}");
    }
    let bare = Request::get("/v1/small-deposits").body(Body::empty()).unwrap();
    assert_eq!(sandbox.ask(bare).await.status, StatusCode::UNAUTHORIZED);
    let forgotten = sandbox.post(&format!("/v1/tokens/{kept}/forget"), json!({ "owner": OWNER })).await;
    assert_eq!(forgotten.status, StatusCode::OK, "{}", forgotten.text);
    assert_eq!(sandbox.start(&kept).await.status, StatusCode::NOT_FOUND);
    assert_eq!(sandbox.bill("/v1/small-deposits").await.json(), json!([]));
}
