//! Declined charges: no more cards are tried than may be declined, and the one who pays is not held up.

use super::*;

#[tokio::test]
async fn cards_that_are_declined_end_a_session_of_trying_and_nobody_is_asked_any_more() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    for _ in 0..5 {
        declined(&app, &ana).await.is_payment(201, "failed");
    }
    let refused = pay(&app, &ana, VISA).await;
    let wait: i64 = refused.is_refused(429, "too_many").header("retry-after").parse().unwrap();
    assert!((1..=120).contains(&wait), "{wait}");
    assert_eq!((app.payments().await, app.asked()), (5, 5));
    assert_eq!(app.owes("surgery").await, (115_000, 0));
    // The next one is welcome, and a good card is not counted.
    app.state.clock.move_on(wait * 1_000);
    for _ in 0..3 {
        pay(&app, &ana, VISA).await.is_payment(201, "paid");
    }
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_statement_is_not_good_for_more_cards_in_more_sessions() {
    let app = TestApp::open().await;
    let (one, two, three) = (app.look_up(&ANA).await, app.look_up(&ANA).await, app.look_up(&ANA).await);
    for payer in [&one, &two] {
        for _ in 0..5 {
            declined(&app, payer).await.is_payment(201, "failed");
        }
    }
    pay(&app, &three, VISA).await.is_refused(429, "too_many");
    assert_eq!(app.payments().await, 10);
    // Of another household nobody is held up.
    let mei = app.look_up(&MEI).await;
    app.pay_by_card(&mei, &[("meis", "1.00")]).await.is_payment(201, "paid");
}

#[tokio::test]
async fn a_member_and_whoever_holds_a_statement_use_up_nothing_of_each_other() {
    let app = proxied().await;
    app.register(&ANA, ANAS).await;
    for _ in 0..2 {
        let guest = app.look_up(&ANA).await;
        for _ in 0..5 {
            let call = payment(&app, &guest, DECLINED).await;
            app.ask(from("198.51.100.7", call)).await.is_payment(201, "failed");
        }
    }
    let (guest, member) = (app.look_up(&ANA).await, app.sign_in(ANAS).await);
    let call = payment(&app, &guest, VISA).await;
    app.ask(from("203.0.113.7", call)).await.is_refused(429, "too_many");
    let call = payment(&app, &member, VISA).await;
    app.ask(from("203.0.113.7", call)).await.is_payment(201, "paid");
    // The other way round, and with as much in all sessions of the account together.
    app.move_clock(3_600).await;
    for _ in 0..2 {
        let member = app.sign_in(ANAS).await;
        for _ in 0..5 {
            let call = payment(&app, &member, DECLINED).await;
            app.ask(from("203.0.113.7", call)).await.is_payment(201, "failed");
        }
    }
    let (guest, member) = (app.look_up(&ANA).await, app.sign_in(ANAS).await);
    let call = payment(&app, &member, VISA).await;
    app.ask(from("203.0.113.8", call)).await.is_refused(429, "too_many");
    let call = payment(&app, &guest, VISA).await;
    app.ask(from("203.0.113.8", call)).await.is_payment(201, "paid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guests_who_wait_for_the_processor_keep_no_member_waiting() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let (guest, member) = (app.look_up(&ANA).await, app.sign_in(ANAS).await);
    app.line.cut(Cut::Charges);
    let mut waiting = Vec::new();
    for _ in 0..5 {
        waiting.push(app.start(payment(&app, &guest, VISA).await));
    }
    while app.asked() < 5 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    app.line.cut(Cut::Nowhere);
    pay(&app, &guest, VISA).await.is_refused(503, "unavailable");
    pay(&app, &member, VISA).await.is_payment(201, "paid");
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn a_decline_that_only_recovery_hears_of_counts_as_well_and_once() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    for (cut, status, code) in [(Cut::After, 409, "key_in_use"), (Cut::Panic, 500, "fault")].repeat(2) {
        app.line.cut(cut);
        declined(&app, &ana).await.is_refused(status, code);
    }
    let ids = "SELECT id FROM payment ORDER BY id";
    let ids: Vec<String> = sqlx::query_scalar(ids).fetch_all(&app.state.store.read).await.unwrap();
    let failed = "SELECT COUNT(*) FROM payment WHERE state = 'failed'";
    let tell = async |id: &str| {
        let event =
            "INSERT INTO event (charge, state, failure, at) SELECT id, '\"failed\"', '\"declined\"', 0 FROM charge";
        app.at_the_processor(&format!("{event} WHERE idempotency_key = '{id}'")).await;
    };
    tell(&ids[3]).await;
    app.round().await;
    assert_eq!(app.number(&format!("{failed} AND id = '{}'", ids[3])).await, 1, "by an event");
    app.recover().await;
    assert_eq!(app.number(failed).await, 4, "by being asked for again");
    for id in &ids {
        tell(id).await;
    }
    app.recover().await;
    pay(&app, &ana, VISA).await.is_payment(201, "paid");
    declined(&app, &ana).await.is_payment(201, "failed");
    pay(&app, &ana, VISA).await.is_refused(429, "too_many");
    tallies::round(&app.state).await.unwrap();
    let sum = |column| format!("SELECT CAST(SUM({column}) AS BIGINT) FROM tally WHERE kind = 'charges'");
    assert_eq!((app.number(&sum("tried")).await, app.number(&sum("failed")).await), (6, 5));
    // A member's account counts by what is in the payment, too.
    app.register(&MEI, "mei@example.org").await;
    let order = async |mei: &Payer| {
        let mut order = app.order(mei, &app.card(mei, DECLINED).await, &[("meis", "1.00")]).await;
        order["pay_again"] = json!(true);
        order
    };
    for _ in 0..2 {
        let mei = app.sign_in("mei@example.org").await;
        app.line.cut(Cut::After);
        for _ in 0..5 {
            app.pay(&mei, &new_key(), &order(&mei).await).await.is_refused(409, "key_in_use");
        }
        app.recover().await;
    }
    let mei = app.sign_in("mei@example.org").await;
    app.pay(&mei, &new_key(), &order(&mei).await).await.is_refused(429, "too_many");
    app.assert_books_balance().await;
}

#[tokio::test]
async fn an_address_does_not_get_more_by_having_many_statements() {
    let app = proxied().await;
    let all: Vec<&'static Member> = vec![&ANA, &MEI];
    for at in 0..20 {
        let member = all[at % 2];
        let payer = app.look_up(member).await;
        let bill = if at % 2 == 0 { "surgery" } else { "meis" };
        let token = app.card(&payer, DECLINED).await;
        let order = app.order(&payer, &token, &[(bill, "1.00")]).await;
        let call = Call::post("/payments").by(&payer).key(&new_key()).json(&order);
        app.ask(from("198.51.100.7", call)).await.is_payment(201, "failed");
    }
    let ruth = app.look_up(&crate::test_app::seed::RUTH).await;
    let token = app.card(&ruth, VISA).await;
    let order = app.order(&ruth, &token, &[("ruths", "1.00")]).await;
    let call = || Call::post("/payments").by(&ruth).key(&new_key()).json(&order);
    app.ask(from("198.51.100.7", call())).await.is_refused(429, "too_many");
    app.ask(from("203.0.113.7", call())).await.is_payment(201, "paid");
}

#[tokio::test]
async fn a_free_try_is_free_at_a_server_whose_clock_is_a_moment_behind_too() {
    let app = proxied().await;
    app.register(&ANA, ANAS).await;
    let (ahead, router) = app.second_server().await;
    ahead.clock.move_on(app.state.clock.now().millis() - ahead.clock.now().millis() + 5_000);
    let wrong = || from("198.51.100.7", sign_in(WRONG));
    test_app::ask(router, wrong()).await.is_refused(422, "wrong_credentials");
    app.ask(wrong()).await.is_refused(422, "wrong_credentials");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_cards_at_the_same_moment_no_more_are_tried() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let answers = join_all((0..20).map(|_| declined(&app, &ana))).await;
    let failed = answers.iter().filter(|answer| answer.json()["state"] == "failed").count();
    let refused = answers.iter().filter(|answer| answer.status.as_u16() == 429).count();
    assert_eq!((failed, refused, app.asked()), (5, 15, 5));
    app.assert_books_balance().await;
}

/// So many cards of each, ready to be sent.
async fn cards(app: &TestApp, payers: &[(Payer, String)], each: usize, number: &str) -> Vec<Call> {
    let mut calls = Vec::new();
    for (payer, bill) in payers {
        for _ in 0..each {
            let token = app.card(payer, number).await;
            let mut order = app.order(payer, &token, &[(bill, "1.00")]).await;
            order["pay_again"] = json!(true);
            calls.push(Call::post("/payments").by(payer).key(&new_key()).json(&order));
        }
    }
    calls
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_address_does_not_get_more_by_trying_cards_of_many_statements_at_the_same_moment() {
    let app = TestApp::open().await;
    let payers = neighbours(&app, 8).await;
    let (first, more) = (cards(&app, &payers, 1, DECLINED).await, cards(&app, &payers, 4, DECLINED).await);
    let began = Instant::now();
    let mut answers = join_all(first.into_iter().map(|call| app.ask(call))).await;
    assert_eq!(app.asked(), 8);
    answers.extend(join_all(more.into_iter().map(|call| app.ask(call))).await);
    let failed = answers.iter().filter(|answer| answer.json()["state"] == "failed").count();
    let refused = answers.iter().filter(|answer| answer.status.as_u16() == 429).count();
    is_most(failed, 20, 180, began);
    assert_eq!((failed + refused, app.asked()), (40, failed));
    app.assert_books_balance().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_session_does_not_get_more_by_trying_many_cards_after_some_were_declined() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    declined(&app, &ana).await.is_payment(201, "failed");
    let all: Vec<_> = (0..20).map(|at| pay(&app, &ana, if at % 5 == 4 { VISA } else { DECLINED })).collect();
    let answers = join_all(all).await;
    let failed = answers.iter().filter(|answer| answer.json()["state"] == "failed").count();
    assert_eq!(failed, 4);
    assert!(answers.iter().all(|answer| [201, 429].contains(&answer.status.as_u16())));
    app.assert_books_balance().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_network_in_which_many_pay_at_the_same_moment_does_not_wait_for_itself() {
    let app = TestApp::open().await;
    let payers = neighbours(&app, 6).await;
    let calls = cards(&app, &payers, 5, VISA).await;
    // Anyone who had to wait for long would be told to come back.
    assert_eq!(how_many(calls.into_iter().map(|call| app.ask(call)), 201).await, 30);
    assert_eq!((app.charges().await, counted(&app).await), (30, 0));
    app.assert_books_balance().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_pays_much_at_the_same_moment_is_not_held_up() {
    let app = TestApp::open().await;
    let ana = app.look_up(&ANA).await;
    let answers = (0..20).map(|_| pay(&app, &ana, VISA));
    assert_eq!(how_many(answers, 201).await, 20);
    assert_eq!((app.charges().await, counted(&app).await), (20, 0));
    app.assert_books_balance().await;
}

#[tokio::test]
async fn a_guest_hears_what_the_card_tells_them_to_put_right_and_not_that_there_was_too_little() {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    let guest = app.look_up(&ANA).await;
    let member = app.sign_in(ANAS).await;
    for (number, reason, guests) in [
        ("4000000000009995", "insufficient_funds", "declined"),
        ("4000000000000069", "card_expired", "card_expired"),
        ("4000000000000127", "wrong_security_code", "wrong_security_code"),
    ] {
        let told = pay(&app, &guest, number).await.is_payment(201, "failed").json();
        assert_eq!(told["failure"], guests, "{reason}");
        let again = app.ask(Call::get(&format!("/payments/{}", told["id"].as_str().unwrap())).by(&guest)).await;
        assert_eq!(again.is(200).json()["failure"], guests, "{reason}");
        // Who answers the phone can find it.
        let sql = format!("SELECT failure FROM payment WHERE id = '{}'", told["id"].as_str().unwrap());
        assert_eq!(app.text(&sql).await, reason);
        let told = pay(&app, &member, number).await.is_payment(201, "failed").json();
        assert_eq!(told["failure"], reason);
    }
    // That it could not be asked is no bank's word.
    let told = pay(&app, &guest, "4000000000000119").await.is_payment(201, "failed").json();
    assert_eq!(told["failure"], "processing_error");
    app.assert_books_balance().await;
}
