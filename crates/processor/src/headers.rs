//! Security headers of every response, error responses, faults and the router's own 404 included. What a handler set
//! itself stays: the frame's files may be embedded, nothing else may.

use crate::App;
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TWO_YEARS: &str = "max-age=63072000; includeSubDomains";

pub async fn on_every_answer(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let hsts = app.settings.is_over_tls().then_some((header::STRICT_TRANSPORT_SECURITY, TWO_YEARS));
    let always = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, NOTHING),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in always.into_iter().chain(hsts) {
        answer.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    answer
}
