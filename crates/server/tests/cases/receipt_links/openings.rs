//! How often the links to a receipt were opened, as told to anyone who may see the payment.

use super::{ANAS, ends, opens, pays};
use crate::test_app::{TestApp, call::Call, seed::MEI};
use serde_json::{Value, json};

#[tokio::test]
async fn whoever_may_see_a_payment_sees_how_often_its_links_were_opened_and_not_by_whom() {
    let app = TestApp::open().await;
    let (ana, paid) = pays(&app).await;
    let path = format!("/payments/{}", paid["id"].as_str().unwrap());
    let links = || Call::get(&format!("{path}/receipt-links"));
    let says = |open: i64, opened: i64, at: Value| json!({ "open": open, "opened": opened, "last_opened_at": at });
    assert_eq!(app.ask(links().by(&ana)).await.is(200).json(), says(1, 0, Value::Null));
    let first = app.link(ANAS).await;
    let email = Call::post(&format!("{path}/receipt-emails")).by(&ana).json(&json!({ "email": "plan@example.org" }));
    app.ask(email).await.is(202);
    app.ask(opens(&first)).await.is(200);
    app.state.clock.move_on(60_000);
    let now = serde_json::to_value(app.state.clock.now()).unwrap();
    app.ask(opens(&app.link("plan@example.org").await)).await.is(200);
    let seen = app.ask(links().by(&ana)).await.is(200).json();
    assert_eq!((&seen["open"], &seen["opened"]), (&json!(2), &json!(2)));
    assert!(seen["last_opened_at"].as_str() >= now.as_str() && now.is_string(), "{seen}");
    assert!(!seen.to_string().contains("example.org"), "{seen}");
    app.ask(links()).await.is_refused(401, "signed_out");
    let mei = app.look_up(&MEI).await;
    app.ask(links().by(&mei)).await.is_refused(404, "not_found");
    // Those that were ended, or are too old, open nothing.
    app.ask(ends(&first)).await.is(204);
    let seen = app.ask(links().by(&ana)).await.is(200).json();
    assert_eq!((&seen["open"], &seen["opened"]), (&json!(1), &json!(1)));
    app.ask(Call::post(&format!("{path}/receipt-links/revoke")).by(&ana)).await.is(204);
    assert_eq!(app.ask(links().by(&ana)).await.is(200).json(), says(0, 0, Value::Null));
}
