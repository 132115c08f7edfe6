//! The component kit: components that know nothing of bills, payments, the session or the network (`tests/arrows/`).
//! They take texts and signals and give markup, and may link to a `Route`. Components that know bills are in `billing`.

mod button;
mod choice;
mod download;
mod dynamic;
mod error_summary;
mod failure;
mod field;
mod form_state;
mod icon;
mod keep_typed;
mod notice;
mod page_heading;
mod shell;
mod stepper;
mod unavailable;
mod waiting;

pub use button::{ButtonLink, SubmitButton};
pub use choice::Choice;
pub use download::{download, not_made};
pub use dynamic::{dynamic, list};
pub use error_summary::{ErrorLine, ErrorSummary};
pub use failure::{Failure, minutes, reading_words, usual_words};
pub use field::{AreaField, CheckField, Keyboard, KnownUserId, PasswordField, SelectField, TextField};
pub use form_state::FormState;
pub use icon::{Icon, Sign};
pub use keep_typed::keep_typed;
pub use notice::{Notice, NoticeKind};
pub use page_heading::{Arrivals, Heading, page_heading};
pub use shell::{BillingPhone, OpenNow, PhoneLink, Shell, page_region, with_phone};
pub use stepper::{Back, Stepper, Steps};
pub use unavailable::Unavailable;
pub use waiting::Waiting;
