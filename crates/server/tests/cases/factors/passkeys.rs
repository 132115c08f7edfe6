//! Passkeys as a second factor.

use super::*;

#[tokio::test]
async fn a_passkey_is_added_and_signs_in() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let member = reauthenticated(&app, ANAS).await;
    let mut phone = device(1);
    let (handle, made) = with_passkey(&app, &member, &phone).await;
    assert_eq!(made.is(201).json()["codes"].as_array().unwrap().len(), 10);
    let (_, second) = with_passkey(&app, &member, &device(2)).await;
    assert_eq!(second.is(201).json()["codes"], json!([]), "the account keeps the recovery codes it has");
    assert_eq!(security(&app, &member).await["second_factor"]["passkeys"].as_array().unwrap().len(), 2);

    let (half, view) = password(&app, ANAS).await;
    assert_eq!(view["second_factor"], json!({ "authenticator": false, "passkey": true }));
    let options = challenge(&app, "/session/passkey-challenges", &half).await;
    phone.counter = 2;
    let shown = json!({ "passkey": phone.signs_in(&options, &handle).to_string() });
    // Two at the same moment: one challenge is good for one answer.
    let (one, two) = tokio::join!(show(&app, &half, shown.clone()), show(&app, &half, shown.clone()));
    let right = if one.status.as_u16() == 200 { one } else { two };
    assert_eq!(right.is(200).json()["kind"], "member");
    assert_eq!(app.number("SELECT COUNT(*) FROM passkey WHERE used_at IS NOT NULL").await, 1);
    assert_eq!(app.number("SELECT COUNT(*) FROM passkey_challenge").await, 0);
}

#[tokio::test]
async fn an_answer_to_another_challenge_or_of_another_account_does_not_open() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    app.register(&MEI, MEIS).await;
    let (ana, mei) = (reauthenticated(&app, ANAS).await, reauthenticated(&app, MEIS).await);
    let (mut anas, mut meis) = (device(1), device(2));
    let (handle, made) = with_passkey(&app, &ana, &anas).await;
    made.is(201);
    let (meis_handle, made) = with_passkey(&app, &mei, &meis).await;
    made.is(201);
    // A passkey that another account has is nobody else's.
    with_passkey(&app, &mei, &anas)
        .await
        .1
        .is_refused(422, "wrong_credentials")
        .has_field_problem("response", "unknown");

    let (half, _) = password(&app, ANAS).await;
    (anas.counter, meis.counter) = (5, 5);
    let refused = |shown: String| show(&app, &half, json!({ "passkey": shown }));
    // Nobody asked.
    let early = anas.signs_in(&json!({ "challenge": "AAAAAAAAAAAAAAAAAAAAAA" }), &handle).to_string();
    refused(early).await.is_refused(422, "wrong_credentials").has_field_problem("passkey", "unknown");
    let old = challenge(&app, "/session/passkey-challenges", &half).await;
    let new = challenge(&app, "/session/passkey-challenges", &half).await;
    refused(anas.signs_in(&old, &handle).to_string()).await.is_refused(422, "wrong_credentials");
    // The wrong answer used the challenge up.
    refused(anas.signs_in(&new, &handle).to_string()).await.is_refused(422, "wrong_credentials");
    let options = challenge(&app, "/session/passkey-challenges", &half).await;
    refused(meis.signs_in(&options, &meis_handle).to_string()).await.is_refused(422, "wrong_credentials");
    let options = challenge(&app, "/session/passkey-challenges", &half).await;
    let elsewhere = Device { origin: "http://pay.localhost.evil".into(), ..anas.clone() };
    refused(elsewhere.signs_in(&options, &handle).to_string()).await.is_refused(422, "wrong_credentials");
    for text in ["", "{}", "null", "[]", "{\"id\":1}", "x"] {
        _ = challenge(&app, "/session/passkey-challenges", &half).await;
        refused(text.to_owned()).await.is_refused(422, "wrong_credentials");
    }
    let options = challenge(&app, "/session/passkey-challenges", &half).await;
    refused(anas.signs_in(&options, &handle).to_string()).await.is(200);
    assert_eq!(app.number("SELECT COUNT(*) FROM passkey").await, 2);
}
