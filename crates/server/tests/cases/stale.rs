//! What was read before is checked again where it is written: a password that was changed, a session that ended, a
//! factor that was taken away while a call was on its way.
//!
//! A case holds the account's row in a transaction of its own, as the other server would in the middle of its change,
//! lets the call come up to that lock, and then goes on.

mod ended;
mod factors;

use crate::test_app::{
    ORIGIN, PASSWORD, Payer, TestApp,
    call::{Call, Response},
    cookie,
    device::Device,
    seed::ANA,
};
use contract::Password;
use serde_json::{Value, json};
use server::{
    identity::factors::totp::Secret,
    store::{Tx, accounts, sessions},
};

const ANAS: &str = "ana@example.org";
const NEW: &str = "seven lanterns on a copper river";
const ATTACKER_PASSWORD: &str = "a moth that ate the green lantern";
const SHORT: &str = "kelp7-moth";

async fn account(app: &TestApp) -> String {
    app.text("SELECT id FROM account").await
}

async fn living(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM session WHERE ended_at IS NULL AND account IS NOT NULL").await
}

fn change(current: &str, password: &str) -> Call {
    Call::write("PUT", "/profile/password").json(&json!({ "current": current, "password": password }))
}

fn sign_in(password: &str) -> Call {
    Call::post("/session").json(&json!({ "user_id": ANAS, "password": password }))
}

async fn reauthenticated(app: &TestApp) -> Payer {
    let member = app.sign_in(ANAS).await;
    let typed = json!({ "password": PASSWORD });
    let answer = app.ask(Call::write("PUT", "/session/reauthentication").by(&member).json(&typed)).await;
    Payer { cookie: cookie(answer.is(200)), ..member }
}

fn code(app: &TestApp, secret: &Secret, ago: i64) -> Value {
    json!({ "code": secret.code(app.state.clock.unmoved().millis() / 30_000 - ago).unwrap() })
}

/// Gives the secret and the recovery codes.
async fn with_app(app: &TestApp, member: &Payer) -> (Secret, Value) {
    let offer = app.ask(Call::post("/authenticator").by(member)).await.is(201).json();
    let secret = Secret::parse(offer["secret"].as_str().unwrap()).unwrap();
    let set = app.ask(Call::write("PUT", "/authenticator").by(member).json(&code(app, &secret, 1))).await;
    (secret, set.is(200).json()["codes"].clone())
}

/// The call that keeps a new passkey of a device.
async fn new_passkey(app: &TestApp, member: &Payer, number: u8) -> Call {
    let device = Device { origin: ORIGIN.to_owned(), site: "pay.localhost".to_owned(), ..Device::new(number) };
    let asked = app.ask(Call::post("/passkey-challenges").by(member)).await.is(201).json();
    let options = serde_json::from_str(asked["options"].as_str().unwrap()).unwrap();
    Call::post("/passkeys").by(member).json(&json!({ "response": device.registers(&options).to_string() }))
}

async fn passkey_path(app: &TestApp) -> String {
    format!("/passkeys/{}", app.text("SELECT id FROM passkey").await)
}

/// Lets a call come up to the account's row, held by somebody else's transaction.
async fn across(app: &TestApp, tx: Tx, call: Call) -> Response {
    let call = app.start(call);
    app.until_it_waits(&call).await;
    tx.commit().await.unwrap();
    call.await.unwrap()
}

/// A transaction that changes the password and ends every session, just before its commit.
async fn new_password(app: &TestApp) -> Tx {
    let account = account(app).await;
    let hash = app.state.passwords.hash(&Password::parse(NEW).unwrap()).await.unwrap();
    let mut tx = app.state.store.begin().await.unwrap();
    let now = app.state.clock.now();
    accounts::lock(&mut tx, &account).await.unwrap();
    accounts::set_password(&mut tx, &account, &hash, false, now).await.unwrap();
    accounts::end_sessions(&mut tx, &account, None, now).await.unwrap();
    tx
}

/// What there is that signs in to the account.
async fn factors(app: &TestApp) -> Vec<i64> {
    let mut factors = Vec::new();
    for table in ["passkey", "authenticator", "recovery_code WHERE used_at IS NULL", "recovery_renewal"] {
        factors.push(app.number(&format!("SELECT COUNT(*) FROM {table}")).await);
    }
    factors
}

#[tokio::test]
async fn whoever_typed_the_old_password_is_not_signed_in_after_it_was_changed() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let tx = new_password(&app).await;
    across(&app, tx, sign_in(PASSWORD)).await.is_refused(422, "wrong_credentials");
    assert_eq!(living(&app).await, 0);
    app.ask(sign_in(NEW)).await.is(200);
}

#[tokio::test]
async fn nothing_of_an_account_is_changed_by_a_session_that_ended_with_the_old_password_meanwhile() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = reauthenticated(&app).await;
    let (secret, codes) = with_app(&app, &member).await;
    app.ask(new_passkey(&app, &member, 1).await).await.is(201);
    let passkey = passkey_path(&app).await;
    let shown = json!({ "code": codes[0] });
    for at in 0..11 {
        // A session of before each time, and its password of before.
        let hash = app.state.passwords.hash(&Password::parse(PASSWORD).unwrap()).await.unwrap();
        let mut tx = app.state.store.begin().await.unwrap();
        accounts::set_password(&mut tx, &account(&app).await, &hash, false, app.state.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        app.state.clock.move_on(120_000);
        let half = app.ask(sign_in(PASSWORD)).await;
        let half = Payer { cookie: cookie(half.is(200)), binding: String::new(), region: member.region, name: "" };
        let mut member = Payer { cookie: half.cookie.clone(), binding: String::new(), ..half };
        if at > 0 {
            let whole = "UPDATE session SET is_halfway = 0, proved_at = seen_at WHERE ended_at IS NULL";
            sqlx::query(whole).execute(&app.state.store.write).await.unwrap();
        }
        let call = match at {
            0 => Call::post("/session/second-factor").json(&shown),
            1 => Call::write("PUT", "/session/reauthentication").json(&json!({ "password": PASSWORD })),
            2 => change(PASSWORD, ATTACKER_PASSWORD),
            3 => Call::write("DELETE", "/authenticator"),
            4 => Call::write("DELETE", &passkey),
            5 => Call::post("/recovery-codes"),
            6 => Call::write("DELETE", "/sessions"),
            7 => Call::write("DELETE", &format!("/sessions/{}", app.text("SELECT MAX(id) FROM session").await)),
            8 => Call::post("/authenticator"),
            9 => {
                let offered = "UPDATE authenticator SET confirmed_at = NULL";
                sqlx::query(offered).execute(&app.state.store.write).await.unwrap();
                Call::write("PUT", "/authenticator").json(&code(&app, &secret, 0))
            }
            _ => new_passkey(&app, &member, 2).await,
        };
        member.name = "";
        let before = factors(&app).await;
        let emails = "SELECT COUNT(*) FROM outbox";
        let told = app.number(emails).await;
        let tx = new_password(&app).await;
        let call = call.by(&member);
        let path = format!("{} {}", call.method, call.path);
        let answer = across(&app, tx, call).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (401, Some("signed_out")), "{path}");
        assert_eq!((living(&app).await, factors(&app).await), (0, before), "{path}");
        assert_eq!(app.number(emails).await, told, "{path}");
    }
    assert_eq!(app.ask(sign_in(NEW)).await.is(200).json()["kind"], "pending_second_factor");
}

#[tokio::test]
async fn each_of_a_session_that_ended_another_token_and_another_password_ends_a_call_on_its_way() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    for meanwhile in [
        "UPDATE session SET ended_at = seen_at WHERE ended_at IS NULL",
        "UPDATE session SET token_hash = 'another' WHERE ended_at IS NULL",
        "UPDATE account SET password = 'another'",
    ] {
        let member = reauthenticated(&app).await;
        let account = account(&app).await;
        let mut tx = app.state.store.begin().await.unwrap();
        accounts::lock(&mut tx, &account).await.unwrap();
        sqlx::query(meanwhile).execute(&mut *tx).await.unwrap();
        let answer = across(&app, tx, Call::post("/authenticator").by(&member)).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (401, Some("signed_out")), "{meanwhile}");
        assert_eq!(app.number("SELECT COUNT(*) FROM authenticator").await, 0, "{meanwhile}");
    }
}

#[tokio::test]
async fn while_the_password_is_changed_no_sign_in_with_the_old_one_outlives_it() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let beside = app.beside().await;
    for round in 0..3 {
        let (old, new) = if round % 2 == 0 { (PASSWORD, NEW) } else { (NEW, PASSWORD) };
        let member = app.sign_in_with(ANAS, old, None).await;
        let tries = (0..4).map(|at| {
            let (app, beside) = (&app, &beside);
            async move { if at % 2 == 0 { app.ask(sign_in(old)).await } else { beside.ask(sign_in(old)).await } }
        });
        let (changed, _) = tokio::join!(app.ask(change(old, new).by(&member)), futures_util::future::join_all(tries));
        let member = Payer { cookie: cookie(changed.is(200)), ..member };
        assert_eq!(living(&app).await, 1, "the one that changed it");
        app.ask(Call::get("/security").by(&member)).await.is(200);
        app.state.clock.move_on(3_600_000);
    }
}

#[tokio::test]
async fn a_thief_who_knows_the_old_password_and_holds_calls_back_undoes_nothing() {
    for by_mail in [false, true] {
        let app = TestApp::open().await;
        app.register(&ANA, ANAS).await;
        let (attacker, owner) = (app.sign_in(ANAS).await, app.sign_in(ANAS).await);
        let reauthentication = Call::write("PUT", "/session/reauthentication").json(&json!({ "password": PASSWORD }));
        let held = [
            app.hold(change(PASSWORD, ATTACKER_PASSWORD).by(&attacker)).await,
            app.hold(reauthentication.by(&attacker)).await,
        ];
        if by_mail {
            app.ask(Call::post("/password-resets").json(&json!({ "email": ANAS }))).await.is(202);
            app.jobs().await;
            let reset = json!({ "token": app.link(ANAS).await, "password": NEW });
            app.ask(Call::write("PUT", "/password-resets").json(&reset)).await.is(204);
        } else {
            app.ask(change(PASSWORD, NEW).by(&owner)).await.is(200);
        }
        let before = app.everything().await;
        for call in held {
            let answer = call.finish().await;
            assert!(answer.is_refused(401, "signed_out").set_cookie("kppay_session").is_none());
        }
        assert_eq!(app.everything().await, before);
        assert_eq!(living(&app).await, i64::from(!by_mail));
        app.sign_in_with(ANAS, NEW, None).await;
    }
}
