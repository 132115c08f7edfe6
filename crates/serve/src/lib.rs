//! Server infrastructure shared by the billing API and the processor: a listener with connection limits and time-outs,
//! supervised background tasks, a clock that never runs back, a non-blocking log, origins, and a check of secrets.
//! Knows HTTP, and nothing of bills or charges.
//!
//! Reading order: `origin`, `client_address`, `progress`, `connection` and `listener` (of one connection; one; all of
//! them), `tasks`, `clock`, `log`, `process`, `secret`.

pub mod client_address;
pub mod clock;
mod connection;
pub mod listener;
pub mod log;
pub mod origin;
pub mod process;
mod progress;
pub mod secret;
pub mod tasks;

pub use listener::{Limits, run};
pub use tasks::Tasks;
