//! Wire types of closing an account: what is said first, and the order to close it.

use crate::{Email, Money, Password};
use serde::{Deserialize, Serialize};

/// Answer to `GET /profile/closing`: what closing the account would do now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClosingTerms {
    /// Where it is confirmed.
    pub email: Email,
    /// Payments that stay on their way.
    pub payments_on_their_way: u32,
    /// Saved methods that are removed.
    pub methods: u32,
    /// What the plan holds.
    pub balance: Money,
    /// What is owed of deposits that went back.
    pub owed: Money,
    pub deposits_on_their_way: u32,
}

impl ClosingTerms {
    /// Only an account without money in it is closed: what is left could be had by nobody.
    pub fn may_close(&self) -> bool {
        self.balance.is_zero() && self.owed.is_zero() && self.deposits_on_their_way == 0
    }
}

/// `POST /profile/closing`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountClosing {
    /// The password in use.
    pub password: Password,
}
