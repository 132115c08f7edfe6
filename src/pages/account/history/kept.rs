//! Where a member left the history by a link: what was asked for, how many rows were there, and the link. It is kept in
//! memory while the app lives, and found again on the way back by the number of the entry in the tab's history.

use super::Asked;
use crate::browser::{self, PlacedLink};
use std::cell::RefCell;

#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub asked: Asked,
    pub rows: usize,
    pub link: PlacedLink,
}

/// Entries of the history that are remembered.
const MOST: usize = 16;

thread_local! {
    /// By the number of the entry. The end of a session is a page load, which empties it.
    static KEPT: RefCell<Vec<(f64, Kept)>> = const { RefCell::new(Vec::new()) };
}

/// For this entry, which gets a number.
pub fn keep(kept: Kept) {
    let number = browser::entry_mark().unwrap_or(browser::now().millis() as f64);
    browser::mark_entry(number);
    KEPT.with_borrow_mut(|all| {
        all.retain(|(own, _)| *own != number);
        all.push((number, kept));
        let older = all.len().saturating_sub(MOST);
        all.drain(..older);
    });
}

/// Of this entry, when one comes back to it.
pub fn here() -> Option<Kept> {
    let number = browser::entry_mark()?;
    KEPT.with_borrow(|all| all.iter().find(|(own, _)| *own == number).map(|(_, kept)| kept.clone()))
}
