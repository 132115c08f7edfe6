//! The state machine of one attempt to pay or to deposit, in pure Rust: its states and events, and the action that each
//! transition asks for. It knows no browser, no request, no clock and no texts. Invariants: one intent is sent under
//! one key; while an attempt is in progress, no other starts; and no outcome is shown before the server has reported
//! it.
//!
//! "It never arrived" can only be known because each order carries the moment until which it may begin
//! (`Sent::begin_by`), and the question about its key carries the same moment: once it is over the server closes the
//! key and answers "no such payment", and no order with that key begins any more. Until then the question has no
//! answer, and is asked again. An error response closes the key, too: pressing Pay again sends another one.

use crate::error::ApiError;
use contract::{IdempotencyKey, Instant, problem_details::ErrorCode};

/// What was sent, or is going to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub key: IdempotencyKey,
    /// By the server's clock. Where it is not known any more (after a reload) it is about as late as if Pay were
    /// pressed now.
    pub begin_by: Instant,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Attempt {
    /// Nothing is on its way: choosing, or reading the review.
    #[default]
    Resting,
    Sending(Sent),
    /// Sent, and the outcome is unknown. How often the server was queried.
    Unsure(Sent, u32),
    /// The server knows the payment: its id.
    Known(String),
    /// The visit that sent it ended while the outcome was unknown, or another bill was opened in this browser; the key
    /// is kept for the next visit.
    Ended(IdempotencyKey),
}

/// An event: something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Pay was pressed, with the key of this intent.
    Pressed(Sent),
    /// The page came up with a key that was sent before.
    Resumed(Sent),
    /// The answer to the order, or to the question about its key: a payment's id.
    Answered(Result<String, ApiError>),
    /// The answer to the question was "no such payment, and there will be none".
    NeverArrived,
    /// The session is not the one that sent the order, so it can't see the payment.
    VisitEnded,
}

impl Event {
    /// What the answer to the question about a key says.
    pub fn of_question(answer: Result<String, ApiError>) -> Self {
        match answer {
            Err(ApiError::Missing) => Self::NeverArrived,
            Err(error) if error.code() == Some(ErrorCode::KeyElsewhere) => Self::VisitEnded,
            answer => Self::Answered(answer),
        }
    }
}

/// What to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    Nothing,
    /// Send the order.
    Send(Sent),
    /// Query the payment of this key, after a delay in milliseconds.
    Ask(Sent, u32),
    /// Show the payment.
    Show(String),
    /// No money was taken, and the key is closed: say why, on the review.
    Refuse(ApiError),
    /// No money was taken: the order of this key never arrived.
    SayNeverArrived(IdempotencyKey),
}

/// Quick at first, then every five seconds for as long as it takes.
const WAITS_MILLIS: [u32; 5] = [400, 800, 1500, 2500, 5000];

impl Attempt {
    pub fn is_on_its_way(&self) -> bool {
        matches!(self, Self::Sending(_) | Self::Unsure(..))
    }

    /// The next state, and what to do.
    pub fn after(self, event: Event) -> (Self, Act) {
        match (self, event) {
            // One attempt at a time: a second press, or a page that comes up again, changes nothing.
            (now @ (Self::Sending(_) | Self::Unsure(..)), Event::Pressed(_) | Event::Resumed(_)) => (now, Act::Nothing),
            (_, Event::Pressed(sent)) => (Self::Sending(sent.clone()), Act::Send(sent)),
            (_, Event::Resumed(sent)) => (Self::Unsure(sent.clone(), 0), Act::Ask(sent, 0)),
            (Self::Sending(_) | Self::Unsure(..), Event::Answered(Ok(id))) => (Self::Known(id.clone()), Act::Show(id)),
            (Self::Sending(sent), Event::Answered(Err(error))) => {
                if is_definite(&error) {
                    (Self::Resting, Act::Refuse(error))
                } else {
                    (Self::Unsure(sent.clone(), 0), Act::Ask(sent, WAITS_MILLIS[0]))
                }
            }
            (Self::Unsure(sent, _), Event::Answered(Err(ApiError::SignedOut | ApiError::NoCookies)))
            | (Self::Sending(sent) | Self::Unsure(sent, _), Event::VisitEnded) => (Self::Ended(sent.key), Act::Nothing),
            (Self::Unsure(sent, tries), Event::Answered(Err(_))) => {
                let wait = WAITS_MILLIS.get(tries as usize + 1).copied().unwrap_or(5000);
                (Self::Unsure(sent.clone(), tries + 1), Act::Ask(sent, wait))
            }
            (Self::Unsure(sent, _), Event::NeverArrived) => (Self::Resting, Act::SayNeverArrived(sent.key)),
            (now, Event::Answered(_) | Event::NeverArrived | Event::VisitEnded) => (now, Act::Nothing),
        }
    }
}

/// The server refused this very order: nothing was begun, and nothing will be with its key.
pub fn is_definite(error: &ApiError) -> bool {
    matches!(error, ApiError::SignedOut | ApiError::NoCookies | ApiError::Busy(_))
        || error.code().is_some_and(ErrorCode::ends_an_order)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
