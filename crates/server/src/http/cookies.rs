//! The cookies: the session's token, the entries of known devices, and the token of a browser that opened a receipt by
//! its link. Reads and writes them; their meaning is defined in `identity`.

use crate::{
    error::Error,
    identity::{
        browser::{Browser, IssuedTokens, entries},
        known_device::LASTS_MILLIS,
    },
    state::App,
    store::receipt_links::READER_MILLIS,
    token,
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};

const SESSION: &str = "kppay_session";
const DEVICE: &str = "kppay_device";
const READER: &str = "kppay_receipt";
/// How long a browser that opened a receipt by its link is known: as long as its row is kept.
const READER_SECONDS: i64 = READER_MILLIS / 1_000;

/// Over TLS the prefix makes browsers keep the cookie for this host and path only.
fn name(app: &App, name: &str) -> String {
    let prefix = if app.settings.is_over_tls() { "__Host-" } else { "" };
    format!("{prefix}{name}")
}

fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// The hash of the session token that the browser shows.
pub fn token_hash(app: &App, headers: &HeaderMap) -> Option<String> {
    value(headers, &name(app, SESSION)).map(token::hash)
}

impl FromRequestParts<App> for Browser {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self {
            token_hash: token_hash(app, &parts.headers),
            known: value(&parts.headers, &name(app, DEVICE)).map(entries).unwrap_or_default(),
            device: super::extract::device(&parts.headers),
        })
    }
}

/// Gives the browser what it is to keep.
pub fn keep(app: &App, kept: &IssuedTokens) -> HeaderMap {
    let session = kept.session.as_ref().map(|token| set(app, SESSION, token, "; SameSite=Lax", None));
    let device = kept.device.as_ref().map(|entries| {
        let seconds = LASTS_MILLIS / 1_000;
        set(app, DEVICE, entries, "; SameSite=Strict", Some(seconds))
    });
    [session, device].into_iter().flatten().flatten().map(|cookie| (header::SET_COOKIE, cookie)).collect()
}

/// What the browser was given when it opened a receipt by its link.
pub fn reader_token(app: &App, headers: &HeaderMap) -> Option<String> {
    value(headers, &name(app, READER)).map(str::to_owned)
}

pub fn keep_reader(app: &App, token: &str) -> HeaderMap {
    let cookie = set(app, READER, token, "; SameSite=Strict", Some(READER_SECONDS));
    cookie.into_iter().map(|cookie| (header::SET_COOKIE, cookie)).collect()
}

/// Makes it forget its session.
pub fn forget_session(app: &App) -> HeaderMap {
    let cookie = set(app, SESSION, "", "; SameSite=Lax", Some(0));
    cookie.into_iter().map(|cookie| (header::SET_COOKIE, cookie)).collect()
}

fn set(app: &App, cookie: &str, value: &str, same_site: &str, seconds: Option<i64>) -> Option<HeaderValue> {
    let secure = if app.settings.is_over_tls() { "; Secure" } else { "" };
    let age = seconds.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    let name = name(app, cookie);
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly{same_site}{secure}{age}")).ok()
}
