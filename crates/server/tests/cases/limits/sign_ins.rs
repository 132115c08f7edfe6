//! Tries at a password: they come ever further apart, and keep no owner out.

use super::*;

#[tokio::test]
async fn an_owner_with_the_right_password_gets_in_while_an_attacker_tries() {
    let house = proxied().await;
    house.register(&ANA, ANAS).await;
    // One IPv6 network with many addresses, and thirty IPv4 addresses.
    for at in 0..60 {
        house.ask(from(&format!("2001:db8:1:1::{at:x}"), sign_in(WRONG))).await;
        house.ask(from(&format!("198.51.100.{}", at % 30), sign_in(WRONG))).await;
    }
    house.ask(from("2001:db8:1:1::99", sign_in(PASSWORD))).await.is_refused(429, "too_many");
    house.ask(from("203.0.113.7", sign_in(PASSWORD))).await.is(200);
    house.ask(from("198.51.100.77", sign_in(PASSWORD))).await.is(200);
}

#[tokio::test]
async fn in_a_siege_an_owner_gets_in_with_the_second_try_and_each_network_has_one_guess() {
    let house = proxied().await;
    house.register(&ANA, ANAS).await;
    let sieges = metrics::SIEGES.value();
    let (began, mut heard) = (Instant::now(), 0);
    for at in 0..110 {
        let answer = house.ask(from(&format!("198.51.{at}.1"), sign_in(WRONG))).await;
        heard += usize::from(answer.status.as_u16() == 422);
    }
    is_most(heard, 100, 36, began);
    for address in ["203.0.113.7", "203.0.113.8"] {
        let wait = house.ask(from(address, sign_in(PASSWORD))).await;
        assert_eq!(wait.is_refused(429, "too_many").json()["retry_after"], 16);
    }
    assert!(metrics::SIEGES.value() >= sieges + 2);
    house.app.clock.move_on(16_000);
    house.ask(from("203.0.113.7", sign_in(PASSWORD))).await.is(200);
    // Who is wrong then waits longer than anywhere else.
    let wrong = house.ask(from("203.0.113.8", sign_in(WRONG))).await;
    assert_eq!(wrong.is_refused(422, "wrong_credentials").json()["retry_after"], 32);
    house.ask(from("203.0.113.8", sign_in(PASSWORD))).await.is_refused(429, "too_many");
    // Being right used nothing up: an hour later the account is what it was.
    house.app.clock.move_on(3_600_000);
    house.ask(from("203.0.113.9", sign_in(PASSWORD))).await.is(200);
}

#[tokio::test]
async fn a_large_network_full_of_wrong_tries_slows_an_owner_in_it_and_keeps_nobody_out() {
    let house = proxied().await;
    house.register(&ANA, ANAS).await;
    let owner = "2001:db8:1:77::1";
    // What ten networks of the same /48 use up with thirty failures each.
    let crowd = async || {
        let [_, wide] = house.app.limits.by_address(&rules::SIGN_INS_BY_ADDRESS, owner.parse().unwrap());
        let full = Bucket { step_millis: wide.span_millis, ..wide };
        house.app.store.count(&[full], house.app.clock.now()).await.unwrap();
    };
    crowd().await;
    let wait = house.ask(from(owner, sign_in(PASSWORD))).await;
    assert_eq!(wait.is_refused(429, "too_many").json()["retry_after"], 16);
    house.app.clock.move_on(16_000);
    crowd().await;
    house.ask(from(owner, sign_in(PASSWORD))).await.is(200);
    // Who is wrong then waits longer.
    let stranger = "2001:db8:1:78::1";
    house.ask(from(stranger, sign_in(WRONG))).await.is_refused(429, "too_many");
    house.app.clock.move_on(16_000);
    crowd().await;
    let wrong = house.ask(from(stranger, sign_in(WRONG))).await;
    assert_eq!(wrong.is_refused(422, "wrong_credentials").json()["retry_after"], 32);
    house.ask(from(stranger, sign_in(PASSWORD))).await.is_refused(429, "too_many");
    // The budget of an address of its own ends as ever.
    let alone = "2001:db8:2:1::1";
    let [own, _] = house.app.limits.by_address(&rules::SIGN_INS_BY_ADDRESS, alone.parse().unwrap());
    let full = Bucket { step_millis: own.span_millis, ..own };
    house.app.store.count(&[full], house.app.clock.now()).await.unwrap();
    house.ask(from(alone, sign_in(PASSWORD))).await.is_refused(429, "too_many");
    house.app.clock.move_on(16_000);
    house.ask(from(alone, sign_in(PASSWORD))).await.is_refused(429, "too_many");
    crowd().await;
    // By mail they get in at once, in the browser in which they have chosen a new password.
    house.ask(from(owner, Call::post("/password-resets").json(&json!({ "email": ANAS })))).await.is(202);
    house.jobs().await;
    let chosen = "seven lanterns on a copper river";
    let reset = json!({ "token": house.link(ANAS).await, "password": chosen });
    let reset = house.ask(from(owner, Call::write("PUT", "/password-resets").json(&reset))).await;
    let known = reset.is(204).set_cookie("kppay_device").expect("known from now on").to_owned();
    house.ask(from(owner, sign_in(chosen))).await.is_refused(429, "too_many");
    house.ask(from(owner, sign_in(chosen)).header("cookie", &known)).await.is(200);
}

#[tokio::test]
async fn a_browser_that_signed_in_before_has_tries_of_its_own() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    let account = house.text("SELECT id FROM account").await;
    let now = house.app.clock.now();
    let known = Browser::default().known_to(&house.app, &account, now).unwrap();
    let cookie = format!("kppay_device={known}");
    // The attacker is in the very network of the owner.
    for _ in 0..10 {
        house.ask(sign_in(WRONG)).await;
    }
    house.ask(sign_in(PASSWORD)).await.is_refused(429, "too_many");
    house.ask(sign_in(PASSWORD).header("cookie", &cookie)).await.is(200);
    // Its budget is no larger than another's.
    for _ in 0..3 {
        house.ask(sign_in(WRONG).header("cookie", &cookie)).await.is_refused(422, "wrong_credentials");
    }
    house.ask(sign_in(PASSWORD).header("cookie", &cookie)).await.is_refused(429, "too_many");
}

#[tokio::test]
async fn an_address_that_tries_many_accounts_is_stopped_and_its_right_sign_ins_do_not_count() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    let before = counted(&house).await;
    house.ask(sign_in(PASSWORD)).await.is(200);
    assert_eq!(counted(&house).await, before, "neither by the address nor by the account");
    for at in 0..30 {
        house.ask(sign_in(PASSWORD)).await.is(200);
        let other = json!({ "user_id": format!("nobody{at}@example.org"), "password": WRONG });
        house.ask(Call::post("/session").json(&other)).await.is_refused(422, "wrong_credentials");
    }
    house.ask(sign_in(PASSWORD)).await.is_refused(429, "too_many");
}

#[tokio::test]
async fn whoever_is_signed_in_is_not_held_up_by_strangers_who_try() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    let ana = house.sign_in(ANAS).await;
    for _ in 0..6 {
        house.ask(sign_in(WRONG)).await;
    }
    house.ask(sign_in(PASSWORD)).await.is_refused(429, "too_many");
    let proof = Call::write("PUT", "/session/reauthentication").by(&ana).json(&json!({ "password": PASSWORD }));
    house.ask(proof).await.is(200);
}
