//! Tokens: each is charged once, is good for one payer and half an hour, and is deleted when nobody charged it.

use crate::sandbox::{BINDING, Sandbox};
use axum::http::StatusCode;
use contract::Instant;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_token_is_charged_once_whatever_the_keys() {
    let sandbox = std::sync::Arc::new(Sandbox::open().await);
    let token = sandbox.card("4242424242424242").await;
    let calls: Vec<_> = (0..24)
        .map(|at| {
            let (sandbox, token) = (sandbox.clone(), token.clone());
            tokio::spawn(async move { sandbox.charge(&format!("key {at}"), &token, 100).await })
        })
        .collect();
    let mut charged = 0;
    for call in calls {
        let answer = call.await.unwrap();
        match answer.status {
            StatusCode::CREATED => charged += 1,
            status => assert_eq!((status, answer.code().as_str()), (StatusCode::CONFLICT, "token_used")),
        }
    }
    assert_eq!(charged, 1);
}

#[tokio::test]
async fn a_token_of_another_payer_does_not_exist() {
    let sandbox = Sandbox::open().await;
    let token = sandbox.card("4242424242424242").await;
    let foreign = json!({"token": token, "binding": "fedcba9876543210", "amount_cents": 100, "reference": "pay_1"});
    assert_eq!(sandbox.charge_as("key", foreign).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        sandbox.bill(&format!("/v1/tokens/{token}?binding=fedcba9876543210")).await.status,
        StatusCode::NOT_FOUND
    );
    let known = sandbox.bill(&format!("/v1/tokens/{token}?binding={BINDING}")).await.json();
    assert_eq!(known["usable"], true);
    assert_eq!(known["method"]["last4"], "4242");
}

#[tokio::test]
async fn a_token_nobody_charged_is_worthless_after_half_an_hour() {
    let sandbox = Sandbox::open().await;
    let (early, late) = (sandbox.card("4242424242424242").await, sandbox.card("4242424242424242").await);
    let made = sandbox.app.now().millis();
    sandbox.moves_to(Instant::from_millis(made + 29 * 60_000)).await;
    assert_eq!(sandbox.charge("in time", &early, 100).await.status, StatusCode::CREATED);
    sandbox.moves_to(Instant::from_millis(made + 31 * 60_000)).await;
    assert_eq!(sandbox.charge("too late", &late, 100).await.status, StatusCode::NOT_FOUND);
    assert_eq!(sandbox.bill(&format!("/v1/tokens/{late}?binding={BINDING}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_token_that_nobody_charged_is_deleted_after_a_day() {
    let sandbox = Sandbox::open().await;
    let (left, charged) = (sandbox.card("4242424242424242").await, sandbox.card("4242424242424242").await);
    let paid = sandbox.charge("key", &charged, 100).await.json();
    let now = sandbox.app.now();
    sandbox.app.store.sweep_tokens(Instant::from_millis(now.millis() + 23 * 3_600_000)).await.unwrap();
    assert!(holds(&sandbox, &left).await && holds(&sandbox, &charged).await);
    sandbox.app.store.sweep_tokens(Instant::from_millis(now.millis() + 25 * 3_600_000)).await.unwrap();
    assert!(!holds(&sandbox, &left).await && holds(&sandbox, &charged).await);
    assert_eq!(sandbox.charge("key", &charged, 100).await.json(), paid, "the key still means its charge");
}

/// Its row is there, however worthless it may be.
async fn holds(sandbox: &Sandbox, token: &str) -> bool {
    let url = format!("sqlite://{}", sandbox.folder.path().join("processor.db").display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    let sql = "SELECT COUNT(*) FROM token WHERE token = $1";
    sqlx::query_scalar::<_, i64>(sql).bind(token).fetch_one(&pool).await.unwrap() == 1
}
