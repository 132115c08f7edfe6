//! The payment processor's interface: what a token stands for, charges, the state of a key, and events. The trait is
//! where a plan plugs its real processor in; `Sandbox` is the client of the one in this repository. No card or account
//! number ever passes through here.
//!
//! What counts as a response: JSON of the processor's own form, about the very key of the request. An HTTP status says
//! nothing by itself, since everything on the way can make one: a gateway in the middle of a deployment, a firewall, a
//! wrong route.

mod sandbox;
mod wire;

pub use sandbox::Sandbox;

use crate::store::{settle::Verdict, verifications::SmallDeposits};
use contract::{
    Date, Instant, Money,
    demo::DemoDeposit,
    payment::{DepositAmounts, Failure, Method, PaymentState},
};

#[derive(Debug, PartialEq, Eq)]
pub enum ProcessorError {
    /// In the processor's own words: the token is unknown, used, expired or another payer's, or the key was closed or
    /// used before. It says nothing about an earlier ask with the same key: `close` does.
    Refused,
    /// No answer, or none that can be understood: what was asked may have happened.
    Unanswered,
}

/// Why two amounts were not compared.
#[derive(Debug, PartialEq, Eq)]
pub enum NotChecked {
    /// The deposits are not in the account yet.
    TooEarly,
    NoAnswer(ProcessorError),
}

impl From<ProcessorError> for NotChecked {
    fn from(error: ProcessorError) -> Self {
        Self::NoAnswer(error)
    }
}

/// One charge to make. Asking again with the same `payment` gives the same charge.
#[derive(Clone, Debug)]
pub struct ChargeOrder<'a> {
    pub payment: &'a str,
    pub token: &'a str,
    pub binding: &'a str,
    pub amount: Money,
    /// What the member's statement will say.
    pub reference: &'a str,
    /// The day on which a bank debit is handed to the bank, as the payer agreed. `None` for a card: it is charged at
    /// once.
    pub send_on: Option<Date>,
}

/// What a key is good for after it was closed.
#[derive(Debug, PartialEq, Eq)]
pub enum Closed {
    Charged(Verdict),
    /// There is no charge, and there never will be one, whatever is still on its way.
    Never,
}

/// Something that happened to a charge after its first answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeEvent {
    pub sequence: i64,
    pub charge: String,
    /// Our payment's id, if the processor says it.
    pub key: Option<String>,
    pub state: PaymentState,
    pub failure: Option<Failure>,
    /// The charge's, if the processor says it.
    pub cents: Option<i64>,
}

/// One entry of the processor's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventEntry {
    pub sequence: Option<i64>,
    /// None if it can't be understood: an unknown state, a field missing, no event at all.
    pub event: Option<ChargeEvent>,
    /// As it came.
    pub body: String,
}

/// A charge as the processor lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCharge {
    pub charge: String,
    /// A payment's id, if the charge is one of this server's.
    pub key: String,
    pub cents: i64,
    /// None if we don't know the word.
    pub state: Option<PaymentState>,
    pub made_at: Instant,
}

#[async_trait::async_trait]
pub trait Processor: Send + Sync {
    /// What a token stands for; refused when it cannot be charged by this payer.
    async fn method(&self, token: &str, binding: &str) -> Result<Method, ProcessorError>;
    /// A token that may be charged again and again, with the owner as its binding, of one that was typed, which can be
    /// charged all the same. Asking again gives the same one.
    async fn keep(&self, token: &str, binding: &str, owner: &str) -> Result<String, ProcessorError>;
    /// Deletes a kept token with the number that it stands for. Charges that were made of it go on. Asking again is
    /// answered as the first time, and so is asking about one that is not there.
    async fn forget(&self, token: &str, owner: &str) -> Result<(), ProcessorError>;
    /// Sends two small deposits to the bank account of a kept token. Asking again sends no more, and says what the
    /// first time said or what came of it since.
    async fn send_small_deposits(&self, token: &str, owner: &str) -> Result<SmallDeposits, ProcessorError>;
    /// Whether these are their amounts, in any order. The same two asked about again are no other try.
    async fn check_small_deposits(
        &self,
        token: &str,
        owner: &str,
        typed: DepositAmounts,
    ) -> Result<SmallDeposits, NotChecked>;
    async fn charge(&self, order: &ChargeOrder<'_>) -> Result<Verdict, ProcessorError>;
    /// Gives a part of a charge back, or all of it. Asking again with the same `refund` gives the same answer. Refused:
    /// nothing goes back under it, now or later.
    async fn refund(&self, refund: &str, charge: &str, amount: Money) -> Result<(), ProcessorError>;
    /// What became of a key: its charge, or that there is none so far. One may still be on its way.
    async fn charge_of(&self, payment: &str) -> Result<Option<Verdict>, ProcessorError>;
    /// Sees to it that nothing is charged under a key from now on, unless it was before. A processor that can't close
    /// keys answers `Unanswered` as long as an ask may be under way or the token may be charged, and then what
    /// `charge_of` says.
    async fn close(&self, payment: &str) -> Result<Closed, ProcessorError>;
    /// In order, after a sequence number, and numbered without gaps of more than a hundred; a limited number at a time.
    async fn events(&self, after: i64) -> Result<Vec<EventEntry>, ProcessorError>;
    /// Charges made since then, in the order they were made, a limited number at a time: those after the charge named;
    /// none at the end.
    async fn charges(&self, after: Option<&str>, since: Instant) -> Result<Vec<ListedCharge>, ProcessorError>;
    /// Demo only: what bank statements say of small deposits, the newest first.
    async fn bank_statements(&self) -> Result<Vec<DemoDeposit>, ProcessorError>;
    /// Demo only: its clock goes with ours.
    async fn set_clock(&self, now: Instant) -> Result<(), ProcessorError>;
}

/// An entry of the events, from how it came.
pub fn understood(body: &str) -> EventEntry {
    serde_json::from_str(body).map_or_else(
        |_| EventEntry { sequence: None, event: None, body: body.to_owned() },
        |entry: serde_json::Value| wire::event_entry(&entry),
    )
}
