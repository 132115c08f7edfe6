//! Saved payment methods: kept without their numbers, changed and removed by their member alone.

mod paying;

use crate::test_app::{
    PAYS, Payer, TestApp, VISA,
    call::{Call, Response},
    line::Cut,
    new_key,
    seed::{ANA, MEI},
};
use contract::payment::Method;
use serde_json::{Value, json};

const ANAS: &str = "ana@example.org";
const MEIS: &str = "mei@example.org";
/// Of a debit card.
const DEBIT: &str = "4000056655665556";

async fn ana(app: &TestApp) -> Payer {
    app.register(&ANA, ANAS).await;
    app.sign_in(ANAS).await
}

async fn list(app: &TestApp, member: &Payer) -> Vec<Value> {
    let list = app.ask(Call::get("/payment-methods").by(member)).await.is(200).json();
    list["methods"].as_array().unwrap().clone()
}

async fn save(app: &TestApp, member: &Payer, token: &str, more: Value) -> Response {
    let mut body = app.to_keep(token);
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.ask(Call::post("/payment-methods/saved").by(member).json(&body)).await
}

/// Saves a card with this number, and gives its id.
async fn saved(app: &TestApp, member: &Payer, number: &str, nickname: &str) -> String {
    let token = app.card(member, number).await;
    let answer = save(app, member, &token, json!({ "nickname": nickname })).await.is(200).json();
    let methods = answer["methods"].as_array().unwrap().clone();
    let one = methods.iter().find(|one| one["nickname"] == nickname).unwrap();
    one["id"].as_str().unwrap().to_owned()
}

fn change(member: &Payer, id: &str, change: &Value) -> Call {
    Call::write("PATCH", &format!("/payment-methods/{id}")).by(member).json(change)
}

fn remove(member: &Payer, id: &str) -> Call {
    Call::write("DELETE", &format!("/payment-methods/{id}")).by(member)
}

fn replace(app: &TestApp, member: &Payer, id: &str, token: &str) -> Call {
    Call::write("PUT", &format!("/payment-methods/{id}")).by(member).json(&app.to_keep(token))
}

/// The order that the app would send to pay with a saved method.
async fn order(app: &TestApp, member: &Payer, id: &str, shares: &[(&str, &str)]) -> Value {
    let all = list(app, member).await;
    let method = &all.iter().find(|one| one["id"] == id).unwrap()["method"];
    let method: Method = serde_json::from_value(method.clone()).unwrap();
    let mut order = app.order_with(member, "", &method, shares);
    order["saved_method"] = json!(id);
    order
}

#[tokio::test]
async fn a_saved_card_is_shown_by_what_may_be_known_of_it_and_its_token_by_nobody() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let token = app.card(&ana, VISA).await;
    let answer = save(&app, &ana, &token, json!({ "nickname": " Household  card " })).await;
    assert_eq!(answer.is(200).json()["today"], app.state.today(ana.region).to_string());
    let all = list(&app, &ana).await;
    let [one] = &all[..] else { panic!("{all:?}") };
    assert_eq!(
        (&one["nickname"], &one["is_default"], &one["uses"]),
        (&json!("Household card"), &json!(false), &json!([]))
    );
    assert_eq!((&one["method"]["brand"], &one["method"]["last4"]), (&json!("visa"), &json!("4242")));
    let kept = app.text("SELECT token FROM payment_method").await;
    assert!(kept.starts_with("kept_") && kept != token, "{kept}");
    assert!(!answer.text.contains(&kept) && !answer.text.contains(&token), "{}", answer.text);
    assert_eq!((app.payments().await, app.charges().await), (0, 0), "nothing is charged");
}

#[tokio::test]
async fn bank_accounts_come_first_then_cards_by_their_names() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    saved(&app, &ana, VISA, "Zoo").await;
    saved(&app, &ana, DEBIT, "apples").await;
    let bank = app.bank(&ana, PAYS).await;
    save(&app, &ana, &bank, json!({ "nickname": "Mine", "is_default": true })).await.is(200);
    let all = list(&app, &ana).await;
    let names: Vec<_> = all.iter().map(|one| (one["nickname"].as_str().unwrap(), one["is_default"] == true)).collect();
    assert_eq!(names, [("Mine", true), ("apples", false), ("Zoo", false)]);
}

#[tokio::test]
async fn one_that_is_there_already_is_not_kept_twice_and_twenty_are_the_most() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    saved(&app, &ana, VISA, "Household").await;
    let again = app.card(&ana, VISA).await;
    let refused = save(&app, &ana, &again, json!({})).await;
    refused.is_refused(422, "invalid").has_field_problem("token", "duplicate");
    let id = list(&app, &ana).await[0]["id"].as_str().unwrap().to_owned();
    refused.has_field_problem(&format!("methods.{id}"), "duplicate");
    let account = app.text("SELECT id FROM account").await;
    for number in 1..20 {
        let method = json!({ "kind": "bank", "account": "savings", "last4": format!("{number:04}") }).to_string();
        let sql = "INSERT INTO payment_method (id, account, token, method, created_at) VALUES ($1, $2, 't', $3, 0)";
        let insert = sqlx::query(sql).bind(format!("m{number}")).bind(&account).bind(method);
        insert.execute(&app.state.store.write).await.unwrap();
    }
    let more = app.card(&ana, DEBIT).await;
    save(&app, &ana, &more, json!({})).await.is_refused(422, "invalid").has_field_problem("token", "too_large");
    assert_eq!(list(&app, &ana).await.len(), 20);
}

#[tokio::test]
async fn a_name_that_may_hold_card_data_is_refused_and_not_kept() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let id = saved(&app, &ana, VISA, "Household").await;
    for name in ["4242 4242 4242 4242", "card 42424", "000123456789"] {
        let refused = app.ask(change(&ana, &id, &json!({ "nickname": name }))).await;
        refused.is_refused(422, "invalid").has_field_problem("nickname", "looks_like_card");
        let token = app.card(&ana, DEBIT).await;
        let refused = save(&app, &ana, &token, json!({ "nickname": name })).await;
        refused.is_refused(422, "invalid").has_field_problem("nickname", "looks_like_card");
    }
    for body in [json!({ "nickname": 5 }), json!({ "last4": "4242" }), json!({ "is_default": "yes" })] {
        app.ask(change(&ana, &id, &body)).await.is_refused(400, "malformed");
    }
    assert_eq!(list(&app, &ana).await.len(), 1);
    assert_eq!(app.text("SELECT nickname FROM payment_method").await, "Household");
}

#[tokio::test]
async fn there_is_one_default_at_most_and_each_change_leaves_the_rest() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let (visa, debit) = (saved(&app, &ana, VISA, "A").await, saved(&app, &ana, DEBIT, "B").await);
    let defaults = async || {
        let all = list(&app, &ana).await;
        all.iter()
            .map(|one| (one["nickname"].as_str().unwrap().to_owned(), one["is_default"] == true))
            .collect::<Vec<_>>()
    };
    app.ask(change(&ana, &visa, &json!({ "is_default": true }))).await.is(200);
    app.ask(change(&ana, &debit, &json!({ "is_default": true }))).await.is(200);
    app.ask(change(&ana, &debit, &json!({ "nickname": "C" }))).await.is(200);
    assert_eq!(defaults().await, [("A".to_owned(), false), ("C".to_owned(), true)]);
    app.ask(change(&ana, &visa, &json!({ "is_default": false, "nickname": "" }))).await.is(200);
    app.ask(change(&ana, &debit, &json!({ "is_default": false }))).await.is(200);
    assert_eq!(app.number("SELECT COUNT(*) FROM payment_method WHERE is_default <> 0").await, 0);
}

#[tokio::test]
async fn nobody_but_the_member_sees_changes_or_pays_with_what_is_saved() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let id = saved(&app, &ana, VISA, "Household").await;
    let anas = order(&app, &ana, &id, &[("visit", "64.10")]).await;
    app.register(&MEI, MEIS).await;
    let mei = app.sign_in(MEIS).await;
    assert!(list(&app, &mei).await.is_empty());
    let token = app.card(&mei, VISA).await;
    app.ask(change(&mei, &id, &json!({ "nickname": "Mine" }))).await.is_refused(404, "not_found");
    app.ask(replace(&app, &mei, &id, &token)).await.is_refused(404, "not_found");
    app.ask(remove(&mei, &id)).await.is_refused(404, "not_found");
    let mut meis = anas.clone();
    meis["shares"] = json!([{ "bill": "meis", "amount": "64.10" }]);
    let refused = app.pay(&mei, &new_key(), &meis).await;
    refused.is_refused(422, "token_refused").has_field_problem("saved_method", "no_such");
    // A payer of the same statement, and nobody.
    let payer = app.look_up(&ANA).await;
    let refused = app.pay(&payer, &new_key(), &anas).await;
    refused.is_refused(422, "token_refused").has_field_problem("saved_method", "no_such");
    let mut keeps = app.order(&payer, &app.card(&payer, VISA).await, &[("visit", "64.10")]).await;
    keeps["save_method"] = json!(true);
    let refused = app.pay(&payer, &new_key(), &keeps).await;
    refused.is_refused(422, "order_refused").has_field_problem("save_method", "not_allowed");
    let nobody = Payer { cookie: String::new(), ..app.look_up(&MEI).await };
    for who in [&payer, &nobody] {
        app.ask(Call::get("/payment-methods").by(who)).await.is_refused(401, "signed_out");
        app.ask(change(who, &id, &json!({}))).await.is_refused(401, "signed_out");
        app.ask(replace(&app, who, &id, &token)).await.is_refused(401, "signed_out");
        app.ask(remove(who, &id)).await.is_refused(401, "signed_out");
        save(&app, who, &token, json!({})).await.is_refused(401, "signed_out");
    }
    assert_eq!((list(&app, &ana).await.len(), app.payments().await), (1, 0));
}

#[tokio::test]
async fn a_processor_that_does_not_answer_keeps_nothing_and_says_so() {
    let app = TestApp::open().await;
    let ana = ana(&app).await;
    let token = app.card(&ana, VISA).await;
    app.line.cut(Cut::Before);
    save(&app, &ana, &token, json!({})).await.is_refused(503, "unavailable");
    app.line.cut(Cut::Nowhere);
    save(&app, &ana, "tok_0", json!({})).await.is_refused(422, "token_refused").has_field_problem("token", "no_such");
    assert!(list(&app, &ana).await.is_empty());
    save(&app, &ana, &token, json!({})).await.is(200);
    assert_eq!(list(&app, &ana).await.len(), 1);
}
