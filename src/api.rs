//! The client of the billing API: one file per resource, one method per call. The only module that knows HTTP.
//!
//! A request is never aborted: leaving a page, or running out of patience, stops waiting for the answer and nothing
//! else.

mod accounts;
mod balance;
mod bills;
mod drafts;
mod files;
mod household;
mod lookups;
mod methods;
mod notices;
mod payments;
mod portal;
mod profile;
mod proofs;
mod session;

pub use files::FileRequest;
pub use payments::{A_PAGE, MOST_A_PAGE};

use crate::{browser, error::ApiError};
use contract::{Instant, session::SessionView};
use gloo_net::http::{Method, RequestBuilder};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

/// How long an answer may take. A payment asks the processor in between; then the page says "we are checking".
const PATIENCE_MILLIS: u32 = 20_000;

/// How long after a session began an answer without one means that its cookie was not kept.
const NEW_MILLIS: i64 = 60_000;

/// Context: the way to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    base: String,
    /// Set whenever the server responds that the client is signed out.
    pub signed_out: RwSignal<u32>,
    /// When a session began in this page, and no answer has shown yet that the browser sends its cookie.
    began: RwSignal<Option<Instant>>,
}

impl Client {
    pub fn new(base: &str) -> Self {
        Self { base: base.to_owned(), signed_out: RwSignal::new(0), began: RwSignal::new(None) }
    }

    /// The one the app provides; outside of it (a test of one component) the default place's.
    pub fn here() -> Self {
        use_context().unwrap_or_else(|| Self::new(crate::config::API_BASE))
    }

    async fn ask<T: DeserializeOwned>(&self, method: Method, path: &str) -> Result<T, ApiError> {
        parse(&self.exchange(method, path, None, None).await?)
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
        key: Option<&str>,
    ) -> Result<T, ApiError> {
        let body = serde_json::to_string(body).map_err(|_| ApiError::Faulty)?;
        parse(&self.exchange(method, path, Some(body), key).await?)
    }

    /// As `send`, for calls that are answered without a body.
    async fn submit(&self, method: Method, path: &str, body: &impl Serialize) -> Result<(), ApiError> {
        let body = serde_json::to_string(body).map_err(|_| ApiError::Faulty)?;
        empty(&self.exchange(method, path, Some(body), None).await?)
    }

    fn put_while_leaving(&self, path: &str, body: &impl Serialize) {
        if let Ok(json) = serde_json::to_string(body) {
            browser::put_while_leaving(&format!("{}{path}", self.base), &json);
        }
    }

    /// As `ask`, for calls that are answered without a body.
    async fn call(&self, method: Method, path: &str) -> Result<(), ApiError> {
        empty(&self.exchange(method, path, None, None).await?)
    }

    /// Request, then status, then body. Not generic: one copy for all calls.
    async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        key: Option<&str>,
    ) -> Result<String, ApiError> {
        let exchange = async {
            let mut request = RequestBuilder::new(&format!("{}{path}", self.base)).method(method);
            if let Some(key) = key {
                request = request.header("Idempotency-Key", key);
            }
            let request = match body {
                Some(body) => request.header("Content-Type", "application/json").body(body),
                None => request.build(),
            };
            let answer = request.map_err(|_| ApiError::Faulty)?.send().await.map_err(|_| ApiError::Offline)?;
            // the connection may break in the middle of the body
            let body = answer.text().await.map_err(|_| ApiError::Offline)?;
            // Our server numbers each answer: an empty one without a number is somebody else's, and says nothing.
            if body.is_empty() && answer.headers().get("X-Request-Id").is_none() {
                return Err(ApiError::Faulty);
            }
            ApiError::read(answer.status(), &answer.headers().get("Content-Type").unwrap_or_default(), body)
        };
        self.note_session_end(path, in_time(exchange).await)
    }

    /// What an answer says about the session. "Signed out" as the first word about one that began a moment ago is about
    /// the cookie.
    fn note_session_end(&self, path: &str, answer: Result<String, ApiError>) -> Result<String, ApiError> {
        match answer {
            Err(ApiError::SignedOut) if self.has_just_begun() => return Err(ApiError::NoCookies),
            Err(ApiError::SignedOut) => self.signed_out.update(|times| *times += 1),
            // these two are answered to anybody
            Ok(_) if path != "/portal" && path != "/session" => self.began.set(None),
            _ => {}
        }
        answer
    }

    /// Looked up or signed in: from now on the cookie is to come along.
    fn begin(&self, view: SessionView) -> SessionView {
        self.began.set(Some(browser::now()));
        view
    }

    /// Later on the session may have ended by itself.
    fn has_just_begun(&self) -> bool {
        self.began.get_untracked().is_some_and(|began| browser::now() < began.plus_millis(NEW_MILLIS))
    }
}

fn parse<T: DeserializeOwned>(body: &str) -> Result<T, ApiError> {
    serde_json::from_str(body).map_err(|_| ApiError::Faulty)
}

/// A body where there should be none is not the API's response (a proxy's, for example), so it is no success.
fn empty(body: &str) -> Result<(), ApiError> {
    if body.is_empty() { Ok(()) } else { Err(ApiError::Faulty) }
}

/// The answer, or `TimedOut` if it takes longer than we wait.
async fn in_time<T>(answer: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
    let (mut answer, mut bell) = (pin!(answer), pin!(TimeoutFuture::new(PATIENCE_MILLIS)));
    poll_fn(|cx| match answer.as_mut().poll(cx) {
        Poll::Ready(result) => Poll::Ready(result),
        Poll::Pending => bell.as_mut().poll(cx).map(|()| Err(ApiError::TimedOut)),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_out_as_the_first_word_about_a_session_that_just_began_is_about_cookies() {
        Owner::new().with(|| {
            let client = Client::new("/api/v1");
            let note =
                |path: &str, answer: Result<&str, ApiError>| client.note_session_end(path, answer.map(str::to_owned));
            let signed_out = || Err(ApiError::SignedOut);
            assert_eq!(note("/bills", signed_out()), Err(ApiError::SignedOut), "nothing began here");
            client.begin(SessionView::Guest { now: Instant::from_millis(0) });
            assert!(note("/portal", Ok("{}")).is_ok());
            for _ in 0..2 {
                assert_eq!(note("/payment-draft", signed_out()), Err(ApiError::NoCookies));
            }
            assert_eq!(client.signed_out.get_untracked(), 1, "nobody was signed out by that");
            client.began.update(|began| *began = began.map(|began| began.plus_millis(-NEW_MILLIS)));
            assert_eq!(note("/second-factor", signed_out()), Err(ApiError::SignedOut), "it ended by itself since");
            client.begin(SessionView::Guest { now: Instant::from_millis(0) });
            assert!(note("/bills", Ok("{}")).is_ok());
            assert_eq!(note("/bills", signed_out()), Err(ApiError::SignedOut), "the cookie had come along");
            assert_eq!(client.signed_out.get_untracked(), 3);
        });
    }
}
