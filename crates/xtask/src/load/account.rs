//! The reads of a signed-in member with ten thousand payments, beside payments of others: what the pages of the account
//! take where the history is longest.

use crate::pace::Pace;
use crate::payer::{self, Places};
use crate::{PAYERS, pay, print, workers};
use contract::payment::PaymentPage;
use xtask::failure::{Because, Failure, Result};
use xtask::http::{Connection, Response};

/// What is read, by the name of its row.
const READS: [(&str, &str); 8] = [
    ("overview: GET /account/overview", "/account/overview"),
    ("bills: GET /account/bills", "/account/bills"),
    ("balance: GET /balance", "/balance"),
    ("history: GET /payments", "/payments?limit=50"),
    ("history: GET /payments, as its page asks", "/payments?limit=50&totals=true"),
    ("history: GET /payments, in its middle", "/payments?limit=50&cursor={middle}"),
    ("history: GET /payments, returned ones", "/payments?limit=50&state=returned"),
    ("history: GET /spending", "/spending"),
];

/// The session of the member, and one read.
struct Read {
    cookie: String,
    path: String,
}

/// Each read by itself at a pace, while others pay.
pub fn run(places: &Places, rate: f64, read_rate: f64, seconds: f64, connections: usize) -> Result<()> {
    let cookie = sign_in(places)?;
    let middle = middle(places, &cookie)?;
    let payers = payer::find_all(places, PAYERS)?;
    let (payments, reads) = (Pace { rate: Some(rate), seconds }, Pace { rate: Some(read_rate), seconds });
    for (name, path) in READS {
        let read = [Read { cookie: cookie.clone(), path: format!("/api/v1{}", path.replace("{middle}", &middle)) }];
        let orders = payer::orders(places, &payers, payments.requests(usize::MAX), connections)?;
        let paying = workers(places, connections, &orders, pay)?;
        let reading = workers(places, connections, &read, get)?;
        let (read, paid) = std::thread::scope(|scope| {
            let paying = scope.spawn(|| payments.run(orders.len(), paying));
            (reads.run(usize::MAX, reading), paying.join())
        });
        let paid = paid.map_err(|_| Failure::new("Paying panicked."))?;
        if let Some(error) = paid.errors.first() {
            return Err(Failure::new(format!("A payment beside the reads failed: {error}")));
        }
        print(&format!("{name} at {read_rate}/s, beside {rate} payments/s"), &read);
    }
    Ok(())
}

/// The demo's member with the most payments.
fn sign_in(places: &Places) -> Result<String> {
    let member = payer::member_with_most_payments(places)?;
    let mut connection = Connection::open(&places.billing).because("Connecting to the billing API")?;
    let answer = crate::sign_in(&mut connection, places, &member).because("Signing in")?;
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
    cookie.ok_or_else(|| Failure::new(format!("Signing in: {} {}", answer.status, answer.text())))
}

/// The cursor of the page in the middle of ten thousand payments.
fn middle(places: &Places, cookie: &str) -> Result<String> {
    let mut connection = Connection::open(&places.billing).because("Connecting to the billing API")?;
    let mut cursor = String::new();
    for _ in 0..50 {
        let read = Read { cookie: cookie.to_owned(), path: format!("/api/v1/payments?limit=100{cursor}") };
        let answer = get(&mut connection, places, &read).because("Reading the history")?;
        let page: PaymentPage = serde_json::from_slice(&answer.body)
            .map_err(|_| Failure::new(format!("The history: {} {}", answer.status, answer.text())))?;
        let next = page.next.ok_or_else(|| Failure::new("The history ends before its middle."))?;
        cursor = format!("&cursor={next}");
    }
    Ok(cursor.trim_start_matches("&cursor=").to_owned())
}

fn get(connection: &mut Connection, _: &Places, read: &Read) -> std::io::Result<Response> {
    connection.send("GET", &read.path, &[("Cookie", &read.cookie)], &[])
}
