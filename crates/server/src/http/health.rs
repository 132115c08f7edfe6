//! Health checks and metrics. `/healthz`: the process is alive. `/readyz`: it can serve requests, or else the names of
//! the failed checks. `/metrics`: Prometheus metrics, on a listener of its own.

use crate::{metrics, state::App};
use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use serde_json::{Value, json};

pub fn router() -> Router<App> {
    Router::new().route("/healthz", get(async || "ok")).route("/readyz", get(ready))
}

/// What `--metrics` serves.
pub fn metrics() -> Router {
    Router::new().route("/metrics", get(figures))
}

async fn ready(State(app): State<App>) -> (StatusCode, Json<Value>) {
    let failed = app.readiness.failed(&app).await;
    metrics::NOT_READY.set(i64::try_from(failed.len()).unwrap_or(i64::MAX));
    let status = if failed.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": failed.is_empty(), "failed": failed })))
}

async fn figures() -> impl IntoResponse {
    metrics::TASK_ROUNDS.set(serve::tasks::steps());
    metrics::LOG_LINES_LOST.set(i64::try_from(serve::log::lost()).unwrap_or(i64::MAX));
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics::text())
}
