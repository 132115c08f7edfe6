//! What must hold on either database. Every case asks the real router and looks at the answer and at the rows.

mod access;
mod callers;
mod debits;
mod demo_clock;
mod factors;
mod heavy;
mod held;
mod just_paid;
mod letters;
mod limits;
mod lookups;
mod mailed_links;
mod once;
mod orders;
mod registration;
mod sessions;
mod shapes;
mod sign_in;
mod silence;
mod texts;
mod tokens;
mod too_late;
mod trouble;
mod trust;
