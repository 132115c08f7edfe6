//! Limits: many tries are refused, wherever and at how many servers they are made; whoever is right uses up nothing; and nobody can
//! keep an owner out.

use crate::house::{
    self, DECLINED, House, ORIGIN, PASSWORD, Payer, VISA,
    call::{Answer, Call},
    cookie,
    gateway::Fault,
    line::Cut,
    new_account, new_key,
    seed::{ANA, MEI, Member, RUTH},
};
use contract::{Identifier, Password};
use futures_util::future::join_all;
use serde_json::json;
use server::{
    identity::{browser::Browser, factors::totp::Secret},
    limits::{rules, tallies},
    metrics,
    store::{limits::Bucket, memberships::canonical},
};
use sqlx::AssertSqlSafe;
use std::{
    collections::BTreeMap,
    sync::atomic::Ordering,
    task::Poll,
    time::{Duration, Instant},
};

const ANAS: &str = "ana@example.org";
const WRONG: &str = "wrong wrong wrong wrong";

async fn proxied() -> House {
    House::open_with(&["--public-origin", ORIGIN, "--behind-proxy"]).await
}

/// A statement that nobody has.
fn nobodys(number: usize) -> Call {
    let mut lookup = ANA.lookup();
    lookup["identifiers"]["hrn"] = json!(format!("9{number:08}"));
    Call::post("/bill-lookups").json(&lookup)
}

fn found(member: &Member) -> Call {
    Call::post("/bill-lookups").json(&member.lookup())
}

fn from(address: &str, call: Call) -> Call {
    call.header("x-forwarded-for", address)
}

fn sign_in(password: &str) -> Call {
    Call::post("/session").json(&json!({ "user_id": ANAS, "password": password }))
}

/// So many were answered, and one more for each step that a bucket drained by since.
#[track_caller]
fn is_most(answered: usize, most: usize, step_seconds: u64, began: Instant) {
    let drained = usize::try_from(began.elapsed().as_secs() / step_seconds).unwrap();
    assert!((most..=most + drained).contains(&answered), "{answered} of {most}, {drained} drained");
}

async fn how_many(answers: impl IntoIterator<Item = impl Future<Output = Answer>>, status: u16) -> usize {
    join_all(answers).await.iter().filter(|answer| answer.status.as_u16() == status).count()
}

/// Buckets that are not empty.
async fn counted(house: &House) -> i64 {
    house.number(&format!("SELECT COUNT(*) FROM attempt WHERE until_at > {}", house.app.clock.now().millis())).await
}

#[tokio::test]
async fn whoever_finds_a_bill_uses_up_nothing() {
    let house = House::open().await;
    for _ in 0..40 {
        house.ask(found(&ANA)).await.is(201);
    }
    assert_eq!(counted(&house).await, 0);
    let (began, mut answered) = (Instant::now(), 0);
    for number in 0..35 {
        answered += usize::from(house.ask(nobodys(number)).await.status.as_u16() == 404);
    }
    is_most(answered, 30, 10, began);
    assert_eq!(house.number("SELECT COUNT(*) FROM session").await, 40);
}

#[tokio::test]
async fn the_addresses_of_one_ipv6_network_are_one_caller() {
    let house = proxied().await;
    let (began, mut answered) = (Instant::now(), 0);
    for at in 0..35 {
        let answer = house.ask(from(&format!("2001:db8:1:1::{at:x}"), nobodys(at))).await;
        answered += usize::from(answer.status.as_u16() == 404);
    }
    is_most(answered, 30, 10, began);
    house.ask(from("[2001:db8:1:2::1]:4433", nobodys(35))).await.is_refused(404, "no_match");
    // The /48 around it holds ten times as much, and no more.
    let mut answered = answered + 1;
    for at in 0..300 {
        let network = at / 29 + 3;
        let answer = house.ask(from(&format!("2001:db8:1:{network:x}::1"), nobodys(100 + at))).await;
        answered += usize::from(answer.status.as_u16() == 404);
    }
    is_most(answered, 300, 1, began);
    house.ask(from("2001:db8:2::1", nobodys(500))).await.is_refused(404, "no_match");
}

#[tokio::test]
async fn of_many_look_ups_at_the_same_moment_no_more_are_answered() {
    let house = House::open().await;
    let began = Instant::now();
    let answers = (0..60).map(|number| house.ask(nobodys(number)));
    is_most(how_many(answers, 404).await, 30, 10, began);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_find_their_bill_at_the_same_moment_at_one_address_none_is_refused() {
    let house = House::open().await;
    let began = Instant::now();
    let payers = neighbours(&house, 10).await.len();
    let neighbour = |number: usize| {
        let mut lookup = ANA.lookup();
        lookup["identifiers"]["hrn"] = json!(format!("7{:08}", number % payers));
        Call::post("/bill-lookups").json(&lookup)
    };
    assert_eq!(how_many((0..60).map(|number| house.ask(neighbour(number))), 201).await, 60);
    assert_eq!(counted(&house).await, 0);
    // Those who are wrong count as ever, also among those who are right.
    let mut answers = Vec::new();
    for wave in 0..3 {
        let both = (0..40).map(|at| house.ask(if at % 4 == 0 { nobodys(wave * 40 + at) } else { neighbour(at) }));
        answers.extend(join_all(both).await);
        if wave < 2 {
            assert!(answers.iter().all(|answer| [201, 404].contains(&answer.status.as_u16())), "{wave}");
        }
    }
    let more = join_all((200..240).map(|number| house.ask(nobodys(number)))).await;
    let answered = answers.iter().chain(&more).filter(|answer| answer.status.as_u16() == 404).count();
    is_most(answered, 30, 10, began);
    assert!(more.iter().all(|answer| [404, 429].contains(&answer.status.as_u16())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_sign_in_at_the_same_moment_at_one_address_are_not_refused() {
    let house = House::open().await;
    let members = [(&ANA, ANAS), (&MEI, "mei@example.org"), (&RUTH, "ruth@example.org")];
    for (member, email) in members {
        house.register(member, email).await;
    }
    // Room for two more.
    let [own, _] = house.app.limits.by_address(&rules::SIGN_INS_BY_ADDRESS, "192.0.2.1".parse().unwrap());
    let full = Bucket { step_millis: own.step_millis * 28, ..own };
    house.app.store.count(&[full], house.app.clock.now()).await.unwrap();
    let sign_in = |email: &str| {
        let shown = json!({ "user_id": email, "password": PASSWORD });
        house.ask(Call::post("/session").json(&shown))
    };
    assert_eq!(how_many((0..6).map(|at| sign_in(members[at % 3].1)), 200).await, 6);
    assert_eq!(how_many((0..6).map(|at| sign_in(members[at % 3].1)), 200).await, 6);
}

#[tokio::test]
async fn two_servers_count_together() {
    use tower::ServiceExt;
    let house = proxied().await;
    let (_, other) = house.second_server().await;
    let (began, mut statuses) = (Instant::now(), Vec::new());
    for number in 0..40 {
        let mut call = from("198.51.100.7", nobodys(number));
        if number % 2 == 0 {
            statuses.push(house.ask(call).await.status.as_u16());
        } else {
            call.path.insert_str(0, "/api/v1");
            statuses.push(other.clone().oneshot(call.request()).await.unwrap().status().as_u16());
        }
    }
    is_most(statuses.iter().filter(|status| **status == 404).count(), 30, 10, began);
}

#[tokio::test]
async fn a_clock_that_was_set_back_keeps_nobody_out() {
    let house = House::open().await;
    for number in 0..31 {
        house.ask(nobodys(number)).await;
    }
    let later = "UPDATE attempt SET until_at = until_at + 86400000, last_at = last_at + 86400000";
    sqlx::query(later).execute(&house.app.store.write).await.unwrap();
    house.app.clock.move_on(6_000);
    house.ask(nobodys(31)).await.is_refused(404, "no_match");

    house.register(&ANA, ANAS).await;
    let ana = house.look_up(&ANA).await;
    for _ in 0..3 {
        house.ask(sign_in(WRONG)).await.is_refused(422, "wrong_credentials");
    }
    house.ask(sign_in(PASSWORD)).await.is_refused(429, "too_many");
    for _ in 0..5 {
        declined(&house, &ana).await.is_payment(201, "failed");
    }
    pay(&house, &ana, VISA).await.is_refused(429, "too_many");
    sqlx::query(later).execute(&house.app.store.write).await.unwrap();
    house.app.clock.move_on(6_000);
    house.ask(sign_in(PASSWORD)).await.is(200);
    pay(&house, &ana, VISA).await.is_payment(201, "paid");
}

#[tokio::test]
async fn no_address_and_no_name_is_in_the_table_of_limits() {
    let house = proxied().await;
    house.register(&ANA, ANAS).await;
    house.ask(from("198.51.100.7", nobodys(1))).await.is_refused(404, "no_match");
    house.ask(from("198.51.100.7", sign_in(WRONG))).await.is_refused(422, "wrong_credentials");
    let (all, hashed) = ("SELECT COUNT(*) FROM attempt", "SELECT COUNT(*) FROM attempt WHERE LENGTH(key) = 24");
    assert!(house.number(all).await >= 5);
    assert_eq!(house.number(all).await, house.number(hashed).await);
    for known in ["198.51.100.7", ANAS, "012345678"] {
        assert_eq!(house.number(&format!("SELECT COUNT(*) FROM attempt WHERE key LIKE '%{known}%'")).await, 0);
    }
    // Nothing is kept for longer than it means something.
    house.app.clock.move_on(24 * 3_600_000);
    tallies::round(&house.app).await.unwrap();
    assert_eq!(house.number(all).await, 0);
}

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

async fn declined(house: &House, payer: &Payer) -> Answer {
    pay(house, payer, DECLINED).await
}

/// A dollar of Ana's largest bill.
async fn pay(house: &House, payer: &Payer, number: &str) -> Answer {
    house.ask(payment(house, payer, number).await).await
}

async fn payment(house: &House, payer: &Payer, number: &str) -> Call {
    let token = house.card(payer, number).await;
    let mut order = house.order(payer, &token, &[("surgery", "1.00")]).await;
    order["pay_again"] = json!(true);
    Call::post("/payments").by(payer).key(&new_key()).json(&order)
}

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

/// Of memberships that nobody else has, each with a bill of many dollars: who looked theirs up, and the bill.
async fn neighbours(house: &House, many: usize) -> Vec<(Payer, String)> {
    let mut all = Vec::new();
    for number in 0..many {
        let mut identifiers: BTreeMap<_, _> = ANA.identifiers.map(|(name, value)| (name, value.to_owned())).into();
        identifiers.insert(Identifier::Hrn, format!("7{number:08}"));
        let (membership, bill) = (format!("neighbour {number}"), format!("neighbours{number}"));
        let sql = "INSERT INTO membership (id, region, identifiers, ending, name, email) VALUES ($1, 'CA', $2, '678', $1, 'n@example.org')";
        let insert = sqlx::query(sql).bind(&membership).bind(canonical(&identifiers));
        insert.execute(&house.app.store.write).await.unwrap();
        for sql in [
            "INSERT INTO bill (id, membership, kind, patient, issued, due, balance_cents, pending_cents) \
             VALUES ($1, $2, 'professional', $2, '2026-10-20', '2026-12-04', 9000, 0)",
            "INSERT INTO bill_line (bill, position, service_date, provider, description, billed_cents, discount_cents, \
             plan_paid_cents, you_paid_cents, you_owe_cents, pending_cents) \
             VALUES ($1, 0, '2026-10-12', $2, 'Office visit', 9000, 0, 0, 0, 9000, 0)",
        ] {
            sqlx::query(sql).bind(&bill).bind(&membership).execute(&house.app.store.write).await.unwrap();
        }
        let lookup = json!({ "region": "CA", "identifiers": identifiers });
        let found = house.ask(Call::post("/bill-lookups").json(&lookup)).await;
        let binding = found.is(201).json()["capture_binding"].as_str().unwrap().to_owned();
        let payer = Payer { cookie: cookie(&found), binding, region: ANA.region.parse().unwrap(), name: ANA.name };
        all.push((payer, bill));
    }
    all
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
async fn the_processor_is_not_asked_about_tokens_without_end() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let keep = |token: &str| Call::write("PUT", "/payment-draft").by(&ana).json(&json!({ "token": token }));
    let good = house.card(&ana, VISA).await;
    house.ask(keep(&good)).await.is(204);
    for number in 1..30 {
        house.ask(keep(&format!("tok_{number}"))).await.is(204);
    }
    house.ask(keep("tok_31")).await.is_refused(429, "too_many");
    // One that is known is no question.
    for _ in 0..3 {
        house.ask(keep(&good)).await.is(204);
    }
}

#[tokio::test]
async fn an_order_is_no_way_to_ask_about_more_tokens() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let keep = |token: &str| Call::write("PUT", "/payment-draft").by(&ana).json(&json!({ "token": token }));
    let good = house.card(&ana, VISA).await;
    house.ask(keep(&good)).await.is(204);
    let order = house.order(&ana, &good, &[("surgery", "1.00")]).await;
    let with = |token: &str, fee: &str| {
        let mut order = order.clone();
        (order["token"], order["fee"]) = (json!(token), json!(fee));
        Call::post("/payments").by(&ana).key(&new_key()).json(&order)
    };
    // One that stands for something is a question too, unless the payment begins.
    let other = house.card(&ana, VISA).await;
    let asked = house.line.methods_asked.load(Ordering::SeqCst);
    for _ in 0..9 {
        house.ask(with(&other, "0.07")).await.is_refused(422, "terms_changed");
    }
    for number in 0..20 {
        house.ask(with(&format!("tok_{number}"), "0.00")).await.is_refused(422, "token_refused");
    }
    for _ in 0..3 {
        house.ask(with("tok_21", "0.00")).await.is_refused(429, "too_many");
    }
    assert_eq!(house.line.methods_asked.load(Ordering::SeqCst), asked + 29);
    house.ask(keep("tok_22")).await.is_refused(429, "too_many");
    let fee = order["fee"].as_str().unwrap();
    house.ask(with(&good, fee)).await.is_payment(201, "paid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_waits_for_word_about_a_token_keeps_nobody_from_paying() {
    let house = House::open().await;
    let (ana, stranger) = (house.look_up(&ANA).await, house.look_up(&ANA).await);
    let good = house.card(&ana, VISA).await;
    house.ask(Call::write("PUT", "/payment-draft").by(&ana).json(&json!({ "token": good }))).await.is(204);
    let order = house.order(&ana, &good, &[("surgery", "1.00")]).await;
    let asked = house.line.methods_asked.load(Ordering::SeqCst);
    house.line.cut(Cut::Tokens);
    let waiting: Vec<_> = (0..8)
        .map(|number| {
            let mut order = order.clone();
            order["token"] = json!(format!("tok_{number}"));
            house.start(Call::post("/payments").by(&stranger).key(&new_key()).json(&order))
        })
        .collect();
    while house.line.methods_asked.load(Ordering::SeqCst) < asked + 5 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    house.pay(&ana, &new_key(), &order).await.is_payment(201, "paid");
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}

/// What is in all buckets together.
async fn filled(house: &House) -> i64 {
    let sum = "SELECT CAST(COALESCE(SUM(until_at), 0) AS BIGINT) FROM attempt WHERE until_at >";
    house.number(&format!("{sum} {}", house.app.clock.now().millis())).await
}

/// On a machine with one thread for heavy work, which a case can take for itself.
fn with_one_thread_for_heavy_work(case: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.max_blocking_threads(1).enable_all().build().unwrap().block_on(case);
}

/// Does it while no place in the queue for hashing is free.
async fn with_a_full_queue(house: &House, ask: impl Future<Output = ()>) {
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let thread = tokio::task::spawn_blocking(move || _ = gone.recv());
    let password: Password = serde_json::from_value(json!(WRONG)).unwrap();
    let mut queue = tokio::task::JoinSet::new();
    loop {
        let (app, password) = (house.app.clone(), password.clone());
        let mut place = Box::pin(async move { app.passwords.hash(&password).await });
        if std::future::poll_fn(|context| Poll::Ready(place.as_mut().poll(context).is_ready())).await {
            break;
        }
        queue.spawn(place);
    }
    ask.await;
    queue.shutdown().await;
    go.send(()).unwrap();
    thread.await.unwrap();
}

async fn is_sent_away(house: &House, times: usize, call: impl Fn() -> Call) {
    for _ in 0..times {
        house.ask(call()).await.is_refused(503, "unavailable");
    }
}

#[test]
fn a_password_that_nobody_had_time_to_look_at_counts_as_no_try() {
    with_one_thread_for_heavy_work(async {
        let house = House::open().await;
        house.register(&ANA, ANAS).await;
        let ana = house.sign_in(ANAS).await;
        let again = |password: &str| {
            let body = json!({ "password": password });
            Call::write("PUT", "/session/reauthentication").by(&ana).json(&body)
        };
        // As many as need not wait; then whoever has waited may try.
        for _ in 0..3 {
            house.ask(sign_in(WRONG)).await.is_refused(422, "wrong_credentials");
            house.ask(again(WRONG)).await.is_refused(422, "wrong_credentials");
        }
        house.app.clock.move_on(2_000);
        let before = filled(&house).await;
        let sent_away = async {
            is_sent_away(&house, 4, || sign_in(PASSWORD)).await;
            is_sent_away(&house, 4, || again(WRONG)).await;
        };
        with_a_full_queue(&house, sent_away).await;
        assert_eq!(filled(&house).await, before);
        house.ask(sign_in(PASSWORD)).await.is(200);
        // What was wrong before is not forgotten by that.
        assert_eq!(house.ask(again(WRONG)).await.is_refused(422, "wrong_credentials").json()["retry_after"], 4);
        house.ask(again(PASSWORD)).await.is_refused(429, "too_many");
    });
}

#[test]
fn a_new_password_that_nobody_had_time_to_look_at_uses_up_nothing() {
    with_one_thread_for_heavy_work(async {
        let house = House::open().await;
        house.register(&ANA, ANAS).await;
        let payer = house.look_up(&MEI).await;
        let begun = house.ask(Call::post("/registrations").by(&payer)).await.is(201).json();
        let path = format!("/registrations/{}/account", begun["id"].as_str().unwrap());
        let account = new_account(&MEI, "mei@example.org");
        house.ask(Call::post("/password-resets").json(&json!({ "email": ANAS }))).await.is(202);
        house.jobs().await;
        let chosen = json!({ "token": house.link(ANAS).await, "password": "seven lanterns on a copper river" });
        let reset = || Call::write("PUT", "/password-resets").json(&chosen);
        let register = || Call::post(&path).by(&payer).json(&account);
        let mut before = 0;
        let sent_away = async {
            before = filled(&house).await;
            is_sent_away(&house, 2, reset).await;
            is_sent_away(&house, 14, register).await;
        };
        with_a_full_queue(&house, sent_away).await;
        assert_eq!(filled(&house).await, before);
        house.ask(register()).await.is(202);
        house.ask(reset()).await.is(204);
    });
}

#[tokio::test]
async fn a_statement_and_a_code_that_could_not_be_looked_at_count_as_no_try() {
    let house = House::open().await;
    house.register(&ANA, ANAS).await;
    house.ask(nobodys(0)).await.is_refused(404, "no_match");
    let member = house.sign_in(ANAS).await;
    let again = Call::write("PUT", "/session/reauthentication").by(&member).json(&json!({ "password": PASSWORD }));
    let answer = house.ask(again).await;
    answer.is(200);
    let member = Payer { cookie: cookie(&answer), ..member };
    let offer = house.ask(Call::post("/authenticator").by(&member)).await.is(201).json();
    let secret = Secret::parse(offer["secret"].as_str().unwrap()).unwrap();
    let first = json!({ "code": secret.code(house.app.clock.unmoved().millis() / 30_000 - 1).unwrap() });
    let codes = house.ask(Call::write("PUT", "/authenticator").by(&member).json(&first)).await.is(200).json();
    let half = Payer { cookie: cookie(&house.ask(sign_in(PASSWORD)).await), ..member };
    let shown = |code: &serde_json::Value| {
        house.ask(Call::post("/session/second-factor").by(&half).json(&json!({ "code": code })))
    };
    shown(&json!("0000-0000-0000")).await.is_refused(422, "wrong_credentials");
    let before = filled(&house).await;
    for (table, hidden) in [("recovery_code", "recovery_codes"), ("membership", "memberships")] {
        let rename = async |from: &str, to: &str| {
            let sql = AssertSqlSafe(format!("ALTER TABLE {from} RENAME TO {to}"));
            sqlx::query(sql).execute(&house.app.store.write).await.unwrap();
        };
        rename(table, hidden).await;
        for _ in 0..8 {
            if table == "membership" {
                house.ask(found(&ANA)).await.is_refused(500, "fault");
            } else {
                shown(&codes["codes"][0]).await.is_refused(500, "fault");
            }
        }
        rename(hidden, table).await;
        assert_eq!(filled(&house).await, before, "{table}");
    }
    shown(&codes["codes"][0]).await.is(200);
    house.ask(found(&ANA)).await.is(201);
}

#[tokio::test]
async fn a_question_about_a_token_that_the_processor_did_not_answer_uses_up_nothing() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let keep = |token: &str| Call::write("PUT", "/payment-draft").by(&ana).json(&json!({ "token": token }));
    let token = house.card(&ana, VISA).await;
    let order = house.order(&ana, &token, &[("surgery", "1.00")]).await;
    let body = "<h1>no</h1>".to_owned();
    let silent = Fault { to: "GET /v1/tokens", passes_on: false, status: 502, kind: "text/html", body };
    house.gateway.answers([silent]);
    for _ in 0..20 {
        house.ask(keep(&token)).await.is(204);
        house.pay(&ana, &new_key(), &order).await.is_refused(503, "unavailable");
    }
    assert_eq!(counted(&house).await, 0);
    house.gateway.is_well();
    for number in 0..30 {
        house.ask(keep(&format!("tok_{number}"))).await.is(204);
    }
    house.ask(keep("tok_31")).await.is_refused(429, "too_many");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_receipts_at_the_same_moment_no_more_are_sent() {
    let house = House::open().await;
    let ana = house.look_up(&ANA).await;
    let paid = pay(&house, &ana, VISA).await.is_payment(201, "paid").json();
    let before = house.number("SELECT COUNT(*) FROM outbox").await;
    let path = format!("/payments/{}/receipt-emails", paid["id"].as_str().unwrap());
    let send = |to: &str| house.ask(Call::post(&path).by(&ana).json(&json!({ "email": to })));
    assert_eq!(how_many((0..40).map(|_| send("stranger@example.org")), 202).await, 5);
    assert_eq!(house.number("SELECT COUNT(*) FROM outbox").await - before, 5);
    let refused = send("stranger@example.org").await;
    assert!(refused.is_refused(429, "too_many").json()["retry_after"].as_i64().unwrap() <= 720);
}

#[tokio::test]
async fn receipts_are_counted_by_who_gets_them_and_by_the_household_too() {
    let house = House::open().await;
    let (ana, mei) = (house.look_up(&ANA).await, house.look_up(&MEI).await);
    let mut paths = Vec::new();
    for _ in 0..5 {
        let paid = pay(&house, &ana, VISA).await.is_payment(201, "paid").json();
        paths.push(format!("/payments/{}/receipt-emails", paid["id"].as_str().unwrap()));
    }
    let send = async |payer: &Payer, path: &str, to: &str| {
        house.ask(Call::post(path).by(payer).json(&json!({ "email": to }))).await
    };
    // Ten to one stranger, whatever was paid; and twenty of one household.
    for at in 0..10 {
        send(&ana, &paths[at % 4], "stranger@example.org").await.is(202);
    }
    send(&ana, &paths[4], "Stranger@example.org").await.is_refused(429, "too_many");
    for at in 0..10 {
        send(&ana, &paths[at % 5], &format!("stranger{at}@example.org")).await.is(202);
    }
    send(&ana, &paths[4], "another@example.org").await.is_refused(429, "too_many");
    let paid = house.pay_by_card(&mei, &[("meis", "1.00")]).await.is_payment(201, "paid").json();
    let path = format!("/payments/{}/receipt-emails", paid["id"].as_str().unwrap());
    send(&mei, &path, "another@example.org").await.is(202);
}

#[tokio::test]
async fn a_registration_that_was_sent_costs_nothing_when_it_is_sent_again() {
    let house = House::open().await;
    let payer = house.look_up(&ANA).await;
    let begun = house.ask(Call::post("/registrations").by(&payer)).await;
    let id = begun.is(201).json()["id"].as_str().unwrap().to_owned();
    let path = format!("/registrations/{id}/account");
    let send = |zip: &str| {
        let mut account = new_account(&ANA, ANAS);
        account["address"]["zip"] = json!(zip);
        house.ask(Call::post(&path).by(&payer).json(&account))
    };
    // What is judged and not taken is counted, or one payer could keep every thread busy.
    for _ in 0..11 {
        send("00501").await.is_refused(422, "invalid");
    }
    send("94612").await.is(202);
    for _ in 0..20 {
        send("94612").await.is(202);
    }
    let other = house.look_up(&MEI).await;
    let begun = house.ask(Call::post("/registrations").by(&other)).await;
    let id = begun.is(201).json()["id"].as_str().unwrap().to_owned();
    let path = format!("/registrations/{id}/account");
    for at in 0..13 {
        let mut account = new_account(&MEI, "mei@example.org");
        account["address"]["zip"] = json!("00501");
        let answer = house.ask(Call::post(&path).by(&other).json(&account)).await;
        answer.is(if at < 12 { 422 } else { 429 });
    }
}

#[tokio::test]
async fn an_alarm_is_raised_when_too_large_a_share_fails() {
    let house = proxied().await;
    for at in 0..120 {
        house.ask(from(&format!("198.51.{at}.1"), nobodys(at))).await.is_refused(404, "no_match");
    }
    tallies::round(&house.app).await.unwrap();
    assert_eq!(house.number("SELECT CAST(SUM(failed) AS BIGINT) FROM tally WHERE kind = 'lookups'").await, 120);
    assert_eq!(metrics::LOOKUPS_ALARM.value(), 1);
    house.app.clock.move_on(11 * 60_000);
    tallies::round(&house.app).await.unwrap();
    assert_eq!(metrics::LOOKUPS_ALARM.value(), 0);
}

/// What limits add to a call; `-- --nocapture` shows it. A build for tests is several times slower than the one that is deployed, so this
/// only finds what is wrong by orders of magnitude.
#[tokio::test]
async fn counting_costs_a_call_little() {
    let house = House::open().await;
    let (limits, now) = (&house.app.limits, house.app.clock.now());
    let mut buckets = limits.by_address(&rules::LOOKUPS_BY_ADDRESS, "198.51.100.7".parse().unwrap()).to_vec();
    buckets.push(limits.bucket(&rules::LOOKUPS_BY_STATEMENT, "a statement"));
    let store = &house.app.store;
    let mut took = [const { Vec::new() }; 3];
    for _ in 0..200 {
        let began = Instant::now();
        store.take(&buckets, now).await.unwrap().unwrap();
        took[0].push(began.elapsed());
        let began = Instant::now();
        store.give_back(&buckets, now).await.unwrap();
        took[1].push(began.elapsed());
        let began = Instant::now();
        store.look(&buckets, now).await.unwrap().unwrap();
        took[2].push(began.elapsed());
    }
    for (what, took) in ["take", "give back", "look"].into_iter().zip(&mut took) {
        took.sort();
        let median = took[took.len() / 2];
        println!("{what}: {median:?}");
        assert!(median < Duration::from_millis(20), "{what}: {median:?}");
    }
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
