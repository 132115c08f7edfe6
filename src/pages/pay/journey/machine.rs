//! The life of one attempt to pay, as a state machine in pure Rust: what may happen, and what to do then. It knows no browser, no
//! request and no words. What it promises: one intent is sent under one key; while an attempt is on its way nothing starts another;
//! and nobody is told an outcome before the server has said it.

use crate::error::ApiError;
use contract::{IdempotencyKey, refusal::RefusalCode};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Attempt {
    /// Nothing is on its way: choosing, or reading the review.
    #[default]
    Resting,
    Sending(IdempotencyKey),
    /// Sent, and nobody knows what became of it. How often the server was asked.
    Unsure(IdempotencyKey, u32),
    /// The server knows the payment: its id.
    Known(String),
    /// The visit ended while nobody knew; the key is kept for the next visit.
    Ended(IdempotencyKey),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Pay was pressed, with the key of this intent.
    Pressed(IdempotencyKey),
    /// The page came up with a key that was sent before.
    Resumed(IdempotencyKey),
    /// The answer to the order, or to the question about its key: a payment's id.
    Answered(Result<String, ApiError>),
    /// The answer to the question was "no such payment".
    NeverArrived,
}

/// What to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    Nothing,
    /// Send the order under this key.
    Send(IdempotencyKey),
    /// Ask for the payment of this key, after so many milliseconds.
    Ask(IdempotencyKey, u32),
    /// Show the payment.
    Show(String),
    /// No money was taken: say why, on the review.
    Refuse(ApiError),
    /// No money was taken: the order never arrived.
    SayNeverArrived,
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
            (_, Event::Pressed(key)) => (Self::Sending(key.clone()), Act::Send(key)),
            (_, Event::Resumed(key)) => (Self::Unsure(key.clone(), 0), Act::Ask(key, 0)),
            (Self::Sending(_) | Self::Unsure(..), Event::Answered(Ok(id))) => (Self::Known(id.clone()), Act::Show(id)),
            (Self::Sending(key), Event::Answered(Err(error))) => {
                if leaves_doubt(&error) {
                    (Self::Unsure(key.clone(), 0), Act::Ask(key, WAITS_MILLIS[0]))
                } else {
                    (Self::Resting, Act::Refuse(error))
                }
            }
            (Self::Unsure(key, _), Event::Answered(Err(ApiError::SignedOut))) => (Self::Ended(key), Act::Nothing),
            (Self::Unsure(key, tries), Event::Answered(Err(_))) => {
                let wait = WAITS_MILLIS.get(tries as usize + 1).copied().unwrap_or(5000);
                (Self::Unsure(key.clone(), tries + 1), Act::Ask(key, wait))
            }
            (Self::Unsure(..), Event::NeverArrived) => (Self::Resting, Act::SayNeverArrived),
            (now, Event::Answered(_) | Event::NeverArrived) => (now, Act::Nothing),
        }
    }
}

/// After a write: it may have taken place. A key that is in use, or was used with other words (the language was changed between two
/// tries), has a payment to ask for; and a server that was too busy may have begun.
fn leaves_doubt(error: &ApiError) -> bool {
    error.leaves_doubt()
        || matches!(error, ApiError::Busy(_))
        || matches!(error.code(), Some(RefusalCode::KeyInUse | RefusalCode::KeyReused))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(n: u8) -> IdempotencyKey {
        IdempotencyKey::from_random([n; 16])
    }

    #[test]
    fn a_second_press_while_sending_sends_nothing() {
        let (sending, act) = Attempt::Resting.after(Event::Pressed(key(1)));
        assert_eq!(act, Act::Send(key(1)));
        let (still, act) = sending.after(Event::Pressed(key(1)));
        assert_eq!((still, act), (Attempt::Sending(key(1)), Act::Nothing));
    }

    #[test]
    fn a_lost_answer_leads_to_asking_and_never_to_sending() {
        let (unsure, act) = Attempt::Sending(key(1)).after(Event::Answered(Err(ApiError::Offline)));
        assert_eq!(act, Act::Ask(key(1), 400));
        let (unsure, act) = unsure.after(Event::Answered(Err(ApiError::TimedOut)));
        assert_eq!(act, Act::Ask(key(1), 800));
        let (known, act) = unsure.after(Event::Answered(Ok("7".into())));
        assert_eq!((known, act), (Attempt::Known("7".into()), Act::Show("7".into())));
    }

    #[test]
    fn a_definite_refusal_goes_back_to_the_review() {
        let (now, act) = Attempt::Sending(key(1)).after(Event::Answered(Err(ApiError::SignedOut)));
        assert_eq!((now, act), (Attempt::Resting, Act::Refuse(ApiError::SignedOut)));
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            Just(Event::Pressed(key(1))),
            Just(Event::Resumed(key(1))),
            Just(Event::NeverArrived),
            Just(Event::Answered(Ok("1".into()))),
            prop_oneof![
                Just(ApiError::Offline),
                Just(ApiError::TimedOut),
                Just(ApiError::SignedOut),
                Just(ApiError::Faulty)
            ]
            .prop_map(|error| Event::Answered(Err(error))),
        ]
    }

    proptest! {
        #[test]
        fn nothing_is_sent_while_an_attempt_is_on_its_way(events in prop::collection::vec(event(), 0..40)) {
            let mut now = Attempt::Resting;
            for event in events {
                let was_on_its_way = now.is_on_its_way();
                let (next, act) = now.after(event);
                prop_assert!(!(was_on_its_way && matches!(act, Act::Send(_))));
                if let Act::Ask(asked, _) = &act {
                    prop_assert!(matches!(&next, Attempt::Unsure(key, _) if key == asked));
                }
                now = next;
            }
        }
    }
}
