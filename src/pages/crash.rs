//! The page after a panic: words and a phone number in place of a dead page. It needs nothing of the app, which may be in any
//! state: the words are in `index.html`, in both languages, and are also shown when the app cannot start.

use crate::browser;

pub fn show() {
    browser::show_crash();
}
