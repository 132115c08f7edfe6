//! Declined charges: no more cards are tried than may be declined, and whoever pays is not held up.

use super::*;

#[tokio::test]
async fn cards_that_are_declined_end_a_session_of_trying_and_nobody_is_asked_any_more() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    for _ in 0..5 {
        declined(&house, &ana).await.is_payment(201, "failed");
    }
    let refused = pay(&house, &ana, VISA).await;
    let wait: i64 = refused.is_refused(429, "too_many").header("retry-after").parse().unwrap();
    assert!((1..=120).contains(&wait), "{wait}");
    assert_eq!((house.payments().await, house.asked()), (5, 5));
    assert_eq!(house.owes("surgery").await, (115_000, 0));
    // The next one is welcome, and a good card is not counted.
    house.app.clock.move_on(wait * 1_000);
    for _ in 0..3 {
        pay(&house, &ana, VISA).await.is_payment(201, "paid");
    }
    house.books_are_right().await;
}

#[tokio::test]
async fn a_statement_is_not_good_for_more_cards_in_more_sessions() {
    let house = House::open().await;
    let (one, two, three) = (house.look_up(&ANA).await, house.look_up(&ANA).await, house.look_up(&ANA).await);
    for payer in [&one, &two] {
        for _ in 0..5 {
            declined(&house, payer).await.is_payment(201, "failed");
        }
    }
    pay(&house, &three, VISA).await.is_refused(429, "too_many");
    assert_eq!(house.payments().await, 10);
    // Of another household nobody is held up.
    let mei = house.look_up(&MEI).await;
    house.pay_by_card(&mei, &[("meis", "1.00")]).await.is_payment(201, "paid");
}

#[tokio::test]
async fn a_member_and_whoever_holds_a_statement_use_up_nothing_of_each_other() {
    let house = proxied().await;
    house.register(&ANA, ANAS).await;
    for _ in 0..2 {
        let guest = house.look_up(&ANA).await;
        for _ in 0..5 {
            let call = payment(&house, &guest, DECLINED).await;
            house.ask(from("198.51.100.7", call)).await.is_payment(201, "failed");
        }
    }
    let (guest, member) = (house.look_up(&ANA).await, house.sign_in(ANAS).await);
    let call = payment(&house, &guest, VISA).await;
    house.ask(from("203.0.113.7", call)).await.is_refused(429, "too_many");
    let call = payment(&house, &member, VISA).await;
    house.ask(from("203.0.113.7", call)).await.is_payment(201, "paid");
    // The other way round, and with as much in all sessions of the account together.
    house.move_clock(3_600).await;
    for _ in 0..2 {
        let member = house.sign_in(ANAS).await;
        for _ in 0..5 {
            let call = payment(&house, &member, DECLINED).await;
            house.ask(from("203.0.113.7", call)).await.is_payment(201, "failed");
        }
    }
    let (guest, member) = (house.look_up(&ANA).await, house.sign_in(ANAS).await);
    let call = payment(&house, &member, VISA).await;
    house.ask(from("203.0.113.8", call)).await.is_refused(429, "too_many");
    let call = payment(&house, &guest, VISA).await;
    house.ask(from("203.0.113.8", call)).await.is_payment(201, "paid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guests_who_wait_for_the_processor_keep_no_member_waiting() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    let (guest, member) = (house.look_up(&ANA).await, house.sign_in(ANAS).await);
    house.line.cut(Cut::Charges);
    let mut waiting = Vec::new();
    for _ in 0..5 {
        waiting.push(house.start(payment(&house, &guest, VISA).await));
    }
    while house.asked() < 5 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    house.line.cut(Cut::Nowhere);
    pay(&house, &guest, VISA).await.is_refused(503, "unavailable");
    pay(&house, &member, VISA).await.is_payment(201, "paid");
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn a_decline_that_only_recovery_hears_of_counts_as_well_and_once() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    for (cut, status, code) in [(Cut::After, 409, "key_in_use"), (Cut::Panic, 500, "fault")].repeat(2) {
        house.line.cut(cut);
        declined(&house, &ana).await.is_refused(status, code);
    }
    let ids = "SELECT id FROM payment ORDER BY id";
    let ids: Vec<String> = sqlx::query_scalar(ids).fetch_all(&house.app.store.read).await.unwrap();
    let failed = "SELECT COUNT(*) FROM payment WHERE state = 'failed'";
    let tell = async |id: &str| {
        let event =
            "INSERT INTO event (charge, state, failure, at) SELECT id, '\"failed\"', '\"declined\"', 0 FROM charge";
        house.at_the_processor(&format!("{event} WHERE idempotency_key = '{id}'")).await;
    };
    tell(&ids[3]).await;
    house.round().await;
    assert_eq!(house.number(&format!("{failed} AND id = '{}'", ids[3])).await, 1, "by an event");
    house.recover().await;
    assert_eq!(house.number(failed).await, 4, "by being asked for again");
    for id in &ids {
        tell(id).await;
    }
    house.recover().await;
    pay(&house, &ana, VISA).await.is_payment(201, "paid");
    declined(&house, &ana).await.is_payment(201, "failed");
    pay(&house, &ana, VISA).await.is_refused(429, "too_many");
    tallies::round(&house.app).await.unwrap();
    let sum = |column| format!("SELECT CAST(SUM({column}) AS BIGINT) FROM tally WHERE kind = 'charges'");
    assert_eq!((house.number(&sum("tried")).await, house.number(&sum("failed")).await), (6, 5));
    // A member's account counts by what is in the payment, too.
    house.register(&MEI, "mei@example.org").await;
    let order = async |mei: &Payer| {
        let mut order = house.order(mei, &house.card(mei, DECLINED).await, &[("meis", "1.00")]).await;
        order["pay_again"] = json!(true);
        order
    };
    for _ in 0..2 {
        let mei = house.sign_in("mei@example.org").await;
        house.line.cut(Cut::After);
        for _ in 0..5 {
            house.pay(&mei, &new_key(), &order(&mei).await).await.is_refused(409, "key_in_use");
        }
        house.recover().await;
    }
    let mei = house.sign_in("mei@example.org").await;
    house.pay(&mei, &new_key(), &order(&mei).await).await.is_refused(429, "too_many");
    house.books_are_right().await;
}

#[tokio::test]
async fn an_address_does_not_get_more_by_having_many_statements() {
    let house = proxied().await;
    let all: Vec<&'static Member> = vec![&ANA, &MEI];
    for at in 0..20 {
        let member = all[at % 2];
        let payer = house.look_up(member).await;
        let bill = if at % 2 == 0 { "surgery" } else { "meis" };
        let token = house.card(&payer, DECLINED).await;
        let order = house.order(&payer, &token, &[(bill, "1.00")]).await;
        let call = Call::post("/payments").by(&payer).key(&new_key()).json(&order);
        house.ask(from("198.51.100.7", call)).await.is_payment(201, "failed");
    }
    let ruth = house.look_up(&crate::house::seed::RUTH).await;
    let token = house.card(&ruth, VISA).await;
    let order = house.order(&ruth, &token, &[("ruths", "1.00")]).await;
    let call = || Call::post("/payments").by(&ruth).key(&new_key()).json(&order);
    house.ask(from("198.51.100.7", call())).await.is_refused(429, "too_many");
    house.ask(from("203.0.113.7", call())).await.is_payment(201, "paid");
}

#[tokio::test]
async fn a_free_try_is_free_at_a_server_whose_clock_is_a_moment_behind_too() {
    let house = proxied().await;
    house.register(&ANA, ANAS).await;
    let (ahead, router) = house.second_server().await;
    ahead.clock.move_on(house.app.clock.now().millis() - ahead.clock.now().millis() + 5_000);
    let wrong = || from("198.51.100.7", sign_in(WRONG));
    house::ask(router, wrong()).await.is_refused(422, "wrong_credentials");
    house.ask(wrong()).await.is_refused(422, "wrong_credentials");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_cards_at_the_same_moment_no_more_are_tried() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let answers = join_all((0..20).map(|_| declined(&house, &ana))).await;
    let failed = answers.iter().filter(|answer| answer.json()["state"] == "failed").count();
    let refused = answers.iter().filter(|answer| answer.status.as_u16() == 429).count();
    assert_eq!((failed, refused, house.asked()), (5, 15, 5));
    house.books_are_right().await;
}

/// So many cards of each, ready to be sent.
async fn cards(house: &House, payers: &[(Payer, String)], each: usize, number: &str) -> Vec<Call> {
    let mut calls = Vec::new();
    for (payer, bill) in payers {
        for _ in 0..each {
            let token = house.card(payer, number).await;
            let mut order = house.order(payer, &token, &[(bill, "1.00")]).await;
            order["pay_again"] = json!(true);
            calls.push(Call::post("/payments").by(payer).key(&new_key()).json(&order));
        }
    }
    calls
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_address_does_not_get_more_by_trying_cards_of_many_statements_at_the_same_moment() {
    let house = House::open().await;
    let payers = neighbours(&house, 8).await;
    let (first, more) = (cards(&house, &payers, 1, DECLINED).await, cards(&house, &payers, 4, DECLINED).await);
    let began = Instant::now();
    let mut answers = join_all(first.into_iter().map(|call| house.ask(call))).await;
    assert_eq!(house.asked(), 8);
    answers.extend(join_all(more.into_iter().map(|call| house.ask(call))).await);
    let failed = answers.iter().filter(|answer| answer.json()["state"] == "failed").count();
    let refused = answers.iter().filter(|answer| answer.status.as_u16() == 429).count();
    is_most(failed, 20, 180, began);
    assert_eq!((failed + refused, house.asked()), (40, failed));
    house.books_are_right().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_session_does_not_get_more_by_trying_many_cards_after_some_were_declined() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    declined(&house, &ana).await.is_payment(201, "failed");
    let all: Vec<_> = (0..20).map(|at| pay(&house, &ana, if at % 5 == 4 { VISA } else { DECLINED })).collect();
    let answers = join_all(all).await;
    let failed = answers.iter().filter(|answer| answer.json()["state"] == "failed").count();
    assert_eq!(failed, 4);
    assert!(answers.iter().all(|answer| [201, 429].contains(&answer.status.as_u16())));
    house.books_are_right().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_network_in_which_many_pay_at_the_same_moment_does_not_wait_for_itself() {
    let house = House::open().await;
    let payers = neighbours(&house, 6).await;
    let calls = cards(&house, &payers, 5, VISA).await;
    // Whoever had to wait for long would be told to come back.
    assert_eq!(how_many(calls.into_iter().map(|call| house.ask(call)), 201).await, 30);
    assert_eq!((house.charges().await, counted(&house).await), (30, 0));
    house.books_are_right().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_pays_much_at_the_same_moment_is_not_held_up() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let answers = (0..20).map(|_| pay(&house, &ana, VISA));
    assert_eq!(how_many(answers, 201).await, 20);
    assert_eq!((house.charges().await, counted(&house).await), (20, 0));
    house.books_are_right().await;
}

#[tokio::test]
async fn a_guest_hears_that_the_bank_declined_and_nothing_finer() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    let guest = house.look_up(&ANA).await;
    let member = house.sign_in(ANAS).await;
    for (number, reason) in [
        ("4000000000009995", "insufficient_funds"),
        ("4000000000000069", "card_expired"),
        ("4000000000000127", "wrong_security_code"),
    ] {
        let told = pay(&house, &guest, number).await.is_payment(201, "failed").json();
        assert_eq!(told["failure"], "declined", "{reason}");
        let again = house.ask(Call::get(&format!("/payments/{}", told["id"].as_str().unwrap())).by(&guest)).await;
        assert_eq!(again.is(200).json()["failure"], "declined", "{reason}");
        // Who answers the phone can find it.
        let sql = format!("SELECT failure FROM payment WHERE id = '{}'", told["id"].as_str().unwrap());
        assert_eq!(house.text(&sql).await, reason);
        let told = pay(&house, &member, number).await.is_payment(201, "failed").json();
        assert_eq!(told["failure"], reason);
    }
    // That it could not be asked is no bank's word.
    let told = pay(&house, &guest, "4000000000000119").await.is_payment(201, "failed").json();
    assert_eq!(told["failure"], "processing_error");
    house.books_are_right().await;
}
