//! The load generator of `cargo xtask bench`: finds the demo members' bills as payers do, and sends payments, reads and
//! sign-ins at the pace asked for; the processor has made a token for each payment before. One JSON line a run on
//! standard output; `bench` makes the table.
//!
//! `load payments|account|sign-ins|chaos BILLING[,BILLING] PROCESSOR ORIGIN RATE READ_RATE SECONDS CONNECTIONS
//! [NAME=PROCESS,…]`: the CPU time of these processes is printed at the end.

#[path = "load/account.rs"]
mod account;
#[path = "load/chaos.rs"]
mod chaos;
#[path = "load/cores.rs"]
mod cores;
#[path = "load/pace.rs"]
mod pace;
#[path = "load/payer.rs"]
mod payer;

use crate::cores::{Cores, Spent};
use crate::pace::{Measured, Pace};
use crate::payer::{Member, Order, Payer, Places};
use std::net::Ipv4Addr;
use std::process::ExitCode;
use xtask::failure::{Because, Failure, Result};
use xtask::http::{Connection, Response};

fn main() -> ExitCode {
    match load() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn load() -> Result<()> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let usage = || {
        Failure::new(
            "load payments|account|sign-ins|chaos BILLING[,BILLING] PROCESSOR ORIGIN RATE READ_RATE SECONDS CONNECTIONS [NAME=PROCESS,…]",
        )
    };
    let [what, billing, processor, origin, rate, read_rate, seconds, connections, rest @ ..] = given.as_slice() else {
        return Err(usage());
    };
    let servers: Vec<String> = billing.split(',').map(str::to_owned).collect();
    let billing = servers.first().ok_or_else(usage)?;
    let places = Places { billing: billing.clone(), processor: processor.clone(), origin: origin.clone() };
    let [rate, read_rate, seconds] = [rate, read_rate, seconds].map(|text| text.parse::<f64>().unwrap_or(1.0));
    let connections: usize = connections.parse().because("CONNECTIONS")?;
    let cores = Cores::of(rest.first().map_or("", String::as_str));
    match what.as_str() {
        "payments" => payments(&places, &cores, rate, read_rate, seconds, connections),
        "account" => account::run(&places, rate, read_rate, seconds, connections),
        "sign-ins" => sign_ins(&places, read_rate, seconds, connections),
        "chaos" => chaos::run(&servers, &places, seconds, connections),
        _ => Err(usage()),
    }
}

/// Each pays a few times, as people do: limits on what one session asks are not met.
const PAYERS: u32 = 1000;

fn payments(places: &Places, cores: &Cores, rate: f64, read_rate: f64, seconds: f64, connections: usize) -> Result<()> {
    let paced = Pace { rate: Some(rate), seconds };
    let reads = Pace { rate: Some(read_rate), seconds };
    let full = Pace { rate: None, seconds: seconds / 2.0 };
    let payers = payer::find_all(places, PAYERS)?;
    let warm_up = payer::orders(places, &payers, 50, connections)?;
    Pace { rate: None, seconds: 5.0 }.run(warm_up.len(), workers(places, connections, &warm_up, pay)?);

    let orders = payer::orders(places, &payers, paced.requests(usize::MAX), connections)?;
    let paying = workers(places, connections, &orders, pay)?;
    print_with_cores(&format!("POST /payments at {rate}/s"), cores.during(|| paced.run(orders.len(), paying)));
    let reading = workers(places, connections, &payers, read)?;
    print_with_cores(&format!("GET /bills at {read_rate}/s"), cores.during(|| reads.run(usize::MAX, reading)));

    // It takes what it can get: twice the asked rate is more than that, or the run is shorter.
    let orders = payer::orders(places, &payers, (rate * full.seconds * 2.0) as usize, connections)?;
    let paying = workers(places, connections, &orders, pay)?;
    print_with_cores("POST /payments, as many as it takes", cores.during(|| full.run(orders.len(), paying)));
    Ok(())
}

/// Reads without and with as many clients as there are connections who sign in one after the other, and that twice:
/// what differs from round to round is the machine.
fn sign_ins(places: &Places, read_rate: f64, seconds: f64, connections: usize) -> Result<()> {
    let reads = Pace { rate: Some(read_rate), seconds };
    let full = Pace { rate: None, seconds };
    let payers = payer::find_all(places, PAYERS)?;
    let members = payer::members(places)?;
    Pace { seconds: 2.0, ..reads }.run(usize::MAX, workers(places, connections, &payers, read)?);
    print(
        "POST /session, one client alone",
        &Pace { seconds: 5.0, ..full }.run(usize::MAX, workers(places, 1, &members, sign_in)?),
    );
    for _ in 0..2 {
        let alone = reads.run(usize::MAX, workers(places, connections, &payers, read)?);
        print(&format!("GET /bills at {read_rate}/s"), &alone);
        let (readers, signers) =
            (workers(places, connections, &payers, read)?, workers(places, connections, &members, sign_in)?);
        let (beside, signed_in) = std::thread::scope(|scope| {
            let signing_in = scope.spawn(|| full.run(usize::MAX, signers));
            (reads.run(usize::MAX, readers), signing_in.join())
        });
        print(&format!("GET /bills at {read_rate}/s, while {connections} sign in"), &beside);
        let signed_in = signed_in.map_err(|_| Failure::new("Signing in panicked."))?;
        print(&format!("POST /session, those {connections} clients"), &signed_in);
    }
    Ok(())
}

fn print(what: &str, measured: &Measured) {
    println!("{}", row(what, measured));
}

/// Also the milliseconds of a core that each program took for one request, and the share of all cores that they took
/// together.
fn print_with_cores(what: &str, (measured, spent): (Measured, Spent)) {
    let mut row = row(what, &measured);
    let requests = (measured.micros.len() + measured.errors.len()).max(1) as f64;
    let each = spent.seconds.into_iter().map(|(name, seconds)| (name, (seconds * 1000.0 / requests).into()));
    row["core_ms"] = serde_json::Value::Object(each.collect());
    row["cores"] = spent.share.into();
    println!("{row}");
}

fn row(what: &str, measured: &Measured) -> serde_json::Value {
    serde_json::json!({
        "what": what,
        "per_second": measured.per_second(),
        "p50": measured.percentile(0.5),
        "p99": measured.percentile(0.99),
        "max": measured.percentile(1.0),
        "errors": measured.errors.len(),
        "first_error": measured.errors.first(),
    })
}

type Send<Thing> = fn(&mut Connection, &Places, &Thing) -> std::io::Result<Response>;

/// One worker a kept-alive connection, each from an address and a network of its own, as clients are: tries of one
/// account from one network would be slowed. Request number `n` is about thing `n`, over and over.
fn workers<'a, Thing: Sync>(
    places: &'a Places,
    connections: usize,
    things: &'a [Thing],
    send: Send<Thing>,
) -> Result<Vec<impl FnMut(usize) -> Result<(), String> + core::marker::Send + 'a>> {
    (0..connections)
        .map(|number| {
            let address = Ipv4Addr::new(127, 1, u8::try_from(number % 250).unwrap_or_default(), 1);
            let open = move || Connection::open_from(&places.billing, address);
            let mut connection = open().because("Connecting to the billing API")?;
            Ok(move |number: usize| {
                let thing = &things[number % things.len().max(1)];
                match send(&mut connection, places, thing) {
                    Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
                    Ok(answer) => Err(format!("{} {}", answer.status, answer.text())),
                    Err(error) => {
                        connection = open().map_err(|error| error.to_string())?;
                        Err(error.to_string())
                    }
                }
            })
        })
        .collect()
}

fn pay(connection: &mut Connection, places: &Places, order: &Order) -> std::io::Result<Response> {
    let headers = [
        ("Content-Type", "application/json"),
        ("Origin", &places.origin),
        ("Cookie", &order.cookie),
        ("Idempotency-Key", &order.key),
    ];
    connection.send("POST", "/api/v1/payments", &headers, &order.body)
}

fn read(connection: &mut Connection, _: &Places, payer: &Payer) -> std::io::Result<Response> {
    connection.send("GET", "/api/v1/bills", &[("Cookie", &payer.cookie)], &[])
}

fn sign_in(connection: &mut Connection, places: &Places, member: &Member) -> std::io::Result<Response> {
    let headers = [("Content-Type", "application/json"), ("Origin", &*places.origin)];
    connection.send("POST", "/api/v1/session", &headers, &member.credentials)
}
