//! The browser of a request: its session token, its known-device entries and its name, and the tokens that the response
//! issues. Knows no cookie's name and no header: `http::cookies` reads and writes them.

use super::known_device::{Entry, MOST};
use crate::{error::Result, state::App, store::accounts::Account, token};
use contract::Instant;
use data_encoding::BASE64URL_NOPAD;

#[derive(Default)]
pub struct Browser {
    /// The hash of the session token that it shows.
    pub token_hash: Option<String>,
    /// The accounts that it says it signed in to before.
    pub known: Vec<Entry>,
    /// Browser and system in general words.
    pub device: String,
}

/// The tokens that the response gives the browser, as cookies.
#[derive(Default)]
pub struct IssuedTokens {
    pub session: Option<String>,
    pub device: Option<String>,
}

impl IssuedTokens {
    /// A new token for a session, and its hash.
    pub fn token() -> Result<(Self, String)> {
        let token = token::random_token()?;
        let hash = token::hash(&token);
        Ok((Self { session: Some(token), device: None }, hash))
    }
}

impl Browser {
    /// The browser's name, if it signed in to this account before, with the account's present password. The name is
    /// random, and the same for as long as the browser keeps its cookie. Takes as long if there is no such account.
    pub fn name(&self, app: &App, account: Option<&Account>, now: Instant) -> Option<String> {
        let id = account.map_or("", |account| account.id.as_str());
        let since = account.map_or(now, |account| account.password_changed_at);
        let is_of = |entry: &&Entry| app.known_devices.is_of(entry, id);
        let own = self.known.iter().filter(is_of).find(|entry| entry.counts(since, now));
        own.filter(|_| account.is_some()).map(|entry| BASE64URL_NOPAD.encode(&entry.name))
    }

    /// What makes it a known one of this account from `now` on.
    pub fn known_to(&self, app: &App, account: &str, now: Instant) -> Option<String> {
        let (own, others): (Vec<_>, Vec<_>) =
            self.known.iter().partition(|entry| app.known_devices.is_of(entry, account));
        let name = match own.first() {
            Some(entry) => entry.name,
            None => super::factors::random()?,
        };
        let others = others.into_iter().filter(|entry| entry.counts(Instant::from_millis(0), now)).take(MOST - 1);
        let own = app.known_devices.sign(account, name, now).text();
        Some([own].into_iter().chain(others.map(Entry::text)).collect::<Vec<_>>().join("."))
    }
}

/// As `known_to` wrote it, or somebody else.
pub fn entries(text: &str) -> Vec<Entry> {
    text.split('.').filter_map(Entry::parse).take(MOST).collect()
}
