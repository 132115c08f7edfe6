//! Passkeys as a second factor.

use super::*;

#[tokio::test]
async fn a_passkey_is_added_and_signs_in() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    let member = reauthenticated(&house, ANAS).await;
    let mut phone = device(1);
    let (handle, made) = with_passkey(&house, &member, &phone).await;
    assert_eq!(made.is(201).json()["codes"].as_array().unwrap().len(), 10);
    let (_, second) = with_passkey(&house, &member, &device(2)).await;
    assert_eq!(second.is(201).json()["codes"], json!([]), "the account keeps the recovery codes it has");
    assert_eq!(security(&house, &member).await["second_factor"]["passkeys"].as_array().unwrap().len(), 2);

    let (half, view) = password(&house, ANAS).await;
    assert_eq!(view["second_factor"], json!({ "authenticator": false, "passkey": true }));
    let options = challenge(&house, "/session/passkey-challenges", &half).await;
    phone.counter = 2;
    let shown = json!({ "passkey": phone.signs_in(&options, &handle).to_string() });
    // Two at the same moment: one challenge is good for one answer.
    let (one, two) = tokio::join!(show(&house, &half, shown.clone()), show(&house, &half, shown.clone()));
    let right = if one.status.as_u16() == 200 { one } else { two };
    assert_eq!(right.is(200).json()["kind"], "member");
    assert_eq!(house.number("SELECT COUNT(*) FROM passkey WHERE used_at IS NOT NULL").await, 1);
    assert_eq!(house.number("SELECT COUNT(*) FROM passkey_challenge").await, 0);
}

#[tokio::test]
async fn an_answer_to_another_challenge_or_of_another_account_does_not_open() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    house.register(&MEI, MEIS).await;
    let (ana, mei) = (reauthenticated(&house, ANAS).await, reauthenticated(&house, MEIS).await);
    let (mut anas, mut meis) = (device(1), device(2));
    let (handle, made) = with_passkey(&house, &ana, &anas).await;
    made.is(201);
    let (meis_handle, made) = with_passkey(&house, &mei, &meis).await;
    made.is(201);
    // A passkey that another account has is nobody else's.
    with_passkey(&house, &mei, &anas).await.1.is_refused(422, "wrong_credentials").blames("response", "unknown");

    let (half, _) = password(&house, ANAS).await;
    (anas.counter, meis.counter) = (5, 5);
    let refused = |shown: String| show(&house, &half, json!({ "passkey": shown }));
    // Nobody asked.
    let early = anas.signs_in(&json!({ "challenge": "AAAAAAAAAAAAAAAAAAAAAA" }), &handle).to_string();
    refused(early).await.is_refused(422, "wrong_credentials").blames("passkey", "unknown");
    let old = challenge(&house, "/session/passkey-challenges", &half).await;
    let new = challenge(&house, "/session/passkey-challenges", &half).await;
    refused(anas.signs_in(&old, &handle).to_string()).await.is_refused(422, "wrong_credentials");
    // The wrong answer used the challenge up.
    refused(anas.signs_in(&new, &handle).to_string()).await.is_refused(422, "wrong_credentials");
    let options = challenge(&house, "/session/passkey-challenges", &half).await;
    refused(meis.signs_in(&options, &meis_handle).to_string()).await.is_refused(422, "wrong_credentials");
    let options = challenge(&house, "/session/passkey-challenges", &half).await;
    let elsewhere = Device { origin: "http://pay.localhost.evil".into(), ..anas.clone() };
    refused(elsewhere.signs_in(&options, &handle).to_string()).await.is_refused(422, "wrong_credentials");
    for text in ["", "{}", "null", "[]", "{\"id\":1}", "x"] {
        _ = challenge(&house, "/session/passkey-challenges", &half).await;
        refused(text.to_owned()).await.is_refused(422, "wrong_credentials");
    }
    let options = challenge(&house, "/session/passkey-challenges", &half).await;
    refused(anas.signs_in(&options, &handle).to_string()).await.is(200);
    assert_eq!(house.number("SELECT COUNT(*) FROM passkey").await, 2);
}
