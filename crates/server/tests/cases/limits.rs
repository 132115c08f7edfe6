//! Limits: many tries are refused, wherever and at how many servers they are made; whoever is right uses up nothing; and nobody can
//! keep an owner out.

mod charges;
mod emails;
mod look_ups;
mod sign_ins;
mod tokens;
mod unjudged;

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
