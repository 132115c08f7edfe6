//! Second factors that two calls change at the same moment.

use super::*;

#[tokio::test]
async fn the_last_factor_of_a_short_password_stays_though_two_servers_take_one_each() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = reauthenticated(&app).await;
    with_app(&app, &member).await;
    app.ask(new_passkey(&app, &member, 1).await).await.is(201);
    let changed = app.ask(change(PASSWORD, SHORT).by(&member)).await;
    let member = Payer { cookie: cookie(changed.is(200)), ..member };
    let passkey = passkey_path(&app).await;
    let remove = |path: &str| Call::write("DELETE", path).by(&member);

    // In the middle of the other server's removal.
    let mut tx = app.state.store.begin().await.unwrap();
    accounts::lock(&mut tx, &account(&app).await).await.unwrap();
    sqlx::query("DELETE FROM authenticator").execute(&mut *tx).await.unwrap();
    let refused = across(&app, tx, remove(&passkey)).await;
    refused.is_refused(422, "invalid").has_field_problem("password", "too_short");
    assert_eq!(factors(&app).await[..3], [1, 0, 10]);

    let (_, beside) = (with_app(&app, &member).await, app.beside().await);
    let (one, other) = tokio::join!(app.ask(remove("/authenticator")), beside.ask(remove(&passkey)));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 422]);
    let left = factors(&app).await;
    assert_eq!((left[0] + left[1], left[2]), (1, 10));
}

#[tokio::test]
async fn a_password_is_not_made_short_while_the_last_factor_is_taken_away() {
    for by_mail in [false, true] {
        let app = TestApp::open().await;
        app.register(&ANA, ANAS).await;
        let member = reauthenticated(&app).await;
        with_app(&app, &member).await;
        let call = if by_mail {
            app.ask(Call::post("/password-resets").json(&json!({ "email": ANAS }))).await.is(202);
            app.jobs().await;
            Call::write("PUT", "/password-resets").json(&json!({ "token": app.link(ANAS).await, "password": SHORT }))
        } else {
            change(PASSWORD, SHORT).by(&member)
        };
        let mut tx = app.state.store.begin().await.unwrap();
        accounts::lock(&mut tx, &account(&app).await).await.unwrap();
        sqlx::query("DELETE FROM authenticator").execute(&mut *tx).await.unwrap();
        across(&app, tx, call).await.is_refused(422, "invalid").has_field_problem("password", "too_short");
        assert_eq!(app.number("SELECT is_password_short FROM account").await, 0);
        app.sign_in(ANAS).await;
    }
}

#[tokio::test]
async fn of_two_first_factors_at_the_same_moment_one_brings_the_recovery_codes() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let (member, beside) = (reauthenticated(&app).await, app.beside().await);
    let count = |answer: &Response| answer.json()["codes"].as_array().unwrap().len();

    // In the middle of the other server's.
    let (id, passkey) = (account(&app).await, new_passkey(&app, &member, 1).await);
    let mut tx = app.state.store.begin().await.unwrap();
    accounts::lock(&mut tx, &id).await.unwrap();
    let first = "INSERT INTO authenticator (account, secret, created_at, confirmed_at) VALUES ($1, '', 1, 1)";
    sqlx::query(first).bind(&id).execute(&mut *tx).await.unwrap();
    assert_eq!(count(across(&app, tx, passkey).await.is(201)), 0);
    for sql in ["DELETE FROM authenticator", "DELETE FROM passkey"] {
        sqlx::query(sql).execute(&app.state.store.write).await.unwrap();
    }

    let offer = app.ask(Call::post("/authenticator").by(&member)).await.is(201).json();
    let secret = Secret::parse(offer["secret"].as_str().unwrap()).unwrap();
    let state = Call::write("PUT", "/authenticator").by(&member).json(&code(&app, &secret, 0));
    let passkey = new_passkey(&app, &member, 1).await;
    let (one, other) = tokio::join!(app.ask(state), beside.ask(passkey));
    assert_eq!(count(one.is(200)) + count(other.is(201)), 10);
    assert_eq!(factors(&app).await[..3], [1, 1, 10]);
    let shown = if count(&one) == 10 { one } else { other };
    let half = app.ask(sign_in(PASSWORD)).await;
    let half = Payer { cookie: cookie(half.is(200)), ..member };
    let shown = json!({ "code": shown.json()["codes"][9] });
    app.ask(Call::post("/session/second-factor").by(&half).json(&shown)).await.is(200);
}

#[tokio::test]
async fn an_account_has_at_most_ten_passkeys_though_two_are_added_at_once() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let (member, other) = (reauthenticated(&app).await, reauthenticated(&app).await);
    let beside = app.beside().await;
    for number in 1..=9 {
        app.ask(new_passkey(&app, &member, number).await).await.is(201);
    }

    // In the middle of the other server's tenth.
    let (id, eleventh) = (account(&app).await, new_passkey(&app, &other, 11).await);
    let mut tx = app.state.store.begin().await.unwrap();
    accounts::lock(&mut tx, &id).await.unwrap();
    let tenth =
        "INSERT INTO passkey (id, account, credential, stored, device, created_at) VALUES ('', $1, '', '', '', 1)";
    sqlx::query(tenth).bind(&id).execute(&mut *tx).await.unwrap();
    across(&app, tx, eleventh).await.is_refused(422, "invalid").has_field_problem("response", "too_large");
    sqlx::query("DELETE FROM passkey WHERE id = ''").execute(&app.state.store.write).await.unwrap();

    let (tenth, eleventh) = (new_passkey(&app, &member, 10).await, new_passkey(&app, &other, 11).await);
    let (one, two) = tokio::join!(app.ask(tenth), beside.ask(eleventh));
    let refused = if one.status.as_u16() == 201 { two } else { one };
    refused.is_refused(422, "invalid").has_field_problem("response", "too_large");
    assert_eq!(app.number("SELECT COUNT(*) FROM passkey").await, 10);
    let early = app.ask(Call::post("/passkey-challenges").by(&member)).await;
    early.is_refused(422, "invalid").has_field_problem("passkey", "too_large");
    let seen = app.ask(Call::get("/security").by(&member)).await.is(200).json();
    assert_eq!(seen["second_factor"]["takes_passkeys"], false, "the page offers none");
}

#[tokio::test]
async fn recovery_codes_are_renewed_five_times_a_day_and_each_time_the_owner_is_told() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let mut member = reauthenticated(&app).await;
    with_app(&app, &member).await;
    let renew = |member: &Payer| app.ask(Call::post("/recovery-codes").by(member));
    for _ in 0..5 {
        renew(&member).await.is(201);
        app.state.clock.move_on(60_000);
    }
    let codes = "SELECT MAX(code_hash) FROM recovery_code";
    let before = app.text(codes).await;
    let refused = renew(&member).await;
    let wait = refused.is_refused(429, "too_many").json()["retry_after"].as_i64().unwrap();
    assert!((86_000..=86_400 - 300).contains(&wait), "{wait}");
    assert_eq!(app.text(codes).await, before);
    assert_eq!(app.number("SELECT COUNT(*) FROM outbox WHERE subject LIKE '%new recovery codes%'").await, 5);
    app.state.clock.move_on(86_400_000 - 300_000);
    let half = app.ask(sign_in(PASSWORD)).await;
    member.cookie = cookie(half.is(200));
    let whole = "UPDATE session SET is_halfway = 0, proved_at = seen_at WHERE ended_at IS NULL";
    sqlx::query(whole).execute(&app.state.store.write).await.unwrap();
    renew(&member).await.is(201);
    renew(&member).await.is_refused(429, "too_many");
}
