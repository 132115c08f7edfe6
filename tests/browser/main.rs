//! Tests that need a browser: `Intl` compared with our own formats, focus, storage, typing. Run with wasm-bindgen’s
//! test runner:
//! `cargo test -p kppay --target wasm32-unknown-unknown --features csr --test browser`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(target_arch = "wasm32")]
#![recursion_limit = "512"]

mod fields;
mod format;
mod forms;
mod pages;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
