//! The test app: a whole server for one case, with the real router over a fresh database with three memberships, and a
//! real processor over its own, reached through a connection that can be cut.

pub mod call;
pub mod captured_log;
pub mod database;
pub mod device;
pub mod gateway;
pub mod line;
pub mod mail_server;
pub mod now;
mod rounds;
pub mod seed;
pub mod wire;

use axum::{Router, body::Body, extract::connect_info::MockConnectInfo, http::Request};
use call::{Call, Response};
use contract::{
    Amount, Instant, Locale, Region,
    payment::{Method, Terms},
};
use database::Database;
use gateway::Gateway;
use line::{Cut, Line};
use seed::Member;
use serde_json::{Value, json};
use server::{
    billing::processor::Sandbox,
    clock::Clock,
    profile::Profile,
    settings::{Secrets, Settings},
    state::{App, State},
    store::Store,
};
use sqlx::{AnyPool, AssertSqlSafe, Row};
use std::{
    net::SocketAddr,
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tower::ServiceExt;

/// The demo's.
pub const PROFILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/profile.toml");
pub const ORIGIN: &str = "http://pay.localhost";
pub const PROCESSOR: &str = "http://processor.localhost";
pub const SECRET: &str = "a secret that both programs share";
pub const PASSWORD: &str = "copper river lantern seven";
pub const VISA: &str = "4242424242424242";
pub const DECLINED: &str = "4000000000000002";
pub const PAYS: &str = "000123456789";
pub const RETURNS: &str = "000111111116";

pub struct TestApp {
    pub state: App,
    pub line: Arc<Line>,
    /// On the way to the processor.
    pub gateway: Gateway,
    /// Where billing finds the processor.
    pub processor_url: String,
    pub database_url: String,
    router: Router,
    processor: processor::App,
    /// The processor's own file, read beside it.
    charges: AnyPool,
    pub folder: TempDir,
    _database: Database,
}

/// Somebody with a session.
pub struct Payer {
    pub cookie: String,
    pub binding: String,
    pub region: Region,
    pub name: &'static str,
}

impl TestApp {
    pub async fn open() -> Self {
        Self::open_with(&["--public-origin", ORIGIN]).await
    }

    pub async fn open_with(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("processor.db");
        let (database, frame) = (file.to_str().unwrap(), folder.path().to_str().unwrap());
        let origins = ["--public-origin", PROCESSOR, "--parent-origin", ORIGIN, "--tokens", "1000000"];
        let files = ["--listen", "127.0.0.1:0", "--database", database, "--frame", frame];
        let settings = origins.iter().chain(&files).map(|argument| (*argument).to_owned());
        let mut settings =
            processor::settings::Settings::parse(settings, processor::settings::Secrets::new(SECRET)).unwrap();
        settings.clock = Some(now::now());
        let processor = processor::Processor::open(settings).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let gateway = Gateway::default();
        let between = axum::middleware::from_fn_with_state(gateway.clone(), gateway::between);
        let reached = processor::router(processor.clone()).layer(between);
        tokio::spawn(axum::serve(listener, reached.into_make_service_with_connect_info::<SocketAddr>()).into_future());

        let database = Database::make(crate::KIND, folder.path()).await;
        let store = Store::open(&database.url).await.unwrap();
        seed::seed(&store).await;
        let more = ["--database-url", &database.url, "--processor-url", &url];
        let profile = if arguments.contains(&"--profile") { &[][..] } else { &["--profile", PROFILE] };
        let arguments = arguments.iter().chain(&more).chain(profile).map(|argument| (*argument).to_owned());
        let settings = Settings::parse(arguments, secrets()).unwrap();
        let profile = Profile::read(settings.profile.as_deref().unwrap()).unwrap();
        let line = Arc::new(Line::new(Sandbox::new(url.clone(), SECRET.to_owned(), Duration::from_secs(10)).unwrap()));
        let state = State::new(settings, profile, store, Clock::starting_at(now::now()), line.clone());
        let address = SocketAddr::from(([192, 0, 2, 1], 1234));
        let router = server::http::service(&state).unwrap().layer(MockConnectInfo(address));
        let charges = AnyPool::connect(&format!("sqlite://{}", file.display())).await.unwrap();
        Self {
            state,
            line,
            gateway,
            processor_url: url,
            database_url: database.url.clone(),
            router,
            processor,
            charges,
            folder,
            _database: database,
        }
    }

    pub async fn ask(&self, call: Call) -> Response {
        ask(self.router.clone(), call).await
    }

    /// Of what is not part of the API, by its whole path.
    pub async fn ask_outside(&self, call: Call) -> Response {
        ask_outside(self.router.clone(), call).await
    }

    /// Another server over the same database and the same line, with connections of its own.
    pub async fn second_server(&self) -> (App, Router) {
        let store = Store::open(&self.state.settings.database_url).await.unwrap();
        let state = State::new(
            self.state.settings.clone(),
            profile(),
            store,
            Clock::starting_at(self.state.clock.unmoved()),
            self.line.clone(),
        );
        let address = SocketAddr::from(([192, 0, 2, 2], 1234));
        let router = server::http::service(&state).unwrap().layer(MockConnectInfo(address));
        (state, router)
    }

    /// A second server on the same database, which knows nothing of this one.
    pub async fn beside(&self) -> ServerAtClock {
        let store = Store::open(&self.database_url).await.unwrap();
        self.server(store, Clock::starting_at(self.state.clock.now()))
    }

    /// This server under another clock.
    pub fn at_clock(&self, clock: Clock) -> ServerAtClock {
        self.server(self.state.store.clone(), clock)
    }

    /// Over a store of the case, under a clock of its own.
    pub fn server(&self, store: Store, clock: Clock) -> ServerAtClock {
        let state = State::new(self.state.settings.clone(), profile(), store, clock, self.line.clone());
        let address = SocketAddr::from(([192, 0, 2, 2], 1234));
        ServerAtClock { router: server::http::service(&state).unwrap().layer(MockConnectInfo(address)) }
    }

    /// A call that runs on while the case does something else.
    pub fn start(&self, mut call: Call) -> JoinHandle<Response> {
        call.path.insert_str(0, "/api/v1");
        tokio::spawn(answer(self.router.clone(), call.request()))
    }

    /// Until a call waits for a lock that the case holds, or was answered all the same. PostgreSQL says who waits.
    /// SQLite has one writer, and nobody can see who waits for it: a second is enough for what comes before.
    pub async fn until_it_waits(&self, call: &JoinHandle<Response>) {
        let waits =
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        for _ in 0..if crate::KIND == database::Kind::Postgres { 1_000 } else { 50 } {
            if call.is_finished() || (crate::KIND == database::Kind::Postgres && self.number(waits).await > 0) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends a call all but its body, and waits until the server waits for that.
    pub async fn hold(&self, mut call: Call) -> Held {
        call.path.insert_str(0, "/api/v1");
        let (request, rest) = call.held();
        let answer = tokio::spawn(answer(self.router.clone(), request));
        rest.asked.await.expect("the server reads the body");
        Held { answer, finish: rest.finish }
    }

    /// Every row of every table, as text: for what must change nothing.
    pub async fn everything(&self) -> String {
        self.everything_but(&[]).await
    }
    pub async fn everything_but(&self, but: &[&str]) -> String {
        let tables = if crate::KIND == database::Kind::Sqlite {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        } else {
            "SELECT tablename::TEXT FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        };
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&self.state.store.read).await.unwrap();
        let mut all = String::new();
        for table in tables.iter().filter(|table| !table.starts_with('_') && !but.contains(&table.as_str())) {
            let rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table}")));
            let mut rows: Vec<String> =
                rows.fetch_all(&self.state.store.read).await.unwrap().iter().map(row_text).collect();
            rows.sort();
            all.push_str(&format!("{table}\n{}\n", rows.join("\n")));
        }
        all
    }

    pub async fn look_up(&self, member: &'static Member) -> Payer {
        let found = self.ask(Call::post("/bill-lookups").json(&member.lookup())).await;
        let view = found.is(201).json();
        Payer {
            cookie: cookie(&found),
            binding: view["capture_binding"].as_str().unwrap().to_owned(),
            region: member.region.parse().unwrap(),
            name: member.name,
        }
    }

    /// Asks for an account with a statement, up to the e-mails: nothing is confirmed.
    pub async fn apply(&self, member: &'static Member, email: &str) -> Payer {
        let payer = self.look_up(member).await;
        let begun = self.ask(Call::post("/registrations").by(&payer)).await;
        let id = begun.is(201).json()["id"].as_str().unwrap().to_owned();
        let account = new_account(member, email);
        self.ask(Call::post(&format!("/registrations/{id}/account")).by(&payer).json(&account)).await.is(202);
        self.jobs().await;
        payer
    }

    /// Registers, as somebody who reads the e-mails to the new address and to the one on file.
    pub async fn register(&self, member: &'static Member, email: &str) -> Payer {
        let payer = self.apply(member, email).await;
        self.confirm(&self.link(email).await, &self.code().await).await.is(204);
        payer
    }

    pub async fn confirm(&self, token: &str, code: &str) -> Response {
        let body = json!({ "token": token, "password": PASSWORD, "code": code });
        self.ask(Call::post("/email-confirmations").json(&body)).await
    }

    /// The newest code that went to the address on file; empty if none did.
    pub async fn code(&self) -> String {
        let emails = self.state.store.emails(50).await.unwrap();
        let mut lines = emails.iter().filter(|email| email.to.to_string() == seed::ON_FILE);
        let code = lines.find_map(|email| email.text.lines().find(|line| line.len() == 11 && line.contains('-')));
        code.unwrap_or_default().to_owned()
    }

    /// A member who signs in with the tests' password.
    pub async fn sign_in(&self, email: &str) -> Payer {
        self.sign_in_with(email, PASSWORD, None).await
    }

    pub async fn sign_in_with(&self, email: &str, password: &str, before: Option<&Payer>) -> Payer {
        let call = Call::post("/session").json(&json!({ "user_id": email, "password": password }));
        let answer = self.ask(before.into_iter().fold(call, Call::by)).await;
        let view = answer.is(200).json();
        Payer {
            cookie: cookie(&answer),
            binding: view["capture_binding"].as_str().unwrap().to_owned(),
            region: view["membership"]["region"].as_str().unwrap().parse().unwrap(),
            name: "Ana O’Neill",
        }
    }

    /// What was put off until after the answer is done.
    pub async fn jobs(&self) {
        server::jobs::queued::round(&self.state).await.unwrap();
    }

    /// The secret of the link in the newest e-mail to an address.
    pub async fn link(&self, to: &str) -> String {
        let emails = self.state.store.emails(50).await.unwrap();
        let email = emails.iter().find(|email| email.to.to_string() == to && email.text.contains('#'));
        let text = &email.expect("an e-mail with a link").text;
        text.split('#').nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
    }

    /// As the capture frame would: straight to the processor.
    async fn capture(&self, typed: Value) -> String {
        let body = Body::from(typed.to_string());
        let request = Request::post("/capture/tokens").header("origin", PROCESSOR).body(body).unwrap();
        let peer = MockConnectInfo(SocketAddr::from(([192, 0, 2, 1], 1234)));
        let made = answer(processor::router(self.processor.clone()).layer(peer), request).await;
        made.is(201).json()["token"].as_str().unwrap().to_owned()
    }

    pub async fn card(&self, payer: &Payer, number: &str) -> String {
        let typed = json!({
            "kind": "card", "binding": payer.binding, "number": number, "expiry": now::expiry(), "code": "123",
        });
        self.capture(typed).await
    }

    pub async fn bank(&self, payer: &Payer, account: &str) -> String {
        self.capture(json!({
            "kind": "bank", "binding": payer.binding, "routing": "021000021", "account": account, "account_kind": "checking",
        }))
        .await
    }

    /// What the server says that a token stands for.
    pub async fn method(&self, payer: &Payer, token: &str) -> Response {
        self.ask(Call::post("/payment-methods").by(payer).json(&json!({ "token": token }))).await
    }

    /// The order that the app would send for these bills; cases change it.
    pub async fn order(&self, payer: &Payer, token: &str, shares: &[(&str, &str)]) -> Value {
        let method = self.state.processor.method(token, &payer.binding).await.unwrap();
        self.order_with(payer, token, &method, shares)
    }

    pub fn order_with(&self, payer: &Payer, token: &str, method: &Method, shares: &[(&str, &str)]) -> Value {
        let amounts = shares.iter().map(|(_, amount)| Amount::parse(amount).unwrap().money());
        let total = contract::Money::sum(amounts).unwrap();
        let (portal, region, today) = (&self.state.portal, payer.region, self.state.today(payer.region));
        let debit_day = self.state.debit_day(region, self.state.clock.now());
        let terms = Terms { portal, region, today, debit_day, method, total, bills: shares.len() };
        let authorisation = terms.authorisation(payer.name, Locale::En);
        let shares: Vec<_> = shares.iter().map(|(bill, amount)| json!({ "bill": bill, "amount": amount })).collect();
        json!({
            "shares": shares, "token": token, "payer_name": payer.name, "email": "ana@example.org", "fee": terms.fee(),
            "authorisation": authorisation.unwrap_or_default(), "locale": "en",
        })
    }

    pub async fn pay(&self, payer: &Payer, key: &str, order: &Value) -> Response {
        self.ask(Call::post("/payments").by(payer).key(key).json(order)).await
    }

    /// Pays these bills by card, with a token and a key of their own.
    pub async fn pay_by_card(&self, payer: &Payer, shares: &[(&str, &str)]) -> Response {
        let token = self.card(payer, VISA).await;
        let order = self.order(payer, &token, shares).await;
        self.pay(payer, &new_key(), &order).await
    }

    /// What the key says, and then what the payment says that it named.
    pub async fn by_key(&self, payer: &Payer, key: &str) -> Response {
        self.by_query(payer, &format!("idempotency_key={key}")).await
    }

    /// The question a page asks after an order that might have begun until then.
    pub async fn by_key_until(&self, payer: &Payer, key: &str, begin_by: Instant) -> Response {
        self.by_query(payer, &format!("idempotency_key={key}&begin_by={begin_by}")).await
    }

    async fn by_query(&self, payer: &Payer, query: &str) -> Response {
        let found = self.ask(Call::get(&format!("/payments?{query}")).by(payer)).await;
        if found.status != 200 {
            return found;
        }
        let page = found.json();
        assert_eq!((page["payments"].as_array().unwrap().len(), &page["next"]), (1, &Value::Null));
        let row = &page["payments"][0];
        let payment = self.ask(Call::get(&format!("/payments/{}", row["id"].as_str().unwrap())).by(payer)).await;
        assert_eq!(row["state"], payment.json()["state"]);
        payment
    }

    /// Both clocks; what the banks have to say by then is said.
    pub async fn move_clock(&self, seconds: i64) {
        self.state.clock.move_on(seconds * 1_000);
        self.state.processor.set_clock(self.state.clock.now()).await.unwrap();
    }

    /// Half a minute later the server looks after what was left undone.
    pub async fn recover(&self) {
        self.line.cut(Cut::Nowhere);
        self.state.clock.move_on(30_000);
        rounds::settle_payments(&self.state).await;
    }

    pub fn processor_now(&self) -> contract::Instant {
        self.processor.now()
    }

    /// Something happened to the only charge of a payment: the processor's own word for it, and an event that tells.
    pub async fn becomes(&self, payment: &str, state: &str) {
        for sql in [
            "UPDATE charge SET state = '\"' || $2 || '\"' WHERE idempotency_key = $1",
            "INSERT INTO event (charge, state, at) SELECT id, '\"' || $2 || '\"', 0 FROM charge WHERE idempotency_key = $1",
        ] {
            let done = sqlx::query(sql).bind(payment).bind(state).execute(&self.charges).await.unwrap();
            assert_eq!(done.rows_affected(), 1);
        }
    }
    /// In the processor's own database.
    pub async fn at_the_processor(&self, sql: &str) {
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&self.charges).await.unwrap();
    }
    /// Of the only charge there is.
    pub async fn charge_id(&self) -> String {
        sqlx::query_scalar("SELECT id FROM charge").fetch_one(&self.charges).await.unwrap()
    }
    /// The next round, with nothing in between.
    pub async fn round(&self) {
        rounds::settle_payments(&self.state).await;
    }

    pub fn asked(&self) -> usize {
        self.line.asked.load(Ordering::SeqCst)
    }

    /// One number of billing's database.
    pub async fn number(&self, sql: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&self.state.store.read).await.unwrap()
    }
    pub async fn text(&self, sql: &str) -> String {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&self.state.store.read).await.unwrap()
    }
    pub async fn payments(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM payment").await
    }
    /// The processor's own count.
    pub async fn charges(&self) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM charge").fetch_one(&self.charges).await.unwrap()
    }
    pub async fn charged_cents(&self) -> i64 {
        let sql = "SELECT COALESCE(SUM(amount_cents), 0) FROM charge";
        sqlx::query_scalar(sql).fetch_one(&self.charges).await.unwrap()
    }
    /// When the processor's one bank debit comes to an end, in milliseconds since 1970.
    pub async fn debit_ends_at(&self) -> i64 {
        sqlx::query_scalar("SELECT ends_at FROM charge WHERE ends_at IS NOT NULL")
            .fetch_one(&self.charges)
            .await
            .unwrap()
    }
    /// Balance, and how much of it is reserved.
    pub async fn owes(&self, bill: &str) -> (i64, i64) {
        let of = |column| format!("SELECT {column} FROM bill WHERE id = '{bill}'");
        (self.number(&of("balance_cents")).await, self.number(&of("pending_cents")).await)
    }

    /// Nothing was begun, nobody was charged, and the books are right.
    pub async fn assert_nothing_happened(&self) {
        assert_eq!((self.payments().await, self.charges().await, self.asked()), (0, 0, 0));
        assert_eq!(self.number("SELECT COUNT(*) FROM bill WHERE pending_cents > 0").await, 0);
        self.assert_books_balance().await;
    }

    pub async fn assert_books_balance(&self) {
        for (what, wrong) in [
            (
                "entries that do not sum to zero",
                "(SELECT entry FROM ledger_posting GROUP BY entry HAVING SUM(cents) <> 0) AS t",
            ),
            (
                "bills that are not the sum of their lines",
                "bill WHERE balance_cents <> (SELECT SUM(you_owe_cents) FROM bill_line WHERE bill = bill.id) \
                 OR pending_cents <> (SELECT SUM(pending_cents) FROM bill_line WHERE bill = bill.id)",
            ),
            (
                "lines that do not add up",
                "bill_line WHERE billed_cents <> discount_cents + plan_paid_cents + you_paid_cents + you_owe_cents",
            ),
            (
                "memberships whose receivable is not what they paid",
                "membership WHERE (SELECT SUM(you_paid_cents) FROM bill_line JOIN bill ON bill.id = bill_line.bill \
                 WHERE bill.membership = membership.id) <> (SELECT -COALESCE(SUM(cents), 0) FROM ledger_posting \
                 WHERE account = 'receivable:' || membership.id)",
            ),
            (
                "reservations of no payment",
                "bill WHERE pending_cents <> (SELECT COALESCE(SUM(amount_cents), 0) FROM payment_share JOIN payment \
                 ON payment.id = payment_share.payment WHERE payment_share.bill = bill.id AND state IN ('scheduled', 'processing'))",
            ),
        ] {
            assert_eq!(self.number(&format!("SELECT COUNT(*) FROM {wrong}")).await, 0, "{what}");
        }
    }
}

/// See `TestApp::beside`.
pub struct ServerAtClock {
    router: Router,
}

impl ServerAtClock {
    pub async fn ask(&self, mut call: Call) -> Response {
        call.path.insert_str(0, "/api/v1");
        answer(self.router.clone(), call.request()).await
    }
}

/// A call whose body is on its way.
pub struct Held {
    answer: JoinHandle<Response>,
    finish: tokio::sync::oneshot::Sender<()>,
}

impl Held {
    pub async fn finish(self) -> Response {
        _ = self.finish.send(());
        self.answer.await.unwrap()
    }
}

fn row_text(row: &sqlx::any::AnyRow) -> String {
    let cells = (0..row.len()).map(|at| {
        let text = row.try_get::<Option<String>, _>(at);
        text.unwrap_or_else(|_| row.try_get::<Option<i64>, _>(at).unwrap().map(|number| number.to_string()))
    });
    cells.map(|cell| cell.unwrap_or_else(|| "NULL".to_owned())).collect::<Vec<_>>().join("|")
}

pub async fn ask(router: Router, mut call: Call) -> Response {
    call.path.insert_str(0, "/api/v1");
    ask_outside(router, call).await
}

pub async fn ask_outside(router: Router, call: Call) -> Response {
    answer(router, call.request()).await
}

async fn answer(router: Router, request: Request<Body>) -> Response {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    Response { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
}

/// `name=token` of the cookie that an answer sets.
pub fn cookie(answer: &Response) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

pub fn new_account(member: &Member, email: &str) -> Value {
    let zip = member.identifiers.iter().find(|(name, _)| *name == contract::Identifier::Zip).unwrap().1;
    json!({
        "terms_version": 1, "first_name": "Ana", "last_name": "O’Neill", "email": email, "phone": "+15105550134",
        "address": { "line1": "1 Harbor Street", "line2": null, "city": "Oakland", "state": "CA", "zip": zip },
        "locale": "en", "password": PASSWORD,
    })
}

/// Long enough for a server that is no demo.
pub fn profile() -> Profile {
    Profile::read(Path::new(PROFILE)).unwrap()
}

pub fn secrets() -> Secrets {
    let pepper = "a pepper that is kept apart from the database".to_owned();
    Secrets { processor: SECRET.to_owned(), pepper, ..Secrets::default() }
}

pub fn new_key() -> String {
    uuid::Uuid::new_v4().to_string()
}
