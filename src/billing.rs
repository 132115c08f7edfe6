//! Components that know bills and payments, shared by the pages for paying and for the account. They build on the `ui`
//! kit, take contract values, and make no requests. `personal_fields` are those of a member's own details.

mod bill_mark;
mod calendar;
mod capture_form;
mod capture_frame;
mod charges;
mod find_bill;
mod flow;
mod known_method;
mod ledger;
mod open_visit;
mod paid;
mod personal_fields;
mod saved_method;
mod slip;
mod state;
mod statement;
mod steps;
mod timing;

pub use bill_mark::BillMark;
pub use calendar::calendar_file;
pub use capture_form::{CaptureProblem, CaptureResult, CaptureState, capture_form, focus_form};
pub use capture_frame::{CaptureAsk, CaptureCard};
pub use charges::{Charges, service};
pub use find_bill::{FindBill, FindDraft, TypedStatement, answer_words, find_bill, statement_form};
pub use flow::{Flow, MoneyFlow, flow_of};
pub use known_method::known_method;
pub use ledger::{LedgerStep, Reached, ledger_line, steps_of};
pub use open_visit::open_visit;
pub use paid::{PaidLine, Shown, moment_in_words, paid_lines, paid_notice, payment_in_words};
pub use personal_fields::{PersonalField, checked_address, checked_name};
pub use saved_method::{expiry_words, saved_name};
pub use slip::{Slip, SlipLine};
pub use state::{State, state_words};
pub use statement::{PrintedIdentifier, SampleStatement, Statement};
pub use steps::{PAYING, REGISTERING};
pub use timing::timing;
