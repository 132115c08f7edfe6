//! A processor of its own for one case, reached through its router as browsers and the billing system reach it.

use axum::{
    body::{Body, to_bytes},
    extract::connect_info::MockConnectInfo,
    http::{HeaderMap, Request, StatusCode},
};
use contract::{Date, Instant};
use processor::{
    App, Processor,
    settings::{Secrets, Settings},
};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tempfile::TempDir;
use tower::ServiceExt;

pub const PARENT: &str = "https://portal.example.org";
pub const OWN: &str = "https://processor.test";
pub const SECRET: &str = "a secret that both programs share";
/// Still good while the new one is brought to everybody.
pub const SECRET_BEFORE: &str = "the secret that both shared before";
/// No digit: beside a token on the disk it must not spell a number that was typed.
pub const BINDING: &str = "onesessionofapayer";

pub struct Sandbox {
    pub app: App,
    pub folder: TempDir,
}

pub struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Response {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap().to_owned()
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// When every case begins: `KPPAY_TEST_NOW`, which cargo sets (`.cargo/config.toml`) unless the environment names
/// another moment.
#[expect(clippy::disallowed_methods, reason = "the moment of the run")]
pub fn now() -> Instant {
    let moment = std::env::var("KPPAY_TEST_NOW").unwrap();
    Instant::parse(&moment).unwrap()
}

/// `MM/YY`, of a card that is good for years.
pub fn expiry() -> String {
    format!("12/{:02}", (now().utc_date().year() + 4) % 100)
}

fn settings(folder: &TempDir, more: &[&str]) -> Settings {
    let secrets = Secrets::new(SECRET).with_before(SECRET_BEFORE);
    let (database, frame) = (folder.path().join("processor.db"), folder.path());
    let paths = ["--database", database.to_str().unwrap(), "--frame", frame.to_str().unwrap()];
    let parents = ["--parent-origin", PARENT, "--parent-origin", "http://127.0.0.1:8080"];
    let own = ["--public-origin", OWN];
    let own = if more.contains(&"--public-origin") { &[][..] } else { &own };
    let arguments = paths.iter().chain(&parents).chain(own).chain(more).map(|argument| (*argument).to_owned());
    Settings { clock: Some(now()), ..Settings::parse(arguments, secrets).unwrap() }
}

impl Sandbox {
    pub async fn open() -> Self {
        Self::open_with(&[]).await
    }
    pub async fn open_with(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { app: Processor::open(settings(&folder, more)).await.unwrap(), folder }
    }
    pub async fn open_at(moment: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { clock: Some(Instant::parse(moment).unwrap()), ..settings(&folder, &[]) };
        Self { app: Processor::open(settings).await.unwrap(), folder }
    }
    /// The program ends and starts anew over the same database, at the moment at which it started before.
    pub async fn again(self) -> Self {
        Self { app: Processor::open(settings(&self.folder, &[])).await.unwrap(), ..self }
    }

    pub async fn ask(&self, request: Request<Body>) -> Response {
        let peer = MockConnectInfo(SocketAddr::from(([192, 0, 2, 1], 1234)));
        let answer = processor::router(self.app.clone()).layer(peer).oneshot(request).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        Response { status, headers, text: String::from_utf8(body.to_vec()).unwrap() }
    }

    pub async fn get(&self, path: &str) -> Response {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// What the frame sends, from the frame's own origin.
    pub async fn types(&self, typed: Value) -> Response {
        self.types_from(OWN, typed.to_string()).await
    }
    pub async fn types_from(&self, origin: &str, body: impl Into<Body>) -> Response {
        self.posts("/capture/tokens", origin, body.into()).await
    }
    /// Whether a card is a credit card.
    pub async fn asks(&self, origin: &str, body: Value) -> Response {
        self.posts("/capture/funding", origin, body.to_string().into()).await
    }
    async fn posts(&self, path: &str, origin: &str, body: Body) -> Response {
        let request = Request::post(path).header("host", "processor.test").header("origin", origin);
        self.ask(request.body(body).unwrap()).await
    }

    pub async fn card(&self, number: &str) -> String {
        let typed =
            json!({"kind": "card", "binding": BINDING, "number": number, "expiry": expiry(), "code": code(number)});
        self.token_of(typed).await
    }
    pub async fn account(&self, number: &str) -> String {
        let typed = json!({"kind": "bank", "binding": BINDING, "routing": "011401533", "account": number, "account_kind": "checking"});
        self.token_of(typed).await
    }
    async fn token_of(&self, typed: Value) -> String {
        let made = self.types(typed).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        made.json()["token"].as_str().unwrap().to_owned()
    }

    /// As the billing system asks: with the secret.
    pub async fn bill(&self, path: &str) -> Response {
        self.ask(Request::get(path).header("authorization", format!("Bearer {SECRET}")).body(Body::empty()).unwrap())
            .await
    }
    pub async fn charge(&self, key: &str, token: &str, cents: i64) -> Response {
        self.charge_as(key, json!({"token": token, "binding": BINDING, "amount_cents": cents, "reference": "pay_1"}))
            .await
    }
    pub async fn charge_as(&self, key: &str, body: Value) -> Response {
        let request = Request::post("/v1/charges")
            .header("authorization", format!("Bearer {SECRET}"))
            .header("idempotency-key", key)
            .body(Body::from(body.to_string()));
        self.ask(request.unwrap()).await
    }
    pub async fn close(&self, key: &str) -> Response {
        let request =
            Request::post(format!("/v1/keys/{key}/close")).header("authorization", format!("Bearer {SECRET}"));
        self.ask(request.body(Body::empty()).unwrap()).await
    }
    pub async fn moves_to(&self, now: Instant) {
        let request = Request::post("/v1/clock").header("authorization", format!("Bearer {SECRET}"));
        let answer = self.ask(request.body(Body::from(json!({"now_millis": now.millis()}).to_string())).unwrap()).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
    }
    /// The afternoon on which banks answer, and a little more.
    pub async fn moves_past(&self, day: &Value) {
        let day = Date::parse(day.as_str().unwrap()).unwrap();
        self.moves_to(Instant::from_millis(day.days() * 86_400_000 + 16 * 3_600_000)).await;
    }

    /// Every byte that is on the disk: the database and what it keeps beside it.
    pub fn bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

pub fn code(number: &str) -> &'static str {
    if number.starts_with("37") { "1234" } else { "123" }
}
