//! The reference billing API: a real server over a real database, and the static files of the app.
//!
//! Reading order: `settings`, `clock`, `state`; `store` (the only SQL); `processor` (the only way to the processor); `paying`
//! (how a payment happens once); `jobs` (everything that runs without a request); `caller` and `refusal` (who asks, and every way to say no); `session_tokens` (how sessions
//! begin and go on); `routes` (one file a
//! resource). Beside them what does not know the rest: `assets`, `factors`, `fingerprint`, `headers`, `known_device` (which browsers signed
//! in before), `mail`, `metrics`, `passwords`, `readiness`, `receipt_pdf`, `turns`, `words`, and `demo`. `limits` has every rate limit, by the client's
//! network (`client_address`), account, session or statement.

pub mod alarm;
pub mod assets;
pub mod caller;
pub mod client_address;
pub mod clock;
pub mod demo;
pub mod factors;
pub mod fingerprint;
pub mod headers;
pub mod jobs;
pub mod known_device;
pub mod limits;
pub mod mail;
pub mod metrics;
pub mod openapi;
pub mod passwords;
pub mod paying;
pub mod processor;
pub mod readiness;
pub mod receipt_pdf;
pub mod refusal;
pub mod routes;
pub mod session_tokens;
pub mod settings;
pub mod state;
pub mod store;
pub mod turns;
pub mod words;

use axum::Router;
use state::App;

/// Everything one listener serves: the API, the demo's calls where there is a demo, and the app's files.
pub fn service(app: &App) -> std::io::Result<Router> {
    let security = headers::Security {
        processor_origin: app.settings.processor_public_url.clone(),
        is_over_tls: app.settings.is_over_tls(),
        isolates_embedder: app.settings.isolates_embedder,
        ..headers::Security::default()
    };
    let router = routes::router(app.clone());
    let router = match &app.settings.dist {
        Some(dist) => router.merge(assets::by_name(assets::router(dist.clone()), &app.settings.public_origin)),
        None => router,
    };
    Ok(security.guard(router))
}
