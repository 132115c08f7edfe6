//! Architecture tests: rules about modules, read from their source files. Which module imports which, which one uses a
//! library, which one writes a path. ARCHITECTURE.md states the rules in prose and points here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(not(target_arch = "wasm32"))]

mod arms;
mod contract;
mod public_files;
mod security;
mod server;
mod sizes;
mod source;
mod stylesheets;
mod web_app;
