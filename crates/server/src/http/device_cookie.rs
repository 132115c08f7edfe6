//! The cookie by which a browser is known that signed in before: reads and writes it; what is in it is `known_device`'s.

use super::extract;
use crate::{
    known_device::{Entry, LASTS_MILLIS, MOST},
    state::App,
    store::accounts::Account,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use contract::Instant;
use data_encoding::BASE64URL_NOPAD;

fn entries(app: &App, headers: &HeaderMap) -> Vec<Entry> {
    let value = extract::cookie(headers, cookie_name(app)).unwrap_or_default();
    value.split('.').filter_map(Entry::parse).take(MOST).collect()
}

fn cookie_name(app: &App) -> &'static str {
    if app.settings.is_over_tls() { "__Host-kppay_device" } else { "kppay_device" }
}

/// The name of the browser that asks, if it signed in to this account before, with the password it has now. The name is random,
/// and the same for as long as the browser keeps its cookie. Takes as long for an account that nobody has.
pub fn of(app: &App, headers: &HeaderMap, account: Option<&Account>, now: Instant) -> Option<String> {
    let id = account.map_or("", |account| account.id.as_str());
    let since = account.map_or(now, |account| account.password_changed_at);
    let entries = entries(app, headers);
    let own = entries.iter().filter(|entry| app.known_devices.is_of(entry, id)).find(|entry| entry.counts(since, now));
    own.filter(|_| account.is_some()).map(|entry| BASE64URL_NOPAD.encode(&entry.name))
}

/// The header that makes the browser a known one of this account from `now` on.
pub fn known(app: &App, headers: &HeaderMap, account: &str, now: Instant) -> Option<(HeaderName, HeaderValue)> {
    Some((header::SET_COOKIE, cookie(app, headers, account, now)?))
}

/// Its value.
pub fn cookie(app: &App, headers: &HeaderMap, account: &str, now: Instant) -> Option<HeaderValue> {
    let (own, others): (Vec<_>, Vec<_>) =
        entries(app, headers).into_iter().partition(|entry| app.known_devices.is_of(entry, account));
    let name = match own.first() {
        Some(entry) => entry.name,
        None => crate::factors::random()?,
    };
    let others = others.into_iter().filter(|entry| entry.counts(Instant::from_millis(0), now)).take(MOST - 1);
    let all = [app.known_devices.sign(account, name, now)].into_iter().chain(others);
    let value = all.map(|entry| entry.text()).collect::<Vec<_>>().join(".");
    let secure = if app.settings.is_over_tls() { "; Secure" } else { "" };
    let age = LASTS_MILLIS / 1_000;
    let cookie = format!("{}={value}; Path=/; HttpOnly; SameSite=Strict{secure}; Max-Age={age}", cookie_name(app));
    HeaderValue::from_str(&cookie).ok()
}
