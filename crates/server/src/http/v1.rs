//! The handlers of `/api/v1`, one file per resource. A handler extracts, calls, responds.

pub mod account_bills;
pub mod balance;
pub mod bills;
pub mod closing;
pub mod coupons;
pub mod drafts;
pub mod factors;
pub mod household;
pub mod links;
pub mod lookups;
pub mod member_data;
pub mod notices;
pub mod payment_methods;
pub mod payments;
pub mod portal;
pub mod profile;
pub mod proofs;
pub mod receipt_links;
pub mod receipts;
pub mod registrations;
pub mod saved_methods;
pub mod security;
pub mod session;
pub mod verifications;
