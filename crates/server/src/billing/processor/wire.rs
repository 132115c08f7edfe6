//! The processor's JSON format: distinguishes the processor's own responses from anybody else's, and converts them to
//! our types. Knows no payment.

use super::{ChargeEvent, EventEntry, ListedCharge, ProcessorError};
use crate::{
    alarm::OncePerMinute,
    metrics,
    store::{
        settle::Verdict,
        verifications::{Progress, SmallDeposits},
    },
    token::is_id,
};
use contract::{
    Instant,
    payment::{Failure, Method, PaymentState},
};
use reqwest::header::CONTENT_TYPE;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// More is no answer of the processor's.
const MOST_BYTES: usize = 1 << 20;
static SILENT: OncePerMinute = OncePerMinute::new();
static UNINTELLIGIBLE: OncePerMinute = OncePerMinute::new();

/// Something in JSON came back; whether it is the processor's is seen by its form.
pub struct Reply {
    status: u16,
    body: Value,
}

impl Reply {
    pub async fn of(answer: Result<reqwest::Response, reqwest::Error>) -> Result<Self, ProcessorError> {
        let unanswered = |_| {
            metrics::PROCESSOR_UNANSWERED.add(1);
            ProcessorError::Unanswered
        };
        let mut answer = answer.map_err(|error| {
            if SILENT.is_due() {
                let (timeout, connect) = (error.is_timeout(), error.is_connect());
                tracing::warn!(timeout, connect, "the processor did not answer");
            }
            unanswered(())
        })?;
        let status = answer.status().as_u16();
        let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_json = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
        let mut bytes = Vec::new();
        while is_json && bytes.len() <= MOST_BYTES {
            match answer.chunk().await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(_) => return Err(unanswered(())),
            }
        }
        let body = if is_json { serde_json::from_slice(&bytes).ok() } else { None };
        let body = body.ok_or(()).map_err(|()| {
            // A gateway, or a firewall: it must not be taken for the processor's word, and somebody should look.
            log_unintelligible(status);
            unanswered(())
        })?;
        Ok(Self { status, body })
    }

    /// Refused with one of these codes, about this key if it is about one.
    pub fn refuses(&self, codes: &[&str], key: Option<&str>) -> bool {
        (400..500).contains(&self.status)
            && self.body["code"].as_str().is_some_and(|code| codes.contains(&code))
            && key.is_none_or(|key| self.body["idempotency_key"] == key)
    }

    pub fn decode<T: DeserializeOwned>(self) -> Result<T, ProcessorError> {
        let decoded = if (200..300).contains(&self.status) { serde_json::from_value(self.body).ok() } else { None };
        decoded.ok_or_else(|| {
            log_unintelligible(self.status);
            metrics::PROCESSOR_UNANSWERED.add(1);
            ProcessorError::Unanswered
        })
    }
}

fn log_unintelligible(status: u16) {
    if UNINTELLIGIBLE.is_due() {
        tracing::warn!(status, "an answer that is not the processor's, or one that can't be understood");
    }
}

#[derive(Deserialize)]
pub struct TokenFacts {
    pub method: Method,
    pub usable: bool,
}

#[derive(Deserialize)]
pub struct KeptToken {
    pub token: String,
    /// The one that it was asked for.
    pub made_of: String,
}

#[derive(Deserialize)]
pub struct ForgottenToken {
    pub forgotten: String,
}

#[derive(Deserialize)]
pub struct Verification {
    /// What it is about.
    token: String,
    state: String,
    arrives_at: Instant,
    tries_left: u8,
}

impl Verification {
    /// What it says of this token, in words that we know.
    pub fn of(self, token: &str) -> Result<SmallDeposits, ProcessorError> {
        let progress = match self.state.as_str() {
            "sent" => Progress::Sent,
            "verified" => Progress::Verified,
            "failed" => Progress::Failed,
            _ => return Err(unintelligible()),
        };
        if self.token != token {
            return Err(unintelligible());
        }
        Ok(SmallDeposits { progress, arrives_at: self.arrives_at, tries_left: self.tries_left })
    }
}

fn unintelligible() -> ProcessorError {
    log_unintelligible(200);
    ProcessorError::Unanswered
}

#[derive(Deserialize)]
pub struct Refund {
    pub idempotency_key: String,
    pub is_refused: bool,
}

#[derive(Deserialize)]
pub struct Charge {
    id: String,
    idempotency_key: String,
    #[serde(default)]
    amount_cents: Option<i64>,
    state: String,
    #[serde(default)]
    failure: Option<Failure>,
    #[serde(default)]
    made_at: Option<Instant>,
    #[serde(default)]
    sequence: Option<i64>,
}

#[derive(Deserialize)]
pub struct ClosedKey {
    pub idempotency_key: String,
    /// Must be there: `null` is what says that nothing was charged, and a form without it says nothing.
    #[serde(deserialize_with = "Option::deserialize")]
    pub charge: Option<Charge>,
}

impl Charge {
    /// What it says of a payment, if it is about that payment and in words that we know.
    pub fn verdict(self, payment: &str) -> Result<Verdict, ProcessorError> {
        let is_whole = self.idempotency_key == payment && is_id(&self.id) && self.amount_cents.is_some();
        let state = known(&self.state).filter(|_| is_whole);
        let state = state.ok_or_else(|| {
            log_unintelligible(200);
            ProcessorError::Unanswered
        })?;
        let Self { id, failure, amount_cents, sequence, .. } = self;
        let sequence = sequence.filter(|sequence| *sequence >= 0);
        Ok(Verdict { charge: Some(id), state, failure, cents: amount_cents, sequence })
    }

    pub fn listed(self) -> Result<ListedCharge, ProcessorError> {
        if !is_id(&self.id) || !is_id(&self.idempotency_key) {
            log_unintelligible(200);
            return Err(ProcessorError::Unanswered);
        }
        Ok(ListedCharge {
            state: known(&self.state),
            made_at: self.made_at.ok_or(ProcessorError::Unanswered)?,
            charge: self.id,
            key: self.idempotency_key,
            cents: self.amount_cents.unwrap_or_default(),
        })
    }
}

/// The contract takes a word it does not know for `processing`; a processor's may mean anything, so it is none here.
pub fn known(state: &str) -> Option<PaymentState> {
    let read = crate::store::from_word(state).ok()?;
    (read != PaymentState::Processing || state == "processing").then_some(read)
}

/// One entry of the list of events: each is read by itself, so that one that can't be read stops no other.
pub fn event_entry(entry: &Value) -> EventEntry {
    let id = |name: &str| entry[name].as_str().filter(|text| is_id(text)).map(str::to_owned);
    let sequence = entry["sequence"].as_i64().filter(|sequence| *sequence > 0);
    let event = || {
        let key = id("idempotency_key");
        Some(ChargeEvent {
            sequence: sequence?,
            charge: id("charge")?,
            // Without one it is found by its charge; one that can't be a key is no event.
            key: if entry["idempotency_key"].is_null() { None } else { Some(key?) },
            state: known(entry["state"].as_str()?)?,
            failure: serde_json::from_value(entry["failure"].clone()).ok()?,
            cents: serde_json::from_value(entry["amount_cents"].clone()).ok()?,
        })
    };
    EventEntry { sequence, event: event(), body: entry.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_state_that_nobody_knows_is_no_state() {
        assert_eq!(known("processing"), Some(PaymentState::Processing));
        assert_eq!(known("refunded"), Some(PaymentState::Refunded));
        for word in ["in_orbit", "", "Paid", "\"paid", "Processing"] {
            assert_eq!(known(word), None, "{word}");
        }
    }

    #[test]
    fn a_rejection_is_one_of_the_known_codes_about_this_key_with_a_status_that_says_so() {
        let said = |status, body| Reply { status, body };
        let codes = ["not_found"];
        assert!(said(404, json!({"code": "not_found", "idempotency_key": "a"})).refuses(&codes, Some("a")));
        for (status, body) in [
            (404, json!({"code": "not_found"})),
            (404, json!({"code": "not_found", "idempotency_key": "b"})),
            (404, json!({"code": "no_route", "idempotency_key": "a"})),
            (404, json!("not_found")),
            (404, json!({})),
            (502, json!({"code": "not_found", "idempotency_key": "a"})),
            (200, json!({"code": "not_found", "idempotency_key": "a"})),
        ] {
            assert!(!said(status, body.clone()).refuses(&codes, Some("a")), "{status} {body}");
        }
    }

    #[test]
    fn an_event_is_read_by_itself_and_kept_as_text_if_it_can_not_be() {
        let good =
            json!({"sequence": 7, "charge": "ch", "idempotency_key": "p", "state": "returned", "failure": "stopped"});
        let event = event_entry(&good).event.unwrap();
        assert_eq!((event.sequence, event.key.as_deref(), event.state), (7, Some("p"), PaymentState::Returned));
        assert_eq!(event.failure, Some(Failure::Stopped));
        let bad = event_entry(&json!({"sequence": 8, "charge": "ch", "state": "in_orbit"}));
        assert_eq!((bad.sequence, bad.event.is_none()), (Some(8), true));
        // What a database might not take as text is no event either.
        for (charge, key) in [("ch\0", json!("p")), ("ch", json!("p\0")), ("", json!("p")), ("ch", json!(7))] {
            let read = event_entry(&json!({"sequence": 9, "charge": charge, "idempotency_key": key, "state": "paid"}));
            assert_eq!((read.sequence, read.event), (Some(9), None), "{charge:?} {key}");
            assert!(!read.body.contains('\0'));
        }
        assert_eq!(event_entry(&json!({"sequence": -1, "charge": "ch", "state": "paid"})).event, None);
        assert_eq!(
            event_entry(&json!("nonsense")),
            EventEntry { sequence: None, event: None, body: "\"nonsense\"".to_owned() }
        );
    }
}
