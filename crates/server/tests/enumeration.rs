//! Account enumeration: whether an account exists is not observable in status, body, headers or response time. Each
//! call is made 200 times in each situation, in random order, and the times are compared by their ranks.
//! `-- --nocapture` shows what was measured.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

// The cases of the other test binaries use all of it.
#[allow(dead_code)]
mod test_app;

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use test_app::{
    TestApp,
    call::{Call, Response},
    new_account,
    seed::{ANA, MEI, Member},
};

const KIND: test_app::database::Kind = test_app::database::Kind::Sqlite;

const TRIES: usize = 200;
/// Not counted: pages and pools are cold.
const WARM_UP: usize = 10;

/// A test fails only if chance is ruled out *and* the difference is large enough to be of use to anybody.
///
/// Six comparisons are made in a run. With this bound chance alone calls one of them different in about one run of 170;
/// it is as strict as it is because a red run is not tried again.
const BY_CHANCE: f64 = 0.001;
/// 200 tries also find differences that are real and mean nothing: where a row lies in a page, what a cache holds.
/// Those are well below this share of a median. An answer that hashes, asks the database once more or waits for an
/// e-mail is well above it. What lies between is not found here: in a sign-in 5 % is a millisecond, in a call that only
/// writes something down some hundredths of one.
const OF_USE: f64 = 0.05;

/// Two that measure at the same time measure each other.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

const ANAS: &str = "ana@example.org";
/// As long as the other one.
const UNREGISTERED: &str = "eva@example.org";

#[tokio::test]
async fn a_failed_sign_in_does_not_tell_whether_there_is_an_account() {
    let _alone = ALONE.lock().await;
    let app = app_with_account().await;
    compare("POST /session", ["a wrong password", "an unknown user ID"], async |which| {
        let body = json!({ "user_id": ([ANAS, UNREGISTERED][which]), "password": "copper river lantern eight" });
        let tried = time(&app, Call::post("/session").json(&body)).await;
        tried.0.is_refused(422, "wrong_credentials");
        tried
    })
    .await;
}

#[tokio::test]
async fn asking_for_a_new_password_does_not_tell_whether_there_is_an_account() {
    let _alone = ALONE.lock().await;
    let app = app_with_account().await;
    compare("POST /password-resets", ["a known address", "an unknown address"], async |which| {
        let body = json!({ "email": ([ANAS, UNREGISTERED][which]) });
        let tried = time(&app, Call::post("/password-resets").json(&body)).await;
        tried.0.is(202);
        app.jobs().await;
        tried
    })
    .await;
    assert_eq!(emails(&app, "reset-password#").await, TRIES + WARM_UP);
}

#[tokio::test]
async fn asking_for_a_user_id_does_not_tell_whether_there_is_an_account_nor_a_statement() {
    let _alone = ALONE.lock().await;
    let app = app_with_account().await;
    let statements = [(&ANA, "012345678"), (&MEI, "007651204"), (&ANA, "012345679")];
    let groups = ["a member's statement", "one without an account", "nobody's statement"];
    compare("POST /user-id-reminders", groups, async |which| {
        let (member, hrn) = statements[which];
        let tried = time(&app, Call::post("/user-id-reminders").json(&statement(member, hrn))).await;
        tried.0.is(202);
        app.jobs().await;
        tried
    })
    .await;
    assert_eq!(emails(&app, "Your user ID is").await, TRIES + WARM_UP);
}

#[tokio::test]
async fn registering_does_not_tell_whether_there_is_an_account() {
    let _alone = ALONE.lock().await;
    let app = app_with_account().await;
    let accounts = [(&MEI, UNREGISTERED), (&ANA, UNREGISTERED), (&MEI, ANAS)];
    let groups = ["a new account", "a membership that has one", "an address that has one"];
    compare("POST /registrations/{id}/account", groups, async |which| {
        let (member, email) = accounts[which];
        let payer = app.look_up(member).await;
        let begun = app.ask(Call::post("/registrations").by(&payer)).await;
        let path = format!("/registrations/{}/account", begun.is(201).json()["id"].as_str().unwrap());
        let tried = time(&app, Call::post(&path).by(&payer).json(&new_account(member, email))).await;
        tried.0.is(202);
        app.jobs().await;
        let linked = "SELECT COUNT(*) FROM pending_account WHERE token_hash IS NOT NULL";
        assert_eq!(app.number(linked).await == 1, which != 2);
        // The next registration finds what this one found.
        sqlx::query("DELETE FROM pending_account").execute(&app.state.store.write).await.unwrap();
        tried
    })
    .await;
}

/// Ana has an account, Mei has none.
async fn app_with_account() -> TestApp {
    let app = TestApp::open().await;
    app.register(&ANA, ANAS).await;
    app
}

fn statement(member: &Member, hrn: &str) -> Value {
    let mut body = member.lookup();
    body["identifiers"]["hrn"] = json!(hrn);
    body["locale"] = json!("en");
    body
}

async fn emails(app: &TestApp, with: &str) -> usize {
    let sql = format!("SELECT COUNT(*) FROM outbox WHERE body_text LIKE '%{with}%'");
    usize::try_from(app.number(&sql).await).unwrap()
}

type TimedResponse = (Response, Duration);

/// More than three hours after the last one: nothing is slowed, and no limit is near, of those by the day either.
async fn time(app: &TestApp, call: Call) -> TimedResponse {
    let began = Instant::now();
    let answer = app.ask(call).await;
    let took = began.elapsed();
    app.state.clock.move_on(10_801_000);
    (answer, took)
}

/// Everything of an answer but the number that every request has of its own.
fn seen(answer: &Response) -> (u16, String, Vec<(String, String)>) {
    let own = |name: &str| name == "x-request-id";
    let headers = answer.headers.keys().map(|name| {
        let value = if own(name.as_str()) { "" } else { answer.header(name.as_str()) };
        (name.to_string(), value.to_owned())
    });
    let mut headers: Vec<_> = headers.collect();
    headers.sort();
    (answer.status.as_u16(), answer.text.clone(), headers)
}

/// Tries every group equally often, in random order, and holds each against the first.
async fn compare<const GROUPS: usize>(call: &str, groups: [&str; GROUPS], once: impl AsyncFn(usize) -> TimedResponse) {
    for which in (0..GROUPS).cycle().take(WARM_UP * GROUPS) {
        once(which).await;
    }
    let mut order: Vec<usize> = (0..GROUPS).cycle().take(TRIES * GROUPS).collect();
    order.sort_by_cached_key(|_| uuid::Uuid::new_v4());
    let mut millis = [const { Vec::new() }; GROUPS];
    let mut first = None;
    for which in order {
        let (answer, took) = once(which).await;
        let seen = seen(&answer);
        assert_eq!(*first.get_or_insert_with(|| seen.clone()), seen, "{call}, {}", groups[which]);
        millis[which].push(took.as_secs_f64() * 1_000.0);
    }
    let mut told = Vec::new();
    for (name, times) in groups.iter().zip(&millis).skip(1) {
        let (one, other) = (median(&millis[0]), median(times));
        let Ranks { u, z, p } = mann_whitney(&millis[0], times);
        let apart = (one - other).abs() / one.min(other);
        let line = format!(
            "{call}: {} {one:.3} ms, {name} {other:.3} ms ({:.1} % apart), U = {u:.0}, z = {z:.2}, p = {p:.1e}",
            groups[0],
            apart * 100.0
        );
        println!("{line}");
        if p < BY_CHANCE && apart > OF_USE {
            told.push(line);
        }
    }
    assert!(told.is_empty(), "the time tells:\n{}", told.join("\n"));
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[half] } else { f64::midpoint(sorted[half - 1], sorted[half]) }
}

struct Ranks {
    /// Of the first group.
    u: f64,
    z: f64,
    /// How likely ranks are to lie so far apart, or farther, if both groups are the same.
    p: f64,
}

/// Mann and Whitney's U test, two-sided: the normal approximation, corrected for ties and for steps of one half.
fn mann_whitney(one: &[f64], other: &[f64]) -> Ranks {
    let mut all: Vec<_> =
        one.iter().map(|value| (*value, 1.0)).chain(other.iter().map(|value| (*value, 0.0))).collect();
    all.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let (n, m, both) = (one.len() as f64, other.len() as f64, all.len() as f64);
    let (mut below, mut sum, mut ties) = (0.0, 0.0, 0.0);
    for equal in all.chunk_by(|(a, _), (b, _)| a == b) {
        let count = equal.len() as f64;
        // Equal values share the middle of the ranks they take up.
        sum += (below + (count + 1.0) / 2.0) * equal.iter().map(|(_, is_of_one)| is_of_one).sum::<f64>();
        ties += count.powi(3) - count;
        below += count;
    }
    let u = sum - n * (n + 1.0) / 2.0;
    let off = u - n * m / 2.0;
    let deviation = (n * m / 12.0 * (both + 1.0 - ties / (both * (both - 1.0)))).sqrt();
    let z = if deviation > 0.0 { off.signum() * (off.abs() - 0.5).max(0.0) / deviation } else { 0.0 };
    Ranks { u, z, p: beyond(z.abs()) }
}

/// The share of a normal distribution that lies farther out than `z`, on either side: erfc(z / √2), by the
/// approximation of Numerical Recipes, within 1.2e-7 of its value.
fn beyond(z: f64) -> f64 {
    let x = z / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * x);
    let series = [
        -1.26551223,
        1.00002368,
        0.37409196,
        0.09678418,
        -0.18628806,
        0.27886807,
        -1.13520398,
        1.48851587,
        -0.82215223,
        0.17087277,
    ];
    let power = series.iter().rev().fold(0.0, |sum, part| sum * t + part);
    (t * (power - x * x).exp()).min(1.0)
}

#[test]
fn ranks_are_compared_as_scipy_compares_them() {
    let runs = |from: i32, to: i32| (from..=to).map(f64::from).collect::<Vec<_>>();
    for (one, other, u, p) in [
        (vec![19.0, 22.0, 16.0, 29.0, 24.0], vec![20.0, 11.0, 17.0, 12.0], 17.0, 0.111_346_886),
        (vec![1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 4.0], vec![2.0, 3.0, 4.0, 4.0, 5.0, 5.0, 6.0], 8.5, 0.043_051_433),
        (runs(1, 20), runs(8, 27), 84.5, 0.001_854_102),
        (vec![7.0; 20], vec![7.0; 20], 200.0, 1.0),
    ] {
        let there = mann_whitney(&one, &other);
        let back = mann_whitney(&other, &one);
        assert!((there.u - u).abs() < 1e-9 && (there.p - p).abs() < 1e-6, "{} {}", there.u, there.p);
        assert_eq!((there.p, there.z), (back.p, -back.z));
    }
}

#[test]
fn a_median_is_the_middle_one() {
    assert_eq!((median(&[3.0, 1.0, 2.0]), median(&[4.0, 1.0, 2.0, 3.0])), (2.0, 2.5));
}
