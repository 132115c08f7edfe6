//! Browser storage: the region and the language in local storage, a payment's idempotency key in session storage.

use super::window;
use contract::IdempotencyKey;
use web_sys::Storage;

fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

/// What this device remembers: a region code and a language, nothing about a person.
pub fn remembered(what: Remembered) -> Option<String> {
    storage()?.get_item(what.key()).ok()?
}

/// Storage may be full or forbidden: then it is not remembered.
pub fn remember(what: Remembered, code: &str) {
    if let Some(storage) = storage() {
        _ = storage.set_item(what.key(), code);
    }
}

#[derive(Clone, Copy)]
pub enum Remembered {
    Region,
    Locale,
}

impl Remembered {
    fn key(self) -> &'static str {
        match self {
            Self::Region => "kppay.region",
            Self::Locale => "kppay.locale",
        }
    }
}

/// Within this tab only: for the idempotency key, which survives a reload and says nothing about a person.
pub fn tab_storage(key: &str) -> Option<String> {
    window()?.session_storage().ok()??.get_item(key).ok()?
}

pub fn set_tab_storage(key: &str, value: Option<&str>) {
    if let Some(Ok(Some(storage))) = window().map(|window| window.session_storage()) {
        _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}

/// The key of an attempt to pay or to deposit whose outcome was not shown yet, in this tab.
pub const ATTEMPT: &str = "kppay.key";

pub fn unfinished_attempt() -> Option<IdempotencyKey> {
    IdempotencyKey::parse(&tab_storage(ATTEMPT)?).ok()
}

/// Somebody's bills were shown in this tab, and no page has said yet that the visit ended.
const VISIT: &str = "kppay.visit";

/// A page that needs a session has one.
pub fn visit_is_on() {
    set_tab_storage(VISIT, Some(""));
}

/// A page says that the visit ended.
pub fn visit_is_over() {
    set_tab_storage(VISIT, None);
}

/// A page that needs a session has none, and there was one in this tab before it was loaded again.
pub fn visit_was_lost() -> bool {
    tab_storage(VISIT).is_some()
}
