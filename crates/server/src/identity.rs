//! Authentication and authorisation: sessions, registration, sign-in and account security. Reading order: `browser`
//! (the cookies of a request and of its response), `sessions`, `lookups` (a statement opens a payer's session),
//! `registrations` → `account_requests` (its job) → `confirmations`, `sign_in` → `second_factor`, `password_resets`,
//! `security`, `member_profile`, `authorisations` and `closing`. The second factors of an account are `authenticator`,
//! `passkeys` (with their `ceremony`) and `recovery_codes`; `notices` notifies the owner, `notice_settings` says which
//! other notices a member gets, `text_numbers` where text messages go, `paperless` whether bills come by post;
//! `password_policy` says what a password has to be. `factors`, `passwords` and `known_device` are the cryptography
//! under these, and know no account. Knows no HTTP, and of SQL only what `store` offers.

pub mod account_requests;
pub mod authenticator;
pub mod authorisations;
pub mod browser;
mod ceremony;
pub mod closing;
pub mod confirmations;
pub mod email_changes;
pub mod factors;
pub mod household;
pub mod known_device;
pub mod lookups;
pub mod member_profile;
pub mod notice_settings;
mod notices;
pub mod paperless;
pub mod passkeys;
mod password_policy;
pub mod password_resets;
pub mod passwords;
pub mod recovery_codes;
pub mod registrations;
pub mod second_factor;
pub mod security;
pub mod sessions;
pub mod sign_in;
pub mod text_numbers;
