//! Drafts of payments: one that can't be read is none.

use crate::test_app::{TestApp, call::Call, cookie, seed::ANA};
use serde_json::{Value, json};

async fn kept(app: &TestApp, cookie: &str) -> Value {
    app.ask(Call::get("/payment-draft").header("cookie", cookie)).await.is(200).json()
}

#[tokio::test]
async fn a_draft_that_can_not_be_read_is_none_and_stops_nothing() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let spoil = async || {
        let sql = "UPDATE session SET draft = '{\"payer_name\":7}' WHERE ended_at IS NULL";
        sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
    };
    spoil().await;
    assert_eq!(kept(&app, &ana.cookie).await["payer_name"], "");
    let draft = json!({ "payer_name": "Ana O’Neill" });
    app.ask(Call::write("PUT", "/payment-draft").by(&ana).json(&draft)).await.is(204);
    assert_eq!(kept(&app, &ana.cookie).await["payer_name"], "Ana O’Neill");
    spoil().await;
    let again = app.ask(Call::post("/bill-lookups").by(&ana).json(&ANA.lookup())).await;
    assert_eq!(kept(&app, &cookie(again.is(201))).await["payer_name"], "");
}
