//! Tries at a password: they come ever further apart, and keep no owner out.

use super::*;

#[tokio::test]
async fn an_owner_with_the_right_password_gets_in_while_an_attacker_tries() {
    let app = proxied().await;
    app.register(&ANA, ANAS).await;
    // One IPv6 network with many addresses, and thirty IPv4 addresses.
    for at in 0..60 {
        app.ask(from(&format!("2001:db8:1:1::{at:x}"), sign_in(WRONG))).await;
        app.ask(from(&format!("198.51.100.{}", at % 30), sign_in(WRONG))).await;
    }
    app.ask(from("2001:db8:1:1::99", sign_in(PASSWORD))).await.is_refused(429, "too_many");
    app.ask(from("203.0.113.7", sign_in(PASSWORD))).await.is(200);
    app.ask(from("198.51.100.77", sign_in(PASSWORD))).await.is(200);
}

#[tokio::test]
async fn under_attack_an_owner_gets_in_with_the_second_try_and_each_network_has_one_guess() {
    let app = proxied().await;
    app.register(&ANA, ANAS).await;
    let delayed = metrics::SIGN_INS_DELAYED.value();
    let (began, mut heard) = (Instant::now(), 0);
    for at in 0..110 {
        let answer = app.ask(from(&format!("198.51.{at}.1"), sign_in(WRONG))).await;
        heard += usize::from(answer.status.as_u16() == 422);
    }
    is_most(heard, 100, 36, began);
    for address in ["203.0.113.7", "203.0.113.8"] {
        let wait = app.ask(from(address, sign_in(PASSWORD))).await;
        assert_eq!(wait.is_refused(429, "too_many").json()["retry_after"], 16);
    }
    assert!(metrics::SIGN_INS_DELAYED.value() >= delayed + 2);
    app.state.clock.move_on(16_000);
    app.ask(from("203.0.113.7", sign_in(PASSWORD))).await.is(200);
    // Who is wrong then waits longer than anywhere else.
    let wrong = app.ask(from("203.0.113.8", sign_in(WRONG))).await;
    assert_eq!(wrong.is_refused(422, "wrong_credentials").json()["retry_after"], 32);
    app.ask(from("203.0.113.8", sign_in(PASSWORD))).await.is_refused(429, "too_many");
    // Being right used nothing up: an hour later the account is what it was.
    app.state.clock.move_on(3_600_000);
    app.ask(from("203.0.113.9", sign_in(PASSWORD))).await.is(200);
}

#[tokio::test]
async fn a_large_network_full_of_wrong_tries_slows_an_owner_in_it_and_keeps_nobody_out() {
    let app = proxied().await;
    app.register(&ANA, ANAS).await;
    let owner = "2001:db8:1:77::1";
    // What ten networks of the same /48 use up with thirty failures each.
    let crowd = async || {
        let [_, wide] = app.state.limits.by_address(&rules::SIGN_INS_BY_ADDRESS, owner.parse().unwrap());
        let full = Bucket { step_millis: wide.span_millis, ..wide };
        app.state.store.count(&[full], app.state.clock.now()).await.unwrap();
    };
    crowd().await;
    let wait = app.ask(from(owner, sign_in(PASSWORD))).await;
    assert_eq!(wait.is_refused(429, "too_many").json()["retry_after"], 16);
    app.state.clock.move_on(16_000);
    crowd().await;
    app.ask(from(owner, sign_in(PASSWORD))).await.is(200);
    // Who is wrong then waits longer.
    let stranger = "2001:db8:1:78::1";
    app.ask(from(stranger, sign_in(WRONG))).await.is_refused(429, "too_many");
    app.state.clock.move_on(16_000);
    crowd().await;
    let wrong = app.ask(from(stranger, sign_in(WRONG))).await;
    assert_eq!(wrong.is_refused(422, "wrong_credentials").json()["retry_after"], 32);
    app.ask(from(stranger, sign_in(PASSWORD))).await.is_refused(429, "too_many");
    // The budget of an address of its own ends as ever.
    let alone = "2001:db8:2:1::1";
    let [own, _] = app.state.limits.by_address(&rules::SIGN_INS_BY_ADDRESS, alone.parse().unwrap());
    let full = Bucket { step_millis: own.span_millis, ..own };
    app.state.store.count(&[full], app.state.clock.now()).await.unwrap();
    app.ask(from(alone, sign_in(PASSWORD))).await.is_refused(429, "too_many");
    app.state.clock.move_on(16_000);
    app.ask(from(alone, sign_in(PASSWORD))).await.is_refused(429, "too_many");
    crowd().await;
    // By mail they get in at once, in the browser in which they have chosen a new password.
    app.ask(from(owner, Call::post("/password-resets").json(&json!({ "email": ANAS })))).await.is(202);
    app.jobs().await;
    let chosen = "seven lanterns on a copper river";
    let reset = json!({ "token": app.link(ANAS).await, "password": chosen });
    let reset = app.ask(from(owner, Call::write("PUT", "/password-resets").json(&reset))).await;
    let known = reset.is(204).set_cookie("kppay_device").expect("known from now on").to_owned();
    app.ask(from(owner, sign_in(chosen))).await.is_refused(429, "too_many");
    app.ask(from(owner, sign_in(chosen)).header("cookie", &known)).await.is(200);
}

#[tokio::test]
async fn a_browser_that_signed_in_before_has_tries_of_its_own() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let account = app.text("SELECT id FROM account").await;
    let now = app.state.clock.now();
    let known = Browser::default().known_to(&app.state, &account, now).unwrap();
    let cookie = format!("kppay_device={known}");
    // The attacker is in the very network of the owner.
    for _ in 0..10 {
        app.ask(sign_in(WRONG)).await;
    }
    app.ask(sign_in(PASSWORD)).await.is_refused(429, "too_many");
    app.ask(sign_in(PASSWORD).header("cookie", &cookie)).await.is(200);
    // Its budget is no larger than another's.
    for _ in 0..3 {
        app.ask(sign_in(WRONG).header("cookie", &cookie)).await.is_refused(422, "wrong_credentials");
    }
    app.ask(sign_in(PASSWORD).header("cookie", &cookie)).await.is_refused(429, "too_many");
}

#[tokio::test]
async fn an_address_that_tries_many_accounts_is_stopped_and_its_right_sign_ins_do_not_count() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let before = counted(&app).await;
    app.ask(sign_in(PASSWORD)).await.is(200);
    assert_eq!(counted(&app).await, before, "neither by the address nor by the account");
    for at in 0..30 {
        app.ask(sign_in(PASSWORD)).await.is(200);
        let other = json!({ "user_id": format!("nobody{at}@example.org"), "password": WRONG });
        app.ask(Call::post("/session").json(&other)).await.is_refused(422, "wrong_credentials");
    }
    app.ask(sign_in(PASSWORD)).await.is_refused(429, "too_many");
}

#[tokio::test]
async fn whoever_is_signed_in_is_not_held_up_by_strangers_who_try() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let ana = app.sign_in(ANAS).await;
    for _ in 0..6 {
        app.ask(sign_in(WRONG)).await;
    }
    app.ask(sign_in(PASSWORD)).await.is_refused(429, "too_many");
    let reauthentication =
        Call::write("PUT", "/session/reauthentication").by(&ana).json(&json!({ "password": PASSWORD }));
    app.ask(reauthentication).await.is(200);
}
