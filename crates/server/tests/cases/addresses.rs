//! One address, one account: in whichever of its forms it is typed, and in whichever one an earlier version wrote it.

use crate::test_app::{
    PASSWORD, TestApp, VISA,
    call::Call,
    new_account, new_key,
    seed::{ANA, MEI},
};
use contract::{Email, Locale};
use serde_json::json;
use server::store::accounts::{self, Opening};

const UNICODE: &str = "ana@b\u{fc}cher.example";
const ASCII: &str = "ana@xn--bcher-kva.example";
const FORMS: [&str; 5] =
    [UNICODE, ASCII, "ANA@B\u{dc}CHER.example", "ana@bu\u{308}cher.example", "ana@XN--Bcher-KVA.example"];
const ACCOUNTS: &str = "SELECT COUNT(*) FROM account";

async fn signs_in(app: &TestApp, typed: &str) -> u16 {
    let call = Call::post("/session").json(&json!({ "user_id": typed, "password": PASSWORD }));
    app.ask(call).await.status.as_u16()
}

/// Of a membership without an account.
async fn opening(app: &TestApp, email: &str) -> Opening {
    let account = new_account(&MEI, email);
    let text = |field: &str| account[field].as_str().unwrap().to_owned();
    Opening {
        membership: app
            .text("SELECT id FROM membership WHERE id NOT IN (SELECT membership FROM account) LIMIT 1")
            .await,
        email: Email::parse(email).unwrap(),
        first_name: text("first_name").parse().unwrap(),
        last_name: text("last_name").parse().ok(),
        address: serde_json::from_value(account["address"].clone()).unwrap(),
        phone: text("phone").parse().unwrap(),
        locale: Locale::En,
        password: String::new(),
        terms_version: 1,
        at: app.state.clock.now(),
    }
}

#[tokio::test]
async fn an_account_is_found_by_every_form_of_its_address_and_has_one() {
    let app = TestApp::open().await;
    app.register(&ANA, UNICODE).await;
    let rows = format!("SELECT COUNT(*) FROM account WHERE user_id = '{ASCII}' AND email = '{UNICODE}'");
    assert_eq!(app.number(&rows).await, 1);
    for typed in FORMS {
        assert_eq!(signs_in(&app, typed).await, 200, "{typed}");
    }
    assert_eq!(signs_in(&app, "ana@bucher.example").await, 422);
    // Another member with the same mailbox: its owner is told, and nothing is opened.
    let mei = app.look_up(&MEI).await;
    let id = app.ask(Call::post("/registrations").by(&mei)).await.is(201).json()["id"].as_str().unwrap().to_owned();
    let asks = Call::post(&format!("/registrations/{id}/account")).by(&mei);
    app.ask(asks.json(&new_account(&MEI, ASCII))).await.is(202);
    app.jobs().await;
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE cause LIKE 'registered %'").await, 1);
    assert_eq!(app.number(ACCOUNTS).await, 1);
}

#[tokio::test]
async fn an_account_that_an_earlier_version_opened_is_found_by_every_form_and_opened_by_none_again() {
    for older in [UNICODE, ASCII] {
        let app = TestApp::open().await;
        app.register(&ANA, older).await;
        let as_before = sqlx::query("UPDATE account SET user_id = $1").bind(older);
        as_before.execute(&app.state.store.write).await.unwrap();
        for typed in FORMS {
            assert_eq!(signs_in(&app, typed).await, 200, "{typed} of {older}");
        }
        let mut tx = app.state.store.begin().await.unwrap();
        let opening = opening(&app, if older == ASCII { UNICODE } else { ASCII }).await;
        let opened = accounts::open(&mut tx, &opening, app.state.clock.now()).await.unwrap();
        assert_eq!(opened, None);
        tx.commit().await.unwrap();
        assert_eq!(app.number(ACCOUNTS).await, 1);
    }
}

#[tokio::test]
async fn emails_to_one_mailbox_are_counted_together() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "1.00")]).await;
    let paid = app.pay(&ana, &new_key(), &order).await.is_payment(201, "paid").json();
    let receipts = format!("/payments/{}/receipt-emails", paid["id"].as_str().unwrap());
    let mut limits = Vec::new();
    for to in [UNICODE, ASCII, "ANA@B\u{dc}CHER.example"] {
        app.ask(Call::post(&receipts).by(&ana).json(&json!({ "email": to }))).await.is(202);
        limits.push(app.number("SELECT COUNT(*) FROM attempt").await);
    }
    let recipients = "SELECT COUNT(DISTINCT recipient) FROM outbox WHERE to_address LIKE '%cher%'";
    assert_eq!(app.number(recipients).await, 1);
    assert!(limits.iter().all(|count| *count == limits[0]), "{limits:?}");
}
