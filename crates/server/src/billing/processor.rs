//! The payment processor's interface: what a token stands for, charges, the state of a key, and events. The trait is
//! where a plan plugs its real processor in; `Sandbox` is the client of the one in this repository. No card or account
//! number ever passes through here.
//!
//! What counts as a response: JSON of the processor's own form, about the very key of the request. An HTTP status says
//! nothing by itself, since everything on the way can make one: a gateway in the middle of a deployment, a firewall, a
//! wrong route.

mod wire;

use crate::store::{settle::Verdict, verifications::SmallDeposits};
use contract::{
    Date, Instant, Money,
    demo::DemoDeposit,
    payment::{DepositAmounts, Failure, Method, PaymentState},
};
use serde::Serialize;
use std::time::Duration;

#[derive(Debug, PartialEq, Eq)]
pub enum ProcessorError {
    /// In the processor's own words: the token is unknown, used, expired or another payer's, or the key was closed or
    /// used before. It says nothing about an earlier ask with the same key: `close` does.
    Refused,
    /// No answer, or none that can be understood: what was asked may have happened.
    Unanswered,
}

/// Why two amounts were not compared.
#[derive(Debug, PartialEq, Eq)]
pub enum NotChecked {
    /// The deposits are not in the account yet.
    TooEarly,
    NoAnswer(ProcessorError),
}

impl From<ProcessorError> for NotChecked {
    fn from(error: ProcessorError) -> Self {
        Self::NoAnswer(error)
    }
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
    /// The day on which a bank debit is handed to the bank, as the payer agreed. `None` for a card: it is charged at
    /// once.
    pub send_on: Option<Date>,
}

/// What a key is good for after it was closed.
#[derive(Debug, PartialEq, Eq)]
pub enum Closed {
    Charged(Verdict),
    /// There is no charge, and there never will be one, whatever is still on its way.
    Never,
}

/// Something that happened to a charge after its first answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeEvent {
    pub sequence: i64,
    pub charge: String,
    /// Our payment's id, if the processor says it.
    pub key: Option<String>,
    pub state: PaymentState,
    pub failure: Option<Failure>,
    /// The charge's, if the processor says it.
    pub cents: Option<i64>,
}

/// One entry of the processor's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventEntry {
    pub sequence: Option<i64>,
    /// None if it can't be understood: an unknown state, a field missing, no event at all.
    pub event: Option<ChargeEvent>,
    /// As it came.
    pub body: String,
}

/// A charge as the processor lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCharge {
    pub charge: String,
    /// A payment's id, if the charge is one of this server's.
    pub key: String,
    pub cents: i64,
    /// None if we don't know the word.
    pub state: Option<PaymentState>,
    pub made_at: Instant,
}

#[async_trait::async_trait]
pub trait Processor: Send + Sync {
    /// What a token stands for; refused when it cannot be charged by this payer.
    async fn method(&self, token: &str, binding: &str) -> Result<Method, ProcessorError>;
    /// A token that may be charged again and again, with the owner as its binding, of one that was typed, which can be
    /// charged all the same. Asking again gives the same one.
    async fn keep(&self, token: &str, binding: &str, owner: &str) -> Result<String, ProcessorError>;
    /// Deletes a kept token with the number that it stands for. Charges that were made of it go on. Asking again is
    /// answered as the first time, and so is asking about one that is not there.
    async fn forget(&self, token: &str, owner: &str) -> Result<(), ProcessorError>;
    /// Sends two small deposits to the bank account of a kept token. Asking again sends no more, and says what the
    /// first time said or what came of it since.
    async fn send_small_deposits(&self, token: &str, owner: &str) -> Result<SmallDeposits, ProcessorError>;
    /// Whether these are their amounts, in any order. The same two asked about again are no other try.
    async fn check_small_deposits(
        &self,
        token: &str,
        owner: &str,
        typed: DepositAmounts,
    ) -> Result<SmallDeposits, NotChecked>;
    async fn charge(&self, order: &ChargeOrder<'_>) -> Result<Verdict, ProcessorError>;
    /// Gives a part of a charge back, or all of it. Asking again with the same `refund` gives the same answer. Refused:
    /// nothing goes back under it, now or later.
    async fn refund(&self, refund: &str, charge: &str, amount: Money) -> Result<(), ProcessorError>;
    /// What became of a key: its charge, or that there is none so far. One may still be on its way.
    async fn charge_of(&self, payment: &str) -> Result<Option<Verdict>, ProcessorError>;
    /// Sees to it that nothing is charged under a key from now on, unless it was before. A processor that can't close
    /// keys answers `Unanswered` as long as an ask may be under way or the token may be charged, and then what
    /// `charge_of` says.
    async fn close(&self, payment: &str) -> Result<Closed, ProcessorError>;
    /// In order, after a sequence number, and numbered without gaps of more than a hundred; a limited number at a time.
    async fn events(&self, after: i64) -> Result<Vec<EventEntry>, ProcessorError>;
    /// Charges made since then, in the order they were made, a limited number at a time: those after the charge named;
    /// none at the end.
    async fn charges(&self, after: Option<&str>, since: Instant) -> Result<Vec<ListedCharge>, ProcessorError>;
    /// Demo only: what bank statements say of small deposits, the newest first.
    async fn bank_statements(&self) -> Result<Vec<DemoDeposit>, ProcessorError>;
    /// Demo only: its clock goes with ours.
    async fn set_clock(&self, now: Instant) -> Result<(), ProcessorError>;
}

/// An entry of the events, from how it came.
pub fn understood(body: &str) -> EventEntry {
    serde_json::from_str(body).map_or_else(
        |_| EventEntry { sequence: None, event: None, body: body.to_owned() },
        |entry: serde_json::Value| wire::event_entry(&entry),
    )
}

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
