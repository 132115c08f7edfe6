//! Wire types of the notices that a member gets: their kinds, and which of them the member chose.

use crate::{
    Locale, Phone,
    consent::GivenConsent,
    payment::{Payment, PaymentState},
};
use serde::{Deserialize, Serialize};

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// There is a new bill.
    BillReady,
    /// A bill that is not paid is due in some days.
    DueSoon,
    /// A payment is on its way or paid: the receipt.
    Payment,
    /// A payment did not go through, or the bank returned it.
    NotPaid,
    Refund,
    /// Money for the balance, whatever became of it.
    Deposit,
    /// The balance fell below what the member chose (`balance::BalanceSettings`).
    LowBalance,
    /// A saved card or bank account that the member is to do something about.
    SavedMethod,
    /// Sign-in, password, profile. Always sent.
    Security,
}

impl NoticeKind {
    /// In the order in which pages show them.
    pub const ALL: [Self; 9] = [
        Self::BillReady,
        Self::DueSoon,
        Self::Payment,
        Self::NotPaid,
        Self::Refund,
        Self::Deposit,
        Self::LowBalance,
        Self::SavedMethod,
        Self::Security,
    ];

    /// Anyone who got into an account could else keep it from its owner.
    pub fn is_always_sent(self) -> bool {
        self == Self::Security
    }

    /// Of the news about a payment in its present state.
    pub fn of_payment(payment: &Payment) -> Self {
        match payment.state {
            _ if payment.deposit.is_some() => Self::Deposit,
            PaymentState::Scheduled | PaymentState::Processing | PaymentState::Paid => Self::Payment,
            PaymentState::Refunded => Self::Refund,
            PaymentState::Returned | PaymentState::Failed | PaymentState::Cancelled => Self::NotPaid,
        }
    }
}

/// Whether notices of one kind are sent, by each channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NoticeChoice {
    pub kind: NoticeKind,
    pub email: bool,
    #[serde(default)]
    pub text: bool,
}

/// Answer to `GET /notices` and `PUT /notices`: every kind that this deployment sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeSettings {
    pub notices: Vec<NoticeChoice>,
    /// Bills come by e-mail and not by post: e-mails about new bills can't be turned off.
    #[serde(default)]
    pub is_paperless: bool,
    /// Absent where the deployment sends none.
    #[serde(default)]
    pub texts: Option<TextMessages>,
}

impl NoticeSettings {
    /// By e-mail, whatever the member chooses.
    pub fn is_always_sent(&self, kind: NoticeKind) -> bool {
        kind.is_always_sent() || self.is_paperless && kind == NoticeKind::BillReady
    }
}

/// The number that text messages go to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TextMessages {
    #[serde(default)]
    pub phone: Option<Phone>,
    /// Nothing but a code is sent there before.
    pub is_confirmed: bool,
    /// What was agreed to.
    #[serde(default)]
    pub consent: Option<GivenConsent>,
}

/// `PUT /notices/text-number`: a code is sent there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTextNumber {
    pub phone: Phone,
    /// `consent::text_messages`, as it was shown.
    pub consent: String,
    pub locale: Locale,
}

/// `POST /notices/text-number/confirmation`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TextNumberCode {
    pub code: String,
}

/// `PUT /notices`: each kind that is named takes its choice, the others stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NoticeChange {
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub notices: Vec<NoticeChoice>,
}
