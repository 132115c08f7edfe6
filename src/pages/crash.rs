//! The page after a panic: a text and a phone number in place of a dead page. It needs nothing of the app, which may be
//! in any state: the text is in `index.html`, in both languages, and is also shown when the app cannot start.

use crate::browser;

pub fn show() {
    browser::show_crash();
}
