//! Signing in: one answer whether user ID or password is wrong, tries that come ever further apart, and a session that
//! is new.

use crate::test_app::{
    PASSWORD, TestApp,
    call::{Call, Response},
    cookie,
    seed::{ANA, MEI},
};
use serde_json::json;

const ANAS: &str = "ana@example.org";

async fn try_in(app: &TestApp, user_id: &str, password: &str) -> Response {
    app.ask(Call::post("/session").json(&json!({ "user_id": user_id, "password": password }))).await
}

#[tokio::test]
async fn a_member_signs_in_and_sees_the_bills_of_the_membership() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let answer = try_in(&app, " ANA@Example.org ", PASSWORD).await;
    let view = answer.is(200).json();
    assert_eq!((view["kind"].as_str(), view["membership"]["ending"].as_str()), (Some("member"), Some("678")));
    assert_eq!(view["person"], json!({ "name": "Ana O’Neill", "email": ANAS, "is_email_confirmed": true }));
    let ana = app.sign_in(ANAS).await;
    let bills = app.ask(Call::get("/bills").by(&ana)).await.is(200).json();
    assert_eq!(bills["bills"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn nobody_learns_whether_it_was_the_user_id_or_the_password() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let wrong = try_in(&app, ANAS, "copper river lantern eight").await;
    wrong.is_refused(422, "wrong_credentials");
    for user_id in ["nobody@example.org", "", "x", "\u{202e}", "' OR 1=1 --", &"a".repeat(5_000)] {
        let nobody = try_in(&app, user_id, PASSWORD).await;
        assert_eq!(
            (nobody.is_refused(422, "wrong_credentials").text.as_str(), &nobody.status),
            (wrong.text.as_str(), &wrong.status)
        );
        assert!(nobody.header("set-cookie").is_empty());
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM session WHERE account IS NOT NULL").await, 0);
}

#[tokio::test]
async fn tries_that_fail_come_ever_further_apart_and_the_account_is_never_locked() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    for user_id in [ANAS, "nobody@example.org"] {
        let mut waits = Vec::new();
        for _ in 0..6 {
            let answer = try_in(&app, user_id, "wrong wrong wrong wrong").await;
            let wait = answer.is_refused(422, "wrong_credentials").json()["retry_after"].as_i64().unwrap_or(0);
            waits.push(wait);
            if wait > 0 {
                let early = try_in(&app, user_id, PASSWORD).await;
                assert_eq!(early.is_refused(429, "too_many").json()["retry_after"], wait);
            }
            app.state.clock.move_on(wait * 1_000);
        }
        assert_eq!(waits, [0, 0, 2, 4, 8, 16], "{user_id}");
    }
    try_in(&app, ANAS, PASSWORD).await.is(200);
    // Being right forgives what was wrong.
    let again = try_in(&app, ANAS, "wrong wrong wrong wrong").await;
    assert!(again.is_refused(422, "wrong_credentials").json()["retry_after"].is_null());
}

#[tokio::test]
async fn many_tries_at_the_same_moment_are_not_more_than_one_after_the_other() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let tries = (0..12).map(|_| try_in(&app, ANAS, "wrong wrong wrong wrong"));
    let answers = futures_util::future::join_all(tries).await;
    let heard = answers.iter().filter(|answer| answer.status.as_u16() == 422).count();
    assert_eq!(heard, 3);
}

#[tokio::test]
async fn signing_in_gives_a_new_token_and_ends_the_one_before() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let planted = app.look_up(&ANA).await;
    let member = app.sign_in_with(ANAS, PASSWORD, Some(&planted)).await;
    assert_ne!(planted.cookie, member.cookie);
    app.ask(Call::get("/bills").by(&planted)).await.is_refused(401, "signed_out");
    // A token that somebody made up is not taken over.
    let made_up = Call::post("/session").json(&json!({ "user_id": ANAS, "password": PASSWORD }));
    let answer = app.ask(made_up.header("cookie", "kppay_session=chosen-by-somebody")).await;
    assert!(!cookie(answer.is(200)).contains("chosen"));
    let token = member.cookie.split('=').nth(1).unwrap();
    assert_eq!(app.number(&format!("SELECT COUNT(*) FROM session WHERE token_hash = '{token}'")).await, 0);
}

#[tokio::test]
async fn whoever_signs_in_while_paying_goes_on_paying() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let payer = app.look_up(&ANA).await;
    let draft = json!({ "shares": [{ "bill": "visit", "part": "10.00" }], "payer_name": "Ana O’Neill" });
    app.ask(Call::write("PUT", "/payment-draft").by(&payer).json(&draft)).await.is(204);
    let member = app.sign_in_with(ANAS, PASSWORD, Some(&payer)).await;
    let kept = app.ask(Call::get("/payment-draft").by(&member)).await.json();
    assert_eq!((&kept["shares"], kept["payer_name"].as_str()), (&draft["shares"], Some("Ana O’Neill")));
    assert_eq!(payer.binding, member.binding);

    // Of somebody else's bills nothing goes along.
    let meis = app.look_up(&MEI).await;
    let draft = json!({ "shares": [{ "bill": "meis", "part": null }], "payer_name": "Somebody" });
    app.ask(Call::write("PUT", "/payment-draft").by(&meis).json(&draft)).await.is(204);
    let member = app.sign_in_with(ANAS, PASSWORD, Some(&meis)).await;
    let kept = app.ask(Call::get("/payment-draft").by(&member)).await.json();
    assert_eq!((kept["shares"].as_array().unwrap().len(), kept["payer_name"].as_str()), (0, Some("")));
    assert_ne!(meis.binding, member.binding);
}

#[tokio::test]
async fn a_password_is_good_after_years() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    app.state.clock.move_on(3 * 365 * 24 * 3_600_000);
    let view = try_in(&app, ANAS, PASSWORD).await.is(200).json();
    assert_eq!(view["kind"], "member");
}

#[tokio::test]
async fn another_sites_page_can_not_sign_anybody_in() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let body = json!({ "user_id": ANAS, "password": PASSWORD });
    for origin in [None, Some("https://evil.test"), Some("null")] {
        let call = Call::new("POST", "/session").json(&body);
        let call = origin.into_iter().fold(call, |call, origin| call.header("origin", origin));
        app.ask(call).await.is_refused(403, "foreign_origin");
    }
}

#[tokio::test]
async fn passwords_are_in_no_answer_and_in_no_table() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let hash = app.text("SELECT password FROM account").await;
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    let left = "SELECT (SELECT COUNT(*) FROM registration WHERE draft LIKE '%copper%') + (SELECT COUNT(*) FROM job)";
    assert_eq!(app.number(left).await, 0);
    for text in ["{\"user_id\":\"a\",\"password\":1}", "{\"password\":\"copper river\"}"] {
        let answer = app.ask(Call::post("/session").text(text)).await;
        answer.is_refused(400, "malformed");
        assert!(!answer.text.contains("copper"));
    }
}
