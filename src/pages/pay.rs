//! Paying a bill once: find it, choose what and how to pay, review, and see the outcome. One module per step;
//! `checkout` is the state that the steps share.

pub mod amount;
pub mod checkout;
pub mod find;
pub mod method;
pub mod outcome;
pub mod receipt;
pub mod review;

use crate::billing::FindDraft;
use leptos::prelude::*;

/// Provides what is kept in memory while the steps come and go. Nothing of it is in the browser's storage.
pub fn provide() {
    provide_context(FindDraft::default());
    provide_context(outcome::by_link::LinkSecret::default());
    checkout::provide();
}
