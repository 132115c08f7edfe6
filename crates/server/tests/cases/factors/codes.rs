//! Codes of authenticator apps and recovery codes: each is good for one use, and they can't be guessed.

use super::*;

#[tokio::test]
async fn codes_that_are_wrong_come_ever_further_apart_whoever_types_them() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = reauthenticated(&app, ANAS).await;
    let (secret, codes) = with_app(&app, &member).await;
    let mut waits = Vec::new();
    for _ in 0..8 {
        // Another session each time: it is the account that is slowed.
        let (half, _) = password(&app, ANAS).await;
        let answer = code(&app, &half, "000000").await;
        let wait = answer.is_refused(422, "wrong_credentials").json()["retry_after"].as_i64().unwrap_or(0);
        waits.push(wait);
        if wait > 0 {
            let early = code(&app, &half, &secret.code(step(&app)).unwrap()).await;
            assert_eq!(early.is_refused(429, "too_many").json()["retry_after"], wait);
            // Early tries of recovery codes are refused like any other.
            code(&app, &half, &codes[0]).await.is_refused(429, "too_many");
        }
        app.state.clock.move_on(wait * 1_000);
    }
    assert_eq!(waits, [0, 0, 0, 0, 2, 4, 8, 16]);
    let (half, _) = password(&app, ANAS).await;
    code(&app, &half, &codes[0]).await.is(200);
}

#[tokio::test]
async fn of_many_codes_at_the_same_moment_no_more_are_looked_at() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = reauthenticated(&app, ANAS).await;
    with_app(&app, &member).await;
    let (half, _) = password(&app, ANAS).await;
    let tries = (0..30).map(|at| {
        let (app, half) = (&app, &half);
        async move { code(app, half, &format!("{at:06}")).await.status.as_u16() }
    });
    let looked_at = futures_util::future::join_all(tries).await.into_iter().filter(|status| *status == 422).count();
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn of_one_code_typed_twice_at_the_same_moment_one_is_taken() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = reauthenticated(&app, ANAS).await;
    let (secret, codes) = with_app(&app, &member).await;
    for typed in [secret.code(step(&app) + 1).unwrap(), codes[3].clone()] {
        let ((one, _), (two, _)) = (password(&app, ANAS).await, password(&app, ANAS).await);
        let (one, two) = tokio::join!(code(&app, &one, &typed), code(&app, &two, &typed));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "{typed}");
    }
}

#[tokio::test]
async fn a_recovery_code_opens_once_and_the_owner_hears_of_it() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = reauthenticated(&app, ANAS).await;
    let (_, codes) = with_app(&app, &member).await;
    let (half, _) = password(&app, ANAS).await;
    code(&app, &half, &codes[4].to_uppercase().replace('-', " ")).await.is(200);
    let (half, _) = password(&app, ANAS).await;
    code(&app, &half, &codes[4]).await.is_refused(422, "wrong_credentials");
    assert_eq!(security(&app, &member).await["second_factor"]["recovery_codes_left"], 9);
    let used = subjects(&app, ANAS).await;
    assert_eq!(used.iter().filter(|subject| subject.ends_with("A recovery code was used")).count(), 1);
    // New ones make the old ones worthless.
    let renewed = app.ask(Call::post("/recovery-codes").by(&member)).await.is(201).json();
    assert_eq!(renewed["codes"].as_array().unwrap().len(), 10);
    code(&app, &half, &codes[5]).await.is_refused(422, "wrong_credentials");
    code(&app, &half, renewed["codes"][0].as_str().unwrap()).await.is(200);
    // One account's codes are no other's.
    app.register(&MEI, MEIS).await;
    let mei = reauthenticated(&app, MEIS).await;
    app.ask(Call::post("/recovery-codes").by(&mei)).await.is_refused(404, "not_found");
    with_app(&app, &mei).await;
    let (half, _) = password(&app, MEIS).await;
    code(&app, &half, renewed["codes"][1].as_str().unwrap()).await.is_refused(422, "wrong_credentials");
}
