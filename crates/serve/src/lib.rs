//! What both servers stand on: a listener whose slow, idle and too many connections end by themselves, background tasks that are
//! supervised, a clock that never runs back, a log that ends nothing when it can't be written, and what an origin is and a secret is not. Knows HTTP, and nothing of bills or charges.
//!
//! Reading order: `origin`, `client_address`, `connection` and `listener` (one connection; all of them), `tasks`, `clock`, `log`, `process`, `secret`.

pub mod client_address;
pub mod clock;
mod connection;
pub mod listener;
pub mod log;
pub mod origin;
pub mod process;
pub mod secret;
pub mod tasks;

pub use listener::{Limits, run};
pub use tasks::Tasks;
