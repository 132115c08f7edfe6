//! The second factor: offered and never forced, asked for once it is there, every code and every challenge good for one
//! use, and every change told to the owner.

mod codes;
mod passkeys;

use crate::test_app::{
    ORIGIN, PASSWORD, Payer, TestApp,
    call::{Call, Response},
    cookie,
    device::Device,
    seed::{ANA, MEI},
};
use serde_json::{Value, json};
use server::identity::factors::totp::Secret;

const ANAS: &str = "ana@example.org";
const MEIS: &str = "mei@example.org";

/// Of the phone, which shows the time that the test app began with, whatever the demo's clock was moved to.
fn step(app: &TestApp) -> i64 {
    app.state.clock.unmoved().millis() / 30_000
}

/// Signs in as far as a password goes.
pub async fn password(app: &TestApp, email: &str) -> (Payer, Value) {
    let answer = app.ask(Call::post("/session").json(&json!({ "user_id": email, "password": PASSWORD }))).await;
    let view = answer.is(200).json();
    (
        Payer { cookie: cookie(&answer), binding: String::new(), region: ANA.region.parse().unwrap(), name: ANA.name },
        view,
    )
}

async fn reauthenticate(app: &TestApp, member: &mut Payer) {
    let answer = app
        .ask(Call::write("PUT", "/session/reauthentication").by(member).json(&json!({ "password": PASSWORD })))
        .await;
    answer.is(200);
    member.cookie = cookie(&answer);
}

pub async fn reauthenticated(app: &TestApp, email: &str) -> Payer {
    let mut member = app.sign_in(email).await;
    reauthenticate(app, &mut member).await;
    member
}

async fn show(app: &TestApp, member: &Payer, shown: Value) -> Response {
    app.ask(Call::post("/session/second-factor").by(member).json(&shown)).await
}

async fn code(app: &TestApp, member: &Payer, code: &str) -> Response {
    show(app, member, json!({ "code": code })).await
}

/// Sets up an app with the code of the step before this one, so that this one's is still good. Gives the secret and the
/// recovery codes.
pub async fn with_app(app: &TestApp, member: &Payer) -> (Secret, Vec<String>) {
    let offer = app.ask(Call::post("/authenticator").by(member)).await.is(201).json();
    let secret = Secret::parse(offer["secret"].as_str().unwrap()).unwrap();
    let first = json!({ "code": secret.code(step(app) - 1).unwrap() });
    let codes = app.ask(Call::write("PUT", "/authenticator").by(member).json(&first)).await.is(200).json();
    let codes = codes["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    (secret, codes)
}

fn device(number: u8) -> Device {
    Device { origin: ORIGIN.to_owned(), site: "pay.localhost".to_owned(), ..Device::new(number) }
}

async fn challenge(app: &TestApp, path: &str, member: &Payer) -> Value {
    let asked = app.ask(Call::post(path).by(member)).await.is(201).json();
    serde_json::from_str(asked["options"].as_str().unwrap()).unwrap()
}

/// Gives the handle that the site made for the person.
async fn with_passkey(app: &TestApp, member: &Payer, device: &Device) -> (Vec<u8>, Response) {
    let options = challenge(app, "/passkey-challenges", member).await;
    let handle = data_encoding::BASE64URL_NOPAD.decode(options["user"]["id"].as_str().unwrap().as_bytes()).unwrap();
    let made = json!({ "response": device.registers(&options).to_string() });
    (handle, app.ask(Call::post("/passkeys").by(member).json(&made)).await)
}

async fn subjects(app: &TestApp, to: &str) -> Vec<String> {
    let emails = app.state.store.emails(50).await.unwrap();
    emails.into_iter().filter(|email| email.to.to_string() == to).map(|email| email.subject).collect()
}

async fn security(app: &TestApp, member: &Payer) -> Value {
    app.ask(Call::get("/security").by(member)).await.is(200).json()
}

#[tokio::test]
async fn with_an_app_the_password_is_half_the_way_and_a_code_the_other_half() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = reauthenticated(&app, ANAS).await;
    assert_eq!(security(&app, &member).await["least_password"], 15);
    let (secret, codes) = with_app(&app, &member).await;
    assert_eq!(codes.len(), 10);
    let seen = security(&app, &member).await;
    assert_eq!((&seen["least_password"], &seen["second_factor"]["recovery_codes_left"]), (&json!(8), &json!(10)));
    assert!(subjects(&app, ANAS).await.iter().any(|subject| subject.ends_with("An authenticator app was added")));

    let (half, view) = password(&app, ANAS).await;
    assert_eq!(view["kind"], "pending_second_factor");
    assert_eq!(view["second_factor"], json!({ "authenticator": true, "passkey": false }));
    for private in ["membership", "capture_binding", "person"] {
        assert!(view[private].is_null(), "{private}");
    }
    for path in ["/bills", "/payments?limit=5", "/security", "/payment-draft"] {
        app.ask(Call::get(path).by(&half)).await.is_refused(401, "signed_out");
    }
    app.ask(Call::write("PATCH", "/session").by(&half)).await.is_refused(401, "signed_out");
    assert_eq!(security(&app, &member).await["sessions"].as_array().unwrap().len(), 1, "nobody is signed in there yet");

    let wrong = code(&app, &half, "000000").await;
    wrong.is_refused(422, "wrong_credentials").has_field_problem("code", "unknown");
    let right = secret.code(step(&app)).unwrap();
    let answer = code(&app, &half, &format!("{} {}", &right[..3], &right[3..])).await;
    let view = answer.is(200).json();
    assert_eq!((&view["kind"], &view["person"]["email"]), (&json!("member"), &json!(ANAS)));
    assert_ne!(cookie(&answer), half.cookie, "a new token");
    code(&app, &half, &right).await.is_refused(401, "signed_out");
    // The code was used: anyone who saw it over a shoulder can't use it again.
    let (again, _) = password(&app, ANAS).await;
    code(&app, &again, &right).await.is_refused(422, "wrong_credentials");
    // Nobody reads the secret or a code out of the database.
    let kept = app.text("SELECT secret FROM authenticator").await;
    assert!(!kept.contains(&secret.base32()));
    assert_eq!(app.number("SELECT COUNT(*) FROM recovery_code WHERE LENGTH(code_hash) = 64").await, 10);
}

#[tokio::test]
async fn what_signs_in_is_changed_only_after_the_password() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let mut member = app.sign_in(ANAS).await;
    let calls = [
        ("POST", "/authenticator"),
        ("DELETE", "/authenticator"),
        ("POST", "/passkey-challenges"),
        ("DELETE", "/passkeys/0190c9e6-0000-7000-8000-000000000000"),
        ("POST", "/recovery-codes"),
    ];
    for (method, path) in calls {
        app.ask(Call::write(method, path).by(&member)).await.is_refused(403, "password_needed");
    }
    let add = json!({ "code": "123456" });
    app.ask(Call::write("PUT", "/authenticator").by(&member).json(&add)).await.is_refused(403, "password_needed");
    let made = json!({ "response": "{}" });
    app.ask(Call::post("/passkeys").by(&member).json(&made)).await.is_refused(403, "password_needed");

    let wrong = json!({ "password": "wrong wrong wrong wrong" });
    let refused = app.ask(Call::write("PUT", "/session/reauthentication").by(&member).json(&wrong)).await;
    refused.is_refused(422, "wrong_credentials").has_field_problem("password", "unknown");
    let before = member.cookie.clone();
    reauthenticate(&app, &mut member).await;
    assert_ne!(member.cookie, before, "a new token");
    app.ask(Call::post("/authenticator").by(&member)).await.is(201);
    app.state.clock.move_on(10 * 60_000);
    app.ask(Call::post("/authenticator").by(&member)).await.is_refused(403, "password_needed");
    // Another session of the same account has proved nothing.
    reauthenticate(&app, &mut member).await;
    let other = app.sign_in(ANAS).await;
    app.ask(Call::post("/authenticator").by(&other)).await.is_refused(403, "password_needed");
    let guest = app.look_up(&MEI).await;
    app.ask(Call::post("/authenticator").by(&guest)).await.is_refused(401, "signed_out");
    assert_eq!(app.number("SELECT COUNT(*) FROM authenticator WHERE confirmed_at IS NOT NULL").await, 0);
}

#[tokio::test]
async fn nothing_is_asked_for_before_the_first_right_code() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = reauthenticated(&app, ANAS).await;
    let put = |code: String| Call::write("PUT", "/authenticator").by(&member).json(&json!({ "code": code }));
    app.ask(put("123456".into())).await.is_refused(404, "not_found");
    let first = app.ask(Call::post("/authenticator").by(&member)).await.is(201).json();
    let second = app.ask(Call::post("/authenticator").by(&member)).await.is(201).json();
    assert!(second["uri"].as_str().unwrap().starts_with("otpauth://totp/"));
    assert!(second["qr"]["path"].as_str().unwrap().starts_with('M'));
    assert_ne!(first["secret"], second["secret"]);
    let secret = |offer: &Value| Secret::parse(offer["secret"].as_str().unwrap()).unwrap();
    for wrong in ["", "12", "abcdef"] {
        app.ask(put(wrong.into())).await.is_refused(422, "wrong_credentials").has_field_problem("code", "unknown");
    }
    // The secret that was offered first is worth nothing.
    app.ask(put(secret(&first).code(step(&app)).unwrap())).await.is_refused(422, "wrong_credentials");
    assert_eq!(password(&app, ANAS).await.1["kind"], "member");
    app.state.clock.move_on(60_000);
    app.ask(put(secret(&second).code(step(&app)).unwrap())).await.is(200);
    assert_eq!(password(&app, ANAS).await.1["kind"], "pending_second_factor");
    app.ask(Call::post("/authenticator").by(&member)).await.is_refused(404, "not_found");
}

#[tokio::test]
async fn a_short_password_keeps_the_last_factor() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let mut member = reauthenticated(&app, ANAS).await;
    let change = |password: &str| json!({ "current": PASSWORD, "password": password });
    let put = |member: &Payer, body: Value| app.ask(Call::write("PUT", "/profile/password").by(member).json(&body));
    put(&member, change("kelp7-moth")).await.is_refused(422, "invalid").has_field_problem("password", "too_short");
    let (secret, _) = with_app(&app, &member).await;
    let (_, made) = with_passkey(&app, &member, &device(1)).await;
    made.is(201);
    put(&member, change("kelp7-m")).await.is_refused(422, "invalid").has_field_problem("password", "too_short");
    let changed = put(&member, change("kelp7-moth")).await;
    changed.is(200);
    member.cookie = cookie(&changed);
    // One of two goes, the last one stays.
    app.ask(Call::write("DELETE", "/authenticator").by(&member)).await.is(204);
    let passkeys = security(&app, &member).await["second_factor"]["passkeys"].clone();
    let path = format!("/passkeys/{}", passkeys[0]["id"].as_str().unwrap());
    let refused = app.ask(Call::write("DELETE", &path).by(&member)).await;
    refused.is_refused(422, "invalid").has_field_problem("password", "too_short");
    assert_eq!(app.number("SELECT COUNT(*) FROM passkey").await, 1, "nothing half done");
    let long = json!({ "current": "kelp7-moth", "password": PASSWORD });
    let changed = put(&member, long).await;
    changed.is(200);
    member.cookie = cookie(&changed);
    app.ask(Call::write("DELETE", &path).by(&member)).await.is(204);
    app.ask(Call::write("DELETE", &path).by(&member)).await.is_refused(404, "not_found");
    assert_eq!(app.number("SELECT COUNT(*) FROM recovery_code").await, 0);
    assert_eq!(password(&app, ANAS).await.1["kind"], "member");
    let told = subjects(&app, ANAS).await;
    for subject in ["The authenticator app was removed", "A passkey was removed", "A passkey was added"] {
        assert_eq!(told.iter().filter(|told| told.ends_with(subject)).count(), 1, "{subject}");
    }
    // Taken away, it opens nothing.
    _ = secret;
}

#[tokio::test]
async fn a_session_that_is_pending_a_second_factor_is_not_for_long_and_ends_with_the_password() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let mut member = reauthenticated(&app, ANAS).await;
    let (_, codes) = with_app(&app, &member).await;
    let (half, _) = password(&app, ANAS).await;
    app.state.clock.move_on(10 * 60_000);
    assert_eq!(app.ask(Call::get("/session").by(&half)).await.is(200).json()["kind"], "guest");
    code(&app, &half, &codes[0]).await.is_refused(401, "signed_out");
    let (half, _) = password(&app, ANAS).await;
    reauthenticate(&app, &mut member).await;
    let change = json!({ "current": PASSWORD, "password": "seven lanterns on a copper river" });
    app.ask(Call::write("PUT", "/profile/password").by(&member).json(&change)).await.is(200);
    code(&app, &half, &codes[0]).await.is_refused(401, "signed_out");
    assert_eq!(app.number("SELECT COUNT(*) FROM recovery_code WHERE used_at IS NOT NULL").await, 0);
}

#[tokio::test]
async fn a_new_password_by_mail_leaves_the_second_factor_as_it_is() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = reauthenticated(&app, ANAS).await;
    let (_, codes) = with_app(&app, &member).await;
    app.ask(Call::post("/password-resets").json(&json!({ "email": ANAS }))).await.is(202);
    app.jobs().await;
    let token = app.link(ANAS).await;
    let reset = json!({ "token": token, "password": "kelp7-moth" });
    app.ask(Call::write("PUT", "/password-resets").json(&reset)).await.is(204);
    let credentials = json!({ "user_id": ANAS, "password": "kelp7-moth" });
    let answer = app.ask(Call::post("/session").json(&credentials)).await;
    assert_eq!(answer.is(200).json()["kind"], "pending_second_factor");
    let half = Payer { cookie: cookie(&answer), ..member };
    app.ask(Call::get("/bills").by(&half)).await.is_refused(401, "signed_out");
    code(&app, &half, &codes[0]).await.is(200);
}

#[tokio::test]
async fn whoever_signs_in_while_paying_goes_on_after_the_second_step() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = reauthenticated(&app, ANAS).await;
    let (_, codes) = with_app(&app, &member).await;
    let payer = app.look_up(&ANA).await;
    let draft = json!({ "shares": [{ "bill": "visit", "part": "10.00" }], "payer_name": "Ana O’Neill" });
    app.ask(Call::write("PUT", "/payment-draft").by(&payer).json(&draft)).await.is(204);
    let credentials = json!({ "user_id": ANAS, "password": PASSWORD });
    let half = app.ask(Call::post("/session").by(&payer).json(&credentials)).await;
    let half = Payer { cookie: cookie(half.is(200)), ..payer };
    let whole = code(&app, &half, &codes[0]).await;
    assert_eq!(whole.is(200).json()["capture_binding"], half.binding.as_str());
    let whole = Payer { cookie: cookie(&whole), ..half };
    let kept = app.ask(Call::get("/payment-draft").by(&whole)).await.is(200).json();
    assert_eq!((&kept["shares"], &kept["payer_name"]), (&draft["shares"], &draft["payer_name"]));
}

#[tokio::test]
async fn what_is_no_request_is_refused_on_every_new_call_and_changes_nothing() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = reauthenticated(&app, ANAS).await;
    let (secret, _) = with_app(&app, &member).await;
    let (half, _) = password(&app, ANAS).await;
    let calls = [
        ("POST", "/session/second-factor", &half),
        ("PUT", "/session/reauthentication", &member),
        ("PUT", "/authenticator", &member),
        ("POST", "/passkeys", &member),
    ];
    let odd = [
        "",
        "{",
        "[]",
        "null",
        "{}",
        "\"code\"",
        r#"{"code":1}"#,
        r#"{"code":null}"#,
        r#"{"code":["123456"]}"#,
        r#"{"code":"1","passkey":"{}"}"#,
        r#"{"nobody":1}"#,
        r#"{"response":{}}"#,
        r#"{"password":1}"#,
        r#"{"password":"x","more":1}"#,
    ];
    for (method, path, by) in calls {
        for text in odd {
            app.ask(Call::write(method, path).by(by).text(text)).await.is_refused(400, "malformed");
        }
        let plain = Call::write(method, path).by(by).text("{}").header("content-type", "text/plain");
        app.ask(plain).await.is_refused(415, "not_json");
        let large = format!("{{\"code\":\"{}\"}}", "1".repeat(70_000));
        app.ask(Call::write(method, path).by(by).text(&large)).await.is_refused(413, "too_large");
        let foreign = Call::write(method, path).by(by).text("{}").header("origin", "http://evil.example");
        app.ask(foreign).await.is_refused(403, "foreign_origin");
    }
    for text in ["\u{0}", "\u{202e}123456", "１２３ ４５６", &"9".repeat(60_000), "-1", "1e5", "123456\u{301}"] {
        let answer = code(&app, &half, text).await;
        assert!(matches!(answer.status.as_u16(), 422 | 429), "{}", answer.text);
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM recovery_code WHERE used_at IS NULL").await, 10);
    app.state.clock.move_on(60_000);
    code(&app, &half, &secret.code(step(&app)).unwrap()).await.is(200);
}
