//! A fake gateway for text messages on a loopback port: it takes them, or answers the next ones as a case has set.

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use serde_json::Value;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

#[derive(Default)]
struct Phones {
    answers: VecDeque<u16>,
    received: Vec<(Value, String, String)>,
}

#[derive(Clone)]
pub struct FakeTextGateway {
    pub url: String,
    phones: Arc<Mutex<Phones>>,
}

impl FakeTextGateway {
    pub async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/messages", listener.local_addr().unwrap());
        let phones = Arc::<Mutex<Phones>>::default();
        let router = Router::new().route("/messages", post(take)).route("/elsewhere", post(take));
        let router = router.with_state(phones.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, phones }
    }

    /// The statuses of the next answers; after them every message is taken. 307 leads to the same gateway.
    pub fn answers(&self, statuses: impl IntoIterator<Item = u16>) {
        self.phones.lock().unwrap().answers.extend(statuses);
    }

    /// Whom each message that was taken is for, and what it says.
    pub fn received(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let phones = self.phones.lock().unwrap();
        phones.received.iter().map(|(body, ..)| (text(&body["to"]), text(&body["text"]))).collect()
    }

    /// Secret and idempotency key, beside the id in the body.
    pub fn signed(&self) -> Vec<(String, String, String)> {
        let phones = self.phones.lock().unwrap();
        let of = |(body, secret, key): &(Value, String, String)| {
            (secret.clone(), key.clone(), body["id"].as_str().unwrap().to_owned())
        };
        phones.received.iter().map(of).collect()
    }
}

async fn take(State(phones): State<Arc<Mutex<Phones>>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let mut phones = phones.lock().unwrap();
    match phones.answers.pop_front() {
        Some(307) => Redirect::temporary("/elsewhere").into_response(),
        Some(status) => StatusCode::from_u16(status).unwrap().into_response(),
        None => {
            let header = |name: &str| headers[name].to_str().unwrap().to_owned();
            phones.received.push((body, header("authorization"), header("idempotency-key")));
            StatusCode::ACCEPTED.into_response()
        }
    }
}
