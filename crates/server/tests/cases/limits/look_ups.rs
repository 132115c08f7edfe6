//! Look-ups: those who are right use up nothing, and those who are wrong are counted at all servers together.

use super::*;

#[tokio::test]
async fn whoever_finds_a_bill_uses_up_nothing() {
    let app = TestApp::open().await;
    for _ in 0..40 {
        app.ask(found(&ANA)).await.is(201);
    }
    assert_eq!(counted(&app).await, 0);
    let (began, mut answered) = (Instant::now(), 0);
    for number in 0..35 {
        answered += usize::from(app.ask(unmatched_lookup(number)).await.status.as_u16() == 404);
    }
    is_most(answered, 30, 10, began);
    assert_eq!(app.number("SELECT COUNT(*) FROM session").await, 40);
}

#[tokio::test]
async fn the_addresses_of_one_ipv6_network_are_one_client() {
    let app = proxied().await;
    let (began, mut answered) = (Instant::now(), 0);
    for at in 0..35 {
        let answer = app.ask(from(&format!("2001:db8:1:1::{at:x}"), unmatched_lookup(at))).await;
        answered += usize::from(answer.status.as_u16() == 404);
    }
    is_most(answered, 30, 10, began);
    app.ask(from("[2001:db8:1:2::1]:4433", unmatched_lookup(35))).await.is_refused(404, "no_match");
    // The /48 around it holds ten times as much, and no more.
    let mut answered = answered + 1;
    for at in 0..300 {
        let network = at / 29 + 3;
        let answer = app.ask(from(&format!("2001:db8:1:{network:x}::1"), unmatched_lookup(100 + at))).await;
        answered += usize::from(answer.status.as_u16() == 404);
    }
    is_most(answered, 300, 1, began);
    app.ask(from("2001:db8:2::1", unmatched_lookup(500))).await.is_refused(404, "no_match");
}

#[tokio::test]
async fn of_many_look_ups_at_the_same_moment_no_more_are_answered() {
    let app = TestApp::open().await;
    let began = Instant::now();
    let answers = (0..60).map(|number| app.ask(unmatched_lookup(number)));
    is_most(how_many(answers, 404).await, 30, 10, began);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_find_their_bill_at_the_same_moment_at_one_address_none_is_refused() {
    let app = TestApp::open().await;
    let began = Instant::now();
    let payers = neighbours(&app, 10).await.len();
    let neighbour = |number: usize| {
        let mut lookup = ANA.lookup();
        lookup["identifiers"]["hrn"] = json!(format!("7{:08}", number % payers));
        Call::post("/bill-lookups").json(&lookup)
    };
    assert_eq!(how_many((0..60).map(|number| app.ask(neighbour(number))), 201).await, 60);
    assert_eq!(counted(&app).await, 0);
    // Those who are wrong count as ever, also among those who are right.
    let mut answers = Vec::new();
    for wave in 0..3 {
        let both =
            (0..40).map(|at| app.ask(if at % 4 == 0 { unmatched_lookup(wave * 40 + at) } else { neighbour(at) }));
        answers.extend(join_all(both).await);
        if wave < 2 {
            assert!(answers.iter().all(|answer| [201, 404].contains(&answer.status.as_u16())), "{wave}");
        }
    }
    let more = join_all((200..240).map(|number| app.ask(unmatched_lookup(number)))).await;
    let answered = answers.iter().chain(&more).filter(|answer| answer.status.as_u16() == 404).count();
    is_most(answered, 30, 10, began);
    assert!(more.iter().all(|answer| [404, 429].contains(&answer.status.as_u16())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_sign_in_at_the_same_moment_at_one_address_are_not_refused() {
    let app = TestApp::open().await;
    let members = [(&ANA, ANAS), (&MEI, "mei@example.org"), (&RUTH, "ruth@example.org")];
    for (member, email) in members {
        app.register(member, email).await;
    }
    // Room for two more.
    let [own, _] = app.state.limits.by_address(&rules::SIGN_INS_BY_ADDRESS, "192.0.2.1".parse().unwrap());
    let full = Bucket { step_millis: own.step_millis * 28, ..own };
    app.state.store.count(&[full], app.state.clock.now()).await.unwrap();
    let sign_in = |email: &str| {
        let shown = json!({ "user_id": email, "password": PASSWORD });
        app.ask(Call::post("/session").json(&shown))
    };
    assert_eq!(how_many((0..6).map(|at| sign_in(members[at % 3].1)), 200).await, 6);
    assert_eq!(how_many((0..6).map(|at| sign_in(members[at % 3].1)), 200).await, 6);
}

#[tokio::test]
async fn two_servers_count_together() {
    use tower::ServiceExt;
    let app = proxied().await;
    let (_, other) = app.second_server().await;
    let (began, mut statuses) = (Instant::now(), Vec::new());
    for number in 0..40 {
        let mut call = from("198.51.100.7", unmatched_lookup(number));
        if number % 2 == 0 {
            statuses.push(app.ask(call).await.status.as_u16());
        } else {
            call.path.insert_str(0, "/api/v1");
            statuses.push(other.clone().oneshot(call.request()).await.unwrap().status().as_u16());
        }
    }
    is_most(statuses.iter().filter(|status| **status == 404).count(), 30, 10, began);
}

#[tokio::test]
async fn a_clock_that_was_set_back_keeps_nobody_out() {
    let app = TestApp::open().await;
    for number in 0..31 {
        app.ask(unmatched_lookup(number)).await;
    }
    let later = "UPDATE attempt SET until_at = until_at + 86400000, last_at = last_at + 86400000";
    sqlx::query(later).execute(&app.state.store.write).await.unwrap();
    app.state.clock.move_on(6_000);
    app.ask(unmatched_lookup(31)).await.is_refused(404, "no_match");

    app.register(&ANA, ANAS).await;
    let ana = app.look_up(&ANA).await;
    for _ in 0..3 {
        app.ask(sign_in(WRONG)).await.is_refused(422, "wrong_credentials");
    }
    app.ask(sign_in(PASSWORD)).await.is_refused(429, "too_many");
    for _ in 0..5 {
        declined(&app, &ana).await.is_payment(201, "failed");
    }
    pay(&app, &ana, VISA).await.is_refused(429, "too_many");
    sqlx::query(later).execute(&app.state.store.write).await.unwrap();
    app.state.clock.move_on(6_000);
    app.ask(sign_in(PASSWORD)).await.is(200);
    pay(&app, &ana, VISA).await.is_payment(201, "paid");
}

#[tokio::test]
async fn no_address_and_no_name_is_in_the_table_of_limits() {
    let app = proxied().await;
    app.register(&ANA, ANAS).await;
    app.ask(from("198.51.100.7", unmatched_lookup(1))).await.is_refused(404, "no_match");
    app.ask(from("198.51.100.7", sign_in(WRONG))).await.is_refused(422, "wrong_credentials");
    let (all, hashed) = ("SELECT COUNT(*) FROM attempt", "SELECT COUNT(*) FROM attempt WHERE LENGTH(key) = 24");
    assert!(app.number(all).await >= 5);
    assert_eq!(app.number(all).await, app.number(hashed).await);
    for known in ["198.51.100.7", ANAS, "012345678"] {
        assert_eq!(app.number(&format!("SELECT COUNT(*) FROM attempt WHERE key LIKE '%{known}%'")).await, 0);
    }
    // Nothing is kept for longer than it means something.
    app.state.clock.move_on(24 * 3_600_000);
    tallies::round(&app.state).await.unwrap();
    assert_eq!(app.number(all).await, 0);
}
