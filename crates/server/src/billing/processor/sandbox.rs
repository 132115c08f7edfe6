//! The client of the payment processor in this repository, over HTTP: one request a call, and of each response only
//! what is about the very key of the request.

use super::{ChargeOrder, Closed, EventEntry, ListedCharge, NotChecked, Processor, ProcessorError, wire};
use crate::store::{settle::Verdict, verifications::SmallDeposits};
use contract::{
    Date, Instant, Money,
    demo::DemoDeposit,
    payment::{DepositAmounts, Method},
};
use serde::Serialize;
use std::time::Duration;

pub struct Sandbox {
    http: reqwest::Client,
    url: String,
    secret: String,
}

#[derive(Serialize)]
struct ChargeBody<'a> {
    token: &'a str,
    binding: &'a str,
    amount_cents: i64,
    reference: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_on: Option<Date>,
}

impl Sandbox {
    pub fn new(url: String, secret: String, patience: Duration) -> Result<Self, String> {
        Self::trusting(url, secret, patience, None)
    }

    /// Certificates are checked against what this machine trusts, and against those in `authority` (PEM), which must
    /// hold one.
    pub fn trusting(url: String, secret: String, patience: Duration, authority: Option<&[u8]>) -> Result<Self, String> {
        // One provider for the whole process; a second call finds it there, which is as good.
        _ = rustls::crypto::ring::default_provider().install_default();
        let more =
            authority.map(reqwest::Certificate::from_pem_bundle).transpose().map_err(|error| error.to_string())?;
        if more.as_ref().is_some_and(Vec::is_empty) {
            return Err("there is no PEM certificate in it".to_owned());
        }
        let http = reqwest::Client::builder().timeout(patience).connect_timeout(Duration::from_secs(2));
        // No redirects: the secret goes to the address that the operator named and nowhere else.
        let http = http.tls_certs_merge(more.unwrap_or_default()).redirect(reqwest::redirect::Policy::none()).build();
        Ok(Self { http: http.map_err(|error| error.to_string())?, url, secret })
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<wire::Reply, ProcessorError> {
        wire::Reply::of(request.bearer_auth(&self.secret).send().await).await
    }
    fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.get(format!("{}{path}", self.url))
    }
    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.post(format!("{}{path}", self.url))
    }
}

/// Path segments and queries are opaque here: anything but the processor's own alphabet is refused before it is sent.
fn is_plain(name: &str) -> bool {
    (1..=128).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[async_trait::async_trait]
impl Processor for Sandbox {
    async fn method(&self, token: &str, binding: &str) -> Result<Method, ProcessorError> {
        if !is_plain(token) || !is_plain(binding) {
            return Err(ProcessorError::Refused);
        }
        let said = self.send(self.get(&format!("/v1/tokens/{token}?binding={binding}"))).await?;
        if said.refuses(&["not_found", "token_used"], None) {
            return Err(ProcessorError::Refused);
        }
        let facts: wire::TokenFacts = said.decode()?;
        if facts.usable { Ok(facts.method) } else { Err(ProcessorError::Refused) }
    }

    async fn keep(&self, token: &str, binding: &str, owner: &str) -> Result<String, ProcessorError> {
        if !is_plain(token) {
            return Err(ProcessorError::Refused);
        }
        let body = serde_json::json!({ "binding": binding, "owner": owner });
        let said = self.send(self.post(&format!("/v1/tokens/{token}/keep")).json(&body)).await?;
        if said.refuses(&["not_found", "token_used"], None) {
            return Err(ProcessorError::Refused);
        }
        let kept: wire::KeptToken = said.decode()?;
        if kept.made_of == token { Ok(kept.token) } else { Err(ProcessorError::Unanswered) }
    }

    async fn forget(&self, token: &str, owner: &str) -> Result<(), ProcessorError> {
        if !is_plain(token) {
            return Err(ProcessorError::Refused);
        }
        let body = serde_json::json!({ "owner": owner });
        let said = self.send(self.post(&format!("/v1/tokens/{token}/forget")).json(&body)).await?;
        let forgotten: wire::ForgottenToken = said.decode()?;
        if forgotten.forgotten == token { Ok(()) } else { Err(ProcessorError::Unanswered) }
    }

    async fn send_small_deposits(&self, token: &str, owner: &str) -> Result<SmallDeposits, ProcessorError> {
        if !is_plain(token) {
            return Err(ProcessorError::Refused);
        }
        let body = serde_json::json!({ "owner": owner });
        let said = self.send(self.post(&format!("/v1/tokens/{token}/verification")).json(&body)).await?;
        if said.refuses(&["not_found", "no_bank_account"], None) {
            return Err(ProcessorError::Refused);
        }
        said.decode::<wire::Verification>()?.of(token)
    }

    async fn check_small_deposits(
        &self,
        token: &str,
        owner: &str,
        typed: DepositAmounts,
    ) -> Result<SmallDeposits, NotChecked> {
        if !is_plain(token) {
            return Err(ProcessorError::Refused.into());
        }
        let body = serde_json::json!({ "owner": owner, "amounts": [typed.first, typed.second] });
        let said = self.send(self.post(&format!("/v1/tokens/{token}/verification/tries")).json(&body)).await?;
        if said.refuses(&["too_early"], None) {
            return Err(NotChecked::TooEarly);
        }
        if said.refuses(&["not_found", "no_bank_account"], None) {
            return Err(ProcessorError::Refused.into());
        }
        Ok(said.decode::<wire::Verification>()?.of(token)?)
    }

    async fn charge(&self, order: &ChargeOrder<'_>) -> Result<Verdict, ProcessorError> {
        let body = ChargeBody {
            token: order.token,
            binding: order.binding,
            amount_cents: order.amount.cents(),
            reference: order.reference,
            send_on: order.send_on,
        };
        let said = self.send(self.post("/v1/charges").header("Idempotency-Key", order.payment).json(&body)).await?;
        if said.refuses(&["not_found", "token_used", "key_reused", "key_closed"], Some(order.payment)) {
            return Err(ProcessorError::Refused);
        }
        said.decode::<wire::Charge>()?.verdict(order.payment)
    }

    async fn refund(&self, refund: &str, charge: &str, amount: Money) -> Result<(), ProcessorError> {
        if !is_plain(charge) {
            return Err(ProcessorError::Unanswered);
        }
        let body = serde_json::json!({ "amount_cents": amount.cents() });
        let request = self.post(&format!("/v1/charges/{charge}/refunds")).header("Idempotency-Key", refund);
        let said: wire::Refund = self.send(request.json(&body)).await?.decode()?;
        match said {
            wire::Refund { idempotency_key, .. } if idempotency_key != refund => Err(ProcessorError::Unanswered),
            wire::Refund { is_refused: true, .. } => Err(ProcessorError::Refused),
            wire::Refund { .. } => Ok(()),
        }
    }

    async fn charge_of(&self, payment: &str) -> Result<Option<Verdict>, ProcessorError> {
        if !is_plain(payment) {
            return Err(ProcessorError::Unanswered);
        }
        let said = self.send(self.get(&format!("/v1/charges?idempotency_key={payment}"))).await?;
        if said.refuses(&["not_found"], Some(payment)) {
            return Ok(None);
        }
        said.decode::<wire::Charge>()?.verdict(payment).map(Some)
    }

    async fn close(&self, payment: &str) -> Result<Closed, ProcessorError> {
        if !is_plain(payment) {
            return Err(ProcessorError::Unanswered);
        }
        let said = self.send(self.post(&format!("/v1/keys/{payment}/close"))).await?;
        let closed: wire::ClosedKey = said.decode()?;
        match closed {
            wire::ClosedKey { idempotency_key, .. } if idempotency_key != payment => Err(ProcessorError::Unanswered),
            wire::ClosedKey { charge: Some(charge), .. } => charge.verdict(payment).map(Closed::Charged),
            wire::ClosedKey { charge: None, .. } => Ok(Closed::Never),
        }
    }

    async fn events(&self, after: i64) -> Result<Vec<EventEntry>, ProcessorError> {
        let said = self.send(self.get(&format!("/v1/events?after={after}"))).await?;
        let events: Vec<serde_json::Value> = said.decode()?;
        Ok(events.iter().map(wire::event_entry).collect())
    }

    async fn charges(&self, after: Option<&str>, since: Instant) -> Result<Vec<ListedCharge>, ProcessorError> {
        let mut path = format!("/v1/charges?since={}", since.millis());
        if let Some(after) = after.filter(|after| is_plain(after)) {
            path.push_str(&format!("&after={after}"));
        }
        let said = self.send(self.get(&path)).await?;
        let charges: Vec<wire::Charge> = said.decode()?;
        charges.into_iter().map(wire::Charge::listed).collect()
    }

    async fn bank_statements(&self) -> Result<Vec<DemoDeposit>, ProcessorError> {
        self.send(self.get("/v1/small-deposits")).await?.decode()
    }

    async fn set_clock(&self, now: Instant) -> Result<(), ProcessorError> {
        let body = serde_json::json!({ "now_millis": now.millis() });
        let request = self.post("/v1/clock").bearer_auth(&self.secret).json(&body);
        let answer = request.send().await.map_err(|_| ProcessorError::Unanswered)?;
        if answer.status().is_success() { Ok(()) } else { Err(ProcessorError::Unanswered) }
    }
}
