//! The draft of a payment: what was chosen and typed before the order.

use super::{IdempotencyKey, Method, MethodKind};
use crate::Instant;
use serde::{Deserialize, Serialize};

/// `PUT`/`GET /payment-draft`: what the payer has chosen so far, kept with the payer's session on the server so that a
/// reload or a second tab goes on without anything personal in the browser's storage. When the session runs out only
/// the bills and amounts are kept, for anyone who comes back in this browser; all of it is gone when the payment is
/// final.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct PaymentDraft {
    /// Bill id and the amount as typed; a bill that is not here is "not now".
    pub shares: Vec<DraftShare>,
    /// What the processor named for the token (`POST /payment-methods`); what a client says here is not kept.
    pub method: Option<Method>,
    /// From the capture frame. Kept once its method is named.
    pub token: Option<String>,
    /// What was chosen to pay with. A page of the version before does not know it, so it is left out where there is
    /// nothing to say; the same holds for `needs_code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<MethodKind>,
    /// The token was charged, and the card's security code was wrong: it is typed again, which gives another token.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub needs_code: bool,
    /// A method that the member keeps, in place of a token. A page of the version before does not know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_method: Option<String>,
    /// The member wants to keep the token's method.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub save_method: bool,
    /// The member wants to use the balance of the account, as far as it goes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub from_balance: bool,
    /// The bills are somebody's whom the member pays for, by the id of the link. A page of the version before does not
    /// know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub household: Option<String>,
    /// A deposit to the balance that the member reviews, beside the payment. A page of the version before does not know
    /// it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deposit: Option<DepositDraft>,
    pub payer_name: String,
    pub email: String,
    /// Set when the review step is built, and replaced by any edit.
    pub key: Option<IdempotencyKey>,
}

impl PaymentDraft {
    /// Nothing was chosen yet but whose bills they are. A deposit is none of this.
    pub fn is_untouched(&self) -> bool {
        *self == Self { household: self.household.clone(), deposit: self.deposit.clone(), ..Self::default() }
    }

    /// What may outlive the session it was typed in: which bills, and how much of each. Those of somebody else are
    /// chosen by a member who is signed in, and by nobody after that.
    pub fn without_what_is_private(self) -> Self {
        if self.household.is_some() {
            return Self::default();
        }
        Self { shares: self.shares, ..Self::default() }
    }
}

/// What a member is about to add to the balance of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DepositDraft {
    /// As typed.
    pub amount: String,
    /// From the capture frame. Kept once its method is named (`POST /payment-methods`).
    pub token: String,
    /// What the processor named for it; what a client says here is not kept.
    #[serde(default)]
    pub method: Option<Method>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DraftShare {
    pub bill: String,
    /// As typed; `None` is all of it.
    pub part: Option<String>,
    /// As in an order (`OrderShare::paid_before`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_before: Option<Instant>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_the_version_before_reads_a_draft_that_says_nothing_new() {
        let old = r#"{"shares":[],"method":null,"token":null,"payer_name":"Ana","email":"","key":null}"#;
        let draft: PaymentDraft = serde_json::from_str(old).unwrap();
        assert_eq!(serde_json::to_string(&draft).unwrap(), old);
        let chosen = PaymentDraft { kind: Some(MethodKind::Card), needs_code: true, ..draft };
        let text = serde_json::to_string(&chosen).unwrap();
        assert!(text.contains(r#""kind":"card","needs_code":true"#), "{text}");
        assert_eq!(serde_json::from_str::<PaymentDraft>(&text).unwrap(), chosen);
        assert_eq!(chosen.without_what_is_private(), PaymentDraft::default());
    }

    #[test]
    fn a_deposit_is_no_part_of_a_payment_and_is_private() {
        let deposit = DepositDraft { amount: "60".into(), token: "tok_1".into(), method: None };
        let draft = PaymentDraft { deposit: Some(deposit), ..PaymentDraft::default() };
        assert!(draft.is_untouched());
        assert_eq!(draft.without_what_is_private(), PaymentDraft::default());
    }
}
