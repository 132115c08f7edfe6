//! The plan's rules of paying, run by `http` and by `jobs` alike. Reading order: `payer` (who pays), `payments` (an
//! order becomes a payment, once), `payment_csv` (a list of them as a file), `charging` (the processor is asked, and
//! its answer written), `processor` (what a plan's processor has to do; the sandbox's line), `drafts` (what is kept
//! before the order), `methods` (what a token stands for), `bills`, `account_bills` (a member's, settled ones too),
//! `receipts`, `receipt_links` (what the link of an e-mail opens), `coupons` (for a check by mail). Knows no HTTP, and
//! of SQL only what `store` offers.

pub mod account_bills;
pub mod bills;
pub mod charging;
pub mod coupons;
pub mod deposits;
pub mod drafts;
pub mod fingerprint;
pub mod methods;
pub mod payer;
pub mod payment_csv;
pub mod payments;
pub mod processor;
pub mod receipt_links;
pub mod receipt_pdf;
pub mod receipts;
