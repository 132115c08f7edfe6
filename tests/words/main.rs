//! Rules of the words that people read, in both languages: which may say that nothing was paid (`denials`), which terms
//! are used (`glossary`), and how easy they are to read (`reading_grade`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(not(target_arch = "wasm32"))]

mod denials;
mod glossary;
mod reading_grade;
mod texts;
