//! The kit: parts that know nothing of bills, payments, the session or the network (`tests/arrows.rs`). They take texts and signals
//! and give markup, and may link to a `Route`. Parts that know bills are in `billing`.

mod arrive;
mod button;
mod choice;
mod error_summary;
mod failure;
mod field;
mod form_state;
mod icon;
mod live;
mod notice;
mod shell;
mod stepper;
mod unavailable;
mod waiting;

pub use arrive::{Arrivals, Heading, arrive};
pub use button::{ButtonLink, SubmitButton};
pub use choice::Choice;
pub use error_summary::{ErrorLine, ErrorSummary};
pub use failure::{Failure, minutes, usual_words};
pub use field::{CheckField, Keyboard, PasswordField, SelectField, TextField};
pub use form_state::FormState;
pub use icon::{Icon, Sign};
pub use live::{list, live};
pub use notice::{Notice, NoticeKind};
pub use shell::{BillingPhone, OpenNow, PhoneLink, Shell};
pub use stepper::{Back, Stepper, Steps};
pub use unavailable::Unavailable;
pub use waiting::Waiting;
