//! The processor's API, as browsers and the billing system use it.
#![allow(clippy::unwrap_used)]

mod capture;
mod charges;
mod clock;
mod idle;
mod kept;
mod refunds;
mod sandbox;
mod tokens;
mod verification;
