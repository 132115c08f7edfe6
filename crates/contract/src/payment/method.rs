//! Payment methods: a card or a bank account, as far as it may be known outside the processor, and what needs none.

use crate::{CardBrand, Expiry};
use serde::{Deserialize, Serialize};

/// `POST /payment-methods`: a token of the capture frame, whose method is to be named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PaymentToken {
    pub token: String,
}

/// How a payment was made: what may be known of a card or bank account outside the processor, or what needs none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Method {
    Card {
        brand: CardBrand,
        last4: String,
        expiry: Expiry,
        funding: CardFunding,
    },
    Bank {
        account: BankAccountKind,
        last4: String,
    },
    /// The balance of the member's account: no processor is asked.
    Balance,
    /// The plan took it itself: a check that came by mail.
    Check,
    /// The plan took it itself, on the phone.
    Phone,
}

impl Method {
    pub fn kind(&self) -> MethodKind {
        match self {
            Self::Bank { .. } => MethodKind::Bank,
            Self::Card { .. } => MethodKind::Card,
            Self::Balance => MethodKind::Balance,
            Self::Check => MethodKind::Check,
            Self::Phone => MethodKind::Phone,
        }
    }

    /// By the plan itself, by mail or phone: nobody authorised it here, and no card or account is known.
    pub fn is_taken_by_plan(&self) -> bool {
        matches!(self, Self::Check | Self::Phone)
    }
}

/// Which of them it is, known before anything else of it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MethodKind {
    Bank,
    Card,
    Balance,
    Check,
    Phone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CardFunding {
    Credit,
    Debit,
    HsaFsa,
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BankAccountKind {
    Checking,
    Savings,
}
