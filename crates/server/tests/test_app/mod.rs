//! The test app: a whole server for one case, with the real router over a fresh database with three memberships, and a
//! real processor over its own, reached through a connection that can be cut.

pub mod call;
pub mod captured_log;
mod charges;
pub mod database;
pub mod device;
pub mod gateway;
pub mod line;
pub mod mail_server;
mod members;
pub mod now;
mod paying;
mod rounds;
mod rows;
mod running;
pub mod seed;
pub mod servers;
pub mod text_gateway;
pub mod wire;

use axum::{Router, body::Body, extract::connect_info::MockConnectInfo, http::Request};
use call::{Call, Response};
use contract::Region;
use database::Database;
use gateway::Gateway;
use line::{Cut, Line};
pub use members::new_account;
use server::{
    billing::processor::Sandbox,
    clock::Clock,
    profile::Profile,
    settings::{Secrets, Settings},
    state::{App, State},
    store::Store,
};
use sqlx::AnyPool;
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;
use tower::ServiceExt;

/// The demo's.
pub const PROFILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/profile.toml");
pub const ORIGIN: &str = "http://pay.localhost";
pub const PROCESSOR: &str = "http://processor.localhost";
pub const SECRET: &str = "a secret that both programs share";
pub const PASSWORD: &str = "copper river lantern seven";
pub const VISA: &str = "4242424242424242";
pub const HSA: &str = "6011000990139424";
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
#[derive(Clone)]
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

        let database = Database::make_with_tables(crate::KIND, folder.path()).await;
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

    /// What was put off until after the answer is done.
    pub async fn jobs(&self) {
        server::jobs::queued::round(&self.state).await.unwrap();
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

    /// The next round, with nothing in between.
    pub async fn round(&self) {
        rounds::settle_payments(&self.state).await;
    }
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
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Response { status: parts.status, headers: parts.headers, text, bytes: bytes.into() }
}

/// `name=token` of the cookie that an answer sets.
pub fn cookie(answer: &Response) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
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
