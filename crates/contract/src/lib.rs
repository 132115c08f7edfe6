//! What the web app, the billing API and the sandbox processor must agree on.
//!
//! Value types (private field, `parse`, `Display`, serde through `parse`: a value that arrived is valid), wire types
//! (short-lived JSON shapes of `/api/v1`), and rules that both sides run. No I/O, no clock, no randomness, no wasm, no
//! leptos, no words for people but the authorisation's, which is stored word for word, and those of dates.
//!
//! Reading order: `typed`, `money`, `date`, `date_format`, `health_record_number`, `zip_code`, `identifier`, `person`,
//! `email`, `card`, `expiry`, `bank`, `password`, `field_problem`; then the wire: `portal`, `session`, `account`,
//! `member_profile`, `household`, `closing`, `notices`, `factor`, `bill`, `payment`, `authorisation`, `consent`,
//! `balance`, `coupon`, `qr`, `problem_details`, `demo`.

pub mod account;
pub mod authorisation;
pub mod balance;
pub mod bank;
pub mod bill;
pub mod card;
pub mod closing;
pub mod consent;
pub mod coupon;
pub mod date;
pub mod date_format;
pub mod demo;
pub mod email;
pub mod expiry;
pub mod factor;
pub mod field_problem;
pub mod health_record_number;
pub mod household;
pub mod identifier;
pub mod member_profile;
pub mod money;
pub mod notices;
pub mod password;
pub mod payment;
pub mod person;
pub mod portal;
pub mod problem_details;
pub mod qr;
pub mod region;
pub mod session;
pub mod typed;
mod value;
pub mod zip_code;

pub use bank::{AccountNumber, RoutingNumber};
pub use card::{CardBrand, CardNumber, SecurityCode};
pub use date::{Date, Instant, LocalTime};
pub use email::{Email, UserId};
pub use expiry::Expiry;
pub use field_problem::FieldProblem;
pub use health_record_number::HealthRecordNumber;
pub use identifier::{Identifier, Identifiers};
pub use money::{Amount, Money};
pub use password::Password;
pub use payment::IdempotencyKey;
pub use person::{NamePart, PersonName, Phone, UsAddress, UsState};
pub use region::{Locale, Region};
pub use zip_code::ZipCode;
