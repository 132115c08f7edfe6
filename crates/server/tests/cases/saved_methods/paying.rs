//! Paying with a saved method, and saving one while paying.

use super::{super::too_late::waits_for_a_lock, ana, list, order, remove, replace, save, saved};
use crate::test_app::{DECLINED, PAYS, TestApp, VISA, call::Call, line::Cut, new_key};
use contract::Instant;
use serde_json::{Value, json};

#[tokio::test]
async fn a_saved_card_pays_again_and_again_and_once_for_each_key() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let id = saved(&app, &ana, VISA, "Household").await;
    let (first, second) = (new_key(), new_key());
    let visit = order(&app, &ana, &id, &[("visit", "64.10")]).await;
    let paid = app.pay(&ana, &first, &visit).await.is_payment(201, "paid").json();
    assert_eq!(paid["method"]["last4"], "4242");
    let again = app.pay(&ana, &first, &visit).await;
    assert!(again.is_payment(201, "paid").is_replayed() && again.json()["id"] == paid["id"]);
    let cents = order(&app, &ana, &id, &[("cents", "0.50")]).await;
    app.pay(&ana, &first, &cents).await.is_refused(422, "key_reused");
    app.pay(&ana, &second, &cents).await.is_payment(201, "paid");
    assert_eq!((app.payments().await, app.charges().await), (2, 2));
    assert_eq!(app.number("SELECT COUNT(*) FROM payment_by_method").await, 2);
    app.assert_books_balance().await;
}

#[tokio::test]
async fn an_answer_that_was_lost_settles_a_saved_card_s_payment_without_a_second_charge() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let id = saved(&app, &ana, VISA, "Household").await;
    let key = new_key();
    let order = order(&app, &ana, &id, &[("visit", "64.10")]).await;
    app.line.cut(Cut::After);
    app.pay(&ana, &key, &order).await.is_refused(409, "key_in_use");
    app.ask(remove(&ana, &id)).await.is_refused(409, "method_in_use");
    let all = list(&app, &ana).await;
    assert_eq!((all[0]["uses"].as_array().unwrap().len(), &all[0]["uses"][0]["kind"]), (1, &json!("payment")));
    app.line.cut(Cut::Nowhere);
    app.recover().await;
    assert_eq!((app.payments().await, app.charges().await), (1, 1));
    app.by_key(&ana, &key).await.is_payment(200, "paid");
    app.assert_books_balance().await;
    app.ask(remove(&ana, &id)).await.is(200);
    assert_eq!(app.number("SELECT COUNT(*) FROM payment_method").await, 0);
}

#[tokio::test]
async fn a_debit_on_its_way_holds_its_account_and_what_is_replaced_keeps_its_place() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let bank = app.bank(&ana, PAYS).await;
    let answer = save(&app, &ana, &bank, json!({ "nickname": "Rainy day", "is_default": true })).await.is(200).json();
    let id = answer["methods"][0]["id"].as_str().unwrap().to_owned();
    let debit = order(&app, &ana, &id, &[("visit", "64.10")]).await;
    let paid = app.pay(&ana, &new_key(), &debit).await.is_payment(201, "processing").json();
    app.ask(remove(&ana, &id)).await.is_refused(409, "method_in_use");
    let before = app.text("SELECT token FROM payment_method").await;
    let card = app.card(&ana, VISA).await;
    let replaced = app.ask(replace(&app, &ana, &id, &card)).await.is(200).json();
    let one = &replaced["methods"][0];
    assert_eq!((&one["id"], &one["nickname"], &one["is_default"]), (&json!(id), &json!("Rainy day"), &json!(true)));
    assert_eq!((&one["method"]["last4"], &one["uses"][0]["id"]), (&json!("4242"), &paid["id"]));
    assert_ne!(app.text("SELECT token FROM payment_method").await, before);
    let old = app.ask(Call::get(&format!("/payments/{}", paid["id"].as_str().unwrap())).by(&ana)).await.json();
    assert_eq!(old["method"]["kind"], "bank", "what was paid with stays said");
    let next = order(&app, &ana, &id, &[("cents", "0.50")]).await;
    assert_eq!(app.pay(&ana, &new_key(), &next).await.is_payment(201, "paid").json()["method"]["last4"], "4242");
    assert_eq!(app.charged_cents().await, 6_410 + 50);
}

#[tokio::test]
async fn an_order_begins_with_the_card_that_was_agreed_to_or_not_at_all() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let id = saved(&app, &ana, VISA, "Household").await;
    let agreed = order(&app, &ana, &id, &[("visit", "64.10")]).await;
    let both = json!({ "token": app.card(&ana, VISA).await });
    let with = |more: &Value| {
        let mut order = agreed.clone();
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        order
    };
    let refused = app.pay(&ana, &new_key(), &with(&both)).await;
    refused.is_refused(422, "order_refused").has_field_problem("token", "not_allowed");
    let refused = app.pay(&ana, &new_key(), &with(&json!({ "save_method": true }))).await;
    refused.is_refused(422, "order_refused").has_field_problem("save_method", "not_allowed");
    for id in ["", "x", "../v1/clock", "4242424242424242", &"m".repeat(5_000)] {
        let refused = app.pay(&ana, &new_key(), &with(&json!({ "saved_method": id }))).await;
        refused.is_refused(422, "token_refused").has_field_problem("saved_method", "no_such");
    }
    // Another card is in its place by now: it is not what was agreed to.
    let bank = app.bank(&ana, PAYS).await;
    app.ask(replace(&app, &ana, &id, &bank)).await.is(200);
    app.pay(&ana, &new_key(), &agreed).await.is_refused(422, "terms_changed");
    app.ask(remove(&ana, &id)).await.is(200);
    let refused = app.pay(&ana, &new_key(), &agreed).await;
    refused.is_refused(422, "token_refused").has_field_problem("saved_method", "no_such");
    app.assert_nothing_happened().await;
}

/// What was read before is checked again where it is written.
#[tokio::test]
async fn a_method_that_is_removed_while_its_payment_begins_is_not_charged() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let id = saved(&app, &ana, VISA, "Household").await;
    let order = order(&app, &ana, &id, &[("visit", "64.10")]).await;
    let mut other = app.state.store.begin().await.unwrap();
    sqlx::query("DELETE FROM payment_method").execute(&mut *other).await.unwrap();
    let key = new_key();
    let mut paying = std::pin::pin!(app.pay(&ana, &key, &order));
    let refused = tokio::select! {
        biased;
        early = &mut paying => early,
        () = waits_for_a_lock(&app) => {
            other.commit().await.unwrap();
            paying.await
        }
    };
    refused.is_refused(422, "token_refused").has_field_problem("saved_method", "no_such");
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_saved_card_that_has_expired_is_refused_for_that() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let id = saved(&app, &ana, VISA, "Household").await;
    let order = order(&app, &ana, &id, &[("visit", "64.10")]).await;
    let last = app.text("SELECT method FROM payment_method").await;
    let last: Value = serde_json::from_str(&last).unwrap();
    let old =
        json!({ "kind": "card", "brand": "visa", "last4": "4242", "expiry": "01/20", "funding": last["funding"] });
    let sql = "UPDATE payment_method SET method = $1";
    sqlx::query(sql).bind(old.to_string()).execute(&app.state.store.write).await.unwrap();
    let refused = app.pay(&ana, &new_key(), &order).await;
    refused.is_refused(422, "token_refused").has_field_problem("saved_method", "expired");
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn what_is_typed_while_paying_is_saved_if_asked_for_and_only_once_it_paid() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let pays = async |number: &str, saves: bool, share: (&str, &str)| {
        let token = app.card(&ana, number).await;
        let mut order = app.order(&ana, &token, &[share]).await;
        order["save_method"] = json!(saves);
        order["save_consent"] = json!(saves.then(|| app.text_to_keep()));
        app.pay(&ana, &new_key(), &order).await.is(201).json()["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(pays(VISA, false, ("cents", "0.50")).await, "paid");
    assert!(list(&app, &ana).await.is_empty(), "nobody asked for it");
    assert_eq!(pays(DECLINED, true, ("visit", "64.10")).await, "failed");
    assert!(list(&app, &ana).await.is_empty(), "it took nothing");
    assert_eq!(pays(VISA, true, ("visit", "64.10")).await, "paid");
    let all = list(&app, &ana).await;
    assert_eq!((all.len(), &all[0]["method"]["last4"], &all[0]["is_default"]), (1, &json!("4242"), &json!(false)));
    assert_eq!(pays(VISA, true, ("surgery", "10.00")).await, "paid");
    assert_eq!(list(&app, &ana).await.len(), 1, "it was there already");
    // It pays again, although what was typed was charged.
    let id = all[0]["id"].as_str().unwrap();
    let next = order(&app, &ana, id, &[("surgery", "20.00")]).await;
    let mut next = next;
    next["pay_again"] = json!(true);
    app.pay(&ana, &new_key(), &next).await.is_payment(201, "paid");
    app.assert_books_balance().await;
    // What came with a payment that failed goes with the clean-up.
    let later = Instant::from_millis(app.state.clock.now().millis() + 3 * 86_400_000);
    app.state.store.delete_methods_of_failed(later).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM payment_method").await, 1);
}

#[tokio::test]
async fn a_draft_keeps_a_saved_method_by_its_id_and_names_it_by_what_is_saved() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let id = saved(&app, &ana, VISA, "Household").await;
    let kept = async |draft: Value| {
        app.ask(Call::write("PUT", "/payment-draft").by(&ana).json(&draft)).await.is(204);
        app.ask(Call::get("/payment-draft").by(&ana)).await.is(200).json()
    };
    let claimed = json!({ "kind": "card", "brand": "amex", "last4": "0005", "expiry": "12/29", "funding": "debit" });
    let draft = kept(json!({ "saved_method": id, "method": claimed, "token": "tok_1", "save_method": true })).await;
    assert_eq!((&draft["saved_method"], &draft["method"]["last4"]), (&json!(id), &json!("4242")));
    assert_eq!((&draft["token"], &draft["save_method"]), (&Value::Null, &Value::Null));
    app.ask(remove(&ana, &id)).await.is(200);
    let draft = app.ask(Call::get("/payment-draft").by(&ana)).await.json();
    assert_eq!((&draft["saved_method"], &draft["method"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_method_is_held_by_the_debit_that_brought_it_and_by_credit_that_goes_back_to_it() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let bank = app.bank(&ana, PAYS).await;
    let mut brings = app.order(&ana, &bank, &[("visit", "5.00")]).await;
    brings["save_method"] = json!(true);
    brings["save_consent"] = json!(app.text_to_keep());
    let debit = app.pay(&ana, &new_key(), &brings).await.is_payment(201, "processing").json();
    let brought = list(&app, &ana).await;
    assert_eq!(brought[0]["uses"], json!([{ "kind": "payment", "id": debit["id"] }]));
    let id = brought[0]["id"].as_str().unwrap().to_owned();
    app.ask(remove(&ana, &id)).await.is_refused(409, "method_in_use");

    let card = saved(&app, &ana, VISA, "Household").await;
    let deposit = app.deposit_by_card(&ana, "20.00").await;
    let uses = async || list(&app, &ana).await.iter().find(|one| one["id"] == card.as_str()).unwrap()["uses"].clone();
    assert_eq!(uses().await, json!([]), "a deposit that is there holds nothing");
    let back = Call::post("/balance/refunds").by(&ana).key(&new_key()).json(&json!({ "amount": "20.00" }));
    app.ask(back).await.is(201);
    assert_eq!(uses().await, json!([{ "kind": "refund", "id": deposit["id"] }]));
    app.ask(remove(&ana, &card)).await.is_refused(409, "method_in_use");
    app.state.clock.move_on(61_000);
    server::jobs::queued::round(&app.state).await.unwrap();
    assert_eq!(uses().await, json!([]));
    app.ask(remove(&ana, &card)).await.is(200);
}
