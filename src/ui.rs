//! Parts that know nothing of billing or the network: they take texts and signals and give markup. They may show values of the
//! contract, and link to a `Route`.

mod arrive;
mod bill_mark;
mod button;
mod capture_frame;
mod choice;
mod error_summary;
mod failure;
mod field;
mod flow;
mod form_state;
mod icon;
mod items;
mod live;
mod notice;
mod shell;
mod slip;
mod state;
mod statement;
mod stepper;
mod waiting;

pub use arrive::{Arrivals, Heading, arrive};
pub use bill_mark::BillMark;
pub use button::{ButtonLink, SubmitButton};
pub use capture_frame::{CaptureAsks, CaptureFrame, CaptureKind, CaptureSays, CaptureSource};
pub use choice::Choice;
pub use error_summary::{ErrorLine, ErrorSummary};
pub use failure::{Failure, minutes, usual_words};
pub use field::{CheckField, Keyboard, PasswordField, SelectField, TextField};
pub use flow::{Flow, MoneyFlow};
pub use form_state::FormState;
pub use icon::{Icon, Sign};
pub use items::{Charges, service};
pub use live::{list, live};
pub use notice::{Notice, NoticeKind};
pub use shell::{BillingPhone, OpenNow, PhoneLink, Shell};
pub use slip::{Slip, SlipLine};
pub use state::State;
pub use statement::{SampleStatement, Spot, Statement};
pub use stepper::{Back, PAYING, REGISTERING, Stepper, Steps};
pub use waiting::Waiting;
