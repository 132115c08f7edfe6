//! Payment methods: a card or a bank account, as far as it may be known outside the processor.

use crate::{CardBrand, Expiry};
use serde::{Deserialize, Serialize};

/// `POST /payment-methods`: a token of the capture frame, whose method is to be named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PaymentToken {
    pub token: String,
}

/// What may be known of a card or bank account outside the processor.
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
}

impl Method {
    pub fn kind(&self) -> MethodKind {
        match self {
            Self::Bank { .. } => MethodKind::Bank,
            Self::Card { .. } => MethodKind::Card,
            Self::Balance => MethodKind::Balance,
        }
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
