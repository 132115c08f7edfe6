//! What a saved method is called, and what is said of a card's expiry.

use crate::i18n::Words;
use contract::payment::{ExpiryNotice, SavedMethod};

/// The member's own name for it, or what it is.
pub fn saved_name(w: &'static Words, saved: &SavedMethod) -> String {
    if saved.nickname.is_empty() { (w.pay().method.known)(&saved.method) } else { saved.nickname.to_string() }
}

pub fn expiry_words(w: &'static Words, notice: ExpiryNotice) -> &'static str {
    let words = &w.pay().method;
    match notice {
        ExpiryNotice::Expired => words.expired,
        ExpiryNotice::ThisMonth => words.expires_this_month,
        ExpiryNotice::NextMonth => words.expires_next_month,
    }
}
