//! Known devices: the owner of an account is notified of a sign-in from a browser that was not used for it before, and
//! of no other.

use crate::test_app::{
    ORIGIN, PASSWORD, Payer, TestApp,
    call::{Call, Response},
    cookie, new_account,
    seed::{ANA, MEI},
};
use serde_json::{Value, json};
use server::identity::factors::totp::Secret;

const ANAS: &str = "ana@example.org";
const NEW: &str = "seven lanterns on a copper river";
const AGENT: &str =
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Mobile Safari/537.36";

/// Signs in from a browser with these cookies.
async fn enter(app: &TestApp, password: &str, cookies: &str) -> Response {
    let body = json!({ "user_id": ANAS, "password": password });
    app.ask(Call::post("/session").json(&body).header("cookie", cookies).header("user-agent", AGENT)).await
}

fn device(answer: &Response) -> String {
    answer.set_cookie("kppay_device").expect("the browser is known from now on").to_owned()
}

async fn notices(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM outbox WHERE subject LIKE '%New sign-in%'").await
}

#[tokio::test]
async fn a_sign_in_from_a_new_browser_is_told_to_the_owner_once() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let first = enter(&app, PASSWORD, "").await;
    let known = device(first.is(200));
    assert_eq!(notices(&app).await, 1);
    let emails = app.state.store.emails(1).await.unwrap();
    assert_eq!(emails[0].to.to_string(), ANAS);
    for says in ["Chrome, Android", " Pacific", "/forgot-password", "there is nothing to do"] {
        assert!(emails[0].text.contains(says), "{says}: {}", emails[0].text);
    }
    let html = app.text("SELECT body_html FROM outbox WHERE subject LIKE '%New sign-in%'").await;
    assert!(html.contains("Chrome, Android") && html.contains("<html lang=\"en\">"));
    let set = first.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    let line = set.filter(|line| line.starts_with("kppay_device")).collect::<String>();
    for part in ["; HttpOnly", "; SameSite=Strict", "; Path=/", "; Max-Age=34560000"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!known.contains(&app.text("SELECT id FROM account").await));

    // Known, also after signing out and a year later, if it was used meanwhile.
    let out = Call::write("DELETE", "/session").header("cookie", &format!("{}; {known}", cookie(&first)));
    assert!(app.ask(out).await.is(204).set_cookie("kppay_device").is_none());
    let mut known = known;
    for _ in 0..3 {
        app.state.clock.move_on(200 * 86_400_000);
        known = device(enter(&app, PASSWORD, &known).await.is(200));
    }
    assert_eq!(notices(&app).await, 1);
    app.state.clock.move_on(400 * 86_400_000);
    enter(&app, PASSWORD, &known).await.is(200);
    assert_eq!(notices(&app).await, 2, "forgotten");
}

#[tokio::test]
async fn a_cookie_that_was_made_up_changed_or_another_accounts_is_no_known_browser() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    app.register(&MEI, "mei@example.org").await;
    let body = json!({ "user_id": "mei@example.org", "password": PASSWORD });
    let meis = device(app.ask(Call::post("/session").json(&body)).await.is(200));
    let anas = device(enter(&app, PASSWORD, "").await.is(200));
    let mut told = notices(&app).await;
    let turned = format!("kppay_device=A{}", &anas["kppay_device=A".len()..]);
    let turned = if turned == anas { anas.replacen("=A", "=B", 1) } else { turned };
    for cookies in [&meis, &turned, &anas[..anas.len() - 2], "kppay_device=", "kppay_device=...", "kppay_device=é"] {
        app.state.clock.move_on(3_600_000);
        enter(&app, PASSWORD, cookies).await.is(200);
        told += 1;
        assert_eq!(notices(&app).await, told, "{cookies}");
    }
    // Two people share a browser: both are known in it.
    let both = device(enter(&app, PASSWORD, &meis).await.is(200));
    told += 1;
    enter(&app, PASSWORD, &both).await.is(200);
    app.ask(Call::post("/session").json(&body).header("cookie", &both)).await.is(200);
    assert_eq!(notices(&app).await, told);
}

#[tokio::test]
async fn after_a_changed_password_the_browser_that_changed_it_is_known_and_no_other() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let attacker = device(enter(&app, PASSWORD, "").await.is(200));
    let owner = enter(&app, PASSWORD, "").await;
    app.state.clock.move_on(1_000);
    let change = json!({ "current": PASSWORD, "password": NEW });
    let cookies = format!("{}; {}", cookie(&owner), device(&owner));
    let changed = Call::write("PUT", "/profile/password").header("cookie", &cookies).json(&change);
    let known = device(app.ask(changed).await.is(200));
    let told = notices(&app).await;
    enter(&app, NEW, &known).await.is(200);
    assert_eq!(notices(&app).await, told);
    for old in [attacker, device(&owner)] {
        enter(&app, NEW, &old).await.is(200);
    }
    assert_eq!(notices(&app).await, told + 2);
}

#[tokio::test]
async fn the_browser_that_confirmed_the_address_is_no_news_and_another_one_is() {
    let app = TestApp::open().await;
    app.apply(&ANA, ANAS).await;
    let confirmed = app.confirm(&app.link(ANAS).await, &app.code().await).await;
    let known = device(confirmed.is(204));
    let first = enter(&app, PASSWORD, &known).await;
    enter(&app, PASSWORD, &device(first.is(200))).await.is(200);
    assert_eq!(notices(&app).await, 0);
    // Having the statement is not having registered.
    let stranger = app.look_up(&ANA).await;
    enter(&app, PASSWORD, &stranger.cookie).await.is(200);
    assert_eq!(notices(&app).await, 1);
}

#[tokio::test]
async fn the_browser_that_chose_a_new_password_by_mail_is_known_and_no_other() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let before = device(enter(&app, PASSWORD, "").await.is(200));
    let mut password = PASSWORD;
    for cookies in ["", &before] {
        app.state.clock.move_on(3_600_000);
        app.ask(Call::post("/password-resets").json(&json!({ "email": ANAS }))).await.is(202);
        app.jobs().await;
        password = if password == PASSWORD { NEW } else { PASSWORD };
        let reset = json!({ "token": app.link(ANAS).await, "password": password });
        let reset = Call::write("PUT", "/password-resets").json(&reset).header("cookie", cookies);
        let known = device(app.ask(reset).await.is(204));
        let told = notices(&app).await;
        enter(&app, password, &known).await.is(200);
        assert_eq!(notices(&app).await, told, "the e-mail about the new password has told of it");
        enter(&app, password, &before).await.is(200);
        assert_eq!(notices(&app).await, told + 1, "known with an older password");
    }
}

#[tokio::test]
async fn of_many_sign_ins_in_new_browsers_the_owner_hears_four_times_an_hour_and_twelve_a_day() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    for hour in 0..4 {
        for _ in 0..5 {
            enter(&app, PASSWORD, "").await.is(200);
        }
        assert_eq!(notices(&app).await, (4 * (hour + 1)).min(12));
        app.state.clock.move_on(3_600_000);
    }
    // It takes nothing from the other e-mails, and the next day the owner hears again.
    app.ask(Call::post("/password-resets").json(&json!({ "email": ANAS }))).await.is(202);
    app.jobs().await;
    assert!(!app.link(ANAS).await.is_empty());
    app.state.clock.move_on(20 * 3_600_000);
    enter(&app, PASSWORD, "").await.is(200);
    assert_eq!(notices(&app).await, 13);
}

#[tokio::test]
async fn with_a_second_factor_the_owner_hears_after_the_second_step() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = app.sign_in(ANAS).await;
    let typed = json!({ "password": PASSWORD });
    let reauthentication = app.ask(Call::write("PUT", "/session/reauthentication").by(&member).json(&typed)).await;
    let member = Payer { cookie: cookie(reauthentication.is(200)), ..member };
    let offer = app.ask(Call::post("/authenticator").by(&member)).await.is(201).json();
    let secret = Secret::parse(offer["secret"].as_str().unwrap()).unwrap();
    let code = json!({ "code": secret.code(app.state.clock.unmoved().millis() / 30_000 - 1).unwrap() });
    let codes = app.ask(Call::write("PUT", "/authenticator").by(&member).json(&code)).await.is(200).json();
    let told = notices(&app).await;
    let half = enter(&app, PASSWORD, "").await;
    assert!(half.is(200).set_cookie("kppay_device").is_none(), "half the way makes nobody known");
    assert_eq!((half.json()["kind"].as_str(), notices(&app).await), (Some("pending_second_factor"), told));
    let shown = |half: &Response, code: &Value| {
        Call::post("/session/second-factor").header("cookie", &cookie(half)).json(&json!({ "code": code }))
    };
    app.ask(shown(&half, &json!("000000"))).await.is_refused(422, "wrong_credentials");
    assert_eq!(notices(&app).await, told);
    let whole = app.ask(shown(&half, &codes["codes"][0])).await;
    assert_eq!(notices(&app).await, told + 1);
    let known = device(whole.is(200));
    let half = enter(&app, PASSWORD, &known).await;
    let cookies = format!("{}; {known}", cookie(half.is(200)));
    let shown = json!({ "code": codes["codes"][1] });
    app.ask(Call::post("/session/second-factor").header("cookie", &cookies).json(&shown)).await.is(200);
    assert_eq!(notices(&app).await, told + 1);
}

#[tokio::test]
async fn the_notice_is_in_the_members_language_and_says_what_to_do() {
    let app = TestApp::open().await;
    let payer = app.look_up(&ANA).await;
    let begun = app.ask(Call::post("/registrations").by(&payer)).await.is(201).json();
    let mut account = new_account(&ANA, ANAS);
    account["locale"] = json!("es");
    let path = format!("/registrations/{}/account", begun["id"].as_str().unwrap());
    app.ask(Call::post(&path).by(&payer).json(&account)).await.is(202);
    app.jobs().await;
    app.confirm(&app.link(ANAS).await, &app.code().await).await.is(204);
    let body = json!({ "user_id": ANAS, "password": PASSWORD });
    app.ask(Call::post("/session").json(&body)).await.is(200);
    let emails = app.state.store.emails(1).await.unwrap();
    assert!(emails[0].subject.ends_with("Nuevo inicio de sesión en su cuenta"), "{}", emails[0].subject);
    for says in ["(Pacífico)", "un navegador que no dice su nombre", "/forgot-password", "Si fue usted"] {
        assert!(emails[0].text.contains(says), "{says}: {}", emails[0].text);
    }
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_the_host() {
    let app = TestApp::open_with(&["--public-origin", &ORIGIN.replace("http:", "https:")]).await;
    let lookup = Call::post("/bill-lookups").header("origin", "https://pay.localhost").json(&ANA.lookup());
    let payer = cookie(app.ask(lookup).await.is(201));
    let write = |method: &str, path: &str| {
        Call::write(method, path).header("origin", "https://pay.localhost").header("cookie", &payer)
    };
    let begun = app.ask(write("POST", "/registrations")).await.is(201).json();
    let path = format!("/registrations/{}/account", begun["id"].as_str().unwrap());
    app.ask(write("POST", &path).json(&new_account(&ANA, ANAS))).await.is(202);
    app.jobs().await;
    let confirm = json!({ "token": app.link(ANAS).await, "password": PASSWORD, "code": app.code().await });
    app.ask(write("POST", "/email-confirmations").json(&confirm)).await.is(204);
    let body = json!({ "user_id": ANAS, "password": PASSWORD });
    let answer = app.ask(Call::post("/session").header("origin", "https://pay.localhost").json(&body)).await;
    assert!(answer.is(200).set_cookie("__Host-kppay_device").is_some());
    let set = answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    assert!(set.filter(|line| line.contains("device")).all(|line| line.contains("; Secure")));
}
