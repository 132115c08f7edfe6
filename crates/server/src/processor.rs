//! The payment processor as billing sees it: what a token stands for, a charge, and what became of charges later. The trait is
//! where a plan plugs its real processor in; `Sandbox` speaks to the one in this repository. No card or account number ever
//! comes this way.

use crate::store::settle::Verdict;
use contract::{
    Instant, Money,
    payment::{Failure, Method, PaymentState},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[derive(Debug, PartialEq, Eq)]
pub enum ProcessorError {
    /// Unknown, used, expired, or another payer's token.
    TokenRefused,
    /// No answer, or none that can be understood: what was asked may have happened.
    Unreachable,
}

/// One charge to make. Asking again with the same `payment` gives the same charge.
#[derive(Clone, Debug)]
pub struct ChargeOrder<'a> {
    pub payment: &'a str,
    pub token: &'a str,
    pub binding: &'a str,
    pub amount: Money,
    /// What the member's statement will say.
    pub reference: &'a str,
}

/// Something that happened to a charge after its first answer.
#[derive(Clone, Debug, Deserialize)]
pub struct ChargeEvent {
    pub sequence: i64,
    pub charge: String,
    pub state: PaymentState,
    #[serde(default)]
    pub failure: Option<Failure>,
}

#[async_trait::async_trait]
pub trait Processor: Send + Sync {
    /// What a token stands for; refused when it cannot be charged by this payer.
    async fn method(&self, token: &str, binding: &str) -> Result<Method, ProcessorError>;
    async fn charge(&self, order: &ChargeOrder<'_>) -> Result<Verdict, ProcessorError>;
    /// In order, after a sequence number; a limited number at a time.
    async fn events(&self, after: i64) -> Result<Vec<ChargeEvent>, ProcessorError>;
    /// Demo only: its clock goes with ours.
    async fn set_clock(&self, now: Instant) -> Result<(), ProcessorError>;
}

pub struct Sandbox {
    http: reqwest::Client,
    url: String,
    secret: String,
}

#[derive(Deserialize)]
struct TokenFacts {
    method: Method,
    usable: bool,
}

#[derive(Serialize)]
struct ChargeBody<'a> {
    token: &'a str,
    binding: &'a str,
    amount_cents: i64,
    reference: &'a str,
}

#[derive(Deserialize)]
struct Charge {
    id: String,
    state: PaymentState,
    #[serde(default)]
    failure: Option<Failure>,
}

impl Sandbox {
    pub fn new(url: String, secret: String, patience: Duration) -> Result<Self, reqwest::Error> {
        // One provider for the whole process; a second call finds it there, which is as good.
        _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(patience).connect_timeout(Duration::from_secs(2)).build()?;
        Ok(Self { http, url, secret })
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<reqwest::Response, ProcessorError> {
        request.bearer_auth(&self.secret).send().await.map_err(|error| {
            tracing::warn!(timeout = error.is_timeout(), connect = error.is_connect(), "the processor did not answer");
            ProcessorError::Unreachable
        })
    }
}

async fn decode<T: serde::de::DeserializeOwned>(answer: reqwest::Response) -> Result<T, ProcessorError> {
    answer.json().await.map_err(|_| ProcessorError::Unreachable)
}

#[async_trait::async_trait]
impl Processor for Sandbox {
    async fn method(&self, token: &str, binding: &str) -> Result<Method, ProcessorError> {
        // Path segments are opaque here: anything but the processor's own alphabet is refused before it is sent.
        if token.is_empty()
            || token.len() > 128
            || !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        {
            return Err(ProcessorError::TokenRefused);
        }
        let url = format!("{}/v1/tokens/{token}?binding={binding}", self.url);
        let answer = self.send(self.http.get(url)).await?;
        match answer.status().as_u16() {
            200 => {
                let facts: TokenFacts = decode(answer).await?;
                if facts.usable { Ok(facts.method) } else { Err(ProcessorError::TokenRefused) }
            }
            404 | 409 | 410 | 422 => Err(ProcessorError::TokenRefused),
            _ => Err(ProcessorError::Unreachable),
        }
    }

    async fn charge(&self, order: &ChargeOrder<'_>) -> Result<Verdict, ProcessorError> {
        let body = ChargeBody {
            token: order.token,
            binding: order.binding,
            amount_cents: order.amount.cents(),
            reference: order.reference,
        };
        let request =
            self.http.post(format!("{}/v1/charges", self.url)).header("Idempotency-Key", order.payment).json(&body);
        let answer = self.send(request).await?;
        match answer.status().as_u16() {
            200..300 => {
                let charge: Charge = decode(answer).await?;
                Ok(Verdict { charge: Some(charge.id), state: charge.state, failure: charge.failure })
            }
            404 | 409 | 410 | 422 => Err(ProcessorError::TokenRefused),
            _ => Err(ProcessorError::Unreachable),
        }
    }

    async fn events(&self, after: i64) -> Result<Vec<ChargeEvent>, ProcessorError> {
        let answer = self.send(self.http.get(format!("{}/v1/events?after={after}", self.url))).await?;
        if answer.status().is_success() { decode(answer).await } else { Err(ProcessorError::Unreachable) }
    }

    async fn set_clock(&self, now: Instant) -> Result<(), ProcessorError> {
        let body = serde_json::json!({ "now_millis": now.millis() });
        let answer = self.send(self.http.post(format!("{}/v1/clock", self.url)).json(&body)).await?;
        if answer.status().is_success() { Ok(()) } else { Err(ProcessorError::Unreachable) }
    }
}
