//! Codes of authenticator apps and recovery codes: each is good for one use, and they can't be guessed.

use super::*;

#[tokio::test]
async fn codes_that_are_wrong_come_ever_further_apart_whoever_types_them() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    let member = reauthenticated(&house, ANAS).await;
    let (secret, codes) = with_app(&house, &member).await;
    let mut waits = Vec::new();
    for _ in 0..8 {
        // Another session each time: it is the account that is slowed.
        let (half, _) = password(&house, ANAS).await;
        let answer = code(&house, &half, "000000").await;
        let wait = answer.is_refused(422, "wrong_credentials").json()["retry_after"].as_i64().unwrap_or(0);
        waits.push(wait);
        if wait > 0 {
            let early = code(&house, &half, &secret.code(step(&house)).unwrap()).await;
            assert_eq!(early.is_refused(429, "too_many").json()["retry_after"], wait);
            // Early tries of recovery codes are refused like any other.
            code(&house, &half, &codes[0]).await.is_refused(429, "too_many");
        }
        house.app.clock.move_on(wait * 1_000);
    }
    assert_eq!(waits, [0, 0, 0, 0, 2, 4, 8, 16]);
    let (half, _) = password(&house, ANAS).await;
    code(&house, &half, &codes[0]).await.is(200);
}

#[tokio::test]
async fn of_many_codes_at_the_same_moment_no_more_are_looked_at() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    let member = reauthenticated(&house, ANAS).await;
    with_app(&house, &member).await;
    let (half, _) = password(&house, ANAS).await;
    let tries = (0..30).map(|at| {
        let (house, half) = (&house, &half);
        async move { code(house, half, &format!("{at:06}")).await.status.as_u16() }
    });
    let looked_at = futures_util::future::join_all(tries).await.into_iter().filter(|status| *status == 422).count();
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn of_one_code_typed_twice_at_the_same_moment_one_is_taken() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    let member = reauthenticated(&house, ANAS).await;
    let (secret, codes) = with_app(&house, &member).await;
    for typed in [secret.code(step(&house) + 1).unwrap(), codes[3].clone()] {
        let ((one, _), (two, _)) = (password(&house, ANAS).await, password(&house, ANAS).await);
        let (one, two) = tokio::join!(code(&house, &one, &typed), code(&house, &two, &typed));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "{typed}");
    }
}

#[tokio::test]
async fn a_recovery_code_opens_once_and_the_owner_hears_of_it() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    let member = reauthenticated(&house, ANAS).await;
    let (_, codes) = with_app(&house, &member).await;
    let (half, _) = password(&house, ANAS).await;
    code(&house, &half, &codes[4].to_uppercase().replace('-', " ")).await.is(200);
    let (half, _) = password(&house, ANAS).await;
    code(&house, &half, &codes[4]).await.is_refused(422, "wrong_credentials");
    assert_eq!(security(&house, &member).await["second_factor"]["recovery_codes_left"], 9);
    let used = subjects(&house, ANAS).await;
    assert_eq!(used.iter().filter(|subject| subject.ends_with("A recovery code was used")).count(), 1);
    // New ones make the old ones worthless.
    let renewed = house.ask(Call::post("/recovery-codes").by(&member)).await.is(201).json();
    assert_eq!(renewed["codes"].as_array().unwrap().len(), 10);
    code(&house, &half, &codes[5]).await.is_refused(422, "wrong_credentials");
    code(&house, &half, renewed["codes"][0].as_str().unwrap()).await.is(200);
    // One account's codes are no other's.
    house.register(&MEI, MEIS).await;
    let mei = reauthenticated(&house, MEIS).await;
    house.ask(Call::post("/recovery-codes").by(&mei)).await.is_refused(404, "not_found");
    with_app(&house, &mei).await;
    let (half, _) = password(&house, MEIS).await;
    code(&house, &half, renewed["codes"][1].as_str().unwrap()).await.is_refused(422, "wrong_credentials");
}
