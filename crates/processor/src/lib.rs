//! The sandbox payment processor: an origin of its own with the card-capture frame, tokens, charges, bank debits and
//! returns. Stands where a plan's real processor will stand. Knows payers as opaque bindings; bills, members and names
//! never come here.
//!
//! Reading order: `settings`, `sandbox` (which numbers do what), `store`, `capture` (what the frame sends), `issuer`
//! (what it asks while a number is typed), `charges` (what the billing system asks), `kept` (what is charged again),
//! `verification` (whose a bank account is), `frame` (the files browsers load), `headers` (of every answer), `limits`
//! (tokens by address).

pub mod capture;
pub mod charges;
pub mod frame;
pub mod headers;
pub mod issuer;
pub mod kept;
mod limits;
pub mod refunds;
pub mod sandbox;
pub mod settings;
pub mod store;
mod transaction;
pub mod verification;

use ::serve::{Tasks, clock::SteadyClock, process::machine_millis};
use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use contract::Instant;
use limits::AddressLimit;
use settings::Settings;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use store::Store;
use tokio::net::TcpListener;

/// The name of the one task.
const BANKS: &str = "banks";

pub type App = Arc<Processor>;

pub struct Processor {
    pub settings: Settings,
    pub store: Store,
    /// Who makes tokens, and how many.
    makers: AddressLimit,
    /// Who asks whether a card is a credit card, and how often.
    askers: AddressLimit,
    machine: SteadyClock,
    /// From the machine's clock to the moment that `--clock` names.
    start_millis: i64,
    /// How far `POST /v1/clock` has moved the time on since.
    moved_millis: AtomicI64,
}

impl Processor {
    pub async fn open(settings: Settings) -> Result<App, sqlx::Error> {
        let store = Store::open(&settings.database).await?;
        let start_millis = settings.clock.map_or(0, |moment| moment.millis() - machine_millis());
        let moved_millis = AtomicI64::new(store.clock_moved().await?);
        let [makers, askers] = [(); 2].map(|()| AddressLimit::new(settings.tokens_by_address));
        let machine = SteadyClock::default();
        Ok(Arc::new(Self { settings, store, makers, askers, machine, start_millis, moved_millis }))
    }

    pub fn now(&self) -> Instant {
        let started = self.machine.millis().saturating_add(self.start_millis);
        Instant::from_millis(started.saturating_add(self.moved_millis.load(Ordering::Relaxed)))
    }

    /// Time moves on, never back; a restart keeps it.
    pub async fn move_to(&self, now: Instant) -> Result<(), sqlx::Error> {
        let moved = self.store.move_clock(now.millis() - self.unmoved_millis()).await?;
        self.moved_millis.fetch_max(moved, Ordering::Relaxed);
        Ok(())
    }

    fn unmoved_millis(&self) -> i64 {
        machine_millis().saturating_add(self.start_millis)
    }
}

pub fn router(app: App) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok"))
        .route("/capture", get(frame::page))
        .route("/capture/{file}", get(frame::file))
        .route("/capture/tokens", post(capture::make_token))
        .route("/capture/funding", post(issuer::funding))
        .route("/v1/tokens/{token}", get(charges::token))
        .route("/v1/tokens/{token}/keep", post(kept::keep))
        .route("/v1/tokens/{token}/forget", post(kept::forget))
        .route("/v1/tokens/{token}/verification", post(verification::start))
        .route("/v1/tokens/{token}/verification/tries", post(verification::check))
        .route("/v1/small-deposits", get(verification::deposits))
        .route("/v1/charges", post(charges::charge).get(charges::list))
        .route("/v1/keys/{key}/close", post(charges::close_key))
        .route("/v1/charges/{id}", get(charges::by_id))
        .route("/v1/charges/{id}/refunds", post(refunds::refund))
        .route("/v1/events", get(charges::events))
        .route("/v1/clock", post(charges::set_clock))
        .layer(DefaultBodyLimit::max(16 * 1024))
        .layer(middleware::from_fn_with_state(app.clone(), headers::on_every_answer))
        .with_state(app)
}

/// Until `stop` is done.
pub async fn serve(app: App, listener: TcpListener, stop: impl Future<Output = ()>) {
    let tasks = Arc::new(Tasks::default());
    supervise(&app, &tasks);
    let limits = app.settings.connections().within(::serve::process::raise_descriptors());
    ::serve::run(listener, router(app), limits, stop).await;
    tasks.stop();
}

/// Starts what runs without a request, until `tasks.stop()`.
pub fn supervise(app: &App, tasks: &Arc<Tasks>) {
    let (app, own) = (app.clone(), tasks.clone());
    tasks.supervise(BANKS, move || settle_bank_debits(app.clone(), own.clone()));
}

/// Background task: every second the results of bank debits, every minute a clean-up of old rows.
async fn settle_bank_debits(app: App, tasks: Arc<Tasks>) {
    let mut rounds: u64 = 0;
    loop {
        if !matches!(tasks.step(BANKS, app.store.end_debits(app.now())).await, Some(Ok(()))) {
            tracing::error!("bank debits could not be answered");
        }
        if rounds.is_multiple_of(60)
            && !matches!(tasks.step(BANKS, app.store.sweep_tokens(app.now())).await, Some(Ok(())))
        {
            tracing::error!("old tokens could not be deleted");
        }
        rounds += 1;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Every error response: a status and an error code, without prose and without anything from the request.
#[derive(Debug)]
pub struct ErrorResponse(pub StatusCode, pub &'static str);

impl IntoResponse for ErrorResponse {
    fn into_response(self) -> Response {
        (self.0, Json(serde_json::json!({ "code": self.1 }))).into_response()
    }
}

impl From<sqlx::Error> for ErrorResponse {
    fn from(_: sqlx::Error) -> Self {
        tracing::error!("the database failed");
        Self(StatusCode::INTERNAL_SERVER_ERROR, "fault")
    }
}

/// An opaque name: a prefix that says what it names, and 128 random bits.
pub fn random_name(prefix: &str) -> Result<String, ErrorResponse> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| ErrorResponse(StatusCode::INTERNAL_SERVER_ERROR, "fault"))?;
    Ok(bytes.iter().fold(format!("{prefix}_"), |name, byte| format!("{name}{byte:02x}")))
}
