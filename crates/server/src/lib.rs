//! The reference billing API: a real server over a real database, and the static files of the app.
//!
//! Reading order: `settings`, `clock`, `state`; `store` (the only SQL); `billing` (the rules of paying, and the only
//! way to the processor) and `identity` (who somebody is); `jobs` (everything that runs without a request); `http`
//! (everything that knows axum, one file a resource in `http::v1`); `error` (the one error type). `limits` has every
//! rate limit, `mail` the texts of e-mails, `readiness` what `/readyz` says, `demo` what `--demo` adds. Beside them is
//! what does not know the rest: `id`, `address` (e-mail addresses as they are compared), `profile` (what is one plan's
//! own), `metrics`, `alarm`, `backoff`, `qr`, `token`, `bounded_pool` and `i18n`.

pub mod address;
pub mod alarm;
pub mod backoff;
pub mod billing;
pub mod bounded_pool;
pub mod clock;
pub mod demo;
pub mod error;
pub mod http;
pub mod i18n;
pub mod id;
pub mod identity;
pub mod jobs;
pub mod limits;
pub mod mail;
pub mod metrics;
pub mod profile;
pub mod qr;
pub mod readiness;
pub mod settings;
pub mod state;
pub mod store;
pub mod token;
