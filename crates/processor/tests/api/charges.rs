//! What the billing system may rely on: one charge for a key, one charge for a token, and word of what banks answer
//! later.

use crate::sandbox::{BINDING, Sandbox, now};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use contract::{Instant, payment::plan_debit};
use processor::settings::Secrets;
use serde_json::json;

#[tokio::test]
async fn the_same_key_is_the_same_charge_for_ever() {
    let sandbox = Sandbox::open().await;
    let token = sandbox.card("4242424242424242").await;
    let first = sandbox.charge("key", &token, 21_410).await;
    assert_eq!(first.status, StatusCode::CREATED);
    assert_eq!(first.json()["state"], "paid");
    sandbox.moves_to(Instant::from_millis(sandbox.app.now().millis() + 400 * 86_400_000)).await;
    assert_eq!(sandbox.charge("key", &token, 21_410).await.json(), first.json());
    assert_eq!(sandbox.bill("/v1/charges?idempotency_key=key").await.json(), first.json());
    assert_eq!(
        sandbox.bill(&format!("/v1/charges/{}", first.json()["id"].as_str().unwrap())).await.json(),
        first.json()
    );
    assert_eq!(sandbox.bill("/v1/charges?idempotency_key=none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_sent_many_times_at_once_is_one_charge() {
    let sandbox = std::sync::Arc::new(Sandbox::open().await);
    let token = sandbox.card("4242424242424242").await;
    let calls: Vec<_> = (0..24)
        .map(|_| {
            let (sandbox, token) = (sandbox.clone(), token.clone());
            tokio::spawn(async move { sandbox.charge("key", &token, 100).await.json()["id"].clone() })
        })
        .collect();
    let mut ids = Vec::new();
    for call in calls {
        ids.push(call.await.unwrap());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert!(ids[0].is_string());
}

#[tokio::test]
async fn a_key_that_meant_another_charge_is_refused() {
    let sandbox = Sandbox::open().await;
    let (token, other) = (sandbox.card("4242424242424242").await, sandbox.card("4242424242424242").await);
    sandbox.charge("key", &token, 100).await;
    for body in [
        json!({"token": token, "binding": BINDING, "amount_cents": 101, "reference": "pay_1"}),
        json!({"token": token, "binding": BINDING, "amount_cents": 100, "reference": "pay_2"}),
        json!({"token": other, "binding": BINDING, "amount_cents": 100, "reference": "pay_1"}),
    ] {
        let refused = sandbox.charge_as("key", body.clone()).await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "key_reused"),
            "{body}"
        );
    }
    assert_eq!(
        sandbox.charge("new key", &other, 100).await.status,
        StatusCode::CREATED,
        "the refused one is still good"
    );
}

#[tokio::test]
async fn a_closed_key_is_never_charged_and_its_token_is_still_good() {
    let sandbox = Sandbox::open().await;
    let token = sandbox.card("4242424242424242").await;
    for _ in 0..2 {
        let closed = sandbox.close("key").await;
        assert_eq!((closed.status, closed.json()), (StatusCode::OK, json!({"idempotency_key": "key", "charge": null})));
    }
    let refused = sandbox.charge("key", &token, 100).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "key_closed"));
    assert_eq!(refused.json()["idempotency_key"], "key");
    assert_eq!(sandbox.bill("/v1/charges?idempotency_key=key").await.status, StatusCode::NOT_FOUND);
    assert_eq!(sandbox.charge("new key", &token, 100).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn closing_the_key_of_a_charge_says_what_was_charged_and_changes_nothing() {
    let sandbox = Sandbox::open().await;
    let token = sandbox.card("4242424242424242").await;
    let charge = sandbox.charge("key", &token, 100).await.json();
    assert_eq!(sandbox.close("key").await.json()["charge"], charge);
    assert_eq!(sandbox.charge("key", &token, 100).await.json(), charge);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_closed_and_charged_at_once_is_one_of_the_two() {
    for round in 0..20 {
        let sandbox = std::sync::Arc::new(Sandbox::open().await);
        let token = sandbox.card("4242424242424242").await;
        let (one, other) = (sandbox.clone(), sandbox.clone());
        let charging = tokio::spawn(async move { one.charge("key", &token, 100).await.status });
        let closed = tokio::spawn(async move { other.close("key").await.json()["charge"].is_null() }).await.unwrap();
        let charged = charging.await.unwrap() == StatusCode::CREATED;
        assert_eq!(closed, !charged, "round {round}");
    }
}

#[tokio::test]
async fn a_rejection_says_which_key_it_is_about() {
    let sandbox = Sandbox::open().await;
    assert_eq!(sandbox.charge("key", "tok_unknown", 100).await.json()["idempotency_key"], "key");
    assert_eq!(sandbox.bill("/v1/charges?idempotency_key=none").await.json()["idempotency_key"], "none");
}

#[tokio::test]
async fn charges_are_listed_in_pages_in_the_order_they_were_made_each_once() {
    let sandbox = Sandbox::open_with(&["--tokens", "200"]).await;
    let mut made = Vec::new();
    for at in 0..120 {
        let token = sandbox.card("4242424242424242").await;
        made.push(sandbox.charge(&format!("key {at}"), &token, 100 + at).await.json());
    }
    let time = |charge: &serde_json::Value| Instant::parse(charge["made_at"].as_str().unwrap()).unwrap();
    made.sort_by_key(|charge| (time(charge), charge["id"].to_string()));
    let first = sandbox.bill("/v1/charges").await.json();
    assert_eq!(first.as_array().unwrap().as_slice(), &made[..100]);
    let last = first[99]["id"].as_str().unwrap();
    let second = sandbox.bill(&format!("/v1/charges?after={last}")).await.json();
    assert_eq!(second.as_array().unwrap().as_slice(), &made[100..]);
    let since = sandbox.app.now().millis() + 1;
    assert_eq!(sandbox.bill(&format!("/v1/charges?since={since}")).await.json(), json!([]));
}

#[tokio::test]
async fn every_card_ends_as_its_number_says() {
    let sandbox = Sandbox::open().await;
    for (number, state, failure) in [
        ("4012888888881881", "paid", json!(null)),
        ("5555555555554444", "paid", json!(null)),
        ("378282246310005", "paid", json!(null)),
        ("6011000990139424", "paid", json!(null)),
        ("4000000000000002", "failed", json!("declined")),
        ("4000000000009995", "failed", json!("insufficient_funds")),
        ("4000000000000069", "failed", json!("card_expired")),
        ("4000000000000127", "failed", json!("wrong_security_code")),
        ("4000000000000119", "failed", json!("processing_error")),
    ] {
        let token = sandbox.card(number).await;
        let charge = sandbox.charge(number, &token, 100).await.json();
        assert_eq!((&charge["state"], &charge["failure"]), (&json!(state), &failure), "{number}");
        assert_eq!(charge["expected_on"], json!(null), "{number}");
    }
}

#[tokio::test]
async fn a_bank_debit_is_on_its_way_until_its_bank_answers() {
    let sandbox = Sandbox::open().await;
    for (account, state, failure) in [
        ("000123456789", "paid", json!(null)),
        ("000111111116", "returned", json!("insufficient_funds")),
        ("000111111113", "returned", json!("account_closed")),
        ("000222222227", "returned", json!("account_not_found")),
        ("000333333335", "returned", json!("not_authorised")),
    ] {
        let token = sandbox.account(account).await;
        let begun = sandbox.charge(account, &token, 100).await.json();
        assert_eq!((&begun["state"], &begun["failure"]), (&json!("processing"), &json!(null)), "{account}");
        let before = sandbox.bill("/v1/events?after=0").await.json().as_array().unwrap().len();
        sandbox.moves_past(&begun["expected_on"]).await;
        let ended = sandbox.bill(&format!("/v1/charges?idempotency_key={account}")).await.json();
        assert_eq!((&ended["state"], &ended["failure"]), (&json!(state), &failure), "{account}");
        let events = sandbox.bill("/v1/events?after=0").await.json();
        assert_eq!(events.as_array().unwrap().len(), before + 1, "{account}");
        let event = &events[before];
        assert_eq!((&event["charge"], &event["state"], &event["failure"]), (&begun["id"], &json!(state), &failure));
        assert_eq!((&event["idempotency_key"], &event["sequence"]), (&json!(account), &ended["sequence"]));
        let last = event["sequence"].as_i64().unwrap();
        assert_eq!(sandbox.bill(&format!("/v1/events?after={last}")).await.json(), json!([]), "told once");
    }
}

#[tokio::test]
async fn nothing_is_told_or_done_without_the_secret() {
    let sandbox = Sandbox::open().await;
    let token = sandbox.card("4242424242424242").await;
    let charge = json!({"token": token, "binding": BINDING, "amount_cents": 100, "reference": "pay_1"}).to_string();
    let token_path = format!("/v1/tokens/{token}?binding={BINDING}");
    for secret in [
        None,
        Some("Bearer "),
        Some("Bearer a secret that both programs sharE"),
        Some("Bearer a secret that both programs share "),
        Some("a secret that both programs share"),
    ] {
        for (method, path, body) in [
            ("GET", token_path.as_str(), ""),
            ("POST", "/v1/charges", charge.as_str()),
            ("GET", "/v1/charges?idempotency_key=key", ""),
            ("GET", "/v1/charges/ch_1", ""),
            ("GET", "/v1/events?after=0", ""),
            ("GET", "/v1/charges", ""),
            ("POST", "/v1/keys/key/close", ""),
            ("POST", "/v1/clock", r#"{"now_millis":1}"#),
        ] {
            let mut request = Request::builder().method(method).uri(path).header("idempotency-key", "key");
            if let Some(secret) = secret {
                request = request.header("authorization", secret);
            }
            let refused = sandbox.ask(request.body(Body::from(body.to_owned())).unwrap()).await;
            assert_eq!(
                (refused.status, refused.code().as_str()),
                (StatusCode::UNAUTHORIZED, "wrong_secret"),
                "{path} {secret:?}"
            );
        }
    }
    assert_eq!(sandbox.charge("key", &token, 100).await.status, StatusCode::CREATED, "the token was not used up");
}

#[tokio::test]
async fn a_charge_that_is_none_is_refused_and_uses_nothing_up() {
    let sandbox = Sandbox::open().await;
    let token = sandbox.card("4242424242424242").await;
    for cents in [json!(0), json!(-1), json!(1.5), json!("100"), json!(null), json!(1e300)] {
        let refused = sandbox
            .charge_as("key", json!({"token": token, "binding": BINDING, "amount_cents": cents, "reference": "p"}))
            .await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::BAD_REQUEST, "malformed"), "{cents}");
    }
    let more = json!({"token": token, "binding": BINDING, "amount_cents": 1, "reference": "p", "member": "Ana"});
    assert_eq!(sandbox.charge_as("key", more).await.status, StatusCode::BAD_REQUEST, "a field nobody asked for");
    assert_eq!(sandbox.charge("", &token, 100).await.code(), "key_missing");
    assert_eq!(sandbox.charge("key", "tok_unknown", 100).await.status, StatusCode::NOT_FOUND);
    assert_eq!(sandbox.charge("key", &token, 100).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_bank_debit_is_handed_to_the_bank_on_the_day_that_was_agreed() {
    let sandbox = Sandbox::open().await;
    let token = sandbox.account("000123456789").await;
    let on = now().utc_date().plus_days(9);
    let body = json!({ "token": token, "binding": BINDING, "amount_cents": 100, "reference": "pay_1", "send_on": on });
    let begun = sandbox.charge_as("key", body).await.json();
    assert_eq!(begun["expected_on"], json!(plan_debit(on, 3).expected_on.to_string()));
}

#[tokio::test]
async fn the_secret_before_is_good_until_the_operator_takes_it_away() {
    let sandbox = Sandbox::open().await;
    let ask = |secret: &str| {
        let request = Request::get("/v1/events?after=0").header("authorization", format!("Bearer {secret}"));
        sandbox.ask(request.body(Body::empty()).unwrap())
    };
    assert_eq!(ask(crate::sandbox::SECRET).await.status, StatusCode::OK);
    assert_eq!(ask(crate::sandbox::SECRET_BEFORE).await.status, StatusCode::OK);
    assert_eq!(ask("another that is as long as both of these").await.status, StatusCode::UNAUTHORIZED);
    let only = Secrets::new(crate::sandbox::SECRET);
    assert!(only.has(crate::sandbox::SECRET) && !only.has(crate::sandbox::SECRET_BEFORE) && !only.has(""));
}
