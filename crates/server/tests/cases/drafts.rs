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

#[tokio::test]
async fn a_deposit_that_is_reviewed_is_kept_for_its_member_with_the_method_that_the_processor_named() {
    let app = TestApp::open().await;
    app.register(&ANA, "ana@example.org").await;
    let ana = app.sign_in("ana@example.org").await;
    let token = app.card(&ana, VISA).await;
    let keep = async |by, amount: &str, token: &str| {
        let said = json!({ "kind": "card", "brand": "amex", "last4": "0005", "expiry": "12/29", "funding": "debit" });
        let draft = json!({ "deposit": { "amount": amount, "token": token, "method": said } });
        app.ask(Call::write("PUT", "/payment-draft").by(by).json(&draft)).await
    };
    keep(&ana, "60", &token).await.is(204);
    assert_eq!(kept(&app, &ana.cookie).await["deposit"], json!(null), "nobody has named it");
    app.method(&ana, &token).await.is(200);
    keep(&ana, "60", &token).await.is(204);
    let deposit = kept(&app, &ana.cookie).await["deposit"].clone();
    assert_eq!((&deposit["amount"], &deposit["method"]["last4"]), (&json!("60"), &json!("4242")));
    let refused = keep(&ana, "4242 4242 4242 4242", &token).await;
    refused.is_refused(422, "invalid").has_field_problem("deposit.amount", "looks_like_card");
    // a guest has no balance
    let guest = app.look_up(&ANA).await;
    let theirs = app.card(&guest, VISA).await;
    app.method(&guest, &theirs).await.is(200);
    keep(&guest, "60", &theirs).await.is(204);
    assert_eq!(kept(&app, &guest.cookie).await["deposit"], json!(null));
}
