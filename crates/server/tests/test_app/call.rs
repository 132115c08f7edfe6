//! A test's request, as the app in a browser would send it unless the case says otherwise, and its response.

use super::Payer;
use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode},
};
use serde_json::Value;
use tokio::sync::oneshot;

pub struct Call {
    pub method: Method,
    pub path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Call {
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.parse().unwrap(), path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
    }
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }
    /// A write from one of our pages.
    pub fn write(method: &str, path: &str) -> Self {
        Self::new(method, path).header("origin", super::ORIGIN)
    }
    pub fn post(path: &str) -> Self {
        Self::write("POST", path)
    }
    pub fn by(self, payer: &Payer) -> Self {
        self.header("cookie", &payer.cookie)
    }
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }
    /// Another value of a header that is there already takes its place.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(there, _)| *there != name);
        self.headers.push((name, value.to_owned()));
        self
    }
    /// Beside the value that is there.
    pub fn also(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(there, _)| *there != name);
        self
    }
    pub fn json(self, body: &Value) -> Self {
        self.text(&body.to_string())
    }
    /// Said to be JSON.
    pub fn text(mut self, body: &str) -> Self {
        self.body = body.as_bytes().to_vec();
        self.header("content-type", "application/json")
    }
    pub fn request(mut self) -> Request<Body> {
        let body = std::mem::take(&mut self.body);
        self.head(Body::from(body))
    }
    /// The same request with a body that comes when it is finished, and a sign that somebody waits for it.
    pub fn held(mut self) -> (Request<Body>, Rest) {
        let body = std::mem::take(&mut self.body);
        let (is_asked, asked) = oneshot::channel();
        let (finish, rest) = oneshot::channel::<()>();
        let stream = futures_util::stream::once(async move {
            _ = is_asked.send(());
            _ = rest.await;
            Ok::<_, std::io::Error>(body)
        });
        (self.head(Body::from_stream(stream)), Rest { asked, finish })
    }
    fn head(self, body: Body) -> Request<Body> {
        let request = Request::builder().method(self.method).uri(self.path);
        let request = self.headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        request.body(body).unwrap()
    }
}

/// What is still to come of a request.
pub struct Rest {
    pub asked: oneshot::Receiver<()>,
    pub finish: oneshot::Sender<()>,
}

#[derive(Debug)]
pub struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Response {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
    /// `name=value` of one of the cookies that the answer sets.
    pub fn set_cookie(&self, name: &str) -> Option<&str> {
        let set = self.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
        set.filter_map(|line| line.split(';').next()).find(|pair| pair.split('=').next() == Some(name))
    }
    pub fn is_replayed(&self) -> bool {
        self.header("idempotency-replayed") == "true"
    }
    /// Refused so, in a problem document that says the same.
    #[track_caller]
    pub fn is_refused(&self, status: u16, code: &str) -> &Self {
        let body = self.json();
        assert_eq!((self.status.as_u16(), body["code"].as_str()), (status, Some(code)), "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(body["status"], status);
        assert_eq!(self.header("cache-control"), "no-store");
        self
    }
    #[track_caller]
    pub fn has_field_problem(&self, field: &str, problem: &str) {
        let errors = self.json()["errors"].clone();
        let blamed =
            errors.as_array().unwrap().iter().any(|error| error["field"] == field && error["problem"] == problem);
        assert!(blamed, "{field} {problem}: {errors}");
    }
    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
    /// A payment in this state.
    #[track_caller]
    pub fn is_payment(&self, status: u16, state: &str) -> &Self {
        self.is(status);
        assert_eq!(self.json()["state"], state, "{}", self.text);
        self
    }
}
