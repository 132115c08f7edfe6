//! The start time of every case: `KPPAY_TEST_NOW`, which cargo sets (`.cargo/config.toml`) unless the environment names
//! another moment.

use contract::{Expiry, Instant};

#[expect(clippy::disallowed_methods, reason = "the moment of the run")]
pub fn now() -> Instant {
    let moment = std::env::var("KPPAY_TEST_NOW").expect("cargo sets KPPAY_TEST_NOW");
    Instant::parse(&moment).expect("KPPAY_TEST_NOW is a moment such as 2026-11-23T17:52:00Z")
}

/// Of a card that is good for years.
pub fn expiry() -> Expiry {
    Expiry::parse(&format!("12/{:02}", (now().utc_date().year() + 3) % 100)).unwrap()
}
