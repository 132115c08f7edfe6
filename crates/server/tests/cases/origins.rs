//! Access checks of every request: origins, sessions and their cookies.

use crate::test_app::{
    ORIGIN, TestApp, VISA,
    call::Call,
    new_key,
    seed::{ANA, MEI},
};

#[tokio::test]
async fn a_payment_from_a_page_of_another_site_or_from_none_is_refused() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let call = || Call::post("/payments").by(&ana).key(&new_key()).json(&order);
    app.ask(call().without("origin")).await.is_refused(403, "foreign_origin");
    for origin in [
        "null",
        "",
        "http://evil.test",
        "https://pay.localhost",
        "http://pay.localhost:81",
        "http://pay.localhost.evil.test",
    ] {
        app.ask(call().header("origin", origin)).await.is_refused(403, "foreign_origin");
    }
    app.assert_nothing_happened().await;
    app.ask(call()).await.is_payment(201, "paid");
}

#[tokio::test]
async fn without_a_session_nothing_of_a_member_is_seen_or_done() {
    let app = TestApp::open().await;
    let forged = format!("kppay_session={}", "a".repeat(64));
    let endless = format!("kppay_session={}", "a".repeat(6_000));
    for cookie in ["", "kppay_session=", &forged, &endless, "kppay_session='; DROP TABLE session; --"] {
        for path in ["/bills", "/bills/visit", "/payment-draft", "/payments/x", "/payments/x/receipt.pdf"] {
            app.ask(Call::get(path).header("cookie", cookie)).await.is_refused(401, "signed_out");
        }
        let by_key = Call::get(&format!("/payments?idempotency_key={}", new_key())).header("cookie", cookie);
        app.ask(by_key).await.is_refused(401, "signed_out");
        for call in [
            Call::post("/payments").key(&new_key()),
            Call::write("PUT", "/payment-draft"),
            Call::post("/payment-methods"),
            Call::write("PATCH", "/session"),
        ] {
            app.ask(call.header("cookie", cookie).text("{}")).await.is_refused(401, "signed_out");
        }
    }
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_session_ends_when_idle_and_can_be_extended_until_it_is_old() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let bills = || Call::get("/bills").by(&ana);
    app.state.clock.move_on(14 * 60_000);
    app.ask(Call::write("PATCH", "/session").by(&ana)).await.is(200);
    app.state.clock.move_on(14 * 60_000);
    app.ask(bills()).await.is(200);
    app.state.clock.move_on(15 * 60_000);
    app.ask(bills()).await.is_refused(401, "signed_out");
    assert_eq!(app.ask(Call::get("/session").by(&ana)).await.is(200).json()["kind"], "guest");
    let mei = app.look_up(&MEI).await;
    for _ in 0..33 {
        app.state.clock.move_on(14 * 60_000);
        app.ask(Call::write("PATCH", "/session").by(&mei)).await.is(200);
    }
    app.state.clock.move_on(20 * 60_000);
    app.ask(Call::write("PATCH", "/session").by(&mei)).await.is_refused(401, "signed_out");
}

#[tokio::test]
async fn an_order_sent_after_the_session_ended_is_not_paid() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    app.state.clock.move_on(15 * 60_000);
    app.pay(&ana, &new_key(), &order).await.is_refused(401, "signed_out");
    app.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_payment_is_seen_by_its_own_session_and_by_whoever_of_the_membership_knows_its_key() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let token = app.card(&ana, VISA).await;
    let order = app.order(&ana, &token, &[("visit", "64.10")]).await;
    let key = new_key();
    let id = app.pay(&ana, &key, &order).await.is(201).json()["id"].as_str().unwrap().to_owned();
    let (again, mei) = (app.look_up(&ANA).await, app.look_up(&MEI).await);
    for path in [format!("/payments/{id}"), format!("/payments/{id}/receipt.pdf")] {
        app.ask(Call::get(&path).by(&ana)).await.is(200);
        app.ask(Call::get(&path).by(&again)).await.is_refused(404, "not_found");
        app.ask(Call::get(&path).by(&mei)).await.is_refused(404, "not_found");
    }
    let email = serde_json::json!({ "email": "mei@example.org" });
    let email = Call::post(&format!("/payments/{id}/receipt-emails")).by(&mei).json(&email);
    app.ask(email).await.is_refused(404, "not_found");
    // "Not found" would be believed of an order whose bill was found in the same browser before.
    app.by_key(&mei, &key).await.is_refused(409, "key_elsewhere");
    app.by_key(&again, &new_key()).await.is_refused(404, "not_found");
    assert_eq!(app.by_key(&again, &key).await.is_payment(200, "paid").json()["id"], id.as_str());
    app.ask(Call::get(&format!("/payments/{id}")).by(&again)).await.is(200);
}

#[tokio::test]
async fn a_key_is_one_memberships() {
    let app = TestApp::open().await;
    let (ana, mei) = (app.look_up(&ANA).await, app.look_up(&MEI).await);
    let key = new_key();
    let order = app.order(&ana, &app.card(&ana, VISA).await, &[("visit", "64.10")]).await;
    app.pay(&ana, &key, &order).await.is_payment(201, "paid");
    let other = app.order(&mei, &app.card(&mei, VISA).await, &[("meis", "99.00")]).await;
    app.pay(&mei, &key, &other).await.is_refused(409, "key_elsewhere");
    assert!(!app.pay(&mei, &new_key(), &other).await.is_payment(201, "paid").is_replayed());
    assert_eq!((app.payments().await, app.charges().await), (2, 2));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_look_up_ends_the_session_that_was_there() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let found = app.ask(Call::post("/bill-lookups").by(&ana).json(&MEI.lookup())).await;
    let fresh = found.is(201).header("set-cookie").split(';').next().unwrap().to_owned();
    assert_ne!(fresh, ana.cookie);
    app.ask(Call::get("/bills").by(&ana)).await.is_refused(401, "signed_out");
    app.ask(Call::get("/bills/meis").header("cookie", &fresh)).await.is(200);
    app.ask(Call::get("/bills/visit").header("cookie", &fresh)).await.is_refused(404, "not_found");
}

#[tokio::test]
async fn signing_out_ends_the_session_and_takes_the_cookie_away() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    app.ask(Call::write("PUT", "/payment-draft").by(&ana).text(r#"{"email":"ana@"}"#)).await.is(204);
    let out = app.ask(Call::write("DELETE", "/session").by(&ana)).await;
    assert!(
        out.is(204).header("set-cookie").contains("kppay_session=; ") && out.header("set-cookie").contains("Max-Age=0")
    );
    app.ask(Call::get("/bills").by(&ana)).await.is_refused(401, "signed_out");
    assert_eq!(app.number("SELECT COUNT(*) FROM session WHERE draft IS NOT NULL").await, 0);
}

#[tokio::test]
async fn the_cookie_is_kept_from_scripts_and_over_tls_from_everything_else() {
    let app = TestApp::open().await;
    let found = app.ask(Call::post("/bill-lookups").json(&ANA.lookup())).await;
    let (cookie, flags) = found.is(201).header("set-cookie").split_once("; ").unwrap();
    assert!(cookie.starts_with("kppay_session="));
    assert_eq!(flags, "Path=/; HttpOnly; SameSite=Lax");
    let token = cookie.split_once('=').unwrap().1;
    assert!(token.len() >= 32 && !found.text.contains(token), "the token is in the cookie only");
    let kept = format!("SELECT COUNT(*) FROM session WHERE token_hash = '{token}' OR id = '{token}'");
    assert_eq!(app.number(&kept).await, 0, "the database knows the token's hash only");

    let app = TestApp::open_with(&["--public-origin", "https://pay.localhost"]).await;
    let call = || Call::post("/bill-lookups").json(&ANA.lookup());
    app.ask(call().header("origin", ORIGIN)).await.is_refused(403, "foreign_origin");
    let found = app.ask(call().header("origin", "https://pay.localhost")).await;
    let (cookie, flags) = found.is(201).header("set-cookie").split_once("; ").unwrap();
    assert!(cookie.starts_with("__Host-kppay_session="));
    assert_eq!(flags, "Path=/; HttpOnly; SameSite=Lax; Secure");
    assert!(found.header("strict-transport-security").starts_with("max-age="));
}
