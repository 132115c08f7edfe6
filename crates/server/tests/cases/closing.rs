//! Closing an account: nobody is let in with it any more, what was paid stays, and its saved methods are forgotten.

use crate::test_app::{
    PASSWORD, PAYS, Payer, TestApp, VISA,
    call::{Call, Response},
    database::Kind,
    new_key,
    seed::ANA,
};
use serde_json::{Value, json};
use server::store::{closing::STATEMENTS, initiators::Initiator};

const ANAS: &str = "ana@example.org";
const TWO_WEEKS: i64 = 14 * 86_400;

async fn ana(app: &TestApp) -> Payer {
    app.register(&ANA, ANAS).await;
    app.sign_in(ANAS).await
}

pub async fn close(app: &TestApp, member: &Payer) -> Response {
    app.ask(Call::post("/profile/closing").by(member).json(&json!({ "password": PASSWORD }))).await
}

async fn terms(app: &TestApp, member: &Payer) -> Value {
    app.ask(Call::get("/profile/closing").by(member)).await.is(200).json()
}

async fn signs_in(app: &TestApp, user_id: &str) -> Response {
    app.ask(Call::post("/session").json(&json!({ "user_id": user_id, "password": PASSWORD }))).await
}

async fn subjects(app: &TestApp) -> Vec<String> {
    app.state.store.emails(50).await.unwrap().into_iter().map(|email| email.subject).collect()
}

async fn saved(app: &TestApp, member: &Payer) -> String {
    let card = app.to_keep(&app.card(member, VISA).await);
    app.ask(Call::post("/payment-methods/saved").by(member).json(&card)).await.is(200);
    app.text("SELECT token FROM payment_method").await
}

/// A debit of 20.00 that the bank will pay.
async fn debit(app: &TestApp, member: &Payer) -> String {
    let token = app.bank(member, PAYS).await;
    let order = app.order(member, &token, &[("visit", "20.00")]).await;
    let paid = app.pay(member, &new_key(), &order).await.is_payment(201, "processing").json();
    paid["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_closed_account_has_no_session_anywhere_and_nobody_signs_in_to_it() {
    let app = TestApp::open().await;
    let (here, there) = (ana(&app).await, app.sign_in(ANAS).await);
    let id = app.text("SELECT id FROM account").await;
    app.pay_by_card(&here, &[("visit", "64.10")]).await.is_payment(201, "paid");
    close(&app, &here).await.is(204);
    for session in [&here, &there] {
        app.ask(Call::get("/profile").by(session)).await.is_refused(401, "signed_out");
        assert_eq!(app.ask(Call::get("/session").by(session)).await.is(200).json()["kind"], "guest");
    }
    let (closed, unknown) = (signs_in(&app, ANAS).await, signs_in(&app, "nobody@example.org").await);
    closed.is_refused(422, "wrong_credentials");
    assert_eq!(closed.text, unknown.text);
    app.ask(Call::post("/password-resets").json(&json!({ "email": ANAS }))).await.is(202);
    app.jobs().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM link").await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL AND kind = 'member'").await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM account").await, 0, "a server of the version before finds none");
    assert_eq!(app.text("SELECT id FROM closed_account").await, id);
    assert_eq!(app.text("SELECT closed_account FROM payment WHERE account IS NULL").await, id);
    assert!(subjects(&app).await.iter().any(|subject| subject.contains("Your account is closed")));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn an_account_is_closed_with_its_password_only() {
    let app = TestApp::open().await;
    let member = ana(&app).await;
    let wrong = json!({ "password": "seven lanterns on a copper river" });
    let refused = app.ask(Call::post("/profile/closing").by(&member).json(&wrong)).await;
    refused.is_refused(422, "wrong_credentials").has_field_problem("password", "unknown");
    for body in [json!({}), json!({ "password": PASSWORD, "really": true })] {
        app.ask(Call::post("/profile/closing").by(&member).json(&body)).await.is_refused(400, "malformed");
    }
    app.ask(Call::get("/profile").by(&member)).await.is(200);
}

#[tokio::test]
async fn a_payment_on_its_way_goes_on_when_its_account_is_closed() {
    let app = TestApp::open().await;
    let member = ana(&app).await;
    let payment = debit(&app, &member).await;
    assert_eq!(terms(&app, &member).await["payments_on_their_way"], 1);
    close(&app, &member).await.is(204);
    let by = app.state.store.made_by(&payment).await.unwrap().unwrap();
    assert!(
        matches!(by.initiator, Initiator::Guest { .. }),
        "a server of the version before can read it: {:?}",
        by.initiator
    );
    app.move_clock(TWO_WEEKS).await;
    app.recover().await;
    assert_eq!(app.text("SELECT state FROM payment").await, "paid");
    assert_eq!(app.owes("visit").await, (4_410, 0));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn an_account_with_credit_with_something_owed_or_with_a_deposit_on_its_way_is_not_closed() {
    let app = TestApp::open().await;
    let member = ana(&app).await;
    let change = async |sql: &'static str| {
        sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
    };
    let refused = async |what: &str, found: Value| {
        assert_eq!(terms(&app, &member).await[what], found);
        close(&app, &member).await.is_refused(409, "balance_left");
        app.ask(Call::get("/profile").by(&member)).await.is(200);
    };
    change("INSERT INTO credit (membership, cents, owed_cents, changes) SELECT membership, 5, 0, 0 FROM account").await;
    refused("balance", json!("0.05")).await;
    change("UPDATE credit SET cents = 0, owed_cents = 7").await;
    refused("owed", json!("0.07")).await;
    change("UPDATE credit SET owed_cents = 0").await;
    debit(&app, &member).await;
    change("UPDATE payment SET deposit_cents = 2000").await;
    refused("deposits_on_their_way", json!(1)).await;
    change("UPDATE payment SET deposit_cents = 0").await;
    close(&app, &member).await.is(204);
}

#[tokio::test]
async fn whoever_registers_with_the_bill_of_a_closed_account_gets_a_new_one_with_the_same_user_id() {
    let app = TestApp::open().await;
    let before = ana(&app).await;
    let paid = app.pay_by_card(&before, &[("visit", "64.10")]).await.is_payment(201, "paid").json();
    close(&app, &before).await.is(204);
    app.move_clock(2 * 86_400).await;
    let again = ana(&app).await;
    let payments = app.ask(Call::get("/payments").by(&again)).await.is(200).json();
    assert_eq!(payments["payments"][0]["id"], paid["id"]);
    let given = app.ask(Call::get("/authorisations").by(&again)).await.is(200).json();
    assert_eq!(given["authorisations"], json!([]), "what the account before authorised is not this one's");
    app.ask(Call::get("/profile").by(&before)).await.is_refused(401, "signed_out");
}

#[tokio::test]
async fn the_saved_methods_of_a_closed_account_are_forgotten_by_the_processor() {
    let app = TestApp::open().await;
    let member = ana(&app).await;
    let (token, owner) = (saved(&app, &member).await, app.text("SELECT id FROM account").await);
    assert_eq!(terms(&app, &member).await["methods"], 1);
    assert!(app.state.processor.method(&token, &owner).await.is_ok());
    close(&app, &member).await.is(204);
    app.jobs().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM payment_method").await, 0);
    assert!(app.state.processor.method(&token, &owner).await.is_err(), "the processor has forgotten it");
    app.move_clock(TWO_WEEKS).await;
    app.jobs().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM job WHERE kind = 'forget_token'").await, 0);
}

#[tokio::test]
async fn closing_deals_with_every_table_that_refers_to_an_account() {
    let app = TestApp::open().await;
    let refers = if crate::KIND == Kind::Sqlite {
        "SELECT m.name FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f WHERE f.\"table\" = 'account'"
    } else {
        "SELECT conrelid::regclass::TEXT FROM pg_constraint WHERE contype = 'f' AND confrelid = 'account'::regclass"
    };
    let tables: Vec<String> = sqlx::query_scalar(refers).fetch_all(&app.state.store.read).await.unwrap();
    assert!(tables.len() > 7, "{tables:?}");
    for table in tables {
        let of_table = [format!("UPDATE {table} "), format!("DELETE FROM {table} ")];
        let is_there = STATEMENTS.iter().any(|sql| of_table.iter().any(|start| sql.starts_with(start)));
        assert!(is_there, "store::closing has no statement for {table}: an account with a row there can't be closed");
    }
}
