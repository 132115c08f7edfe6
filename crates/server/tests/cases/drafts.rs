//! Drafts of payments: one that can't be read is none, and a payment wipes its own and no other.

use crate::test_app::{PAYS, TestApp, VISA, call::Call, cookie, new_key, seed::ANA};
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

#[tokio::test]
async fn a_payment_wipes_its_own_draft_and_none_that_was_begun_meanwhile() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let keep = async |key: Option<&str>| {
        let draft = json!({ "payer_name": "Ana O’Neill", "key": key });
        app.ask(Call::write("PUT", "/payment-draft").by(&ana).json(&draft)).await.is(204);
    };
    for (drafts_key, is_wiped) in [(Some(true), true), (Some(false), false), (None, false)] {
        for is_bank in [false, true] {
            let (key, other) = (new_key(), new_key());
            keep(drafts_key.map(|is_ours| if is_ours { key.as_str() } else { other.as_str() })).await;
            let token = if is_bank { app.bank(&ana, PAYS).await } else { app.card(&ana, VISA).await };
            let mut order = app.order(&ana, &token, &[("surgery", "1.00")]).await;
            order["pay_again"] = json!(true);
            app.pay(&ana, &key, &order).await.is_payment(201, if is_bank { "processing" } else { "paid" });
            let name = kept(&app, &ana.cookie).await["payer_name"].clone();
            assert_eq!(name == "", is_wiped, "{drafts_key:?} {is_bank}");
        }
    }
    app.assert_books_balance().await;
}
