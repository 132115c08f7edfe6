//! The pages, one module each. A page never imports another page; what two pages need is in `ui`, or below.

pub mod account;
pub mod coupon;
pub mod crash;
pub mod help;
pub mod home;
pub mod legal;
pub mod not_found;
pub mod pay;
pub mod recovery;
pub mod region;
pub mod register;
pub mod sign_in;
pub mod signed_out;
