//! What a payer does before paying: find the bills, see what is owed, hand a test card to the processor, agree to the
//! authorisation. Beside them, the members who can sign in. All of it happens before the clock of a measurement starts.

use contract::bill::BillList;
use contract::demo::DemoMember;
use contract::payment::{CardFunding, DraftShare, Method, OrderShare, PaymentDraft, PaymentOrder, PaymentToken, Terms};
use contract::portal::Portal;
use contract::session::{BillLookup, SessionView};
use contract::{
    Amount, CardBrand, Date, Email, Expiry, IdempotencyKey, Identifier, Identifiers, Instant, Locale, Money, PersonName,
};
use serde::de::DeserializeOwned;
use std::io::Read;
use std::sync::atomic::{AtomicUsize, Ordering};
use xtask::failure::{Because, Failure, Result};
use xtask::http::{Connection, Response};

pub struct Places {
    pub billing: String,
    pub processor: String,
    pub origin: String,
}

/// One demo member's session, with what it owes.
pub struct Payer {
    pub cookie: String,
    binding: String,
    portal: Portal,
    region: usize,
    today: Date,
    debit_day: Date,
    /// The server's clock when the bills were found, and when that was by ours.
    now: (Instant, std::time::Instant),
    /// Bills that can take a payment.
    bills: Vec<String>,
}

/// Ready to be sent.
pub struct Order {
    pub cookie: String,
    pub key: String,
    /// By the server's clock, until when it may begin.
    pub begin_by: Option<Instant>,
    pub body: Vec<u8>,
    /// What the page has the server name, and what it keeps while the order is being reviewed.
    token: Vec<u8>,
    draft: Vec<u8>,
}

/// Somebody with an account.
pub struct Member {
    pub credentials: Vec<u8>,
}

/// The first so many of the payers that `members.sql` adds: the drawn member over and over, each with a health record
/// number of their own.
pub fn find_all(places: &Places, payers: u32) -> Result<Vec<Payer>> {
    let mut connection = Connection::open(&places.billing).because("Connecting to the billing API")?;
    let portal: Portal = decode(connection.send("GET", "/api/v1/portal", &[], &[]), 200)?;
    let members: Vec<DemoMember> = decode(connection.send("GET", "/demo/members", &[], &[]), 200)?;
    let is_drawn = |member: &&DemoMember| member.identifiers.get(Identifier::Hrn).is_some_and(|hrn| hrn == "012345678");
    let drawn = members.iter().find(is_drawn).ok_or_else(|| Failure::new("The drawn member is not in the demo."))?;
    (1..=payers)
        .map(|number| {
            let hrn = (900_000_000 + number).to_string();
            let identifiers = Identifiers::of(drawn.identifiers.iter().chain([(Identifier::Hrn, hrn.as_str())]));
            let identifiers = identifiers.map_err(|problem| Failure::new(format!("{hrn}: {}", problem.key())))?;
            find(places, &mut connection, &portal, BillLookup { region: drawn.region, identifiers })
        })
        .collect()
}

/// Of the demo's who have an account, the one with the longest history.
pub fn member_with_most_payments(places: &Places) -> Result<Member> {
    let mut connection = Connection::open(&places.billing).because("Connecting to the billing API")?;
    let members: Vec<DemoMember> = decode(connection.send("GET", "/demo/members", &[], &[]), 200)?;
    let known = members.iter().filter(|member| member.password.is_some());
    let longest = known.max_by_key(|member| member.payments).ok_or_else(no_account)?;
    credentials(longest).unwrap_or_else(|| Err(no_account()))
}

/// Those of the demo's who have an account.
pub fn members(places: &Places) -> Result<Vec<Member>> {
    let mut connection = Connection::open(&places.billing).because("Connecting to the billing API")?;
    let members: Vec<DemoMember> = decode(connection.send("GET", "/demo/members", &[], &[]), 200)?;
    let known = members.iter().filter_map(credentials).collect::<Result<Vec<_>>>()?;
    if known.is_empty() { Err(no_account()) } else { Ok(known) }
}

fn no_account() -> Failure {
    Failure::new("No member of the demo has an account.")
}

/// `None` for somebody who has no account.
fn credentials(member: &DemoMember) -> Option<Result<Member>> {
    let password = member.password.as_ref()?;
    let credentials = encode(&serde_json::json!({ "user_id": member.email, "password": password }));
    Some(credentials.map(|credentials| Member { credentials }))
}

fn find(places: &Places, connection: &mut Connection, portal: &Portal, lookup: BillLookup) -> Result<Payer> {
    let headers = [("Content-Type", "application/json"), ("Origin", &*places.origin)];
    let found =
        connection.send("POST", "/api/v1/bill-lookups", &headers, &encode(&lookup)?).because("Finding bills")?;
    let cookie = found.header("set-cookie").and_then(|cookie| cookie.split(';').next()).unwrap_or_default().to_owned();
    let SessionView::Payer { now, capture_binding, .. } = decode(Ok(found), 201)? else {
        return Err(Failure::new("The session is not a payer's."));
    };
    let list: BillList = decode(connection.send("GET", "/api/v1/bills", &[("Cookie", &cookie)], &[]), 200)?;
    let region = portal.regions.iter().position(|profile| profile.region == lookup.region);
    Ok(Payer {
        cookie,
        binding: capture_binding,
        portal: portal.clone(),
        now: (now, std::time::Instant::now()),
        region: region.ok_or_else(|| Failure::new("The portal does not know the member's region."))?,
        today: list.today,
        debit_day: list.debit_day.unwrap_or(list.today),
        bills: list.bills.iter().filter(|bill| !bill.payable().is_zero()).map(|bill| bill.id.clone()).collect(),
    })
}

/// As many orders as asked for, over all payers in turn, each with a token of its own whose method is named.
pub fn orders(places: &Places, payers: &[Payer], wanted: usize, connections: usize) -> Result<Vec<Order>> {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let make = || -> Result<Vec<Order>> {
            let mut processor = Connection::open(&places.processor).because("Connecting to the processor")?;
            let mut billing = Connection::open(&places.billing).because("Connecting to the billing API")?;
            let mut own = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= wanted {
                    return Ok(own);
                }
                let order = order(places, &mut processor, &payers[number % payers.len()], number / payers.len(), None)?;
                keep_draft(places, &mut billing, &order)?;
                own.push(order);
            }
        };
        let makers: Vec<_> = (0..connections.min(8)).map(|_| scope.spawn(make)).collect();
        let mut all = Vec::with_capacity(wanted);
        for maker in makers {
            all.extend(maker.join().map_err(|_| Failure::new("Making orders panicked."))??);
        }
        Ok(all)
    })
}

fn keep_draft(places: &Places, billing: &mut Connection, order: &Order) -> Result<()> {
    let headers = [("Content-Type", "application/json"), ("Origin", &*places.origin), ("Cookie", &*order.cookie)];
    let named = billing.send("POST", "/api/v1/payment-methods", &headers, &order.token).because("Naming a method")?;
    // A server of the version before has no such call: its draft names the method.
    if named.status != 200 && named.status != 404 {
        return Err(Failure::new(format!("A method was not named: {} {}", named.status, named.text())));
    }
    let answer = billing.send("PUT", "/api/v1/payment-draft", &headers, &order.draft).because("Keeping a draft")?;
    if (200..300).contains(&answer.status) {
        return Ok(());
    }
    Err(Failure::new(format!("A draft was not kept: {} {}", answer.status, answer.text())))
}

/// One that may begin within so many milliseconds, or at any time.
pub fn order(
    places: &Places,
    processor: &mut Connection,
    payer: &Payer,
    turn: usize,
    within_millis: Option<i64>,
) -> Result<Order> {
    let token = token(places, processor, payer)?;
    let expiry = Expiry::parse("12/30").map_err(|problem| Failure::new(format!("12/30: {}", problem.key())))?;
    let method =
        Method::Card { brand: CardBrand::Visa, last4: "4242".to_owned(), expiry, funding: CardFunding::Credit };
    let refused = |what: &'static str| move |_| Failure::new(format!("{what} is not accepted."));
    let amount = Amount::parse("1.00").map_err(refused("The amount"))?;
    let region = payer.portal.regions[payer.region].region;
    let (portal, total) = (&payer.portal, amount.money());
    let (today, debit_day) = (payer.today, payer.debit_day);
    let terms = Terms { portal, region, today, debit_day, method: &method, total, from_balance: Money::ZERO, bills: 1 };
    let name = "Load Generator";
    let too_large = || Failure::new("The sum is too large.");
    let authorisation = terms.authorisation(name, Locale::En).ok_or_else(too_large)?;
    let (then, since) = payer.now;
    let elapsed = i64::try_from(since.elapsed().as_millis()).unwrap_or(0);
    let begin_by = within_millis.map(|within| then.plus_millis(elapsed + within));
    let (key, bill) = (new_key()?, payer.bills[turn % payer.bills.len()].clone());
    let draft = PaymentDraft {
        shares: vec![DraftShare { bill: bill.clone(), part: Some("1.00".to_owned()), paid_before: None }],
        method: Some(method.clone()),
        token: Some(token.clone()),
        payer_name: name.to_owned(),
        email: "load@example.org".to_owned(),
        key: Some(key.clone()),
        ..PaymentDraft::default()
    };
    let named = encode(&PaymentToken { token: token.clone() })?;
    let order = PaymentOrder {
        shares: vec![OrderShare { bill, amount, paid_before: None }],
        token,
        saved_method: None,
        save_method: false,
        save_consent: None,
        payer_name: PersonName::parse(name).map_err(refused("The name"))?,
        email: Some(Email::parse(&draft.email).map_err(refused("The e-mail address"))?),
        fee: terms.fee(),
        authorisation,
        locale: Locale::En,
        pay_again: true,
        begin_by,
        deposit: None,
        from_balance: None,
        household: None,
    };
    Ok(Order {
        cookie: payer.cookie.clone(),
        key: key.to_string(),
        begin_by,
        body: encode(&order)?,
        token: named,
        draft: encode(&draft)?,
    })
}

fn new_key() -> Result<IdempotencyKey> {
    let mut random = [0; 16];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut random))
        .because("/dev/urandom")?;
    Ok(IdempotencyKey::from_random(random))
}

/// What the capture frame does when the member has typed a card.
fn token(places: &Places, processor: &mut Connection, payer: &Payer) -> Result<String> {
    let card = serde_json::json!({
        "binding": payer.binding, "kind": "card", "number": "4242424242424242", "expiry": "12/30", "code": "123",
    });
    let origin = format!("http://{}", places.processor);
    let headers = [("Content-Type", "application/json"), ("Origin", &*origin)];
    let made: serde_json::Value =
        decode(processor.send("POST", "/capture/tokens", &headers, card.to_string().as_bytes()), 201)?;
    made["token"].as_str().map(str::to_owned).ok_or_else(|| Failure::new("The processor made no token."))
}

fn encode(value: &impl serde::Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).because("Writing JSON")
}

fn decode<Value: DeserializeOwned>(answer: std::io::Result<Response>, status: u16) -> Result<Value> {
    let answer = answer.because("Asking")?;
    if answer.status != status && answer.status != 200 {
        return Err(Failure::new(format!("{} {}", answer.status, answer.text())));
    }
    serde_json::from_slice(&answer.body).because("Reading an answer")
}
