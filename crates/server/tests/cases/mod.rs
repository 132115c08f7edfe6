//! What must hold on either database. Every case asks the real router and looks at the answer and at the rows.

mod callers;
mod debits;
mod just_paid;
mod letters;
mod lookups;
mod once;
mod orders;
mod shapes;
mod silence;
mod texts;
mod tokens;
