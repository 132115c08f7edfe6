//! Rate limits: too many attempts are refused, from any address and at any number of servers; correct attempts use up
//! nothing; and nobody can lock an owner out.

mod charges;
mod emails;
mod look_ups;
mod sign_ins;
mod tokens;
mod unjudged;

use crate::test_app::{
    self, DECLINED, ORIGIN, PASSWORD, Payer, TestApp, VISA,
    call::{Call, Response},
    cookie,
    gateway::Fault,
    line::Cut,
    new_account, new_key,
    seed::{ANA, MEI, Member, RUTH},
};
use contract::{Identifier, Identifiers, Password};
use futures_util::future::join_all;
use serde_json::json;
use server::{
    identity::{browser::Browser, factors::totp::Secret},
    limits::{rules, tallies},
    metrics,
    store::limits::Bucket,
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

async fn proxied() -> TestApp {
    TestApp::open_with(&["--public-origin", ORIGIN, "--behind-proxy"]).await
}

/// A statement that nobody has.
fn unmatched_lookup(number: usize) -> Call {
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

async fn how_many(answers: impl IntoIterator<Item = impl Future<Output = Response>>, status: u16) -> usize {
    join_all(answers).await.iter().filter(|answer| answer.status.as_u16() == status).count()
}

/// Buckets that are not empty.
async fn counted(app: &TestApp) -> i64 {
    app.number(&format!("SELECT COUNT(*) FROM attempt WHERE until_at > {}", app.state.clock.now().millis())).await
}

async fn declined(app: &TestApp, payer: &Payer) -> Response {
    pay(app, payer, DECLINED).await
}

/// A dollar of Ana's largest bill.
async fn pay(app: &TestApp, payer: &Payer, number: &str) -> Response {
    app.ask(payment(app, payer, number).await).await
}

async fn payment(app: &TestApp, payer: &Payer, number: &str) -> Call {
    let token = app.card(payer, number).await;
    let mut order = app.order(payer, &token, &[("surgery", "1.00")]).await;
    order["pay_again"] = json!(true);
    Call::post("/payments").by(payer).key(&new_key()).json(&order)
}

/// Of memberships that nobody else has, each with a bill of many dollars: who looked theirs up, and the bill.
async fn neighbours(app: &TestApp, many: usize) -> Vec<(Payer, String)> {
    let mut all = Vec::new();
    for number in 0..many {
        let hrn = format!("7{number:08}");
        let mut identifiers: BTreeMap<_, _> = ANA.identifiers.into();
        identifiers.insert(Identifier::Hrn, &hrn);
        let identifiers = Identifiers::of(identifiers).unwrap();
        let (membership, bill) = (format!("neighbour {number}"), format!("neighbours{number}"));
        let sql = "INSERT INTO membership (id, region, identifiers, ending, name, email) VALUES ($1, 'CA', $2, '678', $1, 'n@example.org')";
        let insert = sqlx::query(sql).bind(&membership).bind(identifiers.comparison_key());
        insert.execute(&app.state.store.write).await.unwrap();
        for sql in [
            "INSERT INTO bill (id, membership, kind, patient, issued, due, balance_cents, pending_cents) \
             VALUES ($1, $2, 'professional', $2, '2026-10-20', '2026-12-04', 9000, 0)",
            "INSERT INTO bill_line (bill, position, service_date, provider, description, billed_cents, discount_cents, \
             plan_paid_cents, you_paid_cents, you_owe_cents, pending_cents) \
             VALUES ($1, 0, '2026-10-12', $2, 'Office visit', 9000, 0, 0, 0, 9000, 0)",
        ] {
            sqlx::query(sql).bind(&bill).bind(&membership).execute(&app.state.store.write).await.unwrap();
        }
        let lookup = json!({ "region": "CA", "identifiers": identifiers });
        let found = app.ask(Call::post("/bill-lookups").json(&lookup)).await;
        let binding = found.is(201).json()["capture_binding"].as_str().unwrap().to_owned();
        let payer = Payer { cookie: cookie(&found), binding, region: ANA.region.parse().unwrap(), name: ANA.name };
        all.push((payer, bill));
    }
    all
}

#[tokio::test]
async fn an_alarm_is_raised_when_too_large_a_share_fails() {
    let app = proxied().await;
    for at in 0..120 {
        app.ask(from(&format!("198.51.{at}.1"), unmatched_lookup(at))).await.is_refused(404, "no_match");
    }
    tallies::round(&app.state).await.unwrap();
    assert_eq!(app.number("SELECT CAST(SUM(failed) AS BIGINT) FROM tally WHERE kind = 'lookups'").await, 120);
    assert_eq!(metrics::LOOKUPS_ALARM.value(), 1);
    app.state.clock.move_on(11 * 60_000);
    tallies::round(&app.state).await.unwrap();
    assert_eq!(metrics::LOOKUPS_ALARM.value(), 0);
}

/// What limits add to a call; `-- --nocapture` shows it. A build for tests is several times slower than the one that is
/// deployed, so this only finds what is wrong by orders of magnitude.
#[tokio::test]
async fn counting_costs_a_call_little() {
    let app = TestApp::open().await;
    let (limits, now) = (&app.state.limits, app.state.clock.now());
    let mut buckets = limits.by_address(&rules::LOOKUPS_BY_ADDRESS, "198.51.100.7".parse().unwrap()).to_vec();
    buckets.push(limits.bucket(&rules::LOOKUPS_BY_STATEMENT, "a statement"));
    let store = &app.state.store;
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
