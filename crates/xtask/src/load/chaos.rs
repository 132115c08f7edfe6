//! The clients of `cargo xtask chaos`: payers who pay over and over while servers die. A client whose answer is lost
//! asks by its key until it has an outcome, as the page does, and never sends twice. One JSON line a payment on
//! standard output.

use crate::payer::{self, Order, Payer, Places};
use serde_json::Value;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use xtask::failure::{Failure, Result};
use xtask::http::{Connection, Response};

/// How long a client queries the outcome of its payment before it reports that it is unknown.
const PATIENCE: Duration = Duration::from_secs(120);
/// As the page asks for.
const BEGINS_WITHIN_MILLIS: i64 = 15_000;
/// They pay over and over.
const PAYERS: u32 = 200;
const PAUSE: Duration = Duration::from_millis(250);

/// The outcome that a client was given.
enum FinalAnswer {
    /// The state of the payment.
    State(String),
    /// A problem document said that there is no such payment and never will be.
    Never,
    /// A problem document refused the order itself.
    Refused(String),
    Nothing,
}

/// Pays with so many clients for so long, through all servers in turn.
pub fn run(servers: &[String], places: &Places, seconds: f64, clients: usize) -> Result<()> {
    let payers = payer::find_all(places, PAYERS)?;
    let until = Instant::now() + Duration::from_secs_f64(seconds);
    let (next, output) = (AtomicUsize::new(0), Mutex::new(()));
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                while Instant::now() < until {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let payer = &payers[number % payers.len()];
                    let Some(order) = order(places, payer, number) else { continue };
                    let since = Instant::now();
                    let (outcome, asked) = pay(servers, places, &order, number);
                    let line = line(&order.key, &outcome, asked, since.elapsed());
                    let _one_at_a_time = output.lock();
                    println!("{line}");
                }
            });
        }
    });
    if next.load(Ordering::Relaxed) == 0 { Err(Failure::new("No client ever paid.")) } else { Ok(()) }
}

/// The processor may be down when its token is asked for: then there is no order, and no payment.
fn order(places: &Places, payer: &Payer, number: usize) -> Option<Order> {
    let made = Connection::open(&places.processor)
        .ok()
        .and_then(|mut processor| payer::order(places, &mut processor, payer, number, Some(BEGINS_WITHIN_MILLIS)).ok());
    if made.is_none() {
        std::thread::sleep(PAUSE);
    }
    made
}

/// Sends once, and then queries. Returns the outcome, and the number of queries.
fn pay(servers: &[String], places: &Places, order: &Order, number: usize) -> (FinalAnswer, u32) {
    let headers = [
        ("Content-Type", "application/json"),
        ("Origin", &*places.origin),
        ("Cookie", &*order.cookie),
        ("Idempotency-Key", &*order.key),
    ];
    let server = |turn: usize| &servers[(number + turn) % servers.len()];
    if let Some(outcome) =
        send(server(0), "POST", "/api/v1/payments", &headers, &order.body).and_then(|answer| outcome(&answer))
    {
        return (outcome, 0);
    }
    let begin_by = order.begin_by.map(|until| format!("&begin_by={until}")).unwrap_or_default();
    let (since, path) = (Instant::now(), format!("/api/v1/payments?idempotency_key={}{begin_by}", order.key));
    let mut asked = 0;
    while since.elapsed() < PATIENCE {
        asked += 1;
        let answer = send(server(asked as usize), "GET", &path, &[("Cookie", &order.cookie)], &[]);
        if let Some(outcome) = answer.and_then(|answer| outcome(&answer)) {
            return (outcome, asked);
        }
        std::thread::sleep(PAUSE);
    }
    (FinalAnswer::Nothing, asked)
}

fn send(server: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<Response> {
    Connection::open(server).and_then(|mut connection| connection.send(method, path, headers, body)).ok()
}

/// `None` while it can't be known: whatever is not a payment and no problem document, and what says "ask again".
fn outcome(answer: &Response) -> Option<FinalAnswer> {
    let body = answer.json().ok()?;
    if (200..300).contains(&answer.status) {
        // A payment, or a page with it; servers of the version before answer the question by the key with the payment
        // itself.
        let state = body["state"].as_str().or(body["payments"][0]["state"].as_str());
        return state.map(|state| FinalAnswer::State(state.to_owned()));
    }
    let is_problem = answer.header("content-type").is_some_and(|kind| kind.starts_with("application/problem+json"));
    match body["code"].as_str().filter(|_| is_problem)? {
        "key_in_use" | "key_reused" | "unavailable" | "fault" | "too_many" => None,
        "not_found" | "too_late" => Some(FinalAnswer::Never),
        code => Some(FinalAnswer::Refused(code.to_owned())),
    }
}

fn line(key: &str, outcome: &FinalAnswer, asked: u32, took: Duration) -> Value {
    let (what, detail) = match outcome {
        FinalAnswer::State(state) => ("state", state.as_str()),
        FinalAnswer::Never => ("never", ""),
        FinalAnswer::Refused(code) => ("refused", code.as_str()),
        FinalAnswer::Nothing => ("nothing", ""),
    };
    serde_json::json!({ "key": key, "outcome": what, "detail": detail, "asked": asked, "millis": took.as_millis() as u64 })
}
