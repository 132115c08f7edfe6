//! The state machine of payments: the effect of the processor's verdict in each state. Total: every pair of states
//! moves money, or is a repetition, or does not fit and is stored for manual review. Knows no database.

use super::ledger::Reason;
use contract::payment::PaymentState;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The same again.
    Nothing,
    /// On its way as before, under another word.
    Rename,
    /// The reserved cents are paid.
    Take,
    /// The reserved cents can be paid by somebody else. Also where money came and went between two words of the
    /// processor.
    Release,
    /// On its way a second time: the cents are reserved again, if they have not been paid otherwise meanwhile.
    SendAgain,
    /// The money came after all: a second presentment, or (`is_surprise`) against what was said before, so that people
    /// look.
    TakeAfterAll { is_surprise: bool },
    /// What was taken went back, and is owed again.
    GiveBack(Reason),
    /// Nothing that our books know: nothing moves.
    Unfit,
}

/// A refund opens the bill again, like a return: a line's "you paid" and "you owe" have to add up to what was billed,
/// and whether less is owed after a refund is for the plan to say, by changing the bill. `Cancelled` and `Failed` after
/// `Paid` are `Unfit`: they do not say whether the money stayed.
pub fn effect(before: PaymentState, after: PaymentState) -> Effect {
    use Effect::{GiveBack, Nothing, Release, Rename, SendAgain, Take, TakeAfterAll, Unfit};
    use PaymentState::{Cancelled, Failed, Paid, Processing, Refunded, Returned, Scheduled};
    match (before, after) {
        (Scheduled, Scheduled)
        | (Processing, Processing)
        | (Paid, Paid)
        | (Failed, Failed)
        | (Returned, Returned)
        | (Refunded, Refunded)
        | (Cancelled, Cancelled) => Nothing,

        (Scheduled, Processing) | (Processing, Scheduled) => Rename,
        (Scheduled | Processing, Paid) => Take,
        (Scheduled | Processing, Failed | Returned | Refunded | Cancelled) => Release,

        (Paid, Returned) => GiveBack(Reason::Returned),
        (Paid, Refunded) => GiveBack(Reason::Refunded),
        (Paid, Scheduled | Processing | Failed | Cancelled) => Unfit,

        (Returned, Processing) => SendAgain,
        (Returned, Paid) => TakeAfterAll { is_surprise: false },
        (Returned, Scheduled | Failed | Refunded | Cancelled) => Unfit,

        (Failed | Refunded | Cancelled, Paid) => TakeAfterAll { is_surprise: true },
        (Failed, Scheduled | Processing | Returned | Refunded | Cancelled)
        | (Refunded, Scheduled | Processing | Failed | Returned | Cancelled)
        | (Cancelled, Scheduled | Processing | Failed | Returned | Refunded) => Unfit,
    }
}
