//! The plan's rules of paying, run by `http` and by `jobs` alike. Reading order: `payer` (who pays), `payments` (an
//! order becomes a payment, once), `history` (a list of them), `payment_csv` (the list as a file, by `csv`), `charging`
//! (the processor is asked, and its answer written), `processor` (what a plan's processor has to do; the sandbox's
//! line), `drafts` (what is kept before the order), `methods` (what a token stands for), `saved_methods` (what a member
//! keeps), `verifications` (that a bank account is the member's), `bills`, `account_bills` (a member's, settled ones
//! too; for whom is in `people`), `overview`, `sample_bill`, `questions` (about a charge), `receipts`, `receipt_links`
//! (what the link of an e-mail opens), `proofs` (a tax year's expenses), `spending` (a month's), `member_data` (all
//! that is held of a member, as a file), `coupons` (for a check by mail). Knows no HTTP, and of SQL only what `store`
//! offers.

pub mod account_bills;
pub mod balance_settings;
pub mod bills;
pub mod charging;
pub mod coupons;
mod csv;
pub mod deposits;
pub mod drafts;
pub mod fingerprint;
pub mod forgotten_tokens;
mod from_balance;
pub mod history;
pub mod household;
pub mod member_data;
pub mod methods;
pub mod overview;
pub mod payer;
pub mod payment_csv;
pub mod payments;
pub mod people;
pub mod processor;
pub mod proofs;
pub mod questions;
pub mod receipt_links;
pub mod receipt_pdf;
pub mod receipts;
pub mod refunds;
pub mod sample_bill;
pub mod saved_methods;
pub mod spending;
pub mod verifications;
mod zipped;
