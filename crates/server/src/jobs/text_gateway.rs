//! The client of the operator's gateway for text messages, whose protocol is in docs/sms.md: one call a message, with
//! the secret as a bearer token and the message's id as its idempotency key.

use crate::store::texts::DueText;
use serde_json::json;
use std::{sync::Arc, time::Duration};

const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub struct TextGateway {
    http: reqwest::Client,
    url: Arc<str>,
    secret: Arc<str>,
    pub(super) patience: Duration,
}

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// It never will be.
    Refused,
    /// The number's owner wrote STOP.
    Stopped,
    NotNow,
}

impl TextGateway {
    /// No redirects: numbers and the secret go to the address that the operator named and nowhere else.
    pub fn new(url: &str, secret: &str) -> Result<Self, String> {
        // One provider for the whole process; a second call finds it there, which is as good.
        _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(PATIENCE).connect_timeout(Duration::from_secs(2));
        let http = http.redirect(reqwest::redirect::Policy::none()).build().map_err(|error| error.to_string())?;
        Ok(Self { http, url: url.into(), secret: secret.into(), patience: PATIENCE })
    }

    pub async fn hand_over(&self, text: &DueText) -> Result<(), NotTaken> {
        let body = json!({ "id": text.id, "to": text.to.to_string(), "text": text.text }).to_string();
        let call = self.http.post(&*self.url).bearer_auth(&self.secret).header("idempotency-key", &text.id);
        let call = call.header(reqwest::header::CONTENT_TYPE, "application/json").body(body);
        match call.send().await.map(|answer| answer.status().as_u16()) {
            Ok(200..=299) => Ok(()),
            Ok(410) => Err(NotTaken::Stopped),
            // Of the message. Anything else can be of the secret, the address, the load.
            Ok(400 | 422) => Err(NotTaken::Refused),
            Ok(status) => {
                tracing::warn!(status, "the gateway for text messages did not take one");
                Err(NotTaken::NotNow)
            }
            Err(error) => {
                let (timeout, connect) = (error.is_timeout(), error.is_connect());
                tracing::warn!(timeout, connect, "the gateway for text messages did not answer");
                Err(NotTaken::NotNow)
            }
        }
    }
}
