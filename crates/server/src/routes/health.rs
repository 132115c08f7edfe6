//! `/healthz`: the process lives. `/readyz`: it can do its work.

use crate::state::App;
use axum::{Router, extract::State, http::StatusCode, routing::get};

pub fn router() -> Router<App> {
    Router::new().route("/healthz", get(async || "ok")).route("/readyz", get(ready))
}

async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.store.is_ready().await {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "no database")
    }
}
