//! A fake gateway between billing and the processor: it responds by itself, over a real connection, in front of a real
//! processor, whether or not it has forwarded the request.

use axum::{
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use serde_json::Value;
use std::sync::{Arc, Mutex};

#[derive(Clone, Debug)]
pub struct Fault {
    /// Method and the beginning of the path with its query.
    pub to: &'static str,
    /// Whether the processor gets it.
    pub passes_on: bool,
    pub status: u16,
    pub kind: &'static str,
    /// `{key}` is the idempotency key of the question.
    pub body: String,
}

impl Fault {
    /// A document in the processor's place.
    pub fn json(to: &'static str, status: u16, body: impl ToString) -> Self {
        Self { to, passes_on: false, status, kind: "application/json", body: body.to_string() }
    }
    /// A proxy's page: the processor does not answer.
    pub fn silent(to: &'static str) -> Self {
        Self { to, passes_on: false, status: 502, kind: "text/html", body: String::new() }
    }
}

#[derive(Clone, Default)]
pub struct Gateway(Arc<Mutex<Vec<Fault>>>);

impl Gateway {
    /// These and no others, until they are taken away.
    pub fn answers(&self, faults: impl Into<Vec<Fault>>) {
        *self.0.lock().unwrap() = faults.into();
    }
    /// The processor lists these events and no others.
    pub fn lists_events(&self, events: Value) {
        self.answers([Fault::json("GET /v1/events", 200, events)]);
    }
    pub fn is_well(&self) {
        self.answers([]);
    }
}

pub async fn between(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let question = format!("{} {}", request.method(), request.uri());
    let fault = gateway.0.lock().unwrap().iter().find(|fault| question.starts_with(fault.to)).cloned();
    let Some(fault) = fault else { return next.run(request).await };
    let key = request.headers().get("idempotency-key").map(|key| key.to_str().unwrap().to_owned());
    if fault.passes_on {
        next.run(request).await;
    }
    let body = fault.body.replace("{key}", &key.unwrap_or_default());
    Response::builder()
        .status(StatusCode::from_u16(fault.status).unwrap())
        .header("content-type", fault.kind)
        .body(Body::from(body))
        .unwrap()
}
