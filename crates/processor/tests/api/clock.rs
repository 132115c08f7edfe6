//! The sandbox's clock, which a demo moves on.

use crate::sandbox::{SECRET, Sandbox, now};
use axum::http::StatusCode;
use contract::{Instant, payment::plan_debit};
use processor::settings::{Secrets, Settings};
use serde_json::json;

#[tokio::test]
async fn the_clock_moves_on_and_never_back() {
    let sandbox = Sandbox::open().await;
    let before = sandbox.app.now();
    sandbox.moves_to(Instant::from_millis(before.millis() + 3_600_000)).await;
    let later = sandbox.app.now().millis();
    assert!(later >= before.millis() + 3_600_000);
    sandbox.moves_to(before).await;
    assert!(sandbox.app.now().millis() >= later);
}

#[tokio::test]
async fn a_clock_that_was_moved_on_stays_so_when_the_program_starts_again() {
    let sandbox = Sandbox::open().await;
    let token = sandbox.account("000123456789").await;
    let later = now().plus_millis(60 * 86_400_000);
    sandbox.moves_to(later).await;
    let sandbox = sandbox.again().await;
    assert!((sandbox.app.now().millis() - later.millis()).abs() < 60_000, "{}", sandbox.app.now());
    assert_eq!(sandbox.charge("key", &token, 100).await.status, StatusCode::NOT_FOUND, "the token is two months old");
    let token = sandbox.account("000123456789").await;
    let begun = sandbox.charge("key", &token, 100).await.json();
    let expected = plan_debit(later.utc_date(), 3).expected_on.to_string();
    assert_eq!(begun["expected_on"], json!(expected));
}

#[test]
fn a_clock_that_is_set_is_a_moment() {
    let parse = |moment: &str| {
        let arguments = ["--clock", moment].map(str::to_owned);
        Settings::parse(arguments, Secrets::new(SECRET))
    };
    assert_eq!(parse("2028-02-29T23:50:00Z").unwrap().clock, Some(Instant::parse("2028-02-29T23:50:00Z").unwrap()));
    let refused = parse("tomorrow").unwrap_err().to_string();
    assert!(refused.contains("--clock") && refused.contains("tomorrow is not a moment"), "{refused}");
}
