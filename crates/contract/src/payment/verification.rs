//! Whether a saved bank account was proven to be the member's, by two small deposits to it whose amounts the member
//! reads in the bank's statement.

use crate::{Date, FieldProblem, Money, typed, value::text_value};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How often a member may type two amounts that are wrong.
pub const VERIFICATION_TRIES: u8 = 3;

/// Between one cent and 99.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SmallDeposit(u8);

impl SmallDeposit {
    /// `0.14`, `.14`, `$0.14` and `14` are one.
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = typed::plain(text);
        let is_whole = !text.is_empty() && text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        let cents = if is_whole { text.parse().unwrap_or(0) } else { Money::parse(&text)?.cents() };
        match cents {
            0 => Err(FieldProblem::Zero),
            1..=99 => Ok(Self(u8::try_from(cents).unwrap_or_default())),
            _ => Err(FieldProblem::TooLarge),
        }
    }

    pub fn cents(self) -> u8 {
        self.0
    }
}

impl fmt::Display for SmallDeposit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0.{:02}", self.0)
    }
}
text_value!(SmallDeposit: r"^0\.(0[1-9]|[1-9][0-9])$");

/// Of a saved bank account. A debit that nobody is there to agree to needs one that is `Verified`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Verification {
    Unverified,
    /// Two small deposits were asked for.
    OnTheirWay {
        /// Absent until the processor has said it.
        arrive_on: Option<Date>,
    },
    /// They are in the account: their amounts are to be typed.
    Arrived {
        tries_left: u8,
    },
    Verified,
    /// The last try was wrong. It can be removed or replaced, and then be verified anew.
    Failed,
    /// Of a later version.
    #[serde(other)]
    Unknown,
}

/// `POST /payment-methods/{id}/verification/amounts`: in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DepositAmounts {
    pub first: SmallDeposit,
    pub second: SmallDeposit,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_cents_however_it_is_typed() {
        for text in ["0.14", ".14", "14", "$0.14", " $ .14 ", "0,14"] {
            assert_eq!(SmallDeposit::parse(text).map(|one| one.to_string()), Ok("0.14".to_owned()), "{text}");
        }
        for (text, cents) in [("1", 1), ("01", 1), ("0.1", 10), ("99", 99)] {
            assert_eq!(SmallDeposit::parse(text).map(SmallDeposit::cents), Ok(cents), "{text}");
        }
        for (text, problem) in [
            ("", FieldProblem::Missing),
            ("0", FieldProblem::Zero),
            ("0.00", FieldProblem::Zero),
            ("1.00", FieldProblem::TooLarge),
            ("100", FieldProblem::TooLarge),
            ("0.141", FieldProblem::TooPrecise),
            ("-1", FieldProblem::Negative),
            ("x", FieldProblem::Malformed),
        ] {
            assert_eq!(SmallDeposit::parse(text), Err(problem), "{text}");
        }
    }
}
