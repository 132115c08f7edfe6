//! The states of a payment, the phase of its money in each, and why it failed.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    Scheduled,
    Paid,
    Failed,
    Returned,
    Refunded,
    Cancelled,
    /// Also what a client shows for a state it does not know.
    #[serde(other)]
    Processing,
}

/// Where a payment's money is: what everything goes by that need not know the state exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not final: its cents are reserved on the bills.
    OnItsWay,
    Took,
    /// Taken or under way, and gone back: the bills are owed again.
    WentBack,
    /// Final, and nothing was taken at any time.
    TookNothing,
}

impl PaymentState {
    pub fn phase(self) -> Phase {
        match self {
            Self::Scheduled | Self::Processing => Phase::OnItsWay,
            Self::Paid => Phase::Took,
            Self::Returned | Self::Refunded => Phase::WentBack,
            Self::Failed | Self::Cancelled => Phase::TookNothing,
        }
    }
    pub fn is_on_its_way(self) -> bool {
        self.phase() == Phase::OnItsWay
    }
    pub fn took_no_money(self) -> bool {
        self.phase() == Phase::TookNothing
    }
    /// A bank said no, and not something in between.
    pub fn is_declined(self, failure: Option<Failure>) -> bool {
        self == Self::Failed && failure.is_some_and(|failure| failure != Failure::ProcessingError)
    }
    /// The bills can be paid again by the one who tried: what the plan gave back is its own affair.
    pub fn can_retry(self) -> bool {
        self.took_no_money() || self == Self::Returned
    }
}

/// Why no money was taken, or why it went back. An unknown one is shown as `ProcessingError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    Declined,
    InsufficientFunds,
    CardExpired,
    WrongSecurityCode,
    AccountClosed,
    AccountNotFound,
    NotAuthorised,
    Stopped,
    #[serde(other)]
    ProcessingError,
}

impl Failure {
    /// What a payer without an account is shown of a card. Anyone who has the card can correct its code or date, so
    /// these are named; limits on declined charges keep anyone from trying codes. That there was too little says that a
    /// stolen card works, and leads to the same next step as any other decline. Of a bank account the reason comes
    /// days later, and is shown.
    pub fn without_detail(self) -> Self {
        match self {
            Self::InsufficientFunds => Self::Declined,
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_this_client_does_not_know_is_processing() {
        assert_eq!(serde_json::from_str::<PaymentState>("\"in_orbit\"").unwrap(), PaymentState::Processing);
        assert_eq!(serde_json::from_str::<Failure>("\"in_orbit\"").unwrap(), Failure::ProcessingError);
    }

    #[test]
    fn what_is_not_on_its_way_is_final_and_only_what_took_nothing_for_good_can_be_tried_again() {
        use PaymentState::{Cancelled, Failed, Paid, Processing, Refunded, Returned, Scheduled};
        let all = [Scheduled, Processing, Paid, Returned, Refunded, Failed, Cancelled];
        let only = |is: fn(PaymentState) -> bool| all.into_iter().filter(|state| is(*state)).collect::<Vec<_>>();
        assert_eq!(only(PaymentState::is_on_its_way), [Scheduled, Processing]);
        assert_eq!(only(PaymentState::took_no_money), [Failed, Cancelled]);
        assert_eq!(only(PaymentState::can_retry), [Returned, Failed, Cancelled]);
    }
}
